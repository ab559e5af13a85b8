"""How far a judge's whole number may be off, by what the judge says itself.

A judge gives a whole number, an expected value and an interval. Its interval lies about the
expected value; the number that counts lies beside it, the farther the nearer the expected value is
to the next number. The squared error to be expected of the number is that distance squared plus
the variance: by this, and not by the interval's width alone, cards are worth a second reading,
since quadratic-weighted kappa falls with squared errors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from cardiogram.stats import Floats

WIDTH = 3.29
"""Width of a 90 % interval of the normal distribution, in standard deviations."""


def measure_uncertainty(
    value: ArrayLike, expected: ArrayLike, low: ArrayLike, high: ArrayLike
) -> Floats:
    """Width of a 90 % interval about the whole number given, in rating points.

    It is the root of the squared error to be expected, times 3.29: never below the width of the
    judge's own interval, and equal to it where number and expected value are the same.

    Parameters
    ----------
    value, expected, low, high
        Whole number, expected value and bounds of the 90 % interval, shape (n,) each.

    Examples
    --------
    >>> measure_uncertainty([3, 3], [3.0, 3.4], [2.5, 2.9], [3.5, 3.9]).round(2)
    array([1.  , 1.65])
    """
    whole, mean, down, up = (np.asarray(side, float) for side in (value, expected, low, high))
    width: Floats = np.hypot(up - down, WIDTH * (mean - whole))
    return width


def needs_second_reading(
    value: float | None,
    expected: float | None,
    low: float | None,
    high: float | None,
    tolerance: float,
) -> bool:
    """Whether one number is to be asked about again: it is not there, or too uncertain."""
    if value is None or expected is None or low is None or high is None:
        return True
    return float(measure_uncertainty(value, expected, low, high)) > tolerance
