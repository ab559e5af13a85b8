"""Sections that say nothing of their own model: another's pasted in, or a line that fits any.

A section on what readers ask for is loose where it has many telling words and the rest of the card
shares none of them, nor does it name the model; where its code loads or merges repositories that
the card names nowhere else, or its links lead to several such ones alone; and where it is one short
line of everyday words. All of them are where the whole card is another's: its code loads models of
other owners alone, and it has no word of its own model's name that theirs lack. What a visitor does
not see ties nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from math import log1p

from cardiogram.cards.card import Card
from cardiogram.cards.features.blocks import BlockReading, BlockReadings
from cardiogram.cards.features.boilerplate import load_shapes
from cardiogram.cards.features.details.details import NO_OWNERS
from cardiogram.cards.features.mentions import CONTENT, MEASURES, PHRASES, SETTINGS
from cardiogram.cards.features.phrase_index import list_words, lower_bytes
from cardiogram.cards.sections import Section
from cardiogram.lazy import regex

LOOSE_TOPICS: tuple[str, ...] = (
    "usage",
    "intended",
    "data",
    "training",
    "evaluation",
    "limitations",
)
"""Topics whose sections are looked at."""

_TOPICS = frozenset(LOOSE_TOPICS)
_ALIKE = frozenset(("training",))
"""Sections on training are lists of settings, alike on all cards: they may only be hollow."""
_TELLING, _SHARE = 7, 0.03
_LONGEST_LINE, _HOLLOW = 25, 2
_LETTERS, _SHORT = 4, 3
_LOOKED_AT = 160
"""Words of a section that are looked at: the first ones say what it is about."""
_REPOSITORY = regex(rb"""["'`]([\w.-]+/[\w.-]+)["'`]""")
_MERGED = regex(rb"^[ \t-]*(?:base_)?model: *([\w.-]+/[\w.-]+)", re.MULTILINE)
_HUB = regex(rb"://(?:www\.)?(?:hf|huggingface)\.co/(?:datasets/)?([\w.-]+)/([\w.-]+)")
_HOST = ".co/"
_LEAST_LINKED, _NO_OWNERS = 3, frozenset(name.encode() for name in NO_OWNERS)
_KEYS = ("base_model", "datasets", "tags", "language", "pipeline_tag", "library_name")
_FIELDS = frozenset(
    word
    for name in PHRASES["terms"]["of"]
    for phrase in PHRASES["prose"][name]
    for word in [phrase.strip("~ :").encode()]
    if word.isalnum()
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

    __slots__ = ("_anothers", "_card", "_lines", "_linked", "_links", "_names", "_read", "_shown")

    def __init__(self, card: Card, read: BlockReadings) -> None:
        self._card, self._read = card, read
        self._names: tuple[bytes, ...] | None = None
        self._anothers: bool | None = None
        self._links: list[tuple[int, bytes]] | None = None
        self._linked = card.text.count(_HOST) >= _LEAST_LINKED
        self._lines: list[int] = []
        self._shown: list[bytes] = []

    def are_missing(self, section: Section) -> bool:
        """Whether a section is loose."""
        topics = section.topics
        if _TOPICS.isdisjoint(topics) or not section.heading:
            return False
        if self._anothers is None:
            self._anothers = self._is_anothers()
        if self._anothers:
            return True
        code = [block.text for block in section.blocks if block.kind == "code"]
        if code:
            return self._loads_another(section, code, topics & _TOPICS == _ALIKE)
        row, read = self._read.row, self._read.blocks
        blocks = [read[row[block.text]] for block in section.blocks]
        if self._linked and self._leads_away(section, blocks):
            return True
        blocks = [block for block in blocks if not (block.placeholder or block.boilerplate)]
        words = sum([len(block.tokens) for block in blocks])
        if words > _LONGEST_LINE:
            return topics & _TOPICS != _ALIKE and self._is_strange(section, blocks)
        return words > 0 and self._is_hollow(section, blocks)

    def _loads_another(self, section: Section, code: Sequence[str], alike: bool) -> bool:
        """Whether code loads repositories that are not this one, its base or named elsewhere.

        On training, only a recipe that merges them says so.
        """
        if not any(["/" in text for text in code]):
            return False
        text = lower_bytes("\n".join(code))
        if self._names_model(text):
            return False
        named = {*_MERGED.findall(text)} if b"model:" in text else set()
        if not alike:
            named.update([n for n in _REPOSITORY.findall(text) if not n.startswith(b".")])
        if not named:
            return False
        elsewhere = self._read_elsewhere(section)
        prose = lower_bytes("\n".join([b.text for b in section.blocks if b.kind != "code"]))
        return (
            not any([name in elsewhere for name in named])
            and not self._names_model(prose)
            and not _count_ties(_telling({*list_words(prose)}), elsewhere, 0)
        )

    def _is_anothers(self) -> bool:
        """Whether the whole card was taken over as it stood."""
        card = self._card
        if not card.id:
            return False
        code = "\n".join([block.text for block in card.document.blocks if block.kind == "code"])
        if "/" not in code or card.id in code:
            return False
        text, id = lower_bytes(code), lower_bytes(card.id)
        owner, _, name = id.partition(b"/")
        if name in text:
            return False
        loaded = [each for each in _REPOSITORY.findall(text) if not each.startswith(b".")]
        stated = [lower_bytes(base) for base in card.metadata.texts("base_model")]
        if not loaded or any([each.startswith(owner + b"/") or each in stated for each in loaded]):
            return False
        theirs = b"\n".join(loaded)
        own = [n for n in _list_names((card.id,)) if n not in theirs and n not in _EVERYDAY]
        if not own:
            return False
        shown = lower_bytes("\n".join([block.text for block in card.document.blocks]))
        return not any([word in shown for word in own])

    def _leads_away(self, section: Section, blocks: Sequence[BlockReading]) -> bool:
        """Whether links lead to several repositories of others that stand nowhere else."""
        if self._links is None:
            self._links = [
                (link.line, lower_bytes(link.target))
                for link in self._card.document.links
                if _HOST in link.target
            ]
        first, last = section.line, section.last_line
        targets = [target for line, target in self._links if first <= line <= last]
        targets += [block.lower for block in blocks if b".co/" in block.lower]
        if not targets:
            return False
        named = _find_repositories(b" ".join(targets))
        if len(named) < _LEAST_LINKED:
            return False
        own = lower_bytes(self._card.id).partition(b"/")[0] + b"/"
        if any([name.startswith(own) for name in named]):
            return False
        if any([self._names_model(block.lower) for block in blocks]):
            return False
        elsewhere = self._read_elsewhere(section)
        return not any([name.rpartition(b"/")[2] in elsewhere for name in named])

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
        words: set[bytes] = set().union(*[block.tokens for block in blocks])
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
            words = _list_names((self._card.id, *self._card.metadata.texts("base_model")))
            telling = tuple([n for n in words if len(n) > _SHORT or n not in _EVERYDAY])
            self._names = telling or words
        said = [name for name in self._names if name in text]
        if any([len(name) > _SHORT for name in said]):
            return True
        return bool(said) and not {*said}.isdisjoint(list_words(text))

    def _read_elsewhere(self, section: Section) -> bytes:
        """What a visitor sees outside of a section, and what the card calls its own."""
        card = self._card
        if not self._shown:
            stated = [text for key in _KEYS for text in card.metadata.texts(key)]
            own = lower_bytes("\n".join([card.id, *stated]))
            row, read = self._read.row, self._read.blocks
            self._lines, self._shown = [0], [own]
            for block in card.document.blocks:
                number = row.get(block.text)
                lower = lower_bytes(block.text) if number is None else read[number].lower
                self._lines.append(block.line)
                self._shown.append(lower)
        inside = [block.line for block in section.blocks] or [-1]
        first, behind = bisect_left(self._lines, inside[0]), bisect_right(self._lines, inside[-1])
        return b"\n".join([*self._shown[:first], *self._shown[behind:]])


def _find_repositories(text: bytes) -> set[bytes]:
    """Models and data sets on the Hub whose addresses stand in a text."""
    return {b"/".join(parts) for parts in _HUB.findall(text) if parts[0] not in _NO_OWNERS}


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
