"""Kendall's tau-b and Somers' D: how often the better rated model of a pair has more."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cardiogram.optional import scipy
from cardiogram.stats.distributions import normal_quantile, student_quantile
from cardiogram.stats.resampling import (
    MINIMUM_CLUSTERS,
    Floats,
    Integers,
    Interval,
    effective_clusters,
)

_LEVELS = 512  # more different values than these are binned for the standard error by author


@dataclass(frozen=True, slots=True)
class Concordance:
    """How pairs of models agree.

    Attributes
    ----------
    tau_b, p_value
        Kendall's coefficient, and its p-value as if rows were independent.
    somers_d
        Of pairs with different ratings: the share where the better one has more, minus the share
        where it has fewer.
    interval
        Of tau-b, by Bonett and Wright's formula for independent rows; None where tau-b is too
        near to 1 for it.
    cluster_interval
        Of tau-b by author; None without enough authors.
    """

    tau_b: float
    p_value: float
    somers_d: float
    interval: Interval | None = None
    cluster_interval: Interval | None = None


def kendall(
    x: Floats, y: Floats, codes: Integers | None = None, level: float = 0.95
) -> Concordance:
    """Kendall's tau-b and Somers' D of y given x, neither of them constant.

    Parameters
    ----------
    codes
        Author of each row; None gives no interval by author.

    References
    ----------
    Kendall (1945), Biometrika 33(3), 239-251; Bonett and Wright (2000), Psychometrika 65(1), 23-28.

    Examples
    --------
    >>> found = kendall(np.array([1.0, 1, 2, 3]), np.array([0.0, 1, 1, 2]))
    >>> round(found.tau_b, 4), found.somers_d
    (0.8, 0.8)
    """
    tau, p_value = (float(value) for value in scipy("stats").kendalltau(x, y))
    pairs = x.size * (x.size - 1) / 2
    untied_x, untied_y = pairs - _tied(x), pairs - _tied(y)
    by_author = None if codes is None else _by_author(x, y, codes, tau, level)
    return Concordance(
        tau, p_value, tau * math.sqrt(untied_y / untied_x), _plain(tau, x.size, level), by_author
    )


def _plain(tau: float, n: int, level: float) -> Interval | None:
    """Bonett and Wright's interval of tau, which holds for |tau| < 0.8."""
    if n <= 4 or abs(tau) >= 0.8:
        return None
    half = normal_quantile(level) * math.sqrt(0.437 / (n - 4))
    low, high = (math.tanh(math.atanh(tau) + side * half) for side in (-1, 1))
    return Interval(level, low, high, "bonett-wright")


def _by_author(x: Floats, y: Floats, codes: Integers, tau: float, level: float) -> Interval | None:
    """Tau-b plus and minus t times the spread of each author's influence on it.

    The influence of a row is the derivative of tau-b by its weight: concordant less discordant
    partners, and partners that are not tied with it. Partners are counted in a table of levels.
    """
    clusters = int(np.unique(codes).size)
    if clusters < MINIMUM_CLUSTERS or abs(tau) > 1 - 1e-12:
        return None
    a, b = _levels(x), _levels(y)
    table = np.zeros((int(a.max()) + 1, int(b.max()) + 1))
    np.add.at(table, (a, b), 1)
    below = np.zeros((table.shape[0] + 1, table.shape[1] + 1))
    below[1:, 1:] = table.cumsum(axis=0).cumsum(axis=1)
    rows, columns, n = below[:, -1], below[-1], float(x.size)
    score = (
        below[:-1, :-1]
        + (n - rows[1:, None] - columns[None, 1:] + below[1:, 1:])
        - (rows[:-1, None] - below[:-1, 1:])
        - (columns[None, :-1] - below[1:, :-1])
    )[a, b]
    free_x, free_y = n - np.diff(rows)[a], n - np.diff(columns)[b]
    all_x, all_y = free_x.sum() / 2, free_y.sum() / 2
    moved = score / math.sqrt(all_x * all_y) - tau / 2 * (free_x / all_x + free_y / all_y)
    moved = np.bincount(codes, moved - moved.mean())
    se = math.sqrt(float(moved @ moved) * clusters / (clusters - 1)) / (1 - tau**2)
    t = student_quantile(level, max(1.0, effective_clusters(codes) - 1))
    low, high = (math.tanh(math.atanh(tau) + side * t * se) for side in (-1, 1))
    return Interval(level, low, high, "delta method, variance by author", clusters)


def _levels(values: Floats) -> Integers:
    distinct, level = np.unique(values, return_inverse=True)
    if distinct.size > _LEVELS:
        edges = np.unique(np.quantile(values, np.arange(1, _LEVELS) / _LEVELS))
        level = np.searchsorted(edges, values)
    return level.astype(np.int64)


def _tied(values: Floats) -> float:
    times = np.unique(values, return_counts=True)[1].astype(np.float64)
    return float((times * (times - 1) / 2).sum())
