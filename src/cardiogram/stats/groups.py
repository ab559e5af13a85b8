"""How well each task, library and segment is documented, and its share of what people use."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cardiogram.stats.describe import Histogram, histogram
from cardiogram.stats.distributions import (
    normal_to_student,
    student_quantile,
    student_to_normal,
)
from cardiogram.stats.ranks import Labels, number_labels
from cardiogram.stats.resampling import (
    MINIMUM_CLUSTERS,
    Floats,
    Integers,
    Interval,
    Resampling,
    degrees_of_freedom,
    draw_times,
    effective_clusters,
)

MINIMUM_CARDS = 10
"""A group with fewer rated cards says little and is not shown."""

MOST_GROUPS = 40
"""Groups of one kind that are described: those with the most rated cards."""

GROUP_METHOD = "mean rating of a group"
GROUP_CALL = "numpy.mean; by author cardiogram.stats.groups.describe_groups"

NO_PAIR = f"{{}} groups have {MINIMUM_CLUSTERS} authors or more"
PAIRS_METHOD = "max-t over all pairs of groups, author-cluster bootstrap"
_DRAWS_AT_ONCE = 50
_PAIRS_AT_ONCE = 4096
_CELLS = 1 << 22  # authors x pairs held at once
_NO_WIDTH = 1e-9
_LOWEST, _HIGHEST = 1.0, 5.0  # no mean of ratings lies outside


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """The rated cards of one task, library or segment.

    Attributes
    ----------
    n, authors
        Rated cards and their authors.
    mean
        Mean of the whole overall ratings, 1-5.
    interval
        Of the mean, by a jackknife of authors; None with fewer than 5 authors, as `reason` says.
    shares
        Its part of all models, and of the sum of each outcome over all models, 0-1; None where
        that sum is 0. Models without a rating count.
    """

    name: str
    n: int
    authors: int
    mean: float
    histogram: Histogram
    interval: Interval | None = None
    reason: str | None = None
    shares: Mapping[str, float | None] = field(default_factory=dict)


def describe_groups(
    scores: Floats,
    labels: Labels | Sequence[str | None],
    codes: Integers,
    outcomes: Mapping[str, Floats],
    resampling: Resampling,
) -> list[GroupSummary]:
    """Describe the groups of one kind, the largest first.

    Parameters
    ----------
    scores
        Whole overall ratings, shape (n,); NaN where there is none.
    labels
        Group of each model; None where it is in none.
    codes
        Author of each model as 0, 1, 2, ...
    outcomes
        Counts by name, shape (n,) each; NaN where there is none.

    Returns
    -------
    list of Group
        At most `MOST_GROUPS` groups with at least `MINIMUM_CARDS` rated cards.
    """
    group_names, member = _members(labels)
    rated = np.isfinite(scores)
    cards = np.bincount(member[rated], minlength=len(group_names))[: len(group_names)]
    chosen = [g for g in np.argsort(-cards, kind="stable") if cards[g] >= MINIMUM_CARDS]
    chosen = chosen[:MOST_GROUPS]
    summaries = []
    for g in chosen:
        inside = member == g
        own = scores[inside & rated]
        authors = len(set(codes[inside & rated].tolist()))
        reason = _why_no_interval(own, codes[inside & rated])
        summaries.append(
            GroupSummary(
                name=group_names[g],
                n=int(own.size),
                authors=authors,
                mean=float(own.mean()),
                histogram=histogram(own),
                interval=_interval(own, codes[inside & rated], resampling)
                if reason is None
                else None,
                reason=reason,
                shares=dict(_shares(inside, outcomes)),
            )
        )
    return summaries


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """How much better the first of two groups is rated, with a simultaneous interval."""

    first: str
    second: str
    difference: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class MeanComparison:
    """All pairs of groups at once.

    Attributes
    ----------
    groups
        Groups compared: those of five authors or more.
    differing
        Pairs whose difference is told apart from 0, the largest difference first.
    p_value
        Of all means being equal; None where `reason` says why.
    """

    groups: tuple[str, ...]
    differing: tuple[MeanDifference, ...] = ()
    p_value: float | None = None
    reason: str | None = None


def compare_means(
    groups: Mapping[str, Integers], scores: Floats, codes: Integers, resampling: Resampling
) -> MeanComparison:
    """Test all differences of group means at once, by draws of authors.

    Parameters
    ----------
    groups
        Rows of each group; a row may be in several.
    scores
        Ratings, shape (n,); NaN where there is none.
    codes
        Author of each row as 0, 1, 2, ...

    Returns
    -------
    MeanComparison
        Differences are studentised by a jackknife of authors, with Welch and Satterthwaite's
        degrees of freedom, and compared with the largest over all pairs in draws of authors.

    References
    ----------
    Westfall and Young (1993), Resampling-Based Multiple Testing; Romano and Wolf (2005), JASA
    100(469), 94-108.

    Examples
    --------
    >>> scores = np.r_[np.tile([1.0, 2], 20), np.tile([3.0, 4], 20)]
    >>> rows = {"a": np.arange(40), "b": np.arange(40, 80)}
    >>> compare_means(rows, scores, np.arange(80), Resampling()).differing[0].difference
    2.0
    """
    rows = comparable_groups(groups, scores, codes)
    if len(rows) < 2:
        return MeanComparison(tuple(rows), reason=NO_PAIR.format(len(rows)))
    sums, counts = _by_author(rows, scores, codes)
    mean = sums.sum(axis=0) / counts.sum(axis=0)
    without = (sums.sum(axis=0) - sums) / (counts.sum(axis=0) - counts)
    free = np.array([degrees_of_freedom(codes[place]) for place in rows.values()])
    first, second = np.triu_indices(len(rows), 1)
    gap, drawn = mean[first] - mean[second], _draw_means(sums, counts, resampling)
    variance = ((without - mean) ** 2).sum(axis=0)
    se, step = np.empty(first.size), max(1, _CELLS // len(without))
    for start in range(0, first.size, step):
        now = slice(start, start + step)
        moved = without[:, first[now]] - without[:, second[now]] - gap[now]
        se[now] = np.sqrt((moved**2).sum(axis=0))
    return tell_means_apart(MeanSpread(tuple(rows), mean, variance, se, free, drawn), resampling)


def comparable_groups(
    groups: Mapping[str, Integers], scores: Floats, codes: Integers
) -> dict[str, Integers]:
    """Rows with a rating of the groups of enough authors."""
    rows = {name: place[np.isfinite(scores[place])] for name, place in groups.items()}
    return {
        name: place
        for name, place in rows.items()
        if np.unique(codes[place]).size >= MINIMUM_CLUSTERS
    }


@dataclass(frozen=True, slots=True)
class MeanSpread:
    """Means of groups, and how far they move.

    Attributes
    ----------
    labels
        Of k groups.
    mean, variance, free
        Mean of each, its jackknife variance and degrees of freedom, shape (k,).
    se
        Of each difference of two, in the order of `numpy.triu_indices`.
    drawn
        Means in every draw of authors, shape (draws, k).
    """

    labels: tuple[str, ...]
    mean: Floats
    variance: Floats
    se: Floats
    free: Floats
    drawn: Floats


def tell_means_apart(spread: MeanSpread, resampling: Resampling) -> MeanComparison:
    """The pairs of groups whose means differ, all pairs at once."""
    labels, variance, se, free = spread.labels, spread.variance, spread.se, spread.free
    first, second = np.triu_indices(len(labels), 1)
    gap = spread.mean[first] - spread.mean[second]
    if not (se > 0).all():
        return MeanComparison(labels, reason="all cards of a group are rated the same")
    largest = np.zeros(len(spread.drawn))
    for start in range(0, first.size, _PAIRS_AT_ONCE):
        now = slice(start, start + _PAIRS_AT_ONCE)
        moved = spread.drawn[:, first[now]] - spread.drawn[:, second[now]]
        moved = (moved - np.nanmean(moved, axis=0)) / np.nanstd(moved, axis=0, ddof=1)
        largest = np.maximum(largest, np.nanmax(np.abs(moved), axis=1, initial=0.0))
    critical = float(np.quantile(largest, resampling.level))
    both = variance[first] + variance[second]
    pair_free = both**2 / (
        variance[first] ** 2 / free[first] + variance[second] ** 2 / free[second]
    )
    z = [student_to_normal(abs(t), df) for t, df in zip(gap / se, pair_free, strict=True)]
    differing = []
    for place in np.argsort(-np.abs(gap), kind="stable"):
        if z[place] > critical:
            half = normal_to_student(critical, float(pair_free[place])) * float(se[place])
            sign = 1 if gap[place] > 0 else -1
            better, worse = (labels[first[place]], labels[second[place]])[::sign]
            middle = abs(float(gap[place]))
            interval = Interval(
                resampling.level,
                middle - half,
                middle + half,
                PAIRS_METHOD,
                draws=resampling.draws,
                seed=resampling.seed,
            )
            differing.append(MeanDifference(better, worse, middle, interval))
    p_value = (1 + int((largest >= max(z)).sum())) / (1 + resampling.draws)
    return MeanComparison(labels, tuple(differing), p_value)


def _by_author(
    rows: Mapping[str, Integers], scores: Floats, codes: Integers
) -> tuple[Floats, Floats]:
    """Sum of the ratings and number of cards of each author in each group, (authors, groups)."""
    authors = int(codes.max()) + 1
    sums = [np.bincount(codes[place], scores[place], authors) for place in rows.values()]
    counts = [np.bincount(codes[place], minlength=authors) for place in rows.values()]
    return np.column_stack(sums), np.column_stack(counts).astype(np.float64)


def _draw_means(sums: Floats, counts: Floats, resampling: Resampling) -> Floats:
    """Mean of every group in every draw of authors, (draws, groups); NaN for a group not drawn."""
    rng, parts = np.random.default_rng(resampling.seed), []
    for first in range(0, resampling.draws, _DRAWS_AT_ONCE):
        draws = min(_DRAWS_AT_ONCE, resampling.draws - first)
        times = draw_times(rng, sums.shape[0], draws).astype(np.float64)
        with np.errstate(invalid="ignore"):
            parts.append((times @ sums) / (times @ counts))
    return np.concatenate(parts)


def _members(labels: Labels | Sequence[str | None]) -> tuple[list[str], Integers]:
    """Names of the groups, and the place of each model's; what is in none comes last."""
    if not isinstance(labels, Labels):
        labels = number_labels(labels)
    group_names = sorted(labels.used)
    place = {name: number for number, name in enumerate(group_names)}
    numbers = [place.get(name, -1) for name in labels.labels] + [len(group_names)]
    return group_names, np.array(numbers, np.int64)[labels.codes]


