"""Learns what a reader's rating does where the judge's changes, from copies of cards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cardiogram.judge.embedded import SMALL, GainFactors
from cardiogram.stats import Floats

_RANGE = (0.04, 0.96)
"""A little more than nine of ten, as the factors come from the same copies."""


def learn_gain_factors(
    now: Floats, after: Floats, read: Floats, place: NDArray[np.int64]
) -> GainFactors:
    """Learn the factors from copies with a part removed.

    Parameters
    ----------
    now, after
        Expected values of each copy, and of it with the gap mended, by models that saw neither its
        card nor another of its author, shape (copies, 9).
    read
        What readers gave the whole card beyond the copy, shape (copies, 9).
    place
        Number of the criterion whose part was removed, shape (copies,).
    """
    rows = np.arange(len(now))
    change = np.maximum(after - now, 0)
    moved = change[rows, place] > 0
    own, gained = change[rows, place][moved], read[rows, place][moved]
    factor = _slope(own, gained)
    off = (gained - factor * own) / np.sqrt(factor * own + SMALL)
    low, high = np.quantile(off, _RANGE) if len(off) else (0.0, 0.0)
    overall = _slope(change[moved, 0], read[moved, 0])
    return GainFactors(*(round(float(value), 4) for value in (factor, overall, low, high)))


def _slope(promised: Floats, readers: Floats) -> float:
    """Of a line through the origin; 1 where nothing moved."""
    square = float(promised @ promised)
    return float(promised @ readers) / square if square else 1.0
