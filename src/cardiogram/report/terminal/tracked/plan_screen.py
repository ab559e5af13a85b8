"""How many models to change for how long, on one screen, and which go first by lot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from cardiogram.report.data import say_share
from cardiogram.report.markup import count_of, wrap_lines
from cardiogram.report.terminal.paint import paint
from cardiogram.report.terminal.tracked.sparks import draw_bar
from cardiogram.report.terminal.writing import Look, join_parts, one_line
from cardiogram.track.effect import EffectPlan, PlanDraw, gain_of_draw

_ROWS = 7


def render_experiment(
    plan: EffectPlan,
    look: Look,
    draw: PlanDraw | None = None,
    file: str = "",
    following: str = "",
    advice: Sequence[str] = (),
) -> str:
    """How many models show an effect, and the draw of those whose cards change first.

    Parameters
    ----------
    file
        Where the draw is kept.
    following
        The command to run next.
    advice
        Sentences on what to do, and on what a draw sets aside.
    """
    gain = say_share(plan.effect)
    if plan.needed is None:
        reason = one_line(plan.reason or "")
        answer = f"How many cards {gain} takes is not known yet."
        how = f"{reason[:1].upper()}{reason[1:]}."
    else:
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
    middle = _drawn(plan, draw, file, look) if draw else _curve(plan, look) if plan.needed else []
    todo = [line for said in advice for line in wrap_lines(one_line(said), width=look.width)]
    last = [f"next: {following}"] if following else []
    return join_parts([[*head, *wrap_lines(how, width=look.width)], middle, todo, last])


def say_set_aside(number: int, day: date | None, file: str) -> str:
    """That models changed before a draw are not read, and how they are; "" where there are none."""
    if not number:
        return ""
    models, are = count_of(number, "model"), "is" if number == 1 else "are"
    return (
        f"{models} changed before the draw of {day} {are} not counted: "
        f"without [draw] in {file} {'it' if number == 1 else 'they'} {are}."
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


def _drawn(plan: EffectPlan, draw: PlanDraw, file: str, look: Look) -> list[str]:
    """Which go first, and what so many can show."""
    first = [one_line(model.model) for model in draw.models if model.turn == "first"]
    listed = wrap_lines(", ".join(first), width=look.width - 2)
    lines = [f"First, by lot (seed {draw.seed}): {len(first)} of {len(draw.models)}"]
    lines += [f"  {line}" for line in listed[:_ROWS]]
    every = "all of them are " if len(listed) > _ROWS else ""
    lines += [f"{every}kept in {file}"] * bool(file)
    return lines + wrap_lines(_power(plan, draw, len(first)), width=look.width)


def _power(plan: EffectPlan, draw: PlanDraw, first: int) -> str:
    """The gain that a draw shows, and whether it is the one asked for."""
    beside = f"{first:,} changed beside {len(draw.models) - first:,}"
    shown = gain_of_draw(plan, draw)
    if shown is None:
        return f"{beside} are too few for any answer." if plan.spread is not None else ""
    more = "" if shown.effect <= plan.effect else f", not {say_share(plan.effect)}"
    return f"{beside} show {say_share(shown.effect)} or more{more}."
