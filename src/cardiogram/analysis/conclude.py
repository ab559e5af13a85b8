"""From the numbers of an analysis to its conclusions, in the order of the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeVar

from cardiogram.analysis.changes import CHANGES
from cardiogram.analysis.conclusions import (
    MINIMUM_AUTHORS,
    MINIMUM_RATED,
    AuthorMove,
    HeldEqual,
    conclude_adjusted,
    conclude_between_authors,
    conclude_gap,
    conclude_in_organisation,
    conclude_near_duplicates,
    conclude_one_author,
    conclude_ratings,
    conclude_tasks,
    conclude_times,
    conclude_too_few,
    conclude_traits,
    conclude_without_outliers,
)
from cardiogram.analysis.parts import ALL_ROWS, MAIN, WITHOUT, Subject, largest_correlations
from cardiogram.analysis.results import (
    AssociationNumber,
    ComparisonNumber,
    Conclusion,
    DuplicateNumber,
    PartialNumber,
    RegressionNumber,
    Results,
    StatedNumber,
    WithinAuthors,
)
from cardiogram.stats import detectable_difference, normal_quantile
from cardiogram.stats.ranks import MINIMUM_PAIRS
from cardiogram.stats.resampling import MINIMUM_CLUSTERS, Interval

TOLD = ("downloads", "likes")
"""The two outcomes that are always told of."""

_PERFECT = 1 - 1e-12
_STEEPEST = 700.0

Ranked = TypeVar("Ranked", AssociationNumber, PartialNumber, DuplicateNumber)
Outcomed = AssociationNumber | PartialNumber | DuplicateNumber | ComparisonNumber | RegressionNumber


def conclude(results: Results, subject: Subject) -> tuple[Conclusion, ...]:
    """Everything that can be said of a study.

    Parameters
    ----------
    results
        With every part of the screen.
    """
    authors, rated = subject.rated_authors, results.coverage.rated
    said = [conclude_ratings(results.ratings["overall"].histogram)] if rated else []
    if rated < MINIMUM_PAIRS:
        return (*said, conclude_too_few(rated, authors))
    if authors < MINIMUM_CLUSTERS:
        who = "this organisation" if authors == 1 else f"these {authors} authors"
        numbers = _of_main(results.associations, TOLD)
        stated = [_state("rank correlation", n, n.interval, "artanh") for n in numbers]
        p_values = {number.outcome: number.p_value for number in numbers}
        return (*said, conclude_in_organisation(stated, p_values, who))
    if rated < MINIMUM_RATED or authors < MINIMUM_AUTHORS:
        return (*said, conclude_too_few(rated, authors))
    said += conclude_links(results, subject)
    said += _conclude_sample(results, subject)
    return tuple(said)


def conclude_links(results: Results, subject: Subject) -> list[Conclusion]:
    """What is said of links: adjusted, in times, without outliers, of the gap, and of tasks."""
    held = subject.held
    said = _adjusted_and_times(results, held, TOLD)
    times = _ratios(results, TOLD)
    whole = {number.outcome for number in times}  # an outcome may have a line without outliers only
    without = [number for number in _ratios(results, TOLD, WITHOUT) if number.outcome in whole]
    if without:
        dropped = {n.outcome: n.left_out for n in results.regressions if n.rows == WITHOUT}
        said.append(conclude_without_outliers(times, without, dropped, held))
    for gap in results.comparisons:
        if gap.predictor == MAIN and gap.first in TOLD:
            outcomes = (gap.first, gap.second)
            ceilings = largest_correlations(subject, outcomes)
            name = "difference of rank correlations"
            number = _state(name, gap, gap.cluster_interval, "plain")
            said.append(conclude_gap(number, outcomes, held, ceilings))
    links = [link for link in results.links if link.by == "task" and link.outcome in TOLD]
    tasks = conclude_tasks(links)
    said += [tasks] if tasks is not None else []
    if results.changes is not None:
        days = f"{results.changes.before} and {results.changes.after}"
        said += _adjusted_and_times(results, held, tuple(CHANGES), days)
    return said


def _adjusted_and_times(
    results: Results, held: HeldEqual, outcomes: Sequence[str], between: str = ""
) -> list[Conclusion]:
    adjusted = [_rho(number) for number in _of_main(results.partial, outcomes)]
    plain = [
        _rho(number, "rank correlation, nothing held equal")
        for number in _of_main(results.associations, outcomes)
    ]
    times = _ratios(results, outcomes)
    said = []
    if adjusted:
        said.append(conclude_adjusted(adjusted, plain, held, between))
    if times:
        said.append(conclude_times(times, held, between))
    return said


def _conclude_sample(results: Results, subject: Subject) -> list[Conclusion]:
    """What is said of the models themselves: who carries the numbers, and what cards have."""
    said, duplicates = [], results.duplicates
    if duplicates is not None and duplicates.n:
        every = [_rho(number) for number in _of_main(results.associations, TOLD)]
        single = [
            _rho(number, "rank correlation, one card a text")
            for number in _of_main(duplicates.entries, TOLD)
        ]
        said.append(conclude_near_duplicates(duplicates.cards / duplicates.n, every, single))
    moves = [
        move
        for number in _of_main(results.associations, TOLD)
        if (move := _move(number, subject)) is not None
    ]
    if moves:
        said.append(conclude_one_author(moves))
    said += conclude_traits_and_authors(results)
    return said


def conclude_traits_and_authors(results: Results) -> list[Conclusion]:
    """What is said of links within authors, and of traits."""
    said = []
    within = [number for number in results.within_authors if number.outcome in TOLD]
    if within:
        ratios = [_within(number) for number in within]
        p_values = {number.outcome: number.p_value for number in within}
        share, authors = within[0].variance_share, within[0].authors
        said.append(conclude_between_authors(share, authors, ratios, p_values))
    if results.odds:
        said.append(conclude_traits(results.odds, TOLD))
    return said


def _of_main(numbers: Sequence[Ranked], outcomes: Sequence[str]) -> list[Ranked]:
    """Numbers of the overall rating with some outcomes."""
    return [n for n in numbers if n.predictor == MAIN and n.outcome in outcomes]


def _move(number: AssociationNumber, subject: Subject) -> AuthorMove | None:
    """What the author does to a correlation who moves it most."""
    moved, rho = number.leave_one_author_out, number.estimate
    if moved is None or rho is None:
        return None
    low, high = (moved.low, moved.low_without), (moved.high, moved.high_without)
    without, author = low if rho - moved.low > moved.high - rho else high
    authors = subject.loaded.authors
    share = int((authors.codes == authors.labels.index(author)).sum()) / len(authors)
    return AuthorMove(number.outcome, author, share, number.n, rho, without)


def _rho(number: Ranked, name: str = "rank correlation") -> StatedNumber:
    """A correlation by author."""
    return _state(name, number, number.cluster_interval, "artanh")


def _ratios(results: Results, outcomes: Sequence[str], rows: str = ALL_ROWS) -> list[StatedNumber]:
    """The ratio of each outcome: by the robust line, or where it does not stand of the odds."""
    return [
        _state(
            f"{'odds of any' if 'odds' in number.method else 'times'} per point, {number.rows}",
            number,
            number.cluster_interval,
            "log",
        )
        for number in results.regressions
        if number.predictor == MAIN and number.rows == rows and number.outcome in outcomes
        if number.estimate is not None
    ]


def _within(number: WithinAuthors) -> StatedNumber:
    bounds = number.ratio_interval
    return StatedNumber(
        name="times per point within authors",
        outcome=number.outcome,
        n=number.models,
        estimate=number.ratio,
        low=bounds.low if bounds else None,
        high=bounds.high if bounds else None,
    )


def _state(
    name: str, number: Outcomed, interval: Interval | None, scale: Literal["artanh", "plain", "log"]
) -> StatedNumber:
    """A number as a sentence states it.

    Parameters
    ----------
    scale
        On which its interval is symmetric; a logarithm is stated as the ratio that it stands for.
    """
    estimate = number.estimate
    if scale == "log" and estimate is not None:
        estimate = _times(estimate)
    stated = StatedNumber(name=name, outcome=number.outcome, n=number.n, estimate=estimate)
    if interval is None:
        return stated
    low, high = interval.low, interval.high
    half = (_artanh(high) - _artanh(low)) / 2 if scale == "artanh" else (high - low) / 2
    missed = detectable_difference(half / normal_quantile(interval.level), interval.level) or 0.0
    if scale == "log":
        return replace(stated, low=_times(low), high=_times(high), missed=_times(missed))
    return replace(
        stated, low=low, high=high, missed=math.tanh(missed) if scale == "artanh" else missed
    )


def _artanh(rho: float) -> float:
    return math.atanh(max(-_PERFECT, min(_PERFECT, rho)))


def _times(slope: float) -> float:
    return math.exp(min(slope, _STEEPEST))
