"""What is always printed beside an effect: growth before, placebo dates, another method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats import clustered_difference
from cardiogram.stats.resampling import MINIMUM_CLUSTERS, Floats, Integers
from cardiogram.track.effect.comparison import MOST_DONORS, ModelComparison
from cardiogram.track.effect.effect import CrossCheck, PlaceboDates, SelectionCheck
from cardiogram.track.effect.matching import MatchedModels, match_models
from cardiogram.track.effect.window_counts import MONTH

PLACEBO_RUNS = 60
SIGNIFICANT = 0.05

RowMask = NDArray[np.bool_]


def check_selection(comparison: ModelComparison) -> SelectionCheck | None:
    """Compare the growth before the edit; None where it is not known.

    Donors are chosen by level, age and task, and not by growth.
    """
    panel, treated = comparison.panel, comparison.treated
    matched = match_models(
        panel, comparison.counts, treated.rows, treated.bounds, panel.donors, rising=True
    )
    matched = matched.take(np.flatnonzero(np.isfinite(matched.own)))
    if np.unique(comparison.cluster[matched.rows]).size < MINIMUM_CLUSTERS:
        return None
    result = clustered_difference(
        matched.own,
        comparison.cluster[matched.rows],
        matched.changes,
        matched.weights,
        comparison.cluster[matched.near],
    )
    if result.interval is None:
        return None
    return SelectionCheck(result.estimate, result.interval, result.p_value)


def check_placebo_dates(comparison: ModelComparison, seed: int = 0) -> PlaceboDates | None:
    """Edit as many other authors' models on paper, on any day, 60 times.

    Returns
    -------
    PlaceboDates or None
        None where fewer than ten units have models that were not changed: half of them at most
        are edited, and five it takes.
    """
    rng = np.random.default_rng(seed)
    donors = comparison.panel.donors
    if donors.size > MOST_DONORS:
        donors = np.sort(rng.choice(donors, MOST_DONORS, replace=False))
    unit = np.unique(comparison.cluster[donors], return_inverse=True)[1]
    units = int(unit.max(initial=-1)) + 1
    number = min(np.unique(comparison.cluster[comparison.treated.rows]).size, units // 2)
    if number < MINIMUM_CLUSTERS:
        return None
    rows, runs = [], []
    for run in range(PLACEBO_RUNS):
        chosen = rng.permutation(units)[:number]
        rows.append(donors[np.isin(unit, chosen)])
        runs.append(np.full(rows[-1].size, run))
    whole = _edit_anywhere(comparison, np.concatenate(rows), donors, rng)
    drawn = np.concatenate(runs)
    crossed = counted = 0
    for run in range(PLACEBO_RUNS):
        matched = whole.take(np.flatnonzero((drawn == run) & np.isfinite(whole.own)))
        cluster, near = comparison.cluster[matched.rows], comparison.cluster[matched.near]
        if np.unique(cluster).size >= MINIMUM_CLUSTERS:
            gap = clustered_difference(matched.own, cluster, matched.changes, matched.weights, near)
            counted += 1
            crossed += gap.p_value < SIGNIFICANT
    return PlaceboDates(counted, int(crossed)) if counted else None


def _edit_anywhere(
    comparison: ModelComparison, rows: Integers, donors: Integers, rng: np.random.Generator
) -> MatchedModels:
    """Donors beside other donors, on days drawn from those whose windows are known."""
    panel, counts = comparison.panel, comparison.counts
    days = np.arange(panel.days)
    grid = counts.bounds(
        np.repeat(donors, days.size), np.tile(days, donors.size), comparison.window
    )
    grid = grid.reshape(donors.size, days.size, 4)
    place = np.searchsorted(donors, rows)
    keys = np.where(grid[place, :, 0] >= 0, rng.random((rows.size, days.size)), -1.0)
    bounds = grid[place, keys.argmax(axis=1)]
    known = np.flatnonzero(bounds[:, 0] >= 0)
    matched = match_models(panel, counts, rows[known], bounds[known], donors)
    own = np.full(rows.size, np.nan)
    size = matched.near.shape[1]
    near, weights, changes = (np.zeros((rows.size, size)) for _ in range(3))
    own[known], near[known] = matched.own, matched.near
    weights[known], changes[known] = matched.weights, matched.changes
    return MatchedModels(rows, bounds, own, near.astype(np.int64), weights, changes)


def group_time_mean(outcome: Floats, changed: Integers, dropped: int = 0) -> float:
    """Mean change of changed units since before their change, less that of unchanged ones.

    Parameters
    ----------
    outcome
        Shape (units, periods), complete.
    changed
        Period, from 0, from which each unit's change counts; -1 for a unit that never changed.
    dropped
        Periods before that one that are neither before nor after.

    Returns
    -------
    float
        Each group and period after its change weighs as the group has units. NaN where there are
        no unchanged units or no period before a change.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225(2), 200-230: the simple aggregate.

    Examples
    --------
    >>> group_time_mean(np.array([[1.0, 1, 3], [2, 2, 2]]), np.array([2, -1]))
    2.0
    """
    sums, groups = _sums_since(outcome, changed, dropped)
    which = np.searchsorted(groups, changed)
    return float(_group_time(sums, groups, which, (changed >= 0)[None, :], outcome.shape[1])[0])


def cross_check(comparison: ModelComparison, draws: int = 999, seed: int = 0) -> CrossCheck:
    """Ask Callaway and Sant'Anna's method, in periods of 30 days, that of the edit left out."""
    panel, counts = comparison.panel, comparison.counts
    ends = np.arange(MONTH, panel.days + 1, MONTH)
    rows = np.concatenate([comparison.treated.rows, panel.donors])
    outcome = counts.levels(ends).T[rows] if ends.size else np.empty((rows.size, 0))
    edit = np.concatenate([comparison.dates, np.full(panel.donors.size, -1)])
    changed = np.where(edit >= 0, edit // MONTH + 1, -1)
    usable = np.isfinite(outcome).all(axis=1)
    usable &= (changed < 0) | ((changed > 1) & (changed < ends.size))
    rows, outcome, changed = rows[usable], outcome[usable], changed[usable]
    treated, cluster = changed >= 0, comparison.cluster[rows]
    sparse = np.unique(cluster[treated]).size < MINIMUM_CLUSTERS
    if sparse or np.unique(cluster[~treated]).size < MINIMUM_CLUSTERS:
        return CrossCheck(reason="too few models are known in whole months before and after")
    rng = np.random.default_rng(seed)
    drawn = np.where(treated, changed, rng.choice(changed[treated], changed.size))
    sums, groups = _sums_since(outcome, drawn, 1)
    masks = _draw_units(cluster, treated, draws, rng)
    which = np.searchsorted(groups, drawn)
    every = np.abs(_group_time(sums, groups, which, masks, outcome.shape[1]))
    estimate = group_time_mean(outcome, changed, 1)
    p_value = float((every >= every[0] * (1 - 1e-9)).mean())
    return CrossCheck(estimate, p_value, int(treated.sum()))


def _sums_since(outcome: Floats, changed: Integers, dropped: int) -> tuple[Floats, Integers]:
    """Each unit's summed change since before each group's change, shape (units, groups)."""
    groups = np.unique(changed[changed > dropped])
    groups = groups[groups < outcome.shape[1]]
    columns = [
        (outcome[:, group:] - outcome[:, [group - 1 - dropped]]).sum(axis=1) for group in groups
    ]
    return np.stack(columns, axis=1) if columns else np.empty((outcome.shape[0], 0)), groups


def _group_time(
    sums: Floats, groups: Integers, which: Integers, masks: NDArray[np.generic], periods: int
) -> Floats:
    """The simple aggregate under each of some choices of units (rows of `masks`)."""
    chosen = masks.astype(np.float64)
    valid = which < groups.size
    at = np.where(valid, which, 0)
    in_group = (np.arange(groups.size)[None, :] == at[:, None]) & valid[:, None]
    if not groups.size:
        return np.full(chosen.shape[0], np.nan)
    number = chosen @ in_group
    total = (chosen @ (in_group * sums)).sum(axis=1)
    others = 1 - chosen
    with np.errstate(divide="ignore", invalid="ignore"):
        means = (others @ sums) / others.sum(axis=1, keepdims=True)
        result = (total - (number * means).sum(axis=1)) / (number @ (periods - groups))
    return np.asarray(result)


def _draw_units(
    cluster: Integers, treated: RowMask, draws: int, rng: np.random.Generator
) -> Floats:
    """Which rows are changed: as it was, then by lot among units, shape (draws + 1, rows)."""
    code = np.unique(cluster, return_inverse=True)[1]
    units = int(code.max()) + 1
    number = int(np.unique(code[treated]).size)
    order = rng.random((draws, units)).argsort(axis=1)[:, :number]
    chosen = np.zeros((draws, units), bool)
    np.put_along_axis(chosen, order, True, axis=1)
    return np.concatenate([treated[None, :], chosen[:, code]]).astype(np.float64)
