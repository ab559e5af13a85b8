"""Models of counts: Poisson pseudo-likelihood, hurdle and negative binomial.

The Poisson model's slope is a ratio that no unit changes: downloads a day and downloads a month
give the same. It needs no count to be Poisson, only its mean to be right (hence "pseudo").
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cardiogram.optional import statsmodels
from cardiogram.stats.ranks import Covariates
from cardiogram.stats.regression.regression import (
    BY_AUTHOR,
    SAID_BY_COVARIATES,
    LibraryFit,
    LibraryModel,
    Regression,
    RowMask,
    SlopeEstimate,
    bootstrap_by_author,
    combine_regression,
    few_authors,
    join_design,
    refuse_slope,
)
from cardiogram.stats.regression.restricted_fits import (
    RestrictedFit,
    RestrictedGlm,
    RestrictedLine,
    RestrictedPoisson,
)
from cardiogram.stats.resampling import DEFAULT_RESAMPLING, Floats, Integers, Resampling

_LARGEST_SLOPE = 30.0
_TINY_SPREAD = 1e-6
_GLM = f"statsmodels.api.GLM(family=Poisson()).fit(cov_type='HC1'){BY_AUTHOR}"
_LOGIT = f"statsmodels.api.Logit.fit(cov_type='HC1'){BY_AUTHOR}"
_OLS = f"statsmodels.api.OLS.fit(cov_type='HC1'){BY_AUTHOR}"
_NB = f"statsmodels.api.NegativeBinomial.fit(cov_type='HC1'){BY_AUTHOR}, its dispersion held"


def ppml(
    rating: Floats,
    outcome: Floats,
    codes: Integers,
    effects: Covariates | None = None,
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> Regression:
    """Poisson pseudo-likelihood of a count on the rating, with authors as clusters.

    Parameters
    ----------
    effects
        Further columns of 0 and 1, the first of which is 1. Models in a task or library whose
        outcomes are all 0 say nothing of the slope and are left out: `dropped` counts them.
    resampling
        Level of the intervals; draws and seed of the random signs that the one by author rests on.

    References
    ----------
    Santos Silva and Tenreyro (2006), The log of gravity, Rev. Econ. Stat. 88(4), 641-658; Correia,
    Guimaraes and Zylkin (2019), arXiv 1903.01633, on what is left out.
    """
    name = "Poisson pseudo-likelihood" + (" with task and library effects" if effects else "")
    n = int(rating.size)
    if reason := refuse_slope(rating, outcome):
        return Regression(name, _GLM, n, reason=reason)
    informative = np.ones(n, dtype=bool)
    if effects is not None:
        informative = _informative(outcome, effects.matrix)
        effects = effects.rows(informative)
    rating, outcome = rating[informative], outcome[informative]
    codes = np.unique(codes[informative], return_inverse=True)[1].astype(np.int64)
    if reason := refuse_slope(rating, outcome):
        return Regression(name, _GLM, int(informative.sum()), reason=reason)
    design = join_design(rating, effects)
    if design is None:
        return Regression(name, _GLM, n, reason="task and library say all of the ratings")
    api = statsmodels()
    model = api.GLM(outcome, design, family=api.families.Poisson())
    options = {"maxiter": 200, "tol": 1e-12, "tol_criterion": "params"}
    fitted = _fits(model, codes, options)
    if isinstance(fitted, str):
        return Regression(name, _GLM, int(informative.sum()), reason=fitted)
    restricted = RestrictedPoisson.of(rating, outcome, codes, np.delete(design, 1, axis=1))
    regression = _regression(name, _GLM, restricted, fitted, resampling)
    if effects is None:
        return regression
    return replace(regression, intercept=None, dropped=n - int(informative.sum()))


def fit_hurdle(
    rating: Floats,
    outcome: Floats,
    codes: Integers,
    resampling: Resampling = DEFAULT_RESAMPLING,
    covariates: Covariates | None = None,
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
    more_name, some = "hurdle: log of the counts above 0", outcome > 0
    first = fit_any(rating, outcome, codes, resampling, covariates)
    rating, outcome, codes = rating[some], outcome[some], codes[some]
    if reason := refuse_slope(rating, outcome):
        return first, Regression(more_name, _OLS, int(rating.size), reason=reason)
    design = join_design(rating, covariates and covariates.rows(some))
    if design is None:
        return first, Regression(more_name, _OLS, int(rating.size), reason=SAID_BY_COVARIATES)
    log = np.log(outcome)
    fitted = _fits(statsmodels().OLS(log, design), codes, {})
    if isinstance(fitted, str):
        return first, Regression(more_name, _OLS, int(rating.size), reason=fitted)
    restricted = RestrictedLine.of(rating, log, codes, np.delete(design, 1, axis=1))
    second = _regression(more_name, _OLS, restricted, fitted, resampling)
    return first, second if covariates is None else replace(second, intercept=None)


def fit_any(
    rating: Floats,
    outcome: Floats,
    codes: Integers,
    resampling: Resampling = DEFAULT_RESAMPLING,
    covariates: Covariates | None = None,
) -> Regression:
    """Log odds of a count above 0 per point of the rating, given covariates.

    Returns
    -------
    Regression
        Models of a task or library that all have some, or all none, say nothing of the slope and
        are left out: `dropped` counts them.
    """
    name, n = "hurdle: any at all (log odds)", int(rating.size)
    some = (outcome > 0).astype(np.float64)
    if reason := refuse_slope(rating, some):
        reason = "all outcomes are above 0" if n and some.all() else reason
        return Regression(name, _LOGIT, n, reason=reason)
    if covariates is not None:
        rows = informative_rows(some, covariates.matrix)
        covariates, rating, some = covariates.rows(rows), rating[rows], some[rows]
        codes = np.unique(codes[rows], return_inverse=True)[1].astype(np.int64)
    design = join_design(rating, covariates)
    if reason := refuse_slope(rating, some) or (SAID_BY_COVARIATES if design is None else None):
        return Regression(name, _LOGIT, int(rating.size), reason=reason)
    assert design is not None
    api = statsmodels()
    fitted = _fits(api.Logit(some, design), codes, {"disp": 0, "maxiter": 100})
    if isinstance(fitted, str):
        return Regression(name, _LOGIT, int(rating.size), reason=fitted)
    others = np.delete(design, 1, axis=1)
    restricted = RestrictedGlm.of(rating, some, codes, api.families.Binomial(), others)
    regression = _regression(name, _LOGIT, restricted, fitted, resampling)
    if covariates is None:
        return regression
    return replace(regression, intercept=None, dropped=n - int(rating.size))


def informative_rows(flag: Floats, matrix: Floats) -> RowMask:
    """Rows of no indicator whose flags are all 0 or all 1: these say nothing of any slope."""
    informative = np.ones(flag.size, dtype=bool)
    indicators = matrix[:, 1:][:, np.isin(matrix[:, 1:], (0, 1)).all(axis=0)] == 1
    while True:
        inside = indicators & informative[:, None]
        size, flagged = inside.sum(axis=0), flag @ inside
        constant = (size > 0) & ((flagged == 0) | (flagged == size))
        if not constant.any():
            return informative
        informative &= ~inside[:, constant].any(axis=1)


def negative_binomial(
    rating: Floats, outcome: Floats, codes: Integers, resampling: Resampling = DEFAULT_RESAMPLING
) -> Regression:
    """Negative binomial regression (variance quadratic in the mean), for comparison.

    The library's own start diverges on such counts: the fit starts from the Poisson slopes and
    the moments' dispersion, by several optimisers, and the best likelihood is kept.
    """
    name = "negative binomial (NB2)"
    n = int(rating.size)
    if reason := refuse_slope(rating, outcome):
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
        best = _maximum(model, start)
        if isinstance(best, str):
            return Regression(name, _NB, n, reason=best)
        newton = {"method": "newton", "maxiter": 20, "tol": 1e-12}
        se = _quietly(model, best.params, {**newton, "cov_type": "HC1"})
        best = best if se is None else se  # the last step to the maximum moves no digit of llf
        by_code = {"cov_type": "cluster", "cov_kwds": {"groups": codes}}
        clustered = None if few_authors(codes) else _quietly(model, best.params, newton | by_code)
    slope = SlopeEstimate(float(best.params[1]), float(se.bse[1]) if se is not None else math.nan)
    if not math.isfinite(slope.se):
        return Regression(name, _NB, n, reason="the likelihood is flat at its maximum")
    family = api.families.NegativeBinomial(alpha=float(best.params[2]))
    by_author = None if clustered is None else float(clustered.bse[1])
    fitted = _Fitted(slope, by_author, float(best.params[0]))
    restricted = RestrictedGlm.of(rating, outcome, codes, family)
    return replace(
        _regression(name, _NB, restricted, fitted, resampling), scale=float(best.params[2])
    )


_OPTIMISERS: Sequence[dict[str, object]] = (
    {"method": "newton", "maxiter": 100, "tol": 1e-12},
    {"method": "bfgs", "maxiter": 500},
    {"method": "nm", "maxiter": 5000, "xtol": 1e-12, "ftol": 1e-14},
)


def _maximum(model: LibraryModel, start: Floats) -> LibraryFit | str:
    """The best fit of a negative binomial model, or why there is none."""
    best: LibraryFit | None = None
    reason = "no optimiser found a maximum"
    for options in _OPTIMISERS:
        if options["method"] == "nm" and best is not None:
            break  # it is slow, and for what neither of the others can climb
        fit = _quietly(model, start if best is None else best.params, options)
        if fit is None or (best is not None and fit.llf <= best.llf):
            continue
        if _TINY_SPREAD < fit.params[-1] < 1 / _TINY_SPREAD:
            best = fit
        else:
            reason = "the dispersion runs to its limit"
    return reason if best is None else best


def _quietly(
    model: LibraryModel, start: Floats, options: Mapping[str, object]
) -> LibraryFit | None:
    try:
        fit = model.fit(start_params=start, disp=0, **options)
    except (np.linalg.LinAlgError, ValueError):
        return None
    return fit if math.isfinite(float(fit.llf)) and np.isfinite(fit.params).all() else None


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What a library's fit says of the rating, the second column of every design here."""

    slope: SlopeEstimate
    cluster_se: float | None
    intercept: float


