"""Charts as SVG text: pure functions, numbers in, markup out; every colour is a CSS variable."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from cardiogram.judge import Score
from cardiogram.report.markup.markup import Child, Markup, el, join
from cardiogram.report.markup.words import format_percent, format_signed

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


@dataclass(frozen=True, slots=True)
class FittedLine:
    """A line of log(1 + y) over the rating: its value at rating 0 and its slope."""

    intercept: float
    slope: float


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A correlation of `n` models; `ends` has `low` and `high`, or nothing."""

    label: str
    n: int
    value: float
    ends: Mapping[str, float]

    @property
    def words(self) -> str:
        """The number with its interval, as in ``+0.38 (+0.27 to +0.47)``."""
        told = format_signed(self.value)
        if not self.ends:
            return f"{told}, no interval"
        return f"{told} ({format_signed(self.ends['low'])} to {format_signed(self.ends['high'])})"


@dataclass(frozen=True, slots=True)
class ScorePair:
    """One criterion of two cards."""

    name: str
    poor: Score
    good: Score


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


def draw_histogram(counts: Mapping[int, int], names: Mapping[int, str]) -> Markup:
    """Bars of the overall rating, each with its count, share and name.

    Parameters
    ----------
    counts
        Number of cards by score 1-5.
    names
        The rubric's name of each score.
    """
    width, base, tall = 128, 206, 166
    total, most = sum(counts.values()), max(counts.values(), default=0)
    bars = []
    for i, score in enumerate(range(1, 6)):
        n = counts.get(score, 0)
        height = tall * n / most if most else 0
        middle = width * i + width / 2
        share = format_percent(n, total)
        bars += [
            el(
                "rect",
                x=round(middle - 38, 1),
                y=round(base - height, 1),
                width=76,
                height=round(height, 1),
                class_=f"f{score}",
            ),
            el(
                "text",
                el("tspan", f"{n:,}", class_="value"),
                el("tspan", share, class_="quiet", dx=7),
                x=middle,
                y=round(base - height - 9, 1),
                class_="middle",
            ),
            el("text", score, x=middle, y=base + 26, class_="middle score"),
            el("text", names.get(score, ""), x=middle, y=base + 46, class_="middle quiet"),
        ]
    desc = "; ".join(f"{counts.get(s, 0)} cards rated {s}" for s in range(1, 6))
    axis = el("line", x1=0, x2=640, y1=base, y2=base, class_="axis")
    return draw_svg(
        "histogram", "How many cards got each overall rating", desc, "640 260", bars, axis
    )


# Scatter of popularity over rating -----------------------------------------------------------

_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 506, 22, 296


