"""Good cards of a map, and which of their parts others can learn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cardiogram.cards import Card, split_sections
from cardiogram.records import NamedTuple

if TYPE_CHECKING:
    pass

GOOD = 3.5
"""Expected rating that rounds to 4 of 5."""

LINES = range(3, 61)
"""Lines of a part that is worth a look, and soon read."""

_TOPICS = {
    "usage": frozenset({"usage", "intended"}),
    "data": frozenset({"data"}),
    "training": frozenset({"training"}),
    "evaluation": frozenset({"evaluation"}),
    "limitations": frozenset({"limitations"}),
}
"""Criteria that have sections of their own."""


class Part(NamedTuple):
    """What a card has on one criterion.

    Attributes
    ----------
    lines
        Lines of its sections on that.
    expected
        Its expected rating there.
    """

    criterion: str
    lines: int
    expected: float


Examples = dict[int, tuple[Part, ...]]
"""Good parts by the row of their card on the map."""


def good_parts(card: Card, expected: Mapping[str, float]) -> tuple[Part, ...]:
    """The parts of a good card that are good themselves; none of a card that is not good.

    Parameters
    ----------
    expected
        Its expected ratings by criterion, and overall.
    """
    if not expected["overall"] >= GOOD:
        return ()
    sections = split_sections(card.document)
    parts = []
    for criterion, topics in _TOPICS.items():
        lines = sum(
            section.last_line - section.line + 1 for section in sections if section.topics & topics
        )
        if expected[criterion] >= GOOD and lines in LINES:
            parts.append(Part(criterion, lines, round(expected[criterion], 1)))
    return tuple(parts)
