"""Associations corrected for the judge's error, with gold for a part of the study.

Prediction-powered inference: the judge's rating is at hand for every model, gold for some. What
the judge gets wrong is measured where both are known and taken out:

    corrected = gold on the labelled + lambda (judge on the unlabelled - judge on the labelled)

for any statistic of a sample; here Spearman's rho of rating and popularity, and the slope of
log1p(popularity) on the rating. lambda is the one with the smallest variance (power tuning), so
that a useless judge gets weight 0 and the answer is that of the gold alone. Authors are drawn,
all three parts under the same draws, because one author's cards may be in both.

References
----------
Angelopoulos, Bates, Fannjiang, Jordan and Zrnic (2023), Prediction-powered inference, Science 382.
Angelopoulos, Duchi and Zrnic (2023), PPI++: Efficient prediction-powered inference,
arXiv 2311.01453. Zrnic (2024), A note on the prediction-powered bootstrap, arXiv 2405.18379.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiogram.stats.resampling import (
    ClusteredColumns,
    Floats,
    Integers,
    Interval,
    Resampling,
    author_codes,
    build_correlator,
    cluster_test,
    draw_times,
)

CorrectedStatistic = Literal["spearman", "slope"]

MINIMUM_LABELLED = 20
"""Fewer models with gold than these correct nothing."""

_CHUNK = 1 << 20

DrawParts: TypeAlias = (
    "Callable[[dict[str, GoldPart], CorrectedStatistic, int, Resampling], dict[str, Floats]]"
)
"""From parts, statistic, authors and how they are drawn to the statistic of every part."""


@dataclass(frozen=True, slots=True)
class CorrectedEstimate:
    """One statistic three ways, side by side.

    Attributes
    ----------
    labelled, unlabelled
        Models with gold, and models with the judge's rating only.
    raw
        Of the judge's ratings on all models, as if they were right.
    gold
        Of the gold on the labelled models.
    corrected
        Prediction-powered.
    raw_interval, gold_interval, interval
        Their 95 % intervals by author.
    weight
        lambda: how much the judge's ratings count, 0-1.
    gain
        Variance of `gold` over that of `corrected`: labelled models are worth so many times more.
    reason
        Why there is no number; None where there is one.
    """

    statistic: CorrectedStatistic
    labelled: int
    unlabelled: int
    raw: float | None = None
    gold: float | None = None
    corrected: float | None = None
    raw_interval: Interval | None = None
    gold_interval: Interval | None = None
    interval: Interval | None = None
    weight: float | None = None
    gain: float | None = None
    reason: str | None = None


def correct_by_gold(
    gold: ArrayLike,
    judged: ArrayLike,
    outcome: ArrayLike,
    authors: Sequence[str] | Integers,
    *,
    statistic: CorrectedStatistic = "spearman",
    resampling: Resampling | None = None,
    draw: DrawParts | None = None,
) -> CorrectedEstimate:
    """Relate ratings to a count, raw and corrected for the judge's error.

    Parameters
    ----------
    gold
        Gold ratings, NaN where there is none, shape (n,). The labelled models must be a random
        part of the study: what the judge gets wrong on them stands for all.
    judged
        The judge's ratings, shape (n,).
    outcome
        Counts, shape (n,).
    statistic
        `spearman`, or `slope` of least squares of log1p(outcome) on the rating.
    draw
        Gives the statistic of every part in the sample (first) and in every draw of authors.
    """
    level = resampling or Resampling()
    g, j, y = (np.asarray(column, np.float64) for column in (gold, judged, outcome))
    usable = np.isfinite(j) & np.isfinite(y)
    codes = authors if isinstance(authors, np.ndarray) else author_codes(authors)
    labelled, unlabelled = usable & np.isfinite(g), usable & ~np.isfinite(g)
    n, m = int(labelled.sum()), int(unlabelled.sum())
    if n < MINIMUM_LABELLED or m < MINIMUM_LABELLED:
        scarce = "gold" if n < MINIMUM_LABELLED else "the judge's rating only"
        return CorrectedEstimate(
            statistic, n, m, reason=f"fewer than {MINIMUM_LABELLED} models with {scarce}"
        )
    parts = {
        "gold": GoldPart(g[labelled], y[labelled], codes[labelled]),
        "judge": GoldPart(j[labelled], y[labelled], codes[labelled]),
        "unlabelled": GoldPart(j[unlabelled], y[unlabelled], codes[unlabelled]),
        "raw": GoldPart(j[usable], y[usable], codes[usable]),
    }
    if any(np.ptp(part.x) == 0 or np.ptp(part.y) == 0 for part in parts.values()):
        return CorrectedEstimate(
            statistic, n, m, reason="all ratings or all outcomes of a part are equal"
        )
    drawn = (draw or _draw)(parts, statistic, int(codes.max()) + 1, level)
    return _correct(drawn, parts, codes, usable, statistic, level)


@dataclass(frozen=True, slots=True)
class GoldPart:
    """Rows of one part: rating, outcome, author."""

    x: Floats
    y: Floats
    codes: Integers


def _draw(
    parts: dict[str, GoldPart], statistic: CorrectedStatistic, clusters: int, resampling: Resampling
) -> dict[str, Floats]:
    """The statistic of every part in the sample (first) and in every draw of authors."""
    rng = np.random.default_rng(resampling.seed)
    times = np.vstack([np.ones(clusters, np.int16), draw_times(rng, clusters, resampling.draws)])
    statistics = {}
    for name, part in parts.items():
        measure = measure_of(part, statistic)
        step = max(1, _CHUNK // part.x.size)
        statistics[name] = np.concatenate(
            [
                measure(times[first : first + step][:, part.codes].astype(np.float64))
                for first in range(0, len(times), step)
            ]
        )
    return statistics


def measure_of(part: GoldPart, statistic: CorrectedStatistic) -> Callable[[Floats], Floats]:
    """From weights of a part's rows, (draws, n), to its statistic."""
    return _rho_of(part) if statistic == "spearman" else _slope_of(part)


