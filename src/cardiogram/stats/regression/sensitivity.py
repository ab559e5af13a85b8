"""How strong something unknown must be to explain a slope away, beside what is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.ranks import Covariates
from cardiogram.stats.regression.regression import join_design, refuse_slope
from cardiogram.stats.resampling import Floats


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What a known covariate explains of what all others leave of the outcome and of the rating."""

    outcome: float
    rating: float

    @property
    def largest(self) -> float:
        """The larger of the two."""
        return max(self.outcome, self.rating)


@dataclass(frozen=True, slots=True)
class SlopeRobustness:
    """A slope's robustness value, or the reason why there is none.

    Attributes
    ----------
    value
        Share of what is left both of the rating and of the outcome that a confounder must explain
        to make the slope 0, 0-1.
    benchmarks
        Partial R2 of each known covariate, by its name.
    """

    value: float | None = None
    benchmarks: Mapping[str, Benchmark] | None = None
    reason: str | None = None


def robustness_value(
    rating: Floats, log_outcome: Floats, covariates: Covariates, covariate_of: Mapping[str, str]
) -> SlopeRobustness:
    """Robustness value of the least-squares slope of the rating, given covariates.

    Parameters
    ----------
    rating, log_outcome
        Shape (n,), complete.
    covariate_of
        Name of the covariate that the first word of a column's name stands for.

    References
    ----------
    Cinelli and Hazlett (2020), Making sense of sensitivity: extending omitted variable bias, JRSS B
    82(1), 39-67.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, z = rng.normal(size=(2, 200))
    >>> design = Covariates(np.column_stack([np.ones(200), z]), ("1", "age"))
    >>> strength = robustness_value(x, x + z, design, {"age": "age"})
    >>> round(strength.value, 2), list(strength.benchmarks)
    (1.0, ['age'])
    """
    design = join_design(rating, covariates)
    if reason := refuse_slope(rating, log_outcome):
        return SlopeRobustness(reason=reason)
    if design is None:
        return SlopeRobustness(reason="the covariates say all of the ratings")
    others = covariates.matrix
    free = rating.size - design.shape[1]
    if free < 1:
        return SlopeRobustness(reason="there are as many covariates as models")
    share = _partial_r2(log_outcome, np.column_stack([others, rating]), others)
    strength = share / max(1e-300, 1 - share)  # f squared, t**2 / free
    value = (math.sqrt(strength**2 + 4 * strength) - strength) / 2 if share < 1 else 1.0
    kinds = name_columns(covariates, covariate_of)
    with_rating = np.column_stack([others, rating])
    benchmarks = {
        name: Benchmark(
            _partial_r2(log_outcome, with_rating, with_rating[:, np.append(kinds != name, True)]),
            _partial_r2(rating, others, others[:, kinds != name]),
        )
        for name in dict.fromkeys(covariate_of.values())
        if (kinds == name).any()
    }
    return SlopeRobustness(min(1.0, value), benchmarks)


def name_columns(covariates: Covariates, covariate_of: Mapping[str, str]) -> NDArray[np.str_]:
    """Name of the covariate that each column is of, shape (k,); "" of the constant."""
    words = (column.split(" ")[0] for column in covariates.column_names)
    return np.array([covariate_of.get(word, "") for word in words])


def _partial_r2(values: Floats, larger: Floats, smaller: Floats) -> float:
    """Share of what a smaller design leaves of values that a larger one explains."""
    left, less = (_unexplained(values, design) for design in (smaller, larger))
    return max(0.0, 1 - less / left) if left > 0 else 0.0


def _unexplained(values: Floats, design: Floats) -> float:
    basis = np.linalg.qr(design)[0]
    left = values - basis @ (basis.T @ values)
    return float(left @ left)
