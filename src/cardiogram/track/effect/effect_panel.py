"""The panel that an effect is looked for in: counters of models, day by day, and who was edited."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, timezone
from typing import Literal

import numpy as np

from cardiogram.stats.resampling import Floats, Integers
from cardiogram.track.history import CardEvent
from cardiogram.track.series import ModelSeries

Outcome = Literal["downloads", "likes"]
Unit = Literal["author", "model"]

DONOR, SET_ASIDE = -1, -2
"""What `EffectPanel.edit` holds for models that were never edited, and for those that were edited
but neither show an effect nor may stand in for models that were not."""


ALONE = 30
"""Days before and after an edit in which the card must not change again."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A changed model that no effect is read from, and why."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class EffectPanel:
    """Counters of n models at the start of each of `days` days and at the end of the last.

    Attributes
    ----------
    models
        Their present names.
    first_day
        Day of activity 0, in UTC; column n of a counter is what it showed at the start of day n.
    all_time, rolling, likes
        Shape (n, days + 1); NaN where a counter is not known. `rolling` is the Hub's count of the
        last 30 days.
    segment
        Shape (n, days + 1): all-time counts of different segments cannot be subtracted, since a
        step between them belongs to no day (a recount, a fall).
    edit
        Day of activity on which each model's card was changed; `DONOR` where it never was,
        `SET_ASIDE` where it was and no effect can be read.
    author
        Code of each model's author, 0, 1, 2, ...
    created
        Ordinal of the day on which each repository was made; NaN where it is not known.
    task
        Code of each model's task; -1 where it is not known.
    dose
        By how much each edit changed the card's overall rating; NaN where it is not known.
    left_out
        Changed models of which nothing can be read, each with its reason.
    drawn
        Whether the dates were drawn by lot: then models are the units, otherwise authors.
    """

    models: tuple[str, ...]
    first_day: date
    all_time: Floats
    rolling: Floats
    likes: Floats
    segment: Integers
    edit: Integers
    author: Integers
    created: Floats
    task: Integers
    dose: Floats
    left_out: tuple[LeftOut, ...] = field(default=())
    drawn: bool = False

    def __post_init__(self) -> None:
        rows = {len(column) for column in (self.models, self.edit, self.author, self.created)}
        rows |= {len(column) for column in (self.task, self.dose)}
        shapes = {c.shape for c in (self.all_time, self.rolling, self.likes, self.segment)}
        if len(rows) != 1 or len(shapes) != 1 or self.all_time.shape[0] not in rows:
            raise ValueError("every column must have one row a model, every counter the same days")

    @property
    def days(self) -> int:
        """Days of activity between the first and the last reading."""
        return max(0, int(self.all_time.shape[1]) - 1)

    @property
    def treated(self) -> Integers:
        """Rows of the models whose cards were changed and may show an effect."""
        return np.flatnonzero(self.edit >= 0).astype(np.int64)

    @property
    def donors(self) -> Integers:
        """Rows of the models whose cards were never changed."""
        return np.flatnonzero(self.edit == DONOR).astype(np.int64)

    @property
    def only_donors(self) -> EffectPanel:
        """The panel without a single model that was changed."""
        return self.rows(self.donors)

    def rows(self, wanted: Integers | Sequence[int]) -> EffectPanel:
        """The panel of some models, in the order given."""
        rows = np.asarray(wanted, np.int64)
        arrays = ("all_time", "rolling", "likes", "segment", "edit", "author", "created", "task")
        changed = {name: getattr(self, name)[rows] for name in (*arrays, "dose")}
        return replace(self, models=tuple(self.models[row] for row in rows), **changed)


def panel_of(
    series: Sequence[ModelSeries],
    events: Iterable[CardEvent],
    since: date | None = None,
    edited: Collection[str] = (),
) -> EffectPanel:
    """Join series of models with the events of their cards.

    Parameters
    ----------
    series
        Read together, so that they lie on the same days.
    events
        Of these models, under any name that they bore; others are left out.
    since
        Edits of earlier days are no part of the study, as those before a draw by lot; by default
        all that were watched are.
    edited
        Keys of models whose card is known to have changed, with or without an event of it.

    Returns
    -------
    EffectPanel
        A model is changed on the day of its first usable event that stands alone for 30 days on
        both sides. Models that were edited otherwise are set aside: they are no donors.
    """
    first, days = _days_of(series)
    shape = (len(series), days + 1)
    counters = {name: np.full(shape, np.nan) for name in ("all_time", "rolling", "likes")}
    segment = np.zeros(shape, np.int64)
    edit, dose = np.full(len(series), DONOR, np.int64), np.full(len(series), np.nan)
    left_out, own_events = [], _events_of(series, events)
    start = max(0, (since - first).days) if since else 0
    for row, model in enumerate(series):
        _place(model, first, row, counters, segment)
        own = own_events.get(row, [])
        chosen = choose_edit(own, first, days, start)
        if not own and model.key in edited:
            chosen = "its card changed, and its history is not known"
        if isinstance(chosen, str):
            left_out.append(LeftOut(model.name, chosen))
            edit[row] = SET_ASIDE
        elif chosen is not None:
            edit[row] = (day_of(chosen) - first).days
            dose[row] = np.nan if chosen.rise is None else chosen.rise
    created = [float(model.created.toordinal()) if model.created else np.nan for model in series]
    return EffectPanel(
        tuple(model.name for model in series),
        first,
        counters["all_time"],
        counters["rolling"],
        counters["likes"],
        segment=segment,
        edit=edit,
        author=_codes([model.author for model in series]),
        created=np.array(created, np.float64),
        task=_codes([model.task for model in series]),
        dose=dose,
        left_out=tuple(left_out),
    )


