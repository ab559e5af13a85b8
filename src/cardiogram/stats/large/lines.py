"""Lines and odds of very many models: fitted by sums over levels, tested by one-step scores.

The test is that of few models: the sum of the scores by author beside the sums under random signs.
But the model is fitted once, at its estimate, and not anew at every slope that might be true: to
first order an author's score falls with the slope as its own curvature says. Of least squares that
is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.large.author_draws import sum_by
from cardiogram.stats.ranks import CodedDesign, solve
from cardiogram.stats.regression import (
    LOSSES,
    SAID_BY_COVARIATES,
    ByAuthor,
    Norm,
    Regression,
    RowMask,
    SlopeEstimate,
    bootstrap_by_author,
    combine_regression,
    few_authors,
    refuse_line,
    refuse_slope,
)
from cardiogram.stats.resampling import Floats, Integers, Resampling

METHOD = "author-cluster wild score bootstrap, one-step scores"
CALL = "cardiogram.stats.large.lines"
_NORMAL_MAD = 0.6744897501960817
_STEPS = 500
_FIRST_STEPS, _LAST_STEPS = 4, 40  # between them Newton's
_STIFF = 0.3
_CONVERGED = 1e-9
_TINY_SCALE = 1e-8
_NEWTON_STEPS = 50
_SMALL_STEP = 1e-9
_LARGEST_SLOPE = 30.0
_FITTED_OUT = 400  # authors whose scores are taken as they would be had they not been fitted


@dataclass(frozen=True, slots=True)
class OneStepScores:
    """What each author's rows say against a slope, to first order from the estimate.

    Attributes
    ----------
    estimate
        The estimate.
    base, curvature
        Score of each author there, and how it falls with the slope, shape (authors,).
    """

    author: Integers
    inflation: Floats
    estimate: float
    base: Floats
    curvature: Floats

    @classmethod
    def of(
        cls,
        estimate: float,
        left: Floats,
        score: Floats,
        stiff: Floats,
        codes: Integers,
        design: CodedDesign,
    ) -> OneStepScores:
        """Sum rows by author.

        Parameters
        ----------
        left
            What the covariates leave of the ratings under the weights `stiff`.
        score, stiff
            How far each row would pull its own linear predictor, and how stiff that is.
        codes
            Author of each row as 0, 1, 2, ..., each of them there.
        """
        square = left**2
        own = sum_by(codes, square)
        order = np.argsort(-(own + np.bincount(codes)), kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        base, curvature = (sum_by(codes, rows)[order] for rows in (left * score, square * stiff))
        own, author, many = own[order], place[codes], min(_FITTED_OUT, own.size)
        sums = design.by_author(author, many, left)
        fitted = np.einsum("ak,ka->a", sums, design.solve(sums.T))
        inflation = np.ones(own.size)
        unfitted = np.maximum(own[:many] - fitted, own[:many] / 10)
        inflation[:many] = np.divide(own[:many], unfitted, out=np.ones(many), where=unfitted > 0)
        return cls(author, inflation, estimate, base, curvature)

    def scores(self, slope: float) -> Floats:
        """Score by author."""
        return self.base - (slope - self.estimate) * self.curvature


def one_step_test(
    scores: OneStepScores, slope: SlopeEstimate, se: float | None, resampling: Resampling
) -> ByAuthor:
    """Interval and p-value by random signs of one-step scores."""
    tested = bootstrap_by_author(scores, slope, se, resampling)
    if tested.interval is None:
        return tested
    return replace(tested, interval=replace(tested.interval, method=METHOD))


def robust_line(
    rating: Floats,
    outcome: Floats,
    codes: Integers,
    norm: Norm,
    resampling: Resampling,
    design: CodedDesign | None = None,
) -> Regression:
    """:func:`.m_estimator` of very many models."""
    name, call = f"{norm.title()}'s M-estimator of log1p", f"{CALL}.robust_line"
    n, intercept = int(rating.size), design is None
    design = CodedDesign.constant(n) if design is None else design
    if reason := refuse_slope(rating, outcome):
        return Regression(name, call, n, reason=reason)
    codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    left = rating - design.explain(rating)
    if float(left @ left) <= _CONVERGED * float(rating @ rating):
        return Regression(name, call, n, reason=SAID_BY_COVARIATES)
    y, whole = np.log1p(outcome), design.with_column(rating, "rating")
    fit = fit_robust_line(whole, y, norm)
    if reason := refuse_line(float(fit.slopes[0]), fit.scale, arrived=fit.converged):
        return Regression(name, call, n, reason=reason)
    standard = fit.residuals / fit.scale
    pull, stiff = LOSSES[norm].psi(standard) * fit.scale, LOSSES[norm].slope(standard)
    slope = SlopeEstimate(float(fit.slopes[0]), _robust_se(whole, pull, stiff))
    left = rating - design.apply(design.solve(design.products(stiff * rating), design.gram(stiff)))
    scores = OneStepScores.of(slope.estimate, left, pull, stiff, codes, design)
    se = _author_se(scores)
    by_author = one_step_test(scores, slope, se, resampling)
    first = float(fit.slopes[1]) if intercept else None
    return combine_regression(name, call, n, slope, by_author, resampling, first, fit.scale)


@dataclass(frozen=True, slots=True)
class RobustLine:
    """An M-estimate with a scale by the median absolute residual."""

    slopes: Floats
    residuals: Floats
    scale: float
    converged: bool


def fit_robust_line(
    design: CodedDesign, y: Floats, norm: Norm, start: Floats | None = None
) -> RobustLine:
    """Huber's method of modified residuals, and Newton's steps once it is near."""
    loss, gram = LOSSES[norm], design.gram()
    slopes = design.solve(design.products(y), gram) if start is None else start
    width = np.sqrt(np.maximum(np.diag(gram), 1e-300) / design.n)
    scale, newton = math.inf, None
    for count in range(_STEPS):
        residuals = y - design.apply(slopes)
        before, scale = scale, float(np.median(np.abs(residuals))) / _NORMAL_MAD
        if scale < _TINY_SCALE:
            return RobustLine(slopes, residuals, 0.0, True)
        standard = residuals / scale
        inside = loss.slope(standard)
        stiff, pull = float(inside.mean()), design.products(loss.psi(standard)) * scale
        if norm == "huber" and stiff > _STIFF and count % _FIRST_STEPS == _FIRST_STEPS - 1:
            newton = design.gram(inside) if count < _LAST_STEPS else None
        step = solve(gram * max(0.5, stiff) if newton is None else newton, pull)
        slopes = slopes + step
        if np.abs(step * width).max() + abs(scale - before) < _CONVERGED * scale:
            return RobustLine(slopes, y - design.apply(slopes), scale, True)
    return RobustLine(slopes, y - design.apply(slopes), scale, False)


def _robust_se(design: CodedDesign, pull: Floats, stiff: Floats) -> float:
    """Standard error of the first column's slope as if rows were independent: statsmodels' H1."""
    n, k = design.n, len(design.used)
    middle = float(stiff.mean())
    factor = 1 + k / n * float(stiff.var()) / middle**2
    first = solve(design.gram(), np.eye(k)[0])[0]
    return math.sqrt(factor**2 * float(pull @ pull) / (n - k) / middle**2 * first)


def _author_se(scores: OneStepScores) -> float | None:
    """Standard error by author, of the estimating equations (CR1)."""
    if few_authors(scores.author):
        return None
    authors = scores.base.size
    spread = math.sqrt(float(scores.base @ scores.base) * authors / (authors - 1))
    return spread / float(scores.curvature.sum())


@dataclass(frozen=True, slots=True)
class LogitFit:
    """Maximum likelihood of a logit, or None in `slopes` where there is none."""

    slopes: Floats | None
    mean: Floats


def fit_logit(design: CodedDesign, flag: Floats, start: Floats | None = None) -> LogitFit:
    """Newton's method."""
    slopes = np.zeros(len(design.used)) if start is None else start
    expit: Callable[[Floats], Floats] = scipy("special").expit
    for _ in range(_NEWTON_STEPS):
        gram, pull = np.zeros((slopes.size, slopes.size)), np.zeros(slopes.size)
        for rows in design.slices():
            part = design.part(rows)
            mean = expit(part.apply(slopes))
            gram += part.gram(mean * (1 - mean))
            pull += part.products(flag[rows] - mean)
        try:
            step = solve(gram, pull)
        except np.linalg.LinAlgError:
            break
        slopes = slopes + step
        if not np.isfinite(slopes).all() or abs(slopes[0]) > _LARGEST_SLOPE:
            break
        if np.abs(step).max() < _SMALL_STEP * max(1.0, float(np.abs(slopes).max())):
            return LogitFit(slopes, expit(design.apply(slopes)))
    return LogitFit(None, np.zeros(0))


