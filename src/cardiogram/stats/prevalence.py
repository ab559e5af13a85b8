"""How common traits are by popularity, and how much more common, other things equal."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cardiogram.optional import scipy, statsmodels
from cardiogram.stats.distributions import normal_p_value, normal_quantile
from cardiogram.stats.ranks import Covariates, drop_redundant
from cardiogram.stats.regression import (
    RowMask,
    SlopeEstimate,
    author_test,
    few_authors,
    informative_rows,
)
from cardiogram.stats.resampling import Floats, Integers, Interval

TOP_SHARE = 0.25
"""The most popular models: the upper quarter, or the nearest share below that ties allow."""

MINIMUM_CELL = 5
"""A trait needs as many models with and without it among the popular and among the rest."""

EVENTS_PER_COVARIATE = 10
ODDS_CALL = "statsmodels.api.Logit.fit(cov_type='cluster')"
ODDS_METHOD = "logit of being in the upper quarter on the trait, age, size, library and task"


@dataclass(frozen=True, slots=True)
class Decile:
    """Models between two counts, both included, and the share of them that has a trait."""

    low: float
    high: float
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class Odds:
    """An adjusted odds ratio, or the reason why there is none.

    Attributes
    ----------
    n, held
        Models used, and those of them that have the trait.
    estimate
        Odds of being among the most popular with the trait over those without it.
    interval
        By author; as if models were independent where there are too few authors.
    """

    n: int
    held: int
    estimate: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Popular:
    """The design that all traits of one outcome share.

    Attributes
    ----------
    rows
        Models used, as a mask over those given.
    top
        Whether each of them is among the most popular.
    covariates
        Their covariates.
    start
        Slopes of the covariates alone.
    """

    rows: RowMask
    top: Floats
    covariates: Covariates
    codes: Integers
    start: Floats
    reason: str | None = None


def measure_deciles(outcome: Floats, flag: Floats) -> tuple[Decile, ...]:
    """Share of models with a trait by tenth of an outcome; tenths that ties join are one.

    Examples
    --------
    >>> deciles(np.array([0.0, 0, 0, 5]), np.array([0.0, 0, 1, 1]))[-1]
    Decile(low=5.0, high=5.0, n=1, share=1.0)
    """
    place = decile_places(outcome)
    groups = [place == number for number in np.unique(place)]
    return tuple(
        Decile(
            float(outcome[group].min()),
            float(outcome[group].max()),
            int(group.sum()),
            float(flag[group].mean()),
        )
        for group in groups
    )


def decile_places(outcome: Floats) -> Integers:
    """Number of the tenth of each model, from 0; models with the same count share one."""
    edges = np.unique(np.quantile(outcome, np.arange(1, 10) / 10, method="inverted_cdf"))
    return np.searchsorted(edges, outcome, side="left").astype(np.int64)


def find_popular(outcome: Floats, covariates: Covariates, codes: Integers) -> Popular:
    """Tell the most popular models from the rest, and fit the covariates once."""
    threshold = _threshold(outcome)
    top = (outcome >= threshold).astype(np.float64)
    rows = np.ones(outcome.size, dtype=bool)
    events = int(min(top.sum(), top.size - top.sum()))
    limit = events // EVENTS_PER_COVARIATE
    nothing = Popular(rows, top, covariates, codes, np.zeros(0), "all outcomes are equal")
    if events == 0:
        return nothing
    if limit < 1:
        reason = f"only {events} models are among the most popular or among the rest"
        return Popular(rows, top, covariates, codes, np.zeros(0), reason)
    covariates = Covariates(covariates.matrix[:, : limit + 1], covariates.column_names[: limit + 1])
    rows = informative_rows(top, covariates.matrix)
    covariates, top, codes = (
        drop_redundant(covariates.matrix[rows], covariates.column_names),
        top[rows],
        codes[rows],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fit = statsmodels().Logit(top, covariates.matrix).fit(disp=0, maxiter=100)
        except (np.linalg.LinAlgError, ValueError):
            return Popular(rows, top, covariates, codes, np.zeros(0), "the covariates say it all")
    if not np.isfinite(fit.params).all():
        return Popular(rows, top, covariates, codes, np.zeros(0), "the covariates say it all")
    return Popular(rows, top, covariates, codes, np.asarray(fit.params))


def odds_ratio(flag: Floats, among: Popular, level: float = 0.95) -> Odds:
    """Adjusted odds ratio of one trait.

    Parameters
    ----------
    flag
        Whether each model has the trait, 0 or 1, shape (n,), the rows given to :func:`popular`.
    """
    flag = flag[among.rows]
    n, held = int(flag.size), int(flag.sum())
    if among.reason is not None:
        return Odds(n, held, reason=among.reason)
    cells = [int(((flag == have) & (among.top == top)).sum()) for have in (0, 1) for top in (0, 1)]
    if min(cells) < MINIMUM_CELL:
        reason = f"{held} of {n} models have it, and one of the four groups has only {min(cells)}"
        return Odds(n, held, reason=reason)
    added = drop_redundant(
        np.column_stack([among.covariates.matrix, flag]), [*among.covariates.column_names, "trait"]
    )
    design = np.column_stack([among.covariates.matrix[:, :1], flag, among.covariates.matrix[:, 1:]])
    if "trait" not in added.column_names:
        return Odds(n, held, reason="task, library, age and size say all of the trait")
    start = np.insert(among.start, 1, 0.0)
    clustered = few_authors(among.codes) is None
    how = {"cov_type": "cluster", "cov_kwds": {"groups": among.codes}} if clustered else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # told apart below by what the fit says of itself
        try:
            fit = (
                statsmodels()
                .Logit(among.top, design)
                .fit(start_params=start, disp=0, maxiter=100, **how)
            )
        except (np.linalg.LinAlgError, ValueError):
            return Odds(n, held, reason="the model cannot be told from these data")
    slope = SlopeEstimate(float(fit.params[1]), float(fit.bse[1]))
    if not fit.mle_retvals["converged"] or not math.isfinite(slope.se) or abs(slope.estimate) > 15:
        return Odds(n, held, reason="the trait separates the most popular models perfectly")
    return _odds(n, held, slope, among.codes if clustered else None, level)


def _odds(n: int, held: int, slope: SlopeEstimate, codes: Integers | None, level: float) -> Odds:
    if codes is None:
        half = normal_quantile(level) * slope.se
        low, high = math.exp(slope.estimate - half), math.exp(slope.estimate + half)
        p_value = normal_p_value(slope.estimate / slope.se)
        interval = Interval(level, low, high, "normal, models as independent")
        return Odds(n, held, math.exp(slope.estimate), interval, p_value)
    test = author_test(slope, codes, level)
    if test.interval is None:
        return Odds(n, held, reason=test.reason)
    low, high = math.exp(test.interval.low), math.exp(min(700.0, test.interval.high))
    interval = Interval(level, low, high, test.interval.method, test.interval.clusters)
    return Odds(n, held, math.exp(slope.estimate), interval, test.p_value)


def benjamini_hochberg(p_values: Mapping[object, float | None]) -> dict[object, float]:
    """Benjamini-Hochberg's q of every p-value that is there, by the same keys.

    References
    ----------
    Benjamini and Hochberg (1995), JRSS B 57(1), 289-300.
    """
    tested = {key: value for key, value in p_values.items() if value is not None}
    if not tested:
        return {}
    adjusted = scipy("stats").false_discovery_control(list(tested.values()), method="bh")
    return dict(zip(tested, map(float, adjusted), strict=True))


def _threshold(outcome: Floats) -> float:
    levels, times = np.unique(outcome, return_counts=True)
    above = np.cumsum(times[::-1])[::-1] / outcome.size
    small = levels[above <= TOP_SHARE]
    return float(small[0] if small.size else levels[-1])
