"""What all parts of an analysis look at: cleaned columns, covariates, and who made what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cardiogram.analysis.changes import CHANGES, before_log1p, clean
from cardiogram.analysis.columns import NONE
from cardiogram.analysis.conclusions import HeldEqual
from cardiogram.analysis.load import Loaded
from cardiogram.stats import OutlierRule, find_outliers
from cardiogram.stats.ranks import (
    CodedDesign,
    Covariates,
    Labels,
    RatingTable,
    build_covariates,
    clean_numbers,
)
from cardiogram.stats.resampling import Floats, Integers, Resampling, author_codes

MANY = 20_000
"""Of more models than these no author is drawn: intervals come from sums of influence.

Covariates are a dense matrix where authors are drawn; of 100,000 models what is made of it takes
5 GB, and the sums 600 MB.
"""

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
    design
        Of more than :data:`MANY` models, in the place of these two, of which only names are kept.
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
    design: CodedDesign | None = None

    @property
    def is_many(self) -> bool:
        """Whether intervals come from sums of influence by author."""
        return self.design is not None

    @property
    def table(self) -> RatingTable:
        """All ratings and outcomes, with what they are adjusted for."""
        contrasts = [pair for pair in CONTRASTS if set(pair) <= self.outcomes.keys()]
        held = None if self.is_many else self.covariates
        return RatingTable(
            self.ratings, self.outcomes, self.codes, held, contrasts, "none", design=self.design
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
    codes = number_authors(loaded.authors)
    design = design_of(loaded) if len(loaded.ids) > MANY else None
    every = {
        name: _kept_once(column, clean(name, column)) for name, column in loaded.outcomes.items()
    }
    return Subject(
        loaded=loaded,
        ratings={
            name: _kept_once(column, clean_numbers(column))
            for name, column in loaded.ratings.items()
        },
        outcomes={
            name: without_outliers(name, column, rule, resampling.seed)
            for name, column in every.items()
        },
        every=every,
        codes=codes,
        author_of=_name_authors(codes, loaded.authors),
        covariates=adjusted_for(loaded) if design is None else name_covariates(design),
        effects=build_covariates({}, {kind: loaded.groups[kind] for kind in ("library", "task")})
        if design is None
        else name_covariates(design),
        resampling=resampling,
        rule=rule,
        design=design,
    )


def _kept_once(column: Floats, cleaned: Floats) -> Floats:
    """A cleaned column, or that which was read where there was nothing to clean."""
    return column if np.array_equal(column, cleaned, equal_nan=True) else cleaned


def design_of(loaded: Loaded, minimum: int = 10) -> CodedDesign:
    """:func:`adjusted_for`, of very many models."""
    return CodedDesign.of(
        {"created": loaded.created, "size": loaded.size},
        {
            "created": Labels(loaded.at_floor.astype(np.int32) - 1, ("at the floor",)),
            "library": loaded.groups["library"],
            "task": loaded.groups["task"],
        },
        minimum,
    )


def name_covariates(design: CodedDesign) -> Covariates:
    """The columns' names alone."""
    return Covariates(np.empty((0, len(design.column_names))), design.column_names)


def number_authors(authors: Labels) -> Integers:
    """:func:`~cardiogram.stats.resampling.author_codes`, of authors that have numbers already."""
    present, place = np.unique(authors.codes, return_inverse=True)
    return author_codes(authors.labels[code] for code in present.tolist())[place]


def _name_authors(codes: Integers, authors: Labels) -> dict[int, str]:
    """The author of each code."""
    present, first = np.unique(codes, return_index=True)
    labels = (authors.labels[code] for code in authors.codes[first].tolist())
    return dict(zip(present.tolist(), labels, strict=True))


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
        **{kind: loaded.groups[kind].used != {NONE} for kind in ("library", "task")},
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
