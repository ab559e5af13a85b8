"""Draws of very many authors: each is drawn a Poisson number of times, in small pieces.

Of hundreds of thousands of authors, each is drawn with replacement as often as if it were drawn
apart from the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.resampling import Floats, Integers, Resampling

_CELLS = 1 << 22  # authors x draws held at once
_STEPS = 1 << 16


def draw_many(authors: int, resampling: Resampling) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """How often each author is drawn, shape (draws, authors), some draws at a time.

    References
    ----------
    Hanley and MacGibbon (2006), Creating non-parametric bootstrap samples using Poisson
    frequencies, Computer Methods and Programs in Biomedicine 83(1), 57-62.
    """
    rng, step = np.random.default_rng(resampling.seed), max(1, _CELLS // max(1, authors))
    for first in range(0, resampling.draws, step):
        draws = min(step, resampling.draws - first)
        picked = rng.integers(_STEPS, size=(draws, authors), dtype=np.uint16)
        yield slice(first, first + draws), _poisson()[picked]


def sum_by(codes: Integers, values: Floats, size: int = 0) -> Floats:
    """Sums of values by the number of each row, of `size` numbers at least."""
    return np.bincount(codes, values, size).astype(np.float64, copy=False)


@cache
def _poisson() -> NDArray[np.float32]:
    """The number that each of 65,536 equally likely values stands for, in Poisson's shares."""
    shares = np.cumsum([math.exp(-1) / math.factorial(times) for times in range(9)])
    values = (np.arange(_STEPS) + 0.5) / _STEPS
    return np.searchsorted(shares, values).astype(np.float32)
