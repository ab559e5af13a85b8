"""Rank associations that say how sure they are, and say so when they cannot be computed.

Two intervals stand beside every correlation. Bonett and Wright's takes models as independent;
they are not, because one author's cards resemble each other as one author's downloads do. The
author-cluster bootstrap draws whole authors, and is the one to believe.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiogram.errors import ConfigError

MINIMUM_PAIRS = 8
"""Fewer complete pairs than these give no correlation worth a number."""

MINIMUM_CLUSTERS = 5
"""Fewer authors than these give no bootstrap worth an interval."""

MINIMUM_DRAWS = 100
"""With fewer draws the 2.5 % tail is one or two draws."""

_DECIMALS = 6  # expected ratings are sums of floats: ties must survive the last bits
_LOST_DRAWS = 0.01  # share of draws without a correlation above which no interval is given
_CELLS = 1 << 18  # rows x draws held at once: an array of them fits the processor's cache

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval and how it was made.

    Attributes
    ----------
    level
        Confidence level, 0 to 1.
    low, high
        Its bounds, in units of the estimate.
    method
        `bonett-wright` or `author-cluster bootstrap`.
    clusters, draws, seed
        Of a bootstrap: authors resampled, number of draws, seed. None otherwise.
    """

    level: float
    low: float
    high: float
    method: str
    clusters: int | None = None
    draws: int | None = None
    seed: int | None = None

    @property
    def excludes_zero(self) -> bool:
        """Whether both bounds lie on the same side of 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Association:
    """One rank correlation, or the reason why there is none.

    Attributes
    ----------
    n
        Complete pairs: rows where both numbers are there and usable.
    estimate
        Spearman's rho, -1 to 1; None where `reason` says why.
    p_value
        Two-sided, by the t distribution, as if rows were independent.
    interval, interval_reason
        Bonett and Wright's interval, or a sentence in its place.
    cluster_interval, cluster_reason
        The author-cluster bootstrap's, or a sentence in its place.
    reason
        Why there is no estimate; None where there is one.
    """

    n: int
    estimate: float | None = None
    p_value: float | None = None
    interval: Interval | None = None
    interval_reason: str | None = None
    cluster_interval: Interval | None = None
    cluster_reason: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    """One variable prepared for weighted ranking.

    `level` is the rank of each row's value among the distinct ones, `order` sorts rows by it, and
    `starts` says where each level begins in that order.
    """

    level: Integers
    order: Integers
    starts: Integers

    @classmethod
    def of(cls, values: Floats) -> _Column:
        distinct, level = np.unique(values, return_inverse=True)
        order = np.argsort(level, kind="stable")
        return cls(level, order, np.searchsorted(level[order], np.arange(distinct.size)))


@dataclass(frozen=True, slots=True)
class _Ranks:
    """Mid-ranks of every draw minus their mean, shape (rows, draws), and sums of squares."""

    centred: Floats
    spread: Floats


def load_scipy_stats() -> ModuleType:
    """Import `scipy.stats`, which an extra installs.

    Raises
    ------
    ConfigError
        scipy is not installed.
    """
    try:
        from scipy import stats
    except ImportError as error:
        raise ConfigError(
            "statistics need scipy", hint="pip install 'cardiogram[study]'"
        ) from error
    return cast("ModuleType", stats)


def spearman(
    x: ArrayLike,
    y: ArrayLike,
    clusters: Iterable[Hashable] | None = None,
    *,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> Association:
    """Spearman's rank correlation of ratings with a count, with both intervals.

    Parameters
    ----------
    x
        Ratings, shape (n,). Rounded to 6 decimals, so that float noise breaks no tie.
    y
        Counts, shape (n,). A negative one is an error of the data and is dropped.
    clusters
        The author of each row; a row whose author is None stands alone. Without them there is no
        cluster interval.
    level
        Confidence level of both intervals.
    draws, seed
        Of the author-cluster bootstrap. Its numbers do not depend on the order of the rows.

    Returns
    -------
    Association
        Rows where either number is missing or not finite are left out, and `n` says so. What
        cannot be computed is None with a reason, never NaN.

    Raises
    ------
    ConfigError
        A level that is not between 0 and 1, fewer than 100 draws, or scipy is missing.
    ValueError
        The three are not of one length.

    References
    ----------
    Field and Welsh (2007), Bootstrapping clustered data, JRSS B 69(3), 369-390.

    Examples
    --------
    >>> found = spearman([1, 2, 2, 3, 4, 4, 5, 5], [0, 3, 1, 9, 4, 30, 12, 50])
    >>> round(found.estimate, 3), found.n, found.cluster_reason
    (0.897, 8, 'no authors were given')
    """
    found = spearman_pairs({"x": x}, {"y": y}, clusters, level=level, draws=draws, seed=seed)
    return found["x", "y"]


def spearman_pairs(
    predictors: Mapping[str, ArrayLike],
    outcomes: Mapping[str, ArrayLike],
    clusters: Iterable[Hashable] | None = None,
    *,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> dict[tuple[str, str], Association]:
    """:func:`spearman` of every predictor with every outcome, on the same draws.

    Each answer equals that of :func:`spearman` on its own two columns; pairs with the same
    complete rows share the work.

    Returns
    -------
    dict
        By (predictor, outcome), predictors outermost.
    """
    _check(level, draws)
    xs = {name: _numbers(values) for name, values in predictors.items()}
    ys = {name: _counts(values) for name, values in outcomes.items()}
    codes = None if clusters is None else _codes(clusters)
    lengths = {column.size for column in (*xs.values(), *ys.values())}
    if len(lengths | (set() if codes is None else {codes.size})) > 1:
        raise ValueError("ratings, counts and authors must be of one length")

    found: dict[tuple[str, str], Association] = {}
    alike: defaultdict[bytes, list[tuple[str, str]]] = defaultdict(list)
    for x, rating in xs.items():
        for y, count in ys.items():
            complete = np.isfinite(rating) & np.isfinite(count)
            found[x, y] = _associate(rating[complete], count[complete], level)
            if found[x, y].reason is None:
                alike[np.packbits(complete).tobytes()].append((x, y))
    for pairs in alike.values():
        complete = np.isfinite(xs[pairs[0][0]]) & np.isfinite(ys[pairs[0][1]])
        task = _Resampling(
            {x: _Column.of(xs[x][complete]) for x, _ in pairs},
            {y: _Column.of(ys[y][complete]) for _, y in pairs},
            None if codes is None else np.unique(codes[complete], return_inverse=True)[1],
        )
        found.update(_add_cluster_intervals(pairs, found, task, level, draws, seed))
    return found


def bonett_wright(rho: float, n: int, level: float = 0.95) -> Interval | None:
    r"""Confidence interval of Spearman's rho for independent rows.

    .. math:: \tanh\left(\operatorname{artanh}\rho
              \pm z_{1-\alpha/2} \sqrt{(1 + \rho^2 / 2) / (n - 3)}\right)

    Returns
    -------
    Interval or None
        None where the formula has no width: perfect agreement, or fewer than 4 rows.

    References
    ----------
    Bonett and Wright (2000), Sample size requirements for estimating Pearson, Kendall and
    Spearman correlations, Psychometrika 65(1), 23-28.
    """
    if n <= 3 or abs(rho) > 1 - 1e-12:
        return None
    z = float(load_scipy_stats().norm.ppf((1 + level) / 2))
    half = z * math.sqrt((1 + rho**2 / 2) / (n - 3))
    low, high = (math.tanh(math.atanh(rho) + side * half) for side in (-1, 1))
    return Interval(level, low, high, "bonett-wright")


def _check(level: float, draws: int) -> None:
    if not 0 < level < 1:
        raise ConfigError(f"level {level!r} is not between 0 and 1", hint="level=0.95")
    if draws < MINIMUM_DRAWS:
        raise ConfigError(
            f"{draws!r} bootstrap draws are too few for an interval",
            hint=f"Ask for {MINIMUM_DRAWS} or more; 2000 are usual.",
        )


def _numbers(values: ArrayLike) -> Floats:
    """Floats with NaN for what is missing or not finite, rounded so that ties are ties."""
    column = np.array(values, dtype=np.float64).ravel()
    column[~np.isfinite(column)] = np.nan
    return np.round(column, _DECIMALS)


def _counts(values: ArrayLike) -> Floats:
    column = _numbers(values)
    column[column < 0] = np.nan
    return column


def _codes(clusters: Iterable[Hashable]) -> Integers:
    """Give authors numbers by name and not by first appearance; None stands alone."""
    named = [("row", row) if name is None else ("", name) for row, name in enumerate(clusters)]
    numbers = {name: number for number, name in enumerate(sorted(set(named), key=str))}
    return np.array([numbers[name] for name in named], dtype=np.int64)


def _associate(x: Floats, y: Floats, level: float) -> Association:
    """Everything but the bootstrap, on complete pairs."""
    n = int(x.size)
    if n < MINIMUM_PAIRS:
        needed = f"at least {MINIMUM_PAIRS} are needed"
        return Association(n, reason=f"only {n} models have both numbers; {needed}")
    for name, column in (("ratings", x), ("outcomes", y)):
        if column.min() == column.max():
            return Association(n, reason=f"all {name} are equal")
    rho, p_value = (float(value) for value in load_scipy_stats().spearmanr(x, y))
    interval = bonett_wright(rho, n, level)
    return Association(
        n=n,
        estimate=rho,
        p_value=p_value,
        interval=interval,
        interval_reason=None if interval else "the formula has no width at perfect agreement",
    )


@dataclass(frozen=True, slots=True)
class _Resampling:
    """Columns over the same complete rows, and the author of each row as 0, 1, 2, ..."""

    xs: Mapping[str, _Column]
    ys: Mapping[str, _Column]
    codes: Integers | None


def _add_cluster_intervals(
    pairs: Sequence[tuple[str, str]],
    found: Mapping[tuple[str, str], Association],
    task: _Resampling,
    level: float,
    draws: int,
    seed: int,
) -> dict[tuple[str, str], Association]:
    clusters = 0 if task.codes is None else int(task.codes.max()) + 1
    if task.codes is None or clusters < MINIMUM_CLUSTERS:
        reason = f"only {clusters} authors; at least {MINIMUM_CLUSTERS} are needed"
        reason = "no authors were given" if task.codes is None else reason
        return {pair: _with(found[pair], None, reason) for pair in pairs}
    drawn = _bootstrap(task, task.codes, draws, seed)
    tail = (1 - level) / 2
    answer = {}
    for pair in pairs:
        rhos = drawn[pair][np.isfinite(drawn[pair])]
        lost = 1 - rhos.size / draws
        if lost > _LOST_DRAWS:
            reason = f"in {lost:.0%} of the draws all ratings or all outcomes were equal"
            answer[pair] = _with(found[pair], None, reason)
            continue
        low, high = (float(bound) for bound in np.quantile(rhos, (tail, 1 - tail)))
        method = "author-cluster bootstrap"
        interval = Interval(level, low, high, method, clusters, draws, seed)
        answer[pair] = _with(found[pair], interval, None)
    return answer


def _with(found: Association, interval: Interval | None, reason: str | None) -> Association:
    return Association(
        n=found.n,
        estimate=found.estimate,
        p_value=found.p_value,
        interval=found.interval,
        interval_reason=found.interval_reason,
        cluster_interval=interval,
        cluster_reason=reason,
    )


def _bootstrap(
    task: _Resampling, codes: Integers, draws: int, seed: int
) -> dict[tuple[str, str], Floats]:
    """Rho of every pair in every draw; NaN where a draw leaves one value only.

    An author drawn k times is k copies of each of its rows, so a draw is a weight for each row,
    and mid-ranks come from the weights of the distinct values: nothing is copied or sorted again.
    Weights are whole and ranks are halves, so all sums below 2**53 are exact.
    """
    rng = np.random.default_rng(seed)
    clusters = int(codes.max()) + 1
    step = max(1, _CELLS // codes.size)
    drawn = {(x, y): np.empty(draws) for x in task.xs for y in task.ys}
    for first in range(0, draws, step):
        now = slice(first, min(first + step, draws))
        weights = _draw(rng, clusters, now.stop - first)[codes]
        ys = {y: _rank(column, weights) for y, column in task.ys.items()}
        weighted = {y: ranks.centred * weights for y, ranks in ys.items()}
        for x, column in task.xs.items():
            ranks = _rank(column, weights)
            for y in task.ys:
                together = np.einsum("nd,nd->d", ranks.centred, weighted[y])
                with np.errstate(invalid="ignore"):  # 0 / 0 is a draw without a correlation
                    drawn[x, y][now] = together / np.sqrt(ranks.spread * ys[y].spread)
    return drawn


def _draw(rng: np.random.Generator, clusters: int, draws: int) -> Floats:
    """How often each author is drawn, shape (clusters, draws)."""
    picked = rng.integers(clusters, size=(draws, clusters))
    flat = (picked + clusters * np.arange(draws)[:, None]).ravel()
    times = np.bincount(flat, minlength=draws * clusters).reshape(draws, clusters)
    return np.ascontiguousarray(times.T, dtype=np.float64)


def _rank(column: _Column, weights: Floats) -> _Ranks:
    at = np.add.reduceat(weights[column.order], column.starts, axis=0)
    up_to = np.cumsum(at, axis=0)
    middle = up_to - (at + up_to[-1]) / 2
    return _Ranks(middle[column.level], np.einsum("ld,ld,ld->d", at, middle, middle))
