"""Lines through log1p(outcome) that a few extreme models cannot move, and when not to draw them.

Where more than half of the models lie on one line exactly, a robust line is the line through these
and its scale, or its slope, is an exact and meaningless 0: it is refused. Counts have models of
their own in :mod:`cardiogram.stats.regression.counts`.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import statsmodels
from cardiogram.stats.distributions import (
    normal_p_value,
    normal_quantile,
)
from cardiogram.stats.ranks import MINIMUM_PAIRS, Covariates, drop_redundant
from cardiogram.stats.regression.restricted_fits import (
    Norm,
    RestrictedFit,
    RestrictedLine,
    RestrictedRobust,
    fit_robust,
)
from cardiogram.stats.regression.score_bootstrap import METHOD, score_bootstrap_test
from cardiogram.stats.resampling import (
    DEFAULT_RESAMPLING,
    MINIMUM_CLUSTERS,
    Floats,
    Integers,
    Interval,
    Resampling,
)

RowMask = NDArray[np.bool_]

SCORE_BOOTSTRAP = "cardiogram.stats.regression.score_bootstrap.score_bootstrap_test"
BY_AUTHOR = f"; cluster_se cov_type='cluster'; interval by author {SCORE_BOOTSTRAP}"

_NORMS = {"huber": "HuberT", "tukey": "TukeyBiweight"}
SAID_BY_COVARIATES = "the covariates say all of the ratings"

_TINY_SCALE = 1e-8
_NO_SCALE = "the scale collapses: more than half of the models lie on one line exactly"
_MOST_STEPS = 200  # from where other steps have arrived; the library keeps the rows of each
_LARGEST_SLOPE = 30.0  # of a log: further out there is no bound


class LibraryFit(Protocol):
    """What is read of a fit by statsmodels."""

    params: Floats
    bse: Floats
    llf: float


class LibraryModel(Protocol):
    """A model of statsmodels."""

    def fit(self, **options: object) -> LibraryFit:
        """Fit it."""


@dataclass(frozen=True, slots=True)
class Regression:
    """The slope of one regression on the rating, or the reason why there is none.

    Attributes
    ----------
    method, call
        In words, and as the library calls it.
    n
        Models used.
    estimate
        Slope per point of the rating, in units of log(outcome).
    intercept
        At a rating of 0; None where there are other effects in the model.
    se, interval, p_value
        As if models were independent, where the method has them.
    cluster_se, cluster_interval, cluster_p_value, cluster_reason
        With authors as clusters; the interval is by random signs and no multiple of `cluster_se`.
    scale
        Robust spread of the residuals.
    dropped
        Models left out because their task or library has no outcome above 0.
    seed
        Of the random signs, or of the rows drawn where not all of them were used.
    """

    method: str
    call: str
    n: int
    estimate: float | None = None
    intercept: float | None = None
    se: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    cluster_se: float | None = None
    cluster_interval: Interval | None = None
    cluster_p_value: float | None = None
    cluster_reason: str | None = None
    scale: float | None = None
    dropped: int = 0
    seed: int | None = None
    reason: str | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the outcome a card one point better is associated with."""
        return None if self.estimate is None else math.exp(min(self.estimate, 700.0))


@dataclass(frozen=True, slots=True)
class SlopeEstimate:
    """A slope and its standard error."""

    estimate: float
    se: float


@dataclass(frozen=True, slots=True)
class ByAuthor:
    """A slope's uncertainty with authors as clusters, or the reason why there is none."""

    se: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    reason: str | None = None


