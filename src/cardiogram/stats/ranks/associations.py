"""Rank associations that say how sure they are, and say so when they cannot be computed.

Two intervals stand beside every correlation. Bonett and Wright's takes models as independent;
they are not, because one author's cards resemble each other as one author's downloads do. The
author-cluster bootstrap draws whole authors, and is the one to believe.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiogram.errors import ConfigError
from cardiogram.optional import scipy
from cardiogram.stats.distributions import normal_quantile, student_p_value
from cardiogram.stats.ranks.concordance import Concordance, kendall
from cardiogram.stats.resampling import (
    MINIMUM_DRAWS,
    ClusteredColumns,
    ClusterTest,
    Floats,
    Integers,
    Interval,
    PairName,
    Resampling,
    author_codes,
    cluster_test,
    draw_rhos,
)

MINIMUM_PAIRS = 8
"""Fewer complete pairs than these give no correlation worth a number."""

ABSURD = 1e12
"""No model has a count above this; one that claims it is an error of the data."""

Formulas = Literal["independent", "none"]
"""Whether what takes models as independent is computed beside the draws of authors."""

_DECIMALS = 6  # expected ratings are sums of floats: ties must survive the last bits


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
    cluster_interval, cluster_p_value, cluster_reason
        The author-cluster bootstrap's, or a sentence in their place.
    cluster_se, effective_clusters
        Standard error of artanh(rho) by author, and the authors of one size that it rests on.
    concordance
        Kendall's tau-b and Somers' D of the same pairs.
    reason
        Why there is no estimate; None where there is one.
    """

    n: int
    estimate: float | None = None
    p_value: float | None = None
    interval: Interval | None = None
    interval_reason: str | None = None
    cluster_interval: Interval | None = None
    cluster_p_value: float | None = None
    cluster_reason: str | None = None
    cluster_se: float | None = None
    effective_clusters: float | None = None
    concordance: Concordance | None = None
    reason: str | None = None

    def by_author(self, test: ClusterTest) -> Association:
        """The same association with what the draws of authors say."""
        return replace(
            self,
            cluster_interval=test.interval,
            cluster_p_value=test.p_value,
            cluster_reason=test.reason,
            cluster_se=test.se,
            effective_clusters=test.effective,
        )


@dataclass(frozen=True, slots=True)
class CompleteBlock:
    """Pairs that have the same complete rows, and these rows as a mask over all."""

    pairs: tuple[PairName, ...]
    complete: NDArray[np.bool_]


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
        Counts, shape (n,). A negative or absurd one is an error of the data and is dropped.
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
    >>> association = spearman([1, 2, 2, 3, 4, 4, 5, 5], [0, 3, 1, 9, 4, 30, 12, 50])
    >>> round(association.estimate, 3), association.n, association.cluster_reason
    (0.897, 8, 'no authors were given')
    """
    associations = spearman_pairs({"x": x}, {"y": y}, clusters, level=level, draws=draws, seed=seed)
    return associations["x", "y"]


def spearman_pairs(
    predictors: Mapping[str, ArrayLike],
    outcomes: Mapping[str, ArrayLike],
    clusters: Iterable[Hashable] | None = None,
    *,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> dict[PairName, Association]:
    """:func:`spearman` of every predictor with every outcome, on the same draws.

    Each answer equals that of :func:`spearman` on its own two columns; pairs with the same
    complete rows share the work.

    Returns
    -------
    dict
        By (predictor, outcome), predictors outermost.
    """
    resampling = check_level(level, draws, seed)
    xs = {name: clean_numbers(values) for name, values in predictors.items()}
    ys = {name: clean_counts(values) for name, values in outcomes.items()}
    codes = None if clusters is None else author_codes(clusters)
    lengths = {column.size for column in (*xs.values(), *ys.values())}
    if len(lengths | (set() if codes is None else {codes.size})) > 1:
        raise ValueError("ratings, counts and authors must be of one length")
    associations = {(x, y): associate_pair(xs[x], ys[y], level, codes) for x in xs for y in ys}
    for block in blocks(
        xs, ys, [pair for pair in associations if associations[pair].reason is None]
    ):
        if codes is None:
            none = ClusterTest(reason="no authors were given")
            associations.update({pair: associations[pair].by_author(none) for pair in block.pairs})
            continue
        columns = block_columns(block, xs, ys, codes)
        drawn = draw_rhos(columns, resampling.draws, resampling.seed)
        for pair in block.pairs:
            rho = associations[pair].estimate or 0.0
            test = cluster_test(rho, drawn[pair], columns.codes, resampling)
            associations[pair] = associations[pair].by_author(test)
    return associations


def blocks(
    xs: Mapping[str, Floats], ys: Mapping[str, Floats], pairs: Sequence[PairName]
) -> Iterator[CompleteBlock]:
    """Sort pairs by the rows that they have complete, so that these are drawn once."""
    alike: defaultdict[bytes, list[PairName]] = defaultdict(list)
    for x, y in pairs:
        complete = np.isfinite(xs[x]) & np.isfinite(ys[y])
        alike[np.packbits(complete).tobytes()].append((x, y))
    for alike_pairs in alike.values():
        x, y = alike_pairs[0]
        yield CompleteBlock(tuple(alike_pairs), np.isfinite(xs[x]) & np.isfinite(ys[y]))


def block_columns(
    block: CompleteBlock, xs: Mapping[str, Floats], ys: Mapping[str, Floats], codes: Integers
) -> ClusteredColumns:
    """The rows and columns of one block."""
    return ClusteredColumns(
        {x: xs[x][block.complete] for x, _ in block.pairs},
        {y: ys[y][block.complete] for _, y in block.pairs},
        np.unique(codes[block.complete], return_inverse=True)[1].astype(np.int64),
    )


def associate_pair(
    x: Floats,
    y: Floats,
    level: float,
    codes: Integers | None = None,
    formulas: Formulas = "independent",
) -> Association:
    """Everything but the draws."""
    complete = np.isfinite(x) & np.isfinite(y)
    x, y, n = x[complete], y[complete], int(complete.sum())
    if reason := refuse_pair(x, y):
        return Association(n, reason=reason)
    rho = correlate_ranks(x, y)
    if formulas == "none":
        return Association(n, rho)
    p_value = _p_value(rho, n)
    interval = bonett_wright(rho, n, level)
    return Association(
        n=n,
        estimate=rho,
        p_value=p_value,
        interval=interval,
        interval_reason=None if interval else "the formula has no width at perfect agreement",
        concordance=kendall(x, y, None if codes is None else codes[complete], level),
    )


def correlate_ranks(x: Floats, y: Floats) -> float:
    """Spearman's rho of two complete columns: `scipy.stats.spearmanr` to the last bit.

    Centred mid-ranks are halves, so that their products add up exactly, in any order.
    """
    rank = scipy("stats").rankdata
    centred_x, centred_y = (rank(column) - (x.size + 1) / 2 for column in (x, y))
    share = 1 / (x.size - 1)
    spread = [math.sqrt(float(ranks @ ranks) * share) for ranks in (centred_y, centred_x)]
    rho = float(centred_x @ centred_y) * share / spread[0] / spread[1]
    return max(-1.0, min(1.0, rho))


def _p_value(rho: float, n: int) -> float:
    """By Student's t with n - 2 degrees of freedom."""
    free, unexplained = n - 2, (rho + 1.0) * (1.0 - rho)
    return student_p_value(
        rho * math.sqrt(max(0.0, free / unexplained)) if unexplained else math.inf, free
    )


