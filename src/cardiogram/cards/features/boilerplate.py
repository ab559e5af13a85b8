"""Text that nobody wrote: unfilled templates, and what tools print on every card they make.

A block counts as boilerplate when many authors' cards contain it word for word, names and
numbers apart. The shapes of such blocks are learned once and shipped as hashes
(data/boilerplate.json); the makers are recognised by phrases of their own.
"""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from functools import cache
from typing import NamedTuple
from zlib import crc32

from cardiogram.cards.features.mentions import MAKERS, PHRASES
from cardiogram.names import DATA

MIN_WORDS = 3
_SHAPE_CHARACTERS = 500
_OPENING_CHARACTERS = 8
_PUNCTUATION = b".,:;!?()[]*`'\""

GENERATORS = tuple(PHRASES["generators"])
"""Tools that write cards; their phrases are data (data/phrases.json)."""


class Shapes(NamedTuple):
    """What is known of boilerplate: hashes of whole blocks and of how these begin, and words.

    Attributes
    ----------
    words
        Everyday words of cards, lower case: by themselves they tell nothing of a model.
    """

    shapes: frozenset[int]
    openings: frozenset[int]
    words: frozenset[bytes] = frozenset()


def hash_shape(text: str) -> int:
    """Hash of a block's plain words: names, numbers and punctuation do not count.

    Returns
    -------
    int
        CRC-32 of the alphabetic words; 0 where there are fewer than three.

    Examples
    --------
    >>> hash_shape("It achieves a loss of 0.25!") == hash_shape("It achieves a loss of 1.7")
    True
    """
    start = text[:_SHAPE_CHARACTERS].lower().encode("utf-8", "replace")
    words = [word for word in start.translate(None, _PUNCTUATION).split() if word.isalpha()]
    return crc32(b" ".join(words)) if len(words) >= MIN_WORDS else 0


def opening(text: str) -> int:
    """Hash of a block's first characters, by which most blocks are told from boilerplate."""
    return crc32(text[:_OPENING_CHARACTERS].lower().encode("utf-8", "replace"))


def is_boilerplate(text: str) -> bool:
    """Whether many authors' cards contain this block."""
    known = load_shapes()
    return opening(text) in known.openings and hash_shape(text) in known.shapes


@cache
def load_shapes() -> Shapes:
    """Shapes of the blocks that many authors' cards share, and everyday words."""
    file = DATA / "boilerplate.json"
    data = json.loads(file.read_text("utf-8"))
    words = frozenset(word.encode() for word in data["words"])
    return Shapes(frozenset(data["shapes"]), frozenset(data["openings"]), words)


def find_generators(lower: bytes, words: AbstractSet[bytes]) -> tuple[str, ...]:
    """Names of the tools whose phrases a card contains, in alphabetical order.

    Parameters
    ----------
    lower
        The card's source text as UTF-8, its ASCII letters in lower case.
    words
        Those of its words that :data:`MAKERS` knows, or more of them.
    """
    return tuple(sorted(MAKERS.names(lower, words)))
