"""The map as a picture, by segment or by rating: SVG, or the same as PNG at twice its size.

Segments have the colours of the report's map: Okabe and Ito's six and six more for the twelve
largest, and the others are grey with a label, as no reader can tell twenty colours.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from cardiogram.errors import ConfigError, DataError
from cardiogram.maps.segments import Segment, read_segments
from cardiogram.report.data import ShownMap
from cardiogram.report.figures.raster import load_rasteriser
from cardiogram.report.markup import Child, Markup, draw_svg, el
from cardiogram.store import Study, write_atomically

PALETTE = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"),
    *("#7d50be", "#be1e4b", "#7d961e", "#8c5a37", "#28afb4", "#e16e6e"),
)
GREY, PALE, INK = "#9aa3ad", "#d5dae0", "#1b2733"
WIDTH, HEIGHT, SIDE = 1180, 860, 820
_LINE, _CHARACTER, _WRAP = 14, 7.6, 24
_MAX_POINTS = 20_000
_CELL = 8
_MOVES = [(0.0, 0.0)] + [
    (1.5 * far * math.cos(math.radians(turn)), far * math.sin(math.radians(turn)))
    for far in (22, 38, 56, 76, 98, 122)
    for turn in (-90, 90, -60, -120, 60, 120, -30, -150, 30, 150, 0, 180)
]
"""From the middle of a segment to its label, the nearest first."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle that a label takes."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether two rectangles overlap."""
        return not (
            self.right <= other.left
            or other.right <= self.left
            or self.bottom <= other.top
            or other.bottom <= self.top
        )


def write_map_figure(study: Study, path: Path) -> Path:
    """Draw the map of a study into a `.svg` or `.png` file.

    Raises
    ------
    ConfigError
        Another suffix, or the extra `figures` is missing for a PNG.
    DataError
        The study has no map.
    """
    if path.suffix not in (".svg", ".png"):
        raise ConfigError(f"{str(path)!r} is neither .svg nor .png", hint="--figure map.svg")
    svg = draw_map_figure(study)
    write_atomically(path, load_rasteriser()(svg) if path.suffix == ".png" else svg.encode())
    return path


def draw_map_figure(study: Study) -> str:
    """The map of a study as SVG text."""
    segments = read_segments(study)
    placed = study.map.read(["x", "y", "cluster"])
    if not len(placed):
        raise DataError(f"no map in {str(study.root)!r}", hint=f"cardiogram map {study.root}")
    colours = {
        segment.cluster: PALETTE[place] if place < len(PALETTE) else GREY
        for place, segment in enumerate(segments)
    }
    step = max(1, len(placed) // _MAX_POINTS)
    rows = placed.take(pa.array(range(0, len(placed), step))).to_pylist()
    drawn = sorted(rows, key=lambda row: colours.get(row["cluster"], PALE) in PALETTE)
    radius = max(1.2, min(4.5, 90 / len(drawn) ** 0.5))
    dots = [
        el(
            "circle",
            cx=_x(row["x"]),
            cy=_y(row["y"]),
            r=round(radius, 2),
            fill=colours.get(row["cluster"], PALE),
            fill_opacity=0.75,
        )
        for row in drawn
    ]
    title = f"{len(placed):,} model cards in {len(segments)} segments"
    return str(
        el(
            "svg",
            el("title", title),
            el("rect", width=WIDTH, height=HEIGHT, fill="#ffffff"),
            el("text", title, x=24, y=32, font_size=18, font_weight=600, fill=INK),
            *dots,
            *_labels(segments, [(_x(row["x"]), _y(row["y"])) for row in drawn], radius),
            *_legend(segments, colours, len(placed)),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            width=WIDTH,
            height=HEIGHT,
            role="img",
            font_family="DejaVu Sans, Verdana, Helvetica, sans-serif",
        )
    )


def draw_rated_map(
    title: str, shown: ShownMap, ratings: Sequence[int | None], words: Mapping[int, str]
) -> Markup:
    """The map of a page, coloured by rating, with the names that find a free place.

    Parameters
    ----------
    ratings
        Overall rating of each model of the page.
    words
        Of the ratings.
    """
    counts = [sum(rating == score for rating in ratings) for score in range(6)]
    every = [
        (point, rating)
        for point, rating in zip(shown.points, ratings, strict=True)
        if point is not None
    ]
    drawn = every[:: max(1, len(every) // _MAX_POINTS)][::-1]  # the most downloaded on top
    radius = round(max(1.2, min(4.5, 90 / len(drawn) ** 0.5)), 2)
    dots = [
        el("circle", cx=_x(p.x), cy=_y(p.y), r=radius, class_=f"f{rating}" if rating else "axis")
        for p, rating in drawn
    ]
    labels = _labels(shown.segments, [(_x(p.x), _y(p.y)) for p, _ in drawn], radius)
    legend = []
    for score in range(1, 6):
        x = 10 + 165 * (score - 1)
        word = words[score].partition(" ")[0].lower()
        legend.append(el("circle", cx=x + 6, cy=14, r=6, class_=f"f{score}"))
        legend.append(el("text", f"{score} {word}: {counts[score]:,}", x=x + 18, y=19))
    desc = "; ".join(f"{n:,} cards rated {score}" for score, n in enumerate(counts) if score)
    return draw_svg("map", title, desc, f"{SIDE} {HEIGHT}", legend, dots, labels)


def _x(x: float) -> float:
    return round(20 + (x + 1) / 2 * (SIDE - 40), 1)


def _y(y: float) -> float:
    """Down the page as in the report's map."""
    return round(50 + (y + 1) / 2 * (HEIGHT - 70), 1)


