"""Over time: a ledger's series with events, a card's history, and what followed its changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import read_address
from cardiogram.improve import is_written
from cardiogram.report import data, page, terminal
from cardiogram.report.markup import draw_days, draw_history, format_day
from cardiogram.track import (
    LedgerView,
    find_series,
    look_back,
    read_own_events,
    view_ledger,
)
from cardiogram.track.effect import (
    Effect,
    count_set_aside,
    fixed_panel,
    read_design,
)
from cardiogram.track.history import (
    CardEvent,
    CardHistory,
    kept_history,
    read_events,
    read_history,
    write_events,
)
from cardiogram.track.series import ModelSeries, SummedDays, read_series

_CHANGES = 100
"""Changes of a card that are listed, the last ones."""


@dataclass(frozen=True, slots=True)
class LedgerQuestion:
    """A ledger by its name."""

    ledger: str


@dataclass(frozen=True, slots=True)
class SeriesQuestion:
    """A model of a ledger; `ledger` is "" where its counts are not asked for."""

    model: str
    ledger: str = ""


@dataclass(frozen=True, slots=True)
class LedgersAnswer:
    """The ledgers of the workspace by name."""

    ledgers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChartAnswer:
    """A chart as SVG, its title and how to read it."""

    title: str
    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class ChangeOfCard:
    """A change of a card.

    Attributes
    ----------
    what, moves
        What it was, and which criteria it moved most.
    before, after
        Overall rating before and after it; null where there was no card.
    is_change
        Whether a card stood there before.
    reasons
        Why no effect can be looked for after it; none where one can.
    pull_request
        Number of the one of ours that it merged.
    """

    commit: str
    day: date
    title: str
    what: str
    moves: str
    before: float | None
    after: float | None
    is_change: bool
    reasons: tuple[str, ...]
    pull_request: int | None


@dataclass(frozen=True, slots=True)
class HistoryAnswer:
    """What became of a card.

    Attributes
    ----------
    headline
        Its rating at first and now.
    chart
        Null where it was never rated.
    changes
        The last first; `earlier` are not listed.
    lost
        Cards by hand that a generator's took the place of.
    restores
        Whether one of them could come back.
    """

    model: str
    headline: str
    chart: ChartAnswer | None
    changes: tuple[ChangeOfCard, ...]
    earlier: int
    lost: tuple[str, ...]
    restores: bool
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownDays:
    """Days whose downloads are known together only, and why."""

    first: date
    last: date
    new: int
    why: str


@dataclass(frozen=True, slots=True)
class SeriesAnswer:
    """A model's days.

    Attributes
    ----------
    known, days
        Days whose downloads are known, of how many.
    chart
        Null where no day is known.
    history
        Null where none is kept.
    """

    model: str
    known: int
    days: int
    chart: ChartAnswer | None
    unknown: tuple[UnknownDays, ...]
    history: HistoryAnswer | None


@dataclass(frozen=True, slots=True)
class ComparedAnswer:
    """A model beside models like it: what may be said of it, and what it rests on."""

    sentences: tuple[str, ...]
    chart: ChartAnswer


@dataclass(frozen=True, slots=True)
class OutcomeAnswer:
    """What followed in one outcome.

    Attributes
    ----------
    change
        With its interval; "" where nothing is estimated.
    verdict
        An effect, none seen, or why nothing is identified.
    """

    name: str
    change: str
    verdict: str


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """A check, and what came of it."""

    name: str
    result: str


@dataclass(frozen=True, slots=True)
class CountedReason:
    """How many have a reason."""

    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class EffectsAnswer:
    """What followed the changes of all cards of a ledger.

    Attributes
    ----------
    verdict
        The one thing that may be said.
    basis
        What it rests on.
    left_out
        Changed models that nothing is read from, by the reason.
    note
        What is not counted, and how it would be; "" for nothing.
    """

    verdict: str
    basis: str
    outcomes: tuple[OutcomeAnswer, ...]
    checks: tuple[CheckAnswer, ...]
    charts: tuple[ChartAnswer, ...]
    left_out: tuple[CountedReason, ...]
    note: str


def list_ledgers(app: App) -> LedgersAnswer:
    """List the ledgers of the workspace."""
    return LedgersAnswer(tuple(app.workspace.ledgers()))


def show_ledger(app: App, question: LedgerQuestion) -> LedgerView:
    """Show what a ledger holds of the models that it watches for themselves."""
    return view_ledger(_ledger(app, question.ledger))


def show_model(app: App, question: SeriesQuestion) -> SeriesAnswer:
    """Show a model's days and the history of its card, as a ledger keeps them."""
    folder = _ledger(app, question.ledger)
    series = find_series(folder, question.model)
    every = series.every_name if series else frozenset({question.model})
    events = read_own_events(folder, sorted(every))
    past = kept_history(folder, series.name if series else question.model)
    if past is None and events:  # under an earlier name
        past = CardHistory(question.model, "model", ())
    model = data.watch_model(series, events) if series else None
    until = model.first_day + timedelta(max(1, len(model.counts))) if model else None
    history = _history(replace(past, events=events), until) if past else None
    if series is None or model is None:
        return SeriesAnswer(question.model, 0, 0, None, (), history)
    known = sum(count is not None for count in model.counts)
    unknown = tuple(_unknown(summed, series) for summed in series.summed)
    chart = _draw_days(model) if known else None
    return SeriesAnswer(series.name, known, len(model.counts), chart, unknown, history)