def _regression(
    name: str, call: str, restricted: RestrictedFit, fitted: _Fitted, resampling: Resampling
) -> Regression:
    """Put a fit and what random signs by author say of it together."""
    by_author = bootstrap_by_author(restricted, fitted.slope, fitted.cluster_se, resampling)
    n = int(restricted.author.size)
    return combine_regression(name, call, n, fitted.slope, by_author, resampling, fitted.intercept)


def _fits(model: LibraryModel, codes: Integers, options: dict[str, object]) -> _Fitted | str:
    """Fit a model, and once more from there with authors as clusters; or why it cannot be."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # told apart below by what the fit says of itself
        try:
            fit = model.fit(cov_type="HC1", **options)
            if not getattr(fit, "converged", True) or not np.isfinite(fit.params).all():
                return "the likelihood has no maximum that the optimiser could find"
            clustered = None
            if few_authors(codes) is None:
                if options:
                    options = {**options, "start_params": fit.params}
                clustered = model.fit(cov_type="cluster", cov_kwds={"groups": codes}, **options)
        except (np.linalg.LinAlgError, ValueError, FloatingPointError):
            return "the model cannot be told from these data: its equations are singular"
    slope = SlopeEstimate(float(fit.params[1]), float(fit.bse[1]))
    if not math.isfinite(slope.se) or abs(slope.estimate) > _LARGEST_SLOPE:
        return "the rating separates the outcomes perfectly, so that the slope is infinite"
    by_author = None if clustered is None else float(clustered.bse[1])
    return _Fitted(slope, by_author, float(fit.params[0]))


def _informative(outcome: Floats, effects: Floats) -> RowMask:
    """Rows of no group whose outcomes are all 0; the constant is the group of all others."""
    informative = np.ones(outcome.size, dtype=bool)
    while True:
        groups = [
            effects[:, column] == 1
            for column in range(1, effects.shape[1])
            if np.isin(effects[:, column], (0, 1)).all()
        ]
        empty = [
            group & informative
            for group in groups
            if (group & informative).any() and not outcome[group & informative].any()
        ]
        if not empty:
            return informative
        informative &= ~np.logical_or.reduce(empty)
