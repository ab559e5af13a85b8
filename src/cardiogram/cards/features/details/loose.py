"""Sections that say nothing of their own model: another's pasted in, or a line that fits any.

A section on what readers ask for is loose where it has many telling words and the rest of the card
shares none of them, nor does it name the model; where its code loads a repository that the card
names nowhere else; and where it is one short line of everyday words. What a visitor does not see
ties nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from cardiogram.cards.card import Card
from cardiogram.cards.features.blocks import BlockReadings
from cardiogram.cards.features.boilerplate import load_shapes
from cardiogram.cards.features.mentions import CONTENT, MEASURES, PHRASES, SETTINGS
from cardiogram.cards.features.phrase_index import list_words, lower_bytes
from cardiogram.cards.sections import Section

LOOSE_TOPICS = ("usage", "intended", "data", "training", "evaluation", "limitations")
"""Topics whose sections are looked at."""

_TOPICS = frozenset(LOOSE_TOPICS)
_ALIKE = frozenset(("training",))
"""Sections on training are lists of settings, alike on all cards: they may only be hollow."""
_TELLING, _SHARE = 10, 0.03
_LONGEST_LINE, _HOLLOW = 25, 2
_LETTERS = 4
_REPOSITORY = re.compile(rb"""["'`]([\w.-]+/[\w.-]+)["'`]""")
_KEYS = ("base_model", "datasets", "tags", "language", "pipeline_tag", "library_name")
_FIELDS = frozenset(
    word
    for name in PHRASES["terms"]["of"]
    for phrase in PHRASES["prose"][name]
    if (word := phrase.strip("~ :").encode()).isalnum()
)
_TERMS = _FIELDS | MEASURES | SETTINGS
_ANY_NAME = frozenset(word.encode() for word in PHRASES["terms"]["any_name"])


class Ties:
    """What ties the sections of one card to it.

    Parameters
    ----------
    read
        What was read of the batch's blocks.
    """

    __slots__ = ("_card", "_names", "_own", "_read", "_visible")

    def __init__(self, card: Card, read: BlockReadings) -> None:
        self._card, self._read = card, read
        self._visible = b""
        self._own: frozenset[bytes] = frozenset()
        self._names: frozenset[bytes] = frozenset()

    def are_missing(self, section: Section) -> bool:
        """Whether a section is loose."""
        if not section.heading or _TOPICS.isdisjoint(section.topics):
            return False
        code = [block.text for block in section.blocks if block.kind == "code"]
        if code:
            return (
                not _ALIKE.issuperset(section.topics & _TOPICS)
                and any(["/" in text for text in code])
                and self._loads_another(section, code)
            )
        row, read = self._read.row, self._read.blocks
        blocks = [read[row[block.text]] for block in section.blocks]
        blocks = [block for block in blocks if not (block.placeholder or block.boilerplate)]
        words = sum([len(block.tokens) for block in blocks])
        if words > _LONGEST_LINE:
            return not _ALIKE.issuperset(section.topics & _TOPICS) and self._is_strange(
                b"\n".join([block.lower for block in blocks]),
                {*chain.from_iterable([block.tokens for block in blocks])},
            )
        return words > 0 and self._is_hollow(section, {*chain(*[b.tokens for b in blocks])})

    def _loads_another(self, section: Section, code: Sequence[str]) -> bool:
        """Whether code loads a repository that is not this one, its base or named elsewhere."""
        text = lower_bytes("\n".join(code))
        named = {name for name in _REPOSITORY.findall(text) if not name.startswith(b".")}
        if not named:
            return False
        self._look()
        own = lower_bytes(self._card.id.rpartition("/")[2])
        if own and own in text:
            return False
        words = {word for name in named for word in _words_of(name.rpartition(b"/")[2])}
        if words & self._names or any([self._visible.count(n) > text.count(n) for n in named]):
            return False
        prose = lower_bytes("\n".join([b.text for b in section.blocks if b.kind != "code"]))
        return not self._names_model(prose) and not self._count_ties(
            prose, _telling({*list_words(prose)}), 0
        )

    def _is_strange(self, text: bytes, words: set[bytes]) -> bool:
        """Whether many telling words stand here and nowhere else."""
        telling = _telling(words)
        if len(telling) < _TELLING:
            return False
        self._look()
        most_ties = int(_SHARE * len(telling))
        return not self._names_model(text) and (
            self._count_ties(text, telling, most_ties) <= most_ties
        )

    def _is_hollow(self, section: Section, words: set[bytes]) -> bool:
        """Whether a short section has everyday words alone: no number, no term, no name."""
        if any([block.kind == "table" or not block.text.isascii() for block in section.blocks]):
            return False
        telling = words - load_shapes().words - CONTENT.words
        if len(telling) > _HOLLOW or any([word[0] <= _NINE for word in words]) or words & _TERMS:
            return False
        self._look()
        return not (words & self._names or telling & self._own)

    def _look(self) -> None:
        """Read what the rest of the card shows and calls its own, once."""
        if self._visible:
            return
        card = self._card
        texts = [card.id.rpartition("/")[2], *card.metadata.texts("base_model")]
        parts = [_words_of(lower_bytes(text.rpartition("/")[2])) for text in texts]
        words = {*chain.from_iterable(parts)} - _ANY_NAME
        self._names = frozenset([word for word in words if len(word) > 2 and not word.isdigit()])
        stated = [text for key in _KEYS for text in card.metadata.texts(key)]
        own = lower_bytes(" ".join([card.id, *stated]))
        self._own = frozenset(_words_of(own))
        shown = [block.text for block in card.document.blocks]
        self._visible = lower_bytes("\n".join(shown)) + b"\n" + own

    def _names_model(self, text: bytes) -> bool:
        return any([name in text for name in self._names])

    def _count_ties(self, text: bytes, telling: Sequence[bytes], enough: int) -> int:
        """How many telling words stand elsewhere too; no further than one more than enough."""
        count = 0
        for word in telling:
            if self._visible.count(word) > text.count(word):
                count += 1
                if count > enough:
                    break
        return count


_NINE = ord("9")


def _telling(words: set[bytes]) -> list[bytes]:
    """Words that are neither everyday nor terms of the field, plain letters all."""
    rest = words - load_shapes().words - _TERMS
    return [word for word in rest if len(word) >= _LETTERS and word.isalpha()]


def _words_of(name: bytes) -> list[bytes]:
    return list_words(name.replace(b"_", b" "))
