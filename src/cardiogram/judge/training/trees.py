"""Boosted trees that learn from rows and from differences of two rows.

A tree is grown on what is missing of the labels; what its leaves are worth is solved for rows and
pairs at once, so that a copy without a part learns its distance from the card it was made of, and
not only where it stands.

References
----------
Friedman (2001), Greedy Function Approximation, Annals of Statistics 29(5); Geurts, Ernst, Wehenkel
(2006), Extremely Randomized Trees, Machine Learning 63 (thresholds drawn at random).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.judge.embedded import LEAF_UNIT, Forest
from cardiogram.judge.training.lessons import Examples
from cardiogram.optional import sklearn
from cardiogram.stats import Floats, WholeNumbers

TREES: dict[str, float] = {
    "n_estimators": 200,
    "learning_rate": 0.05,
    "max_depth": 4,
    "max_features": 0.35,
    "min_samples_leaf": 6,
    "subsample": 0.6,
    "shrinkage": 1.0,
    "thresholds": 63,
}
BAGS = 2
"""Rows of trees a target, each with chances of its own; their mean errs less than one of them."""


@dataclass(frozen=True, slots=True)
class _Grown:
    """A tree and what its nodes are worth."""

    tree: Any
    value: Floats


def fit_trees(examples: Examples, seed: int) -> Forest:
    """Gradient-boosted trees, some rows of them a target."""
    edges = [_edges(column) for column in examples.x.T]
    bins = np.stack(
        [np.searchsorted(own, column) for own, column in zip(edges, examples.x.T, strict=True)],
        axis=1,
    ).astype(np.float32)
    base = [float(np.average(wanted, weights=examples.row)) for wanted in examples.labels.T]
    models = [
        [
            tree
            for bag in range(BAGS)
            for tree in _boost(bins, wanted - start, examples, BAGS * seed + bag)
        ]
        for wanted, start in zip(examples.labels.T, base, strict=True)
    ]
    return _lay_out(models, edges, base)


def _edges(column: NDArray[np.float32]) -> NDArray[np.float32]:
    """Thresholds of one feature: some values that stand for its quantiles, but the greatest."""
    values = np.unique(column)[:-1]
    count = int(TREES["thresholds"])
    if len(values) > count:
        shares = np.arange(1, count + 1) / (count + 1)
        values = np.setdiff1d(np.quantile(column, shares, method="lower"), column.max())
    return values.astype(np.float32)


def _boost(
    bins: NDArray[np.float32], wanted: Floats, examples: Examples, seed: int
) -> list[_Grown]:
    """Trees for one target, in the order in which they were grown."""
    chance = np.random.RandomState(seed)
    size = int(TREES["subsample"] * len(bins))
    first, second = examples.origin, examples.copy
    weight = examples.row + examples.pull
    missing, grown = wanted.copy(), []
    for _ in range(int(TREES["n_estimators"])):
        apart = examples.pair * (missing[second] - missing[first])
        slope = examples.row * missing
        np.add.at(slope, second, apart)
        np.add.at(slope, first, -apart)
        drawn = chance.permutation(len(bins))[:size]
        drawn = drawn[weight[drawn] > 0]
        tree = sklearn("tree").DecisionTreeRegressor(
            splitter="random",
            max_depth=int(TREES["max_depth"]),
            max_features=TREES["max_features"],
            min_samples_leaf=int(TREES["min_samples_leaf"]),
            random_state=chance.randint(1 << 30),
        )
        own = weight[drawn]  # checks of what is given would take half of the time
        tree.fit(bins[drawn], slope[drawn] / own, sample_weight=own, check_input=False)
        ends = tree.tree_.apply(bins)
        worth = _worth(ends, tree.tree_.node_count, missing, apart, examples)
        missing -= worth[ends]
        grown.append(_Grown(tree.tree_, worth))
    return grown


def _worth(
    ends: WholeNumbers, nodes: int, missing: Floats, apart: Floats, examples: Examples
) -> Floats:
    """What each leaf adds: ridge regression of what is missing, of rows and between pairs."""
    first, second = ends[examples.origin], ends[examples.copy]
    sums = np.bincount(ends, examples.row * missing, nodes)
    gram = np.diag(np.bincount(ends, examples.row, nodes) + TREES["shrinkage"])
    split = first != second
    first, second, pair = first[split], second[split], examples.pair[split]
    np.add.at(sums, second, apart[split])
    np.add.at(sums, first, -apart[split])
    for rows, columns, sign in (
        (first, first, 1),
        (second, second, 1),
        (first, second, -1),
        (second, first, -1),
    ):
        np.add.at(gram, (rows, columns), sign * pair)
    solved: Floats = TREES["learning_rate"] * np.linalg.solve(gram, sums)
    return solved


def _lay_out(
    models: list[list[_Grown]], edges: list[NDArray[np.float32]], base: list[float]
) -> Forest:
    """The trees by levels, with the different ones of their tests."""
    tests, leaf, target = [], [], []
    for number, trees in enumerate(models):
        for grown in trees:
            *inner, ends = _list_levels(grown.tree)
            tests.append(_pack_tests(grown.tree, edges)[np.concatenate(inner)])
            leaf.append(np.rint(grown.value[ends] * LEAF_UNIT / BAGS))
            target.append(number)
    asked = np.stack(tests, axis=1)
    different, test = np.unique(asked, return_inverse=True)
    return Forest(
        (different >> 32).astype(np.int32),
        different.astype(np.uint32).view(np.float32),
        test.reshape(asked.shape).astype(np.int32),
        np.array(leaf, np.int32),
        np.array(target, np.int32),
        np.rint(np.array(base) * LEAF_UNIT).astype(np.int64),
    )


def _list_levels(tree: Any) -> list[WholeNumbers]:
    """Numbers of a tree's nodes on each level; a leaf stands for both nodes below it."""
    own = np.arange(tree.node_count)
    below = np.stack([tree.children_left, tree.children_right], axis=-1)
    below = np.where(below < 0, own[:, None], below)
    levels = [own[:1]]
    for _ in range(int(TREES["max_depth"])):
        levels.append(below[levels[-1]].ravel())
    return levels


def _pack_tests(tree: Any, edges: list[NDArray[np.float32]]) -> NDArray[np.uint64]:
    """What each node asks, in one number: the feature, and the bits of the threshold.

    A leaf sends everything to the left.
    """
    inner = tree.children_left >= 0
    feature = np.where(inner, tree.feature, 0)
    threshold = np.full(tree.node_count, np.inf, np.float32)
    for node in np.flatnonzero(inner):
        threshold[node] = edges[feature[node]][int(tree.threshold[node])]
    bits = threshold.view(np.uint32).astype(np.uint64)
    packed: NDArray[np.uint64] = feature.astype(np.uint64) << np.uint64(32) | bits
    return packed
