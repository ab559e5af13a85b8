"""Gradient-boosted trees as plain arrays, evaluated for many cards at once.

Leaves are whole numbers, so that sums are exact and the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNIT = 1 << 20
"""A leaf of 1 is worth 1 / UNIT of a rating point."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees for several targets, flattened.

    Attributes
    ----------
    feature, threshold, left, right, leaf
        One entry a node, shape (nodes,). A row goes left where its feature <= threshold; a leaf
        points to itself.
    roots
        First node of each tree, shape (trees,).
    target
        Which output each tree adds to, ascending, shape (trees,).
    base
        Start value of each output in units, shape (targets,).
    depth
        Longest path from a root to a leaf.
    """

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    leaf: NDArray[np.int64]
    roots: NDArray[np.int32]
    target: NDArray[np.int32]
    base: NDArray[np.int64]
    depth: int

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Evaluate all trees.

        Parameters
        ----------
        x
            Features, shape (cards, features).

        Returns
        -------
        numpy.ndarray
            Shape (cards, targets), in rating points.
        """
        rows = np.arange(len(x))[:, None]
        node = np.broadcast_to(self.roots, (len(x), len(self.roots)))
        for _ in range(self.depth):
            goes_left = x[rows, self.feature[node]] <= self.threshold[node]
            node = np.where(goes_left, self.left[node], self.right[node])
        starts = np.searchsorted(self.target, np.arange(len(self.base)))
        sums = np.add.reduceat(self.leaf[node], starts, axis=1)
        scaled: NDArray[np.float64] = (sums + self.base) / UNIT
        return scaled
