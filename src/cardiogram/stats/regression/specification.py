"""Every defensible choice of controls, models and estimator: one slope each.

A result that holds under one choice alone is a result of that choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.ranks import Covariates, drop_redundant
from cardiogram.stats.regression.regression import few_authors, refuse_slope
from cardiogram.stats.regression.restricted_fits import (
    RestrictedFit,
    RestrictedLine,
    RestrictedRobust,
    fit_robust,
)
from cardiogram.stats.regression.score_bootstrap import no_slope_p_value
from cardiogram.stats.regression.sensitivity import name_columns
from cardiogram.stats.resampling import Floats, Integers, Resampling

Estimator = Literal["robust regression", "least squares", "rank correlation"]

ESTIMATORS: tuple[Estimator, ...] = ("robust regression", "least squares", "rank correlation")


@dataclass(frozen=True, slots=True)
class SpecificationPoint:
    """The estimate under one set of choices.

    Attributes
    ----------
    controls, rows
        Names of what is held equal, and of the models.
    estimate
        Slope of the outcome's logarithm per point; of ranks, their partial correlation.
    p_value
        By random signs, one an author; None with fewer than 5 authors.
    """

    controls: tuple[str, ...]
    rows: str
    estimator: Estimator
    n: int
    estimate: float | None = None
    p_value: float | None = None
    reason: str | None = None


def specification_curve(
    rating: Floats,
    log_outcome: Floats,
    samples: Mapping[str, NDArray[np.bool_]],
    covariates: Covariates,
    covariate_of: Mapping[str, str],
    codes: Integers,
    resampling: Resampling,
) -> Iterator[SpecificationPoint]:
    """Fit every combination of controls, models and estimator.

    Parameters
    ----------
    rating, log_outcome
        Shape (n,), NaN where there is none.
    samples
        Which models, by name.
    covariates
        Of each model.
    covariate_of
        Name of the covariate that the first word of a column's name stands for.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Specification curve analysis, Nature Human Behaviour 4,
    1208-1214.
    """
    kinds = name_columns(covariates, covariate_of)
    controls = [name for name in dict.fromkeys(covariate_of.values()) if (kinds == name).any()]
    chosen = [c for size in range(len(controls) + 1) for c in combinations(controls, size)]
    for sample, wanted in samples.items():
        rows = wanted & np.isfinite(rating) & np.isfinite(log_outcome)
        x, y, who = rating[rows], log_outcome[rows], codes[rows]
        for held in chosen:
            columns = np.isin(kinds, ("", *held))
            labels = [n for n, keep in zip(covariates.column_names, columns, strict=True) if keep]
            design = drop_redundant(covariates.matrix[rows][:, columns], labels).matrix
            for estimator in ESTIMATORS:
                point = SpecificationPoint(held, sample, estimator, int(rows.sum()))
                yield _fit(point, x, y, who, design, resampling)


def _fit(
    point: SpecificationPoint,
    x: Floats,
    y: Floats,
    codes: Integers,
    design: Floats,
    resampling: Resampling,
) -> SpecificationPoint:
    if reason := refuse_slope(x, y):
        return _refuse(point, reason)
    if point.estimator == "rank correlation":
        rank = scipy("stats").rankdata
        x, y = rank(x), rank(y)
    basis = np.linalg.qr(design)[0]
    left = x - basis @ (basis.T @ x)
    if float(left @ left) <= 1e-12 * float(x @ x):
        return _refuse(point, "the covariates say all of the ratings")
    restricted: RestrictedFit = RestrictedLine.of(x, y, codes, design)
    if point.estimator == "robust regression":
        restricted = RestrictedRobust.of(x, y, codes, "huber", design)
    estimate = _estimate(point.estimator, left, y, basis)
    if estimate is None:
        return _refuse(point, "the scale or the slope collapses")
    p_value = None if few_authors(codes) else no_slope_p_value(restricted, resampling)
    return SpecificationPoint(
        point.controls, point.rows, point.estimator, point.n, estimate, p_value
    )


def _estimate(estimator: Estimator, left: Floats, y: Floats, basis: Floats) -> float | None:
    """The slope of what the covariates leave of the rating; of ranks the correlation."""
    length = float(np.sqrt(left @ left))
    if estimator == "rank correlation":
        unexplained = y - basis @ (basis.T @ y)
        spread = length * float(np.sqrt(unexplained @ unexplained))
        return float(left @ unexplained) / spread if spread > 0 else None
    if estimator == "least squares":
        return float(left @ y) / length**2
    whole = np.column_stack([basis, left / length])
    fit = fit_robust(whole, y, "huber", whole.T @ y)
    slope = float(fit.slopes[-1]) / length
    return slope if fit.scale > 0 and abs(slope) > 1e-8 else None


def _refuse(point: SpecificationPoint, reason: str) -> SpecificationPoint:
    return SpecificationPoint(point.controls, point.rows, point.estimator, point.n, reason=reason)