def draw_scatter(
    points: Sequence[ScatterPoint], label: str, fit: FittedLine | None = None
) -> Markup:
    """Popularity over the expected rating, with the median by rating and a robust line.

    Parameters
    ----------
    points
        `x` is the expected rating (1-5), `y` the count (drawn on a log(1 + y) scale).
    label
        The outcome in words, as in ``"downloads"``.
    fit
        The robust line, drawn between the lowest and the highest rating; None where it was refused.
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
        _fit_line(points, fit, height),
        _median_line(middles, height),
        el("text", f"{label.capitalize()} (log scale)", x=0, y=9, class_="quiet"),
        el("text", "Expected overall rating", x=_RIGHT, y=338, class_="end quiet"),
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
        lines.append(
            el("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="axis" if tick == 0 else "rule")
        )
        lines.append(el("text", short(tick), x=_LEFT - 8, y=round(y + 4, 1), class_="end quiet"))
    for rating in range(1, 6):
        lines.append(el("text", rating, x=round(_x(rating), 1), y=318, class_="middle quiet"))
    return join(lines)


def _median_line(middles: Sequence[BinMedian], height: float) -> Markup:
    if not middles:
        return Markup()
    places = [f"{_x(m.x):.1f},{_y(m.y, height):.1f}" for m in middles]
    dots = [el("circle", cx=round(_x(m.x), 1), cy=round(_y(m.y, height), 1), r=4) for m in middles]
    line = el("polyline", points=" ".join(places))
    return el("g", line, dots, class_="median")


def _fit_line(points: Sequence[ScatterPoint], fit: FittedLine | None, height: float) -> Markup:
    """The robust line, cut where it leaves the chart at zero."""
    if fit is None or not points:
        return Markup()
    ratings = [point.x for point in points]
    ends = [min(ratings), max(ratings)]
    zero = -fit.intercept / fit.slope if fit.slope else math.nan
    if ends[0] < zero < ends[1]:
        ends[0 if fit.slope > 0 else 1] = zero
    levels = [min(max(fit.intercept + fit.slope * x, 0.0), height) for x in ends]
    places = [
        f"{_x(x):.1f},{_y(math.expm1(v), height):.1f}" for x, v in zip(ends, levels, strict=True)
    ]
    return el("g", el("polyline", points=" ".join(places)), class_="fit")


# Forest plot ---------------------------------------------------------------------------------

_STEP, _CLIP = 38, 40


def draw_forest(key: str, title: str, rows: Sequence[ForestRow], mean: ForestRow | None) -> Markup:
    """Correlations of groups on one scale from -1 to 1, and their mean as a diamond.

    Each row has its name and its numbers above its bar, so that both can be read where the page
    is narrow.

    Parameters
    ----------
    key
        Prefix of the ids inside, unique on the page.
    mean
        What the groups have in common; None where it cannot be told.
    """
    parts = [_forest_row(row, 14 + _STEP * i) for i, row in enumerate(rows)]
    foot = _STEP * len(rows) + 6
    if mean is not None:
        parts.append(el("line", x1=0, x2=520, y1=foot, y2=foot, class_="rule"))
        parts.append(_diamond(mean, foot + 22))
        foot += _STEP + 12
    ticks = [
        el("text", name, x=_on_axis(tick), y=foot + 14, class_="middle quiet")
        for tick, name in ((-1, "−1"), (-0.5, "−0.5"), (0, "0"), (0.5, "+0.5"), (1, "+1"))
    ]
    told = [*rows, mean] if mean is not None else rows
    desc = "; ".join(f"{row.label}: {row.words}, {row.n} models" for row in told)
    return draw_svg(key, title, desc, f"520 {foot + 22}", parts, ticks)


def _forest_row(row: ForestRow, y: int) -> Markup:
    told = bool(row.ends) and (row.ends["low"] > 0 or row.ends["high"] < 0)
    bar = None
    if row.ends:
        low, high = _on_axis(row.ends["low"]), _on_axis(row.ends["high"])
        bar = el("line", x1=low, x2=high, y1=y + 11, y2=y + 11, class_="thick")
    return join(
        _forest_label(row, y, "name"),
        bar,
        el("circle", cx=_on_axis(row.value), cy=y + 11, r=4.5, class_="told" if told else "open"),
    )


def _diamond(mean: ForestRow, y: int) -> Markup:
    middle, across = _on_axis(mean.value), y + 12
    low, high = _on_axis(mean.ends["low"]), _on_axis(mean.ends["high"])
    points = f"{low:g},{across} {middle:g},{across - 7} {high:g},{across} {middle:g},{across + 7}"
    return join(_forest_label(mean, y, "first"), el("polygon", points=points, class_="diamond"))


def _forest_label(row: ForestRow, y: int, name: str) -> Markup:
    """The row's name on the left, its numbers on the right, and an axis below both."""
    label = row.label if len(row.label) <= _CLIP else f"{row.label[: _CLIP - 1]}…"
    across = y + (12 if name == "first" else 11)
    return join(
        el("text", label, el("tspan", f"{row.n:,}", class_="quiet", dx=7), x=0, y=y, class_=name),
        el("text", row.words, x=520, y=y, class_="end quiet"),
        el("line", x1=_on_axis(-1), x2=_on_axis(1), y1=across, y2=across, class_="rule"),
        el("line", x1=_on_axis(0), x2=_on_axis(0), y1=across - 7, y2=across + 7, class_="axis"),
    )


def _on_axis(value: float) -> float:
    return round(260 + 246 * min(max(value, -1.0), 1.0), 1)


# Small charts inside tables ------------------------------------------------------------------


def draw_distribution(counts: Mapping[int, int]) -> Markup:
    """Shares of the scores 1-5 as one bar, for a table's cell."""
    total = sum(counts.values())
    words = ", ".join(f"{s}: {counts.get(s, 0)}" for s in range(1, 6))
    start, parts = 0.0, []
    for score in range(1, 6):
        wide = 180 * counts.get(score, 0) / total if total else 0
        if wide:
            shown = round(max(wide - 1, 0.5), 1)
            parts.append(
                el("rect", x=round(start, 1), y=0, width=shown, height=12, class_=f"f{score}")
            )
        start += wide
    return _small(f"cards by score: {words}", "180 12", "spread", parts)


