"""Agreement of whole numbers from 1 to 5: kappa, alpha, and both from tables of counts."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiogram.errors import ConfigError

Floats = NDArray[np.float64]
WholeNumbers = NDArray[np.int64]
Metric = Literal["nominal", "ordinal", "interval"]

LEVELS = 5
_COST = (np.subtract.outer(np.arange(LEVELS), np.arange(LEVELS)) ** 2).ravel().astype(float)


def krippendorff_alpha(ratings: ArrayLike, metric: Metric = "ordinal") -> float | None:
    """Krippendorff's alpha: 1 minus observed over expected disagreement.

    Parameters
    ----------
    ratings
        Shape (raters, items); NaN where a rater gave none. Labels must be the same numbers for
        every rater: numbering them per rater is how published alphas have come out negative.
    metric
        What a disagreement costs: `nominal`, `ordinal` or `interval`.

    Returns
    -------
    float or None
        None where no item has two ratings, or all ratings are equal.

    Raises
    ------
    ConfigError
        An unknown metric, or ratings that are no table.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability.

    Examples
    --------
    >>> krippendorff_alpha([[1, 2, 3, 3], [1, 2, 3, 4]])
    0.9103...
    """
    table = np.array(ratings, dtype=np.float64)
    if table.ndim != 2 or metric not in ("nominal", "ordinal", "interval"):
        raise ConfigError(
            f"cannot compute alpha of shape {table.shape} by {metric!r}",
            hint="ratings of shape (raters, items); metric nominal, ordinal or interval",
        )
    known = np.isfinite(table)
    table = np.where(known & (known.sum(axis=0) > 1), table, np.nan)
    values = np.unique(table[np.isfinite(table)])
    if values.size < 2:
        return None
    times = (table[:, :, None] == values).sum(axis=0).astype(np.float64)  # items x values
    times = times[times.sum(axis=1) > 1]
    weighed = times / (times.sum(axis=1) - 1)[:, None]
    together = weighed.T @ times - np.diag(weighed.sum(axis=0))
    each = together.sum(axis=0)
    cost = _costs(values, each, metric)
    expected = float((np.outer(each, each) * cost).sum())
    return 1 - (float(each.sum()) - 1) * float((together * cost).sum()) / expected


def quadratic_kappa(first: ArrayLike, second: ArrayLike) -> float | None:
    """Cohen's kappa with quadratic weights of two raters; None where both always say the same.

    Items that either rater left out are not counted.

    References
    ----------
    Cohen (1968), Psychological Bulletin 70(4), 213-220.

    Examples
    --------
    >>> quadratic_kappa([1, 2, 3, 4, 5], [1, 2, 3, 5, 4])
    0.9
    """
    left, right = (np.array(side, dtype=np.float64) for side in (first, second))
    if left.shape != right.shape or left.ndim != 1:
        raise ConfigError("both raters need one rating an item", hint="use NaN where there is none")
    known = np.isfinite(left) & np.isfinite(right)
    left, right = left[known], right[known]
    if not left.size:
        return None
    observed = float(np.mean((left - right) ** 2))
    expected = float(np.var(left) + np.var(right) + (left.mean() - right.mean()) ** 2)
    return None if expected == 0 else 1 - observed / expected


def count_confusion(gold: ArrayLike, judged: ArrayLike) -> WholeNumbers:
    """Counts of cards by gold (rows) and given (columns), shape (5, 5)."""
    cells = confusion_cells(np.asarray(gold, np.int64), np.asarray(judged, np.int64))
    counts: WholeNumbers = np.bincount(cells, minlength=LEVELS**2).reshape(LEVELS, LEVELS)
    return counts


def confusion_cells(gold: WholeNumbers, judged: WholeNumbers) -> WholeNumbers:
    """The cell of the 5 x 5 table, row by row, in which each card falls."""
    cells: WholeNumbers = (gold - 1) * LEVELS + judged - 1
    return cells


def kappa_of_counts(counts: Floats) -> Floats:
    """Quadratic-weighted kappa of each table, shape (tables, 25) to (tables,); NaN if undefined."""
    table = counts.reshape(-1, LEVELS, LEVELS)
    total = counts.sum(axis=1)
    chance = (table.sum(axis=2)[:, :, None] * table.sum(axis=1)[:, None, :]).reshape(counts.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Floats = (counts @ _COST) * total / (chance @ _COST)
    return 1.0 - ratio


def alpha_of_counts(counts: Floats, metric: Metric = "ordinal") -> Floats:
    """Krippendorff's alpha of two raters from each table of counts.

    Parameters
    ----------
    counts
        Shape (tables, 25), cells row by row.

    Returns
    -------
    ndarray
        Shape (tables,); equal to :func:`krippendorff_alpha` of the same ratings, NaN where all
        are equal.
    """
    table = counts.reshape(-1, LEVELS, LEVELS)
    return alpha_of_coincidences(table + table.transpose(0, 2, 1), metric)


def count_coincidences(ratings: ArrayLike) -> Floats:
    """How often two levels were given to one item, weighed so that an item counts its ratings.

    Parameters
    ----------
    ratings
        Whole numbers 1-5, shape (raters, items); NaN where a rater gave none.

    Returns
    -------
    ndarray
        Shape (items, 5, 5); zero for an item with fewer than two ratings. Their sum over items
        is Krippendorff's coincidence matrix.
    """
    table = np.asarray(ratings, dtype=np.float64)
    times = (table[:, :, None] == np.arange(1, LEVELS + 1)).sum(axis=0).astype(np.float64)
    count = times.sum(axis=1)
    pairs = times[:, :, None] * times[:, None, :] - times[:, :, None] * np.eye(LEVELS)
    coincidences: Floats = pairs / np.maximum(count - 1, 1)[:, None, None]
    return coincidences


def alpha_of_coincidences(together: Floats, metric: Metric = "ordinal") -> Floats:
    """Krippendorff's alpha of each matrix of coincidences, shape (tables, 5, 5) to (tables,)."""
    each = together.sum(axis=1)
    middle = np.cumsum(each, axis=1) - each / 2
    if metric == "nominal":
        cost = np.broadcast_to(1.0 - np.eye(LEVELS), together.shape)
    else:
        scale = middle if metric == "ordinal" else np.broadcast_to(np.arange(LEVELS), each.shape)
        cost = (scale[:, :, None] - scale[:, None, :]) ** 2
    expected = np.einsum("di,dj,dij->d", each, each, cost)
    observed = np.einsum("dij,dij->d", together, cost)
    with np.errstate(invalid="ignore", divide="ignore"):
        alpha: Floats = 1.0 - (each.sum(axis=1) - 1) * observed / expected
    return alpha


def _costs(values: Floats, each: Floats, metric: Metric) -> Floats:
    """Squared distance of any two values, shape (values, values)."""
    if metric == "nominal":
        return 1.0 - np.eye(values.size)
    if metric == "interval":
        return np.asarray((values[:, None] - values) ** 2)
    middle = np.cumsum(each) - each / 2  # the ratings between two values, half of both ends
    return np.asarray((middle[:, None] - middle) ** 2)
