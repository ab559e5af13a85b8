"""Effect against dose: whether cards that became better by more gain more."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats import clustered_difference, student_quantile, weigh_clusters
from cardiogram.stats.resampling import MINIMUM_CLUSTERS, Floats, Integers, Interval
from cardiogram.track.effect.comparison import ModelComparison
from cardiogram.track.effect.effect import Dose, DoseGroup

_FEWEST_MODELS = 8
_FOUR_FIFTHS, _APART = (0.1, 0.9), 1.0
"""Points by which the rises of the middle four fifths of the cards differ, where a slope is read:
what each point is worth is not told from cards that rose alike."""
_WIDEST = math.log(2)
"""Half of the widest interval that is said: in a wider one not even a doubling would show."""
_METHOD = "Student's t by cluster"


def relate_dose(
    comparison: ModelComparison, draws: int = 999, seed: int = 0, level: float = 0.95
) -> Dose:
    """Slope of the effect on the change of the rating, among changed models.

    Returns
    -------
    Dose
        Its p-value is by random signs, one a unit, under a slope of 0. There is no slope where the
        cards rose alike, and no interval where few cards decide it or it would say next to nothing.
    """
    doses = comparison.panel.dose[comparison.treated.rows]
    known = np.flatnonzero(np.isfinite(doses))
    matched, x = comparison.treated.take(known), doses[known]
    cluster = np.unique(comparison.cluster[matched.rows], return_inverse=True)[1]
    units = int(np.unique(cluster).size)
    if known.size < _FEWEST_MODELS or units < MINIMUM_CLUSTERS:
        said = f"{known.size} models of {units} {comparison.unit}s have both ratings"
        return Dose(int(known.size), reason=f"too few: {said}")
    low, high = np.quantile(x, _FOUR_FIFTHS)
    if high - low < _APART:
        alike = f"four of five cards rose by {low:.1f} to {high:.1f} points"
        return Dose(int(known.size), reason=f"too alike: {alike}")
    groups = _groups(comparison, known, x)
    share = weigh_clusters(cluster)
    apart = x - share @ x
    spread = float(share @ apart**2)
    y = matched.excess - share @ matched.excess
    slope = float(share @ (apart * y)) / spread
    scores = np.bincount(cluster, share * apart * (y - slope * apart)) / spread
    pulls = np.bincount(cluster, share * apart**2)
    kish = float(pulls.sum()) ** 2 / float(pulls @ pulls)
    if kish <= 2:
        return Dose(int(known.size), slope, groups=groups, reason="one author's cards decide it")
    se = float(np.sqrt(scores @ scores * kish / (kish - 1)))
    half = student_quantile(level, kish - 1) * se
    if half > _WIDEST:
        wide = "too wide an interval: a doubling for each point would not show"
        return Dose(int(known.size), slope, groups=groups, reason=wide)
    interval = Interval(level, slope - half, slope + half, _METHOD, units, draws, seed)
    p_value = _signs(np.bincount(cluster, share * apart * y), draws, seed)
    return Dose(int(known.size), slope, interval, p_value, groups)


def _signs(scores: NDArray[np.floating | np.integer], draws: int, seed: int) -> float:
    """Share of random signs whose sum is as far from 0."""
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), (draws, scores.size))
    beyond = np.abs(signs @ scores) >= abs(float(scores.sum())) * (1 - 1e-9)
    return (1 + int(beyond.sum())) / (1 + draws)


def _groups(comparison: ModelComparison, known: Integers, x: Floats) -> tuple[DoseGroup, ...]:
    """Thirds of the changed models by how much their cards improved."""
    edges = np.unique(np.quantile(x, (0, 1 / 3, 2 / 3, 1)))
    place = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, max(edges.size - 2, 0))
    groups = []
    for third in np.unique(place):
        part = comparison.treated.take(known[place == third])
        cluster = comparison.cluster[part.rows]
        near = comparison.cluster[part.near]
        gap = clustered_difference(part.own, cluster, part.changes, part.weights, near)
        interval = gap.interval if np.unique(cluster).size >= MINIMUM_CLUSTERS else None
        inside = x[place == third]
        groups.append(
            DoseGroup(float(inside.min()), float(inside.max()), inside.size, gap.estimate, interval)
        )
    return tuple(groups)
