"""What results.json holds: the parts of an analysis, written and read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from cardiogram.analysis.results.conclusion import (
    Conclusion,
    DoseLevel,
    GroupLink,
    MeansDiffer,
    Robustness,
    SelfTest,
    Specification,
    TraitOdds,
    WithinAuthors,
)
from cardiogram.analysis.results.numbers import (
    SPARSE,
    AssociationNumber,
    ComparisonNumber,
    CopyNumber,
    CorrectedNumber,
    DuplicateNumber,
    GapReach,
    GroupNumber,
    PartialNumber,
    ReachNumber,
    RefusedRule,
    RegressionNumber,
    RuleRank,
    RuleSlope,
    StrataNumber,
    TraitRankNumber,
)
from cardiogram.analysis.results.work import MendList, MissedNumber, WorkList
from cardiogram.errors import DataError
from cardiogram.stats import OutcomeSummary
from cardiogram.stats.resampling import MINIMUM_CLUSTERS
from cardiogram.store import OMIT_NONE, from_json, to_json, write_atomically

FORMAT = 2
"""Version of the layout of results.json."""


class OfOutcome(Protocol):
    """Anything that is of an outcome, or of two that are compared."""

    @property
    def outcome(self) -> str: ...  # noqa: D102


Kept = TypeVar("Kept", bound=OfOutcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlierResults:
    """What each rule for outliers would drop, and the rule that was asked for."""

    rule: str
    rule_words: str
    why: tuple[str, ...]
    data_errors: Mapping[str, int]
    entries: tuple[RuleRank | RuleSlope | RefusedRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCluster:
    """Cards that are near-duplicates, some by id."""

    cards: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateResults:
    """Near-duplicate cards, and what the correlations are without them."""

    similar: float
    method: str
    call: str
    n: int
    clusters: int
    cards: int
    largest: int
    one_author: int
    several_authors: int
    examples: tuple[CardCluster, ...]
    entries: tuple[DuplicateNumber, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMedian:
    """The median of an outcome among copies or among the rest."""

    group: str
    outcome: str
    n: int
    median: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyShare:
    """How many copies, and how many of the rest, have a trait."""

    trait: str
    made: float | None = field(metadata={"key": "machine-made"})
    others: float | None = field(metadata={"key": "the rest"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyResults:
    """Converted and quantised copies apart from the rest."""

    words: str
    n: int
    medians: tuple[CopyMedian, ...]
    prevalence: tuple[CopyShare, ...]
    entries: tuple[CopyNumber, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedResults:
    """Associations corrected for the judge's error, and what they rest on."""

    labelled: int
    learned_from: int
    words: tuple[str, ...]
    mean_rating_labelled: float
    mean_rating_unlabelled: float | None
    entries: tuple[CorrectedNumber, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedOutcome:
    """A change between two snapshots that is an outcome."""

    words: str
    kind: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeResults:
    """Which two days the changes are of, and what was left out."""

    before: str
    after: str
    days: int
    wanted_days: int
    tolerated_days: tuple[int, ...]
    days_with_counts: int
    missing_before: int
    missing_after: int
    fell: Mapping[str, int]
    left_out: Mapping[str, int]
    outcomes: Mapping[str, ChangedOutcome]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyCoverage:
    """What the numbers rest on.

    Attributes
    ----------
    problems
        Rows of models and cards by problem code.
    outcomes_by_status
        Models by how the judge's rating ended: only `rated` have numbers.
    answered_by
        Of a cascade: models by the judge that rated them.
    whole_list
        Whether these are all models that the list had.
    calls, cost_usd
        Of the language model's answers that the ratings rest on; None where a price is not known.
    """

    models: int = 0
    rated: int = 0
    without_rating: int = 0
    authors: int = 0
    problems: Mapping[str, int] = field(default_factory=dict)
    outcomes_by_status: Mapping[str, int] = field(default_factory=dict, metadata={"key": "ends"})
    answered_by: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0
    cost_usd: float | None = None
    whole_list: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeUsed:
    """Whose ratings were read; versions are empty where there is no rating."""

    id: str
    version: str = ""
    rubric_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingNumbers:
    """One of the nine numbers over all rated cards; None where no card is rated."""

    n: int
    mean: float | None
    median: float | None
    quantiles: Mapping[str, float | None] = field(default_factory=dict)
    histogram: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedResults:
    """What `analyze --all` adds: every other method, every other outcome, every group.

    Attributes
    ----------
    associations, partial
        Of every outcome, all-time downloads among them; with both intervals, tau-b, and the range
        with one author less.
    comparisons
        Unadjusted, with every test of them; over all models and within groups.
    regressions
        Every other model of the outcome.
    strata
        Every group's correlation; a mean over them where there are six or more.
    copies
        Converted and quantised copies apart from the rest.
    """

    associations: tuple[AssociationNumber, ...] = ()
    partial: tuple[PartialNumber, ...] = ()
    comparisons: tuple[ComparisonNumber, ...] = ()
    regressions: tuple[RegressionNumber, ...] = ()
    strata: tuple[StrataNumber, ...] = ()
    outliers: OutlierResults | None = field(default=None, metadata=OMIT_NONE)
    power: tuple[ReachNumber | GapReach, ...] = ()
    trait_ranks: tuple[TraitRankNumber, ...] = ()
    copies: CopyResults | None = field(default=None, metadata=OMIT_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that `results.json` holds.

    Attributes
    ----------
    conclusions
        What can be said, in the order of the screen; nothing is left out because it is null.
    missed
        Every expectation, with the cards that miss it, the commonest first.
    mend
        The cards worth mending first.
    work
        Of fewer than five authors.
    dose
        The ratings against the outcomes, lowest rating first.
    odds
        Every trait with every outcome.
    intervals
        How intervals are made where models are so many that no author is drawn.
    methods
        One sentence on how each part was made, by the part's name.
    associations
        Every rating with every outcome.
    extended
        Where everything was asked for.
    corrected
        Where gold ratings were given.
    changes
        Where there are two snapshots to compare.
    """

    format: int = FORMAT
    cardiogram: str = ""
    seed: int = 0
    coverage: StudyCoverage
    judge: JudgeUsed
    ratings: Mapping[str, RatingNumbers] = field(default_factory=dict)
    outcomes: Mapping[str, OutcomeSummary] = field(default_factory=dict)
    associations: tuple[AssociationNumber, ...] = ()
    notes: tuple[str, ...] = ()
    draws: int = 0
    intervals: str | None = field(default=None, metadata=OMIT_NONE)
    groups: tuple[GroupNumber, ...] = ()
    partial: tuple[PartialNumber, ...] = ()
    regressions: tuple[RegressionNumber, ...] = ()
    comparisons: tuple[ComparisonNumber, ...] = ()
    duplicates: DuplicateResults | None = field(default=None, metadata=OMIT_NONE)
    corrected: CorrectedResults | None = field(default=None, metadata=OMIT_NONE)
    changes: ChangeResults | None = field(default=None, metadata=OMIT_NONE)
    conclusions: tuple[Conclusion, ...] = ()
    missed: tuple[MissedNumber, ...] = ()
    mend: MendList | None = None
    work: WorkList | None = field(default=None, metadata=OMIT_NONE)
    dose: tuple[DoseLevel, ...] = ()
    links: tuple[GroupLink, ...] = ()
    means_differ: tuple[MeansDiffer, ...] = ()
    within_authors: tuple[WithinAuthors, ...] = ()
    odds: tuple[TraitOdds, ...] = ()
    curve: tuple[Specification, ...] = ()
    robustness: tuple[Robustness, ...] = ()
    self_test: SelfTest | None = field(default=None, metadata=OMIT_NONE)
    methods: Mapping[str, str] = field(default_factory=dict)
    extended: ExtendedResults | None = field(default=None, metadata=OMIT_NONE)

    def _repr_markdown_(self) -> str:
        """What a notebook shows: the conclusions."""
        return "\n".join(f"- {conclusion.words}" for conclusion in self.conclusions)

    @property
    def gaps(self) -> tuple[MissedNumber, ...]:
        """What texts lack, the commonest first and each thing once: no part of another.

        Keys of the metadata are left out; they are of another kind, and written in a minute.
        """
        return tuple(n for n in self.missed if n.missed and not n.part_of and not n.is_tag)

    @property
    def tags_missed(self) -> tuple[MissedNumber, ...]:
        """Keys that the metadata lack, the commonest first."""
        return tuple(number for number in self.missed if number.missed and number.is_tag)

    @property
    def is_work_list(self) -> bool:
        """Whether it is of so few authors that it says what to do, and next to nothing else."""
        return self.coverage.authors < MINIMUM_CLUSTERS

    @property
    def absent(self) -> tuple[str, ...]:
        """Outcomes that no model has."""
        return tuple(name for name, outcome in self.outcomes.items() if not outcome.n)

    def without_absent(self) -> Results:
        """The same without every number of an outcome that no model has."""
        missing = frozenset(self.absent)

        def keep(numbers: Iterable[Kept]) -> tuple[Kept, ...]:
            return tuple(n for n in numbers if missing.isdisjoint(n.outcome.split(" - ")))

        parts: dict[str, Any] = {
            name: keep(getattr(self, name))
            for name in ("associations", "partial", "regressions", "comparisons")
        }
        if self.duplicates:
            entries = keep(self.duplicates.entries)
            parts["duplicates"] = replace(self.duplicates, entries=entries)
        if self.extended:
            kept: dict[str, Any] = {
                name: keep(getattr(self.extended, name))
                for name in (*parts.keys() - {"duplicates"}, "strata", "power", "trait_ranks")
            }
            if of_rules := self.extended.outliers:
                kept["outliers"] = replace(of_rules, entries=keep(of_rules.entries))
            if copies := self.extended.copies:
                kept["copies"] = replace(copies, entries=keep(copies.entries))
            parts["extended"] = replace(self.extended, **kept)
        return replace(self, **parts)

    @classmethod
    def load(cls, path: Path) -> Results:
        """Read what `analyze` wrote.

        Raises
        ------
        DataError
            There is no file yet, or it cannot be read.
        """
        study = path.parent
        try:
            return from_json(cls, json.loads(path.read_text("utf-8")), "the file")
        except FileNotFoundError:
            raise DataError(
                f"{str(study)!r} has no results yet",
                hint=f"Analyze it first: cardiogram analyze {study}",
            ) from None
        except (OSError, ValueError, DataError) as error:
            raise DataError(
                f"cannot read {str(path)!r}: {error}",
                hint=f"Make it again: cardiogram analyze {study}",
            ) from error

    @classmethod
    def from_dict(cls, laid_out: Mapping[str, object]) -> Results:
        """Read results that were laid out as in the file."""
        return from_json(cls, laid_out)

    def as_dict(self) -> dict[str, Any]:
        """Lay the results out as `results.json` has them."""
        laid_out: dict[str, Any] = to_json(self, SPARSE)
        return laid_out

    def save(self, path: Path) -> None:
        """Write the file whole."""
        text = json.dumps(self.as_dict(), indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(path, f"{text}\n".encode())
