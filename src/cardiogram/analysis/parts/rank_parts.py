"""Rank correlations of ratings with outcomes: plain, adjusted, compared, and within groups."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from cardiogram.analysis.conclusions import MINIMUM_TASKS
from cardiogram.analysis.load import OUTCOMES
from cardiogram.analysis.parts.subject import MAIN, STATED, Subject
from cardiogram.analysis.parts.two_forms import (
    compare_group_means,
    leave_out,
    permute,
    relate_groups,
)
from cardiogram.analysis.results import (
    AssociationNumber,
    ComparisonNumber,
    DoseLevel,
    GroupLink,
    GroupNumber,
    MeansDiffer,
    PartialNumber,
    StatedNumber,
    fill_from,
    from_association,
    from_comparison,
    from_concordance,
    from_group,
    from_influence,
    from_partial,
)
from cardiogram.stats import (
    benjamini_hochberg,
    describe_groups,
    find_strata,
)
from cardiogram.stats.ranks import (
    RatingRelations,
    clean_numbers,
)

FEWEST_CARDS = 10
"""Ratings of fewer cards are shown together with the next."""

RANKED = ("library", "task")
"""Kinds of groups whose means are compared; segments are made of the cards' words: never."""


def associations(subject: Subject, related: RatingRelations) -> tuple[AssociationNumber, ...]:
    """Every rating with every outcome; of the overall one, the range with one author less."""
    moved = leave_out(subject)
    q_values = benjamini_hochberg(
        {pair: rho.cluster_p_value for pair, rho in related.plain.items()}
    )
    return tuple(
        from_association(
            AssociationNumber,
            rho,
            predictor=predictor,
            outcome=outcome,
            q_value=q_values.get((predictor, outcome)),
            effective_authors=rho.effective_clusters,
            kendall=from_concordance(rho),
            leave_one_author_out=from_influence(moved.get((predictor, outcome)), subject.author_of),
        )
        for (predictor, outcome), rho in related.plain.items()
    )


def within_organisation(subject: Subject) -> tuple[AssociationNumber, ...]:
    """The overall rating with every outcome over models within authors, for very few authors."""
    numbers = []
    for outcome in subject.outcomes:
        permuted = permute(subject, outcome)
        numbers.append(
            fill_from(
                AssociationNumber,
                permuted,
                predictor=MAIN,
                outcome=outcome,
                method="spearman within authors; p by permutation within authors",
                call="cardiogram.stats.within_authors.permute_within",
                seed=subject.resampling.seed,
                cluster_reason=f"{permuted.authors} authors are too few to be drawn",
            )
        )
    return tuple(numbers)


def partials(subject: Subject, related: RatingRelations) -> tuple[PartialNumber, ...]:
    """The same with the covariates held equal."""
    given = subject.held.covariates
    return tuple(
        from_partial(PartialNumber, rho, predictor=predictor, outcome=outcome, given=given)
        for (predictor, outcome), rho in related.partial.items()
    )


def gaps(subject: Subject, related: RatingRelations) -> tuple[ComparisonNumber, ...]:
    """How much stronger the adjusted correlation with likes is than that with downloads."""
    return tuple(
        from_comparison(
            comparison,
            predictor=predictor,
            outcome=f"{first} - {second}",
            first=first,
            second=second,
            by="all",
            stratum="all models",
            given=subject.held.covariates,
        )
        for (predictor, first, second), comparison in related.partial_compared.items()
    )


def dose(subject: Subject) -> tuple[DoseLevel, ...]:
    """The outcomes of the cards of each whole overall rating, lowest first."""
    scores = clean_numbers(subject.loaded.scores["overall"])
    outcomes = {name: subject.outcomes[name] for name in STATED if name in subject.outcomes}
    levels = []
    for ratings in _bins(scores):
        rows = np.isin(scores, ratings)
        known = {name: column[rows & np.isfinite(column)] for name, column in outcomes.items()}
        lowest, highest = min(ratings), max(ratings)
        levels.append(
            DoseLevel(
                label=f"{lowest}" if lowest == highest else f"{lowest}-{highest}",
                lowest=lowest,
                highest=highest,
                cards=int(rows.sum()),
                medians={n: float(np.median(c)) if c.size else None for n, c in known.items()},
                shares_above_zero={
                    n: float((c > 0).mean()) if c.size else None for n, c in known.items()
                },
            )
        )
    return tuple(levels)


def _bins(scores: np.ndarray) -> list[list[int]]:
    """Whole ratings that are shown together: 4 with 5, and what has too few cards with the next."""
    cards = {rating: int((scores == rating).sum()) for rating in range(1, 6)}
    bins = [b for b in ([1], [2], [3], [4, 5]) if sum(cards[rating] for rating in b)]

    def size(place: int) -> int:
        return sum(cards[rating] for rating in bins[place])

    while len(bins) > 1 and min(map(size, range(len(bins)))) < FEWEST_CARDS:
        small = min(range(len(bins)), key=size)
        beside = [place for place in (small - 1, small + 1) if 0 <= place < len(bins)]
        other = min(beside, key=size)
        first, second = sorted((small, other))
        bins[first : second + 1] = [bins[first] + bins[second]]
    return bins


def groups(subject: Subject) -> tuple[GroupNumber, ...]:
    """How well each task, library and segment is documented, and its share of what is used."""
    every = {name: subject.every[name] for name in OUTCOMES}
    overall = clean_numbers(subject.loaded.scores["overall"])
    return tuple(
        from_group(by, group)
        for by, labels in subject.loaded.groups.items()
        for group in describe_groups(overall, labels, subject.codes, every, subject.resampling)
    )


def links(subject: Subject, kinds: Iterable[str]) -> tuple[GroupLink, ...]:
    """The overall rating with every outcome within each large group, with intervals at once."""
    answer, usable = list[GroupLink](), np.isfinite(subject.ratings[MAIN])
    for by in kinds:
        rows = find_strata(subject.loaded.groups[by], usable)
        if len(rows) < MINIMUM_TASKS:
            continue
        for outcome in subject.outcomes:
            within = relate_groups(subject, rows, outcome)
            answer += [
                fill_from(
                    GroupLink,
                    rho,
                    by=by,
                    group=group,
                    outcome=outcome,
                    simultaneous=rho.interval,
                )
                for group, rho in within.groups.items()
            ]
    return tuple(answer)


def means_differ(subject: Subject) -> tuple[MeansDiffer, ...]:
    """Libraries, and tasks, whose mean ratings differ, all pairs of a kind at once."""
    overall = clean_numbers(subject.loaded.scores["overall"])
    return tuple(
        MeansDiffer(
            by=by,
            first=pair.first,
            second=pair.second,
            difference=pair.difference,
            low=pair.interval.low,
            high=pair.interval.high,
        )
        for by in RANKED
        for pair in compare_group_means(
            subject, find_strata(subject.loaded.groups[by], np.isfinite(overall)), overall
        ).differing
    )


def largest_correlations(subject: Subject, outcomes: Sequence[str]) -> tuple[StatedNumber, ...]:
    """The largest rank correlation that the ties of each outcome allow."""
    numbers = []
    for outcome in outcomes:
        column = subject.outcomes[outcome]
        times = np.unique(column[np.isfinite(column)], return_counts=True)[1].astype(np.float64)
        n = float(times.sum())
        tied = float(np.sum(times**3 - times)) / max(1.0, n**3 - n)
        number = StatedNumber(
            name="largest rank correlation that ties allow",
            outcome=outcome,
            n=int(n),
            estimate=math.sqrt(max(0.0, 1 - tied)),
        )
        numbers.append(number)
    return tuple(numbers)
