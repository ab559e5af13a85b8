"""The linear part of a rank correlation: how it moves with the weight of each author.

With thousands of models the draws of whole authors and of this linear part agree to
within the noise of the draws, and the latter are one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cardiogram.stats.resampling.cluster_bootstrap import (
    BootstrapRhos,
    ClusteredColumns,
    Floats,
    Integers,
    PairName,
    draw_times,
)

_DRAWS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class _Ranked:
    """One column: centred mid-ranks / n, what is left of them, and where a value begins and ends.

    `residual` is `ranks` itself where there are no covariates.
    """

    order: Integers
    first: Integers
    last: Integers
    ranks: Floats
    residual: Floats

    @classmethod
    def of(cls, values: Floats, fitted: Floats | None) -> _Ranked:
        order = np.argsort(values, kind="stable")
        ordered = values[order]
        first = np.searchsorted(ordered, values, side="left")
        last = np.searchsorted(ordered, values, side="right")
        ranks = (first + last - values.size) / (2 * values.size)
        residual = ranks if fitted is None else ranks - fitted
        return cls(order, first, last, ranks, residual - residual.mean())

    def pull(self, weights: Floats) -> Floats:
        """Derivative of sum(weights * ranks) by the weight of each row: who is above and below."""
        below = np.concatenate([[0.0], np.cumsum(weights[self.order])])
        sides = below[-1] - below[self.last] - below[self.first]
        return np.asarray(sides / (2 * weights.size) - weights @ self.ranks / weights.size)


@dataclass(frozen=True, slots=True)
class LinearPart:
    """A correlation, and how it moves with the weight of each author, shape (authors,).

    Both are NaN where one of the columns is constant.
    """

    estimate: float
    slopes: Floats


def draw_linear(columns: ClusteredColumns, draws: int, seed: int) -> BootstrapRhos:
    """The same as :func:`.draw_rhos`, of the linear part."""
    parts = linear_part(ClusteredColumns(columns.xs, columns.ys, columns.codes))
    slopes = np.column_stack([part.slopes for part in parts.values()])
    middle = np.array([part.estimate for part in parts.values()])
    drawn = np.empty((draws, len(parts)))
    rng = np.random.default_rng(seed)
    for first in range(0, draws, _DRAWS_AT_ONCE):
        now = slice(first, min(first + _DRAWS_AT_ONCE, draws))
        times = draw_times(rng, columns.clusters, now.stop - first).astype(np.float64)
        drawn[now] = middle + (times - 1) @ slopes
    return {pair: drawn[:, place] for place, pair in enumerate(parts)}


def linear_part(columns: ClusteredColumns) -> dict[PairName, LinearPart]:
    """The linear part of every correlation, partial where there are fitted ranks."""
    ranked = {
        name: _Ranked.of(values, columns.fitted.get(name))
        for name, values in {**columns.xs, **columns.ys}.items()
    }
    own = {name: _spread_slopes(column) for name, column in ranked.items()}
    parts = {}
    for x, y in ((x, y) for x in columns.xs for y in columns.ys):
        x_column, y_column = ranked[x], ranked[y]
        spread = float(
            np.sqrt(
                (x_column.residual @ x_column.residual) * (y_column.residual @ y_column.residual)
            )
        )
        if spread <= 0:  # one of them is constant: no draw has a correlation
            parts[x, y] = LinearPart(np.nan, np.full(columns.clusters, np.nan))
            continue
        rho = float(x_column.residual @ y_column.residual) / spread
        moved = (
            x_column.residual * y_column.residual
            + x_column.pull(y_column.residual)
            + y_column.pull(x_column.residual)
        ) / spread
        moved -= rho / 2 * (own[x] + own[y])
        slopes = np.bincount(columns.codes, moved, columns.clusters).astype(np.float64)
        parts[x, y] = LinearPart(rho, slopes)
    return parts


def _spread_slopes(column: _Ranked) -> Floats:
    """Derivative of log(sum of squares) by the weight of each row."""
    spread = float(column.residual @ column.residual)
    if spread <= 0:
        return np.zeros(column.residual.size)
    return np.asarray((column.residual**2 + 2 * column.pull(column.residual)) / spread)
