"""Intraclass correlations as textbooks have them, with intervals of the F distribution.

What the package is tested against: its own intervals know that an author's cards are alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import f

from cardiogram.judge.validation.metrics import Measurement
from cardiogram.judge.validation.reliability import FORMS, MINIMUM_ITEMS, _forms

Floats = NDArray[np.float64]


def intraclass(ratings: ArrayLike, level: float = 0.95) -> dict[str, Measurement]:
    """The six intraclass correlations of Shrout and Fleiss, with intervals of the F distribution.

    Parameters
    ----------
    ratings
        Shape (items, raters), complete.

    Returns
    -------
    dict
        By the names of :data:`FORMS`; no value with fewer than 3 items or without any spread.

    References
    ----------
    Shrout and Fleiss (1979), Intraclass correlations: uses in assessing rater reliability,
    Psychological Bulletin 86(2), 420-428. McGraw and Wong (1996), Psychological Methods 1(1).
    """
    table = np.asarray(ratings, dtype=np.float64)
    n, k = table.shape
    residual = table - table.mean(axis=1, keepdims=True)
    error = residual - table.mean(axis=0) + table.mean() if table.size else residual
    if n < MINIMUM_ITEMS or np.ptp(table.mean(axis=1)) == 0 or not np.abs(error).max() > 1e-12:
        return _without(table, n)
    rows = k * float(table.mean(axis=1).var(ddof=1))
    columns = n * float(table.mean(axis=0).var(ddof=1))
    within = float((residual**2).sum()) / (n * (k - 1))
    left = float((error**2).sum()) / ((n - 1) * (k - 1))
    return _six(rows, columns, within, left, n, k, level)


def _without(table: Floats, n: int) -> dict[str, Measurement]:
    """What can be said without spread: 1 where raters are equal on unequal items, else nothing."""
    equal = n >= MINIMUM_ITEMS and np.ptp(table) > 0 and not np.ptp(table, axis=1).any()
    return dict.fromkeys(FORMS, Measurement(1.0 if equal else None))


def _six(
    rows: float, columns: float, within: float, left: float, n: int, k: int, level: float
) -> dict[str, Measurement]:
    """All forms with their intervals from the mean squares."""
    forms = _forms(rows, columns, within, left, n, k)
    first = _f_bounds(rows / within, n - 1, n * (k - 1), level)
    third = _f_bounds(rows / left, n - 1, (n - 1) * (k - 1), level)
    second = _random_bounds(rows, columns, left, forms["ICC(2,1)"], n, k, level)
    singles = [(f - 1) / (f + k - 1) for f in (*first, *third)]
    means = [1 - 1 / f for f in (*first, *third)]
    spread = [bound * k / (1 + bound * (k - 1)) for bound in second]
    bounds = (singles[:2], second, singles[2:], means[:2], spread, means[2:])
    return {
        name: Measurement(value, *pair)
        for (name, value), pair in zip(forms.items(), bounds, strict=True)
    }


def _f_bounds(ratio: float, above: int, below: int, level: float) -> tuple[float, float]:
    high = (1 + level) / 2
    return float(ratio / f.ppf(high, above, below)), float(ratio * f.ppf(high, below, above))


def _random_bounds(
    rows: float, columns: float, left: float, two: float, n: int, k: int, level: float
) -> tuple[float, float]:
    """Bounds of ICC(2,1), whose degrees of freedom are Satterthwaite's."""
    high = (1 + level) / 2
    ratio = columns / left
    part = n * (1 + (k - 1) * two) - k * two
    free = (k - 1) * (n - 1) * (k * two * ratio + part) ** 2
    free /= (n - 1) * k**2 * two**2 * ratio**2 + part**2
    pooled = k * columns + (k * n - k - n) * left
    over, under = f.ppf(high, n - 1, free), f.ppf(high, free, n - 1)
    low = n * (rows - over * left) / (over * pooled + n * rows)
    up = n * (under * rows - left) / (pooled + n * under * rows)
    return float(low), float(up)
