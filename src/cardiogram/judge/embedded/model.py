"""What maps a card's features to nine numbers: boosted trees and a kernel, side by side.

The trees find thresholds, the kernel keeps every feature moving the rating a little. Both are
evaluated in whole numbers, so that sums are exact and the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.judge.embedded.kernel import Kernel
from cardiogram.judge.embedded.trees import Forest


@dataclass(frozen=True, slots=True)
class Model:
    """Trees and kernel, averaged.

    Attributes
    ----------
    share
        Weight of the trees, 0-1; the kernel has the rest.
    """

    forest: Forest
    kernel: Kernel
    share: float = 0.5

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Expected values of the nine numbers, shape (cards, 9), each within 1-5."""
        trees = np.clip(self.forest.predict(x), 1.0, 5.0)
        kernel = np.clip(self.kernel.predict(x), 1.0, 5.0)
        mixed: NDArray[np.float64] = self.share * trees + (1 - self.share) * kernel
        return mixed
