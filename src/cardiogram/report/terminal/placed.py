"""Where a checked card falls on a map, as lines of text and as Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from cardiogram.maps import Place

Places = Mapping[str, Place]
"""Places by the target that was checked."""

_WIDTH = 80


def describe(place: Place) -> str:
    """Segment and rank in one sentence."""
    if place.segment is None:
        return f"In no segment: {place.reason}."
    sure = "" if place.strength >= 0.5 else ", though not firmly"
    rank = "" if place.rank is None else f" It ranks {place.rank} of {place.of} there."
    return f"Among {place.segment}{sure}.{rank}"


def place_lines(place: Place | None) -> list[str]:
    """Lines for a terminal 80 characters wide."""
    if place is None:
        return []
    lines = ["", "  Where it stands", *_wrap(describe(place))]
    if place.neighbours:
        shown = ", ".join(f"{item.id} ({item.rating:.1f})" for item in place.neighbours)
        lines += _wrap(f"Good cards near it: {shown}")
    return lines


def _wrap(text: str) -> list[str]:
    indent = " " * 12
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def place_markdown(place: Place | None) -> list[str]:
    """A paragraph for a pull request's comment."""
    if place is None:
        return []
    near = ", ".join(
        f"[{item.id}](https://huggingface.co/{item.id}) ({item.rating:.1f})"
        for item in place.neighbours
    )
    return [describe(place) + (f" Good cards near it: {near}." if near else ""), ""]
