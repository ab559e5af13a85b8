"""The map as a picture for a README: SVG, or the same as PNG at twice its size.

Colours are Okabe and Ito's, which colour-blind readers tell apart; they are for the eight
largest segments, and the others are grey with a label, as no reader can tell twenty colours.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cardiogram.errors import ConfigError, DataError
from cardiogram.maps.segments import Segment, read_segments
from cardiogram.report.figures.raster import load_rasteriser
from cardiogram.report.markup import Child, Markup, el
from cardiogram.store import Study, write_atomically

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#a6761d")
GREY, PALE, INK = "#9aa3ad", "#d5dae0", "#1b2733"
WIDTH, HEIGHT, SIDE = 1180, 860, 820
_LINE, _CHARACTER, _WRAP = 14, 6.7, 24
_MAX_POINTS = 20_000


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
    rows = study.map.read(["x", "y", "cluster"]).to_pylist()
    if not rows:
        raise DataError(f"no map in {str(study.root)!r}", hint=f"cardiogram map {study.root}")
    colours = {
        segment.cluster: PALETTE[place] if place < len(PALETTE) else GREY
        for place, segment in enumerate(segments)
    }
    step = max(1, len(rows) // _MAX_POINTS)
    drawn = sorted(rows[::step], key=lambda row: colours.get(row["cluster"], PALE) in PALETTE)
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
    title = f"{len(rows):,} model cards in {len(segments)} segments"
    return str(
        el(
            "svg",
            el("title", title),
            el("rect", width=WIDTH, height=HEIGHT, fill="#ffffff"),
            el("text", title, x=24, y=32, font_size=18, font_weight=600, fill=INK),
            *dots,
            *_labels(segments, colours),
            *_legend(segments, colours, len(rows)),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            width=WIDTH,
            height=HEIGHT,
            role="img",
            font_family="DejaVu Sans, Verdana, Helvetica, sans-serif",
        )
    )


def _x(x: float) -> float:
    return round(20 + (x + 1) / 2 * (SIDE - 40), 1)


def _y(y: float) -> float:
    return round(50 + (1 - y) / 2 * (HEIGHT - 70), 1)


def _labels(segments: Sequence[Segment], colours: dict[int, str]) -> list[Markup]:
    """Names at their segments, the largest first; one that finds no free place is left out."""
    taken: list[Box] = []
    answer: list[Markup] = []
    for segment in segments:
        lines = textwrap.wrap(segment.name, _WRAP)[:3]
        wide = max(map(len, lines)) * _CHARACTER
        tall = len(lines) * _LINE
        x = min(max(_x(segment.x), wide / 2 + 6), SIDE - wide / 2)
        for shift in (0, -26, 26, -48, 48, -70, 70):
            y = min(max(_y(segment.y) + shift, 60 + tall / 2), HEIGHT - 12 - tall / 2)
            box = Box(x - wide / 2 - 3, y - tall / 2 - 2, x + wide / 2 + 3, y + tall / 2 + 2)
            if not any(box.meets(other) for other in taken):
                taken.append(box)
                answer.append(_label(lines, x, box.top + 13, colours[segment.cluster]))
                break
    return answer


def _label(lines: list[str], x: float, y: float, colour: str) -> Markup:
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
        data_colour=colour,
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