def odds_of_any(
    rating: Floats,
    outcome: Floats,
    codes: Integers,
    resampling: Resampling,
    design: CodedDesign | None = None,
) -> Regression:
    """:func:`.fit_any` of very many models."""
    name, call, n = "hurdle: any at all (log odds)", f"{CALL}.odds_of_any", int(rating.size)
    some, intercept = (outcome > 0).astype(np.float64), design is None
    if reason := refuse_slope(rating, some):
        reason = "all outcomes are above 0" if n and some.all() else reason
        return Regression(name, call, n, reason=reason)
    design = CodedDesign.constant(n) if design is None else design
    rows = informative(some, design)
    design, rating, some = design.rows(rows), rating[rows], some[rows]
    codes = np.unique(codes[rows], return_inverse=True)[1].astype(np.int64)
    if reason := refuse_slope(rating, some):
        return Regression(name, call, int(rating.size), reason=reason)
    fit = fit_logit(design.with_column(rating, "rating"), some)
    if fit.slopes is None:
        reason = "the likelihood has no maximum that the optimiser could find"
        return Regression(name, call, int(rating.size), reason=reason)
    stiff, score = fit.mean * (1 - fit.mean), some - fit.mean
    left = rating - design.apply(design.solve(design.products(stiff * rating), design.gram(stiff)))
    curvature = float(left**2 @ stiff)
    slope = SlopeEstimate(
        float(fit.slopes[0]), math.sqrt(float((left * score) @ (left * score))) / curvature
    )
    scores = OneStepScores.of(slope.estimate, left, score, stiff, codes, design)
    by_author = one_step_test(scores, slope, _author_se(scores), resampling)
    first = float(fit.slopes[1]) if intercept else None
    line = combine_regression(name, call, rating.size, slope, by_author, resampling, first)
    return replace(line, dropped=n - int(rating.size))


def informative(flag: Floats, design: CodedDesign) -> RowMask:
    """Rows of no level whose flags are all 0 or all 1: these say nothing of any slope."""
    rows = np.ones(flag.size, dtype=bool)
    indicators = [column for column in design.numbers[1:] if column.dtype == bool]
    size = len(design.every)
    while True:
        before = int(rows.sum())
        for codes in design.levels:
            rows &= ~_constant(flag, rows, codes, size)[codes]
        for inside in indicators:
            rows &= ~(_constant(flag, rows, inside.view(np.int8), 2)[1] & inside)
        if int(rows.sum()) == before:
            return rows


def _constant(
    flag: Floats, rows: RowMask, codes: NDArray[np.integer], size: int
) -> NDArray[np.bool_]:
    """Which levels have flags that are all 0 or all 1."""
    times = np.bincount(codes[rows], minlength=size)
    flagged = np.bincount(codes[rows], flag[rows], size)
    return np.asarray((times > 0) & ((flagged == 0) | (flagged == times)))
