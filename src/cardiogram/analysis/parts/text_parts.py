"""The parts of an analysis that rest on the cards' texts: near-duplicates and traits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cardiogram.analysis.conclusions import put_outcome
from cardiogram.analysis.duplicates import SIMILAR, Duplicates, by_cluster, find_duplicates
from cardiogram.analysis.parts.subject import Subject, adjusted_for, covariate_names
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
    Odds,
    Popular,
    benjamini_hochberg,
    bound_odds,
    find_popular,
    measure_deciles,
    odds_ratios,
)
from cardiogram.stats.ranks import (
    Association,
    RatingRelations,
    RatingTable,
    refuse_pair,
    relate_ratings,
)
from cardiogram.stats.resampling import Floats, PairName, Resampling

TRAIT_NAMES = tuple(trait.name for trait in TRAITS)
_EXAMPLES, _IDS = 5, 6
_AT_ONCE = 22  # traits whose ranks are held together: of 100,000 models they take much memory
SIGNIFICANT = 0.05
_COMMON_LEVEL = 0.05  # of the models: fewer would be a covariate of a few events


def near_duplicates(subject: Subject) -> Duplicates:
    """Which cards are nearly the same text."""
    loaded = subject.loaded
    return find_duplicates(loaded.signatures, loaded.authors, loaded.created.tolist())


def describe_duplicates(
    subject: Subject, related: RatingRelations, duplicates: Duplicates
) -> DuplicateResults:
    """Near-duplicate cards, and the overall rating's correlations with one card a cluster."""
    single = relate_ratings(subject.main.rows(duplicates.kept), subject.resampling).plain
    entries = []
    for pair, association in single.items():
        about = dict(zip(("predictor", "outcome"), pair, strict=True))
        whole = from_association(AllCards, related.plain[pair])
        entries.append(from_association(DuplicateNumber, association, all_cards=whole, **about))
    clusters = list(by_cluster(duplicates, subject.loaded.ids).values())[:_EXAMPLES]
    return DuplicateResults(
        similar=SIMILAR,
        method="64 MinHashes of word triples in 16 bands; the oldest card of a cluster is kept",
        call="cardiogram.analysis.duplicates.find_duplicates",
        n=sum(signature is not None for signature in subject.loaded.signatures),
        clusters=duplicates.clusters,
        cards=duplicates.cards,
        largest=duplicates.largest,
        one_author=duplicates.same_author,
        several_authors=duplicates.shared,
        examples=tuple(CardCluster(cards=len(ids), ids=tuple(ids[:_IDS])) for ids in clusters),
        entries=tuple(entries),
    )


def odds(subject: Subject) -> tuple[TraitOdds, ...]:
    """Every trait with every outcome: odds of being among the most popular, q over all of them."""
    outcomes = list(_trait_outcomes(subject))
    tested: dict[object, float | None] = {
        (trait, beside.outcome): ratio.p_value
        for beside in outcomes
        for trait, ratio in beside.odds.items()
    }
    q_values = benjamini_hochberg(tested)
    outcomes = [_bound(outcome, q_values, subject.resampling) for outcome in outcomes]
    return tuple(
        _trait_odds(beside, place, q_values) for beside in outcomes for place in range(len(TRAITS))
    )


@dataclass(frozen=True, slots=True)
class TraitOutcome:
    """All traits beside one outcome.

    Attributes
    ----------
    counted, flags
        The outcome, and whether each model has each trait, of the models that have a card.
    popular
        Models called the most popular.
    among
        What all odds of this outcome share; None where there are none.
    adjusted_for
        Names of what the odds are adjusted for.
    """

    outcome: str
    counted: Floats
    flags: Floats
    popular: int
    adjusted_for: tuple[str, ...]
    odds: Mapping[str, Odds]
    among: Popular | None = None


def trait_ranks(subject: Subject) -> tuple[TraitRankNumber, ...]:
    """Traits in the place of ratings; a model without a card has none of them to say."""
    ranked: dict[PairName, Association] = {}
    flags = subject.loaded.traits
    columns = {trait.name: flags[:, place] for place, trait in enumerate(TRAITS)}
    for first in range(0, len(TRAITS), _AT_ONCE):
        some = {name: columns[name] for name in TRAIT_NAMES[first : first + _AT_ONCE]}
        table = RatingTable(some, subject.outcomes, subject.codes)
        ranked |= relate_ratings(table, subject.resampling).plain
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


def _say_of_traits(association: Association, subject: Subject, pair: PairName) -> Association:
    if association.reason != "all ratings are equal":
        return association
    flags = subject.loaded.traits[:, TRAIT_NAMES.index(pair[0])]
    known = flags[np.isfinite(flags) & np.isfinite(subject.outcomes[pair[1]])]
    return replace(association, reason=f"{'all' if known[0] else 'none'} of the models have it")


def _trait_outcomes(subject: Subject) -> Iterator[TraitOutcome]:
    texts = subject.loaded.traits
    carded = np.isfinite(texts).all(axis=1)
    for outcome, column in subject.outcomes.items():
        rows = carded & np.isfinite(column)
        flags, counted = texts[rows], column[rows]
        codes = np.unique(subject.codes[rows], return_inverse=True)[1].astype(np.int64)
        covariates = adjusted_for(subject.loaded, max(10, round(_COMMON_LEVEL * rows.sum()))).rows(
            rows
        )
        ratios, top, among = dict[str, Odds](), 0, None
        reason = refuse_pair(np.arange(counted.size, dtype=np.float64), counted)
        if reason is None:
            among = find_popular(counted, covariates, codes)
            covariates, top = among.covariates, int(among.top.sum())
            ratios = dict(
                zip(TRAIT_NAMES, odds_ratios(flags, among, subject.resampling), strict=True)
            )
        else:
            ratios = {trait.name: Odds(int(rows.sum()), 0, reason=reason) for trait in TRAITS}
        adjusted = covariate_names(covariates)
        yield TraitOutcome(outcome, counted, flags, top, adjusted, ratios, among)


def _bound(
    outcome: TraitOutcome, q_values: Mapping[object, float], resampling: Resampling
) -> TraitOutcome:
    """Add intervals to the odds that are told apart from 1."""
    if outcome.among is None:
        return outcome
    odds = {
        name: bound_odds(ratio, outcome.flags[:, place], outcome.among, resampling)
        if q_values.get((name, outcome.outcome), 1.0) < SIGNIFICANT
        else ratio
        for place, (name, ratio) in enumerate(outcome.odds.items())
    }
    return replace(outcome, odds=odds)


def _trait_odds(beside: TraitOutcome, place: int, q_values: Mapping[object, float]) -> TraitOdds:
    """One trait beside one outcome."""
    trait, flag = TRAITS[place], beside.flags[:, place]
    ratio, q_value = beside.odds[trait.name], q_values.get((trait.name, beside.outcome))
    return fill_from(
        TraitOdds,
        ratio,
        trait=trait.name,
        words=trait.words,
        kind=trait.kind,
        outcome=beside.outcome,
        cluster_interval=ratio.interval,
        cluster_p_value=ratio.p_value,
        q_value=q_value,
        prevalence=float(flag.mean()) if flag.size else None,
        prevalence_by_decile=measure_deciles(beside.counted, flag) if beside.counted.size else (),
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
            for (predictor, outcome), rho in relate_ratings(table, subject.resampling).plain.items()
        ]
    flags = subject.loaded.traits
    carded = np.isfinite(flags).all(axis=1)
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


def _share(flag: Floats) -> float | None:
    return float(flag.mean()) if flag.size else None
