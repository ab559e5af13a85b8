"""What maps a card's features to nine numbers: boosted trees and a kernel, side by side.

The trees find thresholds, the kernel keeps every feature moving the rating a little. Both are
evaluated in whole numbers that floats hold exactly, so that sums do not depend on their order and
are the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

LEAF_UNIT = 1 << 20
"""A leaf of 1 is worth 1 / LEAF_UNIT of a rating point."""

_AT_ONCE = 64
"""Cards evaluated together: one for each bit of a word."""

_ASKED_AT_ONCE = 1000
"""Tests asked together: few enough that what is compared stays in the processor's cache."""

GRAINS = 1 << 10
"""A feature's value of 1 is this many grains, which hides the last bit of a logarithm."""

STEPS = 16
"""Steps a standard deviation."""

REACH = 3
"""Standard deviations from the mean beyond which a feature is not told from rarer ones."""

LIKENESS_UNIT = 1 << 16
"""Units of a likeness of 1."""

WEIGHT_UNIT = 1 << 16
"""Units of a weight of 1."""

FEW = 12
"""Cards at once: their products are small enough that the linear algebra starts no threads, which
would take longer to wait for than to do without."""

LIKENESS_SHARES = (10, 3)
"""Tenths of a likeness over all features, and over each family."""

_UNITS, _ONE = np.float32(LIKENESS_UNIT), np.float32(1)


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
    _levels: _Levels = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_levels", _level(self))

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
        levels = self._levels
        number = _walk(levels, _ask(levels, x), len(x))
        bounds = np.searchsorted(self.target, np.arange(len(self.base) + 1))
        sums = np.empty((len(self.base), len(x)), np.int64)
        for row, first, end in zip(sums, bounds[:-1], bounds[1:], strict=True):
            leaves = number[first:end] + levels.first_leaf[first:end]
            levels.leaf.take(leaves).sum(axis=0, out=row)
        return sums


@dataclass(frozen=True, slots=True)
class _Levels:
    """A forest by levels, every way as long as the longest: what is asked, and where it ends.

    Attributes
    ----------
    feature, threshold
        The different tests of all nodes, shape (tests,).
    tests
        For each level its nodes' tests, shape (2 ** level, trees); the bits of a node's number are
        the turns to it, 1 for right.
    leaf
        Values where the ways end, shape (trees * 2 ** depth,).
    first_leaf
        Where those of each tree begin, shape (trees, 1).
    """

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    tests: tuple[NDArray[np.intp], ...]
    leaf: NDArray[np.int64]
    first_leaf: NDArray[np.intp]


def _ask(levels: _Levels, x: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Whether cards go right at each test: one word a test, one bit a card."""
    columns = np.ascontiguousarray(x.T)
    left = np.empty((len(levels.feature), len(x)), np.bool_)
    for first in range(0, len(left), _ASKED_AT_ONCE):
        some = slice(first, first + _ASKED_AT_ONCE)
        values, threshold = columns[levels.feature[some]], levels.threshold[some, None]
        np.less_equal(values, threshold, out=left[some])
    packed = np.packbits(~left, axis=1, bitorder="little")
    words = np.zeros((len(left), _AT_ONCE // 8), np.uint8)
    words[:, : packed.shape[1]] = packed
    return words.view(np.uint64)[:, 0]


def _walk(levels: _Levels, right: NDArray[np.uint64], cards: int) -> NDArray[np.uint16]:
    """The number of the leaf that each card reaches in each tree, shape (trees, cards).

    All cards walk at once, as the bits of words.
    """
    turns: list[NDArray[np.uint64]] = []
    for tests in levels.tests:
        sides = [right[test] for test in tests]
        for turn in turns:  # of the nodes on this level, keep those on the way so far
            half = len(sides) // 2
            pairs = zip(sides[:half], sides[half:], strict=True)
            sides = [on_left ^ (turn & (on_left ^ on_right)) for on_left, on_right in pairs]
        turns.append(sides[0])
    number = np.zeros((len(levels.first_leaf), cards), np.uint16)
    for turn in turns:
        eights = turn.view(np.uint8).reshape(len(number), -1)
        number <<= 1
        number |= np.unpackbits(eights, axis=1, count=cards, bitorder="little")
    return number


def _level(forest: Forest) -> _Levels:
    """Sort a forest's nodes by level; a leaf stands for both nodes below it."""
    pairs = forest.feature.astype(np.uint64) << 32 | forest.threshold.view(np.uint32)
    different, test = np.unique(pairs, return_inverse=True)
    nodes = forest.roots[:, None]
    tests = []
    for _ in range(forest.depth):
        tests.append(test[nodes].T)
        nodes = np.stack([forest.left[nodes], forest.right[nodes]], axis=-1)
        nodes = nodes.reshape(len(forest.roots), -1)
    return _Levels(
        (different >> 32).astype(np.int32),
        different.astype(np.uint32).view(np.float32),
        tuple(tests),
        forest.leaf[nodes].ravel(),
        (np.arange(len(nodes)) * nodes.shape[1])[:, None],
    )


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
        grains = np.rint(x.astype(np.float64) * GRAINS)
        return to_steps(grains, self.middle, self.scale)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Evaluate the kernel; shape (cards, targets), in rating points."""
        steps, landmark = self.steps(x), self.landmark.astype(np.float32)
        weight = self.weight.astype(np.float64)
        sums = np.zeros((len(x), weight.shape[1]))
        for first in range(0, len(x), FEW):
            alike = measure_likeness(steps[first : first + FEW], landmark, self.family, self.width)
            sums[first : first + FEW] = alike.astype(np.float64) @ weight
        scaled: NDArray[np.float64] = (
            sums / (LIKENESS_UNIT * WEIGHT_UNIT * LIKENESS_SHARES[0]) + self.base / LEAF_UNIT
        )
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
    """How much each row of `one` resembles each of `other`, in whole units.

    Returns
    -------
    numpy.ndarray
        Shape (len(one), len(other)); at most LIKENESS_UNIT * (10 + 3 * families).
    """
    total = np.zeros((len(rows), len(others)), np.float32)
    alike = np.zeros((len(rows), len(others)), np.float32)
    whole, part = LIKENESS_SHARES
    for number in range(len(width) - 1):
        chosen = family == number
        near = _square_distance(rows[:, chosen], others[:, chosen])
        total += near
        alike += part * np.rint(_UNITS / (_ONE + width[number] * near))
    alike += whole * np.rint(_UNITS / (_ONE + width[-1] * total))
    return alike


def _square_distance(rows: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared distances of rows of whole numbers; exact, as all sums stay below 2 ** 24."""
    squares = (rows * rows).sum(axis=1)[:, None] + (others * others).sum(axis=1)
    distance: NDArray[np.float32] = squares - 2 * (rows @ others.T)
    return distance
