"""Vectors to places on a plane: t-SNE for the cards a map is fitted on.

Chosen in benchmarks/maps.py: it keeps more neighbours than UMAP and PaCMAP, compiles nothing,
and is exact to the bit under a seed, because its neighbours are found exactly and it uses one
thread.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cardiogram.maps.embedding import Vectors
from cardiogram.maps.neighbours import nearest
from cardiogram.optional import load_for_map

Places = NDArray[np.float64]

PERPLEXITY = 30
_SMALLEST = 10
_GOLDEN = math.pi * (3 - math.sqrt(5))
_HALO = 0.006
"""Distance between cards of one text, which lie around their place like seeds of a sunflower."""


def project(vectors: Vectors, seed: int = 0) -> Places:
    """Place cards on a plane.

    Parameters
    ----------
    vectors
        Of unit length, shape (n, dimensions).
    seed
        Of the projection.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2), between -1 and 1. Fewer than 10 different cards are placed by their first
        two dimensions: they have no neighbourhoods to keep.

    References
    ----------
    van der Maaten and Hinton (2008), Visualizing data using t-SNE, JMLR 9, 2579-2605; Policar,
    Strazar and Zupan (2024), openTSNE, J. Stat. Soft. 109(3).
    """
    if not len(vectors):
        return np.zeros((0, 2))
    different, which = np.unique(vectors, axis=0, return_inverse=True)
    which = which.ravel()
    if len(different) < 2:
        places = np.zeros((1, 2))  # in the middle
    else:
        places = _start(different) if len(different) < _SMALLEST else _tsne(different, seed)
    placed: Places = spread(_scaled(places)[which], which)
    return placed


def spread(places: Places, which: NDArray[np.integer]) -> Places:
    """Lay cards of one text around their place, so that none hides another."""
    order = np.argsort(which, kind="stable")
    starts = np.searchsorted(which[order], which[order], side="left")
    rank = np.empty(len(which), dtype=np.int64)
    rank[order] = np.arange(len(which)) - starts
    radius, angle = _HALO * np.sqrt(rank), _GOLDEN * rank
    moved = places + (radius * np.stack([np.cos(angle), np.sin(angle)])).T
    return np.asarray(np.clip(moved, -1, 1), dtype=np.float64)


def _tsne(vectors: Vectors, seed: int) -> Places:
    library = load_for_map("openTSNE")
    count = min(len(vectors) - 1, 3 * PERPLEXITY)
    neighbours = nearest(vectors, count=count)
    distances = np.sqrt(np.maximum(0, 2 - 2 * neighbours.similarity.astype(np.float64)))
    index = library.nearest_neighbors.PrecomputedNeighbors(neighbours.index, distances)
    affinities = library.affinity.PerplexityBasedNN(perplexity=count / 3, knn_index=index, n_jobs=1)
    fitted = library.TSNE(random_state=seed, n_jobs=1).fit(
        affinities=affinities, initialization=_start(vectors)
    )
    return np.asarray(fitted, dtype=np.float64)


def _start(vectors: Vectors) -> Places:
    """The first two principal components, small, as t-SNE wants its start."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    values, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, np.argsort(-values)[:2]]
    peaks = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    places = centred @ (axes * np.where(peaks < 0, -1.0, 1.0))
    places = np.pad(places, ((0, 0), (0, 2 - places.shape[1])))
    places += np.random.default_rng(0).normal(scale=1e-3, size=places.shape)
    return np.asarray(places / (places.std(axis=0)[0] or 1) * 1e-4)


def _scaled(places: Places) -> Places:
    """Fit into the square from -1 to 1, with one scale for both axes."""
    low, high = places.min(axis=0), places.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    return np.asarray((places - (low + high) / 2) / half * 0.97)
