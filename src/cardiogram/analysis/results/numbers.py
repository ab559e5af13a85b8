"""Every kind of number in results.json: what it is of, how sure, from how many, by what.

Fields stand in the order of the file's keys, but for those that their metadata places elsewhere
(see :mod:`~cardiogram.store.codec`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cardiogram.stats.resampling import Interval
from cardiogram.store import AFTER_LAST, FIRST_KEY, LAST_KEY, OMIT_NONE, to_json

SPARSE = (Interval,)
"""Dataclasses that are written without the keys that they have no use for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of results.json.

    Attributes
    ----------
    method, call
        In words, and the library's function.
    n
        Models it rests on.
    estimate, interval, p_value
        None where `reason` says why; the latter two take models as independent.
    cluster_interval, cluster_p_value
        By author.
    seed
        Of the draws; None where there are none.
    words
        What it allows to be said; None where nothing is said of it.
    """

    method: str
    n: int
    estimate: float | None = None
    p_value: float | None = None
    cluster_p_value: float | None = None
    interval: Interval | None = None
    cluster_interval: Interval | None = None
    call: str
    seed: int | None = None
    words: str | None = field(default=None, metadata=LAST_KEY)
    reason: str | None = field(default=None, metadata=LAST_KEY)


def lay_out_number(number: Number) -> dict[str, Any]:
    """A number as results.json has it."""
    laid_out: dict[str, Any] = to_json(number, SPARSE)
    return laid_out


@dataclass(frozen=True, slots=True, kw_only=True)
class RankNumber(Number):
    """A rank correlation; `cluster_reason` says why it has no interval by author."""

    cluster_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KendallNumber:
    """Kendall's tau-b and Somers' D of the same pairs."""

    n: int
    estimate: float | None
    p_value: float | None
    interval: Interval | None
    cluster_interval: Interval | None
    somers_d: float | None
    method: str
    call: str
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorOut:
    """The range of a correlation with one author less."""

    low: float
    high: float
    low_without: str
    high_without: str
    tried: int = 0
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationNumber(Number):
    """A rating with an outcome."""

    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    q_value: float | None = None
    interval_reason: str | None = None
    cluster_reason: str | None = None
    effective_authors: float | None = None
    kendall: KendallNumber | None = None
    leave_one_author_out: AuthorOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialNumber(RankNumber):
    """The same with `given` held equal."""

    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumNumber(RankNumber):
    """A correlation within one group of models."""

    stratum: str = field(metadata=FIRST_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentNumber(StratumNumber):
    """A correlation within one segment of the map, in map/segments.json."""

    predictor: str = field(metadata={"place": -2})
    outcome: str = field(metadata={"place": -2})
    by: str = field(metadata={"place": -2})


@dataclass(frozen=True, slots=True, kw_only=True)
class StrataNumber(Number):
    """The random-effects mean of the groups of one kind, and the groups."""

    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    by: str = field(metadata=FIRST_KEY)
    groups: int = 0
    tau: float | None = None
    prediction: Interval | None = None
    strata: tuple[StratumNumber, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioEnds:
    """The ratios that the ends of a slope's interval stand for."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopeNumber(Number):
    """A slope, with the ratio that it stands for."""

    se: float | None
    cluster_se: float | None = None
    intercept: float | None = None
    scale: float | None = None
    ratio: float | None = None
    ratio_interval: RatioEnds | None = None
    ratio_cluster_interval: RatioEnds | None = None
    left_out: int = 0
    cluster_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionNumber(SlopeNumber):
    """A model of an outcome, with `given` held equal; the `main` one is said in words."""

    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    main: bool = field(metadata=FIRST_KEY)
    rows: str = field(default="all models", metadata=FIRST_KEY)
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRank(RankNumber):
    """A correlation without what a rule for outliers drops; the largest of it by id."""

    rule: str = field(metadata=FIRST_KEY)
    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    rule_words: str
    dropped: int
    dropped_ids: tuple[str, ...]
    dropped_median: float | None = field(default=None, metadata=OMIT_NONE)
    dropped_above_median_rating: float | None = field(default=None, metadata=OMIT_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSlope(SlopeNumber):
    """A slope without what a rule for outliers drops."""

    rule: str = field(metadata=FIRST_KEY)
    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRule(Number):
    """A rule for outliers that cannot be used on these data."""

    rule: str = field(metadata=FIRST_KEY)
    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    rule_words: str
    dropped: None = None
    dropped_ids: ClassVar[tuple[str, ...]] = ()
    dropped_above_median_rating: ClassVar[None] = None
    cluster_reason: ClassVar[None] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WilliamsTest:
    """Williams' test of two dependent correlations."""

    t: float
    p_value: float
    degrees_of_freedom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalTest:
    """A test with a statistic that is normal: Steiger's or Meng's."""

    z: float = field(metadata={"key": "Z"})
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonNumber(Number):
    """The difference of two correlations of one rating, overall or within a group."""

    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    first: str = field(metadata=FIRST_KEY)
    second: str = field(metadata=FIRST_KEY)
    by: str = field(metadata=FIRST_KEY)
    stratum: str = field(metadata=FIRST_KEY)
    first_rho: float | None = None
    second_rho: float | None = None
    between_rho: float | None = None
    williams: WilliamsTest | None = None
    steiger: NormalTest | None = None
    meng: NormalTest | None = None
    cluster_reason: str | None = None
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AllCards:
    """A correlation with every card, beside the one with one card a cluster."""

    n: int
    estimate: float | None
    interval: Interval | None = None
    cluster_interval: Interval | None = None
    method: str
    call: str
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateNumber(RankNumber):
    """A correlation with one card of each cluster of near-duplicates."""

    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    all_cards: AllCards = field(metadata=AFTER_LAST)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitRankNumber(RankNumber):
    """A trait's rank correlation with an outcome; point-biserial, on mid-ranks."""

    trait: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    q_value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyNumber(RankNumber):
    """The overall rating with an outcome, among copies or among the rest."""

    group: str = field(metadata=FIRST_KEY)
    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachNumber(Number):
    """The smallest correlation that the study shows with a power of 80 %."""

    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    if_independent: float | None
    design_effect: float | None = None
    effective_models: float | None = None
    needed: int | None = field(default=None, metadata={"key": "needed_for_0.1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GapReach(Number):
    """The smallest difference of two correlations that the study shows with a power of 80 %."""

    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    if_independent: ClassVar[None] = None
    design_effect: ClassVar[None] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNumber(Number):
    """The mean rating of a task, a library or a segment, and its share of what is used."""

    by: str = field(metadata=FIRST_KEY)
    group: str = field(metadata=FIRST_KEY)
    authors: int = 0
    histogram: Mapping[int, int]
    shares: Mapping[str, float | None]
    cluster_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawNumber:
    """A number with nothing taken out of it."""

    estimate: float | None
    cluster_interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedNumber(Number):
    """An association raw, from gold alone, and corrected for the judge's error."""

    predictor: str = field(metadata=FIRST_KEY)
    outcome: str = field(metadata=FIRST_KEY)
    statistic: str
    labelled: int
    unlabelled: int
    raw: RawNumber
    gold: RawNumber
    weight: float | None
    gain: float | None
