"""Partial correlations without each author in turn, everything fitted anew.

With many covariates the draws of authors are too narrow: an author's own models pull the slopes of
the covariates towards themselves, and a placebo is then found in one study of ten
(``benchmarks/placebo.py``). Where an author is left out whole, its models pull nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cardiogram.stats.distributions import student_p_value, student_quantile
from cardiogram.stats.resampling import (
    MINIMUM_CLUSTERS,
    ClusteredColumns,
    ClusterTest,
    Floats,
    Integers,
    Interval,
    PairName,
    Resampling,
    WeightedRanks,
    degrees_of_freedom,
    effective_clusters,
    linear_part,
)

METHOD = "author-cluster jackknife"
LEFT_OUT = 400
"""Authors left out one by one where there are more; the others by the linear part."""

_CELLS = 1 << 18
_PERFECT = 1 - 1e-9
_SINGULAR = 1e-9


def leave_authors_out_of_partials(
    columns: ClusteredColumns, covariates: Floats, left_out: int = LEFT_OUT
) -> dict[PairName, Floats]:
    """Partial correlation of every pair without each author, shape (authors,) each.

    Parameters
    ----------
    columns
        Complete rows, with what the covariates say of each column's rank.
    covariates
        Shape (n, k), first column 1.
    left_out
        Authors of most models that are left out one by one, ranks and slopes of the covariates
        fitted anew; the others move a correlation so little that its linear part says how.
    """
    linear = linear_part(columns)
    without = {pair: part.estimate - part.slopes for pair, part in linear.items()}
    sizes = np.bincount(columns.codes, minlength=columns.clusters)
    authors = np.argsort(-sizes, kind="stable")[:left_out]
    basis = np.linalg.qr(covariates)[0]
    step = max(1, _CELLS // max(1, columns.codes.size))
    for first in range(0, authors.size, step):
        some = authors[first : first + step]
        refit = _Refit.of(basis, columns.codes, some)
        ys = {y: refit.residuals(values) for y, values in columns.ys.items()}
        for x, values in columns.xs.items():
            left = refit.residuals(values)
            for y, other in ys.items():
                without[x, y][some] = _correlate(left, other)
    return without


@dataclass(frozen=True, slots=True)
class _Refit:
    """Regressions on covariates without each of some authors.

    Attributes
    ----------
    weights
        0 for the rows of the author who is left out, else 1, shape (n, authors).
    inverses
        Of the products of the covariates over the other rows, shape (authors, k, k).
    """

    basis: Floats
    weights: Floats
    inverses: Floats

    @classmethod
    def of(cls, basis: Floats, codes: Integers, authors: Integers) -> _Refit:
        whole = np.eye(basis.shape[1])
        own = [basis[codes == author] for author in authors]
        products = np.stack([whole - rows.T @ rows for rows in own])
        inverses = np.linalg.pinv(products, rcond=_SINGULAR, hermitian=True)
        return cls(basis, (codes[:, None] != authors).astype(np.float64), inverses)

    def residuals(self, values: Floats) -> Floats:
        """What the covariates leave of the mid-ranks, shape (n, authors); 0 for rows left out."""
        ranks = WeightedRanks.of(values).rank(self.weights, self.weights.sum(axis=0)).weighted
        slopes = np.einsum("aij,ja->ia", self.inverses, self.basis.T @ ranks)
        return np.asarray((ranks - self.basis @ slopes) * self.weights)


def _correlate(x: Floats, y: Floats) -> Floats:
    spread = np.einsum("na,na->a", x, x) * np.einsum("na,na->a", y, y)
    with np.errstate(invalid="ignore", divide="ignore"):  # nothing is left without this author
        return np.asarray(np.einsum("na,na->a", x, y) / np.sqrt(spread))


def jackknife_test(
    estimate: float,
    without: Floats,
    codes: Integers,
    resampling: Resampling,
    scale: Literal["artanh", "plain"] = "artanh",
) -> ClusterTest:
    r"""Interval and p-value of a number from what it is without each author.

    .. math:: s^2 = \frac{G - 1}{G} \sum_g (z_{-g} - z)^2

    Parameters
    ----------
    without
        The number without each author, shape (authors,).
    codes
        Author of each row.
    scale
        `artanh` for a correlation, `plain` for a difference.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 11; MacKinnon, Nielsen
    and Webb (2023), J. Applied Econometrics 38(5), 671-694, on leaving clusters out (CV3).
    """
    clusters = int(without.size)
    if clusters < MINIMUM_CLUSTERS:
        needed = f"at least {MINIMUM_CLUSTERS} are needed"
        return ClusterTest(reason=f"only {clusters} authors; {needed}")
    turn, back = _SCALES[scale]
    if scale == "artanh" and (abs(estimate) >= _PERFECT or (np.abs(without) >= _PERFECT).any()):
        return ClusterTest(reason="agreement is perfect, so that it has no spread")
    middle, moved = turn(np.array(estimate)), turn(without)
    se = math.sqrt((clusters - 1) / clusters * float(np.sum((moved - middle) ** 2)))
    if not math.isfinite(se):
        return ClusterTest(reason="without one of the authors all ratings or outcomes are equal")
    if se <= 1e-12:
        return ClusterTest(reason="no author moves it")
    free = degrees_of_freedom(codes)
    half = student_quantile(resampling.level, free) * se
    low, high = (float(back(middle + side * half)) for side in (-1, 1))
    interval = Interval(resampling.level, low, high, METHOD, clusters)
    p_value = student_p_value(float(middle) / se, free)
    return ClusterTest(interval, p_value, se, effective_clusters(codes))


def _same(values: Floats) -> Floats:
    return values


_SCALES: Mapping[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "artanh": (np.arctanh, np.tanh),
    "plain": (_same, _same),
}
