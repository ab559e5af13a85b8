"""Cards that are nearly the same text: one author's, or a template that many use.

Every card is boiled down to 64 minima of hashed word triples (MinHash). Cards that agree in
four minima of a band fall into one bucket, and a card joins the first of its bucket with which
it shares enough: the work grows with the number of cards, not of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.resampling import Floats

SIMILAR = 0.6
"""Cards with at least this share of common word triples (Jaccard) are near-duplicates."""

_BANDS, _ROWS = 16, 4
MINIMA = _BANDS * _ROWS
"""Numbers in a signature."""

_PAIRS_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class Signatures:
    """Signatures of texts.

    Attributes
    ----------
    minima
        Of :func:`~cardiogram.analysis.columns.sign`, shape (n, 64).
    signed
        Which rows have one, shape (n,).
    """

    minima: NDArray[np.uint32]
    signed: NDArray[np.bool_]


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
    signed
        Cards of three words or more.
    """

    cluster: NDArray[np.int64]
    clusters: int
    cards: int
    largest: int
    same_author: int
    shared: int
    kept: NDArray[np.bool_]
    signed: int = 0


def similarity(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> float:
    """Estimated share of common triples: the share of equal minima, with an error of 0.06."""
    return float(np.mean(first == second))


def find_duplicates(
    signatures: Signatures, authors: NDArray[np.integer], created: Floats
) -> Duplicates:
    """Cluster near-duplicates, in time nearly linear in their number.

    Parameters
    ----------
    authors
        Number of each card's author, shape (n,).
    created
        When each model was made: of a cluster the oldest is kept, and of several the first.
    """
    minima, cards = signatures.minima, np.flatnonzero(signatures.signed)
    label = np.arange(signatures.signed.size)
    for band in range(_BANDS if cards.size else 0):
        keys = np.ascontiguousarray(minima[cards, band * _ROWS : (band + 1) * _ROWS])
        first = cards[_first_alike(keys)]
        apart = label[first] != label[cards]  # those that an earlier band has joined stay so
        pairs = np.column_stack([first[apart], cards[apart]])
        label = _join(label, pairs[_are_similar(minima, pairs)])
    return replace(_clusters(label, authors, created), signed=int(cards.size))


def _join(label: NDArray[np.int64], pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Labels of rows, one for what pairs of rows join."""
    if not len(pairs):
        return label
    ends, labels = label[pairs.T], int(label.max()) + 1
    graph = scipy("sparse").coo_array((np.ones(len(pairs), np.int8), ends), shape=(labels, labels))
    _, joined = scipy("sparse.csgraph").connected_components(graph, directed=False)
    return np.asarray(joined[label], np.int64)


def _first_alike(keys: NDArray[np.uint32]) -> NDArray[np.int64]:
    """For each row the first row that is the same, shape (n,)."""
    whole = keys.view(np.uint64)
    order = np.lexsort((np.arange(len(whole)), whole[:, 1], whole[:, 0]))
    ordered = whole[order]
    is_new = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1))
    first = np.empty(len(whole), np.int64)
    first[order] = order[np.flatnonzero(is_new)[np.cumsum(is_new) - 1]]
    return first


def _are_similar(minima: NDArray[np.uint32], pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether two cards share enough."""
    similar = np.zeros(len(pairs), dtype=bool)
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        now = slice(start, start + _PAIRS_AT_ONCE)
        first_card, card = pairs[now].T
        similar[now] = np.mean(minima[first_card] == minima[card], axis=1) >= SIMILAR
    return similar


def _clusters(
    label: NDArray[np.int64], authors: NDArray[np.integer], created: Floats
) -> Duplicates:
    """Number the labels of two cards or more as they come, and keep one card of each."""
    n, sizes = label.size, np.bincount(label)
    several = np.flatnonzero(sizes[label] > 1)
    first, cluster = np.full(sizes.size, n), np.full(n, -1, np.int64)
    np.minimum.at(first, label[several], several)
    chosen = np.argsort(first, kind="stable")[: int((sizes > 1).sum())]
    number = np.full(sizes.size, -1, np.int64)
    number[chosen] = np.arange(chosen.size)
    cluster[several] = number[label[several]]
    oldest = np.lexsort((several, np.nan_to_num(created[several], nan=np.inf), cluster[several]))
    starts = np.flatnonzero(np.diff(cluster[several][oldest], prepend=-1))
    kept = np.ones(n, dtype=bool)
    kept[several] = False
    kept[several[oldest[starts]]] = True
    own = np.unique(np.column_stack([cluster[several], authors[several]]), axis=0)[:, 0]
    same_author = int((np.bincount(own, minlength=chosen.size) == 1).sum())
    return Duplicates(
        cluster,
        int(chosen.size),
        int(several.size),
        int(sizes[chosen].max(initial=0)),
        same_author,
        int(chosen.size) - same_author,
        kept,
    )


def largest_clusters(duplicates: Duplicates, clusters: int, cards: int) -> list[NDArray[np.int64]]:
    """The first cards of the largest clusters, the largest first."""
    sizes = np.bincount(duplicates.cluster[duplicates.cluster >= 0])
    chosen = np.argsort(-sizes, kind="stable")[:clusters]
    return [np.flatnonzero(duplicates.cluster == number)[:cards] for number in chosen]
