"""What an analysis found, as the screen, the report and the dataset card show it.

A sentence on popularity is a :class:`Conclusion`: its words, the branch of its rule that spoke, and
every number that the words state. Whoever prints it prints `words` and adds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cardiogram.analysis.results.numbers import RatioEnds
from cardiogram.cards.features import TraitKind
from cardiogram.stats import Decile
from cardiogram.stats.resampling import Interval

About = Literal[
    "ratings",
    "adjusted",
    "times",
    "without_outliers",
    "gap",
    "tasks",
    "near_duplicates",
    "one_author",
    "between_authors",
    "traits",
    "too_few",
]
"""What a conclusion is about, in the order of the screen."""

Branch = Literal["more", "fewer", "no link", "cannot be told", "stated"]
"""What a rule came to. Of a gap, "more" is more closely with likes; "stated" claims no link."""

Design = Literal["A", "B"]
"""A placebo study: ratings permuted over authors, or made of the covariates alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedNumber:
    """One number that a sentence states.

    Attributes
    ----------
    name
        What it is: "rank correlation", "times per point", "share", ...
    outcome
        "" where it is of none.
    n
        Models it rests on.
    estimate, low, high
        None where there is none, or no interval.
    missed
        Where it cannot be told: the smallest size that would have been seen with a power of 80 %.
    """

    name: str
    outcome: str = ""
    n: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    missed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """One to three plain sentences, and the rule that allowed them.

    Attributes
    ----------
    branches
        By outcome; "" where the sentence is of no outcome.
    words
        What is printed, everywhere the same.
    short
        The same in at most 12 words; "" where nothing is claimed.
    held_equal, unknown
        Covariates that were held equal, and those that no model has.
    rule
        In one sentence.

    Examples
    --------
    >>> about = Conclusion(about="gap", words="It cannot be told.", rule="An interval without 0.")
    >>> about.short, about.evidence
    ('', ())
    """

    about: About
    branches: Mapping[str, Branch] = field(default_factory=dict)
    words: str
    short: str = ""
    evidence: tuple[StatedNumber, ...] = ()
    held_equal: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLevel:
    """The cards of one whole rating, or of some that are too few alone.

    Attributes
    ----------
    label
        "1", or "4-5".
    medians
        Median of each outcome.
    shares_above_zero
        Share of the cards whose outcome is above 0.
    """

    label: str
    lowest: int
    highest: int
    cards: int
    medians: Mapping[str, float | None]
    shares_above_zero: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLink:
    """The overall rating's correlation within one task, library or segment, nothing held equal.

    Attributes
    ----------
    simultaneous
        All intervals of the groups of this kind and outcome hold together.
    """

    by: str
    group: str
    outcome: str
    n: int
    authors: int
    estimate: float | None = None
    simultaneous: Interval | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeansDiffer:
    """Two groups whose mean ratings differ; all intervals of a kind hold together."""

    by: str
    first: str
    second: str
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """The slope of the overall rating under one set of choices.

    Attributes
    ----------
    controls
        Names of what is held equal.
    rows
        Which models: "all", or what was left out.
    ratio
        Times (1 + outcome) per point; None where the estimate is a correlation.
    p_value
        By random signs, one an author.
    main
        Whether it is the one that the conclusions state.
    """

    outcome: str
    controls: tuple[str, ...]
    rows: str
    estimator: str
    n: int
    estimate: float | None = None
    ratio: float | None = None
    p_value: float | None = None
    main: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """How strong something unknown must be to explain the slope away (Cinelli and Hazlett 2020).

    Attributes
    ----------
    value
        Share of what is left of the rating and of the outcome that it would have to explain.
    benchmarks
        Of each covariate that was held equal, the larger of its partial R2 with rating and outcome.
    """

    outcome: str
    value: float
    benchmarks: Mapping[str, float]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithinAuthors:
    """What a better card goes with among the models of the same author.

    Attributes
    ----------
    authors, models
        Authors with two models or more, and their models.
    variance_share
        Share of the ratings' variance that lies within authors, 0-1; None where they have none.
    ratio, ratio_interval
        Times (1 + outcome) per point.
    p_value
        By permutation within authors.
    """

    outcome: str
    authors: int
    models: int
    variance_share: float | None
    ratio: float | None = None
    ratio_interval: RatioEnds | None = None
    p_value: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitOdds:
    """The adjusted odds of being among the most popular with a trait.

    Attributes
    ----------
    words
        What a model with it has.
    kind
        Whether a writer can add it, the model is of that kind, or the Hub computes it.
    n, held
        Models, and those that have it.
    estimate
        Odds ratio.
    cluster_interval
        Of the odds ratio, by author; only where `q_value` is under .05.
    given
        Names of what is held equal.
    """

    trait: str
    words: str
    kind: TraitKind
    outcome: str
    n: int
    held: int = field(metadata={"key": "with"})
    estimate: float | None = None
    cluster_interval: Interval | None = None
    cluster_p_value: float | None = None
    q_value: float | None = None
    prevalence: float | None = None
    prevalence_by_decile: tuple[Decile, ...] = ()
    given: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestEntry:
    """How often a conclusion was drawn where there is nothing to be found.

    Attributes
    ----------
    drawn
        Share of the runs in which its branch was "more" or "fewer".
    """

    design: Design
    about: About
    outcome: str
    runs: int
    drawn: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """The analysis of placebo studies on the study's own authors.

    Attributes
    ----------
    runs, draws, seed
        Studies of each design, draws of each, and the seed of the first.
    words
        One line for the methods.
    """

    runs: int
    draws: int
    seed: int
    entries: tuple[SelfTestEntry, ...]
    words: str
