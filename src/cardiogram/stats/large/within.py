"""Slopes within authors of very many models: moments of the permutations instead of permutations.

Exchanging an author's ratings gives sums of products whose mean and variance are known (Hoeffding
1951); of many authors the whole sum is normal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from cardiogram.optional import scipy
from cardiogram.stats.distributions import normal_p_value, normal_quantile
from cardiogram.stats.ranks import bonett_wright, refuse_pair
from cardiogram.stats.regression import few_authors
from cardiogram.stats.resampling import Floats, Integers, Interval, Resampling
from cardiogram.stats.within_authors import WithinCorrelation, WithinEstimate

METHOD = "permutation within authors, by its moments"
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class _Permutations:
    """Variances, over permutations of x within authors, of sums of its products with y and x."""

    of_y: float
    of_x: float
    both: float

    @classmethod
    def of(cls, x: Floats, y: Floats, author: Integers) -> _Permutations:
        """From columns less their author's mean, of authors of two rows or more."""
        free = np.bincount(author) - 1.0
        xx, yy, xy = (np.bincount(author, product) for product in (x * x, y * y, x * y))
        each = np.divide(xx, free, out=np.zeros(free.size), where=free > 0)
        return cls(float(each @ yy), float(each @ xx), float(each @ xy))


def within_many(
    rating: Floats, log_outcome: Floats, codes: Integers, resampling: Resampling
) -> WithinEstimate:
    """:func:`.within_authors` of very many models.

    References
    ----------
    Hoeffding (1951), A combinatorial central limit theorem, Ann. Math. Statist. 22(4), 558-566.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rating, codes = np.tile([1.0, 2, 3], 80), np.repeat(np.arange(80), 3)
    >>> log = codes + 0.5 * rating + rng.normal(size=240)
    >>> found = within_many(rating, log, codes, Resampling())
    >>> found.interval.low < 0.5 < found.interval.high
    True
    """
    author = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    rows = np.bincount(author)[author] > 1
    x, y = centre(rating, author)[rows], centre(log_outcome, author)[rows]
    author = np.unique(author[rows], return_inverse=True)[1].astype(np.int64)
    authors = int(author.max()) + 1 if author.size else 0
    whole = float(np.var(rating[rows])) * x.size if x.size else 0.0
    spread = float(x @ x)
    counted = WithinEstimate(authors, int(x.size), spread / whole if whole > _TINY else None)
    if x.size < 3 or spread <= _TINY or float(y @ y) <= _TINY:
        return replace(counted, reason="no author has models that differ in both numbers")
    if reason := few_authors(author):
        return replace(counted, reason=reason)
    estimate, drawn = float(x @ y) / spread, _Permutations.of(x, y, author)
    bound = normal_quantile(resampling.level) ** 2
    # The slopes b with (estimate - b)**2 spread**2 <= bound * variance of sum(x' (y - b x)).
    a = spread**2 - bound * drawn.of_x
    b = estimate * spread**2 - bound * drawn.both
    c = (estimate * spread) ** 2 - bound * drawn.of_y
    p_value = normal_p_value(abs(estimate) * spread / math.sqrt(drawn.of_y))
    if a <= 0 or b * b <= a * c:
        reason = "authors' models differ so little in their ratings that the slope has no bound"
        return replace(counted, estimate=estimate, reason=reason)
    half = math.sqrt(b * b - a * c)
    interval = Interval(resampling.level, (b - half) / a, (b + half) / a, METHOD, authors)
    return replace(counted, estimate=estimate, interval=interval, p_value=p_value, reason=None)


def permute_many(
    x: Floats, y: Floats, codes: Integers, resampling: Resampling
) -> WithinCorrelation:
    """:func:`.permute_within` of very many models."""
    author = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    authors = int(author.max()) + 1 if author.size else 0
    counted = WithinCorrelation(int(x.size), authors)
    if reason := refuse_pair(x, y):
        return replace(counted, reason=reason)
    rank = scipy("stats").rankdata
    u, v = centre(rank(x), author), centre(rank(y), author)
    spread = math.sqrt(float(u @ u) * float(v @ v))
    if spread <= _TINY:
        return replace(counted, reason="within authors all ratings or all outcomes are equal")
    rho = max(-1.0, min(1.0, float(u @ v) / spread))
    drawn = math.sqrt(_Permutations.of(u, v, author).of_y)
    return replace(
        counted,
        estimate=rho,
        interval=bonett_wright(rho, int(x.size) - authors + 1, resampling.level),
        p_value=normal_p_value(abs(float(u @ v)) / drawn) if drawn > 0 else None,
    )


def centre(values: Floats, author: Integers) -> Floats:
    """Values less their author's mean."""
    return np.asarray(values - (np.bincount(author, values) / np.bincount(author))[author])
