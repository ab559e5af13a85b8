"""Models of counts: Poisson pseudo-likelihood, hurdle and negative binomial.

The Poisson model's slope is a ratio that no unit changes: downloads a day and downloads a month
give the same. It needs no count to be Poisson, only its mean to be right (hence "pseudo").
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cardiogram.study.libraries import statsmodels
from cardiogram.study.partial import Covariates, independent
from cardiogram.study.regression import (
    ByAuthor,
    Mask,
    Regression,
    Slope,
    author_test,
    constant,
    few_authors,
    regression,
)
from cardiogram.study.resample import Floats, Integers, Interval, Level
from cardiogram.study.wild import METHOD, Held, wild_test

_LARGEST_SLOPE = 30.0
_TINY_SPREAD = 1e-6
_GLM = (
    "statsmodels.api.GLM(family=Poisson()).fit(cov_type='HC1'); cluster_se cov_type='cluster'; "
    "interval by author cardiogram.study.wild.wild_test"
)
_LOGIT = "statsmodels.api.Logit.fit(cov_type='HC1'); by author cov_type='cluster'"
_OLS = "statsmodels.api.OLS.fit(cov_type='HC1'); by author cov_type='cluster'"
_NB = "statsmodels.api.NegativeBinomial.fit"


def ppml(
    rating: Floats,
    outcome: Floats,
    codes: Integers,
    effects: Covariates | None = None,
    level: float = 0.95,
    *,
    draws: int = 2000,
    seed: int = 0,
) -> Regression:
    """Poisson pseudo-likelihood of a count on the rating, with authors as clusters.

    Parameters
    ----------
    effects
        Further columns of 0 and 1, the first of which is 1. Models in a task or library whose
        outcomes are all 0 say nothing of the slope and are left out: `dropped` counts them.
    draws, seed
        Of the random signs by author that the interval and p-value rest on.

    References
    ----------
    Santos Silva and Tenreyro (2006), The log of gravity, Rev. Econ. Stat. 88(4), 641-658; Correia,
    Guimaraes and Zylkin (2019), arXiv 1903.01633, on what is left out.
    """
    name = "Poisson pseudo-likelihood" + (" with task and library effects" if effects else "")
    n = int(rating.size)
    if reason := constant(rating, outcome):
        return Regression(name, _GLM, n, reason=reason)
    kept = np.ones(n, dtype=bool)
    if effects is not None:
        kept = _informative(outcome, effects.matrix)
        effects = effects.rows(kept)
    rating, outcome = rating[kept], outcome[kept]
    codes = np.unique(codes[kept], return_inverse=True)[1].astype(np.int64)
    if reason := constant(rating, outcome):
        return Regression(name, _GLM, int(kept.sum()), reason=reason)
    design = _design(rating, effects)
    if design is None:
        return Regression(name, _GLM, n, reason="task and library say all of the ratings")
    api = statsmodels()
    model = api.GLM(outcome, design, family=api.families.Poisson())
    fitted = _fits(model, codes, {"maxiter": 200, "tol": 1e-12, "tol_criterion": "params"}, level)
    if isinstance(fitted, str):
        return Regression(name, _GLM, int(kept.sum()), reason=fitted)
    held = Held.of(rating, outcome, codes, np.delete(design, 1, axis=1))
    by_author = _by_signs(held, fitted, Level(level, draws, seed))
    found = regression(
        name, _GLM, int(kept.sum()), fitted.slope, by_author, level, fitted.intercept
    )
    found = replace(found, seed=seed if by_author.p_value is not None else None)
    if effects is None:
        return found
    return replace(found, intercept=None, dropped=n - int(kept.sum()))


def _by_signs(held: Held, fitted: _Fitted, ask: Level) -> ByAuthor:
    """What random signs by author say of a slope, with the standard error beside it."""
    slope, by_author = fitted.slope, fitted.by_author
    if by_author.reason is not None:
        return by_author
    try:
        found = wild_test(held, slope.estimate, by_author.se or slope.se, ask, _LARGEST_SLOPE)
    except (np.linalg.LinAlgError, ValueError, FloatingPointError):
        return ByAuthor(by_author.se, reason="the model cannot be fitted with other slopes")
    if found.low is None or found.high is None:
        ends = " and ".join(name for name, end in (("lower", found.low), ("upper", found.high))
                            if end is None)  # fmt: skip
        reason = f"so few authors have most of the outcome that the slope has no {ends} bound"
        return ByAuthor(by_author.se, None, found.p_value, reason)
    authors = int(held.author.max()) + 1
    interval = Interval(ask.level, found.low, found.high, METHOD, authors, ask.draws, ask.seed)
    return ByAuthor(by_author.se, interval, found.p_value)


def hurdle(
    rating: Floats, outcome: Floats, codes: Integers, level: float = 0.95
) -> tuple[Regression, Regression]:
    """Two questions instead of one: any at all (logit), and if any, how many (log).

    Returns
    -------
    tuple
        The log odds of a count above 0 per point, and the slope of log(count) where it is.

    References
    ----------
    Mullahy (1986), Journal of Econometrics 33(3), 341-365.
    """
    any_name, more_name = "hurdle: any at all (log odds)", "hurdle: log of the counts above 0"
    n, some = int(rating.size), outcome > 0
    api = statsmodels()
    if reason := constant(rating, some.astype(np.float64)):
        reason = "all outcomes are above 0" if n and some.all() else reason
        first = Regression(any_name, _LOGIT, n, reason=reason)
    else:
        first = _logit(any_name, rating, some.astype(np.float64), codes, level)
    few = int(some.sum())
    if reason := constant(rating[some], outcome[some]):
        return first, Regression(more_name, _OLS, few, reason=reason)
    model = api.OLS(np.log(outcome[some]), api.add_constant(rating[some]))
    fitted = _fits(model, codes[some], {}, level)
    if isinstance(fitted, str):
        return first, Regression(more_name, _OLS, few, reason=fitted)
    return first, regression(
        more_name, _OLS, few, fitted.slope, fitted.by_author, level, fitted.intercept
    )


def negative_binomial(
    rating: Floats, outcome: Floats, codes: Integers, level: float = 0.95
) -> Regression:
    """Negative binomial regression (variance quadratic in the mean), for comparison.

    The library's own start diverges on such counts: the fit starts from the Poisson slopes and
    the moments' dispersion, by several optimisers, and the best likelihood is kept.
    """
    name = "negative binomial (NB2)"
    n = int(rating.size)
    if reason := constant(rating, outcome):
        return Regression(name, _NB, n, reason=reason)
    api = statsmodels()
    design = api.add_constant(rating)
    model = api.NegativeBinomial(outcome, design)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the loser of several optimisers may say so
        first = api.GLM(outcome, design, family=api.families.Poisson()).fit(maxiter=200)
        mean = first.fittedvalues
        spread = float(np.sum((outcome - mean) ** 2 - mean) / np.sum(mean**2))
        if spread <= 0:
            return Regression(name, _NB, n, reason="the counts vary no more than Poisson counts do")
        start = np.append(first.params, max(spread, 0.1))
        best: Any = None
        for options in _OPTIMISERS:
            fit = _quietly(model, start if best is None else best.params, options)
            if fit is not None and (best is None or fit.llf > best.llf):
                best = fit
            if best is not None and not _TINY_SPREAD < best.params[-1] < 1 / _TINY_SPREAD:
                return Regression(name, _NB, n, reason="the dispersion runs to its limit")
        if best is None:
            return Regression(name, _NB, n, reason="no optimiser found a maximum")
        newton = {"method": "newton", "maxiter": 20, "tol": 1e-12}
        se = _quietly(model, best.params, {**newton, "cov_type": "HC1"})
        best = best if se is None else se  # the last step to the maximum moves no digit of llf
        by_code = {"cov_type": "cluster", "cov_kwds": {"groups": codes}}
        clustered = None if few_authors(codes) else _quietly(model, best.params, newton | by_code)
    slope = Slope(float(best.params[1]), float(se.bse[1]) if se is not None else math.nan)
    if not math.isfinite(slope.se):
        return Regression(name, _NB, n, reason="the likelihood is flat at its maximum")
    by_author = ByAuthor(reason=few_authors(codes) or "the likelihood is flat at its maximum")
    if clustered is not None and math.isfinite(float(clustered.bse[1])):
        by_author = author_test(Slope(slope.estimate, float(clustered.bse[1])), codes, level)
    return regression(
        name, _NB, n, slope, by_author, level, float(best.params[0]), float(best.params[2])
    )


_OPTIMISERS: Sequence[dict[str, Any]] = (
    {"method": "bfgs", "maxiter": 500},
    {"method": "nm", "maxiter": 5000, "xtol": 1e-12, "ftol": 1e-14},
    {"method": "newton", "maxiter": 100, "tol": 1e-12},
)


def _quietly(model: Any, start: Floats, options: dict[str, Any]) -> Any:
    try:
        fit = model.fit(start_params=start, disp=0, **options)
    except (np.linalg.LinAlgError, ValueError):
        return None
    return fit if math.isfinite(float(fit.llf)) and np.isfinite(fit.params).all() else None


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What a library's fit says of the rating, the second column of every design here."""

    slope: Slope
    by_author: ByAuthor
    intercept: float


