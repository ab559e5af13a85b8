"""Charts of what a study found: ratings with what goes with them, forests, specification curves.

All are 440 units wide, so that their words can be read on a telephone; names stand above what is
drawn of them, so that no two can overlap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cardiogram.report.markup.charts import draw_dot, draw_line, draw_svg, draw_text
from cardiogram.report.markup.markup import Markup, el, join, visible
from cardiogram.report.markup.words import Bounds

_WIDE, _LETTERS = 440, 54
"""Width of a chart, and how many letters of the largest type stand beside each other in it."""


# Ratings -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RatingBar:
    """Cards of one rating, or of two that are shown together.

    Attributes
    ----------
    scores
        Lowest and highest score 1-5 of its cards; it has the colour of the lowest.
    below
        What stands under it, a figure for each row of the chart.
    """

    label: str
    name: str
    scores: tuple[int, int]
    cards: int
    below: Sequence[str] = ()


def draw_ratings(bars: Sequence[RatingBar], rows: Sequence[str] = ()) -> Markup:
    """Bars of the overall rating, each with its count and with what goes with it.

    Parameters
    ----------
    rows
        Names of the figures below the bars, as in ``"downloads, median"``.
    """
    step, base, tall = _WIDE / max(1, len(bars)), 152, 116
    foot = base + 48 + 42 * len(rows)
    half = min(0.33 * step, 40)
    highest = max((bar.cards for bar in bars), default=0)
    parts: list[Markup] = []
    for i, bar in enumerate(bars):
        middle = round(step * (i + 0.5), 1)
        height = round(tall * bar.cards / highest, 1) if highest else 0
        size = {"width": round(2 * half, 1), "height": height, "class_": f"f{bar.scores[0]}"}
        drawn = [
            el("rect", x=round(step * i, 1), y=0, width=round(step, 1), height=foot, class_="hit"),
            el("rect", x=round(middle - half, 1), y=round(base - height, 1), **size),
            draw_text(middle, round(base - height - 8, 1), "middle value", f"{bar.cards:,}"),
            draw_text(middle, base + 22, "middle score", bar.label),
            draw_text(middle, base + 39, "middle small", bar.name),
        ]
        drawn += [
            draw_text(middle, base + 80 + 42 * row, "middle", figure)
            for row, figure in enumerate(bar.below)
        ]
        low, high = bar.scores
        parts.append(el("g", drawn, class_="rated", data_lowest=low, data_highest=high))
    labels = [draw_text(0, base + 61 + 42 * i, "small", name) for i, name in enumerate(rows)]
    desc = "; ".join(
        ", ".join(
            [
                f"{bar.cards:,} cards rated {bar.label}",
                *(f"{name} {figure}" for name, figure in zip(rows, bar.below, strict=False)),
            ]
        )
        for bar in bars
    )
    title = "How many cards got each overall rating" + ", and what goes with it" * bool(rows)
    axis = draw_line(0, _WIDE, base, base, "axis")
    return draw_svg("ratings", title, desc, f"{_WIDE} {foot}", parts, axis, labels)


# Scales --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale of values.

    Attributes
    ----------
    ticks
        Values with their names; the first and the last are the ends, beyond which bars are cut.
    centre
        The value that says that there is nothing; None where no value does.
    stretch
        What makes equal steps of equal steps: the logarithm, for ratios.
    """

    ticks: Sequence[tuple[float, str]]
    centre: float | None = None
    stretch: Callable[[float], float] = float

    def place(self, value: float, start: float, end: float) -> float:
        """Where a value stands between two ends of a drawing."""
        low, high = self.ticks[0][0], self.ticks[-1][0]
        first, last = self.stretch(low), self.stretch(high)
        share = (self.stretch(min(max(value, low), high)) - first) / (last - first)
        return round(start + (end - start) * share, 1)


RATINGS = Axis([(float(score), str(score)) for score in range(1, 6)])


