"""Fit trees and kernel to labelled cards. Scikit-learn does the fitting, and only the fitting."""

from __future__ import annotations

import numpy as np

from cardiogram.judge.embedded import Model
from cardiogram.judge.training.kernel import fit_kernel
from cardiogram.judge.training.lessons import Examples
from cardiogram.judge.training.trees import fit_trees
from cardiogram.names import SCORES
from cardiogram.stats import Floats

SHARE = np.array([0.3 if name == "metadata" else 0.5 for name in SCORES])
"""Of the trees. Metadata is a sum of many facts, which the kernel knows better."""

_SHARP = ("usage", "data", "training", "evaluation", "limitations")
SHARPNESS = np.array(
    [
        [sharp if name in _SHARP else 1.0 if name == SCORES[0] else 1.05 for name in SCORES]
        for sharp in (1.15, 1.3)
    ]
)
"""Below the mean and above it. Criteria that stand and fall with a section follow its loss further
for it; more of it misses more of the cards. Overall answers to them."""

_CALM = 400.0


def fit(examples: Examples, seed: int) -> Model:
    """Fit a model to cards, to copies by their weights, and to what copies lost or gained."""
    trees, kernel = fit_trees(examples, seed), fit_kernel(examples, seed)
    return Model(trees, kernel, SHARE, SHARPNESS)


def learn_answer(examples: Examples, expected: Floats) -> Floats:
    """What makes overall of all nine: a start and their weights, shape (10,).

    Ridge regression, drawn to overall as it is, on cards and on what copies lost or gained, whose
    weights count twice.

    Parameters
    ----------
    expected
        Out-of-fold expectations of the rows, shape (rows, 9).
    """
    cards, first, second = examples.cards, examples.origin, examples.copy
    middle = examples.labels[:cards].mean(axis=0)
    rows = np.vstack([expected[:cards] - middle, expected[second] - expected[first]])
    label = examples.labels[:, 0]
    wanted = np.r_[label[:cards] - middle[0], label[second] - label[first]] - rows[:, 0]
    weighted = rows.T * np.r_[np.ones(cards), 2 * examples.pair]
    gram = weighted @ rows + _CALM * np.eye(len(SCORES))
    weights = np.linalg.solve(gram, weighted @ wanted) + np.eye(len(SCORES))[0]
    answer: Floats = np.r_[middle[0] - middle @ weights, weights]
    return answer
