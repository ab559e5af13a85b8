"""How many times the outcome a point of the rating goes with, given covariates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from cardiogram.analysis.changes import on_its_scale
from cardiogram.analysis.conclusions import noun
from cardiogram.analysis.parts.subject import MAIN, Subject, without_outliers
from cardiogram.analysis.parts.two_forms import (
    fit_choices,
    fit_huber,
    fit_odds,
    measure_robustness,
    slope_within,
)
from cardiogram.analysis.results import (
    RegressionNumber,
    Robustness,
    Specification,
    WithinAuthors,
    fill_from,
    from_regression,
    ratio_ends,
)
from cardiogram.stats.regression import RowMask, SpecificationPoint

ALL_ROWS: str = "all models"
WITHOUT: str = "without outliers"
"""Rows of a regression; outliers are what the rule of interquartile ranges drops."""


_STEEPEST = 700.0


def times(subject: Subject) -> tuple[RegressionNumber, ...]:
    """Huber's line of every outcome, of all models and without outliers; or the odds of any.

    Returns
    -------
    tuple of RegressionNumber
        The main one of an outcome is the one that conclusions state: the line, or where it is
        refused the odds of any.
    """
    return tuple(number for outcome in subject.outcomes for number in _of_outcome(subject, outcome))


def _of_outcome(subject: Subject, outcome: str) -> Iterator[RegressionNumber]:
    every = subject.outcomes[outcome]
    fewer = without_outliers(outcome, every, "iqr", subject.resampling.seed)
    for rows, column in ((ALL_ROWS, every), (WITHOUT, fewer)):
        dropped = int(np.isfinite(every).sum() - np.isfinite(column).sum())
        about = {
            "predictor": MAIN,
            "outcome": outcome,
            "rows": rows,
            "given": subject.held.covariates,
        }
        line = on_its_scale(outcome, fit_huber(subject, outcome, column))
        stands = line.reason is None
        line = replace(line, dropped=dropped)
        yield from_regression(RegressionNumber, line, main=stands and rows != WITHOUT, **about)
        if not stands:
            odds = fit_odds(subject, column)
            odds = replace(odds, dropped=odds.dropped + dropped)
            yield from_regression(RegressionNumber, odds, main=rows != WITHOUT, **about)


def within(subject: Subject) -> tuple[WithinAuthors, ...]:
    """What a point goes with among the models of the same author, for every outcome."""
    numbers = []
    for outcome in subject.outcomes:
        pooled = slope_within(subject, outcome)
        slope = pooled.estimate
        numbers.append(
            fill_from(
                WithinAuthors,
                pooled,
                outcome=outcome,
                ratio=None if slope is None else math.exp(min(slope, _STEEPEST)),
                ratio_interval=ratio_ends(pooled.interval),
            )
        )
    return tuple(numbers)


def curve(subject: Subject, single: RowMask) -> tuple[Specification, ...]:
    """Every combination of controls, models and estimator, for every outcome.

    A sample that leaves no model out is all models, and no choice of its own.

    Parameters
    ----------
    single
        One card of each near-duplicate text.
    """
    return tuple(
        _point(subject, outcome, point)
        for outcome in subject.outcomes
        for point in _points(subject, outcome, single)
    )


def _points(subject: Subject, outcome: str, single: RowMask) -> Iterator[SpecificationPoint]:
    column = subject.outcomes[outcome]
    fewer = without_outliers(outcome, column, "iqr", subject.resampling.seed)
    largest = int(np.bincount(subject.codes).argmax())
    samples = {
        ALL_ROWS: np.ones(column.size, dtype=bool),
        WITHOUT: np.isfinite(fewer),
        "one card of each text": single,
        f"without {subject.author_of[largest]}": subject.codes != largest,
    }
    known = np.isfinite(subject.ratings[MAIN]) & np.isfinite(column)
    different = {
        name: rows for name, rows in samples.items() if name == ALL_ROWS or not rows[known].all()
    }
    return fit_choices(subject, outcome, different)


def _point(subject: Subject, outcome: str, point: SpecificationPoint) -> Specification:
    slope = point.estimate if point.estimator != "rank correlation" else None
    whole = set(point.controls) == set(subject.held.covariates) and point.rows == ALL_ROWS
    return fill_from(
        Specification,
        point,
        outcome=outcome,
        ratio=None if slope is None else math.exp(min(slope, _STEEPEST)),
        main=whole and point.estimator != "least squares",
    )


def robustness(subject: Subject) -> tuple[Robustness, ...]:
    """How strong something unknown must be to explain each slope away."""
    numbers = []
    for outcome in subject.outcomes:
        strength = measure_robustness(subject, outcome)
        if strength.value is None or strength.benchmarks is None:
            continue
        benchmarks = {name: known.largest for name, known in strength.benchmarks.items()}
        words = describe_robustness(outcome, strength.value, benchmarks)
        numbers.append(
            Robustness(outcome=outcome, value=strength.value, benchmarks=benchmarks, words=words)
        )
    return tuple(numbers)


def describe_robustness(outcome: str, value: float, benchmarks: Mapping[str, float]) -> str:
    """Say what a confounder would have to explain, beside what the strongest known one does.

    Examples
    --------
    >>> describe_robustness("likes", 0.281, {"age": 0.02, "library": 0.05})[:72]
    'Something unknown would have to explain 28 % of what is left both of the'
    """
    words = (
        f"Something unknown would have to explain {100 * value:.0f} % of what is left both of the "
        f"ratings and of the {noun(outcome)} to make the slope 0"
    )
    if not benchmarks:
        return f"{words}."
    strongest = max(benchmarks, key=benchmarks.__getitem__)
    share = f"{100 * benchmarks[strongest]:.0f} %"
    return (
        f"{words}. {strongest.capitalize()}, the strongest that is known, explains {share} at most."
    )
