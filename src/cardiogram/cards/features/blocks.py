"""What the blocks of a batch of cards say, each block read once.

A block's features depend on its text alone, and cards share many of their blocks. The words of all
blocks are counted together, as numbers in arrays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.features.boilerplate import is_boilerplate
from cardiogram.cards.features.mentions import (
    CONTENT,
    CONVERSION,
    HEDGES,
    JUDGE_WORDS,
    MEASURES,
    SETTINGS,
    UNITS,
)
from cardiogram.cards.features.nonsense import (
    BLOCK,
    FEWEST_NUMBERS,
    NOISE_LETTERS,
    PASTED_SHARE,
    PASTED_WORDS,
    is_bare,
    is_noise,
    load_order,
    read_rubrics,
)
from cardiogram.cards.features.phrase_index import list_words, lower_bytes
from cardiogram.cards.sections import is_placeholder
from cardiogram.text import is_latin

_TO_DIGITS = bytes(byte if 48 <= byte <= 57 else 32 for byte in range(256))
_END = b"\xff"
"""Stands around texts that are joined: no byte of UTF-8."""

_AT_END, _BETWEEN, _INSIDE = range(3)
_DIGIT_RUNS, _WORD_RUNS = [
    bytes([_INSIDE if inside(byte) else _BETWEEN for byte in range(255)]) + bytes([_AT_END])
    for inside in (lambda byte: 48 <= byte <= 57, lambda byte: not chr(byte).isspace())
]
_CJK = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]"
_SCRIPTS = "[\u0400-\u04ff\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_QUANTITY = (
    rb"\d[\d.,]{0,12}\s?(?:[kmb]|million|billion|thousand)?\+?\s(?:[a-z-]{1,20}\s){0,2}(?:"
    + b"|".join(sorted(UNITS, reverse=True))
    + rb")\b"
)
"""Patterns that are compiled when a card first needs them, which most do not."""
_MAX_BLOCK_WORDS = 400
CONVERTED = 2
"""Different words of quantising from which a block is about that: its numbers are no results."""

Whole = NDArray[np.int64]


class BlockReading(NamedTuple):
    """What is kept of one block.

    Attributes
    ----------
    lower, tokens
        Its text in lower case, as UTF-8, and the words of that in their order.
    placeholder, boilerplate
        Whether it was left unfilled, and whether a tool printed it.
    is_void
        Whether it says nothing: it speaks to a judge, lists keywords (and is no table), is the
        rubric, has numbers of nothing, or is characters at random.
    order
        How much likelier the order of its words is than that of shuffled ones, by
        :class:`.WordOrder`.
    """

    lower: bytes
    tokens: Sequence[bytes]
    placeholder: bool
    boilerplate: bool
    is_void: bool
    order: int


class Counts(NamedTuple):
    """Numbers of blocks, each of shape (blocks,).

    Attributes
    ----------
    words, numbers
        How many a block has; of words at most 400 count.
    letters, foreign
        Characters, and those of scripts that are neither Latin nor Greek.
    decimals
        Decimal points and per cent signs of its numbers.
    quantities
        Numbers of things to learn from: "104 documents", "850M English tweets".
    measures, settings
        Different names of metrics and of hyperparameters beside its numbers.
    hedges
        Words that make a limit of a sentence: "only", "may", "not".
    conversion
        Different words of how weights were quantised: sizes and bits are no results.
    placeholder, boilerplate
        1 or 0, as in :class:`BlockReading`.
    """

    words: Whole
    numbers: Whole
    letters: Whole
    foreign: Whole
    decimals: Whole
    quantities: Whole
    measures: Whole
    settings: Whole
    hedges: Whole
    conversion: Whole
    placeholder: Whole
    boilerplate: Whole

    def take(self, blocks: NDArray[np.intp]) -> Counts:
        """The numbers of some blocks."""
        return Counts(*[numbers[blocks] for numbers in self])


class BlockReadings(NamedTuple):
    """What was read of different blocks.

    Attributes
    ----------
    row
        Text of a block to its number.
    blocks
        One a block.
    counts
        Numbers of every block.
    topics
        How often each block's words name each topic of the content, shape (blocks, topics): 0 or 1,
        and once more for each word of a script without spaces.
    order
        The score of each block's order of words; 0 of tables.
    suspect
        Blocks that say nothing, or may.
    """

    row: Mapping[str, int]
    blocks: Sequence[BlockReading]
    counts: Counts
    topics: Whole
    order: Whole
    suspect: NDArray[np.bool_]


def read_blocks(texts: Iterable[str]) -> BlockReadings:
    """Read blocks, each text once.

    Parameters
    ----------
    texts
        Their visible texts.
    """
    row = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    lower = [lower_bytes(text) for text in row]
    tokens = [list_words(text) for text in lower]
    words = _ListedWords.of(tokens)
    different = words.different()
    placeholder = [is_placeholder(text) for text in row]
    boilerplate = list(map(is_boilerplate, row, lower))
    beyond = {number: text for number, text in enumerate(row) if not text.isascii()}
    other = {number: text for number, text in beyond.items() if not is_latin(text)}
    joined = _END.join([b"", *lower, b""])
    stated = _count_runs(joined.translate(_DIGIT_RUNS, b".,"))
    letters = np.array([len(text) for text in row], np.int64)
    void = _find_void(list(row), tokens, words, different, stated, letters)
    counts = Counts(
        words=np.minimum(_count_plain_words(joined, beyond, other), _MAX_BLOCK_WORDS),
        numbers=stated,
        letters=letters,
        foreign=_count_foreign(len(row), other),
        decimals=_count_decimals(joined, stated),
        quantities=_count_quantities(lower, np.minimum(stated, different.count(UNITS))),
        measures=np.minimum(stated, different.count(MEASURES)),
        settings=np.minimum(stated, different.count(SETTINGS)),
        hedges=words.count(HEDGES),
        conversion=different.count(CONVERSION),
        placeholder=np.array(placeholder, np.int64),
        boilerplate=np.array(boilerplate, np.int64),
    )
    order = words.order * [not _is_table(text) for text in row]
    blocks = list(
        map(BlockReading, lower, tokens, placeholder, boilerplate, void.tolist(), order.tolist())
    )
    suspect = void | (order <= BLOCK)
    topics = _name_topics(other, different)
    topics[counts.conversion >= CONVERTED, _TOPIC["evaluation"]] = 0
    return BlockReadings(row, blocks, counts, topics, order, suspect)


def _count_runs(texts: bytes) -> Whole:
    """How many runs of bytes inside of words, or of numbers, each of some joined texts has."""
    kinds = np.frombuffer(texts, np.uint8)
    begins = np.flatnonzero((kinds[1:] == _INSIDE) & (kinds[:-1] != _INSIDE)) + 1
    return _count_places(begins, np.flatnonzero(kinds == _AT_END))


def _count_places(places: NDArray[np.intp], ends: NDArray[np.intp]) -> Whole:
    """How many places lie between each two neighbouring ends."""
    return np.diff(np.searchsorted(places, ends))


def _count_plain_words(joined: bytes, beyond: Mapping[int, str], other: Mapping[int, str]) -> Whole:
    """Words of joined texts as :func:`count_words` counts them.

    Parameters
    ----------
    beyond, other
        Texts that are not ASCII, by their numbers, and those of them in other scripts than Latin.
    """
    words = _count_runs(joined.translate(_WORD_RUNS))
    words[list(beyond)] = [len(text.split()) for text in beyond.values()]
    for block, text in other.items():
        words[block] = count_words(text)
    return words


def _count_foreign(blocks: int, other: Mapping[int, str]) -> Whole:
    foreign = np.zeros(blocks, np.int64)
    for block, text in other.items():
        foreign[block] = len(re.findall(_SCRIPTS, text))
    return foreign


def _count_decimals(joined: bytes, numbers: Whole) -> Whole:
    """Points and commas inside of numbers, and per cent signs, of texts with numbers."""
    signs = np.frombuffer(joined, np.uint8)
    percents = _count_places(np.flatnonzero(signs == ord("%")), np.flatnonzero(signs == _END[0]))
    split = _count_runs(joined.translate(_DIGIT_RUNS))
    return np.where(numbers > 0, split - numbers + percents, 0)


def _count_quantities(lower: Sequence[bytes], may: Whole) -> Whole:
    """Numbers of things to learn from, of texts that may have some."""
    quantities = np.zeros_like(may)
    for block in np.flatnonzero(may).tolist():
        quantities[block] = len(re.findall(_QUANTITY, lower[block]))
    return quantities


def _name_topics(other: Mapping[int, str], different: _ListedWords) -> Whole:
    """How often each block's words name each topic."""
    named = [np.minimum(different.count(words), 1) for words in CONTENT.topics.values()]
    topics = np.stack(named, axis=1)
    for block, text in other.items():
        for topic in CONTENT.named_without_spaces(text):
            topics[block, _TOPIC[topic]] += 1
    return topics


