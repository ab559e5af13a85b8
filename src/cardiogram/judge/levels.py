"""From probabilities of the five levels, or from several answers, to a score with an interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from cardiogram.judge.rating import Score
from cardiogram.stats import LEVELS, Floats

LEVEL = 0.9
"""Level of the interval of a score."""


def score_of(levels: ArrayLike) -> Score:
    """The score of a distribution over the levels: its median, mean and central 90 %.

    Parameters
    ----------
    levels
        Probabilities of 1-5, shape (5,); they are scaled to sum to 1.

    References
    ----------
    Wang et al. (2025), Improving LLM-as-a-Judge inference with the judgment distribution,
    arXiv 2503.03064: the mean of the distribution beats its mode.

    Examples
    --------
    >>> score_of([0.0, 0.1, 0.6, 0.3, 0.0])
    Score(value=3, expected=3.2, low=2.0, high=4.0)
    """
    given = np.asarray(levels, dtype=np.float64)
    below = np.cumsum(given / given.sum())
    edges = [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]
    low, middle, high = np.minimum(np.searchsorted(below, np.array(edges) - 1e-9), LEVELS - 1) + 1
    expected = float(np.round(np.arange(1, LEVELS + 1) @ given / given.sum(), 4))
    return Score(int(middle), expected, min(float(low), expected), max(float(high), expected))


def levels_of(answers: Sequence[int]) -> Floats:
    """Share of each level among several answers, shape (5,).

    Examples
    --------
    >>> levels_of([3, 3, 4, 3]).tolist()
    [0.0, 0.0, 0.75, 0.25, 0.0]
    """
    counts = np.bincount(np.asarray(answers, np.int64) - 1, minlength=LEVELS)
    shares: Floats = counts / counts.sum()
    return shares
