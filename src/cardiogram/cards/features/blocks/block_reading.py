"""What a block says, and how it is read on the standard library alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from itertools import islice, repeat
from operator import getitem

from cardiogram.cards.features.blocks.lanes import CONVERTED, Counts, sum_up
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
from cardiogram.lazy import regex
from cardiogram.records import NamedTuple
from cardiogram.text import is_latin

TO_DIGITS = bytes(byte if 48 <= byte <= 57 else 32 for byte in range(256))
_CJK = regex("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_SCRIPTS = regex("[\u0400-\u04ff\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_QUANTITY = regex(
    rb"\d[\d.,]{0,12}\s?(?:[kmb]|million|billion|thousand)?\+?\s(?:[a-z-]{1,20}\s){0,2}(?:"
    + b"|".join(sorted(UNITS, reverse=True))
    + rb")\b"
)
MAX_BLOCK_WORDS = 400


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


class BlockReadings(NamedTuple):
    """What was read of different blocks.

    Attributes
    ----------
    row
        Text of a block to its number.
    blocks, counts
        One a block; the counts as of :class:`Counts`.
    amounts
        What each adds as a paragraph that is no copy, as of :func:`sum_up`.
    topics
        Topics of the content that each block's words name: each once, and once more for each word
        of a script without spaces.
    """

    row: Mapping[str, int]
    blocks: Sequence[BlockReading]
    counts: Sequence[Sequence[int]]
    topics: Sequence[Iterable[str]]
    amounts: Sequence[int]


def read_one_by_one(row: Mapping[str, int]) -> BlockReadings:
    """Read blocks on the standard library alone."""
    read = list(map(_read_block, row))
    blocks, counts, topics = zip(*read, strict=True) if read else ((), (), ())
    return BlockReadings(row, blocks, counts, topics, list(map(sum_up, counts)))


def _read_block(text: str) -> tuple[BlockReading, Counts, Iterable[str]]:
    lower = lower_bytes(text)
    tokens = list_words(lower)
    listed = LISTED.intersection(tokens)
    known = list(map(WORDS.get, tokens, repeat(-1)))
    summed = sum(map(KINDS.__getitem__, known))
    numbers = len(lower.translate(TO_DIGITS, b".,").split())
    is_other = not text.isascii() and not is_latin(text)
    words = count_words(text) if is_other else len(text.split())
    conversion = len(CONVERSION & listed) if listed else 0
    placeholder, boilerplate = is_placeholder(text), is_boilerplate(text, lower)
    counts = Counts(
        words if words < MAX_BLOCK_WORDS else MAX_BLOCK_WORDS,
        numbers,
        len(text),
        count_foreign(text) if is_other else 0,
        *(_count_beside(lower, numbers, listed) if numbers else _NOTHING),
        summed & LANE,
        conversion,
        placeholder,
        boilerplate,
    )
    topics: Iterable[str] = set().union(*map(TOPICS_OF.__getitem__, listed)) if listed else ()
    if is_other:
        topics = [*topics, *CONTENT.named_without_spaces(text)]
    if conversion >= CONVERTED:
        topics = [topic for topic in topics if topic != "evaluation"]
    void = is_void(text, tokens, listed, numbers, summed)
    order = 0 if "|" in text and is_table(text) else _score_order(known)
    return (
        BlockReading(lower, tokens, placeholder, boilerplate, void, order),
        counts,
        topics,
    )


_NOTHING = (0, 0, 0, 0)


def _count_beside(
    lower: bytes, numbers: int, listed: AbstractSet[bytes]
) -> tuple[int, int, int, int]:
    """Of a text with numbers: decimal signs, quantities, measures and settings."""
    split = len(lower.translate(TO_DIGITS).split())
    return (
        split - numbers + lower.count(b"%"),
        0 if UNITS.isdisjoint(listed) else count_quantities(lower),
        min(numbers, len(MEASURES & listed)),
        min(numbers, len(SETTINGS & listed)),
    )


def _score_order(known: Sequence[int]) -> int:
    """The score of the order of a text's words, by their numbers."""
    rows, after = map(_ROW.__getitem__, known), map(_CLASS.__getitem__, islice(known, 1, None))
    return sum(map(getitem, rows, after))


def is_void(
    text: str, tokens: Sequence[bytes], listed: AbstractSet[bytes], numbers: int, summed: int
) -> bool:
    """Whether a block tells a reader nothing; few need a closer look."""
    count, letters = len(tokens), len(text)
    if listed:
        if CONTENT.is_list(tokens, listed) and not is_table(text):
            return True
        if not JUDGE_WORDS.isdisjoint(listed) and CONTENT.speaks_to_judge(text, tokens):
            return True
    pasted = summed >> 2 * BITS
    if pasted >= PASTED_SHARE * count and count >= PASTED_WORDS and _RUBRIC.has_runs_of(tokens):
        return True
    if letters >= NOISE_LETTERS:
        known = summed >> BITS & LANE
        if known * NOISE_WORD <= letters and is_noise(text):
            return True
    may_be_bare = numbers >= FEWEST_NUMBERS and 4 * numbers >= count
    return may_be_bare and is_bare(text, tokens)


def count_quantities(lower: bytes) -> int:
    """Numbers of things to learn from, of a text in lower case."""
    return len(_QUANTITY.findall(lower))


def count_foreign(text: str) -> int:
    """Characters of scripts that are neither Latin nor Greek."""
    return len(_SCRIPTS.findall(text))


def is_table(text: str) -> bool:
    """Whether a text is a table in Markdown."""
    return "|" in text and ("--" in text or ":-" in text)


LISTED = CONTENT.words | JUDGE_WORDS | CONVERSION | MEASURES | SETTINGS | UNITS
ORDER = load_order()
_RUBRIC = read_rubrics(lambda text: list_words(lower_bytes(text)))
_KNOWN = LISTED | HEDGES | CONTENT.function_words
_EVERY = list(
    dict.fromkeys([*sorted(LISTED), *sorted(_KNOWN), *ORDER.classes, *sorted(_RUBRIC.words)])
)
WORDS = {word: number for number, word in enumerate(_EVERY)}
_CLASS = list(map(ORDER.classes.get, [*_EVERY, b""], repeat(ORDER.other)))
_ROW = [ORDER.scores[place] for place in _CLASS]
BITS = 20  # a card has fewer words
LANE = (1 << BITS) - 1
KINDS = [(len(word) > 2 and not word.isdigit()) << BITS for word in [*_EVERY, b""]]
for _words, _kind in ((HEDGES, 1), (_RUBRIC.words, 1 << 2 * BITS)):
    for _word in _words:
        KINDS[WORDS[_word]] += _kind
"""Of a word, whether it makes a limit, is common, and is the rubric's: three counts in one sum."""
TOPICS_OF = {
    word: frozenset(topic for topic, words in CONTENT.topics.items() if word in words)
    for word in LISTED
}
NOISE_WORD = 100
"""A text with fewer common words than one in so many characters may be none."""


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
    return words + len(_CJK.findall(text)) // 2


def count_numbers(text: str) -> int:
    """Numbers in a text; a decimal point or comma does not split one.

    Examples
    --------
    >>> count_numbers("loss 0.25 after 1,000 steps")
    2
    """
    return len(text.encode("utf-8", "replace").translate(TO_DIGITS, b".,").split())
