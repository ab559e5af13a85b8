"""What maps a card's features to nine numbers: boosted trees and a kernel, side by side.

The trees find thresholds, the kernel keeps every feature moving the rating a little. Both are
evaluated in whole numbers that floats hold exactly, so that sums do not depend on their order and
are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardiogram.judge.embedded.units import (
    GRAINS,
    LEAF_UNIT,
    LIKENESS_UNIT,
    REACH,
    STEPS,
    WEIGHT_UNIT,
)
from cardiogram.store import ArrayRecord

_AT_ONCE = 64
"""Cards evaluated together: one for each bit of a word."""

_ASKED_AT_ONCE = 1000
"""Tests asked together: few enough that what is compared stays in the processor's cache."""

FEW = 12
"""Cards at once: their products are small enough that the linear algebra starts no threads, which
would take longer to wait for than to do without."""

_UNITS, _ONE = np.float32(LIKENESS_UNIT), np.float32(1)


@dataclass(frozen=True, slots=True)
class Model:
    """Trees and kernel, averaged.

    Attributes
    ----------
    share
        Weight of the trees in each output, 0-1, shape (targets,); the kernel has the rest.
    sharpness
        How far each output is drawn from the mean of its labels, to which learning draws it, below
        the mean and above it, shape (2, targets).
    answer
        What makes the first output of all of them: a start, then a weight each; empty, and it stays
        as it is.
    """

    forest: Forest
    kernel: Kernel
    share: NDArray[np.float64] = field(default_factory=lambda: np.full(1, 0.5))
    sharpness: NDArray[np.float64] = field(default_factory=lambda: np.ones((2, 1)))
    answer: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Expected values of the nine numbers, shape (cards, 9), each within 1-5."""
        trees = np.clip(self.forest.predict(x), 1.0, 5.0)
        kernel = np.clip(self.kernel.predict(x), 1.0, 5.0)
        mixed = self.share * trees + (1 - self.share) * kernel
        middle = self.kernel.base / LEAF_UNIT
        sharpness = np.where(mixed < middle, *self.sharpness)
        drawn = np.clip(middle + sharpness * (mixed - middle), 1.0, 5.0)
        return answer_overall(drawn, self.answer)


def answer_overall(
    expected: NDArray[np.float64], answer: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Expected values with the first of them made of all, shape (cards, targets)."""
    if not len(answer):
        return expected
    first = np.full(len(expected), answer[0])
    for weight, column in zip(answer[1:], expected.T, strict=True):
        first = first + weight * column  # one by one: the order of a sum decides its last bit
    return np.column_stack([np.clip(first, 1.0, 5.0), expected[:, 1:]])


