"""Agreement of a judge with gold, every figure with an interval by author.

Cards of one author resemble each other, so whole authors are drawn: a draw is a weight for each
author, and all that is counted in the 5 x 5 table of gold and rated is linear in the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiogram.stats import (
    LEVELS,
    Floats,
    WholeNumbers,
    alpha_of_counts,
    confusion_cells,
    kappa_of_counts,
)
from cardiogram.stats.resampling import ClusteredColumns, build_correlator

LEVEL = 0.95
MINIMUM_AUTHORS = 5
"""Fewer authors than these give no interval."""

_LOST = 0.01  # share of draws without a value above which no interval is given
_CELLS = 1 << 20


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number with its 95 % interval by author-cluster bootstrap; None where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class GoldAgreement:
    """How far whole numbers 1-5 of a judge agree with gold ones.

    Attributes
    ----------
    qwk
        Quadratic-weighted kappa.
    alpha, alpha_nominal
        Krippendorff's alpha with ordinal and with nominal costs.
    spearman
        Rank correlation of the judge's expected value with the gold.
    exact, within_one
        Shares of cards, 0-1.
    bias
        Mean of judge minus gold, in rating points: negative for a strict judge.
    spread
        Standard deviation of the judge's numbers over that of the gold: below 1 where a judge
        keeps to the middle.
    coverage
        Share of gold ratings within the judge's 90 % interval; None where it gives none.
    """

    n: int
    authors: int
    qwk: Measurement
    alpha: Measurement
    alpha_nominal: Measurement
    spearman: Measurement
    exact: Measurement
    within_one: Measurement
    bias: Measurement
    spread: Measurement
    coverage: Measurement


def measure_against_gold(
    gold: ArrayLike,
    rated: ArrayLike,
    expected: ArrayLike,
    authors: Sequence[str] | NDArray[np.str_],
    *,
    bounds: Floats | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> GoldAgreement:
    """Measure one number of a judge against gold.

    Parameters
    ----------
    gold, rated
        Whole numbers 1-5 of both, shape (cards,).
    expected
        The judge's expected values, shape (cards,).
    authors
        Owner of each card.
    bounds
        The judge's 90 % interval, shape (cards, 2).
    draws, seed
        Of the author-cluster bootstrap.

    References
    ----------
    Field and Welsh (2007), Bootstrapping clustered data, JRSS B 69(3), 369-390.

    Examples
    --------
    >>> found = measure_against_gold([1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 3, 5], list("abcd"))
    >>> found.exact.value, found.bias.value, found.qwk.low is None
    (0.75, 0.25, True)
    """
    truth, whole = np.asarray(gold, np.int64), np.asarray(rated, np.int64)
    draw = draw_authors(authors, draws, seed)
    counts = draw.sums(count_cells(truth, whole))
    total = counts.sum(axis=1)
    level = np.arange(LEVELS)
    gap = np.subtract.outer(level, level).T.ravel()  # rated minus gold of each cell
    return GoldAgreement(
        n=truth.size,
        authors=draw.authors,
        qwk=draw.figure(kappa_of_counts(counts)),
        alpha=draw.figure(alpha_of_counts(counts, "ordinal")),
        alpha_nominal=draw.figure(alpha_of_counts(counts, "nominal")),
        spearman=draw.figure(_spearman(truth, np.asarray(expected, np.float64), draw)),
        exact=draw.figure(counts @ (gap == 0) / total),
        within_one=draw.figure(counts @ (np.abs(gap) <= 1) / total),
        bias=draw.figure(counts @ gap / total),
        spread=draw.figure(_spread(counts)),
        coverage=_coverage(truth, bounds, draw),
    )


@dataclass(frozen=True, slots=True)
class AuthorDraws:
    """How often each author is drawn; the first row is the sample itself.

    Attributes
    ----------
    owner
        Author of each row as 0, 1, 2, ..., shape (rows,).
    times
        Shape (1 + draws, authors).
    """

    owner: WholeNumbers
    times: Floats

    @property
    def authors(self) -> int:
        """Number of authors."""
        return int(self.times.shape[1])

    def sums(self, values: Floats) -> Floats:
        """Weighted sums over rows of `values`, shape (rows, k), in every draw: (1 + draws, k)."""
        by_author = np.zeros((self.authors, values.shape[1]))
        np.add.at(by_author, self.owner, values)
        summed: Floats = self.times @ by_author
        return summed

    def sums_without_each(self, values: Floats) -> Floats:
        """Sums over all rows, then over all but those of each author: (1 + authors, k)."""
        by_author = np.zeros((self.authors, values.shape[1]))
        np.add.at(by_author, self.owner, values)
        total = by_author.sum(axis=0)
        sums: Floats = np.vstack([total, total - by_author])
        return sums

    def kappas(self, gold: WholeNumbers, rated: WholeNumbers) -> Floats:
        """Quadratic-weighted kappa of two columns of whole numbers in every draw: (1 + draws,)."""
        return kappa_of_counts(self.sums(count_cells(gold, rated)))

    def mean(self, values: ArrayLike) -> Floats:
        """Weighted mean of a column, shape (rows,), in every draw: (1 + draws,)."""
        column = np.asarray(values, np.float64)
        return self.ratio(column, np.ones_like(column))

    def ratio(self, values: ArrayLike, weights: ArrayLike) -> Floats:
        """Weighted sum of one column over that of another, in every draw: (1 + draws,)."""
        summed = self.sums(np.column_stack([values, weights]).astype(float))
        with np.errstate(invalid="ignore"):
            ratio: Floats = summed[:, 0] / summed[:, 1]
        return ratio

    def figure(self, values: Floats, level: float = LEVEL) -> Measurement:
        """The sample's own value, with percentiles of the draws."""
        value = float(values[0]) if np.isfinite(values[0]) else None
        drawn = values[1:][np.isfinite(values[1:])]
        if value is None or self.authors < MINIMUM_AUTHORS:
            return Measurement(value)
        if len(drawn) < (1 - _LOST) * (len(values) - 1):
            return Measurement(value)
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        return Measurement(value, float(low), float(high))


