"""Kernel regression on counted features: a card is rated as landmarks that it resembles are.

Landmarks are centres of groups of training cards. How much a card resembles one falls with the
squared distance of their features, taken over all of them and within each family. Everything
is computed in whole numbers that floats hold exactly, so that sums do not depend on their order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.judge.embedded.trees import UNIT

GRAIN = 1 << 10
"""A feature's value of 1 is this many grains, which hides the last bit of a logarithm."""

STEP = 16
"""Steps a standard deviation."""

REACH = 3
"""Standard deviations from the mean beyond which a feature is not told from rarer ones."""

LIKENESS = 1 << 16
"""Units of a likeness of 1."""

WEIGHT = 1 << 16
"""Units of a weight of 1."""

FEW = 12
"""Cards at once: their products are small enough that the linear algebra starts no threads, which
would take longer to wait for than to do without."""

SHARES = (10, 3)
"""Tenths of a likeness over all features, and over each family."""

_UNITS, _ONE = np.float32(LIKENESS), np.float32(1)


@dataclass(frozen=True, slots=True)
class Kernel:
    """A sum over landmarks of likeness times weight.

    Attributes
    ----------
    middle, scale
        Mean of each feature in grains, and steps a grain, shape (features,).
    family
        Family of each feature, from 0, shape (features,).
    width
        Of the likeness by one squared step, for each family and, last, for all features.
    landmark
        Features of the landmarks in steps, shape (landmarks, features).
    weight
        In units, shape (landmarks, targets).
    base
        Start value of each output, in rating points, in units of a leaf, shape (targets,).

    References
    ----------
    Rasmussen, Williams (2006), Gaussian Processes for Machine Learning, eq. 4.19 (the rational
    quadratic kernel) and section 8.3.7 (a projected process).
    """

    middle: NDArray[np.float64]
    scale: NDArray[np.float64]
    family: NDArray[np.int32]
    width: NDArray[np.float32]
    landmark: NDArray[np.int8]
    weight: NDArray[np.int64]
    base: NDArray[np.int64]

    def steps(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features in whole steps from their means, shape (cards, features)."""
        grains = np.rint(x.astype(np.float64) * GRAIN)
        return to_steps(grains, self.middle, self.scale)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Evaluate the kernel; shape (cards, targets), in rating points."""
        steps, landmark = self.steps(x), self.landmark.astype(np.float32)
        weight = self.weight.astype(np.float64)
        sums = np.zeros((len(x), weight.shape[1]))
        for first in range(0, len(x), FEW):
            alike = likeness(steps[first : first + FEW], landmark, self.family, self.width)
            sums[first : first + FEW] = alike.astype(np.float64) @ weight
        scaled: NDArray[np.float64] = sums / (LIKENESS * WEIGHT * SHARES[0]) + self.base / UNIT
        return scaled


def to_steps(
    grains: NDArray[np.float64], middle: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Grains to whole steps from the mean, at most REACH standard deviations."""
    steps = np.rint((grains - middle) * scale)
    held: NDArray[np.float32] = np.clip(steps, -REACH * STEP, REACH * STEP).astype(np.float32)
    return held


def likeness(
    one: NDArray[np.float32],
    other: NDArray[np.float32],
    family: NDArray[np.int32],
    width: NDArray[np.float32],
) -> NDArray[np.float32]:
    """How much each row of `one` resembles each of `other`, in whole units.

    Returns
    -------
    numpy.ndarray
        Shape (len(one), len(other)); at most LIKENESS * (10 + 3 * families).
    """
    together = np.zeros((len(one), len(other)), np.float32)
    alike = np.zeros((len(one), len(other)), np.float32)
    whole, part = SHARES
    for number in range(len(width) - 1):
        chosen = family == number
        near = _square_distance(one[:, chosen], other[:, chosen])
        together += near
        alike += part * np.rint(_UNITS / (_ONE + width[number] * near))
    alike += whole * np.rint(_UNITS / (_ONE + width[-1] * together))
    return alike


def _square_distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared distances of rows of whole numbers; exact, as all sums stay below 2 ** 24."""
    squares = (one * one).sum(axis=1)[:, None] + (other * other).sum(axis=1)
    distance: NDArray[np.float32] = squares - 2 * (one @ other.T)
    return distance
