"""Gradient-boosted trees as plain arrays, evaluated for many cards at once.

Leaves are whole numbers, so that sums are exact and the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

UNIT = 1 << 20
"""A leaf of 1 is worth 1 / UNIT of a rating point."""

_AT_ONCE = 64
"""Cards evaluated together: one for each bit of a word."""

_ASKED_AT_ONCE = 1000
"""Tests asked together: few enough that what is compared stays in the processor's cache."""


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
        scaled: NDArray[np.float64] = (sums + self.base) / UNIT
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
