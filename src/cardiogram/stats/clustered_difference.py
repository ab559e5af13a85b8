"""A mean of units less that of the units compared with each, where clusters are independent.

Clusters of very different sizes make a sandwich too sure. Here a cluster of n weighs n / (1 +
(n - 1) rho), variances are by cluster, and their degrees of freedom follow Kish and Satterthwaite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.distributions import student_p_value, student_quantile
from cardiogram.stats.resampling import Floats, Integers, Interval

WITHIN = 0.3
"""Share of the variance that is taken to be common within a cluster; it sets weights only."""

METHOD = "Student's t by cluster, Satterthwaite on Kish's numbers"
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class ClusteredDifference:
    """The difference and its uncertainty; no interval where `se` is 0 or not known."""

    estimate: float
    se: float
    free: float
    p_value: float
    interval: Interval | None
    clusters: int


def weigh_clusters(cluster: Integers) -> Floats:
    """Weight of each row, adding up to 1: rows of a cluster share what it weighs.

    Examples
    --------
    >>> weigh_clusters(np.array([0, 1, 1])).round(3)
    array([0.394, 0.303, 0.303])
    """
    number = np.bincount(cluster)
    weight = 1 / (1 + (number - 1) * WITHIN)
    return np.asarray(weight[cluster] / float(weight @ number))


def clustered_difference(
    own: Floats,
    cluster: Integers,
    others: Floats,
    weights: Floats,
    other_cluster: Integers,
    level: float = 0.95,
) -> ClusteredDifference:
    """Mean of m rows less the weighted means of the rows that each is compared with.

    Parameters
    ----------
    own, cluster
        Values and clusters, 0, 1, 2, ..., of the rows, shape (m,).
    others, weights, other_cluster
        Values, weights (adding up to 1 in each row) and clusters of those compared with,
        shape (m, k). A cluster may stand on both sides.

    References
    ----------
    Kish (1965), Survey Sampling; Satterthwaite (1946), Biometrics Bulletin 2(6), 110-114; Abadie
    and Imbens (2006), Econometrica 74(1), 235-267.
    """
    share = weigh_clusters(np.unique(cluster, return_inverse=True)[1])
    mean = (weights * others).sum(axis=1)
    excess = own - mean
    estimate = float(share @ excess)
    size = int(max(cluster.max(initial=0), other_cluster.max(initial=0))) + 1
    first = np.bincount(cluster, share * (excess - estimate), size)
    pulled = share[:, None] * weights
    second = np.bincount(other_cluster.ravel(), (pulled * (mean[:, None] - others)).ravel(), size)
    own_kish = _kish(np.bincount(cluster, share, size))
    other_kish = _kish(np.bincount(other_cluster.ravel(), pulled.ravel(), size))
    if own_kish <= 1 + _TINY or other_kish <= 1 + _TINY:
        return ClusteredDifference(estimate, math.nan, math.nan, math.nan, None, 1)
    # Of k others each, 1 / k of a row's variance is theirs, and stands in `there`.
    alone = float(share @ (1 / (1 + (weights**2).sum(axis=1))))
    here = float(first @ first) * alone * own_kish / (own_kish - 1)
    there = float(second @ second) * other_kish / (other_kish - 1)
    variance = max(here + there + 2 * float(first @ second), 0.0)
    clusters = int(np.unique(cluster).size)
    if variance <= _TINY:
        return ClusteredDifference(estimate, 0.0, math.nan, math.nan, None, clusters)
    free = (here + there) ** 2 / (here**2 / (own_kish - 1) + there**2 / (other_kish - 1))
    se = math.sqrt(variance)
    half = student_quantile(level, free) * se
    interval = Interval(level, estimate - half, estimate + half, METHOD, clusters)
    return ClusteredDifference(
        estimate, se, free, student_p_value(estimate / se, free), interval, clusters
    )


def randomisation_p(
    chosen: Floats,
    chosen_cluster: Integers,
    others: Floats,
    other_cluster: Integers,
    compared: Floats | None = None,
    draws: int = 999,
    seed: int = 0,
) -> float:
    """Two-sided p-value of a difference of means by which clusters were chosen.

    Parameters
    ----------
    chosen, others
        What each row has in excess of those it is compared with, among the clusters chosen and
        among the others, shapes (m,) and (n,). The clusters of the two are taken as different,
        and the others' mean, which is noise, is taken out: the difference is that of `chosen`.
    compared
        What the others have while they are not chosen, shape (n,), where that is known better;
        by default `others`.

    Returns
    -------
    float
        Of the difference over its standard error (a studentised permutation: Chung and Romano
        2013, Annals of Statistics 41(2), 484-507), since chosen clusters may vary more.
    """
    if np.unique(chosen_cluster).size < 2 or np.unique(other_cluster).size < 2:
        return math.nan
    share = weigh_clusters(np.unique(other_cluster, return_inverse=True)[1])
    first = _cluster_sums(chosen, chosen_cluster)
    roles = [others, others if compared is None else compared]
    second, third = (_cluster_sums(role - share @ role, other_cluster) for role in roles)
    inside, outside = np.concatenate([first, second]), np.concatenate([first, third])
    size, clusters = first.shape[0], inside.shape[0]
    rng = np.random.default_rng(seed)
    order = np.argpartition(rng.random((draws, clusters)), size - 1, axis=1)[:, :size]
    mask = np.zeros((draws + 1, clusters))
    mask[0, :size] = 1.0
    np.put_along_axis(mask[1:], order, 1.0, axis=1)
    statistic = np.abs(_studentised(mask @ inside, (1 - mask) @ outside))
    return float((statistic >= statistic[0] * (1 - 1e-9)).mean())


def _cluster_sums(values: Floats, cluster: Integers) -> Floats:
    """Of each cluster: w, w y, w^2, w^2 y, w^2 y^2, with w its weight and y its mean."""
    code = np.unique(cluster, return_inverse=True)[1]
    number = np.bincount(code)
    y, w = np.bincount(code, values) / number, number / (1 + (number - 1) * WITHIN)
    return np.stack([w, w * y, w**2, w**2 * y, w**2 * y**2], axis=1)


def _studentised(inside: Floats, outside: Floats) -> Floats:
    """Differences of means over their standard errors, one for each row of sums."""
    means, variances = [], []
    for w, wy, ww, wwy, wwyy in (inside.T, outside.T):
        mean, kish = wy / w, w**2 / ww
        spread = np.maximum(wwyy - 2 * mean * wwy + mean**2 * ww, 0.0) / w**2
        means.append(mean)
        variances.append(spread * kish / np.maximum(kish - 1, _TINY))
    return np.asarray((means[0] - means[1]) / np.sqrt(np.maximum(sum(variances), _TINY)))


def _kish(weights: NDArray[np.floating | np.integer]) -> float:
    """Effective number of clusters."""
    square = float(weights @ weights)
    return float(weights.sum()) ** 2 / square if square > 0 else 0.0
