"""Which form a statistic has: whole authors are drawn, or of very many models influences summed.

Of up to :data:`MANY` models nothing here differs from :mod:`cardiogram.stats`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cardiogram.analysis.changes import before_log1p
from cardiogram.analysis.parts.subject import COVARIATES, MAIN, Subject
from cardiogram.stats import (
    CorrectedEstimate,
    CorrectedStatistic,
    MeanComparison,
    WithinCorrelation,
    WithinEstimate,
    compare_means,
    correct_by_gold,
    permute_within,
    within_authors,
)
from cardiogram.stats.large import (
    choices,
    compare_many_means,
    draw_many_parts,
    leave_most_influential_out,
    max_t_many,
    odds_of_any,
    permute_many,
    relate_many,
    robust_line,
    robustness_of,
    within_many,
)
from cardiogram.stats.ranks import (
    GroupRhos,
    LeaveOneOut,
    RatingRelations,
    RatingTable,
    leave_authors_out,
    max_t_groups,
    relate_ratings,
)
from cardiogram.stats.regression import (
    Regression,
    RowMask,
    SlopeRobustness,
    SpecificationPoint,
    fit_any,
    m_estimator,
    robustness_value,
    specification_curve,
)
from cardiogram.stats.resampling import Floats, Integers, PairName

FEW = 1_000
"""Rows of a table that whole authors are drawn of, however many models the study has."""


def relate(subject: Subject, table: RatingTable) -> RatingRelations:
    """Associate every rating of a table with every count."""
    is_many = subject.is_many and table.codes.size > FEW
    return (relate_many if is_many else relate_ratings)(table, subject.resampling)


def leave_out(subject: Subject) -> Mapping[PairName, LeaveOneOut]:
    """Range of the overall rating's correlations with one author less."""
    return (leave_most_influential_out if subject.is_many else leave_authors_out)(subject.main)


def permute(subject: Subject, outcome: str) -> WithinCorrelation:
    """The overall rating with an outcome over models within authors."""
    rows = subject.complete(MAIN, outcome)
    columns = (subject.ratings[MAIN][rows], subject.outcomes[outcome][rows], subject.codes[rows])
    return (permute_many if subject.is_many else permute_within)(*columns, subject.resampling)


def slope_within(subject: Subject, outcome: str) -> WithinEstimate:
    """The pooled slope of the overall rating within authors."""
    rows = subject.complete(MAIN, outcome)
    log = np.log1p(before_log1p(outcome, subject.outcomes[outcome][rows]))
    columns = (subject.ratings[MAIN][rows], log, subject.codes[rows])
    return (within_many if subject.is_many else within_authors)(*columns, subject.resampling)


def fit_huber(subject: Subject, outcome: str, column: Floats) -> Regression:
    """Huber's line of log1p of an outcome on the overall rating and the covariates."""
    rows = np.isfinite(subject.ratings[MAIN]) & np.isfinite(column)
    counts = before_log1p(outcome, column[rows])
    about = (subject.ratings[MAIN][rows], counts, subject.codes[rows])
    if subject.design is not None:
        return robust_line(*about, "huber", subject.resampling, subject.design.rows(rows))
    return m_estimator(*about, "huber", subject.resampling, subject.covariates.rows(rows))


def fit_odds(subject: Subject, column: Floats) -> Regression:
    """The odds of any on the overall rating and the covariates."""
    rows = np.isfinite(subject.ratings[MAIN]) & np.isfinite(column)
    about = (subject.ratings[MAIN][rows], column[rows], subject.codes[rows], subject.resampling)
    if subject.design is not None:
        return odds_of_any(*about, subject.design.rows(rows))
    return fit_any(*about, subject.covariates.rows(rows))


def fit_choices(
    subject: Subject, outcome: str, samples: Mapping[str, RowMask]
) -> Iterator[SpecificationPoint]:
    """Every combination of controls, models and estimator."""
    log = np.log1p(before_log1p(outcome, subject.outcomes[outcome]))
    rating, codes, resampling = subject.ratings[MAIN], subject.codes, subject.resampling
    if subject.design is not None:
        return choices(rating, log, samples, subject.design, COVARIATES, codes, resampling)
    held = subject.covariates
    return specification_curve(rating, log, samples, held, COVARIATES, codes, resampling)


def measure_robustness(subject: Subject, outcome: str) -> SlopeRobustness:
    """How strong something unknown must be to explain a slope away."""
    rows = subject.complete(MAIN, outcome)
    log = np.log1p(before_log1p(outcome, subject.outcomes[outcome][rows]))
    rating = subject.ratings[MAIN][rows]
    if subject.design is not None:
        return robustness_of(rating, log, subject.design.rows(rows), COVARIATES)
    return robustness_value(rating, log, subject.covariates.rows(rows), COVARIATES)


def relate_groups(subject: Subject, groups: Mapping[str, Integers], outcome: str) -> GroupRhos:
    """The overall rating with an outcome within every group, with intervals at once."""
    columns = (subject.ratings[MAIN], subject.outcomes[outcome], subject.codes)
    return (max_t_many if subject.is_many else max_t_groups)(groups, *columns, subject.resampling)


def compare_group_means(
    subject: Subject, groups: Mapping[str, Integers], scores: Floats
) -> MeanComparison:
    """Which groups' mean ratings differ, all pairs at once."""
    compare = compare_many_means if subject.is_many else compare_means
    return compare(groups, scores, subject.codes, subject.resampling)


def correct(
    subject: Subject, gold: Floats, counted: Floats, statistic: CorrectedStatistic
) -> CorrectedEstimate:
    """The overall rating with an outcome, raw and corrected for the judge's error."""
    return correct_by_gold(
        gold,
        subject.loaded.ratings[MAIN],
        counted,
        subject.codes,
        statistic=statistic,
        resampling=subject.resampling,
        draw=draw_many_parts if subject.is_many else None,
    )