def m_estimator(
    rating: Floats,
    outcome: Floats,
    codes: Integers,
    norm: Norm,
    resampling: Resampling = DEFAULT_RESAMPLING,
    covariates: Covariates | None = None,
) -> Regression:
    """Huber's or Tukey's M-estimator of log1p(outcome) on the rating, given covariates.

    Parameters
    ----------
    rating, outcome
        Shape (n,), complete.
    codes
        Author of each row.
    resampling
        Level of the intervals; draws and seed of the random signs by author.
    covariates
        Of the same rows; they enter as they are, each with a slope of its own.

    Returns
    -------
    Regression
        The standard error by author is that of the estimating equations. The interval by author
        is no multiple of it: each slope is fixed, all else is fitted anew, and the sums of psi by
        author are tested against random signs.

    References
    ----------
    Huber and Ronchetti (2009), Robust Statistics, 2nd ed., section 7.6.

    Examples
    --------
    >>> rating = np.tile([1.0, 2, 3, 4, 5], 8)
    >>> found = m_estimator(rating, 2**rating + np.arange(40) % 3, np.arange(40), "huber")
    >>> round(found.ratio, 2)
    1.72
    """
    name = f"{norm.title()}'s M-estimator of log1p"
    call = (
        f"statsmodels.api.RLM(M={_NORMS[norm]}()).fit(conv='coefs', maxiter=200, tol=1e-12)"
        f"; cluster_se of its estimating equations; interval by author {SCORE_BOOTSTRAP}"
    )
    n = int(rating.size)
    design = join_design(rating, covariates)
    if reason := refuse_slope(rating, outcome) or (SAID_BY_COVARIATES if design is None else None):
        return Regression(name, call, n, reason=reason)
    assert design is not None
    api, y = statsmodels(), np.log1p(outcome)
    near = _near(design, y, norm)
    if near is None:  # the library would go on for thousands of steps, and keep the rows of each
        return Regression(name, call, n, reason=_NO_SCALE)
    loss = getattr(api.robust.norms, _NORMS[norm])()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a scale of 0 divides by zero; it is refused below
        # By its deviance, a sum over all models, it would never be seen to have converged.
        fit = api.RLM(y, design, M=loss).fit(
            conv="coefs", maxiter=_MOST_STEPS, tol=1e-12, start_params=near
        )
    scale, slope = float(fit.scale), SlopeEstimate(float(fit.params[1]), float(fit.bse[1]))
    steps = fit.fit_history["iteration"]
    arrived = steps < _MOST_STEPS and math.isfinite(slope.se)
    if reason := refuse_line(slope.estimate, scale, arrived=arrived):
        return Regression(name, call, n, reason=reason)
    restricted = RestrictedRobust.of(rating, y, codes, norm, _others(design))
    pull = loss.psi(fit.resid / scale) * scale
    se = _sandwich(design, loss.psi_deriv(fit.resid / scale), pull, codes)
    by_author = bootstrap_by_author(restricted, slope, se, resampling)
    intercept = float(fit.params[0]) if covariates is None else None
    return combine_regression(name, call, n, slope, by_author, resampling, intercept, scale)


def _near(design: Floats, y: Floats, norm: Norm) -> Floats | None:
    """The same estimate by other steps, where the library arrives at once; None without a scale."""
    basis, corner = np.linalg.qr(design)
    fit = fit_robust(basis, y, norm, basis.T @ y)
    return np.linalg.solve(corner, fit.slopes) if fit.scale > 0 else None


def refuse_line(slope: float, scale: float, *, arrived: bool) -> str | None:
    """Why a robust line that was fitted says nothing; None where it may."""
    if not math.isfinite(scale) or scale < _TINY_SCALE or not math.isfinite(slope):
        return _NO_SCALE
    if abs(slope) < _TINY_SCALE:
        return "the slope is exactly 0: more than half of the outcomes are equal"
    return None if arrived else "the line did not converge"


def _sandwich(design: Floats, stiff: Floats, pull: Floats, codes: Integers) -> float | None:
    """Standard error of the second column's slope by author, of estimating equations (CR1)."""
    if few_authors(codes):
        return None
    curvature = (design.T * stiff) @ design
    row = np.linalg.lstsq(curvature, np.eye(design.shape[1])[1], rcond=1e-12)[0]
    sums = np.bincount(codes, (design @ row) * pull)
    authors = int(np.unique(codes).size)
    return math.sqrt(float(sums @ sums) * authors / (authors - 1))


def join_design(rating: Floats, covariates: Covariates | None) -> Floats | None:
    """Constant, rating, further columns; None where these say all of the rating."""
    if covariates is None or not rating.size:
        return np.column_stack([np.ones(rating.size), rating])
    columns = ("1", *covariates.column_names[1:], "rating")
    design = drop_redundant(np.column_stack([covariates.matrix, rating]), columns)
    if "rating" not in design.column_names:
        return None
    return np.column_stack([design.matrix[:, 0], design.matrix[:, -1], design.matrix[:, 1:-1]])


def _others(design: Floats) -> Floats:
    """A design without the rating."""
    return np.delete(design, 1, axis=1)


