"""What one block of a card says, whatever card it stands in.

Cards share many of their blocks: what was read of a short one is remembered for a while.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from cardiogram.cards.boilerplate import is_boilerplate
from cardiogram.cards.facts import CONTENT, HEDGES, LEXICON, MEASURES, SETTINGS, UNITS
from cardiogram.cards.phrases import list_words, lower_bytes
from cardiogram.cards.sections import is_placeholder

_TO_DIGITS = bytes(byte if 48 <= byte <= 57 else 32 for byte in range(256))
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_QUANTITY = re.compile(
    rb"\d[\d.,]{0,12}\s?(?:[kmb]|million|billion|thousand)?\+?\s(?:[a-z-]{1,20}\s){0,2}(?:"
    + b"|".join(sorted(UNITS, reverse=True))
    + rb")\b"
)
_MAX_BLOCK_WORDS = 400
_SHORT = 500
_REMEMBERED = 4096


class Values(NamedTuple):
    """What the numbers and hedges of a block say.

    Attributes
    ----------
    decimals
        Decimal points and per cent signs of its numbers.
    quantities
        Numbers of things to learn from: "104 documents", "850M English tweets".
    measures, settings
        Different names of metrics and of hyperparameters beside its numbers.
    hedges
        Words that make a limit of a sentence: "only", "may", "not".
    """

    decimals: int = 0
    quantities: int = 0
    measures: int = 0
    settings: int = 0
    hedges: int = 0


class Reading(NamedTuple):
    """Facts of one block.

    Attributes
    ----------
    topics
        Topics that its words name.
    void
        Whether it speaks to a judge, or only lists keywords.
    lower, tokens
        Its text in lower case, as UTF-8, and the words of that in their order.
    known
        Words that :data:`cardiogram.cards.facts.LEXICON` knows.
    words, numbers
        How many it has; of words at most 400 count.
    placeholder, boilerplate
        Whether it was left unfilled, and whether a tool printed it.
    values
        What its numbers and hedges say.
    """

    topics: Sequence[str]
    void: bool
    lower: bytes
    tokens: Sequence[bytes]
    known: AbstractSet[bytes]
    words: int
    numbers: int
    placeholder: bool
    boilerplate: bool
    values: Values


def read_block(text: str) -> Reading:
    """Read a block.

    Parameters
    ----------
    text
        Its visible text.
    """
    return _remembered(text) if len(text) <= _SHORT else _read(text)


def _read(text: str) -> Reading:
    lower = lower_bytes(text)
    tokens = list_words(lower)
    known = LEXICON.intersection(tokens)
    topics, void = CONTENT.read(text, tokens, known)
    numbers = count_numbers(text)
    return Reading(
        topics,
        void,
        lower,
        tokens,
        known,
        min(count_words(text), _MAX_BLOCK_WORDS),
        numbers,
        is_placeholder(text),
        is_boilerplate(text),
        _value(lower, tokens, known, numbers),
    )


def _value(
    lower: bytes, tokens: Sequence[bytes], known: AbstractSet[bytes], numbers: int
) -> Values:
    hedges = sum(map(tokens.count, HEDGES & known))
    if not numbers:
        return _WITHOUT if not hedges else Values(hedges=hedges)
    return Values(
        decimals=len(lower.translate(_TO_DIGITS).split()) - numbers + lower.count(b"%"),
        quantities=len(_QUANTITY.findall(lower)) if UNITS & known else 0,
        measures=min(numbers, len(MEASURES & known)),
        settings=min(numbers, len(SETTINGS & known)),
        hedges=hedges,
    )


_WITHOUT = Values()


_remembered = lru_cache(maxsize=_REMEMBERED)(_read)


def count_words(text: str) -> int:
    """Words of a text; in scripts without spaces two characters count as one word.

    Examples
    --------
    >>> count_words("two words"), count_words("日本語のモデル")
    (2, 4)
    """
    words = len(text.split())
    if text.isascii():
        return words
    return words + len(_CJK.findall(text)) // 2


def count_numbers(text: str) -> int:
    """Numbers in a text; a decimal point or comma does not split one.

    Examples
    --------
    >>> count_numbers("loss 0.25 after 1,000 steps")
    2
    """
    return len(text.encode("utf-8", "replace").translate(_TO_DIGITS, b".,").split())
