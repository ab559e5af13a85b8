"""How far a correlation moves when any one author is left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cardiogram.stats.resampling import (
    ClusteredColumns,
    Floats,
    PairName,
    build_correlator,
)

_CELLS = 1 << 15
_MOST = 300  # authors left out one by one where there are more; the most influential ones


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """The range of one correlation over all studies with one author less.

    Attributes
    ----------
    low, high
        Smallest and largest correlation.
    low_author, high_author
        Codes of the authors whose absence gives these.
    tried, authors
        Authors left out one by one, the most influential ones where they are many, and all.
    """

    low: float
    high: float
    low_author: int
    high_author: int
    tried: int
    authors: int


def leave_one_out(columns: ClusteredColumns) -> dict[PairName, LeaveOneOut]:
    """Correlations of every pair without each author in turn.

    Where there are more than 300 authors, those are left out whose rows carry most of the sums
    of products: an author without weight cannot move a rank correlation.
    """
    pairs = [(x, y) for x in columns.xs for y in columns.ys]
    authors = _influential(columns, pairs)
    drawn = {pair: np.full(authors.size, np.nan) for pair in pairs}
    correlate = build_correlator(ClusteredColumns(columns.xs, columns.ys, columns.codes))
    step = max(1, _CELLS // max(1, columns.codes.size))
    for first in range(0, authors.size, step):
        now = slice(first, min(first + step, authors.size))
        correlate((columns.codes[:, None] != authors[now]).astype(np.float64), drawn, now)
    return {
        pair: influence for pair in pairs if (influence := _range(drawn[pair], authors, columns))
    }


def _influential(columns: ClusteredColumns, pairs: list[PairName]) -> np.ndarray:
    if columns.clusters <= _MOST:
        return np.arange(columns.clusters)
    scores = {name: _standardised(values) for name, values in {**columns.xs, **columns.ys}.items()}
    each = max(2, _MOST // (2 * len(pairs)))
    influential: set[int] = set(np.argsort(-np.bincount(columns.codes))[: 2 * each].tolist())
    for x, y in pairs:
        moved = np.bincount(columns.codes, scores[x] * scores[y], columns.clusters)
        order = np.argsort(moved)
        influential |= {*order[:each].tolist(), *order[-each:].tolist()}
    return np.array(sorted(influential))


def _standardised(values: Floats) -> Floats:
    levels, inverse, times = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(times) - (times - 1) / 2)[inverse]
    ranks = ranks - ranks.mean()
    spread = float(ranks.std())
    return ranks / spread if levels.size > 1 else ranks


def _range(rhos: Floats, authors: np.ndarray, columns: ClusteredColumns) -> LeaveOneOut | None:
    if not np.isfinite(rhos).any():
        return None
    low, high = int(np.nanargmin(rhos)), int(np.nanargmax(rhos))
    return LeaveOneOut(
        float(rhos[low]),
        float(rhos[high]),
        int(authors[low]),
        int(authors[high]),
        int(authors.size),
        columns.clusters,
    )