def least_squares(
    rating: Floats,
    outcome: Floats,
    codes: Integers,
    resampling: Resampling = DEFAULT_RESAMPLING,
    covariates: Covariates | None = None,
) -> Regression:
    """Ordinary least squares of log1p(outcome), for comparison; standard errors are HC1."""
    name = "least squares of log1p"
    call = f"statsmodels.api.OLS.fit(cov_type='HC1'){BY_AUTHOR}"
    design = join_design(rating, covariates)
    if reason := refuse_slope(rating, outcome) or (SAID_BY_COVARIATES if design is None else None):
        return Regression(name, call, int(rating.size), reason=reason)
    assert design is not None
    y = np.log1p(outcome)
    model = statsmodels().OLS(y, design)
    fit = model.fit(cov_type="HC1")
    slope = SlopeEstimate(float(fit.params[1]), float(fit.bse[1]))
    restricted = RestrictedLine.of(rating, y, codes, _others(design))
    by_author = bootstrap_by_author(restricted, slope, _cluster_se(model, codes), resampling)
    intercept = float(fit.params[0]) if covariates is None else None
    return combine_regression(name, call, rating.size, slope, by_author, resampling, intercept)


def refuse_slope(rating: Floats, outcome: Floats) -> str | None:
    """Why there is no slope at all; None where there may be one."""
    if rating.size < MINIMUM_PAIRS:
        return f"only {rating.size} models have both numbers; at least {MINIMUM_PAIRS} are needed"
    if rating.min() == rating.max():
        return "all ratings are equal"
    if outcome.min() == outcome.max():
        return "all outcomes are equal"
    return None


def normal_interval(slope: SlopeEstimate, level: float) -> Interval:
    """Slope plus and minus the normal quantile times its standard error."""
    half = normal_quantile(level) * slope.se
    return Interval(level, slope.estimate - half, slope.estimate + half, "normal")


def few_authors(codes: Integers) -> str | None:
    """Why there is no interval by author; None where there is one."""
    clusters = int(np.unique(codes).size)
    if clusters >= MINIMUM_CLUSTERS:
        return None
    return f"only {clusters} authors; at least {MINIMUM_CLUSTERS} are needed"


def bootstrap_by_author(
    restricted: RestrictedFit, slope: SlopeEstimate, se: float | None, resampling: Resampling
) -> ByAuthor:
    """Interval and p-value of a slope by random signs, one an author.

    Parameters
    ----------
    se
        Standard error by author, which says how far to look first.
    """
    if reason := few_authors(restricted.author):
        return ByAuthor(reason=reason)
    se = se if se is not None and math.isfinite(se) and se > 0 else None
    try:
        bounds = score_bootstrap_test(
            restricted, slope.estimate, se or slope.se, resampling, _LARGEST_SLOPE
        )
    except (np.linalg.LinAlgError, ValueError, FloatingPointError):
        return ByAuthor(se, reason="the model cannot be fitted with other slopes")
    if bounds.low is None or bounds.high is None:
        ends = " and ".join(
            name for name, end in (("lower", bounds.low), ("upper", bounds.high)) if end is None
        )
        reason = (
            "so few authors have most of the outcome or of the models that the slope has no "
            f"{ends} bound"
        )
        return ByAuthor(se, None, bounds.p_value, reason)
    authors = int(restricted.author.max()) + 1
    interval = Interval(
        resampling.level,
        bounds.low,
        bounds.high,
        METHOD,
        authors,
        resampling.draws,
        resampling.seed,
    )
    return ByAuthor(se, interval, bounds.p_value)


def _cluster_se(model: LibraryModel, codes: Integers) -> float | None:
    """Standard error of the second column's slope with authors as clusters."""
    if few_authors(codes):
        return None
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": codes})
    return float(fit.bse[1])


def combine_regression(
    name: str,
    call: str,
    n: int,
    slope: SlopeEstimate,
    by_author: ByAuthor,
    resampling: Resampling,
    intercept: float | None = None,
    scale: float | None = None,
) -> Regression:
    """Put a slope and its uncertainties together."""
    z = abs(slope.estimate) / slope.se if slope.se > 0 else math.inf
    return Regression(
        name,
        call,
        int(n),
        slope.estimate,
        intercept,
        slope.se,
        normal_interval(slope, resampling.level),
        normal_p_value(z),
        by_author.se,
        by_author.interval,
        by_author.p_value,
        by_author.reason,
        scale,
        seed=resampling.seed if by_author.p_value is not None else None,
    )