def read_past(app: App, question: SeriesQuestion) -> HistoryAnswer:
    """Read the history of a card anew, and keep it in the ledger where one is named."""
    folder = _ledger(app, question.ledger) if question.ledger else None
    target = _target(app, question.model)
    history = read_history(target, app.session(), written=is_written)
    if folder is not None:
        write_events(folder, history)
    return _history(history)


def compare_model(app: App, question: SeriesQuestion) -> ComparedAnswer:
    """Compare a model before and after the change of its card with models like it."""
    folder = _ledger(app, question.ledger)
    series, events = read_series(folder), _events(folder)
    panel, choice = fixed_panel(folder, series, events)
    model = data.watch_compared(series, events, question.model, panel, choice)
    return ComparedAnswer(tuple(data.say_compared(model)), _draw_days(model))


def find_effects(app: App, question: LedgerQuestion) -> EffectsAnswer:
    """Find what followed the changes of all cards of a ledger."""
    folder = _ledger(app, question.ledger)
    series, events = read_series(folder), _events(folder)
    back = look_back(series, events, ledger=folder)
    main, number = back.main, count_set_aside(folder, series, events)
    reasons = data.count_reasons(Counter(gone.reason for gone in back.left_out))
    drawn_on = read_design(folder).drawn_on
    return EffectsAnswer(
        verdict=f"{data.say_verdict(main)}.",
        basis=data.say_rest(main) if main.models else "",
        outcomes=tuple(map(_outcome, back.effects)),
        checks=tuple(CheckAnswer(*row) for row in data.say_checks(main)),
        charts=tuple(
            ChartAnswer(drawing.title, str(drawing.chart), drawing.caption)
            for drawing in page.draw_look_back(back)
        ),
        left_out=tuple(CountedReason(*row) for row in reasons.items()),
        note=terminal.say_set_aside(number, drawn_on, f"{question.ledger}/design.toml"),
    )


def _ledger(app: App, name: str) -> Path:
    folder = app.workspace.ledgers().get(name)
    if folder is None:
        raise DataError(
            f"no ledger {name[:100]!r} here", hint="Begin one: cardiogram track add OWNER/NAME"
        )
    return folder


def _events(folder: Path) -> list[CardEvent]:
    return [event for past in read_events(folder) for event in past.events]


