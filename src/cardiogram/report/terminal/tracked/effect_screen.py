"""What followed changes of cards, on one screen: the verdict, its figures, and their checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from cardiogram.report.data import (
    OUTCOMES,
    WatchedModel,
    count_reasons,
    day_changes,
    plain_reason,
    say_checks,
    say_compared,
    say_estimate,
    say_rest,
    say_share,
    say_verdict,
)
from cardiogram.report.markup import wrap_lines
from cardiogram.report.terminal.paint import paint, shorten, shorten_name
from cardiogram.report.terminal.tracked.history_screen import list_changes, say_reasons
from cardiogram.report.terminal.tracked.sparks import draw_spark, plot_days
from cardiogram.report.terminal.writing import SCREEN, Look, height_of, join_parts, one_line
from cardiogram.track.effect import Effect

_HEADS = f"  {'':<14} {'change, 95 % interval':<24} new: counted since the day before"
_SHOWN, _DRAWN = 5, 7
"""Changes that there is room for, and days that a line is worth."""


def render_effect(
    effects: Sequence[Effect],
    look: Look,
    model: WatchedModel | None = None,
    following: str = "",
    places: Sequence[str] = (),
) -> str:
    """What followed changes, on at most 25 lines; one model alone first, where it is asked for.

    Parameters
    ----------
    effects
        One an outcome, of all changed models together; none where there is one model only.
    following
        The command to run next.
    places
        Where more is written.
    """
    last = [*places, *([f"next: {following}"] if following else [])]
    alone = _of_model(model, look) if model else []
    before = "All changed models together: " if model else ""
    more = _everything(effects) if look.detail == "all" else []
    parts = [*alone, *_of_all(effects, look, before), *more, last]
    if height_of(parts) > SCREEN and look.detail == "short":
        parts = [*alone, *_of_all(effects, look, before, is_drawn=False), last]
    return join_parts(parts)


def _of_model(model: WatchedModel, look: Look) -> list[list[str]]:
    """One model: what can be said, and its days with the change."""
    marks = [mark for mark in model.marks if mark.is_main]
    changed = f"{marks[0].words}, {marks[0].day}" if marks else _none_studied(model)
    head = f"{shorten_name(one_line(model.name), look.width)}: {one_line(changed)}"
    answer, *others = say_compared(model) or [""]
    said = [paint(line, "bold", look) for line in wrap_lines(answer, width=look.width)]
    said += wrap_lines(" ".join(others), width=look.width) if others else []
    changes: list[str] = []
    if model.compared is None and model.events:
        changes = list_changes(model.events, look, _SHOWN)
        reasons = say_reasons(model.events, look)
        changes += ["  x: no effect can be looked for after it", *reasons] if reasons else []
    return [[*wrap_lines(head, width=look.width)], said, changes, _days(model, look)]


def _none_studied(model: WatchedModel) -> str:
    """That no change is looked at, of how many."""
    number = len(model.events)
    if not number:
        return "no history of its card is kept"
    none = "its change" if number == 1 else f"none of its {number:,} changes"
    return f"{none} can{'not' if number == 1 else ''} be studied"


def _days(model: WatchedModel, look: Look) -> list[str]:
    """New downloads by day in a line, where there are enough days for one."""
    if sum(count is not None for count in model.counts) < _DRAWN:
        return []
    place = (model.edit - model.first_day).days if model.edit else None
    last = model.first_day + timedelta(len(model.counts) - 1)
    days = f"new downloads a day, {model.first_day} to {last}"
    return [draw_spark(model.counts, look, look.width - 24, place), days]


def _of_all(
    effects: Sequence[Effect], look: Look, before: str, is_drawn: bool = True
) -> list[list[str]]:
    """All changed models together; `before` stands before what may be said of them."""
    if not effects:
        return []
    main, plot = effects[0], []
    said = plain_signs(f"{say_verdict(main)}.")
    said = before + said[0].lower() + said[1:] if before else said
    verdict = wrap_lines(said, width=look.width)
    if is_drawn and main.days:
        band = ":" if look.letters == "ascii" else "░"
        plot = [f"new downloads by day, against models like them {band} 95 % of placebo dates"]
        plot += plot_days(list(day_changes(main.days)), look)
    figures = wrap_lines(say_rest(main), width=look.width) if main.models else []
    if any(effect.estimate is not None for effect in effects):
        figures += [_HEADS, *(shorten(_row(effect), look.width) for effect in effects)]
    figures += _left_out(main, look)
    return [[paint(line, "bold", look) for line in verdict], figures, plot, list(_checks(main))]


def _left_out(effect: Effect, look: Look) -> list[str]:
    """How many changed models nothing is read from, and why most of them."""
    if not effect.left_out:
        return []
    reason, n = next(iter(count_reasons(Counter(g.reason for g in effect.left_out)).items()))
    which = f", {n:,} of them" if n < len(effect.left_out) else ""
    said = f"left out: {len(effect.left_out):,}{which}: {one_line(reason)}"
    return [f"  {line}" for line in wrap_lines(said, width=look.width - 2)]


def _row(effect: Effect) -> str:
    """An outcome with its interval, and what it means."""
    said = f"not identified: {one_line(effect.verdict.reason or '')}"
    if effect.estimate is None:
        return f"  {OUTCOMES[effect.outcome]:<14} {said}"
    if effect.verdict.kind != "not identified":
        said = "an effect" if effect.verdict.kind == "effect" else "none seen"
    if effect.verdict.kind == "none seen" and effect.detectable is not None:
        said += f"; {say_share(effect.detectable)} would show"
    estimate = plain_signs(say_estimate(effect.estimate, effect.interval))
    return f"  {OUTCOMES[effect.outcome]:<14} {estimate:<24} {said}"


def _checks(effect: Effect) -> Iterator[str]:
    for name, said in say_checks(effect):
        yield f"  {name:<14} {plain_signs(said)}"


def _everything(effects: Sequence[Effect]) -> list[list[str]]:
    """Each day of the event studies, and each model that is left out with its reason."""
    parts: list[list[str]] = []
    for effect in effects:
        what = OUTCOMES[effect.outcome]
        days = [
            f"  {day.day:+4d}  {plain_signs(say_estimate(day.value, day.bounds))}"
            for day in day_changes(effect.days)
        ]
        gone = [
            f"  {one_line(left.model)}: {one_line(plain_reason(left.reason))}"
            for left in effect.left_out
        ]
        parts.append([f"{what} by day", *days] if days else [])
        parts.append([f"left out of {what}", *gone] if gone else [])
    return parts


def plain_signs(text: str) -> str:
    """A text with signs that every terminal has."""
    return text.replace("−", "-").replace("\u00a0", " ")