def count_cells(gold: WholeNumbers, rated: WholeNumbers) -> Floats:
    """Each row's cell of the 5 x 5 table of gold and rated, shape (rows, 25)."""
    cells: Floats = np.eye(LEVELS**2)[confusion_cells(gold, rated)]
    return cells


def draw_authors(authors: Sequence[str] | NDArray[np.str_], draws: int, seed: int) -> AuthorDraws:
    """Draw whole authors with replacement.

    Examples
    --------
    >>> draw_authors(["a", "b", "a"], 2, 0).times.sum(axis=1).tolist()
    [2.0, 2.0, 2.0]
    """
    owners, owner = np.unique(np.asarray(authors, dtype=str), return_inverse=True)
    rng = np.random.default_rng(seed)
    count = len(owners)
    times = rng.multinomial(count, np.full(count, 1 / count), size=draws)
    return AuthorDraws(owner.astype(np.int64), np.vstack([np.ones(count), times]).astype(float))


def _spread(counts: Floats) -> Floats:
    """Ratio of the standard deviations, rated over gold, of each table of counts."""
    table = counts.reshape(-1, LEVELS, LEVELS)
    gold, rated = (_deviation(table.sum(axis=axis)) for axis in (2, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Floats = rated / gold
    return ratio


def _deviation(counts: Floats) -> Floats:
    level = np.arange(LEVELS)
    total = counts.sum(axis=1)
    mean = counts @ level / total
    deviation: Floats = np.sqrt(np.maximum(counts @ level**2 / total - mean**2, 0.0))
    return deviation


def _coverage(gold: WholeNumbers, bounds: Floats | None, draw: AuthorDraws) -> Measurement:
    if bounds is None or not np.isfinite(bounds).all() or not (bounds[:, 1] > bounds[:, 0]).any():
        return Measurement(None)
    slack = 1e-9
    inside = (bounds[:, 0] - slack <= gold) & (gold <= bounds[:, 1] + slack)
    return draw.figure(draw.mean(inside))


def _spearman(gold: WholeNumbers, expected: Floats, draw: AuthorDraws) -> Floats:
    """Spearman's rho on weighted mid-ranks in every draw."""
    columns = ClusteredColumns(
        {"expected": np.round(expected, 6)}, {"gold": gold.astype(np.float64)}, draw.owner
    )
    drawn = {("expected", "gold"): np.empty(len(draw.times))}
    correlate = build_correlator(columns)
    step = max(1, _CELLS // max(1, gold.size))
    for start in range(0, len(draw.times), step):
        now = slice(start, start + step)
        correlate(draw.times[now][:, draw.owner].T, drawn, now)
    return drawn["expected", "gold"]
