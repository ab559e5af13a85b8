"""Cards that are nearly the same text: one author's, or a template that many use.

Every card is boiled down to 64 minima of hashed word triples (MinHash). Cards that agree in
four minima of a band fall into one bucket, and a card joins the first of its bucket with which
it shares enough: the work grows with the number of cards, not of pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

SIMILAR = 0.6
"""Cards with at least this share of common word triples (Jaccard) are near-duplicates."""

MINIMUM_WORDS = 3
_BANDS, _ROWS = 16, 4
_HASHES = _BANDS * _ROWS
_MOST_WORDS = 20_000
_WORD = re.compile(r"[^\W\d_]+")

Signature = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Which cards are nearly the same.

    Attributes
    ----------
    cluster
        Number of each card's cluster, shape (n,); -1 for a card that stands alone.
    clusters, cards, largest
        Clusters of two or more cards, the cards in them, and those in the largest.
    same_author, shared
        Clusters whose cards all have one author, and those of several: a template.
    kept
        One card a cluster and every card that stands alone, shape (n,).
    """

    cluster: NDArray[np.int64]
    clusters: int
    cards: int
    largest: int
    same_author: int
    shared: int
    kept: NDArray[np.bool_]


def sign(text: str, leave_out: str = "") -> Signature | None:
    """Boil a text down to 64 minima.

    Parameters
    ----------
    text
        A card's text. Case, digits and punctuation do not count.
    leave_out
        The model's id, whose words do not count: a template with another name is the same.

    Returns
    -------
    numpy.ndarray or None
        None where there are fewer than three words.

    References
    ----------
    Broder (1997), On the resemblance and containment of documents.
    """
    own = set(_WORD.findall(leave_out.lower()))
    words = [word for word in _WORD.findall(text.lower())[:_MOST_WORDS] if word not in own]
    if len(words) < MINIMUM_WORDS:
        return None
    codes = {word: crc32(word.encode("utf-8", "replace")) for word in set(words)}
    hashed = np.array([codes[word] for word in words], dtype=np.uint64)
    with np.errstate(over="ignore"):
        triples = (hashed[:-2] * _MIX[0] + hashed[1:-1]) * _MIX[1] + hashed[2:]
        triples ^= triples >> np.uint64(29)
        mixed = triples[None, :] * _FACTORS[:, None]
        mixed += _OFFSETS[:, None]
    minima: Signature = (mixed.min(axis=1) >> np.uint64(32)).astype(np.uint32)
    return minima


def similarity(first: Signature, second: Signature) -> float:
    """Estimated share of common triples: the share of equal minima, with an error of 0.06."""
    return float(np.mean(first == second))


def find_duplicates(
    signatures: Sequence[Signature | None],
    authors: Sequence[str],
    created: Sequence[float],
) -> Duplicates:
    """Cluster near-duplicates, in time linear in their number.

    Parameters
    ----------
    signatures
        Of :func:`sign`, one a card.
    authors
        The author of each card.
    created
        When each model was made: of a cluster the oldest is kept, and of several the first.
    """
    parent = list(range(len(signatures)))
    buckets: dict[tuple[int, bytes], int] = {}
    for card, signature in enumerate(signatures):
        if signature is None:
            continue
        for band in range(_BANDS):
            key = (band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes())
            first = buckets.setdefault(key, card)
            root, other = _root(parent, first), _root(parent, card)
            if root != other and similarity(_known(signatures, first), signature) >= SIMILAR:
                parent[max(root, other)] = min(root, other)
    return _clusters([_root(parent, card) for card in range(len(parent))], authors, created)


def _clusters(roots: Sequence[int], authors: Sequence[str], created: Sequence[float]) -> Duplicates:
    members: dict[int, list[int]] = {}
    for card, root in enumerate(roots):
        members.setdefault(root, []).append(card)
    several = [cards for cards in members.values() if len(cards) > 1]
    cluster = np.full(len(roots), -1, dtype=np.int64)
    kept = np.ones(len(roots), dtype=bool)
    for number, cards in enumerate(several):
        cluster[cards] = number
        kept[cards] = False
        kept[min(cards, key=lambda card: (np.nan_to_num(created[card], nan=np.inf), card))] = True
    same_author = sum(len({authors[card] for card in cards}) == 1 for cards in several)
    return Duplicates(
        cluster,
        len(several),
        sum(map(len, several)),
        max(map(len, several), default=0),
        same_author,
        len(several) - same_author,
        kept,
    )


def by_cluster(duplicates: Duplicates, labels: Iterable[str]) -> Mapping[int, list[str]]:
    """Labels of the cards of each cluster, largest cluster first."""
    groups: dict[int, list[str]] = {}
    for number, label in zip(duplicates.cluster.tolist(), labels, strict=True):
        if number >= 0:
            groups.setdefault(number, []).append(label)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def _known(signatures: Sequence[Signature | None], card: int) -> Signature:
    known = signatures[card]
    assert known is not None
    return known


def _root(parent: list[int], card: int) -> int:
    while parent[card] != card:
        parent[card] = parent[parent[card]]
        card = parent[card]
    return card


_random = np.random.default_rng(20260101)  # part of what a signature is: never changes
_MIX = _random.integers(1, 2**63, 2, dtype=np.uint64) | np.uint64(1)
_FACTORS = _random.integers(1, 2**63, _HASHES, dtype=np.uint64) | np.uint64(1)
_OFFSETS = _random.integers(0, 2**63, _HASHES, dtype=np.uint64)
