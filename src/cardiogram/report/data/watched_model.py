"""One model as it is shown over time: its counts by day, what happened, and what is compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cardiogram.errors import DataError
from cardiogram.names import CRITERIA
from cardiogram.report.data.reason_words import plain_reason
from cardiogram.report.markup import BeforeAfter, Bounds, DayMark, RatedDay, count_of, format_number
from cardiogram.track.effect import (
    EffectPanel,
    SingleModel,
    WindowChoice,
    compare_single,
    panel_of,
)
from cardiogram.track.history import CardEvent, CardHistory, LostCard
from cardiogram.track.series import ModelSeries, SeriesFlag

_MOVED = 0.5
"""Points by which a criterion must move to be named."""


@dataclass(frozen=True, slots=True)
class WatchedModel:
    """A model's days.

    Attributes
    ----------
    first_day
        Day on which the first count happened.
    counts
        New downloads a day; None where they are not known.
    marks
        What happened; the change of the card that is looked at is the main one.
    single
        What is compared; None where nothing is.
    compared_from
        The day from which `single.edit` is counted.
    ratings
        Its card after each of its changes.
    events
        These changes.
    """

    name: str
    first_day: date
    counts: tuple[float | None, ...]
    marks: tuple[DayMark, ...] = ()
    single: SingleModel | None = None
    compared_from: date | None = None
    ratings: tuple[RatedDay, ...] = ()
    events: tuple[CardEvent, ...] = ()

    @property
    def edit(self) -> date | None:
        """Day of the change that is looked at."""
        if self.single is None or self.single.edit < 0 or self.compared_from is None:
            return None
        return self.compared_from + timedelta(self.single.edit)

    @property
    def compared(self) -> BeforeAfter | None:
        """Both sides of the change, and what chance could have made of the second."""
        single, edit = self.single, self.edit
        if single is None or edit is None or single.before is None or single.after is None:
            return None
        before = edit - timedelta(single.window), edit - timedelta(1)
        after = edit + timedelta(2), edit + timedelta(1 + single.window)
        expected, unseen = single.expected, None
        if single.chance_low is not None and single.chance_high is not None:
            unseen = Bounds(single.chance_low, single.chance_high)
        return BeforeAfter(before, after, single.before, single.after, expected, unseen)


def watch_model(
    series: ModelSeries,
    events: Sequence[CardEvent] = (),
    single: SingleModel | None = None,
    compared_from: date | None = None,
) -> WatchedModel:
    """Put together what is known of a model, from the first to the last day that is known.

    Parameters
    ----------
    events
        Changes of its card.
    single, compared_from
        What is compared, and the day that its days are counted from.
    """
    first_day, counts = series.known_days()
    happened = timedelta(series.activity_lag)
    model = WatchedModel(
        series.name,
        first_day,
        counts,
        single=single,
        compared_from=compared_from,
        ratings=tuple(rated_days(events)),
        events=tuple(events),
    )
    marks = [
        DayMark(event.at.date(), f"README {say_change(event)}", event.at.date() == model.edit)
        for event in events
    ]
    marks += [
        DayMark(flag.day - happened, words) for flag in series.flags if (words := _flagged(flag))
    ]
    return replace(model, marks=tuple(sorted(marks, key=lambda mark: mark.day)))


def watch_compared(
    series: Sequence[ModelSeries],
    events: Sequence[CardEvent],
    target: str,
    panel: EffectPanel,
    choice: WindowChoice,
) -> WatchedModel:
    """Put together what is known of one model of a ledger, beside models like it.

    Parameters
    ----------
    series, events
        All of the ledger.
    panel, choice
        What an effect is read from, and the days compared: :func:`fixed_panel`.

    Raises
    ------
    DataError
        The ledger has no series of the model.
    """
    mine = next((each for each in series if each.name == target), None)
    if mine is None:
        raise DataError(
            f"the ledger has no series of {target!r}",
            hint=f"cardiogram track add {target}, then cardiogram track snapshot once a day",
        )
    every = panel if target in panel.models else panel_of(series, events)
    own = [event for event in events if event.repo in mine.every_name]
    single = compare_single(every, target, choice, events=own)
    return watch_model(mine, own, single, every.first_day)


def _flagged(flag: SeriesFlag) -> str:
    """What a flag says of downloads; "" where it says nothing that a hole does not."""
    if flag.kind == "recount":
        return f"library_name {flag.before} to {flag.after}: counted anew"
    return {"fall": "the count of all time fell", "gone": "gone from the Hub"}.get(flag.kind, "")


def name_change(event: CardEvent) -> str:
    """What a change of a card was, with what else its commit changed."""
    others = count_of(len(event.files), "other file") if len(event.files) != 1 else event.files[0]
    return f"{event.kind} with {others}" if event.files else event.kind


def name_moves(event: CardEvent) -> str:
    """Which criteria a change moved most; "" where it moved none by half a point."""
    before, after = event.scores_before, event.scores_settled or event.scores_after
    if before is None or after is None:
        return ""
    moved = {name: after[name] - before[name] for name in CRITERIA if name in {*before} & {*after}}
    largest = sorted(moved, key=lambda name: -abs(moved[name]))[:2]
    return ", ".join(f"{name} {moved[name]:+.1f}" for name in largest if abs(moved[name]) >= _MOVED)


def name_all(event: CardEvent) -> str:
    """What a change of a card was, and which criteria it moved most."""
    return ": ".join(filter(None, [name_change(event), name_moves(event)]))


def say_change(event: CardEvent) -> str:
    """What a change of a card was, and what it did to the rating.

    Examples
    --------
    >>> from datetime import datetime
    >>> scores = {"overall": 2.1, "usage": 1.0}, {"overall": 3.0, "usage": 3.0}
    >>> event = CardEvent("a/b", "1", datetime(2026, 3, 2), "", "edited", (), "x", "y",
    ...                   scores_before=scores[0], scores_settled=scores[1])
    >>> say_change(event)
    'edited, 2.1 to 3.0: usage +2.0'
    """
    before, after = event.scores_before, event.scores_settled or event.scores_after
    rated = " to ".join(f"{scores['overall']:.1f}" for scores in (before, after) if scores)
    said = ", ".join(filter(None, [name_change(event), rated if after else ""]))
    return ": ".join(filter(None, [said, name_moves(event)]))


def rated_days(events: Sequence[CardEvent]) -> list[RatedDay]:
    """The card after each of its changes."""
    return [
        RatedDay(event.at.date(), scores["overall"] if scores else None, name_all(event))
        for event in events
        for scores in (event.scores_after,)
    ]


def say_history(history: CardHistory, write_day: Callable[[date], str] = str) -> str:
    """The rating of a card at first and now, and how often it was changed."""
    events = history.events
    if not events:
        return "no commit has changed its README.md"
    rated = [event.scores_after["overall"] for event in events if event.scores_after is not None]
    number = sum(event.is_change for event in events)
    since = f"{count_of(number, 'change')} since {write_day(events[0].at.date())}"
    if not number:
        since = f"created on {write_day(events[0].at.date())}, not changed since"
    if not rated:
        return f"{since}, none that could be rated"
    if events[-1].scores_after is None:
        return f"no card now, {rated[-1]:.1f} before; {since}"
    if len(rated) == 1:
        return f"rated {rated[0]:.1f}; {since}"
    return f"rated {rated[0]:.1f} at first, {rated[-1]:.1f} now; {since}"


def say_lost(card: LostCard, write_day: Callable[[date], str] = str) -> str:
    """That a card by hand was lost, with its commits."""
    written, taken = write_day(card.at.date()), write_day(card.taken_at.date())
    said = f"the card that a person wrote in {card.commit[:7]} on {written} went "
    said += f"on {taken} with {card.taken_by[:7]}"
    return f"{said}; back since {card.returned_by[:7]}" if card.returned_by else said


def say_short(model: WatchedModel) -> str:
    """What one model alone lets one say, in a few words."""
    compared, what = model.compared, model.single.outcome if model.single else ""
    if compared is None:
        return "nothing can be compared"
    side = _side_of_chance(compared)
    if side is None:
        return "whether the card helped is not known"
    return f"{side} {what} than expected, whether by the card is not known"


def say_compared(model: WatchedModel) -> list[str]:
    """What one model alone lets one say, the answer first: no more than its numbers carry."""
    single, compared = model.single, model.compared
    if single is None:
        return []
    if compared is None:
        return _say_nothing(single)
    what, side = single.outcome, _side_of_chance(compared)
    answer = "Whether the card helped is not known: one model alone cannot tell."
    if side is not None:
        answer = (
            f"There were {side} {what} than nearly all such models have without a change; whether "
            "the card did it, one model alone cannot tell."
        )
    means = f"{_daily(compared.mean_before)} new {what} a day before, "
    means += f"{_daily(compared.mean_after)} after ({single.window} days each)"
    if compared.expected is not None:
        expected, like = _daily(compared.expected), count_of(single.donors, "model")
        means += f"; {expected} had it moved as the {like} like it"
    sentences = [answer, f"{means}."]
    if compared.unseen is not None:
        ends = " to ".join(map(_daily, compared.unseen))
        sentences.append(
            f"Without a change of the card, 95 in 100 such models would come to {ends} a day."
        )
    if single.detectable is not None:
        sentences.append(f"Only a change of {single.detectable:.1f} times or more would show.")
    return sentences


def _say_nothing(single: SingleModel) -> list[str]:
    """Why nothing is compared, and when something can be."""
    yet = "yet" if single.again else ""
    answer = " ".join(filter(None, ["Nothing can be compared", yet]))
    said = [f"{answer}: {plain_reason(single.reason or 'too few days are known')}."]
    if single.again:
        said.append(f"Ask again on {single.again}, after the snapshot of that day.")
    elif single.next_edit:
        wait = single.window + 2
        said.append(
            f"To measure a change, edit README.md alone on {single.next_edit} or later, take a "
            f"snapshot each day, and ask {wait} days after it."
        )
    return said


def _side_of_chance(compared: BeforeAfter) -> str | None:
    """On which side of what chance makes the mean after it lies; None where inside, or unknown."""
    if (
        compared.unseen is None
        or compared.unseen.low <= compared.mean_after <= compared.unseen.high
    ):
        return None
    return "more" if compared.mean_after > compared.unseen.high else "fewer"


def _daily(value: float) -> str:
    return format_number(value, 0 if value >= 10 else 1)
