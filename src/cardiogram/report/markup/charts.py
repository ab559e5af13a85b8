"""Charts as SVG text: pure functions, numbers in, markup out; every colour is a CSS variable."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from cardiogram.judge import Score
from cardiogram.report.markup.markup import Child, Markup, el, join, visible
from cardiogram.report.markup.words import Bounds

_NAME = 60
"""Letters of a name in one line."""

MAX_POINTS = 5_000
"""Points that a scatter plot draws; of more, a random sample (seed 0) that the chart owns up to."""

MIN_IN_BIN = 5
"""A median of fewer points than this is not drawn."""


@dataclass(frozen=True, slots=True)
class ScatterPoint:
    """A model in a scatter plot; `index` is its row in the payload."""

    index: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class BinMedian:
    """The median of `n` points around one expected rating."""

    x: float
    y: float
    n: int


def draw_svg(key: str, title: str, desc: str, size: str, *children: Child) -> Markup:
    """Draw an SVG image with a title and a description that a screen reader reads out.

    Parameters
    ----------
    key
        Prefix of the ids inside, unique on the page.
    size
        Width and height in user units, as in ``"640 260"``.
    """
    return el(
        "svg",
        el("title", title, id=f"{key}-title"),
        el("desc", desc, id=f"{key}-desc"),
        *children,
        viewBox=f"0 0 {size}",
        role="img",
        class_=f"chart chart-{key.partition('-')[0]}",
        aria_labelledby=f"{key}-title {key}-desc",
    )


def _small_svg(label: str, size: str, name: str, *children: Child) -> Markup:
    box = f"0 0 {size}"
    return el("svg", *children, viewBox=box, role="img", aria_label=label, class_=f"mini {name}")


def draw_text(x: float, y: float, class_: str | None, *words: Child) -> Markup:
    """Write words at a place."""
    return el("text", *words, x=x, y=y, class_=class_)


def draw_line(x1: float, x2: float, y1: float, y2: float, class_: str) -> Markup:
    """Draw a line from one place to another."""
    return el("line", x1=x1, x2=x2, y1=y1, y2=y2, class_=class_)


def draw_dot(x: float, y: float, radius: float, class_: str | None = None) -> Markup:
    """Draw a circle around a place."""
    return el("circle", cx=x, cy=y, r=radius, class_=class_)


def draw_shares(counts: Mapping[int, int], x: float, y: float, wide: float, tall: int) -> Markup:
    """Shares of the scores 1-5 as one bar of five colours."""
    total, bars = sum(counts.values()), []
    for score in range(1, 6):
        width = wide * counts.get(score, 0) / total if total else 0
        if width:
            shown = round(max(width - 1, 0.5), 1)
            bars.append(
                el("rect", x=round(x, 1), y=y, width=shown, height=tall, class_=f"f{score}")
            )
        x += width
    return join(bars)


# Scatter of popularity over rating -----------------------------------------------------------

_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 506, 22, 296


def draw_scatter(points: Sequence[ScatterPoint], label: str) -> Markup:
    """Popularity over the expected rating, with the median by rating.

    Parameters
    ----------
    points
        `x` is the expected rating (1-5), `y` the count (drawn on a log(1 + y) scale).
    label
        The outcome in words, as in ``"downloads"``.
    """
    top = max((point.y for point in points), default=0)
    ticks = log_ticks(top)
    height = math.log1p(max(top * 1.1, ticks[-1]))
    middles = medians(points)
    drawn = points
    if len(points) > MAX_POINTS:
        drawn = random.Random(0).sample(list(points), MAX_POINTS)
    dots = Markup(
        "".join(
            f'<circle cx="{_x(p.x):.1f}" cy="{_y(p.y, height):.1f}" data-i="{p.index}"></circle>'
            for p in drawn
        )
    )
    desc = f"{len(points):,} models. " + (
        "; ".join(f"near rating {m.x:g} the median is {m.y:,.0f} ({m.n} models)" for m in middles)
        or "Too few models for a median."
    )
    return draw_svg(
        f"scatter-{label.replace(' ', '-')}",
        f"{label.capitalize()} by expected rating",
        desc,
        "520 344",
        _grid(ticks, height),
        el("g", dots, class_="points"),
        _median_line(middles, height),
        draw_text(0, 9, "quiet", f"{label.capitalize()} (log scale)"),
        draw_text(_RIGHT, 338, "end quiet", "Expected overall rating"),
    )


def _x(rating: float) -> float:
    return _LEFT + 14 + (_RIGHT - _LEFT - 28) * (min(max(rating, 1.0), 5.0) - 1) / 4


def _y(count: float, height: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP - 8) * math.log1p(max(count, 0)) / height


def log_ticks(top: float) -> list[int]:
    """Values for the labels of a log1p axis: 0, 1, and powers of ten up to `top`.

    Examples
    --------
    >>> log_ticks(1500)
    [0, 1, 10, 100, 1000]
    """
    powers = range(math.floor(math.log10(top)) + 1) if top >= 1 else range(1)
    return [0, *(10**power for power in powers)]


def short(value: float) -> str:
    """Shorten a count for a tick's label.

    Examples
    --------
    >>> [short(v) for v in (0, 10, 1_000, 20_000_000)]
    ['0', '10', '1k', '20M']
    """
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def medians(points: Sequence[ScatterPoint]) -> list[BinMedian]:
    """Medians of `y` in bins of half a rating around 1, 1.5, 2 ... 5."""
    bins: dict[float, list[float]] = {}
    for point in points:
        bins.setdefault(math.floor(point.x * 2 + 0.5) / 2, []).append(point.y)
    return [
        BinMedian(x, float(median(bins[x])), len(bins[x]))
        for x in sorted(bins)
        if len(bins[x]) >= MIN_IN_BIN
    ]


def _grid(ticks: Sequence[int], height: float) -> Markup:
    lines: list[Markup] = []
    for tick in ticks:
        y = round(_y(tick, height), 1)
        lines.append(draw_line(_LEFT, _RIGHT, y, y, "axis" if tick == 0 else "rule"))
        if tick != 1 or _y(0, height) - y > 16:  # its label would stand on that of 0
            lines.append(draw_text(_LEFT - 8, round(y + 4, 1), "end quiet", short(tick)))
    ratings = [draw_text(round(_x(x), 1), 318, "middle quiet", x) for x in range(1, 6)]
    return join(lines, ratings)


def _median_line(middles: Sequence[BinMedian], height: float) -> Markup:
    if not middles:
        return Markup()
    places = [f"{_x(m.x):.1f},{_y(m.y, height):.1f}" for m in middles]
    dots = [draw_dot(round(_x(m.x), 1), round(_y(m.y, height), 1), 4) for m in middles]
    return el("g", el("polyline", points=" ".join(places)), dots, class_="median")


# Small charts inside tables ------------------------------------------------------------------


def draw_distribution(counts: Mapping[int, int]) -> Markup:
    """Shares of the scores 1-5 as one bar, for a table's cell."""
    words = ", ".join(f"{s}: {counts.get(s, 0)}" for s in range(1, 6))
    bar = draw_shares(counts, 0, 0, 180, 12)
    return _small_svg(f"cards by score: {words}", "180 12", "spread", bar)


