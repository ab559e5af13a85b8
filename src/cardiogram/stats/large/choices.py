"""Specification curves and robustness values of very many models, from products of columns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.large.lines import OneStepScores, fit_robust_line
from cardiogram.stats.ranks import CodedDesign
from cardiogram.stats.regression import (
    ESTIMATORS,
    LOSSES,
    Benchmark,
    SlopeRobustness,
    SpecificationPoint,
    few_authors,
    no_slope_p_value,
    refuse_slope,
)
from cardiogram.stats.resampling import Floats, Integers, Resampling

_NOTHING_LEFT = 1e-9
_WORKERS = 2  # numpy lets go of the interpreter while it counts


def choices(
    rating: Floats,
    log_outcome: Floats,
    samples: Mapping[str, NDArray[np.bool_]],
    design: CodedDesign,
    covariate_of: Mapping[str, str],
    codes: Integers,
    resampling: Resampling,
) -> Iterator[SpecificationPoint]:
    """:func:`.specification_curve` of very many models; p by one-step scores."""
    kinds = kinds_of(design, covariate_of)
    controls = [name for name in dict.fromkeys(covariate_of.values()) if (kinds == name).any()]
    chosen = [c for size in range(len(controls) + 1) for c in combinations(controls, size)]
    for sample, wanted in samples.items():
        rows = wanted & np.isfinite(rating) & np.isfinite(log_outcome)
        x, y = rating[rows], log_outcome[rows]
        who = np.unique(codes[rows], return_inverse=True)[1].astype(np.int64)
        if reason := refuse_slope(x, y):
            for held in chosen:
                for estimator in ESTIMATORS:
                    yield SpecificationPoint(held, sample, estimator, x.size, reason=reason)
            continue
        rank = scipy("stats").rankdata
        fits = _Fits(
            x, y, rank(x) / x.size, rank(y) / x.size, who, design.rows(rows), sample, resampling
        )
        with ThreadPoolExecutor(_WORKERS) as pool:
            for points in pool.map(lambda held: fits.of(held, covariate_of), chosen):  # noqa: B023
                yield from points


def kinds_of(design: CodedDesign, covariate_of: Mapping[str, str]) -> NDArray[np.str_]:
    """Name of the covariate that each column is of, shape (k,); "" of the constant."""
    words = (column.split(" ")[0] for column in design.column_names)
    return np.array([covariate_of.get(word, "") for word in words])


class _Fits:
    """The models of one sample, and the fits of one choice of controls."""

    def __init__(
        self,
        x: Floats,
        y: Floats,
        rank_x: Floats,
        rank_y: Floats,
        codes: Integers,
        design: CodedDesign,
        sample: str,
        resampling: Resampling,
    ) -> None:
        self.pairs = {"rank correlation": (rank_x, rank_y)}
        self.x, self.y, self.codes, self.design = x, y, codes, design
        self.sample, self.resampling = sample, resampling

    def of(
        self, held: tuple[str, ...], covariate_of: Mapping[str, str]
    ) -> list[SpecificationPoint]:
        """One estimate of each kind."""
        kinds = kinds_of(self.design, covariate_of)
        design = self.design.columns(np.isin(kinds, ("", *held)))
        gram, points = design.gram(), []
        for estimator in ESTIMATORS:
            x, y = self.pairs.get(estimator, (self.x, self.y))
            left = x - design.explain(x, gram)
            about = (held, self.sample, estimator, int(x.size))
            if float(left @ left) <= _NOTHING_LEFT * float(x @ x):
                reason = "the covariates say all of the ratings"
                points.append(SpecificationPoint(*about, reason=reason))
            elif estimator == "robust regression":
                points.append(self._robust(SpecificationPoint(*about), design))
            else:
                other = y - design.explain(y, gram)
                slope = float(left @ other) / float(left @ left)
                estimate = slope
                if estimator == "rank correlation":
                    estimate = slope * math.sqrt(float(left @ left) / float(other @ other))
                error, ones = other - slope * left, np.ones(left.size)
                scores = OneStepScores.of(slope, left, error, ones, self.codes, design)
                p_value = self._p_value(scores)
                points.append(SpecificationPoint(*about, estimate, p_value))
        return points

    def _robust(self, point: SpecificationPoint, design: CodedDesign) -> SpecificationPoint:
        fit = fit_robust_line(design.with_column(self.x, "rating"), self.y, "huber")
        about = (point.controls, point.rows, point.estimator, point.n)
        slope = float(fit.slopes[0])
        if not fit.scale > 0 or abs(slope) <= 1e-8:
            return SpecificationPoint(*about, reason="the scale or the slope collapses")
        standard = fit.residuals / fit.scale
        stiff = LOSSES["huber"].slope(standard)
        weighted = design.solve(design.products(stiff * self.x), design.gram(stiff))
        left, pull = self.x - design.apply(weighted), LOSSES["huber"].psi(standard) * fit.scale
        scores = OneStepScores.of(slope, left, pull, stiff, self.codes, design)
        return SpecificationPoint(*about, slope, self._p_value(scores))

    def _p_value(self, scores: OneStepScores) -> float | None:
        return None if few_authors(scores.author) else no_slope_p_value(scores, self.resampling)


def robustness_of(
    rating: Floats, log_outcome: Floats, design: CodedDesign, covariate_of: Mapping[str, str]
) -> SlopeRobustness:
    """:func:`.robustness_value` of very many models."""
    if reason := refuse_slope(rating, log_outcome):
        return SlopeRobustness(reason=reason)
    left = rating - design.explain(rating)
    if float(left @ left) <= _NOTHING_LEFT * float(rating @ rating):
        return SlopeRobustness(reason="the covariates say all of the ratings")
    whole, kinds = design.with_column(rating, "rating"), kinds_of(design, covariate_of)
    share = _partial_r2(log_outcome, whole, np.append(False, np.ones(kinds.size, dtype=bool)))
    strength = share / max(1e-300, 1 - share)
    value = (math.sqrt(strength**2 + 4 * strength) - strength) / 2 if share < 1 else 1.0
    benchmarks = {
        name: Benchmark(
            _partial_r2(log_outcome, whole, np.append(True, kinds != name)),
            _partial_r2(rating, design, kinds != name),
        )
        for name in dict.fromkeys(covariate_of.values())
        if (kinds == name).any()
    }
    return SlopeRobustness(min(1.0, value), benchmarks)


def _partial_r2(values: Floats, larger: CodedDesign, wanted: NDArray[np.bool_]) -> float:
    """Share of what some of a design's columns leave of values that all of them explain."""
    left, less = (_unexplained(values, design) for design in (larger.columns(wanted), larger))
    return max(0.0, 1 - less / left) if left > 0 else 0.0


def _unexplained(values: Floats, design: CodedDesign) -> float:
    left = values - design.explain(values)
    return float(left @ left)
