"""The parts of an analysis that rest on the cards' texts: near-duplicates and traits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cardiogram.analysis.conclusions import put_outcome
from cardiogram.analysis.duplicates import SIMILAR, Duplicates, largest_clusters
from cardiogram.analysis.parts.subject import (
    Subject,
    adjusted_for,
    covariate_names,
    design_of,
    name_covariates,
)
from cardiogram.analysis.parts.two_forms import relate
from cardiogram.analysis.results import (
    AllCards,
    CardCluster,
    CopyMedian,
    CopyNumber,
    CopyResults,
    CopyShare,
    DuplicateNumber,
    DuplicateResults,
    TraitOdds,
    TraitRankNumber,
    fill_from,
    from_association,
)
from cardiogram.analysis.rounding import round_count
from cardiogram.cards.features import TRAITS
from cardiogram.stats import (
    Deciles,
    Odds,
    benjamini_hochberg,
    bound_odds,
    find_popular,
    odds_ratios,
)
from cardiogram.stats.large import (
    ManyPopular,
    bound_many_odds,
    find_many_popular,
    odds_of_many,
)
from cardiogram.stats.ranks import (
    Association,
    RatingRelations,
    RatingTable,
    refuse_pair,
)
from cardiogram.stats.resampling import Floats, Integers, PairName

TRAIT_NAMES = tuple(trait.name for trait in TRAITS)
_EXAMPLES, _IDS = 5, 6
_AT_ONCE = 22  # traits whose ranks are held together: of 100,000 models they take much memory
SIGNIFICANT = 0.05
_COMMON_LEVEL = 0.05  # of the models: fewer would be a covariate of a few events


def describe_duplicates(
    subject: Subject, related: RatingRelations, duplicates: Duplicates
) -> DuplicateResults:
    """Near-duplicate cards, and the overall rating's correlations with one card a cluster."""
    single = relate(subject, subject.main.rows(duplicates.kept)).plain
    entries = []
    for pair, association in single.items():
        about = dict(zip(("predictor", "outcome"), pair, strict=True))
        whole = from_association(AllCards, related.plain[pair])
        entries.append(from_association(DuplicateNumber, association, all_cards=whole, **about))
    examples = largest_clusters(duplicates, _EXAMPLES, _IDS)
    sizes = np.bincount(duplicates.cluster[duplicates.cluster >= 0])
    return DuplicateResults(
        similar=SIMILAR,
        method="64 MinHashes of word triples in 16 bands; the oldest card of a cluster is kept",
        call="cardiogram.analysis.duplicates.find_duplicates",
        n=duplicates.signed,
        clusters=duplicates.clusters,
        cards=duplicates.cards,
        largest=duplicates.largest,
        one_author=duplicates.same_author,
        several_authors=duplicates.shared,
        examples=tuple(
            CardCluster(
                cards=int(sizes[duplicates.cluster[rows[0]]]),
                ids=tuple(subject.loaded.ids.take(pa.array(rows)).to_pylist()),
            )
            for rows in examples
        ),
        entries=tuple(entries),
    )


def odds(subject: Subject) -> tuple[TraitOdds, ...]:
    """Every trait with every outcome: odds of being among the most popular, q over all of them."""
    outcomes = [_relate_traits(subject, outcome) for outcome in subject.outcomes]
    tested: dict[object, float | None] = {
        (trait, beside.outcome): ratio.p_value
        for beside in outcomes
        for trait, ratio in zip(TRAIT_NAMES, beside.odds, strict=True)
    }
    q_values = benjamini_hochberg(tested)
    return tuple(number for beside in outcomes for number in _bind(subject, beside, q_values))


@dataclass(frozen=True, slots=True)
class TraitOutcome:
    """All traits beside one outcome.

    Attributes
    ----------
    rows
        Models that have a card and the outcome.
    adjusted_for
        Names of what the odds are adjusted for.
    odds
        Of each trait, without intervals.
    bound
        Adds the intervals of some.
    """

    outcome: str
    rows: NDArray[np.bool_]
    adjusted_for: tuple[str, ...]
    odds: Sequence[Odds]
    bound: Callable[[Sequence[bool]], Sequence[Odds]]


