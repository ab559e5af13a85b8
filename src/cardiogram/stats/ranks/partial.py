"""What is left of a rank correlation once age, task, library and size have spoken.

Ranks of both columns are regressed on the covariates, and the residuals are correlated: a
partial Spearman correlation.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiogram.optional import scipy
from cardiogram.stats.distributions import student_p_value
from cardiogram.stats.ranks.associations import (
    Association,
    bonett_wright,
    refuse_pair,
)
from cardiogram.stats.resampling import Floats

MINIMUM_LEVEL = 10
"""Labels of fewer models than these are one level, :data:`OTHER`."""

OTHER = "(other)"
"""The level of all rare labels; the Hub has a task named "other"."""

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Covariates:
    """Columns of a regression, without one that the others already say.

    Attributes
    ----------
    matrix
        Shape (n, k), first column 1.
    column_names
        k names.
    """

    matrix: Floats
    column_names: tuple[str, ...]

    def rows(self, chosen: np.ndarray) -> Covariates:
        """The covariates of some rows; columns that become redundant there are left out."""
        return drop_redundant(self.matrix[chosen], self.column_names)


def drop_redundant(matrix: Floats, column_names: Sequence[str]) -> Covariates:
    """Keep the columns that add something to those before them."""
    scale = np.maximum(np.abs(matrix).max(axis=0, initial=0), 1e-300)
    r: Floats = np.asarray(np.linalg.qr(matrix / scale, mode="r"), dtype=np.float64)
    diagonal = np.abs(np.diag(r)) if r.size else np.zeros(0)
    chosen = np.zeros(matrix.shape[1], dtype=bool)
    chosen[: diagonal.size] = diagonal > _TOLERANCE * math.sqrt(max(1, matrix.shape[0]))
    return Covariates(matrix[:, chosen], tuple(np.array(column_names, dtype=object)[chosen]))


def build_covariates(
    numeric: Mapping[str, ArrayLike],
    categories: Mapping[str, Iterable[str | None]],
    *,
    minimum: int = MINIMUM_LEVEL,
) -> Covariates:
    """Covariates from numbers (as ranks) and categories (as indicators).

    Parameters
    ----------
    numeric
        Numbers by name, shape (n,) each; a missing one is a level of its own.
    categories
        Labels by name, n each; None is a level of its own.
    minimum
        Labels of fewer models are one level of their own, :data:`OTHER`, however few models that
        has; the level of most models is the reference.

    Examples
    --------
    >>> build_covariates({}, {"task": ["text"] * 30 + ["a", "b"]}).column_names
    ('1', 'task (other)')
    """
    columns: dict[str, Floats] = {}
    n = 0
    for name, values in numeric.items():
        column = np.array(values, dtype=np.float64)
        n, known = column.size, np.isfinite(column)
        ranks = np.zeros(n)
        if known.any():
            ranks[known] = scipy("stats").rankdata(column[known])
            ranks[known] -= ranks[known].mean()
        columns[name] = ranks
        columns[f"{name} unknown"] = (~known).astype(np.float64)
    for name, labels in categories.items():
        levels = merge_rare([label or "none" for label in labels], minimum)
        n = levels.size
        columns |= {
            f"{name} {level}": (levels == level).astype(np.float64)
            for level in _by_size(levels)[1:]
        }
    matrix = np.column_stack([np.ones(n), *columns.values()])
    return drop_redundant(matrix, ["1", *columns])


def merge_rare(labels: Sequence[str], minimum: int) -> NDArray[np.str_]:
    """Levels of labels, shape (n,): those of fewer than `minimum` rows are :data:`OTHER`."""
    levels = np.array(labels, dtype=np.str_)
    distinct, level, times = np.unique(levels, return_inverse=True, return_counts=True)
    return np.where(times < minimum, OTHER, distinct)[level] if levels.size else levels


def _by_size(levels: NDArray[np.str_]) -> list[str]:
    """Different levels, that of most rows first."""
    labels, times = np.unique(levels, return_counts=True)
    return [str(label) for _, label in sorted(zip(-times, labels, strict=True))]


@dataclass(frozen=True, slots=True)
class Residuals:
    """A column's rank less what the covariates say of it, and what they say / n."""

    residual: Floats
    fitted: Floats


def residuals(values: Floats, covariates: Covariates) -> Residuals:
    """Regress a column's centred mid-ranks on covariates."""
    ranks = scipy("stats").rankdata(values)
    ranks = ranks - ranks.mean()
    slopes = np.linalg.lstsq(covariates.matrix, ranks, rcond=None)[0]
    fitted = covariates.matrix @ slopes
    return Residuals(ranks - fitted, fitted / values.size)


def partial_spearman(
    x: Floats, y: Floats, covariates: Covariates, level: float = 0.95
) -> Association:
    """Spearman's correlation of two complete columns given covariates, without draws.

    Returns
    -------
    Association
        The p-value has n - 2 - k degrees of freedom, where k covariates beside the constant were
        used; the interval is Bonett and Wright's at n - k.

    References
    ----------
    Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 5.4.
    """
    if reason := refuse_pair(x, y):
        return Association(int(x.size), reason=reason)
    return partial_from(residuals(x, covariates), residuals(y, covariates), covariates, level)


def partial_from(x: Residuals, y: Residuals, covariates: Covariates, level: float) -> Association:
    """The same from residuals."""
    n, k = x.residual.size, len(covariates.column_names) - 1
    spread = float(np.linalg.norm(x.residual) * np.linalg.norm(y.residual))
    rho = float(np.clip(x.residual @ y.residual / spread, -1, 1)) if spread > 0 else math.nan
    return partial_of(rho if spread > _TOLERANCE * n**3 else math.nan, n, k, level)


def partial_of(rho: float, n: int, k: int, level: float) -> Association:
    """The same from the correlation of residuals, NaN where nothing is left of one of them.

    Parameters
    ----------
    k
        Covariates beside the constant.
    """
    free = n - 2 - k
    if free < MINIMUM_LEVEL:
        return Association(n, reason=f"{n} models are too few for {k} covariates")
    if math.isnan(rho):
        return Association(n, reason="the covariates say all of the ratings or of the outcomes")
    interval = bonett_wright(rho, n - k, level)
    t = rho * math.sqrt(free / max(1e-300, 1 - rho**2))
    return Association(
        n=n,
        estimate=rho,
        p_value=student_p_value(t, free),
        interval=interval,
        interval_reason=None if interval else "the formula has no width at perfect agreement",
    )