def draw_share(share: float) -> Markup:
    """Draw a share as a bar, for a line of a list."""
    full = el("rect", x=0, y=0, width=100, height=10, class_="ground")
    bar = el("rect", x=0, y=0, width=round(100 * share, 1), height=10, class_="part")
    return _small_svg(f"{share:.0%}", "100 10", "share", full, bar)


def draw_interval(
    estimate: float, plain: Bounds | None, cluster: Bounds | None, reach: float
) -> Markup:
    """Draw an estimate with two intervals around zero, for a table's cell.

    Parameters
    ----------
    estimate
        The middle mark.
    plain, cluster
        Ends of the thin and of the thick line; None where there is none.
    reach
        Value at both ends of the scale, which is centred on zero.
    """

    def place(value: float) -> float:
        return round(70 + 66 * min(max(value / reach, -1), 1), 1)

    lines = [
        draw_line(place(bounds.low), place(bounds.high), 9, 9, name)
        for name, bounds in (("thick", cluster), ("thin", plain))
        if bounds
    ]
    axis, dot = draw_line(70, 70, 0, 18, "axis"), draw_dot(place(estimate), 9, 4)
    return _small_svg(f"estimate {estimate:.2f}", "140 18", "forest", axis, lines, dot)


def draw_rating_range(score: Score) -> Markup:
    """Draw a score's interval and expectation on the scale 1-5, for a table's cell."""
    if score.low is None or score.high is None:
        return Markup()
    label = f"between {score.low:.1f} and {score.high:.1f}"
    return _range(label, score.expected, Bounds(score.low, score.high), 1, 5)


