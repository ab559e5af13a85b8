"""Sums over the blocks of cards: what each card says on each topic.

The cards of a batch are walked once; what their blocks add is noted in rows, and summed card by
card in arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.features.blocks import CONVERTED, BlockReadings
from cardiogram.cards.markdown import Block
from cardiogram.cards.sections import TOPICS


@dataclass(slots=True)
class TopicCount:
    """What a card says on one topic.

    Attributes
    ----------
    words, numbers, items, rows, code, links
        Of blocks that somebody wrote; `code` in lines, `rows` of tables.
    placeholders, boilerplate
        Blocks left unfilled, and words of blocks that a tool printed.
    first_line, last_line
        Where its first section stands; 0 where there is none.
    """

    sections: int = 0
    words: int = 0
    numbers: int = 0
    items: int = 0
    rows: int = 0
    code: int = 0
    links: int = 0
    placeholders: int = 0
    boilerplate: int = 0
    first_line: int = 0
    last_line: int = 0

    def add_lines(self, first: int, last: int) -> None:
        """Widen the place to a further block, if it follows the first section."""
        if not self.first_line:
            self.first_line = first
        self.last_line = max(self.last_line, last)

    def fill(self, sums: Sequence[int]) -> None:
        """Take the sums over blocks, in the order of :data:`COUNTED`."""
        self.words, self.numbers, self.items, self.rows = sums[:4]
        self.placeholders, self.boilerplate = sums[4:6]


COUNTED = ("words", "numbers", "items", "rows", "placeholders", "boilerplate")
DETAILED = (
    "decimals",
    "measures",
    "settings",
    "quantities",
    "hedges",
    "letters",
    "foreign",
    "copied_words",
    "copied_numbers",
    "own_words",
    "own_numbers",
)
_ITEM, _TABLE, _COPIED = (1 << len(TOPICS) + place for place in range(3))
_BIT = {topic: 1 << place for place, topic in enumerate(TOPICS)}


def mark_of(topics: Iterable[str]) -> int:
    """Topics as the bits of a number."""
    return sum([_BIT[topic] for topic in topics])


@dataclass(slots=True)
class Tally:
    """Blocks of prose of a batch of cards, in their order.

    Attributes
    ----------
    read
        What was read of their texts.
    text
        Number of each block's text.
    mark
        Bits of its topics, and of what else it is.
    rows
        Of tables, by the block's place.
    ends
        Number of blocks up to the end of each card.
    """

    read: BlockReadings
    text: list[int] = field(default_factory=list)
    mark: list[int] = field(default_factory=list)
    rows: dict[int, int] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)

    def add(self, number: int, block: Block, mark: int, copied: bool) -> None:
        """Note a block that stands on a card.

        Parameters
        ----------
        number
            Of its text among those that were read.
        mark
            Topics that it counts for, from :func:`mark_of`.
        copied
            Whether it came from the original's card.
        """
        if block.kind == "item":
            mark |= _ITEM
        elif block.kind == "table":
            mark |= _TABLE
            self.rows[len(self.text)] = block.rows
        self.text.append(number)
        self.mark.append(mark | _COPIED if copied else mark)

    def end_card(self) -> None:
        """Note that the blocks to come are another card's."""
        self.ends.append(len(self.text))

    def sums(self) -> list[Sums]:
        """Sum the blocks of each card."""
        text, mark = np.array(self.text, np.intp), np.array(self.mark, np.int64)
        members = np.column_stack(
            [
                np.ones_like(mark),
                mark[:, None] >> np.arange(len(TOPICS)) & 1,
                self.read.topics[text],
            ]
        ).T.astype(np.float64)
        amounts = self._amounts(text, mark).astype(np.float64)
        totals = []
        for first, end in zip([0, *self.ends], self.ends, strict=False):
            sums = members[:, first:end] @ amounts[first:end]
            totals.append(Sums.of(sums.astype(np.int64).tolist()))
        return totals

    def _amounts(self, text: NDArray[np.intp], mark: NDArray[np.int64]) -> NDArray[np.int64]:
        """What each block adds, shape (blocks, counted and detailed)."""
        block = self.read.counts.take(text)
        rows = np.zeros_like(mark)
        rows[list(self.rows)] = list(self.rows.values())
        filled = 1 - block.placeholder
        own = filled * (1 - block.boilerplate)
        prose = filled * (mark & _TABLE == 0)
        copied = filled * (mark & _COPIED != 0)
        result = prose * (block.conversion < CONVERTED)
        original = own * (mark & _COPIED == 0)
        return np.column_stack(
            [
                *(own * block.words, own * block.numbers, own * (mark & _ITEM != 0), own * rows),
                *(block.placeholder, filled * block.boilerplate * block.words),
                *(result * block.decimals, result * block.measures, prose * block.settings),
                *(prose * block.quantities, prose * own * block.hedges),
                *(own * block.letters, own * block.foreign),
                *(copied * block.words, copied * block.numbers),
                *(original * block.words, original * block.numbers),
            ]
        )


class Sums(NamedTuple):
    """Sums over the blocks of one card.

    Attributes
    ----------
    whole, topics, content
        In the order of :data:`COUNTED`: of all blocks, of those of each topic by its heading, and
        of those that name each topic.
    details
        Of all blocks, by the names of :data:`DETAILED`.
    """

    whole: Sequence[int]
    topics: Sequence[Sequence[int]]
    content: Sequence[Sequence[int]]
    details: Mapping[str, int]

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Sums:
        """Name the rows of a product of members and amounts."""
        split = len(COUNTED)
        counted = [row[:split] for row in rows]
        details = dict(zip(DETAILED, rows[0][split:], strict=True))
        first = 1 + len(TOPICS)
        return cls(counted[0], counted[1:first], counted[first:], details)
