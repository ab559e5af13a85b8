"""The words of many cards at once with numpy, as :func:`.terms_of` takes each card apart.

Texts are joined, a zero byte behind each; words are runs of bytes, and those that count are copied
with one blank behind each. No word becomes an object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.card import Card
from cardiogram.cards.features.boilerplate import (
    MIN_WORDS,
    PUNCTUATION,
    SHAPE_CHARACTERS,
    hash_shape,
)
from cardiogram.cards.features.terms import LONGEST, MAX_WORDS, first_words, list_scripts
from cardiogram.text import is_latin

_BLANK, _STRANGE = " ", "0"
_BEYOND = 128
_ASCII = [chr(code) for code in range(1, _BEYOND)]
_WORDS = b"\0" + "".join([c.lower() if c.isalnum() else _BLANK for c in _ASCII]).encode()
_WORDS += bytes(range(_BEYOND, 256))
_LETTERS = (
    b"\0"
    + "".join(
        [c.lower() if c.isalpha() else _BLANK if c.encode().isspace() else _STRANGE for c in _ASCII]
    ).encode()
)
_LETTERS += _STRANGE.encode() * _BEYOND
_SIGNS = 100
_LONG = 100_000
"""Characters from which a text is read by itself: few of its words count."""


Line: TypeAlias = "tuple[str, int]"
"""A piece as it is written, and how many words it has."""


def list_pieces(cards: Sequence[Card]) -> list[str]:
    """The pieces of each card, as :meth:`.CardTerms.pieces_as_text` writes them."""
    texts_of = [[block.text for block in card.document.blocks] for card in cards]
    texts = [text for text in dict.fromkeys(chain.from_iterable(texts_of)) if len(text) < _LONG]
    plain = {
        text: lower
        for text in texts
        if (lower := text if text.isascii() else _read_latin(text)) is not None
    }
    words, counts = _find_words([*plain.values()])
    shapes = _hash_shapes([*plain])
    lines = {
        text: (f"{shape} {line}", count)
        for text, shape, line, count in zip(plain, shapes, words, counts, strict=True)
    }
    return [_write(some, lines) for some in texts_of]


def _write(texts: Sequence[str], known: Mapping[str, Line]) -> str:
    """The pieces of one card."""
    lines, left = [], MAX_WORDS
    for text in texts:
        line, count = known.get(text) or _read_alone(text, left)
        if count > left:
            line = " ".join(line.split(" ")[: left + 1])
        if count:
            lines.append(line)
            left -= count
        if left <= 0:
            break
    if not all(map(str.isascii, texts)) and (scripts := list_scripts(texts)):
        lines.append(" ".join(["0", *scripts]))
    return "\n".join(lines)


def _read_alone(text: str, limit: int) -> Line:
    words = first_words(text, limit)
    return " ".join([str(hash_shape(text)), *words]), len(words)


def _read_latin(text: str) -> str | None:
    """A text in Latin letters in lower case, its other signs beyond ASCII blank.

    None where it has other letters, or so many different signs that it takes less by itself.
    """
    lower = text.lower()
    if not is_latin(lower):
        return None
    signs = [sign for sign in {*lower} if not (sign.isascii() or sign.isalnum())]
    if len(signs) > _SIGNS:
        return None
    for sign in signs:
        lower = lower.replace(sign, _BLANK)
    return lower


def _find_words(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words of texts in ASCII, or of :func:`_read_latin`, as :func:`.split_words` does."""
    data = _join(texts, _BLANK).translate(_WORDS)
    runs = _Runs.of(data)
    counting = runs.ends - runs.starts <= LONGEST
    highest = runs.highest()
    counting &= highest > ord("9")
    for run in np.flatnonzero(highest >= _BEYOND).tolist():
        word = data[runs.starts[run] : runs.ends[run]].decode()
        counting[run] = len(word) <= LONGEST and not word.isdigit()
    joined, counts = runs.keep(counting)
    return joined.decode().split("\0")[1:-1], counts


def _hash_shapes(texts: Sequence[str]) -> list[int]:
    """Hashes as of :func:`.hash_shape`."""
    starts = [text[:SHAPE_CHARACTERS] for text in texts]
    lower = [start if start.isascii() else start.lower() for start in starts]
    data = _join(lower, _STRANGE).translate(_LETTERS, PUNCTUATION)
    runs = _Runs.of(data)
    other = np.zeros(len(runs.starts), bool)
    places = np.flatnonzero(runs.signs == ord(_STRANGE))
    other[np.searchsorted(runs.starts, places, side="right") - 1] = True
    joined, counts = runs.keep(~other)
    shapes = zip(map(crc32, joined.split(b"\0")[1:-1]), counts, strict=True)
    return [shape if count >= MIN_WORDS else 0 for shape, count in shapes]


def _join(texts: Sequence[str], instead: str) -> bytes:
    """Texts with a zero byte before and behind each, and something instead of their own."""
    joined = "\0".join(["", *texts, ""])
    if joined.count("\0") > len(texts) + 1:
        joined = "\0".join(["", *[text.replace("\0", instead) for text in texts], ""])
    return joined.encode("utf-8", "replace")


class _Runs(NamedTuple):
    """Runs of bytes that are neither blank nor zero: where each begins, and what is behind it."""

    signs: NDArray[np.uint8]
    inside: NDArray[np.bool_]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, data: bytes) -> _Runs:
        """Find the runs of what begins and ends with a zero byte."""
        signs = np.frombuffer(data, np.uint8)
        inside = signs > ord(_BLANK)
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        return cls(signs, inside, edges[::2], edges[1::2])

    def highest(self) -> NDArray[np.uint8]:
        """The highest byte of each run."""
        edges = np.column_stack([self.starts, self.ends]).ravel()
        return np.maximum.reduceat(self.signs, edges)[::2] if len(edges) else edges.astype(np.uint8)

    def keep(self, counting: NDArray[np.bool_]) -> tuple[bytes, list[int]]:
        """The texts with some of the runs, a blank between them, and how many each has."""
        ends = self.signs == 0
        runs = np.searchsorted(self.starts, np.flatnonzero(ends))
        counts = np.diff(np.concatenate([[0], np.cumsum(counting)])[runs])
        copied = ends
        if len(self.starts):
            first = self.starts[0]
            copied[first:] |= np.repeat(counting, np.diff(self.starts, append=len(ends))) & (
                self.inside[first:] | self.inside[first - 1 : -1]
            )
        return self.signs[copied].tobytes().replace(b" \0", b"\0"), counts.tolist()
