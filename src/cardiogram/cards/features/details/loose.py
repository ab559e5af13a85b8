"""Sections that say nothing of their own model: another's pasted in, or a line that fits any.

A section on what readers ask for is loose where it has many telling words and the rest of the card
shares none of them, nor does it name the model; where its code loads a repository that the card
names nowhere else; and where it is one short line of everyday words. What a visitor does not see
ties nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from math import log1p

from cardiogram.cards.card import Card
from cardiogram.cards.features.blocks import BlockReading, BlockReadings
from cardiogram.cards.features.boilerplate import load_shapes
from cardiogram.cards.features.mentions import CONTENT, MEASURES, PHRASES, SETTINGS
from cardiogram.cards.features.phrase_index import list_words, lower_bytes
from cardiogram.cards.sections import Section

LOOSE_TOPICS = ("usage", "intended", "data", "training", "evaluation", "limitations")
"""Topics whose sections are looked at."""

_TOPICS = frozenset(LOOSE_TOPICS)
_ALIKE = frozenset(("training",))
"""Sections on training are lists of settings, alike on all cards: they may only be hollow."""
_TELLING, _SHARE = 7, 0.03
_LONGEST_LINE, _HOLLOW = 25, 2
_LETTERS = 4
_LOOKED_AT = 160
"""Words of a section that are looked at: the first ones say what it is about."""
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
_EVERYDAY = load_shapes().words
_KNOWN, _EMPTY_WORDS = _EVERYDAY | _TERMS, _EVERYDAY | CONTENT.words
_NINE, _ASCII = ord("9"), 127


class Ties:
    """What ties the sections of one card to it.

    Parameters
    ----------
    read
        What was read of the batch's blocks.
    """

    __slots__ = ("_card", "_names", "_read", "_shown")

    def __init__(self, card: Card, read: BlockReadings) -> None:
        self._card, self._read = card, read
        self._names: tuple[bytes, ...] | None = None
        self._shown: list[tuple[int, bytes]] = []

    def are_missing(self, section: Section) -> bool:
        """Whether a section is loose."""
        topics = section.topics
        if _TOPICS.isdisjoint(topics) or not section.heading:
            return False
        alike = topics & _TOPICS == _ALIKE
        code = [block.text for block in section.blocks if block.kind == "code"]
        if code:
            return not alike and self._loads_another(section, code)
        row, read = self._read.row, self._read.blocks
        blocks = [read[row[block.text]] for block in section.blocks]
        blocks = [block for block in blocks if not (block.placeholder or block.boilerplate)]
        words = sum([len(block.tokens) for block in blocks])
        if words > _LONGEST_LINE:
            return not alike and self._is_strange(section, blocks)
        return words > 0 and self._is_hollow(section, blocks)

    def _loads_another(self, section: Section, code: Sequence[str]) -> bool:
        """Whether code loads a repository that is not this one, its base or named elsewhere."""
        if not any(["/" in text for text in code]):
            return False
        text = lower_bytes("\n".join(code))
        if self._names_model(text):
            return False
        named = {name for name in _REPOSITORY.findall(text) if not name.startswith(b".")}
        if not named:
            return False
        elsewhere = self._read_elsewhere(section)
        prose = lower_bytes("\n".join([b.text for b in section.blocks if b.kind != "code"]))
        return (
            not any([name in elsewhere for name in named])
            and not self._names_model(prose)
            and not _count_ties(_telling({*list_words(prose)}), elsewhere, 0)
        )

    def _is_strange(self, section: Section, blocks: Sequence[BlockReading]) -> bool:
        """Whether many telling words stand here and nowhere else."""
        for block in blocks:
            if self._names_model(block.lower):
                return False
        words = islice(chain.from_iterable([block.tokens for block in blocks]), _LOOKED_AT)
        telling = _telling({*words})
        if len(telling) < _TELLING:
            return False
        enough = int(_SHARE * len(telling))
        return _count_ties(telling, self._read_elsewhere(section), enough) <= enough

    def _is_hollow(self, section: Section, blocks: Sequence[BlockReading]) -> bool:
        """Whether a short section has everyday words alone: no number, no term, no name."""
        words = {*chain.from_iterable([block.tokens for block in blocks])}
        if not words.isdisjoint(_TERMS) or len(words - _EMPTY_WORDS) > _HOLLOW:
            return False
        if any([word[0] <= _NINE or word[0] > _ASCII for word in words]):
            return False
        if any([block.kind == "table" for block in section.blocks]):
            return False
        return not any([self._names_model(block.lower) for block in blocks])

    def numbers(self, prose: bytes) -> dict[str, float]:
        """How much of the model's name the card's text has: a copied card has less."""
        words = _list_names((self._card.id,))
        said = len([word for word in words if word in prose])
        return {
            "name_said": said / len(words) if words else 0.5,
            "name_unsaid": log1p(len(words) - said),
        }

    def _names_model(self, text: bytes) -> bool:
        """Whether a text has a word of the model's name, or of its base's."""
        if self._names is None:
            self._names = _list_names((self._card.id, *self._card.metadata.texts("base_model")))
        return any([name in text for name in self._names])

    def _read_elsewhere(self, section: Section) -> bytes:
        """What a visitor sees outside of a section, and what the card calls its own."""
        card = self._card
        if not self._shown:
            stated = [text for key in _KEYS for text in card.metadata.texts(key)]
            own = lower_bytes("\n".join([card.id, *stated]))
            row, read = self._read.row, self._read.blocks
            self._shown = [(0, own)]
            for block in card.document.blocks:
                number = row.get(block.text)
                lower = lower_bytes(block.text) if number is None else read[number].lower
                self._shown.append((block.line, lower))
        inside = {block.line for block in section.blocks}
        return b"\n".join([text for line, text in self._shown if line not in inside])


def _list_names(ids: Iterable[str]) -> tuple[bytes, ...]:
    """The words of models' names that few others have."""
    joined = lower_bytes(" ".join([id.rpartition("/")[2] for id in ids]))
    words = {*list_words(joined.replace(b"_", b" "))} - _ANY_NAME
    return tuple([word for word in words if len(word) > 2 and not word.isdigit()])


def _count_ties(telling: Iterable[bytes], elsewhere: bytes, enough: int) -> int:
    """How many telling words stand elsewhere too; no further than one more than enough."""
    count = 0
    for word in telling:
        if word in elsewhere:
            count += 1
            if count > enough:
                break
    return count


def _telling(words: set[bytes]) -> list[bytes]:
    """Words that are neither everyday nor terms of the field, plain letters all."""
    return [word for word in words - _KNOWN if len(word) >= _LETTERS and word.isalpha()]