def read_model(
    record: ArrayRecord,
    share: Sequence[float],
    sharpness: Sequence[Sequence[float]],
    answer: Sequence[float],
) -> Model:
    """The model of a file of weights."""
    forest, kernel = (
        {name: np.array(flat.values).reshape(flat.shape) for name, flat in record[part].items()}
        for part in ("forest", "kernel")
    )
    outputs = map(np.array, (share, sharpness, answer))
    return Model(Forest(**forest), Kernel(**kernel), *outputs)


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees for several targets by levels, every way as long as the longest.

    Attributes
    ----------
    feature, threshold
        The different tests of all nodes, shape (tests,). A card goes left where its
        feature <= threshold.
    test
        The nodes' tests, level by level, shape (2 ** depth - 1, trees); on each level the bits of
        a node's number are the turns to it, 1 for right.
    leaf
        Values where the ways end, by the same bits, in units, shape (trees, 2 ** depth).
    target
        Which output each tree adds to, ascending, shape (trees,).
    base
        Start value of each output in units, shape (targets,).
    """

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    test: NDArray[np.int32]
    leaf: NDArray[np.int32]
    target: NDArray[np.int32]
    base: NDArray[np.int64]

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
        sums = np.empty((len(x), len(self.base)), np.int64)
        for first in range(0, len(x), _AT_ONCE):
            sums[first : first + _AT_ONCE] = self._sum_leaves(x[first : first + _AT_ONCE]).T
        scaled: NDArray[np.float64] = (sums + self.base) / LEAF_UNIT
        return scaled

    def _sum_leaves(self, x: NDArray[np.float32]) -> NDArray[np.int64]:
        """Sums of the leaves that up to 64 cards reach, shape (targets, cards)."""
        trees, ends = self.leaf.shape
        number = self._walk(self._ask(x), len(x)) + ends * np.arange(trees)[:, None]
        bounds = np.searchsorted(self.target, np.arange(len(self.base) + 1))
        sums = np.empty((len(self.base), len(x)), np.int64)
        for row, first, end in zip(sums, bounds[:-1], bounds[1:], strict=True):
            self.leaf.take(number[first:end]).sum(axis=0, out=row)
        return sums

    def _ask(self, x: NDArray[np.float32]) -> NDArray[np.uint64]:
        """Whether cards go right at each test: one word a test, one bit a card."""
        columns = np.ascontiguousarray(x.T)
        left = np.empty((len(self.feature), len(x)), np.bool_)
        for first in range(0, len(left), _ASKED_AT_ONCE):
            some = slice(first, first + _ASKED_AT_ONCE)
            values, threshold = columns[self.feature[some]], self.threshold[some, None]
            np.less_equal(values, threshold, out=left[some])
        packed = np.packbits(~left, axis=1, bitorder="little")
        words = np.zeros((len(left), _AT_ONCE // 8), np.uint8)
        words[:, : packed.shape[1]] = packed
        return words.view(np.uint64)[:, 0]

    def _walk(self, right: NDArray[np.uint64], cards: int) -> NDArray[np.uint16]:
        """The number of the leaf that each card reaches in each tree, shape (trees, cards).

        All cards walk at once, as the bits of words.
        """
        turns: list[NDArray[np.uint64]] = []
        while (above := (1 << len(turns)) - 1) < len(self.test):
            sides = [right[test] for test in self.test[above : 2 * above + 1]]
            for turn in turns:  # of the nodes on this level, keep those on the way so far
                half = len(sides) // 2
                pairs = zip(sides[:half], sides[half:], strict=True)
                sides = [on_left ^ (turn & (on_left ^ on_right)) for on_left, on_right in pairs]
            turns.append(sides[0])
        number = np.zeros((len(self.leaf), cards), np.uint16)
        for turn in turns:
            eights = turn.view(np.uint8).reshape(len(number), -1)
            number <<= 1
            number |= np.unpackbits(eights, axis=1, count=cards, bitorder="little")
        return number


@dataclass(frozen=True, slots=True)
class Kernel:
    """A sum over landmarks of likeness times weight, the families' likeness by their shares.

    Attributes
    ----------
    middle, scale
        Mean of each feature in grains, and steps a grain, shape (features,).
    family
        Family of each feature, from 0, shape (features,).
    width
        Of the likeness by one squared step, for each family and, last, for all features.
    share
        How much each family and, last, all features say to each output, shape (targets,
        families + 1).
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
    share: NDArray[np.int64]
    landmark: NDArray[np.int8]
    weight: NDArray[np.int64]
    base: NDArray[np.int64]

    def steps(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features in whole steps from their means, shape (cards, features)."""
        grains = np.rint(x.astype(np.float64) * GRAINS)
        return to_steps(grains, self.middle, self.scale)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Evaluate the kernel; shape (cards, targets), in rating points."""
        steps = self.steps(x)
        landmarks = _split_families(self.landmark.astype(np.float32), self.family, self.width)
        weights = (self.weight[None] * self.share.T[:, None]).astype(np.float64)
        sums = np.empty((len(x), weights.shape[2]))
        for first in range(0, len(x), FEW):
            alike = _likeness(steps[first : first + FEW], landmarks, self.width)
            sums[first : first + FEW] = (alike.astype(np.float64) @ weights).sum(axis=0)
        scaled: NDArray[np.float64] = sums / (LIKENESS_UNIT * WEIGHT_UNIT) + self.base / LEAF_UNIT
        return scaled


def to_steps(
    grains: NDArray[np.float64], middle: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Grains to whole steps from the mean, at most REACH standard deviations."""
    steps = np.rint((grains - middle) * scale)
    clipped: NDArray[np.float32] = np.clip(steps, -REACH * STEPS, REACH * STEPS).astype(np.float32)
    return clipped


def measure_likeness(
    rows: NDArray[np.float32],
    others: NDArray[np.float32],
    family: NDArray[np.int32],
    width: NDArray[np.float32],
) -> NDArray[np.float32]:
    """How much each row resembles each of the others, by family and over all, in whole units.

    Returns
    -------
    numpy.ndarray
        Shape (families + 1, len(rows), len(others)); at most LIKENESS_UNIT.
    """
    return _likeness(rows, _split_families(others, family, width), width)


class _Family(NamedTuple):
    """What is compared of one family: which features, and of the others their values and squares.

    Attributes
    ----------
    chosen, values, squares
        Shapes (features of the family,), (others, features of the family) and (others,).
    """

    chosen: NDArray[np.intp]
    values: NDArray[np.float32]
    squares: NDArray[np.float32]


def _split_families(
    others: NDArray[np.float32], family: NDArray[np.int32], width: NDArray[np.float32]
) -> list[_Family]:
    """The families of rows that many others are compared with."""
    families = []
    for number in range(len(width) - 1):
        chosen = np.flatnonzero(family == number)
        values = others[:, chosen]
        families.append(_Family(chosen, values, (values * values).sum(axis=1)))
    return families


def _likeness(
    rows: NDArray[np.float32], families: Sequence[_Family], width: NDArray[np.float32]
) -> NDArray[np.float32]:
    alike = np.zeros((len(width), len(rows), len(families[0].values)), np.float32)
    for number, other in enumerate(families):
        alike[number] = _square_distance(rows[:, other.chosen], other)
    alike[:-1].sum(axis=0, out=alike[-1])
    alike *= width[:, None, None]
    alike += _ONE
    np.divide(_UNITS, alike, out=alike)
    return np.rint(alike, out=alike)


def _square_distance(rows: NDArray[np.float32], other: _Family) -> NDArray[np.float32]:
    """Squared distances of rows of whole numbers; exact, as all sums stay below 2 ** 24."""
    squares = (rows * rows).sum(axis=1)[:, None] + other.squares
    distance: NDArray[np.float32] = squares - 2 * (rows @ other.values.T)
    return distance