def draw_interval(
    estimate: float, plain: Mapping[str, float], cluster: Mapping[str, float], reach: float
) -> Markup:
    """Draw an estimate with two intervals around zero, for a table's cell.

    Parameters
    ----------
    estimate
        The middle mark.
    plain, cluster
        `low` and `high` of the thin and of the thick line; empty where there is none.
    reach
        Value at both ends of the scale, which is centred on zero.
    """

    def place(value: float) -> float:
        return round(70 + 66 * min(max(value / reach, -1), 1), 1)

    lines = [
        el("line", x1=place(bounds["low"]), x2=place(bounds["high"]), y1=9, y2=9, class_=name)
        for name, bounds in (("thick", cluster), ("thin", plain))
        if bounds
    ]
    return _small(
        f"estimate {estimate:.2f}",
        "140 18",
        "forest",
        el("line", x1=70, x2=70, y1=0, y2=18, class_="axis"),
        lines,
        el("circle", cx=place(estimate), cy=9, r=4),
    )


def draw_rating_range(score: Score) -> Markup:
    """Draw a score's interval and expectation on the scale 1-5, for a table's cell."""
    if score.low is None or score.high is None:
        return Markup()
    return _small(
        f"between {score.low:.1f} and {score.high:.1f}",
        "72 12",
        "range",
        el("line", x1=4, x2=68, y1=6, y2=6, class_="track"),
        el("line", x1=_mini(score.low), x2=_mini(score.high), y1=6, y2=6, class_="thick"),
        el("circle", cx=_mini(score.expected), cy=6, r=3.5),
    )


def draw_mean_range(mean: float, ends: Mapping[str, float]) -> Markup:
    """Draw a mean rating with its interval on the scale 1-5, for a table's cell.

    Parameters
    ----------
    ends
        `low` and `high` of the interval; empty where there is none.
    """
    return _on_scale("mean", mean, ends, _mini)


def draw_share_range(value: float, ends: Mapping[str, float]) -> Markup:
    """Draw a number with its interval on the scale 0-1, for a table's cell."""
    return _on_scale("value", value, ends, lambda x: round(4 + 64 * min(max(x, 0.0), 1.0), 1))


def _on_scale(
    name: str, value: float, ends: Mapping[str, float], place: Callable[[float], float]
) -> Markup:
    spread = f", interval {ends['low']:.2f} to {ends['high']:.2f}" if ends else ""
    bar = None
    if ends:
        low, high = place(ends["low"]), place(ends["high"])
        bar = el("line", x1=low, x2=high, y1=6, y2=6, class_="thick")
    return _small(
        f"{name} {value:.2f}{spread}",
        "72 12",
        "range",
        el("line", x1=4, x2=68, y1=6, y2=6, class_="track"),
        bar,
        el("circle", cx=place(value), cy=6, r=3.5),
    )


def _mini(rating: float) -> float:
    return round(4 + 16 * (min(max(rating, 1.0), 5.0) - 1), 1)


def _small(label: str, size: str, name: str, *children: Child) -> Markup:
    return el(
        "svg", *children, viewBox=f"0 0 {size}", role="img", aria_label=label, class_=f"mini {name}"
    )


def draw_dumbbell(rows: Sequence[ScorePair], key: str = "pair") -> Markup:
    """Scores of a poor and a good card, one line a criterion; `key` is unique on the page."""
    step, left, right = 30, 128, 496

    def place(score: int | None) -> float:
        return left + (right - left) * ((score or 1) - 1) / 4

    foot = 34 + step * len(rows)
    parts: list[Markup] = []
    for score in range(1, 6):
        x = place(score)
        parts.append(el("line", x1=x, x2=x, y1=22, y2=foot - 10, class_="rule"))
        parts.append(el("text", score, x=x, y=12, class_="middle quiet"))
    for i, row in enumerate(rows):
        y = 38 + step * i
        low, high = place(row.poor.value), place(row.good.value)
        parts += [
            el("text", row.name.capitalize(), x=0, y=y + 4, class_="first" if i == 0 else None),
            el("line", x1=low, x2=high, y1=y, y2=y, class_="bridge"),
            el("circle", cx=low, cy=y, r=6 if low != high else 9, class_="poor"),
            el("circle", cx=high, cy=y, r=6, class_="good"),
        ]
    words = "; ".join(f"{r.name}: {r.poor.value} and {r.good.value}" for r in rows)
    return draw_svg(key, "Scores of the poor and of the good card", words, f"520 {foot}", parts)
