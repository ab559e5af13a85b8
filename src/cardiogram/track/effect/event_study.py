"""An event study: each day around the edit against the days before, less the donors'."""

from __future__ import annotations

import numpy as np

from cardiogram.stats import WITHIN, clustered_difference
from cardiogram.stats.resampling import Floats, Integers
from cardiogram.track.effect.comparison import ModelComparison
from cardiogram.track.effect.effect import DayPoint
from cardiogram.track.effect.matching import MatchedModels

AROUND = 30
"""Days shown before and after."""

_BAND_DRAWS = 400


def study_days(comparison: ModelComparison, seed: int = 0) -> tuple[DayPoint, ...]:
    """Change of the log on each day from 30 before the edit to 30 after it.

    Returns
    -------
    tuple of DayPoint
        Days of which fewer than two units are known are left out; none where the counter holds
        30 days at once.
    """
    if comparison.counter == "rolling" or not comparison.treated.rows.size:
        return ()
    offsets = np.arange(-AROUND, AROUND + 1)
    treated = comparison.treated
    own, others = _around(comparison, treated, comparison.dates[:, None] + offsets)
    low, high = _band(comparison, offsets, seed)
    points = []
    for place, day in enumerate(offsets):
        weights = treated.weights * np.isfinite(others[..., place])
        known = np.flatnonzero(np.isfinite(own[:, place]) & (weights.sum(axis=1) > 0))
        if known.size < 2:
            continue
        weights = weights[known] / weights[known].sum(axis=1, keepdims=True)
        gap = clustered_difference(
            own[known, place],
            comparison.cluster[treated.rows[known]],
            np.nan_to_num(others[known, :, place]),
            weights,
            comparison.cluster[treated.near[known]],
        )
        interval = gap.interval
        points.append(
            DayPoint(
                int(day),
                gap.estimate,
                interval.low if interval else None,
                interval.high if interval else None,
                _finite(low[place]),
                _finite(high[place]),
                int(known.size),
            )
        )
    return tuple(points)


def _around(
    comparison: ModelComparison, matched: MatchedModels, days: Integers
) -> tuple[Floats, Floats]:
    """Log of each day over the window before, of models (m, d) and donors (m, k, d)."""
    counts = comparison.counts
    own_base = _base(comparison, matched.rows, matched.bounds)
    bounds = np.broadcast_to(matched.bounds[:, None, :], (*matched.near.shape, 4))
    near_base = _base(comparison, matched.near.ravel(), bounds.reshape(-1, 4))
    own = counts.daily(matched.rows[:, None], days) - own_base[:, None]
    others = counts.daily(matched.near[..., None], days[:, None, :])
    return own, others - near_base.reshape(*matched.near.shape, 1)


def _base(comparison: ModelComparison, rows: Integers, bounds: Integers) -> Floats:
    start, before = bounds[:, 0], bounds[:, 1]
    total = comparison.counts.total
    rate = (total[rows, before] - total[rows, start]) / np.maximum(before - start, 1)
    return np.asarray(np.log(np.maximum(rate, 0) + 0.5))


def _band(comparison: ModelComparison, offsets: Integers, seed: int) -> tuple[Floats, Floats]:
    """Where 95 % of such means lie when as many units are edited on paper, each day."""
    placebo = comparison.placebo.models
    days = comparison.placebo.dates[:, None] + offsets
    nothing = np.full(offsets.size, np.nan)
    code = np.unique(comparison.cluster[placebo.rows], return_inverse=True)[1]
    units = int(np.unique(comparison.cluster[comparison.treated.rows]).size)
    if not code.size or units >= code.max() + 1:
        return nothing, nothing
    own, others = _around(comparison, placebo, days)
    weights = placebo.weights[..., None] * np.isfinite(others)
    total = weights.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = own - (weights * np.nan_to_num(others)).sum(axis=1) / total
    known = np.isfinite(excess)
    number = np.zeros((int(code.max()) + 1, days.shape[1]))
    sums = np.zeros_like(number)
    np.add.at(number, code, known)
    np.add.at(sums, code, np.where(known, excess, 0.0))
    shrunk = 1 / (1 + np.maximum(number - 1, 0) * WITHIN)
    order = np.random.default_rng(seed).random((_BAND_DRAWS, number.shape[0])).argsort(axis=1)
    chosen = np.zeros((_BAND_DRAWS, number.shape[0]))
    np.put_along_axis(chosen, order[:, :units], 1.0, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = (chosen @ (shrunk * sums)) / (chosen @ (shrunk * number))
    if not np.isfinite(means).all(axis=0).any():
        return nothing, nothing
    low, high = np.quantile(np.nan_to_num(means), (0.025, 0.975), axis=0)
    whole = np.isfinite(means).all(axis=0)
    return np.where(whole, low, np.nan), np.where(whole, high, np.nan)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
