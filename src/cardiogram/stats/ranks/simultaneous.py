"""Correlations within several groups at once: intervals that all hold together.

Of twenty groups without any link one shows one by chance. So all intervals here have one level of
their own, above 95 %: that at which, in draws of authors that all groups share, no group leaves its
own in 95 % of the draws. Each group is measured by its own spread and tails: otherwise the smallest
would widen the intervals of all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.distributions import normal_quantile, normal_to_student
from cardiogram.stats.ranks.associations import complete_pair, correlate_ranks, refuse_pair
from cardiogram.stats.resampling import (
    MINIMUM_CLUSTERS,
    ClusteredColumns,
    Floats,
    Integers,
    Interval,
    Resampling,
    build_correlator,
    degrees_of_freedom,
    draw_times,
    is_linear,
    linear_part,
)

METHOD = "balanced max-t over groups, author-cluster bootstrap"
_CELLS = 1 << 18
_LOST_DRAWS = 0.05
_PERFECT = 1 - 1e-9

Times = NDArray[np.int16] | NDArray[np.float32]
"""How often each author is drawn, shape (draws, authors)."""


@dataclass(frozen=True, slots=True)
class GroupRho:
    """The rank correlation within one group.

    Attributes
    ----------
    interval
        Simultaneous over all groups; None where `reason` says why.
    """

    n: int
    authors: int
    estimate: float | None = None
    interval: Interval | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class GroupRhos:
    """Correlations of all groups, by name.

    Attributes
    ----------
    critical
        Standard errors on either side of an estimate that its interval reaches, for a group of
        very many authors; None where no group has an interval.
    """

    groups: Mapping[str, GroupRho] = field(default_factory=dict)
    critical: float | None = None

    @property
    def above(self) -> tuple[str, ...]:
        """Groups whose interval lies above 0."""
        return tuple(name for name, span in self._intervals() if span.low > 0)

    @property
    def below(self) -> tuple[str, ...]:
        """Groups whose interval lies below 0."""
        return tuple(name for name, span in self._intervals() if span.high < 0)

    def _intervals(self) -> Iterator[tuple[str, Interval]]:
        return ((name, rho.interval) for name, rho in self.groups.items() if rho.interval)


def max_t_groups(
    groups: Mapping[str, Integers],
    x: Floats,
    y: Floats,
    codes: Integers,
    resampling: Resampling,
    draw: DrawGroups | None = None,
    method: str = METHOD,
) -> GroupRhos:
    """Correlate two columns within every group, with simultaneous intervals by author.

    Parameters
    ----------
    groups
        Rows of each group.
    x, y
        Shape (n,); NaN where there is none.
    codes
        Author of each row as 0, 1, 2, ...
    draw, method
        What gives artanh(rho) of every group in every draw of authors, and its name in intervals.

    References
    ----------
    Beran (1988), Balanced simultaneous confidence sets, JASA 83(403), 679-686; Romano and Wolf
    (2005), Exact and approximate stepdown methods for multiple hypothesis testing, JASA 100(469),
    94-108, of which this is the first step, inverted.

    Examples
    --------
    >>> x = np.tile(np.arange(40.0), 2)
    >>> rows = {"with": np.arange(40), "against": np.arange(40, 80)}
    >>> y = np.r_[(x + 9 * np.sin(x))[:40], -(x + 9 * np.sin(x))[40:]]
    >>> found = max_t_groups(rows, x, y, np.arange(80), Resampling())
    >>> found.above, found.below
    (('with',), ('against',))
    """
    chosen = {name: OneGroup.of(rows, x, y, codes) for name, rows in groups.items()}
    usable = {name: group for name, group in chosen.items() if group.reason is None}
    drawn = (draw or _draw)(usable, int(codes.max(initial=-1)) + 1, resampling)
    spread, z = dict[str, float](), dict[str, Floats]()
    for name, rhos in drawn.items():
        if np.isfinite(rhos).mean() >= 1 - _LOST_DRAWS and np.nanstd(rhos) > 0:
            spread[name] = float(np.nanstd(rhos, ddof=1))
            z[name] = np.abs(rhos - np.nanmean(rhos))
    if not z:
        return GroupRhos({name: group.summary(None) for name, group in chosen.items()})
    critical = normal_quantile(_common_level(list(z.values()), resampling.level))
    return GroupRhos(
        {
            name: group.summary(group.interval(spread.get(name), critical, resampling, method))
            for name, group in chosen.items()
        },
        critical,
    )


DrawGroups: TypeAlias = "Callable[[Mapping[str, OneGroup], int, Resampling], dict[str, Floats]]"
"""From groups, authors and how they are drawn to artanh(rho) of every group in every draw."""


@dataclass(frozen=True, slots=True)
class OneGroup:
    """Complete rows of one group, or why it has no correlation."""

    x: Floats
    y: Floats
    codes: Integers
    reason: str | None

    @classmethod
    def of(cls, rows: Integers, x: Floats, y: Floats, codes: Integers) -> OneGroup:
        """The rows where both numbers are there."""
        rows = rows[np.isfinite(x[rows]) & np.isfinite(y[rows])]
        own_x, own_y = complete_pair(x[rows], y[rows])
        authors = int(np.unique(codes[rows]).size)
        reason = refuse_pair(own_x, own_y)
        if reason is None and authors < MINIMUM_CLUSTERS:
            reason = f"only {authors} authors; at least {MINIMUM_CLUSTERS} are needed"
        return cls(own_x, own_y, codes[rows], reason)

    @property
    def estimate(self) -> float | None:
        """Spearman's rho."""
        return None if refuse_pair(self.x, self.y) else correlate_ranks(self.x, self.y)

    def summary(self, interval: Interval | None) -> GroupRho:
        """The group's numbers."""
        authors = int(np.unique(self.codes).size)
        lost = "in too many draws of authors all ratings or outcomes were equal"
        reason = self.reason or (lost if interval is None else None)
        return GroupRho(self.x.size, authors, self.estimate, interval, reason)

    def interval(
        self, se: float | None, critical: float, resampling: Resampling, method: str
    ) -> Interval | None:
        """Student's t at the level that the critical value has for a normal number."""
        rho = self.estimate
        if se is None or rho is None or abs(rho) >= _PERFECT:
            return None
        own = np.unique(self.codes, return_inverse=True)[1]
        half = normal_to_student(critical, degrees_of_freedom(own)) * se
        low, high = (math.tanh(math.atanh(rho) + side * half) for side in (-1, 1))
        clusters = int(own.max()) + 1
        return Interval(
            resampling.level, low, high, method, clusters, resampling.draws, resampling.seed
        )