def trait_ranks(subject: Subject) -> tuple[TraitRankNumber, ...]:
    """Traits in the place of ratings; a model without a card has none of them to say."""
    ranked: dict[PairName, Association] = {}
    flags = subject.loaded.traits
    columns = {trait.name: _known_or_nan(flags[:, place]) for place, trait in enumerate(TRAITS)}
    for first in range(0, len(TRAITS), _AT_ONCE):
        some = {name: columns[name] for name in TRAIT_NAMES[first : first + _AT_ONCE]}
        table = RatingTable(some, subject.outcomes, subject.codes)
        ranked |= relate(subject, table).plain
    q_values = benjamini_hochberg({pair: rho.cluster_p_value for pair, rho in ranked.items()})
    return tuple(
        from_association(
            TraitRankNumber,
            _say_of_traits(rho, subject, (trait, outcome)),
            trait=trait,
            outcome=outcome,
            q_value=q_values.get((trait, outcome)),
        )
        for (trait, outcome), rho in ranked.items()
    )


def _known_or_nan(flags: NDArray[np.int8]) -> Floats:
    return np.where(flags < 0, np.nan, flags.astype(np.float64))


def _say_of_traits(association: Association, subject: Subject, pair: PairName) -> Association:
    if association.reason != "all ratings are equal":
        return association
    flags = _known_or_nan(subject.loaded.traits[:, TRAIT_NAMES.index(pair[0])])
    known = flags[np.isfinite(flags) & np.isfinite(subject.outcomes[pair[1]])]
    return replace(association, reason=f"{'all' if known[0] else 'none'} of the models have it")


def _relate_traits(subject: Subject, outcome: str) -> TraitOutcome:
    """Every trait beside one outcome."""
    column = subject.outcomes[outcome]
    rows = (subject.loaded.traits.min(axis=1, initial=1) >= 0) & np.isfinite(column)
    minimum = max(10, round(_COMMON_LEVEL * rows.sum()))
    distinct = np.arange(rows.sum(), dtype=np.float64)
    if reason := refuse_pair(distinct, column[rows]):
        held = (
            name_covariates(design_of(subject.loaded, minimum).rows(rows))
            if subject.is_many
            else adjusted_for(subject.loaded, minimum).rows(rows)
        )
        ratios = [Odds(int(rows.sum()), 0, reason=reason)] * len(TRAITS)
        return TraitOutcome(outcome, rows, covariate_names(held), ratios, lambda chosen: ratios)
    fit = fit_many_traits if subject.is_many else fit_traits
    return fit(subject, outcome, rows, minimum)


def fit_traits(
    subject: Subject, outcome: str, rows: NDArray[np.bool_], minimum: int
) -> TraitOutcome:
    """One design for all traits."""
    covariates = adjusted_for(subject.loaded, minimum).rows(rows)
    among = find_popular(subject.outcomes[outcome][rows], covariates, _codes(subject, rows))
    numbers = subject.loaded.traits[rows].astype(np.float64)
    ratios = odds_ratios(numbers, among, subject.resampling)

    def bound(chosen: Sequence[bool]) -> list[Odds]:
        return [
            bound_odds(ratio, numbers[:, place], among, subject.resampling) if is_it else ratio
            for place, (ratio, is_it) in enumerate(zip(ratios, chosen, strict=True))
        ]

    held = covariate_names(among.covariates)
    return TraitOutcome(outcome, rows, held, ratios, bound)


def fit_many_traits(
    subject: Subject, outcome: str, rows: NDArray[np.bool_], minimum: int
) -> TraitOutcome:
    """The same of very many models; the design is made anew for intervals, and not kept."""
    flags, resampling = subject.loaded.traits, subject.resampling

    def popular() -> ManyPopular:
        design = design_of(subject.loaded, minimum).rows(rows)
        column = subject.outcomes[outcome][rows]
        return find_many_popular(column, design, _codes(subject, rows)).within(rows)

    among = popular()
    ratios = odds_of_many(flags, among, resampling)

    def bound(chosen: Sequence[bool]) -> list[Odds]:
        if not any(chosen):
            return ratios
        return bound_many_odds(ratios, flags, chosen, popular(), resampling)

    held = covariate_names(name_covariates(among.design))
    return TraitOutcome(outcome, rows, held, ratios, bound)