def make_ratio_axis(values: Sequence[float]) -> Axis:
    """Make a scale of ratios that holds 1, doubling from tick to tick, of 1/64 to 64 at most.

    Examples
    --------
    >>> [name for _, name in make_ratio_axis([0.7, 3.1]).ticks]
    ['1/2', '1', '2', '4']
    """
    logs = [math.log2(value) for value in values if value > 0]
    low, high = max(math.floor(min(logs, default=0)), -6), min(math.ceil(max(logs, default=0)), 6)
    powers = range(min(low, 0), max(high, 1) + 1)
    ticks = [(2.0**power, f"1/{2**-power}" if power < 0 else str(2**power)) for power in powers]
    return Axis(ticks, 1.0, math.log)


def make_correlation_axis(values: Sequence[float]) -> Axis:
    """Make a scale of correlations that holds 0 and all values.

    Examples
    --------
    >>> [name for _, name in make_correlation_axis([0.1, 0.3]).ticks]
    ['0', '+0.2', '+0.4']
    """
    fifths = [5 * value for value in values]
    low, high = math.floor(min(fifths, default=0.0)), math.ceil(max(fifths, default=0.0))
    places = range(min(low, 0), max(high, 1) + 1)
    return Axis([(i / 5, f"{i / 5:+.1f}".replace("-", "−") if i else "0") for i in places], 0.0)


# Forest plot ---------------------------------------------------------------------------------

_STEP = 38


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A number of `n` models with its interval.

    Attributes
    ----------
    value, bounds
        None where there is no number, or no interval; `words` say why.
    words
        The number as it is read, with its interval.
    is_certain
        Whether it can be told from the centre of the scale: a full circle.
    """

    label: str
    n: int
    value: float | None
    bounds: Bounds | None
    words: str
    is_certain: bool


def draw_forest(key: str, title: str, rows: Sequence[ForestRow], axis: Axis) -> Markup:
    """Numbers on one scale, each with its name and figures above its bar.

    Parameters
    ----------
    key
        Prefix of the ids inside, unique on the page.
    """
    foot = _STEP * len(rows) + 6
    ticks = [
        draw_text(axis.place(value, 20, 420), foot + 14, "middle small", name)
        for value, name in axis.ticks
    ]
    drawn = [_forest_row(row, 14 + _STEP * i, axis) for i, row in enumerate(rows)]
    desc = "; ".join(f"{row.label}: {row.words}, {row.n:,} models" for row in rows)
    return draw_svg(key, title, desc, f"{_WIDE} {foot + 22}", drawn, ticks)


def _forest_row(row: ForestRow, y: int, axis: Axis) -> Markup:
    """A row's name on the left, its numbers on the right, and its bar below both."""
    across, n = y + 11, f"{row.n:,}"
    room = _LETTERS - len(row.words) - len(n) - 4
    label = visible(row.label)
    label = label if len(label) <= room else f"{label[: room - 1]}…"
    parts = [
        draw_text(
            0, y, "name", el("title", row.label), label, el("tspan", n, class_="quiet", dx=7)
        ),
        draw_text(_WIDE, y, "end quiet", row.words),
        draw_line(20, 420, across, across, "rule"),
    ]
    if axis.centre is not None:
        middle = axis.place(axis.centre, 20, 420)
        parts.append(draw_line(middle, middle, across - 7, across + 7, "axis"))
    if row.bounds:
        low, high = row.bounds
        ends = axis.place(low, 20, 420), axis.place(high, 20, 420)
        parts.append(draw_line(*ends, across, across, "thick"))
    if row.value is not None:
        place = axis.place(row.value, 20, 420)
        parts.append(draw_dot(place, across, 4.5, "told" if row.is_certain else "open"))
    return join(parts)


# Two shares a line ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShareRow:
    """Something with its share, 0 to 1, in two groups."""

    label: str
    first: float
    second: float


