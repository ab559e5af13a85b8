"""Charts of what followed changes of cards, and of what a study of so many could see."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cardiogram.report.markup.charts import draw_dot, draw_line, draw_svg, draw_text
from cardiogram.report.markup.day_charts import draw_legend
from cardiogram.report.markup.markup import Markup, el, join
from cardiogram.report.markup.study_charts import Axis
from cardiogram.report.markup.words import Bounds

_WIDE, _LEFT, _RIGHT, _TOP, _FOOT = 440, 60, 432, 10, 190
_PERCENT = (-90, -75, -50, -25, -10, 0, 10, 25, 50, 100, 200, 400, 900, 1900, 3900)
"""Changes that a scale may name."""


def make_change_axis(values: Sequence[float]) -> Axis:
    """Make a scale of logarithmic changes, named as percentages, that holds 0 and all values.

    Examples
    --------
    >>> [name for _, name in make_change_axis([-0.1, 0.3]).ticks]
    ['−10 %', '0', '+10 %', '+25 %', '+50 %']
    """
    known = [0.0, *(value for value in values if math.isfinite(value))]
    logs = [math.log1p(percent / 100) for percent in _PERCENT]
    low, high = min(-0.05, *known), max(0.05, *known)
    first = max((i for i, log in enumerate(logs) if log <= low + 0.006), default=0)
    last = min((i for i, log in enumerate(logs) if log >= high - 0.006), default=len(logs) - 1)
    near = 0.045 * (logs[last] - logs[first])  # labels that would stand on each other
    ticks: list[tuple[float, str]] = []
    for log, percent in zip(logs[first : last + 1], _PERCENT[first : last + 1], strict=True):
        is_end = percent in (_PERCENT[first], 0, _PERCENT[last])
        if is_end or min(abs(log), abs(log - logs[first]), abs(log - logs[last])) > 2 * near:
            ticks.append((log, f"{percent:+d} %".replace("-", "−") if percent else "0"))
    return Axis(ticks, 0.0)


@dataclass(frozen=True, slots=True)
class DayChange:
    """The change of changed models against others, so many days from their change.

    Attributes
    ----------
    day
        Below 0 before the change; 0 is its own day.
    value, bounds
        As logarithms; `bounds` is None where there is no interval.
    placebo
        Where 95 % of the same numbers lie at dates on which nothing was changed.
    """

    day: int
    value: float
    bounds: Bounds | None = None
    placebo: Bounds | None = None

    @property
    def is_unusual(self) -> bool:
        """Whether it lies where few do by chance."""
        return self.placebo is not None and not (
            self.placebo.low <= self.value <= self.placebo.high
        )


def draw_event_study(
    key: str,
    title: str,
    days: Sequence[DayChange],
    mean: tuple[int, int, float] | None = None,
) -> Markup:
    """One point a day around the change, its interval, and the band of placebo dates behind it.

    Parameters
    ----------
    key
        Prefix of the ids inside, unique on the page.
    days
        In their order, at least one.
    mean
        First and last day after the change, and the change over all of them.
    """
    axis = _axis_of(days, mean[2] if mean else 0.0)
    top = axis.ticks[-1][0]
    across = Axis([(days[0].day - 0.5, ""), (max(days[-1].day, days[0].day) + 0.5, "")])

    def at(day: float) -> float:
        return across.place(day, _LEFT, _RIGHT)

    step = round(at(days[0].day + 0.5) - _LEFT, 2)
    band, marks = list[Markup](), list[Markup]()
    for day in days:
        x, y = at(day.day), axis.place(day.value, _FOOT, _TOP)
        if day.placebo:
            low, high = (axis.place(end, _FOOT, _TOP) for end in day.placebo)
            size = {"width": step, "height": round(max(low - high, 1), 1)}
            band.append(el("rect", x=at(day.day - 0.5), y=high, class_="band", **size))
        if day.bounds:
            low, high = (axis.place(end, _FOOT, _TOP) for end in day.bounds)
            marks.append(draw_line(x, x, low, high, "reach"))
        dot = draw_dot(x, y, 2.6, "told" if day.is_unusual else "open")
        marks.append(draw_text(x, _TOP + 8, "middle small", "▲") if day.value > top else dot)
    rows = _day_rows(days, top)
    if mean:
        first, last, value = mean
        y = axis.place(value, _FOOT, _TOP)
        marks.append(draw_line(at(first - 0.5), at(last + 0.5), y, y, "mean"))
        words = f"{format_change(value)}: the change over days {first} to {last}"
        rows.insert(0, (draw_line(2, 16, -4, -4, "mean"), words))
    marks.append(draw_line(at(0), at(0), _TOP - 6, _FOOT, "edit"))
    below, foot = draw_legend(rows, _FOOT + 60)
    desc = "; ".join(f"day {day.day:+d}: {_describe(day)}" for day in days if day.day % 5 == 0)
    parts = (band, _grid(axis), marks, _day_ticks(days, at), below)
    return draw_svg(key, title, desc, f"{_WIDE} {foot}", *parts)


def _axis_of(days: Sequence[DayChange], mean: float) -> Axis:
    """A scale for all but the day of the change and the next, which no effect is read from."""
    read = [day for day in days if day.day not in (0, 1)] or list(days)
    ends = sorted(end for day in read for end in day.bounds or ())
    cut = len(ends) // 20
    usual = [value for day in read for value in (day.value, *(day.placebo or ()))]
    return make_change_axis([mean, *usual, *ends[cut : len(ends) - cut]])


def _day_ticks(days: Sequence[DayChange], place: Callable[[float], float]) -> list[Markup]:
    first, last = days[0].day, days[-1].day
    step = next((s for s in (1, 2, 5, 10, 20, 50) if (last - first) / s <= 8), 100)
    ticks = [
        draw_text(
            place(day), _FOOT + 18, "middle small", f"{day:+d}".replace("-", "−") if day else 0
        )
        for day in range(first, last + 1)
        if day % step == 0
    ]
    return [*ticks, draw_text(_RIGHT, _FOOT + 36, "end small", "days from the change of the card")]


def _day_rows(days: Sequence[DayChange], top: float) -> list[tuple[Markup, str]]:
    """What the signs mean."""
    dot = join(draw_line(9, 9, -11, 3, "reach"), draw_dot(9, -4, 2.6, "open"))
    rows = [(dot, "a day and its 95 % interval, compared with models like them")]
    if any(day.placebo for day in days):
        patch = el("rect", x=2, y=-10, width=14, height=11, class_="band")
        rows.append((patch, "95 % of the same at dates when nothing changed"))
        rows.append((draw_dot(9, -4, 2.6, "told"), "a day outside that band"))
    if (highest := max(day.value for day in days)) > top:
        rows.append((draw_text(9, 1, "middle small", "▲"), f"more: {format_change(highest)}"))
    return rows


def _grid(axis: Axis) -> list[Markup]:
    return [
        join(
            draw_line(_LEFT, _RIGHT, y, y, "axis" if value == 0 else "rule"),
            draw_text(_LEFT - 8, y + 4, "end small", name),
        )
        for value, name in axis.ticks
        for y in (axis.place(value, _FOOT, _TOP),)
    ]


def _describe(day: DayChange) -> str:
    ends = f" ({' to '.join(map(format_change, day.bounds))})" if day.bounds else ""
    return f"{format_change(day.value)}{ends}"


def format_change(log: float) -> str:
    """Write a logarithmic change as a percentage with its sign; a large one as a multiple.

    Examples
    --------
    >>> format_change(0.2231), format_change(-0.105), format_change(1.4), format_change(0.001)
    ('+25 %', '−10 %', 'times 4.1', '0 %')
    """
    if log > math.log(3):
        times = math.exp(log)
        return f"times {times:,.{1 if times < 10 else 0}f}"
    percent = round(100 * math.expm1(log))
    return f"{percent:+d} %".replace("-", "−") if percent else "0 %"


def draw_detectable(
    key: str,
    title: str,
    curve: Sequence[tuple[int, float]],
    here: tuple[int, float] | None = None,
    wanted: float | None = None,
) -> Markup:
    """The smallest effect that so many changed models would show.

    Parameters
    ----------
    curve
        Models and effect as a logarithm, in their order, at least two.
    here
        The number of models that there are, and their effect.
    wanted
        An effect that is asked for.
    """
    points = [*curve, *([here] if here else [])]
    ticks = make_change_axis([log for _, log in points] + [wanted or 0.0]).ticks
    axis = Axis([tick for tick in ticks if tick[0] >= 0], 0.0)
    low, high = min(n for n, _ in points), max(n for n, _ in points)
    across = Axis([(float(low), ""), (float(max(high, low + 1)), "")], None, math.log)
    place = {
        point: (across.place(point[0], _LEFT + 8, _RIGHT - 8), axis.place(point[1], _FOOT, _TOP))
        for point in points
    }
    line = " ".join(f"{place[point][0]:g},{place[point][1]:g}" for point in curve)
    drawn = [el("g", el("polyline", points=line), class_="median")]
    sample = draw_line(2, 16, -4, -4, "expected")
    rows = [(sample, "what four of five such studies would show")]
    if wanted is not None:
        y = axis.place(wanted, _FOOT, _TOP)
        drawn.append(draw_line(_LEFT, _RIGHT, y, y, "edit"))
        rows.append((draw_line(2, 16, -4, -4, "edit"), f"asked for: {format_change(wanted)}"))
    if here:
        drawn.append(draw_dot(*place[here], 6, "told"))
        words = f"{here[0]:,} changed models: {format_change(here[1])} or more"
        rows.append((draw_dot(9, -4, 6, "told"), words))
    below_axis = [
        draw_text(across.place(n, _LEFT + 8, _RIGHT - 8), _FOOT + 18, "middle small", f"{n:,}")
        for n in _counts(low, high)
    ]
    below_axis.append(draw_text(_RIGHT, _FOOT + 36, "end small", "changed models"))
    below, foot = draw_legend(rows, _FOOT + 60)
    desc = "; ".join(f"{n:,} models: {format_change(log)}" for n, log in curve)
    return draw_svg(key, title, desc, f"{_WIDE} {foot}", _grid(axis), drawn, below_axis, below)


def _counts(low: int, high: int) -> list[int]:
    """Round numbers from one to another."""
    return [
        n
        for power in range(7)
        for part in (1, 2, 5)
        for n in (part * 10**power,)
        if low <= n <= high
    ]