def _find_void(
    texts: Sequence[str],
    tokens: Sequence[Sequence[bytes]],
    words: _ListedWords,
    different: _ListedWords,
    numbers: Whole,
    letters: Whole,
) -> NDArray[np.bool_]:
    """Whether each block tells a reader nothing; few need a closer look."""
    count = np.array([len(some) for some in tokens], np.int64)
    void = CONTENT.are_lists(
        count,
        words.count(CONTENT.words),
        different.count(CONTENT.words),
        words.count(CONTENT.function_words),
    )
    for block in np.flatnonzero(void).tolist():
        void[block] = not _is_table(texts[block])
    may_speak = different.count(JUDGE_WORDS) > 0
    may_be_pasted = (count >= PASTED_WORDS) & (words.pasted >= PASTED_SHARE * count)
    may_be_noise = (letters >= NOISE_LETTERS) & (words.known * _NOISE_WORD <= letters)
    may_be_bare = (numbers >= FEWEST_NUMBERS) & (4 * numbers >= count)
    looks: tuple[tuple[NDArray[np.bool_], Callable[[int], bool]], ...] = (
        (may_speak, lambda block: CONTENT.speaks_to_judge(texts[block], tokens[block])),
        (may_be_pasted, lambda block: _RUBRIC.has_runs_of(tokens[block])),
        (may_be_noise, lambda block: is_noise(texts[block])),
        (may_be_bare, lambda block: is_bare(texts[block], tokens[block], _DIGITS)),
    )
    for may, is_void in looks:
        for block in np.flatnonzero(may & ~void).tolist():
            void[block] = is_void(block)
    return void


