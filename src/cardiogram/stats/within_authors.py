"""What a better card goes with among the models of the same author: authors differ, and drop out.

Everything that an author's models share is held equal, known or not, so this is the nearest to a
cause that counts of one day allow. It rests on authors with several models alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from cardiogram.optional import scipy
from cardiogram.stats.ranks import bonett_wright, refuse_pair
from cardiogram.stats.regression import crossing, few_authors
from cardiogram.stats.resampling import Floats, Integers, Interval, Resampling

_CELLS = 1 << 20  # rows x draws held at once
_TINY = 1e-12
_EQUAL = 1e-9
_LARGEST_SLOPE = 30.0
_METHOD = "permutation within authors, inverted"


@dataclass(frozen=True, slots=True)
class WithinEstimate:
    """The pooled slope within authors, or the reason why there is none.

    Attributes
    ----------
    authors, models
        Authors with two models or more, and their models.
    variance_share
        Share of the variance of these models' ratings that lies within authors, 0-1; None where
        they have none.
    estimate, interval
        Slope of the outcome's logarithm per point, and the slopes that the permutations do not
        refuse.
    p_value
        By permutation of the ratings within authors.
    """

    authors: int
    models: int
    variance_share: float | None
    estimate: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WithinCorrelation:
    """A rank correlation over the models of one author, or of very few.

    Attributes
    ----------
    estimate
        Of ranks less their author's mean.
    interval
        Takes models as independent (Bonett and Wright).
    p_value
        By permutation within authors.
    """

    n: int
    authors: int
    estimate: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    reason: str | None = None


def within_authors(
    rating: Floats, log_outcome: Floats, codes: Integers, resampling: Resampling
) -> WithinEstimate:
    """Least squares of a logarithm on the rating, with an effect of each author.

    Parameters
    ----------
    rating, log_outcome
        Shape (n,), complete.
    codes
        Author of each row.
    resampling
        Level; draws and seed of the permutations.

    References
    ----------
    Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data, 2nd ed., section 10.5;
    Winkler et al. (2014), Permutation inference for the general linear model, NeuroImage 92, on
    blocks that are exchangeable within.

    Examples
    --------
    >>> rating, codes = np.tile([1.0, 2, 3], 8), np.repeat(np.arange(8), 3)
    >>> round(within_authors(rating, codes + 0.5 * rating, codes, Resampling()).estimate, 3)
    0.5
    """
    if not rating.size:
        return WithinEstimate(0, 0, None, reason="no model has both numbers")
    author = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    x, y = _centre(rating, author), _centre(log_outcome, author)
    rows = np.bincount(author)[author] > 1
    authors = int(np.unique(author[rows]).size)
    whole = float(np.var(rating[rows])) * int(rows.sum()) if rows.any() else 0.0
    share = float(x @ x) / whole if whole > _TINY else None
    counted = WithinEstimate(authors, int(rows.sum()), share)
    x, y, author = (
        x[rows],
        y[rows],
        np.unique(author[rows], return_inverse=True)[1].astype(np.int64),
    )
    if x.size < 3 or float(x @ x) <= _TINY or float(y @ y) <= _TINY:
        return replace(counted, reason="no author has models that differ in both numbers")
    if reason := few_authors(author):
        return replace(counted, reason=reason)
    spread, estimate = float(x @ x), float(x @ y) / float(x @ x)
    drawn = _permute(x, np.column_stack([y, x]), author, resampling)

    def excess(slope: float) -> float:
        sums = np.abs(drawn[:, 0] - slope * drawn[:, 1])
        return abs(estimate - slope) * spread - float(np.quantile(sums, resampling.level)) - _TINY

    left = y - estimate * x
    step = max(2 * math.sqrt(float(left @ left) / x.size / spread), 1e-6)
    low, high = (crossing(excess, estimate, side * step, _LARGEST_SLOPE) for side in (-1, 1))
    if low is None or high is None:
        reason = "authors' models differ so little in their ratings that the slope has no bound"
        return replace(counted, estimate=estimate, reason=reason)
    interval = Interval(
        resampling.level, low, high, _METHOD, authors, resampling.draws, resampling.seed
    )
    p_value = _share_beyond(spread * estimate, drawn[:, 0])
    return replace(counted, estimate=estimate, interval=interval, p_value=p_value, reason=None)


def permute_within(
    x: Floats, y: Floats, codes: Integers, resampling: Resampling
) -> WithinCorrelation:
    """Rank correlation over models within authors, for one organisation or very few authors.

    Parameters
    ----------
    x, y
        Shape (n,), complete.

    References
    ----------
    Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, 3rd ed., chapter 3.

    Examples
    --------
    >>> x = np.arange(12.0)
    >>> permute_within(x, x**2, np.zeros(12, np.int64), Resampling(draws=999)).p_value
    0.001
    """
    author = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    authors = int(author.max()) + 1 if author.size else 0
    counted = WithinCorrelation(int(x.size), authors)
    if reason := refuse_pair(x, y):
        return replace(counted, reason=reason)
    rank = scipy("stats").rankdata
    u, v = _centre(rank(x), author), _centre(rank(y), author)
    spread = math.sqrt(float(u @ u) * float(v @ v))
    if spread <= _TINY:
        return replace(counted, reason="within authors all ratings or all outcomes are equal")
    rho = max(-1.0, min(1.0, float(u @ v) / spread))
    return replace(
        counted,
        estimate=rho,
        interval=bonett_wright(rho, int(x.size) - authors + 1, resampling.level),
        p_value=_share_beyond(float(u @ v), _permute(u, v[:, None], author, resampling)[:, 0]),
    )


def _centre(values: Floats, author: Integers) -> Floats:
    """Values less their author's mean."""
    return np.asarray(values - (np.bincount(author, values) / np.bincount(author))[author])


def _permute(x: Floats, columns: Floats, author: Integers, resampling: Resampling) -> Floats:
    """Products of columns with x, its rows exchanged within authors, shape (draws, columns)."""
    order = np.argsort(author, kind="stable")
    x, columns, author = x[order], columns[order], author[order]
    rng, parts = np.random.default_rng(resampling.seed), []
    size = max(1, _CELLS // max(1, x.size))
    for first in range(0, resampling.draws, size):
        keys = rng.random((min(size, resampling.draws - first), x.size)) + author
        parts.append(x[np.argsort(keys, axis=1)] @ columns)  # sorted by author, then at random
    return np.concatenate(parts)


def _share_beyond(product: float, drawn: Floats) -> float:
    """Two-sided p-value of a product among those of permutations."""
    beyond = np.abs(drawn) >= abs(product) * (1 - _EQUAL)
    return (1 + int(beyond.sum())) / (1 + drawn.size)
