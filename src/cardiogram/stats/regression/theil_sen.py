"""Theil and Sen's line: the median slope over pairs of models."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.distributions import student_p_value, student_quantile
from cardiogram.stats.regression.regression import (
    ByAuthor,
    Regression,
    few_authors,
    refuse_slope,
)
from cardiogram.stats.regression.score_bootstrap import crossing
from cardiogram.stats.resampling import (
    DEFAULT_RESAMPLING,
    Floats,
    Integers,
    Interval,
    Resampling,
    degrees_of_freedom,
)

MOST_ROWS = 2000
"""Theil and Sen's line is drawn through all pairs of at most so many rows."""

_TINY_SLOPE = 1e-8


def theil_sen(
    rating: Floats, outcome: Floats, codes: Integers, resampling: Resampling = DEFAULT_RESAMPLING
) -> Regression:
    """Theil and Sen's line: the median slope over pairs of models.

    Returns
    -------
    Regression
        `interval` is Sen's, for independent models; that by author holds the slopes at which
        Kendall's coefficient is no further from 0 than its jackknife error by author allows, by
        Student's t. Of more than 2,000 models as many are drawn at random.

    References
    ----------
    Sen (1968), JASA 63(324), 1379-1389.
    """
    name, call = "Theil-Sen line of log1p", "scipy.stats.theilslopes(method='separate')"
    if reason := refuse_slope(rating, outcome):
        return Regression(name, call, int(rating.size), reason=reason)
    drawn = rating.size > MOST_ROWS
    if drawn:
        rows = np.sort(
            np.random.default_rng(resampling.seed).choice(rating.size, MOST_ROWS, replace=False)
        )
        rating, outcome = rating[rows], outcome[rows]
        codes = np.unique(codes[rows], return_inverse=True)[1].astype(np.int64)
        name = f"Theil-Sen line of log1p through {MOST_ROWS:,} models drawn at random"
    y = np.log1p(outcome)
    with np.errstate(invalid="ignore"):  # many ties leave no variance
        line = scipy("stats").theilslopes(y, rating, alpha=resampling.level)
    if abs(line.slope) < _TINY_SLOPE:
        reason = "ties make the median slope over pairs exactly 0"
        return Regression(name, call, int(rating.size), reason=reason)
    if not math.isfinite(line.low_slope):
        reason = "ratings and outcomes have so many ties that the slopes over pairs have no spread"
        return Regression(name, call, int(rating.size), reason=reason)
    by_author = _theil_sen_by_author(rating, y, codes, float(line.slope), resampling.level)
    return Regression(
        name,
        call,
        int(rating.size),
        float(line.slope),
        float(line.intercept),
        interval=Interval(resampling.level, float(line.low_slope), float(line.high_slope), "sen"),
        cluster_interval=by_author.interval,
        cluster_p_value=by_author.p_value,
        cluster_reason=by_author.reason,
        seed=resampling.seed if drawn else None,
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of models with different ratings, whole and within each author.

    Attributes
    ----------
    sides
        Which of two models is rated better, 1, 0 or -1, shape (n, n).
    first, second
        The pairs within one author.
    kept
        Pairs that are left when an author is left out, shape (authors,).
    whole
        All pairs.
    """

    x: Floats
    y: Floats
    codes: Integers
    sides: NDArray[np.int8]
    first: Integers
    second: Integers
    kept_pairs: Floats
    whole: float

    @classmethod
    def of(cls, x: Floats, y: Floats, codes: Integers) -> _Pairs:
        """Compare all models once."""
        codes = np.unique(codes, return_inverse=True)[1]
        sides = np.sign(x[:, None] - x).astype(np.int8)
        first, second = np.nonzero(np.triu(codes[:, None] == codes, 1))
        inside = np.bincount(codes[first], np.abs(sides[first, second]), int(codes.max()) + 1)
        partners = np.count_nonzero(sides, axis=1).astype(np.float64)
        whole = float(partners.sum()) / 2
        kept_pairs = (whole - np.bincount(codes, partners) + inside).astype(np.float64)
        return cls(x, y, codes, sides, first, second, kept_pairs, whole)

    def kendall_t(self, slope: float) -> float:
        """Kendall's coefficient of ratings and what a slope leaves, in jackknife errors."""
        residuals = self.y - slope * self.x
        signs = np.sign(residuals[:, None] - residuals)
        score = np.einsum("ij,ij->i", self.sides, signs, dtype=np.float64)
        within = (self.sides[self.first, self.second] * signs[self.first, self.second]).astype(
            float
        )
        inside = np.bincount(self.codes[self.first], within, self.kept_pairs.size)
        whole = float(score.sum()) / 2
        with np.errstate(invalid="ignore", divide="ignore"):  # no pair is left without an author
            without = (whole - np.bincount(self.codes, score) + inside) / self.kept_pairs
        moved = np.nan_to_num(without - whole / self.whole, posinf=0.0, neginf=0.0)
        spread = math.sqrt(float(moved @ moved) * (moved.size - 1) / moved.size)
        return whole / self.whole / spread if spread > 0 else math.inf


def _theil_sen_by_author(
    x: Floats, y: Floats, codes: Integers, slope: float, level: float
) -> ByAuthor:
    """Invert Kendall's test of the residuals, its error that of a jackknife of authors."""
    if reason := few_authors(codes):
        return ByAuthor(reason=reason)
    pairs, free = _Pairs.of(x, y, codes), degrees_of_freedom(codes)
    bound, step = student_quantile(level, free), max(0.01, abs(slope) / 4)
    bounds = (
        crossing(lambda value: pairs.kendall_t(value) - bound, slope, -step),
        crossing(lambda value: -pairs.kendall_t(value) - bound, slope, step),
    )
    if any(end is None for end in bounds):
        return ByAuthor(reason="the slopes of the pairs have no bound by author")
    low, high = (float(end or 0.0) for end in bounds)
    method = "inverted Kendall test, jackknife of authors"
    interval = Interval(level, low, high, method, int(np.unique(codes).size))
    return ByAuthor(interval=interval, p_value=student_p_value(pairs.kendall_t(0.0), free))
