"""How well each task, library and segment is documented, and its share of what people use."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cardiogram.stats.describe import Histogram, histogram
from cardiogram.stats.distributions import student_quantile
from cardiogram.stats.resampling import (
    MINIMUM_CLUSTERS,
    Floats,
    Integers,
    Interval,
    Resampling,
    effective_clusters,
)

MINIMUM_CARDS = 10
"""A group with fewer rated cards says little and is not shown."""

MOST_GROUPS = 40
"""Groups of one kind that are described: those with the most rated cards."""

GROUP_METHOD = "mean rating of a group"
GROUP_CALL = "numpy.mean; by author cardiogram.stats.groups.describe_groups"

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
    labels: Sequence[str | None],
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
        summaries.append(
            GroupSummary(
                name=group_names[g],
                n=int(own.size),
                authors=authors,
                mean=float(own.mean()),
                histogram=histogram(own),
                interval=_interval(own, codes[inside & rated], resampling)
                if authors >= MINIMUM_CLUSTERS
                else None,
                reason=None if authors >= MINIMUM_CLUSTERS else _too_few(authors),
                shares=dict(_shares(inside, outcomes)),
            )
        )
    return summaries


def _members(labels: Sequence[str | None]) -> tuple[list[str], Integers]:
    """Names of the groups, and the place of each model's; what is in none comes last."""
    group_names = sorted({label for label in labels if label is not None})
    place = {name: number for number, name in enumerate(group_names)}
    numbers = [len(group_names) if label is None else place[label] for label in labels]
    return group_names, np.array(numbers, np.int64)


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