def _outcome(effect: Effect) -> OutcomeAnswer:
    name, verdict = data.OUTCOMES[effect.outcome], effect.verdict
    if verdict.kind == "not identified" or effect.estimate is None:
        return OutcomeAnswer(name, "", f"not identified: {verdict.reason}")
    said = "an effect" if verdict.kind == "effect" else "none seen"
    if verdict.kind == "none seen" and effect.detectable is not None:
        said += f"; one of {data.say_share(effect.detectable)} would show"
    return OutcomeAnswer(name, data.say_estimate(effect.estimate, effect.interval), said)


def _draw_days(model: data.WatchedModel) -> ChartAnswer:
    title = f"New downloads of {model.name} by day"
    chart = draw_days("days", title, model.first_day, model.counts, model.marks, model.compared)
    return ChartAnswer(title, str(chart), "Counted by the Hub; shaded days are not known.")


def _unknown(summed: SummedDays, series: ModelSeries) -> UnknownDays:
    """Days on which the downloads happened, which are those before the snapshots."""
    lag = timedelta(series.activity_lag)
    first, last = summed.first + timedelta(1) - lag, summed.last - lag
    return UnknownDays(first, last, summed.new, summed.why)


def _history(history: CardHistory, until: date | None = None) -> HistoryAnswer:
    """What became of a card, drawn until a day, or today."""
    events = history.events
    changes = tuple(_change(event) for event in reversed(events[-_CHANGES:]))
    return HistoryAnswer(
        model=history.repo,
        headline=data.say_history(history, format_day),
        chart=_draw_history(history, until),
        changes=changes,
        earlier=max(0, len(events) - _CHANGES),
        lost=tuple(data.say_lost(card, format_day) for card in history.lost[-3:]),
        restores=any(card.returned_by is None for card in history.lost),
        problems=history.problems,
    )


def _draw_history(history: CardHistory, until: date | None) -> ChartAnswer | None:
    rated = data.rated_days(history.events)
    if not any(day.rating is not None for day in rated):
        return None
    title = f"Ratings of the card of {history.repo}"
    until = max(until or datetime.now(timezone.utc).date(), rated[-1].day)
    chart = draw_history("ratings", title, rated, until)
    return ChartAnswer(title, str(chart), "By the built-in judge, from change to change.")


def _change(event: CardEvent) -> ChangeOfCard:
    before, after = event.scores_before, event.scores_after
    return ChangeOfCard(
        commit=event.commit,
        day=event.at.date(),
        title=event.title,
        what=data.name_change(event),
        moves=data.name_moves(event),
        before=round(before["overall"], 3) if before else None,
        after=round(after["overall"], 3) if after else None,
        is_change=event.is_change,
        reasons=tuple(map(data.plain_reason, event.reasons)),
        pull_request=event.pull_request,
    )


def _target(app: App, model: str) -> str:
    """What to read a history of: a folder of the workspace, or a model on the Hub by its address.

    An address is no path, whatever lies in the folder in which the app runs.
    """
    if model.startswith("."):
        return str(app.workspace.inside(model))
    address = read_address(model)
    if address is None or "/" not in address.id or address.of != "model":
        raise ConfigError(
            f"{model[:100]!r} is no model's id", hint="Give OWNER/NAME, or a folder: ./my-model"
        )
    return f"https://huggingface.co/{address.id}"


ENDPOINTS = (
    Endpoint("GET", "/api/time", list_ledgers, "The ledgers of the folder."),
    Endpoint(
        "GET", "/api/time/ledger", show_ledger, "The models that a ledger watches.", heavy=True
    ),
    Endpoint(
        "GET", "/api/time/model", show_model, "A model's days and its card's history.", heavy=True
    ),
    Endpoint(
        "POST", "/api/time/history", read_past, "Read a card's history.", act=True, heavy=True
    ),
    Endpoint(
        "POST", "/api/time/compare", compare_model, "One model beside others.", act=True, heavy=True
    ),
    Endpoint(
        "POST", "/api/time/effects", find_effects, "What followed changes.", act=True, heavy=True
    ),
)
