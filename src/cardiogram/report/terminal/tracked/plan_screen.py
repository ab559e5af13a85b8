"""How many models to change for how long, on one screen, and which go first by lot."""

from __future__ import annotations

import math

from cardiogram.report.data import say_share
from cardiogram.report.markup import count_of, wrap_lines
from cardiogram.report.terminal.paint import paint
from cardiogram.report.terminal.tracked.sparks import draw_bar
from cardiogram.report.terminal.writing import Look, join_parts, one_line
from cardiogram.track.effect import EffectPlan, PlanDraw

_ROWS = 7


def render_experiment(
    plan: EffectPlan, look: Look, draw: PlanDraw | None = None, file: str = "", following: str = ""
) -> str:
    """How many models show an effect, and the draw of those whose cards change first.

    Parameters
    ----------
    file
        Where the draw is kept.
    following
        The command to run next.
    """
    gain = say_share(plan.effect)
    if plan.needed is None:
        head = wrap_lines(f"How many cards {gain} takes is not known yet.", width=look.width)
        reason = one_line(plan.reason or "")
        why = wrap_lines(f"{reason[:1].upper()}{reason[1:]}.", width=look.width)
        last = [f"next: {following}"] if following else []
        drawn = _drawn(draw, file, look) if draw else []
        return join_parts([[*(paint(line, "bold", look) for line in head), *why], drawn, last])
    answer = (
        f"To see {gain}: change {count_of(plan.needed, 'card')}, leave as many or more as they "
        f"are, and watch each {plan.days} days"
    )
    how = (
        f"{plan.window} days before the change and {plan.window} after, two left out; four of "
        f"five such studies show it. By {plan.unit}, from the spread of "
        f"{count_of(plan.donors, 'unchanged model')}."
    )
    head = [paint(line, "bold", look) for line in wrap_lines(answer, width=look.width)]
    last = [f"next: {following}"] if following else []
    drawn = _drawn(draw, file, look) if draw else []
    return join_parts(
        [[*head, *wrap_lines(how, width=look.width)], _curve(plan, look), drawn, last]
    )


def _curve(plan: EffectPlan, look: Look) -> list[str]:
    """What fewer and more models would show."""
    points = plan.curve
    step = max(1, math.ceil(len(points) / _ROWS))
    points = points[::step] if step > 1 else points
    if not points:
        return []
    top = max(math.log1p(point.effect) for point in points)
    rows = [
        f"  {point.models:>7,}   {say_share(point.effect):>7}   "
        f"{draw_bar(math.log1p(point.effect) / top, 40, look)}"
        for point in points
    ]
    return [f"  {'cards':>7}   would show", *rows]


def _drawn(draw: PlanDraw, file: str, look: Look) -> list[str]:
    """Which go first."""
    first = [one_line(model.model) for model in draw.models if model.turn == "first"]
    lines = [f"First, by lot (seed {draw.seed}): {len(first)} of {len(draw.models)}"]
    lines += [f"  {line}" for line in wrap_lines(", ".join(first), width=look.width - 2)]
    lines += [f"kept in {file}"] * bool(file)
    return lines
