"""Fit the kernel: ridge regression on the likeness to landmarks."""

from __future__ import annotations

import re
import warnings

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.features import FEATURE_NAMES
from cardiogram.errors import DataError
from cardiogram.judge.embedded import (
    GRAINS,
    LEAF_UNIT,
    LIKENESS_UNIT,
    STEPS,
    WEIGHT_UNIT,
    Kernel,
    measure_likeness,
    to_steps,
)
from cardiogram.judge.training.lessons import Examples
from cardiogram.names import SCORES
from cardiogram.optional import sklearn
from cardiogram.stats import Floats

KERNEL: dict[str, float] = {
    "landmarks": 256,
    "width": 0.002,
    "most": 0.1,
    "whole": 10,
    "whole_of_criteria": 4,
    "family": 1,
    "own": 15,
}
"""Landmarks; width over all features, and at most in a family; shares of the likeness over all
features, of overall and of a criterion, in each family, and in a criterion's own."""
_PENALTIES = np.geomspace(0.2, 80, 12)
_SMALLEST = 1e-6
_EXACT = 2.0**53

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

_OWN = {name: place for place, name in enumerate(FAMILIES)} | dict.fromkeys(
    ("identity", "structure"), len(FAMILIES)
)
"""The family that each criterion answers to first."""


def families() -> NDArray[np.int32]:
    """Family of each feature by its name, shape (features,)."""
    patterns = [re.compile(pattern) for pattern in FAMILIES.values()]
    numbers = [
        next((n for n, pattern in enumerate(patterns) if pattern.search(name)), len(patterns))
        for name in FEATURE_NAMES
    ]
    return np.array(numbers, np.int32)


def shares() -> NDArray[np.int64]:
    """How much each family, and last all features, says to each score, shape (9, families + 1)."""
    given = np.full((len(SCORES), len(FAMILIES) + 2), KERNEL["family"])
    given[:, -1] = KERNEL["whole"]
    for name, family in _OWN.items():
        given[SCORES.index(name), [family, -1]] = KERNEL["own"], KERNEL["whole_of_criteria"]
    return given.astype(np.int64)


def fit_kernel(examples: Examples, seed: int) -> Kernel:
    """Learn the landmarks' weights; each target's penalty by leaving one card out."""
    cards = examples.cards
    grains = np.rint(examples.x.astype(np.float64) * GRAINS)
    middle, spread = grains[:cards].mean(axis=0), grains[:cards].std(axis=0)
    scale = np.divide(STEPS, spread, out=np.zeros_like(spread), where=spread > 0)
    steps = to_steps(grains, middle, scale)
    landmarks = _landmarks(steps[:cards], seed)
    family, share = families(), shares()
    width = _widths(family)
    alike = measure_likeness(steps, landmarks, family, width)
    between = measure_likeness(landmarks, landmarks, family, width)
    base = examples.labels[:cards].mean(axis=0)
    weight = np.zeros((len(landmarks), len(SCORES)))
    for given in np.unique(share, axis=0):
        same = (share == given).all(axis=1)
        weight[:, same] = _ridge(
            _mix(alike, given),
            _mix(between, given),
            examples.labels[:, same] - base[same],
            examples,
        )
    weight = np.rint(weight * WEIGHT_UNIT)
    if ((np.abs(weight).sum(axis=0) * share.sum(axis=1)).max() * LIKENESS_UNIT) >= _EXACT:
        raise DataError("the labels cannot be learned: a landmark would weigh too much")
    return Kernel(
        middle,
        scale,
        family,
        width,
        share,
        landmarks.astype(np.int8),
        weight.astype(np.int64),
        np.rint(base * LEAF_UNIT).astype(np.int64),
    )


def _mix(alike: NDArray[np.float32], share: NDArray[np.int64]) -> Floats:
    """One likeness from those of the families."""
    mixed: Floats = np.tensordot(share.astype(float), alike, 1) / LIKENESS_UNIT
    return mixed


def _widths(family: NDArray[np.int32]) -> NDArray[np.float32]:
    """Of the likeness in each family and, last, over all features, by one squared step."""
    sizes = np.bincount(family, minlength=len(FAMILIES) + 1)
    own = np.minimum(KERNEL["width"] * len(family) / np.maximum(sizes, 1), KERNEL["most"])
    widths: NDArray[np.float32] = (np.r_[own, KERNEL["width"]] / STEPS**2).astype(np.float32)
    return widths


def _landmarks(steps: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Centres of groups of cards, in whole steps."""
    count = min(int(KERNEL["landmarks"]), len(steps) // 2)
    groups = sklearn("cluster").KMeans(count, n_init=1, max_iter=20, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cards that are all alike make fewer groups
        centres: NDArray[np.float32] = np.rint(groups.fit(steps).cluster_centers_)
    return np.unique(centres.astype(np.float32), axis=0)


def _ridge(alike: Floats, between: Floats, wanted: Floats, examples: Examples) -> Floats:
    """Weights of the landmarks, shape (landmarks, targets), by errors on the cards left out.

    A pair is a row of its own: what tells a copy from its card, and by how much it was rated
    otherwise.
    """
    size, turn = np.linalg.eigh(between)
    kept = size > _SMALLEST * size.max()
    whiten = turn[:, kept] / np.sqrt(size[kept])
    origin, copy = examples.origin, examples.copy
    rows = np.vstack([alike, alike[copy] - alike[origin]]) @ whiten
    wanted = np.vstack([wanted, wanted[copy] - wanted[origin]])
    weights = np.r_[examples.row, examples.pair][:, None]
    length, along = np.linalg.eigh(rows.T @ (rows * weights))
    length = np.maximum(length, 0.0)
    turned = rows @ along
    sums = turned.T @ (wanted * weights)
    cards = slice(examples.cards)
    best = np.full(wanted.shape[1], np.inf)
    learned = np.zeros((len(between), wanted.shape[1]))
    for penalty in _PENALTIES:
        solved = sums / (length + penalty)[:, None]
        leverage = (turned[cards] ** 2 * weights[cards]) @ (1 / (length + penalty))
        missed = (wanted[cards] - turned[cards] @ solved) / (1 - leverage)[:, None]
        error = (missed**2).mean(axis=0)
        better = error < best
        learned[:, better] = (whiten @ (along @ solved))[:, better]
        best[better] = error[better]
    return learned
