"""What followed changes of cards, on one screen: the verdict, its figures, and their checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from cardiogram.report.data import WatchedModel, say_compared
from cardiogram.report.markup import (
    Bounds,
    DayChange,
    Ends,
    count_of,
    format_change,
    read_bounds,
    wrap_lines,
)
from cardiogram.report.terminal.paint import paint, shorten_name
from cardiogram.report.terminal.tracked.sparks import draw_spark, plot_days
from cardiogram.report.terminal.writing import SCREEN, Look, height_of, join_parts, one_line
from cardiogram.track.effect import DayPoint, Effect

_NAMES = {"downloads": "new downloads", "likes": "likes"}


def render_effect(
    effects: Sequence[Effect], look: Look, model: WatchedModel | None = None, following: str = ""
) -> str:
    """What followed changes, on at most 25 lines; one model alone first, where it is asked for.

    Parameters
    ----------
    effects
        One an outcome, of all changed models together; none where there is one model only.
    following
        The command to run next.
    """
    last = [f"next: {following}"] if following else []
    parts = [*(_of_model(model, look) if model else ()), *_of_all(effects, look), last]
    if height_of(parts) > SCREEN and look.detail == "short":
        parts = [*(_of_model(model, look) if model else ()), *_of_all(effects, look, False), last]
    return join_parts(parts)


def _of_model(model: WatchedModel, look: Look) -> list[list[str]]:
    """One model: what can be said, and its days with the change."""
    marks = [mark for mark in model.marks if mark.is_main]
    changed = f"{marks[0].words}, {marks[0].day}" if marks else "no change that can be studied"
    head = f"{shorten_name(one_line(model.name), look.width)}: {one_line(changed)}"
    place = (model.edit - model.first_day).days if model.edit else None
    spark = draw_spark(model.counts, look, look.width - 24, place)
    answer, *others = say_compared(model) or [""]
    said = [paint(line, "bold", look) for line in wrap_lines(answer, width=look.width)]
    for sentence in others:
        said += wrap_lines(sentence, width=look.width)
    last = model.first_day + timedelta(max(0, len(model.counts) - 1))
    days = f"new downloads a day, {model.first_day} to {last}"
    return [[*wrap_lines(head, width=look.width)], said, [spark, days]]


def _of_all(effects: Sequence[Effect], look: Look, is_drawn: bool = True) -> list[list[str]]:
    """All changed models together."""
    if not effects:
        return []
    main = effects[0]
    verdict = wrap_lines(one_line(main.verdict.sentence), width=look.width)
    rest_on = (
        f"{count_of(main.models, 'changed model')} by {count_of(main.authors, 'author')}, "
        f"{main.donors:,} like them, {main.window} days before and after"
    )
    figures = [rest_on, *(_row(effect) for effect in effects)]
    plot = []
    if is_drawn and main.days:
        band = (
            "band: 95 % of placebo dates" if look.letters == "ascii" else "░ 95 % of placebo dates"
        )
        plot = [f"new downloads by day, less those of models like them   {band}"]
        plot += plot_days(list(day_changes(main.days)), look)
    return [[paint(line, "bold", look) for line in verdict], figures, plot, list(_checks(main))]


def _row(effect: Effect) -> str:
    """An outcome with its interval, and what it means."""
    if effect.estimate is None:
        return f"  {_NAMES[effect.outcome]:<14} {one_line(effect.verdict.reason or 'not known')}"
    said = {"effect": "an effect", "not identified": "not identified"}.get(effect.verdict.kind)
    if said is None:
        said = "none seen"
        if effect.detectable is not None:
            said += f"; {format_share_gain(effect.detectable)} would show"
    return (
        f"  {_NAMES[effect.outcome]:<14} {write_change(effect.estimate):>7}  "
        f"{_between(effect.interval):<20} {said}"
    )


def format_share_gain(share: float) -> str:
    """Write a share that is gained as a percentage."""
    return f"{100 * share:+.0f} %"


def _between(interval: Ends | None) -> str:
    bounds = read_bounds(interval)
    if bounds is None:
        return ""
    low, high = map(write_change, bounds)
    return f"({low.removesuffix(' %') if high.endswith(' %') else low} to {high})"


def write_change(log: float) -> str:
    """Write a logarithmic change in letters that every terminal has."""
    return format_change(log).replace("−", "-")


def _checks(effect: Effect) -> Iterator[str]:
    if effect.placebo:
        placebo = effect.placebo
        yield (
            f"  placebo dates  {placebo.crossed} of {placebo.runs} cross the line, "
            f"{placebo.expected:.0f} expected"
        )
    if (check := effect.selection) and check.estimate is not None:
        said = "not the same as" if check.differs else "no different from"
        yield (
            f"  growth before  {write_change(check.estimate)} {_between(check.interval)}: {said} "
            "models like them"
        )
    if (dose := effect.dose) and dose.slope is not None:
        yield (
            f"  rating         {write_change(dose.slope)} {_between(dose.interval)} for each "
            "point it rose"
        )
    if (cross := effect.cross_check) and cross.estimate is not None:
        p = f", p {cross.p_value:.2f}" if cross.p_value is not None else ""
        yield f"  cross-check    {write_change(cross.estimate)}{p} (Callaway and Sant'Anna)"


def day_changes(days: Sequence[DayPoint]) -> Iterator[DayChange]:
    """Days of an event study as they are drawn."""
    for day in days:
        yield DayChange(
            day.day, day.estimate, _pair(day.low, day.high), _pair(day.band_low, day.band_high)
        )


def _pair(low: float | None, high: float | None) -> Bounds | None:
    return None if low is None or high is None else Bounds(low, high)