def _rho_of(part: GoldPart) -> Callable[[Floats], Floats]:
    correlate = build_correlator(
        ClusteredColumns({"x": np.round(part.x, 6)}, {"y": part.y}, part.codes)
    )

    def rho(weights: Floats) -> Floats:
        drawn = {("x", "y"): np.empty(len(weights))}
        correlate(weights.T, drawn, slice(0, len(weights)))
        return drawn["x", "y"]

    return rho


def _slope_of(part: GoldPart) -> Callable[[Floats], Floats]:
    x, y = part.x, np.log1p(part.y)

    def slope(weights: Floats) -> Floats:
        moments = (weights.sum(axis=1), *(weights @ column for column in (x, y, x * y, x**2)))
        return slope_from_moments(*moments)

    return slope


def slope_from_moments(total: Floats, x: Floats, y: Floats, xy: Floats, xx: Floats) -> Floats:
    """Least squares from weighted sums, shape (draws,) each."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_x, mean_y = x / total, y / total
        together = xy / total - mean_x * mean_y
        spread = xx / total - mean_x**2
        slopes: Floats = np.where(spread > 1e-12, together / spread, np.nan)
    return slopes


def _correct(
    drawn: dict[str, Floats],
    parts: dict[str, GoldPart],
    codes: Integers,
    usable: NDArray[np.bool_],
    statistic: CorrectedStatistic,
    resampling: Resampling,
) -> CorrectedEstimate:
    gap = drawn["judge"] - drawn["unlabelled"]
    known = np.isfinite(gap) & np.isfinite(drawn["gold"])
    known[0] = False
    spread = np.cov(drawn["gold"][known], gap[known])
    weight = float(np.clip(spread[0, 1] / spread[1, 1], 0.0, 1.0))
    corrected = drawn["gold"] - weight * gap
    scale: Literal["artanh", "plain"] = "artanh" if statistic == "spearman" else "plain"
    if scale == "artanh":
        corrected = np.clip(corrected, -0.999, 0.999)

    def interval(values: Floats, owners: Integers) -> Interval | None:
        numbered = np.unique(owners, return_inverse=True)[1].astype(np.int64)
        return cluster_test(
            float(values[0]), values[1:], numbered, resampling, scale=scale
        ).interval

    variance = [float(np.nanvar(side[1:])) for side in (drawn["gold"], corrected)]
    return CorrectedEstimate(
        statistic=statistic,
        labelled=parts["gold"].x.size,
        unlabelled=parts["unlabelled"].x.size,
        raw=float(drawn["raw"][0]),
        gold=float(drawn["gold"][0]),
        corrected=float(corrected[0]),
        raw_interval=interval(drawn["raw"], codes[usable]),
        gold_interval=interval(drawn["gold"], parts["gold"].codes),
        interval=interval(corrected, parts["gold"].codes),
        weight=weight,
        gain=variance[0] / variance[1] if variance[1] > 0 else None,
    )
