"""Lines through log1p(outcome) that a few extreme models cannot move, and when not to draw them.

Where more than half of the outcomes are 0, or lie on one line, a robust line is the line through
these and its slope is an exact and meaningless 0: it is refused. Counts have models of their own
in :mod:`cardiogram.stats.regression.counts`.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy, statsmodels
from cardiogram.stats.distributions import (
    normal_p_value,
    normal_quantile,
    student_p_value,
    student_quantile,
)
from cardiogram.stats.ranks import MINIMUM_PAIRS
from cardiogram.stats.regression.restricted_fits import (
    RestrictedFit,
    RestrictedLine,
    RestrictedRobust,
)
from cardiogram.stats.regression.score_bootstrap import METHOD, crossing, score_bootstrap_test
from cardiogram.stats.resampling import (
    DEFAULT_RESAMPLING,
    MINIMUM_CLUSTERS,
    Floats,
    Integers,
    Interval,
    Resampling,
    degrees_of_freedom,
    effective_clusters,
)

Norm = Literal["huber", "tukey"]
RowMask = NDArray[np.bool_]

MOST_ROWS = 2000
"""Theil and Sen's line is drawn through all pairs of at most so many rows."""

SCORE_BOOTSTRAP = "cardiogram.stats.regression.score_bootstrap.score_bootstrap_test"
BY_AUTHOR = f"; cluster_se cov_type='cluster'; interval by author {SCORE_BOOTSTRAP}"

_NORMS = {"huber": "HuberT", "tukey": "TukeyBiweight"}
_TINY_SCALE = 1e-8
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


def robust_refusal(outcome: Floats) -> str | None:
    """Why no robust line is drawn through log1p(outcome); None where one is."""
    if outcome.size < MINIMUM_PAIRS:
        return f"only {outcome.size} models have both numbers; at least {MINIMUM_PAIRS} are needed"
    levels, times = np.unique(outcome, return_counts=True)
    share, commonest = float(times.max()) / outcome.size, float(levels[times.argmax()])
    if share > 0.5:
        return (
            f"{share:.0%} of the outcomes are {commonest:g}: a robust line would run through these "
            "alone; see the Poisson and the hurdle model"
        )
    return None