def _why_no_interval(scores: Floats, codes: Integers) -> str | None:
    """Why a mean has no interval: of few authors, or where it would have no width."""
    author = np.unique(codes, return_inverse=True)[1]
    counts = np.bincount(author)
    if counts.size < MINIMUM_CLUSTERS:
        return _too_few(int(counts.size))
    if np.ptp(scores) == 0:
        return "all are rated the same"
    same = np.ptp(np.bincount(author, scores) / counts) < _NO_WIDTH
    return "all authors have the same mean" if same else None


def _interval(scores: Floats, codes: Integers, resampling: Resampling) -> Interval:
    """Interval of a mean: Student's t with the spread over all groups that lack one author.

    Of a mean of few authors the draws' spread is too small, and this one is not
    (``tests/reference/test_simulation.py``).
    """
    author = np.unique(codes, return_inverse=True)[1]
    sums, counts = np.bincount(author, scores), np.bincount(author)
    without = (sums.sum() - sums) / (scores.size - counts)
    mean, authors = float(scores.mean()), int(counts.size)
    se = math.sqrt(float(np.sum((without - mean) ** 2)) * (authors - 1) / authors)
    free = max(1.0, effective_clusters(author) - 1)
    half = student_quantile(resampling.level, free) * se
    low, high = max(_LOWEST, mean - half), min(_HIGHEST, mean + half)
    return Interval(resampling.level, low, high, "jackknife of authors", authors)


def _shares(
    inside: np.ndarray, outcomes: Mapping[str, Floats]
) -> Iterator[tuple[str, float | None]]:
    yield "models", float(inside.mean())
    for name, counts in outcomes.items():
        total = float(np.nansum(counts))
        yield name, float(np.nansum(counts[inside])) / total if total > 0 else None


def _too_few(authors: int) -> str:
    who = "one author" if authors == 1 else f"{authors} authors"
    return f"{who}: too few for an interval"
