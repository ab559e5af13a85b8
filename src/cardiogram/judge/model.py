"""What maps a card's facts to nine numbers: boosted trees and a straight line, side by side.

The trees find thresholds, the line keeps every fact moving the rating a little. Both are
evaluated in whole numbers, so that sums are exact and the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.judge.trees import UNIT, Forest

GRAIN = 1 << 10
"""A feature's value of 1 is this many grains for the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A linear model of features that are held within what training saw.

    Attributes
    ----------
    low, high
        Range of each feature in grains, shape (features,).
    weight
        Units a grain, shape (features, targets).
    base
        Units at the origin, shape (targets,).
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    weight: NDArray[np.int64]
    base: NDArray[np.int64]

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Evaluate the line; shape (cards, targets), in rating points."""
        grains = np.rint(x.astype(np.float64) * GRAIN).astype(np.int64)
        sums = np.clip(grains, self.low, self.high) @ self.weight + self.base
        scaled: NDArray[np.float64] = sums / (UNIT * GRAIN)
        return scaled


@dataclass(frozen=True, slots=True)
class Model:
    """Trees and line, averaged.

    Attributes
    ----------
    share
        Weight of the trees, 0-1; the line has the rest.
    """

    forest: Forest
    line: Line
    share: float = 2 / 3

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Expected values of the nine numbers, shape (cards, 9), each within 1-5."""
        trees = np.clip(self.forest.predict(x), 1.0, 5.0)
        line = np.clip(self.line.predict(x), 1.0, 5.0)
        mixed: NDArray[np.float64] = self.share * trees + (1 - self.share) * line
        return mixed