def _is_table(text: str) -> bool:
    return "|" in text and ("--" in text or ":-" in text)


_TOPIC = {topic: number for number, topic in enumerate(CONTENT.topics)}
_LISTED = sorted(
    CONTENT.words
    | CONTENT.function_words
    | JUDGE_WORDS
    | HEDGES
    | CONVERSION
    | MEASURES
    | SETTINGS
    | UNITS
)
_ORDER = load_order()
_RUBRIC = read_rubrics(lambda text: list_words(lower_bytes(text)))
_EVERY = list(dict.fromkeys([*_LISTED, *_ORDER.classes, *sorted(_RUBRIC.words)]))
_NUMBER = {word: number for number, word in enumerate(_EVERY)}
_CLASS = np.array([*[_ORDER.classes.get(word, _ORDER.other) for word in _EVERY], _ORDER.other])
_SCORES = _ORDER.scores.astype(np.float64)
_MANY = 1 << 22  # more words than a card can have
_KINDS = np.array(
    [
        (len(word) > 2 and not word.isdigit()) + _MANY * (word in _RUBRIC.words)
        for word in [*_EVERY, b""]
    ],
    np.float64,
)
"""Of a word, whether it is common, and whether it is the rubric's: two counts in one sum."""
_DIGITS = frozenset(word for word in _EVERY if word.isdigit())
_NOISE_WORD = 100
"""A text with fewer common words than one in so many characters may be none."""


@dataclass(frozen=True, slots=True)
class _ListedWords:
    """Words of blocks that are on some list: which word stands in which block.

    Attributes
    ----------
    word, block
        Numbers of a word and of its block, shape (words,).
    blocks
        How many blocks there are.
    order
        The score of the order of each block's words, shape (blocks,).
    known, pasted
        How many words of each are common ones of three letters or more, and how many are the
        rubric's, shape (blocks,).
    """

    word: Whole
    block: Whole
    blocks: int
    order: Whole
    known: Whole
    pasted: Whole

    @classmethod
    def of(cls, tokens: Sequence[Sequence[bytes]]) -> _ListedWords:
        """The listed ones among the words of blocks."""
        lengths = [len(words) for words in tokens]
        numbers = map(_NUMBER.get, chain.from_iterable(tokens), repeat(-1))
        word = np.fromiter(numbers, np.int64, sum(lengths))
        block = np.repeat(np.arange(len(tokens)), lengths)
        classes = _CLASS.take(word, mode="wrap")
        pairs = _SCORES[classes[:-1], classes[1:]]
        ends = np.cumsum(lengths, dtype=np.int64)[:-1]
        pairs[ends[(ends > 0) & (ends < len(word))] - 1] = 0  # from one block to the next
        blocks = len(tokens)
        order = np.bincount(block[1:], pairs, blocks).astype(np.int64)
        kinds = np.bincount(block, _KINDS.take(word, mode="wrap"), blocks).astype(np.int64)
        pasted, known = np.divmod(kinds, _MANY)
        listed = (word >= 0) & (word < len(_LISTED))
        return cls(word[listed], block[listed], blocks, order, known, pasted)

    def different(self) -> _ListedWords:
        """Each word of a block once."""
        pairs = np.sort(self.block * len(_LISTED) + self.word)
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # np.unique would load numpy.ma
        block, word = np.divmod(pairs, len(_LISTED))
        return replace(self, word=word, block=block)

    def count(self, words: frozenset[bytes]) -> Whole:
        """How many words of a list each block has, shape (blocks,)."""
        chosen = _membership(words)[self.word]
        return np.bincount(self.block[chosen], minlength=self.blocks)


@cache
def _membership(words: frozenset[bytes]) -> NDArray[np.bool_]:
    """Which of all listed words are on one list."""
    return np.array([word in words for word in _LISTED], np.bool_)


def count_words(text: str) -> int:
    """Words of a text; in scripts without spaces two characters count as one word.

    Examples
    --------
    >>> count_words("two words"), count_words("日本語のモデル")
    (2, 4)
    """
    words = len(text.split())
    if is_latin(text):
        return words
    return words + len(re.findall(_CJK, text)) // 2


def count_numbers(text: str) -> int:
    """Numbers in a text; a decimal point or comma does not split one.

    Examples
    --------
    >>> count_numbers("loss 0.25 after 1,000 steps")
    2
    """
    return len(text.encode("utf-8", "replace").translate(_TO_DIGITS, b".,").split())
