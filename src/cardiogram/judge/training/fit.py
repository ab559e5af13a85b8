"""Fit trees and kernel to labelled cards. Scikit-learn does the fitting, and only the fitting."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.features import FEATURE_NAMES
from cardiogram.errors import DataError
from cardiogram.judge.embedded import (
    GRAINS,
    LEAF_UNIT,
    LIKENESS_SHARES,
    LIKENESS_UNIT,
    STEPS,
    WEIGHT_UNIT,
    Forest,
    Kernel,
    Model,
    measure_likeness,
    to_steps,
)
from cardiogram.optional import sklearn

TREES: dict[str, float] = {
    "n_estimators": 150,
    "learning_rate": 0.06,
    "max_depth": 3,
    "max_features": 0.08,
    "min_samples_leaf": 6,
    "subsample": 0.7,
}
BAGS = 4
"""Rows of trees a target, each with chances of its own; their mean errs less than one of them."""

KERNEL: dict[str, float] = {"landmarks": 256, "width": 0.002, "most": 0.1}
COPIES = {"tampered": (0.25, 0.18), "partial": (0.3, 0.3)}
"""Weights of a copy of a card for trees and kernel; a card's is 1."""
_PENALTIES = np.geomspace(0.02, 8, 12)
_SMALLEST = 1e-6

FAMILIES = {
    "metadata": "meta_",
    "evaluation": "evaluation|metric|measure|benchmark|compared|decimals|rows_log",
    "limitations": "limit|bias|risk|advice|hedges|out_of_scope",
    "training": "training|hyper|hardware|time|software|objective|carbon|recipe|settings|"
    "conversion|merged|quantized|config|train|convert",
    "data": "data|preproc|quantities",
    "usage": "usage|intended|code|prompt|runs_whole|lines_|snippets|demo|files",
}
"""Families of features by parts of their names (a pattern); the first that fits, or one more."""


@dataclass(frozen=True, slots=True)
class WeightedCopies:
    """Copies: features, the card each was made of, and what it should be rated.

    Attributes
    ----------
    x, origin, labels, weights
        Shapes (copies, features), (copies,), (copies, 9) and (copies, 2), for trees and kernel.
    """

    x: NDArray[np.float32]
    origin: NDArray[np.int64]
    labels: NDArray[np.float64]
    weights: NDArray[np.float64]

    def of(self, chosen: NDArray[np.int64]) -> WeightedCopies:
        """The copies of the chosen cards."""
        kept = np.isin(self.origin, chosen)
        return WeightedCopies(
            self.x[kept], self.origin[kept], self.labels[kept], self.weights[kept]
        )


def fit(
    x: NDArray[np.float32], labels: NDArray[np.float64], copies: WeightedCopies, seed: int
) -> Model:
    """Fit a model to labels, shape (cards, 9), and to copies of the cards by their weights."""
    return Model(fit_trees(x, labels, copies, seed), fit_kernel(x, labels, copies, seed))


def fit_trees(
    x: NDArray[np.float32], labels: NDArray[np.float64], copies: WeightedCopies, seed: int
) -> Forest:
    """Gradient-boosted trees, some rows of them a target."""
    regressor = sklearn("ensemble").GradientBoostingRegressor
    weights = np.r_[np.ones(len(x)), copies.weights[:, 0]]
    x, labels = np.vstack([x, copies.x]), np.vstack([labels, copies.labels])
    models = [
        [
            regressor(**TREES, random_state=BAGS * seed + bag).fit(x, wanted, sample_weight=weights)
            for bag in range(BAGS)
        ]
        for wanted in labels.T
    ]
    return _lay_out(models)


def _lay_out(models: Sequence[Sequence[Any]]) -> Forest:
    """Scikit-learn's trees by levels, with the different ones of their tests."""
    tests, leaf, target, base = [], [], [], []
    for number, bags in enumerate(models):
        base.append(round(float(np.mean([bag.init_.constant_ for bag in bags])) * LEAF_UNIT))
        rate = bags[0].learning_rate / len(bags)
        for tree in [row[0].tree_ for bag in bags for row in bag.estimators_]:
            *inner, ends = _list_levels(tree)
            tests.append(_pack_tests(tree)[np.concatenate(inner)])
            leaf.append(np.rint(tree.value.ravel()[ends] * rate * LEAF_UNIT))
            target.append(number)
    asked = np.stack(tests, axis=1)
    different, test = np.unique(asked, return_inverse=True)
    return Forest(
        (different >> 32).astype(np.int32),
        different.astype(np.uint32).view(np.float32),
        test.reshape(asked.shape).astype(np.int32),
        np.array(leaf, np.int32),
        np.array(target, np.int32),
        np.array(base, np.int64),
    )


def _list_levels(tree: Any) -> list[NDArray[np.int64]]:
    """Numbers of a tree's nodes on each level; a leaf stands for both nodes below it."""
    own = np.arange(tree.node_count)
    below = np.stack([tree.children_left, tree.children_right], axis=-1)
    below = np.where(below < 0, own[:, None], below)
    levels = [own[:1]]
    for _ in range(int(TREES["max_depth"])):
        levels.append(below[levels[-1]].ravel())
    return levels


