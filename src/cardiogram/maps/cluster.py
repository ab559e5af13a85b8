"""Places to segments: Ward's clusters of the plane, and how firmly each card belongs to its own.

Chosen in benchmarks/maps.py: Ward's clusters agree better with the Hub's tags than HDBSCAN's,
leave no fifth of the cards over, and are as many as asked. What HDBSCAN is liked for, outliers,
comes from the neighbours instead, and by the same rule for cards that are placed later.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.maps.embedding import Vectors
from cardiogram.maps.neighbours import Neighbours, nearest
from cardiogram.maps.project import Places, project
from cardiogram.optional import load_for_map

MOST_SEGMENTS = 60
SMALLEST_SEGMENT = 5
"""Fewer cards are no segment: they are outliers."""

WEAK = 0.25
"""A card is an outlier where its segment has less than this of its neighbours, by similarity."""

_WHOLE = 4_000
"""From so many cards on, Ward's clusters join neighbours on the plane only: memory stays linear."""

_RESAMPLED = 500
OUTLIER = -1

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of the cards that a map is fitted on.

    Attributes
    ----------
    label
        Number of each card's cluster, the largest first, shape (n,); -1 for an outlier.
    strength
        Part of its neighbours, by similarity, that are in it, 0 to 1; 0 for an outlier.
    count
        How many clusters there are.
    """

    label: Labels
    strength: NDArray[np.float64]
    count: int


@dataclass(frozen=True, slots=True)
class Stability:
    """How much of the clustering a resample finds again.

    Attributes
    ----------
    draws, cards
        Resamples, and the cards of each.
    resamples
        Median adjusted Rand index of two resamples, on the cards that both hold.
    low, high
        The least and the greatest of these.
    map
        Median adjusted Rand index of a resample and the map itself.
    """

    draws: int
    cards: int
    resamples: float | None = None
    low: float | None = None
    high: float | None = None
    map: float | None = None
    reason: str | None = None


def segments_for(cards: int) -> int:
    """How many segments are looked for unless asked: the square root of the cards, at most 60."""
    return max(1, min(MOST_SEGMENTS, round(math.sqrt(cards))))


def cluster(vectors: Vectors, places: Places, count: int) -> Clusters:
    """Gather cards into segments.

    Parameters
    ----------
    vectors
        Of unit length, shape (n, dimensions); those of the neighbours that vote.
    places
        On the plane, shape (n, 2); what the clusters are made of.
    count
        Clusters to look for; small ones become outliers.
    """
    label = _ward(places, count)
    neighbours = nearest(vectors)
    for _ in range(2):  # an outlier's vote counts for no segment
        strength = votes_for(label, label[neighbours.index], neighbours)
        label = np.where((strength < WEAK) & (neighbours.index.shape[1] > 1), OUTLIER, label)
        label = _numbered(label)
    return Clusters(
        label, np.where(label == OUTLIER, 0.0, strength), int(label.max(initial=OUTLIER)) + 1
    )


def votes_for(label: Labels, votes: Labels, neighbours: Neighbours) -> NDArray[np.float64]:
    """Part of each row's neighbours, by similarity, that are in its cluster."""
    weight = np.maximum(neighbours.similarity, 0).astype(np.float64)
    total = weight.sum(axis=1)
    own = (weight * (votes == label[:, None])).sum(axis=1)
    return np.where(total > 0, own / np.where(total > 0, total, 1), float(votes.shape[1] < 2))


def _ward(places: Places, count: int) -> Labels:
    different, which = np.unique(places, axis=0, return_inverse=True)
    count = min(count, len(different))
    if count < 2:
        return np.zeros(len(places), dtype=np.int64)
    graph = None
    if len(different) > _WHOLE:
        neighbours = load_for_map("sklearn.neighbors")
        graph = neighbours.kneighbors_graph(different, 15, include_self=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # parts that no neighbour joins are joined
        ward = load_for_map("sklearn.cluster").AgglomerativeClustering(count, connectivity=graph)
        assigned = ward.fit_predict(different)
    return np.asarray(assigned[which.ravel()], dtype=np.int64)


def _numbered(label: Labels) -> Labels:
    """Number clusters by size, the largest first; those that are too small become outliers."""
    known, counts = np.unique(label[label != OUTLIER], return_counts=True)
    least = min(SMALLEST_SEGMENT, len(label) // 2)
    order = [int(known[i]) for i in np.lexsort((known, -counts)) if counts[i] >= least]
    number = {name: place for place, name in enumerate(order)}
    return np.array([number.get(int(name), OUTLIER) for name in label], dtype=np.int64)


def stability(vectors: Vectors, label: Labels, *, draws: int = 5, seed: int = 0) -> Stability:
    """Project and cluster resamples of the cards anew, and compare what comes out.

    Parameters
    ----------
    label
        The map's own clusters, shape (n,).
    draws
        Bootstrap resamples; each is of at most 500 cards, and finds as many clusters as the
        map has among these.

    References
    ----------
    Hubert and Arabie (1985), Comparing partitions, J. Classification 2, 193-218; Hennig (2007),
    Cluster-wise assessment of cluster stability, CSDA 52(1), 258-271.
    """
    size = min(_RESAMPLED, len(vectors))
    if draws < 2 or len(set(label.tolist()) - {OUTLIER}) < 2:
        asked = "there are no two segments to tell apart"
        return Stability(draws, size, reason=asked if draws >= 2 else "no resamples were asked for")
    rng = np.random.default_rng(seed)
    rand = load_for_map("sklearn.metrics").adjusted_rand_score
    frame = rng.choice(len(vectors), size, replace=False)
    samples: list[dict[int, int]] = []
    for _ in range(draws):
        chosen = np.unique(rng.choice(frame, size))
        wanted = max(2, len(set(label[chosen].tolist()) - {OUTLIER}))
        assigned = _ward(project(vectors[chosen], seed), wanted)
        samples.append(dict(zip(chosen.tolist(), assigned.tolist(), strict=True)))
    pairs = [
        _agree(rand, sample, other) for i, sample in enumerate(samples) for other in samples[:i]
    ]
    own = {row: int(name) for row, name in enumerate(label) if name != OUTLIER}
    return Stability(
        draws,
        size,
        float(np.median(pairs)),
        min(pairs),
        max(pairs),
        float(np.median([_agree(rand, own, sample) for sample in samples])),
    )


def _agree(
    rand: Callable[[list[int], list[int]], float], first: dict[int, int], second: dict[int, int]
) -> float:
    rows = sorted(first.keys() & second.keys())
    return float(rand([first[row] for row in rows], [second[row] for row in rows]))
