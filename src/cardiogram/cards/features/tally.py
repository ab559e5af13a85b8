"""Sums over the blocks of a card: what it says on each topic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from struct import Struct

from cardiogram.cards.features.blocks import COUNTED, DETAILED, LANES, ONE, BlockReadings, sum_up
from cardiogram.cards.features.mentions import CONTENT
from cardiogram.cards.markdown import Block
from cardiogram.cards.sections import TOPICS
from cardiogram.records import NamedTuple, dataclass, field


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
        if last > self.last_line:
            self.last_line = last

    def fill(self, sums: Sequence[int]) -> None:
        """Take the sums over blocks, in the order of :data:`COUNTED`."""
        self.words, self.numbers, self.items, self.rows = sums[:4]
        self.placeholders, self.boilerplate = sums[4:6]


class Sums(NamedTuple):
    """Sums over the blocks of one card.

    Attributes
    ----------
    whole, topics, content
        In the order of :data:`COUNTED`: of all blocks, of those of each topic by its heading, and
        of those that name each topic; nothing of a topic without blocks.
    details
        Of all blocks, by the names of :data:`DETAILED`.
    """

    whole: Sequence[int]
    topics: Sequence[Sequence[int]]
    content: Sequence[Sequence[int]]
    details: Mapping[str, int]


@dataclass(slots=True)
class Tally:
    """Sums over the blocks of prose of one card, side by side in the lanes of long integers.

    Attributes
    ----------
    read
        What was read of the blocks of its batch.
    whole, topics, content
        Of all blocks, of those of each topic by its heading, and of those that name each topic.
    """

    read: BlockReadings
    whole: int = 0
    topics: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOPICS, 0))
    content: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CONTENT.topics, 0))

    def add(self, number: int, block: Block, topics: Iterable[str], copied: bool) -> None:
        """Note a block that stands on the card.

        Parameters
        ----------
        number
            Of its text among those that were read.
        topics
            What it counts for by its heading.
        copied
            Whether it came from the original's card.
        """
        read = self.read
        if copied or block.kind == "table":
            amounts = sum_up(read.counts[number], block.kind, block.rows, copied)
        else:
            amounts = read.amounts[number]
            if block.kind == "item":
                reading = read.blocks[number]
                if not (reading.placeholder or reading.boilerplate):
                    amounts += _ITEM
        self.whole += amounts
        for topic in topics:
            self.topics[topic] += amounts
        for topic in read.topics[number]:
            self.content[topic] += amounts

    def sums(self) -> Sums:
        """The sums over all blocks."""
        split = len(COUNTED)
        whole = _unpack(self.whole)
        return Sums(
            whole[:split],
            [_unpack(total)[:split] if total else () for total in self.topics.values()],
            [_unpack(total)[:split] if total else () for total in self.content.values()],
            dict(zip(DETAILED, whole[split:], strict=True)),
        )


def _unpack(total: int) -> Sequence[int]:
    return _PACKED.unpack(total.to_bytes(_PACKED.size, "little")) if total else _NOTHING


_ITEM = ONE["items"]
_PACKED = Struct(f"<{len(LANES)}I")
_NOTHING = (0,) * len(LANES)