def draw_share_range(value: float, bounds: Bounds | None) -> Markup:
    """Draw a number and its interval on the scale 0-1, for a table's cell."""
    return _range(f"value {_with_bounds(value, bounds)}", value, bounds, 0, 1)


def _with_bounds(value: float, bounds: Bounds | None) -> str:
    return f"{value:.2f}" + (f", interval {bounds.low:.2f} to {bounds.high:.2f}" if bounds else "")


def _range(label: str, value: float, bounds: Bounds | None, start: int, end: int) -> Markup:
    """A value and its interval on a short scale."""

    def place(x: float) -> float:
        return round(4 + 64 / (end - start) * (min(max(x, start), end) - start), 1)

    bar = draw_line(place(bounds.low), place(bounds.high), 6, 6, "thick") if bounds else None
    track, dot = draw_line(4, 68, 6, 6, "track"), draw_dot(place(value), 6, 3.5)
    return _small_svg(label, "72 12", "range", track, bar, dot)


def draw_dumbbell(
    poor: Mapping[str, Score],
    good: Mapping[str, Score],
    key: str = "pair",
    ids: tuple[str, ...] = (),
) -> Markup:
    """Scores of a poor and a good card, one line a criterion; `key` is unique on the page.

    Parameters
    ----------
    ids
        Of the poor and of the good card, where the chart has to say which is which.
    """
    step, left, right = 30, 128, 496
    head, titles = _draw_names(ids)
    rows = [(name, poor[name].value, good[name].value) for name in poor if name in good]

    def place(score: int) -> float:
        return left + (right - left) * (score - 1) / 4

    foot = head + 34 + step * len(rows)
    parts: list[Markup] = [titles]
    for score in range(1, 6):
        x = place(score)
        parts.append(draw_line(x, x, head + 22, foot - 10, "rule"))
        parts.append(draw_text(x, head + 12, "middle quiet", score))
    for i, (name, first, second) in enumerate(rows):
        y, low, high = head + 38 + step * i, place(first), place(second)
        parts += [
            draw_text(0, y + 4, "first" if i == 0 else None, name.capitalize()),
            draw_line(low, high, y, y, "bridge"),
            draw_dot(low, y, 6 if low != high else 9, "poor"),
            draw_dot(high, y, 6, "good"),
        ]
    words = "; ".join(f"{name}: {first} and {second}" for name, first, second in rows)
    return draw_svg(key, "Scores of the poor and of the good card", words, f"520 {foot}", parts)


def _draw_names(ids: tuple[str, ...]) -> tuple[int, Markup]:
    """A dot and a name a line, and how tall they are; a long name goes on in the next line."""
    y, parts = 0, []
    for class_, name in zip(("poor", "good"), ids, strict=False):
        parts.append(draw_dot(7, y + 6, 6, class_))
        shown = visible(name)
        for start in range(0, max(1, len(shown)), _NAME):
            parts.append(draw_text(20, y + 10, "value", shown[start : start + _NAME]))
            y += 20
    return (y + 12 if ids else 0), join(parts)
