"""Colour on a terminal: it carries what a digit or a word beside it says, too."""

from __future__ import annotations

from typing import Literal

from cardiogram.report.markup import level_of
from cardiogram.report.terminal.writing import Look

Shade = Literal["bold", "dim", "refused", "added", "removed"]

_LEVELS = {1: "31", 2: "38;5;208", 3: "33", 4: "32", 5: "92"}
_SHADES: dict[Shade, str] = {
    "bold": "1",
    "dim": "2",
    "refused": "1;31",
    "added": "32",
    "removed": "31",
}


def paint(text: str, shade: Shade, look: Look) -> str:
    """A text in bold, dim, as an error, or as a line of a diff."""
    return _coded(text, _SHADES[shade], look)


def paint_level(text: str, expected: float, look: Look) -> str:
    """A text in the colour of a number's level."""
    return _coded(text, _LEVELS[level_of(expected)], look)


def _coded(text: str, code: str, look: Look) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if look.colour and text else text


def shorten(text: str, width: int) -> str:
    """A text in so many characters, cut at its end.

    >>> shorten("a long name", 7)
    'a long…'
    """
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def shorten_name(text: str, width: int) -> str:
    """A name in so many characters, cut in its middle.

    >>> shorten_name("owner/a-very-long-name", 12)
    'owner/…-name'
    """
    if len(text) <= width:
        return text
    after = (width - 1) // 2
    return text[: width - 1 - after] + "…" + text[len(text) - after :]
