"""The sections of a card without what says nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from typing import Protocol

from cardiogram.cards.features.nonsense.word_order import SUSPECT, UNIT, load_order
from cardiogram.cards.markdown import Block
from cardiogram.cards.sections import Section
from cardiogram.records import NamedTuple, dataclass, field

BLOCK, _SECTION, _FURTHER = -9 * UNIT, -6 * UNIT, -UNIT
"""Scores at which a block among others, a section, and further sections of a card are shuffled."""

_ORDERED = 3 * UNIT
"""Words that score more stand in order, whatever they stand among."""

_PROSE = ("paragraph", "item")


class BlockWords(Protocol):
    """What is read of a block."""

    @property
    def tokens(self) -> Sequence[bytes]:
        """Its words in their order."""

    @property
    def order(self) -> int:
        """The score of their order."""

    @property
    def is_void(self) -> bool:
        """Whether it says nothing."""


class BatchWords(Protocol):
    """What is read of different blocks; see :class:`.BlockReadings`."""

    @property
    def row(self) -> Mapping[str, int]:
        """Text of a block to its number."""

    @property
    def blocks(self) -> Sequence[BlockWords]:
        """One a block."""


class Outline(NamedTuple):
    """The sections of a card, and what was left out of them.

    Attributes
    ----------
    sections
        Without the blocks that say nothing, and without sections that have none but these.
    void
        Those blocks, and the headings of those sections.
    """

    sections: tuple[Section, ...]
    void: frozenset[Block] = frozenset()


@dataclass(slots=True)
class Outlines:
    """Sections of a batch of cards, whose blocks are to be read.

    Attributes
    ----------
    cards
        Sections of each card.
    texts
        Of all blocks that are no code.
    ends
        Number of such blocks up to the end of each section.
    void_code
        Blocks of code that say nothing, by the card's number.
    """

    cards: Sequence[tuple[Section, ...]]
    texts: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    void_code: dict[int, set[Block]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, cards: Sequence[tuple[Section, ...]], is_void_code: Callable[[str], bool]
    ) -> Outlines:
        """Gather the blocks of cards.

        Parameters
        ----------
        is_void_code
            Whether code says nothing, by its text.
        """
        outlines = cls(cards)
        texts, ends = outlines.texts, outlines.ends
        for number, sections in enumerate(cards):
            for section in sections:
                for block in section.blocks:
                    if block.kind != "code":
                        texts.append(block.text)
                    elif is_void_code(block.text):
                        outlines.void_code.setdefault(number, set()).add(block)
                ends.append(len(texts))
        return outlines

    def leave_out_nonsense(self, read: BatchWords) -> list[Outline]:
        """The sections of each card without what says nothing.

        Most cards have nothing of that kind, and are not looked at block by block.
        """
        blocks = map(read.blocks.__getitem__, map(read.row.__getitem__, self.texts))
        doubtful = _find_doubtful(list(blocks), self.ends)
        outlines, first = [], 0
        for card, sections in enumerate(self.cards):
            end = first + len(sections)
            code = self.void_code.get(card, set())
            if any(doubtful[first:end]) or code:
                outlines.append(_leave_out(sections, doubtful[first:end], read, code))
            else:
                outlines.append(Outline(sections))
            first = end
        return outlines


def _find_doubtful(blocks: Sequence[BlockWords], ends: Sequence[int]) -> list[bool]:
    """Whether each section has a block that says nothing or may, or words in no order."""
    sections, first = [], 0
    for end in ends:
        some = blocks[first:end]
        order = [block.order for block in some]
        doubt = sum(order) <= SUSPECT or any([block.is_void for block in some])
        sections.append(doubt or (bool(order) and min(order) <= BLOCK))
        first = end
    return sections


def _leave_out(
    sections: tuple[Section, ...],
    doubtful: Sequence[bool],
    read: BatchWords,
    void_code: AbstractSet[Block],
) -> Outline:
    void = {
        block
        for section in sections
        for block in section.blocks
        if (
            block in void_code
            if block.kind == "code"
            else read.blocks[read.row[block.text]].is_void
        )
    }
    if any(doubtful):
        void |= _find_shuffled(sections, doubtful, read)
    if not void:
        return Outline(sections)
    kept = []
    for section in sections:
        blocks = tuple([block for block in section.blocks if block not in void])
        if blocks or not section.blocks:
            kept.append(section._replace(blocks=blocks))
        elif section.heading:
            void.add(section.heading)
    return Outline(tuple(kept), frozenset(void))


def _find_shuffled(
    sections: Sequence[Section], doubtful: Sequence[bool], read: BatchWords
) -> set[Block]:
    """Blocks whose words stand in no order, and what stands among them.

    A section is judged as a whole, since few short sentences tell enough by themselves. Where one
    is shuffled beyond doubt, less is asked of the others; where two are, what follows the first
    counts only if its own words stand in order.
    """
    prose = [_prose(section, read) for section in sections]
    judged = [
        d and _is_shuffled(blocks, _SECTION) for d, blocks in zip(doubtful, prose, strict=True)
    ]
    if any(judged):
        judged = [
            sure or _is_shuffled(blocks, _FURTHER)
            for sure, blocks in zip(judged, prose, strict=True)
        ]
    certain = judged.count(True)
    shuffled: set[Block] = set()
    reached = False
    for section, blocks, sure, looked_at in zip(sections, prose, judged, doubtful, strict=True):
        reached = reached or sure
        follows = certain > 1 and reached and sum([r.order for r in blocks.values()]) < _ORDERED
        if sure or follows:
            kept = [text for text, reading in blocks.items() if reading.order >= _ORDERED]
            shuffled.update([block for block in section.blocks if block.text not in kept])
        elif looked_at and len(blocks) > 1:
            alone = [text for text, reading in blocks.items() if _is_alone(text, reading)]
            shuffled.update([block for block in section.blocks if block.text in alone])
    return shuffled


def _prose(section: Section, read: BatchWords) -> dict[str, BlockWords]:
    texts = [block.text for block in section.blocks if block.kind in _PROSE]
    return {text: read.blocks[read.row[text]] for text in texts}


def _is_alone(text: str, reading: BlockWords) -> bool:
    """Whether a block among others is shuffled."""
    return reading.order <= BLOCK and _is_shuffled({text: reading}, BLOCK)


def _is_shuffled(blocks: Mapping[str, BlockWords], limit: int) -> bool:
    written = [(text, reading.tokens) for text, reading in blocks.items()]
    return load_order().is_shuffled(written, limit)
