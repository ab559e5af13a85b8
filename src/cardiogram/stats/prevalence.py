"""How common traits are by popularity, and how much more common, other things equal."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy, statsmodels
from cardiogram.stats.ranks import OTHER, Covariates, drop_redundant
from cardiogram.stats.regression import (
    RestrictedGlm,
    RowMask,
    SlopeEstimate,
    bootstrap_by_author,
    by_influence,
    few_authors,
    informative_rows,
    no_slope_p_values,
)
from cardiogram.stats.resampling import Floats, Integers, Interval, Resampling

TOP_SHARE = 0.25
"""The most popular models: the upper quarter, or the nearest share below that ties allow."""

MINIMUM_CELL = 5
"""A trait needs as many models with and without it among the popular and among the rest."""

EVENTS_PER_COVARIATE = 10
_TINY = 1e-9
_NEWTON_STEPS = 50
_SMALL_STEP = 1e-9
_LARGEST_SLOPE = 15.0


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
    interval, p_value
        By random signs, one an author, or one a model of very few authors.
    """

    n: int
    held: int
    estimate: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    reason: str | None = None

    def between(self, log_odds: Interval | None) -> Odds:
        """The same with an interval, where there is one."""
        if log_odds is None:
            return self
        low, high = math.exp(log_odds.low), math.exp(min(700.0, log_odds.high))
        return replace(self, interval=replace(log_odds, low=low, high=high))


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


@dataclass(frozen=True, slots=True)
class Deciles:
    """Tenths of an outcome; those that ties join are one.

    Attributes
    ----------
    place
        Tenth of each model, shape (n,).
    low, high, sizes
        Counts between which each tenth lies, and its models.
    """

    place: Integers
    low: Floats
    high: Floats
    sizes: Integers

    @classmethod
    def of(cls, outcome: Floats) -> Deciles:
        """The tenths of counts."""
        place = np.unique(decile_places(outcome), return_inverse=True)[1].astype(np.int64)
        order = np.lexsort((outcome, place))
        sizes = np.bincount(place)
        ends = np.cumsum(sizes)
        return cls(place, outcome[order[ends - sizes]], outcome[order[ends - 1]], sizes)

    def measure(self, flag: NDArray[np.number]) -> tuple[Decile, ...]:
        """Share of models with a trait by tenth.

        Examples
        --------
        >>> Deciles.of(np.array([0.0, 0, 0, 5])).measure(np.array([0, 0, 1, 1]))[-1]
        Decile(low=5.0, high=5.0, n=1, share=1.0)
        """
        held = np.bincount(self.place, flag, self.sizes.size)
        return tuple(
            Decile(low, high, n, count / n)
            for low, high, n, count in zip(
                self.low.tolist(),
                self.high.tolist(),
                self.sizes.tolist(),
                held.tolist(),
                strict=True,
            )
        )


def decile_places(outcome: Floats) -> Integers:
    """Number of the tenth of each model, from 0; models with the same count share one."""
    edges = np.unique(np.quantile(outcome, np.arange(1, 10) / 10, method="inverted_cdf"))
    return np.searchsorted(edges, outcome, side="left").astype(np.int64)


def find_popular(outcome: Floats, covariates: Covariates, codes: Integers) -> Popular:
    """Tell the most popular models from the rest, and fit the covariates once."""
    threshold = threshold_of_top(outcome)
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
    covariates = limit_covariates(covariates, limit)
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


def odds_ratios(flags: Floats, among: Popular, resampling: Resampling) -> list[Odds]:
    """Adjusted odds ratios of many traits, each with a p-value by random signs of authors.

    Parameters
    ----------
    flags
        Whether each model has each trait, 0 or 1, shape (n, traits), the rows given to
        :func:`find_popular`.

    Returns
    -------
    list of Odds
        Without intervals, which :func:`bound_odds` adds. All p-values rest on one fit of the
        covariates alone, and on the same signs; of fewer than five authors every model has a sign
        of its own.
    """
    flags = flags[among.rows]
    refusals = [_refuse_trait(flag, among) for flag in flags.T]
    tested = [place for place, reason in enumerate(refusals) if reason is None]
    p_values = dict(zip(tested, _p_values(flags[:, tested], among, resampling), strict=True))
    answer = []
    for place, reason in enumerate(refusals):
        n, held = among.top.size, int(flags[:, place].sum())
        slope = _fit_trait(flags[:, place], among) if reason is None else None
        if slope is None:
            separated = "the trait separates the most popular models perfectly"
            answer.append(Odds(n, held, reason=reason or separated))
        else:
            answer.append(Odds(n, held, math.exp(slope), None, p_values[place]))
    return answer


def bound_odds(odds: Odds, flag: Floats, among: Popular, resampling: Resampling) -> Odds:
    """Add the interval: the odds that the same test does not refuse."""
    if odds.estimate is None:
        return odds
    model = RestrictedGlm.of(
        flag[among.rows],
        among.top,
        _sign_codes(among),
        statsmodels().families.Binomial(),
        among.covariates.matrix,
    )
    # The p-values' scores are bare, and with q over all traits cautious enough.
    model = replace(model, inflation=np.ones_like(model.inflation))
    slope = SlopeEstimate(math.log(odds.estimate), 0.5)
    by_author = bootstrap_by_author(model, slope, None, resampling)
    return odds.between(by_author.interval)


