"""Donors like each changed model: of its level, growth, age and task, on the same days."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cardiogram.stats.resampling import Floats, Integers
from cardiogram.track.effect.effect_panel import EffectPanel
from cardiogram.track.effect.window_counts import WindowCounts

NEIGHBOURS = (10, 30)
"""Donors of each changed model: the nearest fifteenth of all, but so many at least and at most.

More of few donors are not like it: where growth reverts, edits that do nothing then lose 3 %."""

FEWEST = 5
"""With fewer donors than these a model is compared with nothing."""

_CELLS = 1 << 21  # changed models x donors held at once


@dataclass(frozen=True, slots=True)
class MatchedModels:
    """Changed models beside the donors like them.

    Attributes
    ----------
    rows, bounds
        Rows of the panel, shape (m,), and where their windows lie, shape (m, 4).
    own
        Their change of the log; NaN where fewer than `FEWEST` donors are known on those days.
    near, weights
        Donors' rows and weights, shape (m, k); weights of a row add up to 1, those of a row that
        has no donors are 0.
    changes
        The donors' change of the log on the same days, shape (m, k).
    """

    rows: Integers
    bounds: Integers
    own: Floats
    near: Integers
    weights: Floats
    changes: Floats

    @property
    def compared(self) -> Floats:
        """The donors' mean change, shape (m,)."""
        return np.asarray((self.weights * self.changes).sum(axis=1))

    @property
    def excess(self) -> Floats:
        """Own change less that of the donors, shape (m,)."""
        return self.own - self.compared

    def take(self, wanted: Integers) -> MatchedModels:
        """Some of them."""
        return MatchedModels(
            self.rows[wanted],
            self.bounds[wanted],
            self.own[wanted],
            self.near[wanted],
            self.weights[wanted],
            self.changes[wanted],
        )


def match_models(
    panel: EffectPanel,
    counts: WindowCounts,
    rows: Integers,
    bounds: Integers,
    donors: Integers,
    *,
    rising: bool = False,
) -> MatchedModels:
    """Find the donors like each of m models, and what changed in both.

    Parameters
    ----------
    rows, bounds
        Models and their windows, of which all are known.
    donors
        Rows that may be compared with; a model is never its own donor.
    rising
        Compare the growth before the edit in place of the change after it; then donors are not
        chosen by growth.
    """
    size = min(max(NEIGHBOURS[0], min(NEIGHBOURS[1], donors.size // 15)), donors.size)
    shape = (rows.size, size)
    own = np.full(rows.size, np.nan)
    near, weights, changes = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape)
    if not size or not rows.size:
        return MatchedModels(rows, bounds, own, near, weights, changes)
    used = np.union1d(rows, donors)
    if 2 * used.size < len(panel.models):  # nothing is counted of the others
        own_rows, own_donors = np.searchsorted(used, rows), np.searchsorted(used, donors)
        some, taken = panel.rows(used), counts.take(used)
        matched = match_models(some, taken, own_rows, bounds, own_donors, rising=rising)
        return replace(matched, rows=rows, near=used[matched.near])
    wheres, which = np.unique(bounds, axis=0, return_inverse=True)
    which = which.reshape(-1)
    order, step = np.argsort(which, kind="stable"), max(1, _CELLS // len(panel.models))
    for first in range(0, rows.size, step):
        part = order[first : first + step]
        windows, place = np.unique(which[part], return_inverse=True)
        end = wheres[windows][:, 1]
        outcome = counts.rise(end) if rising else counts.changes(wheres[windows])
        growth = None if rising else counts.growth(end)
        apart = _distances(panel, counts.levels(end), growth, place, rows[part], donors)
        among = outcome[:, donors][place]
        apart[~np.isfinite(among) | (rows[part][:, None] == donors)] = np.inf
        chosen = np.argpartition(apart, size - 1, axis=1)[:, :size]
        usable = np.isfinite(np.take_along_axis(apart, chosen, axis=1))
        number = usable.sum(axis=1, keepdims=True)
        near[part] = donors[chosen]
        weights[part] = np.where(number >= FEWEST, usable / np.maximum(number, 1), 0.0)
        changes[part] = np.where(usable, np.take_along_axis(among, chosen, axis=1), 0.0)
        own[part] = np.where(number[:, 0] >= FEWEST, outcome[place, rows[part]], np.nan)
    return MatchedModels(rows, bounds, own, near, weights, changes)


def _distances(
    panel: EffectPanel,
    level: Floats,
    growth: Floats | None,
    place: Integers,
    rows: Integers,
    donors: Integers,
) -> Floats:
    """Mean squared distance of models and donors over what is known of both, shape (m, donors)."""
    total, known = np.zeros((rows.size, donors.size)), np.zeros((rows.size, donors.size))
    for column in (level, growth):
        if column is not None:
            _add(total, known, column[place, rows], column[:, donors], place)
    age = np.log1p(np.maximum(panel.first_day.toordinal() - panel.created, 0))
    _add(total, known, age[rows], age[donors][None, :], np.zeros(rows.size, np.int64))
    task, others = panel.task[rows][:, None], panel.task[donors]
    both = (task >= 0) & (others >= 0)
    total += np.where(both, task != others, 0.0)
    known += both & (np.unique(panel.task[donors]).size > 1)
    return np.asarray(total / np.maximum(known, 1) + (known == 0))


def _add(total: Floats, known: Floats, own: Floats, others: Floats, place: Integers) -> None:
    """Add one covariate, in standard deviations of the donors."""
    finite = others[np.isfinite(others)]
    spread = float(finite.std()) if finite.size > 1 else 0.0
    if spread > 0:
        apart = ((own[:, None] - others[place]) / spread) ** 2
        both = np.isfinite(apart)
        total += np.where(both, apart, 0.0)
        known += both
