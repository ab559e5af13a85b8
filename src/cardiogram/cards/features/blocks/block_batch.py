"""Blocks of many cards read at once with numpy, as :func:`.read_one_by_one` reads each.

Texts are joined, a zero byte behind each, and words and signs are counted for all together. Sums of
one block are differences of running sums, in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.features.blocks.block_reading import (
    BITS,
    KINDS,
    LANE,
    LISTED,
    MAX_BLOCK_WORDS,
    NOISE_WORD,
    ORDER,
    TO_DIGITS,
    TOPICS_OF,
    WORDS,
    BlockReading,
    BlockReadings,
    count_foreign,
    count_quantities,
    count_words,
    is_table,
    is_void,
    read_one_by_one,
)
from cardiogram.cards.features.blocks.lanes import CONVERTED, LANES, Counts
from cardiogram.cards.features.boilerplate import is_boilerplate
from cardiogram.cards.features.mentions import (
    CONTENT,
    CONVERSION,
    JUDGE_WORDS,
    LIST_SHARE,
    LIST_TOPICS,
    LIST_WORDS,
    MEASURES,
    SETTINGS,
    UNITS,
)
from cardiogram.cards.features.nonsense import (
    FEWEST_NUMBERS,
    NOISE_LETTERS,
    PASTED_SHARE,
    PASTED_WORDS,
)
from cardiogram.cards.features.phrase_index import TO_WORDS, lower_bytes
from cardiogram.cards.sections import is_placeholder
from cardiogram.text import is_latin

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

_END = b"\0"
_BETWEEN, _INSIDE = b" x"
_WORDS, _DIGITS = _END + TO_WORDS[1:], _END + TO_DIGITS[1:]
_WRITTEN = _END + bytes([_BETWEEN if chr(byte).isspace() else _INSIDE for byte in range(1, 256)])


def read_batch(row: Mapping[str, int]) -> BlockReadings:
    """Read blocks by their texts, of which there are some."""
    joined = "\0".join([*row, ""])
    if joined.count("\0") != len(row):  # a text has one of its own
        return read_one_by_one(row)
    texts, whole = list(row), lower_bytes(joined)
    lower = whole.split(_END)[:-1]
    tokens = [part.split() for part in whole.translate(_WORDS).split(_END)[:-1]]
    words = _Words.of(tokens)
    letters = np.fromiter(map(len, texts), np.int64, len(texts))
    numbers = _count_runs(whole.translate(_DIGITS, b".,"))
    other = [n for n, text in enumerate(texts) if not text.isascii() and not is_latin(text)]
    counts = _count(texts, whole, lower, words, numbers, other)
    placeholder = list(map(is_placeholder, texts))
    boilerplate = list(map(is_boilerplate, texts, lower))
    void = [False] * len(texts)
    for n in np.flatnonzero(words.may_be_void(letters, numbers)).tolist():
        listed, kinds = LISTED.intersection(tokens[n]), int(words.kinds[n])
        void[n] = is_void(texts[n], tokens[n], listed, int(numbers[n]), kinds)
    order = words.order.tolist()
    for n in [n for n, text in enumerate(texts) if "|" in text and is_table(text)]:
        order[n] = 0
    blocks = map(BlockReading, lower, tokens, placeholder, boilerplate, void, order)
    counts[:, -2:] = np.column_stack([placeholder, boilerplate])
    topics = _name_topics(texts, words, counts, other)
    return BlockReadings(row, list(blocks), counts.tolist(), topics, _sum_up(counts))


def _sum_up(counts: Whole) -> list[int]:
    """What each block adds as a paragraph, as of :func:`.sum_up`."""
    of = dict(zip(Counts._fields, counts.T, strict=True))
    filled = 1 - of["placeholder"]
    own = filled * (1 - of["boilerplate"])
    result = filled * (of["conversion"] < CONVERTED)
    words, numbers = own * of["words"], own * of["numbers"]
    lanes = {
        **{"words": words, "numbers": numbers, "own_words": words, "own_numbers": numbers},
        **{name: own * of[name] for name in ("letters", "foreign", "hedges")},
        **{name: filled * of[name] for name in ("settings", "quantities")},
        **{name: result * of[name] for name in ("decimals", "measures")},
        "placeholders": of["placeholder"],
        "boilerplate": filled * of["boilerplate"] * of["words"],
    }
    packed = np.zeros((len(counts), len(LANES)), "<u4")
    for name, amounts in lanes.items():
        packed[:, LANES.index(name)] = amounts
    size, data = 4 * len(LANES), packed.tobytes()
    return [int.from_bytes(data[at : at + size], "little") for at in range(0, len(data), size)]


def _count(
    texts: Sequence[str],
    whole: bytes,
    lower: Sequence[bytes],
    words: _Words,
    numbers: Whole,
    other: Sequence[int],
) -> Whole:
    """Numbers of blocks as of :class:`Counts`, the last two left open; shape (blocks, counts).

    `other` are those in other scripts than Latin.
    """
    listed = words.listed
    counts = np.zeros((len(texts), len(Counts._fields)), np.int64)
    named = dict(zip(Counts._fields, counts.T, strict=True))
    named["words"][:] = _count_runs(whole.translate(_WRITTEN))
    for n in [n for n, text in enumerate(texts) if not text.isascii()]:
        named["words"][n] = len(texts[n].split())
    for n in other:
        named["words"][n], named["foreign"][n] = count_words(texts[n]), count_foreign(texts[n])
    np.minimum(named["words"], MAX_BLOCK_WORDS, out=named["words"])
    named["numbers"][:] = numbers
    named["letters"][:] = list(map(len, texts))
    split = _count_runs(whole.translate(_DIGITS))
    percents = np.fromiter([text.count(b"%") for text in lower], np.int64, len(lower))
    named["decimals"][:] = np.where(numbers > 0, split - numbers + percents, 0)
    for n in np.flatnonzero(np.minimum(numbers, _lane(listed, _UNITS))).tolist():
        named["quantities"][n] = count_quantities(lower[n])
    np.minimum(numbers, _lane(listed, _MEASURES), out=named["measures"])
    np.minimum(numbers, _lane(listed, _SETTINGS), out=named["settings"])
    named["hedges"][:] = words.kinds & LANE
    named["conversion"][:] = _lane(listed, _CONVERSION)
    return counts


def _count_runs(kinds: bytes) -> Whole:
    """How many runs of what is neither blank nor an end stand before each end."""
    signs = np.frombuffer(kinds, np.uint8)
    inside = signs > _BETWEEN
    begins = inside.copy()
    np.greater(inside[1:], inside[:-1], out=begins[1:])
    before = np.searchsorted(np.flatnonzero(begins), np.flatnonzero(signs == 0))
    runs: Whole = np.diff(before, prepend=0)
    return runs


def _name_topics(
    texts: Sequence[str], words: _Words, counts: Whole, other: Sequence[int]
) -> list[Iterable[str]]:
    """Topics of the content that each block's words name, as of :class:`BlockReadings`."""
    topics: list[Iterable[str]] = [_topics_of_bits(bits) for bits in words.topics.tolist()]
    for n in other:
        topics[n] = [*topics[n], *CONTENT.named_without_spaces(texts[n])]
    place = Counts._fields.index("conversion")
    for n in np.flatnonzero(counts[:, place] >= CONVERTED).tolist():
        topics[n] = [topic for topic in topics[n] if topic != "evaluation"]
    return topics