def _codes(subject: Subject, rows: NDArray[np.bool_]) -> Integers:
    """Author of some models as 0, 1, 2, ..., each of them there."""
    return np.unique(subject.codes[rows], return_inverse=True)[1].astype(np.int64, copy=False)


def _bind(
    subject: Subject, beside: TraitOutcome, q_values: Mapping[object, float]
) -> Iterator[TraitOdds]:
    """Every trait beside one outcome, with intervals where they are told apart from 1."""
    q_of = [q_values.get((trait, beside.outcome)) for trait in TRAIT_NAMES]
    odds = beside.bound([q is not None and q < SIGNIFICANT for q in q_of])
    counted = subject.outcomes[beside.outcome][beside.rows]
    tenths = Deciles.of(counted) if counted.size else None
    for place, (trait, ratio) in enumerate(zip(TRAITS, odds, strict=True)):
        flag = subject.loaded.traits[:, place][beside.rows]
        yield fill_from(
            TraitOdds,
            ratio,
            trait=trait.name,
            words=trait.words,
            kind=trait.kind,
            outcome=beside.outcome,
            cluster_interval=ratio.interval,
            cluster_p_value=ratio.p_value,
            q_value=q_of[place],
            prevalence=float(flag.mean()) if flag.size else None,
            prevalence_by_decile=tenths.measure(flag) if tenths else (),
            given=beside.adjusted_for,
        )


def machine_made(subject: Subject) -> CopyResults:
    """Converted and quantised copies apart from the rest."""
    made = subject.loaded.machine_made
    groups = {"machine-made": made, "the rest": ~made}
    entries = []
    for label, rows in groups.items():
        table = subject.main.rows(rows)
        entries += [
            from_association(CopyNumber, rho, group=label, predictor=predictor, outcome=outcome)
            for (predictor, outcome), rho in relate(subject, table).plain.items()
        ]
    flags = subject.loaded.traits
    carded = (flags >= 0).all(axis=1)
    medians = tuple(
        CopyMedian(
            group=label,
            outcome=outcome,
            n=int(known.size),
            median=float(np.median(known)) if known.size else None,
        )
        for label, rows in groups.items()
        for outcome, column in subject.outcomes.items()
        for known in [column[rows & np.isfinite(column)]]
    )
    return CopyResults(
        words=_machine_words(int(made.sum()), int((~made).sum()), medians),
        n=int(made.sum()),
        medians=medians,
        prevalence=tuple(
            CopyShare(
                trait=trait,
                made=_share(flags[made & carded, place]),
                others=_share(flags[~made & carded, place]),
            )
            for place, trait in enumerate(TRAIT_NAMES)
        ),
        entries=tuple(entries),
    )


def _machine_words(made: int, others: int, medians: Sequence[CopyMedian]) -> str:
    """Say how the copies differ in these data; they need not in any others."""
    start = (
        f"{made:,} converted or quantised copies (GGUF, GPTQ, AWQ, ...), told by name and tags, "
        f"stand apart from the other {others:,}"
    )
    by_group = {(median.outcome, median.group): median.median for median in medians}
    contrasts = [
        f"{round_count(copies)} {put_outcome(outcome)} against {round_count(models)}"
        for outcome in dict.fromkeys(median.outcome for median in medians)
        for copies, models in [(by_group[outcome, "machine-made"], by_group[outcome, "the rest"])]
        if copies is not None and models is not None
    ]
    return f"{start}; medians: {', '.join(contrasts)}." if contrasts else f"{start}."


def _share(flag: NDArray[np.int8]) -> float | None:
    return float(flag.mean()) if flag.size else None