def _fits(model: Any, codes: Integers, options: dict[str, Any], level: float) -> _Fitted | str:
    """Fit a model, and once more from there with authors as clusters; or why it cannot be."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # told apart below by what the fit says of itself
        try:
            fit = model.fit(cov_type="HC1", **options)
            if not getattr(fit, "converged", True) or not np.isfinite(fit.params).all():
                return "the likelihood has no maximum that the optimiser could find"
            reason, clustered = few_authors(codes), None
            if reason is None:
                if options:
                    options = {**options, "start_params": fit.params}
                by_code = {"cov_type": "cluster", "cov_kwds": {"groups": codes}}
                clustered = model.fit(**by_code, **options)
        except (np.linalg.LinAlgError, ValueError, FloatingPointError):
            return "the model cannot be told from these data: its equations are singular"
    slope = Slope(float(fit.params[1]), float(fit.bse[1]))
    if not math.isfinite(slope.se) or abs(slope.estimate) > _LARGEST_SLOPE:
        return "the rating separates the outcomes perfectly, so that the slope is infinite"
    by_author = ByAuthor(reason=reason)
    if clustered is not None:
        by_author = author_test(Slope(slope.estimate, float(clustered.bse[1])), codes, level)
    return _Fitted(slope, by_author, float(fit.params[0]))


def _logit(name: str, rating: Floats, some: Floats, codes: Integers, level: float) -> Regression:
    api = statsmodels()
    model = api.Logit(some, api.add_constant(rating))
    fitted = _fits(model, codes, {"disp": 0, "maxiter": 100}, level)
    if isinstance(fitted, str):
        return Regression(name, _LOGIT, int(rating.size), reason=fitted)
    return regression(
        name, _LOGIT, rating.size, fitted.slope, fitted.by_author, level, fitted.intercept
    )


def _design(rating: Floats, effects: Covariates | None) -> Floats | None:
    """Constant, rating, further columns; None where these say all of the rating."""
    if effects is None:
        return np.column_stack([np.ones(rating.size), rating])
    names = ("1", *effects.names[1:], "rating")
    found = independent(np.column_stack([effects.matrix, rating]), names)
    if "rating" not in found.names:
        return None
    return np.column_stack([found.matrix[:, 0], found.matrix[:, -1], found.matrix[:, 1:-1]])


def _informative(outcome: Floats, effects: Floats) -> Mask:
    """Rows of no group whose outcomes are all 0; the constant is the group of all others."""
    kept = np.ones(outcome.size, dtype=bool)
    while True:
        groups = [effects[:, column] == 1 for column in range(1, effects.shape[1])
                  if np.isin(effects[:, column], (0, 1)).all()]  # fmt: skip
        empty = [group & kept for group in groups
                 if (group & kept).any() and not outcome[group & kept].any()]  # fmt: skip
        if not empty:
            return kept
        kept &= ~np.logical_or.reduce(empty)