@cache
def _topics_of_bits(bits: int) -> Sequence[str]:
    return [topic for place, topic in enumerate(CONTENT.topics) if bits >> place & 1]


class _Words(NamedTuple):
    """What is counted of the words of blocks, each of shape (blocks,).

    Attributes
    ----------
    total
        How many there are.
    kinds
        Sums of :data:`KINDS`.
    content
        How many are of the content's words.
    order
        The score of their order.
    listed
        How many different ones each list has, in lanes.
    topics
        Topics that they name, as bits.
    """

    total: Whole
    kinds: Whole
    content: Whole
    order: Whole
    listed: Whole
    topics: Whole

    @classmethod
    def of(cls, tokens: Sequence[Sequence[bytes]]) -> _Words:
        """Count the words of each block."""
        count = np.fromiter(map(len, tokens), np.int64, len(tokens))
        ends = np.cumsum(count)
        numbers = map(WORDS.get, chain.from_iterable(tokens), repeat(-1))
        word = np.fromiter(numbers, np.int64, int(ends[-1]))
        table = _tables()
        classes = table.classes[word]
        pairs = np.zeros_like(word)
        pairs[1:] = table.scores.take(classes[:-1] * len(ORDER.scores) + classes[1:])
        pairs[(ends - count)[count > 0]] = 0  # from one block to the next
        block = np.repeat(np.arange(len(tokens)), count)
        known = (word >= 0) & (word < len(LISTED))
        both = np.sort(block[known] * len(LISTED) + word[known])
        once = both[np.diff(both, prepend=-1) > 0]
        block, listed = np.divmod(once, len(LISTED))
        last = np.searchsorted(block, np.arange(len(tokens)), side="right")
        topics = np.zeros_like(count)
        first = np.flatnonzero(np.diff(block, prepend=-1))
        topics[block[first]] = np.bitwise_or.reduceat(table.topics[listed], first)
        return cls(
            count,
            _sums(table.kinds[word], ends),
            _sums(table.content[word], ends),
            _sums(pairs, ends),
            _sums(table.listed[listed], last),
            topics,
        )

    def may_be_void(self, letters: Whole, numbers: Whole) -> Mask:
        """Which blocks :func:`.is_void` may be true of."""
        count = self.total
        pasted, common = self.kinds >> 2 * BITS, self.kinds >> BITS & LANE
        is_list = (count >= LIST_WORDS) & (self.content >= LIST_SHARE * count)
        may: Mask = is_list & (_lane(self.listed, _CONTENT) >= LIST_TOPICS)
        may |= _lane(self.listed, _JUDGE) > 0
        may |= (count >= PASTED_WORDS) & (pasted >= PASTED_SHARE * count)
        may |= (letters >= NOISE_LETTERS) & (common * NOISE_WORD <= letters)
        may |= (numbers >= FEWEST_NUMBERS) & (4 * numbers >= count)
        return may