def _days_of(series: Sequence[ModelSeries]) -> tuple[date, int]:
    """The first day at whose start a counter was read, and the days until the last."""
    starts = [_start(model) for model in series if model.new.size]
    if not starts:
        return date(1970, 1, 1), 0
    lasts = [_start(model) + timedelta(days=model.new.size - 1) for model in series]
    return min(starts), (max(lasts) - min(starts)).days


def _start(model: ModelSeries) -> date:
    """The day at whose start the first reading was true."""
    return model.first_day + timedelta(days=1 - model.activity_lag)


def _place(
    model: ModelSeries, first: date, row: int, counters: Mapping[str, Floats], segment: Integers
) -> None:
    """Put the counters of a model in its row.

    The all-time counter is built from what is known of days and of summed days, so that a step
    that belongs to no day (a recount, a fall) begins another segment.
    """
    size = model.new.size
    if not size:
        return
    place = slice((_start(model) - first).days, (_start(model) - first).days + size)
    counters["likes"][row, place] = model.likes
    steps = np.isfinite(model.new)
    growth, ends = np.where(steps, model.new, 0.0), np.zeros(size, bool)
    known = steps | np.append(steps[1:], False)
    for summed in model.summed:
        begin, end = ((day - model.first_day).days for day in (summed.first, summed.last))
        if 0 <= begin < end < size:
            growth[end] += summed.new
            known[[begin, end]], ends[end] = True, True
    total = np.cumsum(growth)
    counters["all_time"][row, place] = np.where(known, total, np.nan)
    broken = np.cumsum(known & ~steps & ~ends)
    segment[row, place] = broken
    segment[row, place.stop :] = broken[-1]
    rolling = np.array(model.rolling, np.float64)
    recounts = [f.day for f in model.flags if f.kind == "recount"]
    if recounts:  # the counts before are of another kind
        rolling[: max(0, (max(recounts) - model.first_day).days)] = np.nan
    counters["rolling"][row, place] = rolling


def _events_of(
    series: Sequence[ModelSeries], events: Iterable[CardEvent]
) -> dict[int, list[CardEvent]]:
    """Events by the row of their model, under the name that it bore on their day."""
    rows: defaultdict[str, list[tuple[int, date, date | None]]] = defaultdict(list)
    for row, model in enumerate(series):
        for span in model.spans:
            rows[span.name].append((row, span.first, span.last))
        if not model.spans:
            rows[model.name].append((row, date.min, None))
    own: defaultdict[int, list[CardEvent]] = defaultdict(list)
    for event in events:
        bore, day = rows.get(event.repo, []), day_of(event)
        inside = [row for row, start, last in bore if start <= day <= (last or date.max)]
        if inside or bore:  # a name may be older than the series
            own[inside[0] if inside else min(bore, key=lambda span: span[1])[0]].append(event)
    return own


def choose_edit(
    events: Sequence[CardEvent], first: date, days: float = math.inf, start: int = 0
) -> CardEvent | str | None:
    """The edit whose effect is looked for, why there is none, or None for a donor.

    Parameters
    ----------
    first, days
        The first day of activity, and how many are known; what comes later is not looked at.
    start
        Day from which on edits are looked at.
    """
    placed = sorted(((day_of(event) - first).days, n) for n, event in enumerate(events))
    near = [(day, events[n]) for day, n in placed if start - ALONE <= day < days]
    if not near:
        return None
    for day, event in near:
        others = [d for d, other in near if other is not event and not _same_session(other)]
        if _is_clear(event) and day >= start and all(abs(day - other) > ALONE for other in others):
            return event
    clear = [day for day, event in near if _is_clear(event)]
    if clear:
        again = f"edited again within {ALONE} days"
        before = "drawn" if start else "watched"
        return again if max(clear) >= start else f"edited before it was {before}"
    reasons = [reason for _, event in near for reason in (*event.reasons, _announced(event))]
    return next(reason for reason in reasons if reason)


def _is_clear(event: CardEvent) -> bool:
    """Whether an effect of it can be told from that of others."""
    return event.usable and not _announced(event)


def _announced(event: CardEvent) -> str:
    """What was announced within 14 days of an edit; "" where nothing was.

    A paper that the edited text itself names says nothing of the day on which it came out.
    """
    for other in event.others:
        if other.kind == "beginning":
            return "the repository was made within 14 days"
        if other.kind == "release" or (other.kind == "paper" and other.days):
            return f"announced: a {other.kind} within 14 days"
    return ""


def _same_session(event: CardEvent) -> bool:
    """Whether it goes on with an event that carries it."""
    return any(reason.startswith("same session") for reason in event.reasons)


def day_of(event: CardEvent) -> date:
    """The day of a change, in UTC."""
    return event.at.astimezone(timezone.utc).date() if event.at.tzinfo else event.at.date()


def _codes(labels: Sequence[str | None]) -> Integers:
    """Whole numbers of labels, in the order of the alphabet; -1 for none."""
    places = {label: n for n, label in enumerate(sorted({text for text in labels if text}))}
    return np.array([places.get(label or "", -1) for label in labels], np.int64)
