"""Charts of what followed changes of cards, and of what a study of so many could see."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    near = 0.045 * (logs[last] - logs[first])  # names that would stand on each other
    ticks: list[tuple[float, str]] = []
    for log, percent in zip(logs[first : last + 1], _PERCENT[first : last + 1], strict=True):
        is_end = percent in (_PERCENT[first], 0, _PERCENT[last])
        if is_end or min(abs(log), abs(log - logs[first]), abs(log - logs[last])) > 2 * near:
            ticks.append((log, f"{percent:+d} %".replace("-", "−") if percent else "0"))
    return Axis(ticks, 0.0)


@dataclass(frozen=True, slots=True)
class PeriodPoint:
    """The change of changed models against others in one period around their change.

    Attributes
    ----------
    start
        Days from the change to the period's first day, below 0 before it.
    value, bounds
        As logarithms; None where there is no number, or no interval.
    placebo
        Where the middle 95 % of the same numbers lie at dates on which nothing was changed.
    """

    start: int
    value: float | None
    bounds: Bounds | None = None
    placebo: Bounds | None = None

    @property
    def is_certain(self) -> bool:
        """Whether its interval does not hold 0."""
        return self.bounds is not None and (self.bounds.low > 0 or self.bounds.high < 0)


def draw_periods(key: str, title: str, periods: Sequence[PeriodPoint], length: int) -> Markup:
    """An event study: one point a period, its interval, and the band of placebo dates behind it.

    Parameters
    ----------
    key
        Prefix of the ids inside, unique on the page.
    periods
        In their order, each `length` days long.
    """
    values = [v for p in periods for v in (p.value, *(p.bounds or ()), *(p.placebo or ()))]
    axis = make_change_axis([value for value in values if value is not None])
    step = (_RIGHT - _LEFT) / max(1, len(periods))
    every = math.ceil(len(periods) / 8)
    band, marks, names = list[Markup](), list[Markup](), list[Markup]()
    for i, period in enumerate(periods):
        start, x = round(_LEFT + step * i, 1), round(_LEFT + step * (i + 0.5), 1)
        if period.placebo:
            low, high = (axis.place(end, _FOOT, _TOP) for end in period.placebo)
            size = {"width": round(step, 1), "height": round(max(low - high, 1), 1)}
            band.append(el("rect", x=start, y=high, class_="band", **size))
        if period.bounds:
            low, high = (axis.place(end, _FOOT, _TOP) for end in period.bounds)
            marks.append(draw_line(x, x, low, high, "thick"))
        if period.value is not None:
            class_ = "told" if period.is_certain else "open"
            marks.append(draw_dot(x, axis.place(period.value, _FOOT, _TOP), 4.5, class_))
        if i % every == 0:
            name = f"{period.start:+d}".replace("-", "−") if period.start else "0"
            names.append(draw_text(x, _FOOT + 18, "middle small", name))
    edit = round(_LEFT + step * sum(period.start < 0 for period in periods), 1)
    line = draw_line(edit, edit, _TOP - 6, _FOOT, "edit")
    names.append(draw_text(_RIGHT, _FOOT + 36, "end small", "days from the change"))
    below, foot = draw_legend(_period_rows(length, bool(band)), _FOOT + 60)
    desc = "; ".join(f"{period.start:+d} days: {_describe(period)}" for period in periods)
    parts = (band, _grid(axis), line, marks, names, below)
    return draw_svg(key, title, desc, f"{_WIDE} {foot}", *parts)


def _period_rows(length: int, has_band: bool) -> list[tuple[Markup, str]]:
    rows = [
        (draw_line(9, 9, -11, 2, "edit"), "the change of the card"),
        (draw_dot(9, -4, 4.5, "told"), f"{length} days; full where the 95 % interval leaves 0 out"),
    ]
    if has_band:
        patch = el("rect", x=2, y=-10, width=14, height=11, class_="band")
        rows.append((patch, "95 % of the same at dates when nothing changed"))
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


def _describe(period: PeriodPoint) -> str:
    if period.value is None:
        return "not known"
    ends = f" ({' to '.join(map(format_change, period.bounds))})" if period.bounds else ""
    return f"{format_change(period.value)}{ends}"


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
    names = [
        draw_text(across.place(n, _LEFT + 8, _RIGHT - 8), _FOOT + 18, "middle small", f"{n:,}")
        for n in _counts(low, high)
    ]
    names.append(draw_text(_RIGHT, _FOOT + 36, "end small", "changed models"))
    below, foot = draw_legend(rows, _FOOT + 60)
    desc = "; ".join(f"{n:,} models: {format_change(log)}" for n, log in curve)
    return draw_svg(key, title, desc, f"{_WIDE} {foot}", _grid(axis), drawn, names, below)


def _counts(low: int, high: int) -> list[int]:
    """Round numbers from one to another."""
    return [
        n
        for power in range(7)
        for part in (1, 2, 5)
        for n in (part * 10**power,)
        if low <= n <= high
    ]
