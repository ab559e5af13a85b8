"""The report's charts as files of their own: SVG for papers, PNG at twice the size for READMEs.

Each has its finding as a title, a line that says what it rests on, and a ground of its own, so
that it can stand anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from cardiogram.names import CRITERIA
from cardiogram.report.data import Payload
from cardiogram.report.document import read_static
from cardiogram.report.figures.badge import text_width
from cardiogram.report.figures.map_figure import draw_rated_map
from cardiogram.report.figures.raster import load_rasteriser
from cardiogram.report.markup import (
    RATINGS,
    ForestRow,
    Markup,
    draw_dumbbell,
    draw_forest,
    draw_shares,
    draw_svg,
    draw_text,
    el,
    format_day,
    format_percent,
    read_bounds,
)
from cardiogram.report.page import (
    Drawing,
    describe_pair,
    describe_ratings,
    draw_curves,
    draw_dose,
    draw_groups,
    draw_scatters,
    draw_shares_of_traits,
    draw_traits,
)
from cardiogram.report.tables import PLURALS
from cardiogram.store import write_atomically

Format = Literal["svg", "png"]
FIGURE_FORMATS: tuple[Format, ...] = ("svg", "png")

_MARGIN, _LINE, _TITLE, _BOLD = 28, 23, 17, 1.14
_GROUPS = 12  # groups of one kind, the largest
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
    return _write_all(make_figures(payload), folder, formats)


def write_drawings(
    drawn: Sequence[Drawing], source: str, folder: Path, formats: Sequence[Format] = FIGURE_FORMATS
) -> tuple[Path, ...]:
    """Write charts that have titles already; `source` says what they rest on."""
    figures = [draw_alone(drawing, source) for drawing in drawn]
    return _write_all(figures, folder, formats)


def draw_alone(drawing: Drawing, source: str) -> Figure:
    """Make a chart that has its title already stand alone; `source` says what it rests on."""
    return _stand_alone(drawing.key, drawing.title, drawing.chart, source)


def _write_all(
    figures: Sequence[Figure], folder: Path, formats: Sequence[Format]
) -> tuple[Path, ...]:
    rasterise = load_rasteriser() if "png" in formats else None
    written = []
    for figure in figures:
        if "svg" in formats:
            written.append(folder / f"{figure.name}.svg")
            write_atomically(written[-1], figure.svg.encode("utf-8", "replace"))
        if rasterise is not None:
            written.append(folder / f"{figure.name}.png")
            write_atomically(written[-1], rasterise(figure.svg))
    return tuple(written)


def make_figures(payload: Payload) -> tuple[Figure, ...]:
    """Draw every chart that the study has numbers for, in the order of the report."""
    results = payload.results
    figures = [_ratings(payload), _map(payload), _criteria(payload)]
    figures += [_groups(payload, by) for by in PLURALS]
    figures += [_pair(payload, i) for i in range(len(payload.pairs))]
    drawn = [d for d in draw_scatters(payload) if "<circle" in d.chart]
    drawn += draw_shares_of_traits(results)
    drawn += draw_curves(results)
    drawn += [drawing for by in PLURALS for drawing in draw_groups(results, by)]
    drawn += draw_traits(results, "writer")
    figures += [_figure(payload, d.key, d.title, d.chart) for d in drawn]
    return tuple(figure for figure in figures if figure is not None)


# Charts of the report ------------------------------------------------------------------------


def _ratings(payload: Payload) -> Figure | None:
    if not sum(payload.histogram("overall").values()):
        return None
    return _figure(
        payload,
        "ratings",
        describe_ratings(payload),
        draw_dose(payload.results, payload.rubric.overall_names)[0],
    )


def _pair(payload: Payload, i: int) -> Figure | None:
    poor, good = payload.pairs[i].poor, payload.pairs[i].good
    name = f"pair-{i + 1}"
    chart = draw_dumbbell(poor.scores, good.scores, name, (poor.id, good.id))
    return _figure(payload, name, describe_pair(payload.pairs[i]), chart)


def _map(payload: Payload) -> Figure | None:
    """The map by rating, as the report shows it first."""
    if payload.map is None or not any(model.overall for model in payload.models):
        return None
    placed = payload.map.placed
    title = f"{describe_ratings(payload)}: {placed:,} cards, those that say similar things together"
    ratings = [model.overall for model in payload.models]
    chart = draw_rated_map(title, payload.map, ratings, payload.rubric.overall_names)
    return _figure(payload, "map", title, chart)


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


def _groups(payload: Payload, by: str) -> Figure | None:
    rows = [
        ForestRow(group.group, group.n, group.estimate, bounds, f"{group.estimate:.2f}{ends}", True)
        for group in payload.results.groups
        if group.by == by and group.estimate is not None
        for bounds in (read_bounds(group.cluster_interval),)
        for ends in (f" ({bounds.low:.2f} to {bounds.high:.2f})" if bounds else "",)
    ][:_GROUPS]
    if len(rows) < 2:
        return None
    title = f"Mean overall rating by {by}, with 95 % intervals by author"
    return _figure(payload, f"by-{by}", title, draw_forest(f"by-{by}", title, rows, RATINGS))


# Standing alone ------------------------------------------------------------------------------


def _figure(payload: Payload, name: str, title: str, chart: Markup) -> Figure:
    return _stand_alone(name, title, chart, _source(payload))


def _stand_alone(name: str, title: str, chart: Markup, source: str) -> Figure:
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
        draw_text(_MARGIN, height - _MARGIN + 8, "foot", source[:110]),
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