def _common_level(deviations: Sequence[Floats], level: float) -> float:
    """The level that each of several intervals needs for all to hold together.

    Where draws are too few to tell, Bonferroni's, which is always enough.
    """
    shares = [scipy("stats").rankdata(z, nan_policy="omit") / z.size for z in deviations]
    furthest = np.nanmax(np.column_stack(shares), axis=1, initial=0.0)
    bonferroni = 1 - (1 - level) / len(deviations)
    return min(bonferroni, max(level, float(np.quantile(furthest, level))))


def _draw(
    groups: Mapping[str, OneGroup], authors: int, resampling: Resampling
) -> dict[str, Floats]:
    """artanh(rho) of every group in every draw of authors; NaN where there is none."""
    drawn = {name: np.full(resampling.draws, np.nan) for name in groups}
    moves = {name: _mover(group) for name, group in groups.items()}
    rng = np.random.default_rng(resampling.seed)
    rows = max((group.x.size for group in groups.values()), default=1)
    step = max(1, _CELLS // rows)
    for first in range(0, resampling.draws, step):
        now = slice(first, min(first + step, resampling.draws))
        times = draw_times(rng, authors, now.stop - first)
        for name, move in moves.items():
            drawn[name][now] = move(times)
    return drawn


def _mover(group: OneGroup) -> Callable[[Times], Floats]:
    """A function from how often each author is drawn, (draws, authors), to artanh(rho)."""
    own, place = np.unique(group.codes, return_inverse=True)
    columns = ClusteredColumns({"x": group.x}, {"y": group.y}, place.astype(np.int64))
    if is_linear(columns.codes):
        part = linear_part(columns)["x", "y"]

        def move(times: Times) -> Floats:
            return _artanh(part.estimate + (times[:, own].astype(np.float64) - 1) @ part.slopes)

        return move
    return move_whole(group)


def move_whole(group: OneGroup) -> Callable[[Times], Floats]:
    """The same by drawing all rows of the group."""
    correlate = build_correlator(ClusteredColumns({"x": group.x}, {"y": group.y}, group.codes))

    def move(times: Times) -> Floats:
        rhos = {("x", "y"): np.empty(len(times))}
        correlate(times.T[group.codes].astype(np.float64), rhos, slice(0, len(times)))
        return _artanh(rhos["x", "y"])

    return move


def _artanh(rhos: Floats) -> Floats:
    return np.arctanh(np.where(np.abs(rhos) < _PERFECT, rhos, np.nan))
