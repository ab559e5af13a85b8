"""What all parts of an analysis look at: cleaned columns, covariates, and who made what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cardiogram.analysis.changes import CHANGES, before_log1p, clean
from cardiogram.analysis.conclusions import HeldEqual
from cardiogram.analysis.load import NONE, Loaded
from cardiogram.stats import OutlierRule, find_outliers
from cardiogram.stats.ranks import Covariates, RatingTable, build_covariates, clean_numbers
from cardiogram.stats.resampling import Floats, Integers, Resampling, author_codes

MAIN = "overall_expected"
"""The rating that conclusions are about."""

STATED = ("downloads", "likes", *CHANGES)
"""Outcomes of the screen: what conclusions may be about."""

CONTRASTS = (("likes", "downloads"), ("likes_change", "downloads_all_time_change"))

COVARIATES = {"created": "age", "library": "library", "task": "task", "size": "size"}
"""Names of the covariates, by the first word of their columns' names."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The models of a study in columns, and what they are adjusted for.

    Attributes
    ----------
    outcomes
        Counts by name without errors of the data and what a rule dropped.
    every
        The same before a rule dropped anything.
    author_of
        Author of each code.
    covariates
        Age, size, library and task of each model.
    effects
        Library and task alone.
    """

    loaded: Loaded
    ratings: Mapping[str, Floats]
    outcomes: Mapping[str, Floats]
    every: Mapping[str, Floats]
    codes: Integers
    author_of: Mapping[int, str]
    covariates: Covariates
    effects: Covariates
    resampling: Resampling
    rule: OutlierRule

    @property
    def table(self) -> RatingTable:
        """All ratings and outcomes, with what they are adjusted for."""
        contrasts = [pair for pair in CONTRASTS if set(pair) <= self.outcomes.keys()]
        return RatingTable(
            self.ratings, self.outcomes, self.codes, self.covariates, contrasts, "none"
        )

    @property
    def main(self) -> RatingTable:
        """The overall rating alone, without covariates."""
        main = {MAIN: self.ratings[MAIN]}
        return RatingTable(main, self.outcomes, self.codes, formulas="none")

    @property
    def held(self) -> HeldEqual:
        """Covariates by name: those that are held equal, and those that no model has."""
        return HeldEqual(covariate_names(self.covariates), _unknown(self.loaded))

    @property
    def rated_authors(self) -> int:
        """Authors with a rated model."""
        return int(np.unique(self.codes[np.isfinite(self.ratings[MAIN])]).size)

    def complete(self, predictor: str, outcome: str) -> np.ndarray:
        """Models that have both numbers."""
        return np.isfinite(self.ratings[predictor]) & np.isfinite(self.outcomes[outcome])

    def only(self, outcomes: Sequence[str]) -> Subject:
        """The same with some of the outcomes."""
        some = {name: column for name, column in self.outcomes.items() if name in outcomes}
        return replace(self, outcomes=some)


def prepare(loaded: Loaded, resampling: Resampling, rule: OutlierRule = "none") -> Subject:
    """Clean the columns, prepare the covariates and apply a rule for outliers."""
    codes = author_codes(loaded.authors)
    every = {name: clean(name, column) for name, column in loaded.outcomes.items()}
    return Subject(
        loaded=loaded,
        ratings={name: clean_numbers(column) for name, column in loaded.ratings.items()},
        outcomes={
            name: without_outliers(name, column, rule, resampling.seed)
            for name, column in every.items()
        },
        every=every,
        codes=codes,
        author_of=dict(zip(codes.tolist(), loaded.authors, strict=True)),
        covariates=adjusted_for(loaded),
        effects=build_covariates({}, {kind: loaded.groups[kind] for kind in ("library", "task")}),
        resampling=resampling,
        rule=rule,
    )


def adjusted_for(loaded: Loaded, minimum: int = 10) -> Covariates:
    """Age (the Hub's floor as a level of its own), size, library and task of each model."""
    floor = ["at the floor" if is_at_floor else None for is_at_floor in loaded.at_floor]
    return build_covariates(
        {"created": loaded.created, "size": loaded.size},
        {"created": floor, "library": loaded.groups["library"], "task": loaded.groups["task"]},
        minimum=minimum,
    )


def covariate_names(covariates: Covariates) -> tuple[str, ...]:
    """Names of what columns are of: "age", "library", "task", "size".

    Examples
    --------
    >>> covariate_names(Covariates(np.ones((9, 3)), ("1", "created", "task fill-mask")))
    ('age', 'task')
    """
    columns = {column.split(" ")[0] for column in covariates.column_names[1:]}
    return tuple(name for column, name in COVARIATES.items() if column in columns)


def _unknown(loaded: Loaded) -> tuple[str, ...]:
    known = {
        "age": bool(np.isfinite(loaded.created).any() or loaded.at_floor.any()),
        "library": any(label != NONE for label in loaded.groups["library"]),
        "task": any(label != NONE for label in loaded.groups["task"]),
        "size": bool(np.isfinite(loaded.size).any()),
    }
    return tuple(name for name, is_known in known.items() if not is_known)


def without_outliers(outcome: str, column: Floats, rule: OutlierRule, seed: int) -> Floats:
    """Counts without those that a rule drops; all of them where it cannot be used."""
    known = np.flatnonzero(np.isfinite(column))
    outliers = find_outliers(before_log1p(outcome, column[known]), rule, seed)
    if outliers.dropped is None:
        return column
    kept: Floats = column.copy()
    kept[known[outliers.dropped]] = np.nan
    return kept