def _pack_tests(tree: Any) -> NDArray[np.uint64]:
    """What each node asks, in one number: the feature, and the bits of the threshold.

    A leaf sends everything to the left.
    """
    leaf = tree.children_left < 0
    feature = np.where(leaf, 0, tree.feature).astype(np.uint64)
    threshold = np.where(leaf, np.float32(np.inf), _below(tree.threshold))
    packed: NDArray[np.uint64] = feature << np.uint64(32) | threshold.view(np.uint32)
    return packed


def _below(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """The greatest 32-bit numbers not above the thresholds: features of 32 bits go the same way."""
    near = thresholds.astype(np.float32)
    above = near.astype(np.float64) > thresholds
    lower: NDArray[np.float32] = np.where(above, np.nextafter(near, np.float32(-np.inf)), near)
    return lower


def families() -> NDArray[np.int32]:
    """Family of each feature by its name, shape (features,)."""
    patterns = [re.compile(pattern) for pattern in FAMILIES.values()]
    numbers = [
        next((n for n, pattern in enumerate(patterns) if pattern.search(name)), len(patterns))
        for name in FEATURE_NAMES
    ]
    return np.array(numbers, np.int32)


def fit_kernel(
    x: NDArray[np.float32], labels: NDArray[np.float64], copies: WeightedCopies, seed: int
) -> Kernel:
    """Ridge regression on the likeness to landmarks; each target's penalty by leaving one out."""
    grains = _grains(x)
    middle, spread = grains.mean(axis=0), grains.std(axis=0)
    scale = np.divide(STEPS, spread, out=np.zeros_like(spread), where=spread > 0)
    steps = to_steps(grains, middle, scale)
    landmarks = _landmarks(steps, seed)
    family = families()
    sizes = np.bincount(family, minlength=len(FAMILIES) + 1)
    shares = len(family) / np.maximum(sizes, 1)
    width = np.r_[np.minimum(KERNEL["width"] * shares, KERNEL["most"]), KERNEL["width"]]
    width = (width / STEPS**2).astype(np.float32)
    everyone = np.vstack([steps, to_steps(_grains(copies.x), middle, scale)])
    alike = measure_likeness(everyone, landmarks, family, width) / (
        LIKENESS_UNIT * LIKENESS_SHARES[0]
    )
    between = measure_likeness(landmarks, landmarks, family, width) / (
        LIKENESS_UNIT * LIKENESS_SHARES[0]
    )
    base = labels.mean(axis=0)
    wanted = np.vstack([labels, copies.labels]) - base
    root = np.sqrt(np.r_[np.ones(len(x)), copies.weights[:, 1]])[:, None]
    weight = np.rint(_ridge(alike * root, between, wanted * root, len(x)) * WEIGHT_UNIT)
    if np.abs(weight).max() >= 1 << 24:
        raise DataError("the labels cannot be learned: a landmark would weigh too much")
    return Kernel(
        middle,
        scale,
        family,
        width,
        landmarks.astype(np.int8),
        weight.astype(np.int64),
        np.rint(base * LEAF_UNIT).astype(np.int64),
    )


def _grains(x: NDArray[np.float32]) -> NDArray[np.float64]:
    grains: NDArray[np.float64] = np.rint(x.astype(np.float64) * GRAINS)
    return grains


def _landmarks(steps: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Centres of groups of cards, in whole steps."""
    groups = sklearn("cluster").KMeans(
        min(KERNEL["landmarks"], len(steps) // 2), n_init=1, max_iter=20, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cards that are all alike make fewer groups
        centres: NDArray[np.float32] = np.rint(groups.fit(steps).cluster_centers_)
    return np.unique(centres.astype(np.float32), axis=0)


def _ridge(
    alike: NDArray[np.float64],
    between: NDArray[np.float64],
    wanted: NDArray[np.float64],
    cards: int,
) -> NDArray[np.float64]:
    """Weights of the landmarks, shape (landmarks, targets), by errors on the first `cards` rows."""
    size, turn = np.linalg.eigh(between)
    kept = size > _SMALLEST * size.max()
    whiten = turn[:, kept] / np.sqrt(size[kept])
    left, length, right = np.linalg.svd(alike @ whiten, full_matrices=False)
    along = left.T @ wanted
    best = np.full(wanted.shape[1], np.inf)
    weights = np.zeros((len(between), wanted.shape[1]))
    for penalty in _PENALTIES:
        kept_share = length**2 / (length**2 + penalty)
        leverage = (left**2 * kept_share).sum(axis=1)
        missed = (wanted - left @ (along * kept_share[:, None])) / (1 - leverage)[:, None]
        error = (missed[:cards] ** 2).mean(axis=0)
        candidate = whiten @ (right.T @ (along * (length / (length**2 + penalty))[:, None]))
        better = error < best
        weights[:, better], best[better] = candidate[:, better], error[better]
    return weights
