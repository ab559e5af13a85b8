"""The words of many cards at once with numpy, as :func:`.terms_of` takes each card apart.

Texts are joined, a zero byte behind each; words are runs of bytes, and those that count are copied
with one blank behind each. No word becomes an object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple
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
_WORDS = b"\0" + "".join([c if c.isalnum() else _BLANK for c in _ASCII]).encode()
_WORDS += bytes(range(_BEYOND, 256))
_LETTERS = (
    b"\0"
    + "".join(
        [c if c.isalpha() else _BLANK if c.encode().isspace() else _STRANGE for c in _ASCII]
    ).encode()
)
_LETTERS += _STRANGE.encode() * _BEYOND
_LONG = 100_000
"""Characters from which a text is read by itself: few of its words count."""


class _Line(NamedTuple):
    """A piece as it is written, and how many words it has."""

    text: str
    words: int


def list_pieces(cards: Sequence[Card]) -> list[str]:
    """The pieces of each card, as :meth:`.CardTerms.pieces_as_text` writes them."""
    texts_of = [[block.text for block in card.document.blocks] for card in cards]
    texts = [text for text in dict.fromkeys(chain.from_iterable(texts_of)) if len(text) < _LONG]
    lower = {text: plain for text in texts if (plain := _lower(text)) is not None}
    words, counts = _find_words([*lower.values()])
    shapes = _hash_shapes([*lower])
    lines = {
        text: _Line(f"{shape} {line}", count) if count else _NOTHING
        for text, shape, line, count in zip(lower, shapes, words, counts, strict=True)
    }
    return [_write(some, lines) for some in texts_of]


def _write(texts: Sequence[str], known: Mapping[str, _Line]) -> str:
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


def _read_alone(text: str, limit: int) -> _Line:
    words = first_words(text, limit)
    return _Line(" ".join([str(hash_shape(text)), *words]), len(words)) if words else _NOTHING


_NOTHING = _Line("", 0)


def _lower(text: str) -> str | None:
    """A text in Latin letters in lower case, its other signs beyond ASCII blank; else None."""
    lower = text.lower()
    if lower.isascii():
        return lower.replace("\0", _BLANK)
    if not is_latin(lower):
        return None
    for sign in {*lower}:
        if not (sign.isascii() or sign.isalnum()):
            lower = lower.replace(sign, _BLANK)
    return lower.replace("\0", _BLANK)


def _find_words(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words of texts as of :func:`_lower`, as :func:`.split_words` keeps them."""
    data = _join(texts).translate(_WORDS)
    runs = _Runs.of(data)
    sizes, first = runs.ends - runs.starts, runs.signs[runs.starts]
    counting = sizes <= LONGEST
    doubtful = (
        (first <= ord("9")) | (first >= _BEYOND) | ((sizes > LONGEST) & (sizes <= 4 * LONGEST))
    )
    places = np.flatnonzero(doubtful)
    starts, ends = runs.starts[places].tolist(), runs.ends[places].tolist()
    for run, start, end in zip(places.tolist(), starts, ends, strict=True):
        word = data[start:end].decode()
        counting[run] = len(word) <= LONGEST and not word.isdigit()
    return runs.keep(counting)


def _hash_shapes(texts: Sequence[str]) -> list[int]:
    """Hashes as of :func:`.hash_shape`."""
    lower = [text[:SHAPE_CHARACTERS].lower().replace("\0", _STRANGE) for text in texts]
    data = _join(lower).translate(_LETTERS, PUNCTUATION)
    runs = _Runs.of(data)
    other = np.zeros(len(runs.starts), bool)
    places = np.flatnonzero(runs.signs == ord(_STRANGE))
    other[np.searchsorted(runs.starts, places, side="right") - 1] = True
    words, counts = runs.keep(~other)
    shapes = zip(words, counts, strict=True)
    return [crc32(some.encode()) if count >= MIN_WORDS else 0 for some, count in shapes]


def _join(texts: Sequence[str]) -> bytes:
    """Texts with a zero byte before and behind each."""
    return "\0".join(["", *texts, ""]).encode("utf-8", "replace")


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

    def keep(self, counting: NDArray[np.bool_]) -> tuple[list[str], list[int]]:
        """Some of the runs of each text, with a blank between them, and how many they are."""
        ends = self.signs == 0
        runs = np.searchsorted(self.starts, np.flatnonzero(ends))
        counts = np.diff(np.concatenate([[0], np.cumsum(counting)])[runs])
        copied = ends
        if len(self.starts):
            first = self.starts[0]
            copied[first:] |= np.repeat(counting, np.diff(self.starts, append=len(ends))) & (
                self.inside[first:] | self.inside[first - 1 : -1]
            )
        joined = self.signs[copied].tobytes().decode()
        return [text.rstrip(_BLANK) for text in joined.split("\0")[1:-1]], counts.tolist()
