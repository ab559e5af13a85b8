"""Nearest neighbours by cosine, exact and in numpy only: for fitting a map and for using one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.maps.embedding import Vectors
from cardiogram.maps.map_file import NEIGHBOURS

_CELLS = 1 << 23  # of a block of similarities: 32 MB
_GROUP = 32


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest cards of some cards, the nearest first.

    Attributes
    ----------
    index
        Rows of the neighbours, shape (n, k).
    similarity
        Cosine with each, shape (n, k).
    """

    index: NDArray[np.int64]
    similarity: NDArray[np.float32]


def nearest(vectors: Vectors, among: Vectors | None = None, count: int = NEIGHBOURS) -> Neighbours:
    """Find the most similar rows; equals are taken in their order.

    Parameters
    ----------
    vectors
        Of unit length, shape (n, dimensions).
    among
        Where neighbours are looked for; `vectors` themselves, each row without itself, unless
        given.
    count
        Neighbours of each row; fewer where there are not so many.
    """
    base = vectors if among is None else among
    count = max(0, min(count, len(base) - (among is None)))
    index = np.zeros((len(vectors), count), dtype=np.int64)
    similarity = np.zeros((len(vectors), count), dtype=np.float32)
    step = max(1, _CELLS // max(1, len(base)))
    for first in range(0, len(vectors) if count else 0, step):
        block = vectors[first : first + step] @ base.T
        rows = np.arange(len(block))
        if among is None:
            block[rows, first + rows] = -np.inf
        best = _top(block, count) if among is None else _top_of_many(block, count)
        index[first : first + step] = best
        similarity[first : first + step] = np.take_along_axis(block, best, axis=1)
    return Neighbours(index, np.clip(similarity, -1, 1))


def _top_of_many(block: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """As :func:`_top`, looked for where it can be: in the columns whose groups have a high peak."""
    width = block.shape[1]
    groups = width // _GROUP
    if groups <= 4 * count:
        return _top(block, count)
    whole = groups * _GROUP
    peaks = block[:, :whole].reshape(len(block), _GROUP, groups).max(axis=1)
    high = np.argpartition(-peaks, count - 1, axis=1)[:, :count]
    columns = (high[:, None, :] + groups * np.arange(_GROUP)[:, None]).reshape(len(block), -1)
    last = np.broadcast_to(np.arange(whole, width), (len(block), width - whole))
    columns = np.sort(np.hstack([columns, last]), axis=1)
    best = _top(np.take_along_axis(block, columns, axis=1), count)
    return np.take_along_axis(columns, best, axis=1)


def _top(block: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    if count < block.shape[1]:
        best = np.argpartition(-block, count - 1, axis=1)[:, :count]
        best.sort(axis=1)
    else:
        best = np.tile(np.arange(block.shape[1]), (len(block), 1))
    order = np.argsort(-np.take_along_axis(block, best, axis=1), axis=1, kind="stable")
    nearest_first: NDArray[np.int64] = np.take_along_axis(best, order, axis=1)
    return nearest_first