def refuse_pair(x: Floats, y: Floats) -> str | None:
    """Why complete pairs have no correlation; None where they have one."""
    if x.size < MINIMUM_PAIRS:
        needed = f"at least {MINIMUM_PAIRS} are needed"
        return f"only {x.size} models have both numbers; {needed}"
    for name, column in (("ratings", x), ("outcomes", y)):
        if column.min() == column.max():
            return f"all {name} are equal"
    return None


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
    return _artanh_interval(rho, n, level, 1 + rho**2 / 2, "bonett-wright")


def fisher(r: float, n: int, level: float = 0.95) -> Interval | None:
    """Fisher's interval of a correlation for independent rows; None where it has no width."""
    return _artanh_interval(r, n, level, 1.0, "fisher")


def _artanh_interval(r: float, n: int, level: float, factor: float, method: str) -> Interval | None:
    if n <= 3 or abs(r) > 1 - 1e-12:
        return None
    half = normal_quantile(level) * math.sqrt(factor / (n - 3))
    low, high = (math.tanh(math.atanh(r) + side * half) for side in (-1, 1))
    return Interval(level, low, high, method)


def check_level(level: float, draws: int, seed: int) -> Resampling:
    """Refuse what gives no interval.

    Raises
    ------
    ConfigError
        A level that is not between 0 and 1, or too few draws.
    """
    if not 0 < level < 1:
        raise ConfigError(f"level {level!r} is not between 0 and 1", hint="level=0.95")
    if draws < MINIMUM_DRAWS:
        raise ConfigError(
            f"{draws!r} bootstrap draws are too few for an interval",
            hint=f"Ask for {MINIMUM_DRAWS} or more; 2000 are usual.",
        )
    return Resampling(level, draws, seed)


def clean_numbers(values: ArrayLike) -> Floats:
    """Floats with NaN for what is missing or not finite, rounded so that ties are ties."""
    column = np.array(values, dtype=np.float64).ravel()
    column[~np.isfinite(column)] = np.nan
    return np.round(column, _DECIMALS)


def clean_counts(values: ArrayLike) -> Floats:
    """The same for counts, of which negative and absurd ones are errors of the data."""
    column = clean_numbers(values)
    column[(column < 0) | (column > ABSURD)] = np.nan
    return column


def complete_pair(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Rows where both numbers are there."""
    complete = np.isfinite(x) & np.isfinite(y)
    return x[complete], y[complete]
