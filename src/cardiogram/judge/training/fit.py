"""Fit trees and kernel to labelled cards. Scikit-learn does the fitting, and only the fitting."""

from __future__ import annotations

import numpy as np

from cardiogram.judge.embedded import Model
from cardiogram.judge.training.kernel import fit_kernel
from cardiogram.judge.training.lessons import Examples
from cardiogram.judge.training.trees import fit_trees
from cardiogram.names import SCORES

_SHARP = ("usage", "data", "training", "evaluation", "limitations")
SHARPNESS = np.array([1.15 if name in _SHARP else 1.05 for name in SCORES])
"""Criteria that stand and fall with a section follow its loss further for it; more of it misses
more of the cards."""


def fit(examples: Examples, seed: int) -> Model:
    """Fit a model to cards, to copies by their weights, and to what copies lost or gained."""
    trees, kernel = fit_trees(examples, seed), fit_kernel(examples, seed)
    return Model(trees, kernel, sharpness=SHARPNESS)
