"""The report's charts as files of their own: SVG for papers, PNG at twice the size for READMEs.

Each has its finding as a title, a line that says what it rests on, and a ground of its own, so
that it can stand anywhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from cardiogram.analysis import StrataNumber
from cardiogram.names import CRITERIA
from cardiogram.report.data import Payload
from cardiogram.report.figures.badge import text_width
from cardiogram.report.figures.raster import load_rasteriser
from cardiogram.report.markup import (
    Markup,
    draw_dot,
    draw_dumbbell,
    draw_histogram,
    draw_line,
    draw_scatter,
    draw_shares,
    draw_svg,
    draw_text,
    el,
    format_day,
    format_percent,
    format_signed,
    name_predictor,
)
from cardiogram.report.page import (
    GROUPS_SHOWN,
    describe_groups,
    describe_ratings,
    draw_within,
    find_robust_line,
    is_certain,
    read_static,
    scatter_points,
    shorten_finding,
    within_forests,
)
from cardiogram.stats.resampling import Interval
from cardiogram.store import write_atomically

Format = Literal["svg", "png"]
FIGURE_FORMATS: tuple[Format, ...] = ("svg", "png")

_MARGIN, _LINE, _TITLE, _BOLD = 28, 23, 17, 1.14
_LABEL = 34  # characters of an id or a group's name
_SIZE = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_OUTER = re.compile(r"\A<svg[^>]*>|</svg>\Z")


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart that stands alone.

    Attributes
    ----------
    name
        Name of its files, without a suffix.
    title
        What it shows, as a sentence that is true of the numbers.
    """

    name: str
    title: str
    svg: str


def write_figures(
    payload: Payload, folder: Path, formats: Sequence[Format] = FIGURE_FORMATS
) -> tuple[Path, ...]:
    """Write every chart of a report.

    Raises
    ------
    ConfigError
        PNG is asked for and the extra `figures` is not installed.
    DataError
        The folder cannot be written.
    """
    rasterise = load_rasteriser() if "png" in formats else None
    written = []
    for figure in make_figures(payload):
        if "svg" in formats:
            written.append(folder / f"{figure.name}.svg")
            write_atomically(written[-1], figure.svg.encode("utf-8", "replace"))
        if rasterise is not None:
            written.append(folder / f"{figure.name}.png")
            write_atomically(written[-1], rasterise(figure.svg))
    return tuple(written)


def make_figures(payload: Payload) -> tuple[Figure, ...]:
    """Draw every chart that the study has numbers for, in the order of the report."""
    figures = [_histogram(payload), _criteria(payload)]
    figures += [_groups(payload, by) for by in ("task", "library", "segment")]
    figures += [_pair(payload, i) for i in range(len(payload.pairs))]
    figures += [_scatter(payload, name) for name in ("downloads", "likes")]
    figures.append(_associations(payload))
    figures += [_within(payload, number) for number in within_forests(payload.results)]
    return tuple(figure for figure in figures if figure is not None)


# Charts of the report ------------------------------------------------------------------------


def _histogram(payload: Payload) -> Figure | None:
    counts = payload.histogram("overall")
    if not sum(counts.values()):
        return None
    drawn = draw_histogram(counts, payload.rubric.overall_names)
    return _figure(payload, "ratings", describe_ratings(payload), drawn)


def _scatter(payload: Payload, name: str) -> Figure | None:
    points = scatter_points(payload, name)
    if not points:
        return None
    said = [
        number.words
        for number in payload.results.associations
        if name_predictor(number.predictor) == "overall"
        and (number.outcome, number.method) == (name, "spearman")
    ]
    title = (
        shorten_finding(said[0])
        if said and said[0]
        else f"{name.capitalize()} by expected rating of {len(points):,} models"
    )
    drawn = draw_scatter(points, name, find_robust_line(payload.results, name).line)
    return _figure(payload, f"rating-and-{name}", title, drawn)


def _pair(payload: Payload, i: int) -> Figure | None:
    poor, good = payload.pairs[i].poor, payload.pairs[i].good
    title = f"Two cards of similar downloads: {_clip(poor.id)} (orange) and {_clip(good.id)} (blue)"
    name = f"pair-{i + 1}"
    return _figure(payload, name, title, draw_dumbbell(poor.scores, good.scores, name))


# Charts that are tables in the report --------------------------------------------------------


def _criteria(payload: Payload) -> Figure | None:
    """Scores by criterion, as bars of shares."""
    counts = {name: payload.histogram(name) for name in CRITERIA}
    if not any(sum(scores.values()) for scores in counts.values()):
        return None
    absent = {name: scores[1] / max(1, sum(scores.values())) for name, scores in counts.items()}
    worst = max(absent, key=lambda name: absent[name])
    total = sum(counts[worst].values())
    title = (
        f"Documented least: {worst}, on which {format_percent(counts[worst][1], total)} of "
        "the cards say nothing of use"
    )
    parts: list[Markup] = []
    for row, (name, scores) in enumerate(counts.items()):
        y = 8 + 30 * row
        parts.append(draw_text(0, y + 14, None, name.capitalize()))
        parts.append(draw_shares(scores, 120, y, 380, 20))
    for i, (score, level) in enumerate(payload.rubric.level_names.items()):
        x = 120 + 78 * i
        parts.append(el("rect", x=x, y=258, width=11, height=11, class_=f"f{score}"))
        parts.append(draw_text(x + 16, 268, "foot", f"{score} {level}"))
    desc = "; ".join(
        f"{name}: " + ", ".join(f"{n} cards rated {score}" for score, n in scores.items())
        for name, scores in counts.items()
    )
    drawn = draw_svg("criteria", title, desc, "520 276", parts)
    return _figure(payload, "criteria", title, drawn)


