"""What near-duplicates are told by: 64 minima of the hashed word triples of each text (MinHash).

All words of many texts are hashed together, as bytes in columns: no text, line or word is an object
of Python. A worker does so with a shard, and needs little memory beside its texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.analysis.duplicates import MINIMA, Signatures
from cardiogram.store import Study

MINIMUM_WORDS = 3
_MOST_WORDS = 20_000
_MOST_BYTES = 1 << 20
_BYTES_AT_ONCE = 1 << 19  # what is made of them fits the processor's cache
_LONG = 64
_SPACE = ord(" ")
_LETTERS = bytes(
    code if code > 127 else ord(chr(code).lower()) if chr(code).isalpha() else _SPACE
    for code in range(256)
)


@dataclass(frozen=True, slots=True)
class SignedShard:
    """Rows of a shard with a signature, and those whose texts are in another shard of `cards/`."""

    rows: NDArray[np.int64]
    minima: NDArray[np.uint32]
    elsewhere: NDArray[np.int64]


def sign_shard(root: Path, shard: str, rows: NDArray[np.int64]) -> SignedShard:
    """Sign the texts of some rows of a shard of `models/`."""
    study = Study(root)
    models = study.models.read(["id", "card_sha256"], f"{shard}.parquet").take(pa.array(rows))
    cards = study.cards.read(["card_sha256", "body"], f"{shard}.parquet").combine_chunks()
    sha = models["card_sha256"].combine_chunks()
    place = pc.index_in(sha, value_set=cards["card_sha256"].combine_chunks())
    has_card = pc.is_valid(sha).to_numpy(zero_copy_only=False)
    place = place.fill_null(-1).to_numpy(zero_copy_only=False)
    here = place >= 0
    texts = cards["body"].combine_chunks().take(pa.array(place[here]))
    del cards
    signed = sign(texts, models["id"].combine_chunks().filter(pa.array(here)))
    del texts
    pa.default_memory_pool().release_unused()
    own = signed.signed
    return SignedShard(rows[here][own], signed.minima[own], rows[has_card & ~here])


def sign(texts: pa.Array, ids: pa.Array) -> Signatures:
    """Boil texts down to 64 minima each; a text of fewer than three words has none.

    Parameters
    ----------
    texts
        Bodies of cards, of which the first 20,000 words within 1 MB count. Case, digits and
        punctuation do not.
    ids
        Of their models; a text's words that are in its id do not count: a template with another
        name is the same.

    References
    ----------
    Broder (1997), On the resemblance and containment of documents.
    """
    signed = Signatures(np.zeros((len(texts), MINIMA), np.uint32), np.zeros(len(texts), dtype=bool))
    size = np.asarray(pc.binary_length(texts).fill_null(0), np.int64)
    piece = np.cumsum(size) // _BYTES_AT_ONCE
    cuts = [*np.flatnonzero(np.diff(piece, prepend=-1)).tolist(), len(texts)]
    for first, end in pairwise(cuts):
        words = _hash_words(texts.slice(first, end - first))
        words = words.without(_hash_words(ids.slice(first, end - first)))
        counts = np.bincount(words.row, minlength=end - first)
        has_one = counts >= MINIMUM_WORDS
        signed.signed[first:end] = has_one
        if has_one.any():
            minima = _find_minima(words.codes[has_one[words.row]], counts[has_one])
            signed.minima[first:end][has_one] = minima
    return signed


@dataclass(frozen=True, slots=True)
class _Words:
    """The hash (CRC-32) of each word, and which text it stands in."""

    codes: NDArray[np.uint32]
    row: NDArray[np.int64]

    def without(self, others: _Words) -> _Words:
        """The words that are not in the other text of the same number."""
        own, other = ((words.row << 32) | words.codes for words in (self, others))
        other = np.append(np.sort(other), -1)
        kept = other[np.searchsorted(other[:-1], own)] != own
        return _Words(self.codes[kept], self.row[kept])


def _hash_words(texts: pa.Array) -> _Words:
    """Hash the words of texts: letters, in lower case."""
    raw = [_cut(text or b"") for text in texts.cast(pa.large_binary()).to_pylist()]
    data = np.frombuffer(bytearray(b" ").join([*raw, b""]).translate(_LETTERS), np.uint8)
    _blank_other_signs(data)
    is_letter = data != _SPACE
    starts, ends = np.flatnonzero(np.diff(is_letter, prepend=False)).reshape(-1, 2).T
    sizes = ends - starts
    after = np.cumsum(sizes, dtype=np.int32)
    to_end = np.repeat(after, sizes)
    to_end -= np.arange(1, to_end.size + 1, dtype=np.int32)
    shifted, blank = _tables()
    parts = shifted.take((to_end << 8) | data[is_letter], mode="clip")
    codes = np.bitwise_xor.reduceat(parts, after - sizes) if sizes.size else parts
    codes ^= blank[np.minimum(sizes, _LONG)]
    for word in np.flatnonzero(sizes > _LONG).tolist():
        codes[word] = crc32(data[starts[word] : ends[word]].tobytes())
    ends_of_texts = np.cumsum([len(text) + 1 for text in raw])
    counts = np.diff(np.searchsorted(starts, ends_of_texts), prepend=0)
    row = np.repeat(np.arange(counts.size), counts)
    early = np.arange(row.size) - (np.cumsum(counts) - counts)[row] < _MOST_WORDS
    return _Words(codes[early], row[early])


def _cut(text: bytes) -> bytes:
    return text if len(text) <= _MOST_BYTES else text[:_MOST_BYTES].decode(errors="ignore").encode()


def _blank_other_signs(data: NDArray[np.uint8]) -> None:
    """Write letters beyond ASCII small, and spaces in the place of all other signs there."""
    edges = np.flatnonzero(np.diff(data > 127, prepend=False)).tolist()
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        write = _known_letters if end - start <= _LONG else _small_letters
        data[start:end] = np.frombuffer(write(data[start:end].tobytes()), np.uint8)


def _small_letters(run: bytes) -> bytes:
    """Signs in UTF-8 as small letters or spaces, in as many bytes."""
    text = run.decode()
    small = text.lower()
    if len(small.encode()) != len(run):  # a few letters are longer or shorter when small
        pairs = ((sign, sign.lower()) for sign in text)
        small = "".join(own if _size(own) == _size(sign) else sign for sign, own in pairs)
    if not small.isalpha():
        small = "".join(
            sign if sign.isalnum() and not sign.isdecimal() else " " * _size(sign) for sign in small
        )
    return small.encode()


_known_letters = lru_cache(1 << 14)(_small_letters)


def _size(text: str) -> int:
    return len(text.encode())


@cache
def _tables() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """What each byte adds to the hash of a word, by the bytes after it; hashes of zeros.

    CRC-32 is linear: the hash of a word is the sum (exclusive or) of those of its bytes, zeros in
    the place of all others, and of that of zeros alone.
    """
    blank = np.array([crc32(bytes(size)) for size in range(_LONG + 1)], np.uint32)
    shifted = [crc32(bytes([byte, *bytes(after)])) for after in range(_LONG) for byte in range(256)]
    return np.array(shifted, np.uint32) ^ np.repeat(blank[1:], 256), blank


def _find_minima(hashed: NDArray[np.uint32], counts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The minima of texts of so many words, three or more, shape (texts, 64)."""
    words, ends = hashed.astype(np.uint64), np.cumsum(counts)
    is_whole = np.ones(words.size - 2, dtype=bool)
    is_whole[ends[:-1] - 2] = is_whole[ends[:-1] - 1] = False
    triples = ((words[:-2] * _MIX[0] + words[1:-1]) * _MIX[1] + words[2:])[is_whole]
    triples ^= triples >> np.uint64(29)
    starts = ends - counts - 2 * np.arange(counts.size)
    mixed, minima = np.empty_like(triples), np.empty((MINIMA, counts.size), np.uint64)
    for factor, offset, smallest in zip(_FACTORS, _OFFSETS, minima, strict=True):
        np.multiply(triples, factor, out=mixed)
        np.add(mixed, offset, out=mixed)
        np.minimum.reduceat(mixed, starts, out=smallest)
    return np.asarray(minima.T >> np.uint64(32), np.uint32)


_random = np.random.default_rng(20260101)  # part of what a signature is: never changes
_MIX = _random.integers(1, 2**63, 2, dtype=np.uint64) | np.uint64(1)
_FACTORS = _random.integers(1, 2**63, MINIMA, dtype=np.uint64) | np.uint64(1)
_OFFSETS = _random.integers(0, 2**63, MINIMA, dtype=np.uint64)
