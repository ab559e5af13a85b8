"""Markdown of one card within a bound: an agent pays for every word, a pull request shows one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from cardiogram.records import NamedTuple
from cardiogram.report.terminal.writing import Look

MOST_BYTES = 2000
"""Of a card, in UTF-8."""
ROOM = 30_000
"""Characters of many cards: GitHub takes 65,536 in a comment."""
_LONGEST = 200
"""Bytes of a text from outside."""
NAME = 120
"""Bytes of a card's name."""

HONEST = (
    "Write only what the files prove or the author says. Ask the author for the rest, and leave "
    "out what nobody knows: invent no number, data set, licence or limit."
)
"""What not to do, in the words of every form."""


class MarkdownPart(NamedTuple):
    """A list of a card, of which as much is shown as has room; nothing of one that is empty.

    Attributes
    ----------
    title
        Lines before it.
    points
        Its lines, the first worth most.
    least
        Lines that are shown in any case.
    others
        What is left out, after its number: "findings".
    """

    title: Sequence[str]
    points: Sequence[str] = ()
    least: int = 1
    others: str = "more"


def write_parts(parts: Sequence[MarkdownPart], look: Look, taken: int = 0) -> list[str]:
    """Lines of the parts, a blank one after each; the longest list gives way.

    Parameters
    ----------
    taken
        Bytes of what stands beside them.
    """
    shown = [len(part.points) for part in parts]
    while look.detail == "short" and taken + _size(_lines(parts, shown, look)) > MOST_BYTES:
        sizes = [
            _size(part.points[:count]) if count > part.least else 0
            for part, count in zip(parts, shown, strict=True)
        ]
        if not any(sizes):
            break
        shown[sizes.index(max(sizes))] -= 1
    return _lines(parts, shown, look)


def bound(text: str, look: Look, longest: int = _LONGEST) -> str:
    """A text from outside, cut where all is to be short."""
    data = text.encode("utf-8", "replace")
    if look.detail == "all" or len(data) <= longest:
        return text
    return data[: longest - 3].decode("utf-8", "ignore") + "…"


def _lines(parts: Sequence[MarkdownPart], shown: Sequence[int], look: Look) -> list[str]:
    lines: list[str] = []
    for part, count in zip(parts, shown, strict=True):
        if not count:
            continue
        left = len(part.points) - count
        lines += [*part.title, *part.points[:count], ""]
        lines += [f"{left} {part.others} ({look.whole}).", ""] if left else []
    return lines


def _size(lines: Sequence[str]) -> int:
    """Bytes with line ends."""
    return sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)


def fit(texts: Sequence[str], room: int) -> int:
    """How many texts there is room for."""
    return sum(size <= room for size in accumulate(len(text) + 1 for text in texts))