def _refuse_trait(flag: Floats, among: Popular) -> str | None:
    """Why a trait has no odds; None where it may have."""
    if among.reason is not None:
        return among.reason
    if reason := refuse_cells(flag, among.top):
        return reason
    matrix = among.covariates.matrix
    left = flag - matrix @ np.linalg.lstsq(matrix, flag, rcond=None)[0]
    return refuse_left(left)


def refuse_cells(flag: Floats, top: Floats) -> str | None:
    """Why so few models with or without a trait, popular or not, say nothing of it."""
    cells = [int(((flag == have) & (top == where)).sum()) for have in (0, 1) for where in (0, 1)]
    if min(cells) >= MINIMUM_CELL:
        return None
    smallest = f"one of the four groups has only {min(cells)}"
    return f"{int(flag.sum())} of {flag.size} models have it, and {smallest}"


def refuse_left(left: Floats) -> str | None:
    """Why what the covariates leave of a trait says nothing of it."""
    is_nothing = float(left @ left) <= _TINY * left.size
    return "task, library, age and size say all of the trait" if is_nothing else None


def _sign_codes(among: Popular) -> Integers:
    """Who has a sign of its own: each author, or each model of very few authors."""
    return np.arange(among.codes.size) if few_authors(among.codes) else among.codes


def _p_values(flags: Floats, among: Popular, resampling: Resampling) -> Floats:
    """Score tests of all traits at once: what covariates leave of each, times what they leave."""
    if not flags.shape[1]:
        return np.zeros(0)
    matrix = among.covariates.matrix
    mean = _logistic(matrix @ among.start)
    weighted = matrix.T * (mean * (1 - mean))
    left = flags - matrix @ np.linalg.lstsq(weighted @ matrix, weighted @ flags, rcond=1e-12)[0]
    author = by_influence(_sign_codes(among), np.abs(among.top - mean))
    scores = np.zeros((int(author.max()) + 1, flags.shape[1]))
    np.add.at(scores, author, left * (among.top - mean)[:, None])
    return no_slope_p_values(scores, scores, resampling)


def _fit_trait(flag: Floats, among: Popular) -> float | None:
    """Log odds of a trait by Newton's method; None where they have no maximum."""
    design = np.column_stack([flag, among.covariates.matrix])
    slopes = np.append(0.0, among.start)
    for _ in range(_NEWTON_STEPS):
        mean = _logistic(design @ slopes)
        curvature = (design.T * (mean * (1 - mean))) @ design
        try:
            step = np.linalg.solve(curvature, design.T @ (among.top - mean))
        except np.linalg.LinAlgError:
            return None
        slopes = slopes + step
        if not np.isfinite(slopes).all() or abs(slopes[0]) > _LARGEST_SLOPE:
            return None
        if np.abs(step).max() < _SMALL_STEP * max(1.0, np.abs(slopes).max()):
            return float(slopes[0])
    return None


def _logistic(predictor: Floats) -> Floats:
    return np.asarray(scipy("special").expit(predictor))


def limit_covariates(covariates: Covariates, limit: int) -> Covariates:
    """At most so many covariates beside the constant: the smallest levels of a kind become one.

    Examples
    --------
    >>> columns = np.column_stack([np.ones(14), np.repeat(np.eye(4), (5, 4, 3, 2), axis=0)[:, 1:]])
    >>> limit_covariates(Covariates(columns, ("1", "task b", "task c", "task d")), 2).column_names
    ('1', 'task b', 'task (other)')
    """
    columns = dict(zip(covariates.column_names, covariates.matrix.T, strict=True))
    while len(columns) - 1 > limit:
        levels = sorted(
            (int(column.sum()), name)
            for name, column in columns.items()
            if name != "1" and not name.endswith(" unknown") and np.isin(column, (0, 1)).all()
        )
        pairs = [
            (levels[first][0] + levels[second][0], levels[first][1], levels[second][1])
            for first in range(len(levels))
            for second in range(first + 1, len(levels))
            if levels[first][1].split()[0] == levels[second][1].split()[0]
        ]
        if not pairs:
            columns.popitem()
            continue
        _, level, other = min(pairs)
        merged = columns.pop(level) + columns.pop(other)
        columns[f"{level.split()[0]} {OTHER}"] = merged
    return drop_redundant(np.column_stack(list(columns.values())), list(columns))


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


def threshold_of_top(outcome: Floats) -> float:
    """The count from which on models are among the most popular."""
    levels, times = np.unique(outcome, return_counts=True)
    above = np.cumsum(times[::-1])[::-1] / outcome.size
    small = levels[above <= TOP_SHARE]
    return float(small[0] if small.size else levels[-1])
