"""Draw whole authors: weighted mid-ranks, their correlations, and intervals from the draws.

An author drawn k times is k copies of each of its rows, so a draw is a weight for each row, and
mid-ranks come from the weights of the distinct values: nothing is copied or sorted again.
Weights are whole and ranks are halves, so all sums below 2**53 are exact.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.distributions import student_p_value, student_quantile

MINIMUM_CLUSTERS = 5
"""Fewer authors than these give no interval by author."""

MINIMUM_DRAWS = 100
"""With fewer draws their spread is itself a guess."""

MANY_ROWS = 1_000
"""With more models than these the linear part of each correlation is drawn."""

LARGE_SHARE = 0.05
"""With an author who has more of the models than this, whole authors are drawn all the same: the
linear part is then a tenth too wide or more, and at four tenths it breaks down."""

_METHOD = "author-cluster bootstrap"
_CELLS = 1 << 15  # rows x draws held at once: a few arrays of them fit the processor's cache
_BLOCK = 16  # rows that are added up together
_WORKERS = min(4, os.cpu_count() or 1)  # numpy lets go of the interpreter while it counts
_MANY_PARTS = 20  # with fewer, threads take longer to start than they save
_PERFECT = 1 - 1e-9
_LOST_DRAWS = 0.01  # share of draws without a correlation above which no interval is given

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
PairName = tuple[str, str]


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
        What made it, in words.
    clusters, draws, seed
        Of an interval by author: authors, draws and their seed. None where there are none.
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
class ClusterTest:
    """What the draws say of one correlation: interval, p-value, and the standard error of its z.

    Attributes
    ----------
    interval, p_value, se
        All None where `reason` says why; `se` is on the scale of artanh.
    effective
        How many authors of one size would be as uneven (Kish).
    """

    interval: Interval | None = None
    p_value: float | None = None
    se: float | None = None
    effective: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Resampling:
    """How an interval is asked for: its level, the draws and their seed."""

    level: float = 0.95
    draws: int = 2000
    seed: int = 0


DEFAULT_RESAMPLING = Resampling()
"""95 %, 2,000 draws, seed 0."""


@dataclass(frozen=True, slots=True)
class ClusteredColumns:
    """Complete rows to be drawn by author.

    Attributes
    ----------
    xs, ys
        Numbers by name, shape (n,) each.
    codes
        Author of each row as 0, 1, 2, ...
    fitted
        What covariates say of each column's rank / n, by name: with them, :func:`.linear_part` is
        that of the partial correlations.
    """

    xs: Mapping[str, Floats]
    ys: Mapping[str, Floats]
    codes: Integers
    fitted: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def clusters(self) -> int:
        """Number of authors."""
        return int(self.codes.max()) + 1 if self.codes.size else 0


BootstrapRhos = dict[PairName, Floats]
"""Correlations in every draw, shape (draws,) each; NaN where a draw leaves one value only."""


def author_codes(authors: Iterable[Hashable]) -> Integers:
    """Give authors numbers by name and not by first appearance; None stands alone."""
    named = [("row", row) if name is None else ("", name) for row, name in enumerate(authors)]
    numbers = {name: number for number, name in enumerate(sorted(set(named), key=str))}
    return np.array([numbers[name] for name in named], dtype=np.int64)


def effective_clusters(codes: Integers) -> float:
    """Kish's number of clusters of one size that are as uneven as these.

    Examples
    --------
    >>> effective_clusters(np.array([0, 0, 1, 1])), effective_clusters(np.array([0, 0, 0, 1]))
    (2.0, 1.6)
    """
    sizes = np.bincount(codes)
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def degrees_of_freedom(codes: Integers) -> float:
    """For Student's t of a number whose spread was drawn by author.

    Kish's number less one is too few: an author with a fifth of the models moves a number and its
    drawn spread together, and a placebo by author is then significant in less than 3 % of runs.
    The number of authors less one is too many, and intervals cover too little. This is the harmonic
    mean of the two, at which both are kept (``tests/reference/test_simulation.py``).

    Examples
    --------
    >>> degrees_of_freedom(np.array([0, 0, 1, 1, 2, 2])), degrees_of_freedom(np.array([0, 0, 0, 1]))
    (2.0, 1.0)
    """
    kish, authors = effective_clusters(codes) - 1, int(np.unique(codes).size) - 1
    return max(1.0, 2 * kish * authors / (kish + authors)) if authors else 1.0


def is_linear(codes: Integers) -> bool:
    """Whether the linear part is drawn: of many models, none of whose authors has a large share."""
    return codes.size > MANY_ROWS and int(np.bincount(codes).max()) <= LARGE_SHARE * codes.size


def draw_rhos(columns: ClusteredColumns, draws: int, seed: int) -> BootstrapRhos:
    """Rank correlation of every x with every y in every draw of authors.

    Parameters
    ----------
    columns
        Complete rows.
    draws, seed
        How many draws, and the seed of numpy's default generator.
    """
    pairs = [(x, y) for x in columns.xs for y in columns.ys]
    drawn = {pair: np.empty(draws) for pair in pairs}
    correlate = build_correlator(columns)
    step = max(1, _CELLS // max(1, columns.codes.size))
    parts = [slice(first, min(first + step, draws)) for first in range(0, draws, step)]
    rng = np.random.default_rng(seed)
    times = [draw_times(rng, columns.clusters, part.stop - part.start) for part in parts]

    def work(place: int) -> None:
        correlate(times[place].T[columns.codes].astype(np.float64), drawn, parts[place])

    # Every part fills a slice of its own, so the answer does not depend on who is first.
    if len(parts) < _MANY_PARTS or _WORKERS == 1:
        for place in range(len(parts)):
            work(place)
    else:
        with ThreadPoolExecutor(_WORKERS) as pool:
            list(pool.map(work, range(len(parts))))
    return drawn


def build_correlator(columns: ClusteredColumns) -> Callable[[Floats, BootstrapRhos, slice], None]:
    """A function that correlates under weights, shape (n, draws), and fills a slice of draws."""
    xs = {name: WeightedRanks.of(values) for name, values in columns.xs.items()}
    ys = {name: WeightedRanks.of(values) for name, values in columns.ys.items()}

    def correlate(weights: Floats, drawn: BootstrapRhos, now: slice) -> None:
        total = weights.sum(axis=0)
        y_ranks = {y: column.rank(weights, total) for y, column in ys.items()}
        for x, column in xs.items():
            ranks = column.rank(weights, total)
            for y, other in y_ranks.items():
                together = np.einsum("nd,nd->d", ranks.centred, other.weighted)
                drawn[x, y][now] = _ratio(together, ranks.spread * other.spread)

    return correlate


def cluster_test(
    estimate: float,
    drawn: Floats,
    codes: Integers,
    resampling: Resampling,
    *,
    scale: Literal["artanh", "plain"] = "artanh",
) -> ClusterTest:
    r"""Interval and p-value of a number from its draws.

    .. math:: \tanh\left(\operatorname{artanh}\rho \pm t_{f}\, s \right)

    where s is the standard deviation over the draws and f are :func:`degrees_of_freedom`:
    percentiles of the draws are too narrow where authors are few or one is large.

    Parameters
    ----------
    drawn
        The number in every draw, shape (draws,).
    codes
        Author of each row.
    scale
        `artanh` for a correlation, `plain` for a difference.
    """
    clusters = int(codes.max()) + 1 if codes.size else 0
    usable = drawn[np.isfinite(drawn)]
    usable = usable[np.abs(usable) < _PERFECT] if scale == "artanh" else usable
    if reason := _no_test(estimate, usable, drawn.size, clusters, scale):
        return ClusterTest(reason=reason)
    plain = scale == "plain"
    se = float((usable if plain else np.arctanh(usable)).std(ddof=1))
    if se <= 1e-12:
        return ClusterTest(reason="all draws gave the same number")
    effective = effective_clusters(codes)
    free = degrees_of_freedom(codes)
    middle = estimate if plain else float(np.arctanh(estimate))
    half = student_quantile(resampling.level, free) * se
    low, high = (bound if plain else math.tanh(bound) for bound in (middle - half, middle + half))
    interval = Interval(
        resampling.level,
        low,
        high,
        f"{_METHOD} of the linear part" if is_linear(codes) else _METHOD,
        clusters,
        int(drawn.size),
        resampling.seed,
    )
    return ClusterTest(interval, student_p_value(middle / se, free), se, effective)


def _no_test(estimate: float, usable: Floats, draws: int, clusters: int, scale: str) -> str | None:
    if clusters < MINIMUM_CLUSTERS:
        return f"only {clusters} authors; at least {MINIMUM_CLUSTERS} are needed"
    lost = 1 - usable.size / draws
    if lost > _LOST_DRAWS:
        return f"in {lost:.0%} of the draws all ratings or outcomes were equal or agreed perfectly"
    if scale == "artanh" and abs(estimate) >= _PERFECT:
        return "agreement is perfect, so that the draws have no spread"
    return None


@dataclass(frozen=True, slots=True)
class _Ranks:
    """Mid-ranks of every draw minus their mean, also times the weights, shape (n, draws) each.

    `spread` is the sum of their weighted squares, shape (draws,).
    """

    centred: Floats
    weighted: Floats
    spread: Floats


@dataclass(frozen=True, slots=True)
class WeightedRanks:
    """One variable prepared for weighted ranking.

    `level` is the rank of each row's value among the distinct ones, `order` sorts rows by it, and
    `last` says where each level ends in that order.
    """

    level: Integers
    order: Integers
    last: Integers

    @classmethod
    def of(cls, values: Floats) -> WeightedRanks:
        """Sort the values once."""
        distinct, level = np.unique(values, return_inverse=True)
        order = np.argsort(level, kind="stable")
        ends = np.searchsorted(level[order], np.arange(distinct.size), side="right")
        return cls(level, order, ends - 1)

    def rank(self, weights: Floats, total: Floats) -> _Ranks:
        """Mid-ranks under weights, shape (n, draws), whose sums are `total`."""
        if self.last.size == 2:
            up_to = np.stack([total - self.level.astype(np.float64) @ weights, total])
        else:
            up_to = _add_up(weights[self.order])[self.last]
        middle = up_to - total
        middle[1:] += up_to[:-1]
        centred = (middle / 2)[self.level]
        weighted = centred * weights
        return _Ranks(centred, weighted, np.einsum("nd,nd->d", weighted, centred))


def _add_up(values: Floats) -> Floats:
    """Sums of all rows up to each, in place; `numpy.cumsum` adds number by number."""
    n, draws = values.shape
    if draws < _BLOCK:
        return np.cumsum(values, axis=0)
    whole = n - n % _BLOCK
    blocks = values[:whole].reshape(-1, _BLOCK, draws)
    for row in range(1, _BLOCK):
        blocks[:, row] += blocks[:, row - 1]
    for before, block in pairwise(blocks):
        block += before[-1]
    for row in range(max(1, whole), n):
        values[row] += values[row - 1]
    return values


def _ratio(together: Floats, spread: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 is a draw without a correlation
        return np.where(spread > 0, together / np.sqrt(spread), np.nan)


def draw_times(rng: np.random.Generator, clusters: int, draws: int) -> NDArray[np.int16]:
    """How often each author is drawn, shape (draws, clusters)."""
    picked = rng.integers(clusters, size=(draws, clusters))
    flat = (picked + clusters * np.arange(draws)[:, None]).ravel()
    times = np.bincount(flat, minlength=draws * clusters).reshape(draws, clusters)
    return times.astype(np.int16)