def draw_two_shares(
    key: str, title: str, rows: Sequence[ShareRow], groups: tuple[str, str]
) -> Markup:
    """Two dots a line, orange for the first group and blue for the second, from 0 to 100 %.

    Parameters
    ----------
    key
        Prefix of the ids inside, unique on the page.
    groups
        What the two dots are of.
    """
    left, right, top, step = 214, 428, 52, 26
    foot = top + step * len(rows)
    parts: list[Markup] = [
        draw_dot(7, 6, 6, "poor"),
        draw_text(20, 10, None, groups[0]),
        draw_dot(7, 28, 6, "good"),
        draw_text(20, 32, None, groups[1]),
    ]
    for percent in (0, 25, 50, 75, 100):
        x = left + (right - left) * percent / 100
        parts.append(draw_line(x, x, top - 8, foot - 6, "rule"))
        parts.append(draw_text(x, foot + 10, "middle small", f"{percent}\u00a0%"))
    for i, row in enumerate(rows):
        y = top + 6 + step * i
        first, second = (round(left + (right - left) * s, 1) for s in (row.first, row.second))
        parts += [
            draw_text(0, y + 4, "name", visible(row.label)),
            draw_line(first, second, y, y, "bridge"),
            draw_dot(first, y, 6, "poor"),
            draw_dot(second, y, 6, "good"),
        ]
    desc = "; ".join(f"{row.label}: {row.first:.0%} and {row.second:.0%}" for row in rows)
    return draw_svg(key, title, desc, f"{_WIDE} {foot + 16}", parts)


# Specification curve -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One way to compute a number.

    Attributes
    ----------
    choices
        What was chosen, by its name in the chart.
    is_certain
        Whether it can be told from nothing.
    is_main
        Whether it is the one that the study states.
    """

    value: float
    choices: Sequence[str]
    is_certain: bool
    is_main: bool
    words: str


def draw_curve(
    key: str, title: str, points: Sequence[CurvePoint], choices: Sequence[str], axis: Axis
) -> Markup:
    """Every way to compute a number, from the least to the largest, with what was chosen below.

    Parameters
    ----------
    points
        In any order; each has its words where the pointer stands.
    choices
        All that are named, from top to bottom.
    """
    ordered = sorted(points, key=lambda point: point.value)
    step = (_WIDE - 44) / max(1, len(ordered))
    top, foot = 12, 160
    grid = [
        join(
            draw_line(40, _WIDE, y, y, "axis" if value == axis.centre else "rule"),
            draw_text(32, y + 4, "end small", name),
        )
        for value, name in axis.ticks
        for y in (axis.place(value, foot, top),)
    ]
    marks: list[Markup] = []
    for i, point in enumerate(ordered):
        x, y = round(44 + step * (i + 0.5), 1), axis.place(point.value, foot, top)
        told = "told" if point.is_certain else "open"
        name = "main" if point.is_main else told
        mark = _diamond(x, y, told) if point.is_main else draw_dot(x, y, 3.2, name)
        chosen = [
            draw_line(x, x, foot + 39 + 30 * row, foot + 47 + 30 * row, f"tick {name}")
            for row, choice in enumerate(choices)
            if choice in point.choices
        ]
        hit = el("rect", x=round(x - step / 2, 1), y=0, width=round(step, 1), height=foot)
        marks.append(el("g", el("title", point.words), hit, mark, chosen, class_="spec"))
    labels = [draw_text(0, foot + 34 + 30 * i, "small", name) for i, name in enumerate(choices)]
    certain = sum(point.is_certain for point in points)
    main = next((point.words for point in points if point.is_main), "none is the main one")
    desc = (
        f"{len(points)} ways to compute it, from {ordered[0].words} to {ordered[-1].words}; "
        f"{certain} can be told from nothing. The main one: {main}."
    )
    size = f"{_WIDE} {foot + 24 + 30 * len(choices)}"
    return draw_svg(key, title, desc, size, grid, labels, marks)


def _diamond(x: float, y: float, name: str) -> Markup:
    points = f"{x - 7:g},{y:g} {x:g},{y - 7:g} {x + 7:g},{y:g} {x:g},{y + 7:g}"
    return el("polygon", points=points, class_=f"diamond {name}")