def m_estimator(
    rating: Floats,
    outcome: Floats,
    codes: Integers,
    norm: Norm,
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> Regression:
    """Huber's or Tukey's M-estimator of log1p(outcome) on the rating.

    Parameters
    ----------
    rating, outcome
        Shape (n,), complete.
    codes
        Author of each row.
    resampling
        Level of the intervals; draws and seed of the random signs by author.

    Returns
    -------
    Regression
        The standard error by author is that of least squares on pseudo-values: fitted value plus
        psi(residual) over the mean of psi's derivative, whose least-squares line is the same. The
        interval by author is no multiple of it: each slope is fixed, location and scale are fitted
        anew, and the sums of psi by author are tested against random signs.

    References
    ----------
    Huber and Ronchetti (2009), Robust Statistics, 2nd ed., section 7.6.
    """
    name = f"{norm.title()}'s M-estimator of log1p"
    call = (
        f"statsmodels.api.RLM(M={_NORMS[norm]}()).fit(conv='coefs', maxiter=5000, tol=1e-12); "
        f"cluster_se statsmodels.api.OLS(pseudo-values); interval by author {SCORE_BOOTSTRAP}"
    )
    n = int(rating.size)
    if reason := refuse_slope(rating, outcome):
        return Regression(name, call, n, reason=reason)
    api = statsmodels()
    design, y = api.add_constant(rating), np.log1p(outcome)
    loss = getattr(api.robust.norms, _NORMS[norm])()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a scale of 0 divides by zero; it is refused below
        # By its deviance, a sum over all models, it would never be seen to have converged.
        fit = api.RLM(y, design, M=loss).fit(conv="coefs", maxiter=5000, tol=1e-12)
    scale = float(fit.scale)
    if not math.isfinite(scale) or scale < _TINY_SCALE or not np.isfinite(fit.params).all():
        reason = "the scale collapses: more than half of the models lie on one line exactly"
        return Regression(name, call, n, reason=reason)
    standard = fit.resid / scale
    flat = float(np.mean(loss.psi_deriv(standard)))
    if flat <= 0 or not math.isfinite(float(fit.bse[1])):
        return Regression(name, call, n, reason="the line did not converge")
    pseudo = fit.fittedvalues + loss.psi(standard) * scale / flat
    slope = SlopeEstimate(float(fit.params[1]), float(fit.bse[1]))
    restricted = RestrictedRobust.of(rating, y, codes, _NORMS[norm])
    by_author = bootstrap_by_author(
        restricted, slope, _cluster_se(api.OLS(pseudo, design), codes), resampling
    )
    return combine_regression(
        name, call, n, slope, by_author, resampling, float(fit.params[0]), scale
    )


def least_squares(
    rating: Floats, outcome: Floats, codes: Integers, resampling: Resampling = DEFAULT_RESAMPLING
) -> Regression:
    """Ordinary least squares of log1p(outcome), for comparison; standard errors are HC1."""
    name = "least squares of log1p"
    call = f"statsmodels.api.OLS.fit(cov_type='HC1'){BY_AUTHOR}"
    if reason := refuse_slope(rating, outcome):
        return Regression(name, call, int(rating.size), reason=reason)
    api = statsmodels()
    y = np.log1p(outcome)
    model = api.OLS(y, api.add_constant(rating))
    fit = model.fit(cov_type="HC1")
    slope = SlopeEstimate(float(fit.params[1]), float(fit.bse[1]))
    restricted = RestrictedLine.of(rating, y, codes)
    by_author = bootstrap_by_author(restricted, slope, _cluster_se(model, codes), resampling)
    return combine_regression(
        name, call, rating.size, slope, by_author, resampling, float(fit.params[0])
    )


def theil_sen(
    rating: Floats, outcome: Floats, codes: Integers, resampling: Resampling = DEFAULT_RESAMPLING
) -> Regression:
    """Theil and Sen's line: the median slope over pairs of models.

    Returns
    -------
    Regression
        `interval` is Sen's, for independent models; that by author holds the slopes at which
        Kendall's coefficient is no further from 0 than its jackknife error by author allows, by
        Student's t. Of more than 2,000 models as many are drawn at random.

    References
    ----------
    Sen (1968), JASA 63(324), 1379-1389.
    """
    name, call = "Theil-Sen line of log1p", "scipy.stats.theilslopes(method='separate')"
    if reason := refuse_slope(rating, outcome):
        return Regression(name, call, int(rating.size), reason=reason)
    drawn = rating.size > MOST_ROWS
    if drawn:
        rows = np.sort(
            np.random.default_rng(resampling.seed).choice(rating.size, MOST_ROWS, replace=False)
        )
        rating, outcome = rating[rows], outcome[rows]
        codes = np.unique(codes[rows], return_inverse=True)[1].astype(np.int64)
        name = f"Theil-Sen line of log1p through {MOST_ROWS:,} models drawn at random"
    y = np.log1p(outcome)
    line = scipy("stats").theilslopes(y, rating, alpha=resampling.level)
    if abs(line.slope) < _TINY_SCALE:
        reason = "ties make the median slope over pairs exactly 0"
        return Regression(name, call, int(rating.size), reason=reason)
    by_author = _theil_sen_by_author(rating, y, codes, float(line.slope), resampling.level)
    return Regression(
        name,
        call,
        int(rating.size),
        float(line.slope),
        float(line.intercept),
        interval=Interval(resampling.level, float(line.low_slope), float(line.high_slope), "sen"),
        cluster_interval=by_author.interval,
        cluster_p_value=by_author.p_value,
        cluster_reason=by_author.reason,
        seed=resampling.seed if drawn else None,
    )


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


def author_test(slope: SlopeEstimate, codes: Integers, level: float) -> ByAuthor:
    """Interval and p-value by t with Kish's effective number of authors less 1."""
    if not math.isfinite(slope.se) or slope.se <= 0:
        return ByAuthor(reason="the authors' residuals have no spread")
    free = max(1.0, effective_clusters(codes) - 1)
    half = student_quantile(level, free) * slope.se
    low, high = slope.estimate - half, slope.estimate + half
    clusters = int(np.unique(codes).size)
    interval = Interval(level, low, high, "author-cluster sandwich", clusters)
    return ByAuthor(slope.se, interval, student_p_value(slope.estimate / slope.se, free))


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


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of models with different ratings, whole and within each author.

    Attributes
    ----------
    sides
        Which of two models is rated better, 1, 0 or -1, shape (n, n).
    first, second
        The pairs within one author.
    kept
        Pairs that are left when an author is left out, shape (authors,).
    whole
        All pairs.
    """

    x: Floats
    y: Floats
    codes: Integers
    sides: NDArray[np.int8]
    first: Integers
    second: Integers
    kept_pairs: Floats
    whole: float

    @classmethod
    def of(cls, x: Floats, y: Floats, codes: Integers) -> _Pairs:
        """Compare all models once."""
        codes = np.unique(codes, return_inverse=True)[1]
        sides = np.sign(x[:, None] - x).astype(np.int8)
        first, second = np.nonzero(np.triu(codes[:, None] == codes, 1))
        inside = np.bincount(codes[first], np.abs(sides[first, second]), int(codes.max()) + 1)
        partners = np.count_nonzero(sides, axis=1).astype(np.float64)
        whole = float(partners.sum()) / 2
        kept_pairs = (whole - np.bincount(codes, partners) + inside).astype(np.float64)
        return cls(x, y, codes, sides, first, second, kept_pairs, whole)

    def kendall_t(self, slope: float) -> float:
        """Kendall's coefficient of ratings and what a slope leaves, in jackknife errors."""
        residuals = self.y - slope * self.x
        signs = np.sign(residuals[:, None] - residuals)
        score = np.einsum("ij,ij->i", self.sides, signs, dtype=np.float64)
        within = (self.sides[self.first, self.second] * signs[self.first, self.second]).astype(
            float
        )
        inside = np.bincount(self.codes[self.first], within, self.kept_pairs.size)
        whole = float(score.sum()) / 2
        with np.errstate(invalid="ignore", divide="ignore"):  # no pair is left without an author
            without = (whole - np.bincount(self.codes, score) + inside) / self.kept_pairs
        moved = np.nan_to_num(without - whole / self.whole, posinf=0.0, neginf=0.0)
        spread = math.sqrt(float(moved @ moved) * (moved.size - 1) / moved.size)
        return whole / self.whole / spread if spread > 0 else math.inf


def _theil_sen_by_author(
    x: Floats, y: Floats, codes: Integers, slope: float, level: float
) -> ByAuthor:
    """Invert Kendall's test of the residuals, its error that of a jackknife of authors."""
    if reason := few_authors(codes):
        return ByAuthor(reason=reason)
    pairs, free = _Pairs.of(x, y, codes), degrees_of_freedom(codes)
    bound, step = student_quantile(level, free), max(0.01, abs(slope) / 4)
    bounds = (
        crossing(lambda value: pairs.kendall_t(value) - bound, slope, -step),
        crossing(lambda value: -pairs.kendall_t(value) - bound, slope, step),
    )
    if any(end is None for end in bounds):
        return ByAuthor(reason="the slopes of the pairs have no bound by author")
    low, high = (float(end or 0.0) for end in bounds)
    method = "inverted Kendall test, jackknife of authors"
    interval = Interval(level, low, high, method, int(np.unique(codes).size))
    return ByAuthor(interval=interval, p_value=student_p_value(pairs.kendall_t(0.0), free))
