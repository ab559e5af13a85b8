"""An event study: each day around the edit against the days before, less the donors'."""

from __future__ import annotations

import numpy as np

from cardiogram.stats import clustered_difference, weigh_clusters
from cardiogram.stats.resampling import MINIMUM_CLUSTERS, Floats, Integers
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
    """Where 95 % of such means lie when nothing was changed, each day."""
    placebo = comparison.placebo.models
    nothing = np.full(offsets.size, np.nan)
    if np.unique(comparison.cluster[placebo.rows]).size < MINIMUM_CLUSTERS:
        return nothing, nothing
    own, others = _around(comparison, placebo, comparison.placebo.dates[:, None] + offsets)
    weights = placebo.weights[..., None] * np.isfinite(others)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = own - (weights * np.nan_to_num(others)).sum(axis=1) / weights.sum(axis=1)
    known = np.isfinite(excess)
    filled = np.where(known, excess, 0.0)
    means = []
    for draws in _draw_means(comparison, np.random.default_rng(seed)):
        with np.errstate(divide="ignore", invalid="ignore"):
            means.append((draws @ filled) / (draws @ known))
    # What its donors add to a placebo edit is in the second mean.
    alone = float(np.mean(1 / (1 + (placebo.weights**2).sum(axis=1))))
    gap = means[0] * alone**0.5 - means[1]
    whole = np.isfinite(gap).all(axis=0)
    low, high = np.quantile(np.where(whole, gap, 0.0), (0.025, 0.975), axis=0)
    return np.where(whole, low, np.nan), np.where(whole, high, np.nan)


def _draw_means(comparison: ModelComparison, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Weights of placebo edits in a mean like that of the changed models, and of their donors.

    Units are drawn with replacement: in the place of each changed unit another one with as many
    of its models, and as many units of donors as there are. Shape (draws, placebo edits) each.
    """
    edited, treated = comparison.placebo.models.rows, comparison.treated.rows
    code = np.unique(comparison.cluster[edited], return_inverse=True)[1]
    number = np.bincount(code)
    start, units = np.cumsum(number) - number, number.size
    own = np.unique(comparison.cluster[treated], return_inverse=True)[1]
    share, draws = weigh_clusters(own), np.zeros((_BAND_DRAWS, edited.size))
    turn = np.array([int((own[:row] == unit).sum()) for row, unit in enumerate(own)])
    place = rng.choice(units, (_BAND_DRAWS, own.max() + 1), p=number / edited.size)[:, own]
    order = (code + rng.random(draws.shape)).argsort(axis=1)  # by unit, and in it at random
    enough = turn < number[place]  # a unit with fewer models is filled up with others
    chosen = np.take_along_axis(order, np.where(enough, start[place] + turn, 0), axis=1)
    chosen = np.where(enough, chosen, rng.integers(0, edited.size, chosen.shape))
    np.add.at(draws, (np.arange(_BAND_DRAWS)[:, None], chosen), share)
    times = rng.multinomial(units, np.full(units, 1 / units), _BAND_DRAWS)
    return draws, times[:, code].astype(np.float64)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
