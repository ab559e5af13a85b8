"""Fit trees and kernel to labelled cards. Scikit-learn does the fitting, and only the fitting."""

from __future__ import annotations

from cardiogram.judge.embedded import Model
from cardiogram.judge.training.examples import Examples
from cardiogram.judge.training.kernel import fit_kernel
from cardiogram.judge.training.trees import fit_trees


SHARPNESS = 1.15
"""More would answer changes by more, and miss more of the cards."""


def fit(examples: Examples, seed: int) -> Model:
    """Fit a model to cards, to copies by their weights, and to what copies lost or gained."""
    trees, kernel = fit_trees(examples, seed), fit_kernel(examples, seed)
    return Model(trees, kernel, sharpness=SHARPNESS)
