"""How well each task, library and segment is documented, and its share of what people use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cardiogram.study.describe import Histogram, histogram
from cardiogram.study.libraries import scipy_stats
from cardiogram.study.resample import (
    MINIMUM_CLUSTERS,
    Floats,
    Integers,
    Interval,
    Level,
    degrees_of_freedom,
    draw_times,
)

MINIMUM_CARDS = 10
"""A group with fewer rated cards says little and is not shown."""

MOST_GROUPS = 40
"""Groups of one kind that are described: those with the most rated cards."""

METHOD = "mean rating of a group"
CALL = "numpy.mean; by author cardiogram.study.groups.describe_groups"

_LOWEST, _HIGHEST = 1.0, 5.0  # no mean of ratings lies outside
_CELLS = 1 << 22  # authors x draws held at once


@dataclass(frozen=True, slots=True)
class Group:
    """The rated cards of one task, library or segment.

    Attributes
    ----------
    n, authors
        Rated cards and their authors.
    mean
        Mean of the whole overall ratings, 1-5.
    interval
        Of the mean, by resampling authors; None with fewer than 5 authors, as `reason` says.
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
    ask: Level,
) -> list[Group]:
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
    names, member = _members(labels)
    rated = np.isfinite(scores)
    cards = np.bincount(member[rated], minlength=len(names))[: len(names)]
    chosen = [g for g in np.argsort(-cards, kind="stable") if cards[g] >= MINIMUM_CARDS]
    chosen = chosen[:MOST_GROUPS]
    spans = _intervals(scores, member, codes, chosen, ask)
    found = []
    for g, span in zip(chosen, spans, strict=True):
        inside = member == g
        own = scores[inside & rated]
        authors = len(set(codes[inside & rated].tolist()))
        found.append(
            Group(
                name=names[g],
                n=int(own.size),
                authors=authors,
                mean=float(own.mean()),
                histogram=histogram(own),
                interval=span if authors >= MINIMUM_CLUSTERS else None,
                reason=None if authors >= MINIMUM_CLUSTERS else _too_few(authors),
                shares=dict(_shares(inside, outcomes)),
            )
        )
    return found


def _members(labels: Sequence[str | None]) -> tuple[list[str], Integers]:
    """Names of the groups, and the place of each model's; what is in none comes last."""
    names = sorted({label for label in labels if label is not None})
    place = {name: number for number, name in enumerate(names)}
    numbers = [len(names) if label is None else place[label] for label in labels]
    return names, np.array(numbers, np.int64)


def _intervals(
    scores: Floats, member: Integers, codes: Integers, chosen: Sequence[int], ask: Level
) -> Iterator[Interval]:
    """Intervals of the means by Student's t, all groups from the same draws of authors."""
    rated = np.isfinite(scores)
    _, author = np.unique(codes[rated], return_inverse=True)
    authors = int(author.max()) + 1 if author.size else 0
    sums, counts = (np.zeros((authors, len(chosen))) for _ in range(2))
    for column, g in enumerate(chosen):
        inside = member[rated] == g
        np.add.at(sums[:, column], author[inside], scores[rated][inside])
        np.add.at(counts[:, column], author[inside], 1.0)
    means = np.full((ask.draws, len(chosen)), np.nan)
    rng = np.random.default_rng(ask.seed)
    step = max(1, _CELLS // max(1, authors))
    for first in range(0, ask.draws if authors else 0, step):
        times = draw_times(rng, authors, min(step, ask.draws - first)).astype(np.float64)
        with np.errstate(invalid="ignore"):
            means[first : first + len(times)] = (times @ sums) / (times @ counts)
    for column, g in enumerate(chosen):
        drawn = means[np.isfinite(means[:, column]), column]
        own = rated & (member == g)
        spread = float(drawn.std(ddof=1)) if drawn.size > 1 else np.nan
        t = float(scipy_stats().t.ppf((1 + ask.level) / 2, degrees_of_freedom(codes[own])))
        middle, half = float(scores[own].mean()), t * spread
        yield Interval(ask.level, max(_LOWEST, middle - half), min(_HIGHEST, middle + half),
                       "author-cluster bootstrap", int((counts[:, column] > 0).sum()),
                       ask.draws, ask.seed)  # fmt: skip


def _shares(
    inside: np.ndarray, outcomes: Mapping[str, Floats]
) -> Iterator[tuple[str, float | None]]:
    yield "models", float(inside.mean())
    for name, counts in outcomes.items():
        total = float(np.nansum(counts))
        yield name, float(np.nansum(counts[inside])) / total if total > 0 else None


def _too_few(authors: int) -> str:
    who = "one author" if authors == 1 else f"{authors} authors"
    return f"{who}: too few to resample"