@dataclass(frozen=True, slots=True)
class _Line:
    """An estimate with its interval, on a line of a forest plot."""

    label: str
    estimate: float
    interval: Interval | None
    is_certain: bool


def _associations(payload: Payload) -> Figure | None:
    rows = [
        _Line(
            f"{name_predictor(number.predictor).capitalize()}, {number.outcome}",
            number.estimate,
            number.cluster_interval,
            is_certain(number),
        )
        for number in payload.results.associations
        if number.estimate is not None
        and number.outcome in ("downloads", "likes")
        and number.method == "spearman"
    ]
    if not rows:
        return None
    certain = sum(row.is_certain for row in rows)
    title = (
        f"{certain} of {len(rows)} correlations of a rating with downloads or likes have a 95 % "
        "interval by author that excludes 0"
    )
    ends = [end for row in rows if row.interval for end in (row.interval.low, row.interval.high)]
    reach = max(0.1, *(abs(value) for value in (*ends, *(row.estimate for row in rows))))
    reach = math.ceil(10 * reach) / 10
    drawn = _forest("associations", title, rows, -reach, reach, "Spearman’s ρ")
    return _figure(payload, "associations", title, drawn)


def _within(payload: Payload, number: StrataNumber) -> Figure:
    """A forest plot of correlations within groups, with what their mean allows to be said."""
    title = shorten_finding(number.words or f"Within groups by {number.by}")
    name = f"within-{number.by}-{number.outcome}"
    return _figure(payload, name, title, draw_within(number))


def _groups(payload: Payload, by: str) -> Figure | None:
    groups = [group for group in payload.results.groups if group.by == by]
    rows = [
        _Line(_clip(group.group), group.estimate, interval, interval is not None)
        for group in groups[:GROUPS_SHOWN]
        for interval in (group.cluster_interval,)
        if group.estimate is not None
    ]
    if len(rows) < 2:
        return None
    title = describe_groups(groups, by)
    drawn = _forest(f"by-{by}", title, rows, 1, 5, "Mean overall rating")
    return _figure(payload, f"by-{by}", title, drawn)


def _forest(
    key: str, title: str, rows: Sequence[_Line], low: float, high: float, axis: str
) -> Markup:
    """Estimates with their intervals, one under the other, on one scale."""
    left, right, step = 210, 506, 24

    def place(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return round(left + (right - left) * share, 1)

    foot = 16 + step * len(rows)
    ticks = range(1, 6) if low == 1 else (low, low / 2, 0.0, high / 2, high)
    parts: list[Markup] = []
    for tick in ticks:
        x = place(tick)
        shown = f"{tick:g}" if low == 1 else format_signed(tick)
        parts.append(draw_line(x, x, 6, foot, "rule" if tick else "axis"))
        parts.append(draw_text(x, foot + 18, "middle quiet", shown))
    for i, row in enumerate(rows):
        y = 20 + step * i
        parts.append(draw_text(0, y + 4, None, row.label))
        if row.interval:
            start, end = place(row.interval.low), place(row.interval.high)
            parts.append(draw_line(start, end, y, y, "thick"))
        parts.append(draw_dot(place(row.estimate), y, 4, "told" if row.is_certain else "open"))
    parts.append(draw_text(right, foot + 38, "end quiet", axis))
    desc = "; ".join(f"{row.label}: {row.estimate:.2f}" for row in rows)
    return draw_svg(key, title, desc, f"520 {foot + 44}", parts)


# Standing alone ------------------------------------------------------------------------------


def _figure(payload: Payload, name: str, title: str, chart: Markup) -> Figure:
    """Put a chart under its title, with what it rests on below it."""
    size = _SIZE.search(chart)
    assert size is not None  # every chart is made by draw_svg
    wide, tall = int(size[1]), int(size[2])
    lines = _title_lines(title, wide)
    top = _MARGIN + _LINE * len(lines) + 10
    whole, height = wide + 2 * _MARGIN, top + tall + 20 + _MARGIN
    svg = el(
        "svg",
        el("style", Markup(_style())),
        el("rect", width=whole, height=height, fill=_colours()["paper"]),
        [
            draw_text(_MARGIN, _MARGIN + 6 + _LINE * i, "title", line)
            for i, line in enumerate(lines)
        ],
        el("g", _inside(chart), transform=f"translate({_MARGIN} {top})"),
        draw_text(_MARGIN, height - _MARGIN + 8, "foot", _source(payload)[:110]),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {whole} {height}",
        width=whole,
        height=height,
        role="img",
        aria_label=title,
    )
    return Figure(name, title, f"{svg}\n")


def _source(payload: Payload) -> str:
    judge, made = payload.results.judge, format_day(payload.origin.created_at)
    return (
        f"{payload.folder}: {payload.results.coverage.rated:,} cards, judge {judge.id} "
        f"{judge.version}, {made}"
    )


def _inside(chart: Markup) -> Markup:
    """What is drawn, with sizes that the page's style sheet gives written out."""
    inner = _OUTER.sub("", chart)
    return Markup(re.sub(r'(<circle cx="[^"]*" cy="[^"]*") data-i="\d+"', r'\1 r="3.4"', inner))


def _clip(name: str) -> str:
    return name if len(name) <= _LABEL else f"{name[: _LABEL - 1]}…"


def _title_lines(title: str, wide: float) -> list[str]:
    """Lines of a title that are not wider than the chart."""
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer) * _TITLE / 11 * _BOLD > wide:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def _colours() -> Mapping[str, str]:
    """The page's light colours by name."""
    page = read_static("report.css")
    return dict(re.findall(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{3,6}),", page))


@cache
def _style() -> str:
    return re.sub(
        r"var\(--([\w-]+)\)", lambda match: _colours()[match[1]], read_static("figure.css")
    ).partition("*/")[2]