def _labels(
    segments: Sequence[Segment], points: Sequence[tuple[float, float]], radius: float
) -> list[Markup]:
    """Names beside their segments, the largest first; none covers a point or another name."""
    cells = {(int(x // _CELL), int(y // _CELL)) for x, y in points}
    taken: list[Box] = []
    leads: list[Markup] = []  # drawn first, so that none runs over a name
    texts: list[Markup] = []
    for segment in segments:
        lines = textwrap.wrap(segment.name, _WRAP)[:3]
        wide, tall = max(map(len, lines)) * _CHARACTER, len(lines) * _LINE
        x, y = _x(segment.x), _y(segment.y)
        for across, down in _MOVES:
            middle, centre = x + across, y + down
            box = Box(middle - wide / 2, centre - tall / 2, middle + wide / 2, centre + tall / 2)
            if not _is_free(box, taken, cells, radius):
                continue
            taken.append(box)
            if math.hypot(across, down) > tall:
                edge = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
                ends = {"x1": round(edge[0], 1), "y1": round(edge[1], 1), "x2": x, "y2": y}
                leads.append(el("line", **ends, stroke=GREY))
            texts.append(_label(lines, middle, box.top + 11))
            break
    return [*leads, *texts]


def _is_free(box: Box, taken: Sequence[Box], cells: Set[tuple[int, int]], radius: float) -> bool:
    """Whether a label would lie on the map, on no other, and on no point."""
    if box.left < 4 or box.right > SIDE - 4 or box.top < 36 or box.bottom > HEIGHT - 4:
        return False
    if any(box.meets(other) for other in taken):
        return False
    across = range(int((box.left - radius) // _CELL), int((box.right + radius) // _CELL) + 1)
    down = range(int((box.top - radius) // _CELL), int((box.bottom + radius) // _CELL) + 1)
    return not any((column, row) in cells for column in across for row in down)


def _label(lines: list[str], x: float, y: float) -> Markup:
    parts: list[Child] = [
        el("tspan", line, x=round(x, 1), y=round(y + place * _LINE, 1))
        for place, line in enumerate(lines)
    ]
    return el(
        "text",
        *parts,
        text_anchor="middle",
        font_size=12,
        font_weight=600,
        fill=INK,
        stroke="#ffffff",
        stroke_width=4,
        stroke_linejoin="round",
        paint_order="stroke",
    )


def _legend(segments: Sequence[Segment], colours: dict[int, str], total: int) -> list[Markup]:
    left, y = SIDE + 16, 64
    parts: list[Markup] = []
    for segment in segments:
        lines = textwrap.wrap(segment.name, 38)[:2]
        if y + _LINE * len(lines) > HEIGHT - 30:
            break
        parts.append(el("circle", cx=left + 6, cy=y - 4, r=5, fill=colours[segment.cluster]))
        for place, line in enumerate(lines):
            words = f"{line}  {segment.size:,}" if place == len(lines) - 1 else line
            parts.append(el("text", words, x=left + 20, y=y, font_size=12, fill=INK))
            y += _LINE
        y += 6
    known = sum(segment.size for segment in segments)
    parts.append(el("circle", cx=left + 6, cy=y - 4, r=5, fill=PALE))
    parts.append(
        el("text", f"in no segment  {total - known:,}", x=left + 20, y=y, font_size=12, fill=INK)
    )
    return parts