def _sums(values: Whole, ends: Whole) -> Whole:
    """Sums of the values up to each end, from the end before it."""
    return np.diff(np.concatenate([[0], np.cumsum(values)])[ends], prepend=0)


_LISTS = (CONTENT.words, JUDGE_WORDS, UNITS, MEASURES, SETTINGS, CONVERSION)
_CONTENT, _JUDGE, _UNITS, _MEASURES, _SETTINGS, _CONVERSION = range(len(_LISTS))
_WIDTH = 10  # bits: lists are shorter


def _lane(sums: Whole, place: int) -> Whole:
    return sums >> _WIDTH * place & (1 << _WIDTH) - 1


class _Tables(NamedTuple):
    """What :class:`_Words` counts of each word of :data:`WORDS`, and last of all others."""

    classes: Whole
    scores: Whole
    kinds: Whole
    content: Whole
    listed: Whole
    topics: Whole


@cache
def _tables() -> _Tables:
    every = [*WORDS, b""]
    classes = [ORDER.classes.get(word, ORDER.other) for word in every]
    lists = [sum((word in some) << _WIDTH * n for n, some in enumerate(_LISTS)) for word in every]
    places = {topic: 1 << place for place, topic in enumerate(CONTENT.topics)}
    topics = [sum(places[topic] for topic in TOPICS_OF[word]) for word in sorted(LISTED)]
    content = [word in CONTENT.words for word in every]
    return _Tables(*map(_whole, (classes, ORDER.scores, KINDS, content, lists, topics)))


def _whole(values: Sequence[object]) -> Whole:
    return np.array(values, np.int64)
