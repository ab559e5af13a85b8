"""The parts of an analysis that rest on the cards' texts: near-duplicates and traits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cardiogram.analysis.duplicates import SIMILAR, by_cluster, find_duplicates
from cardiogram.analysis.parts import MAIN, Subject, adjusted_for
from cardiogram.analysis.results import (
    PARTIAL,
    kendall_dict,
    leave_out_dict,
    of_association,
    of_odds,
)
from cardiogram.analysis.rounding import count
from cardiogram.analysis.sentences import NAMES
from cardiogram.cards.features import TRAITS
from cardiogram.stats import TOP_SHARE, Odds, benjamini_hochberg, deciles, odds_ratio, popular
from cardiogram.stats.ranks import (
    Association,
    LeaveOneOut,
    Related,
    Table,
    influences,
    refusal,
    relate,
)
from cardiogram.stats.resampling import Floats, Pair

TRAIT_NAMES = tuple(trait.name for trait in TRAITS)
_EXAMPLES, _IDS = 5, 6
_AT_ONCE = 22  # traits whose ranks are held together: of 100,000 models they take much memory
_COMMON_LEVEL = 0.05  # of the models: fewer would be a covariate of a few events


def duplicates(at: Subject, plain: Related) -> dict[str, Any]:
    """Near-duplicate cards, and every correlation with one card a cluster beside the plain one."""
    signed = at.loaded.texts.signatures
    found = find_duplicates(signed, at.loaded.authors, at.loaded.created.tolist())
    table = Table(at.ratings, at.outcomes, at.codes).rows(found.kept)
    entries = []
    for (predictor, outcome), item in relate(table, at.resampling).plain.items():
        about = {"predictor": predictor, "outcome": outcome}
        beside = of_association(about, plain.plain[predictor, outcome]).as_dict()
        number = of_association(about, item).as_dict()
        keys = ("n", "estimate", "interval", "cluster_interval", "method", "call", "seed")
        entries.append({**number, "all_cards": {key: beside[key] for key in keys}})
    groups = by_cluster(found, at.loaded.ids)
    return {
        "similar": SIMILAR,
        "method": "64 MinHashes of word triples in 16 bands; the oldest card of a cluster is kept",
        "call": "cardiogram.analysis.duplicates.find_duplicates",
        "n": sum(signature is not None for signature in signed),
        "clusters": found.clusters,
        "cards": found.cards,
        "largest": found.largest,
        "one_author": found.same_author,
        "several_authors": found.shared,
        "examples": [
            {"cards": len(ids), "ids": ids[:_IDS]} for ids in list(groups.values())[:_EXAMPLES]
        ],
        "entries": entries,
    }


def traits(at: Subject) -> dict[str, Any]:
    """What popular models have: prevalence by tenth, rank correlations, adjusted odds."""
    found = list(_trait_outcomes(at))
    ranked = _ranked(at)
    rhos = benjamini_hochberg(
        {pair: item.cluster_p_value for pair, item in ranked.found.plain.items()}
    )
    odds: dict[object, float | None] = {}
    for item in found:
        for name, ratio in item.odds.items():
            odds[name, item.outcome] = ratio.p_value
    q_values = benjamini_hochberg(odds)
    return {
        "tests": len(q_values),
        "correction": f"Benjamini-Hochberg over all {len(q_values)} odds ratios that were tested",
        "rho_tests": len(rhos),
        "rho_correction": f"Benjamini-Hochberg over all {len(rhos)} correlations that were tested",
        "top_share": TOP_SHARE,
        "traits": {trait.name: trait.words for trait in TRAITS},
        "entries": [
            {**entry, **_ranks(at, ranked, (entry["trait"], item.outcome), rhos)}
            for item in found
            for entry in _entries(item, q_values)
        ],
        "machine_made": machine_made(at),
    }


@dataclass(frozen=True, slots=True)
class TraitOutcome:
    """All traits beside one outcome.

    Attributes
    ----------
    counted, flags
        The outcome, and whether each model has each trait, of the models that have a card.
    popular
        Models called the most popular.
    given
        What the odds are adjusted for.
    """

    outcome: str
    counted: Floats
    flags: Floats
    popular: int
    given: tuple[str, ...]
    odds: Mapping[str, Odds]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Rank correlations of all traits with all outcomes, and how they move without an author."""

    found: Related
    moved: Mapping[Pair, LeaveOneOut]


def _ranked(at: Subject) -> Ranked:
    """Traits in the place of ratings; a model without a card has none of them to say."""
    found, moved = Related(), dict[Pair, LeaveOneOut]()
    columns = {trait.name: at.loaded.texts.traits[:, place] for place, trait in enumerate(TRAITS)}
    for first in range(0, len(TRAITS), _AT_ONCE):
        some = {name: columns[name] for name in TRAIT_NAMES[first : first + _AT_ONCE]}
        table = Table(some, at.outcomes, at.codes, at.given)
        part = relate(table, at.resampling)
        found.plain.update(part.plain)
        found.partial.update(part.partial)
        moved |= influences(table)
    return Ranked(found, moved)


def _ranks(
    at: Subject, ranked: Ranked, pair: Pair, q_values: Mapping[object, float]
) -> dict[str, Any]:
    """Everything that a rating's association has, of a trait: point-biserial on mid-ranks."""
    item = _said_of_traits(ranked.found.plain[pair], at, pair)
    given = [name for name in at.given.names if name != "1"]
    partial = _said_of_traits(ranked.found.partial[pair], at, pair)
    return {
        "spearman": {
            **of_association({}, item).as_dict(),
            "q_value": q_values.get(pair),
            "effective_authors": item.effective_clusters,
            "kendall": kendall_dict(item),
            "leave_one_author_out": leave_out_dict(ranked.moved.get(pair), at.names),
        },
        "partial": {
            **of_association({}, partial, "partial spearman", PARTIAL).as_dict(),
            "given": given,
        },
    }


def _said_of_traits(item: Association, at: Subject, pair: Pair) -> Association:
    if item.reason != "all ratings are equal":
        return item
    flags = at.loaded.texts.traits[:, TRAIT_NAMES.index(pair[0])]
    known = flags[np.isfinite(flags) & np.isfinite(at.outcomes[pair[1]])]
    return replace(item, reason=f"{'all' if known[0] else 'none'} of the models have it")


def _trait_outcomes(at: Subject) -> Iterator[TraitOutcome]:
    texts = at.loaded.texts.traits
    carded = np.isfinite(texts).all(axis=1)
    for outcome, column in at.outcomes.items():
        rows = carded & np.isfinite(column)
        flags, counted = texts[rows], column[rows]
        codes = np.unique(at.codes[rows], return_inverse=True)[1].astype(np.int64)
        given = adjusted_for(at.loaded, max(10, round(_COMMON_LEVEL * rows.sum()))).rows(rows)
        ratios, top = dict[str, Odds](), 0
        reason = refusal(np.arange(counted.size, dtype=np.float64), counted)
        if reason is None:
            among = popular(counted, given, codes)
            given, top = among.given, int(among.top.sum())
            ratios = {
                trait.name: odds_ratio(flags[:, place], among, at.resampling.level)
                for place, trait in enumerate(TRAITS)
            }
        else:
            ratios = {trait.name: Odds(int(rows.sum()), 0, reason=reason) for trait in TRAITS}
        names = tuple(name for name in given.names if name != "1")
        yield TraitOutcome(outcome, counted, flags, top, names, ratios)


def _entries(item: TraitOutcome, q_values: Mapping[object, float]) -> Iterator[dict[str, Any]]:
    for place, trait in enumerate(TRAITS):
        flag = item.flags[:, place]
        about = {"trait": trait.name, "outcome": item.outcome}
        number = of_odds(about, item.odds[trait.name], q_values.get((trait.name, item.outcome)))
        tenths = deciles(item.counted, flag) if item.counted.size else ()
        yield {
            **number.as_dict(),
            "prevalence": float(flag.mean()) if flag.size else None,
            "prevalence_by_decile": [
                {"low": d.low, "high": d.high, "n": d.n, "share": d.share} for d in tenths
            ],
            "popular": item.popular,
            "given": list(item.given),
        }


def machine_made(at: Subject) -> dict[str, Any]:
    """Converted and quantised copies apart from the rest."""
    made = at.loaded.machine_made
    entries = []
    groups = (("machine-made", made), ("the rest", ~made))
    for label, rows in groups:
        table = Table({MAIN: at.ratings[MAIN]}, at.outcomes, at.codes).rows(rows)
        for (predictor, outcome), item in relate(table, at.resampling).plain.items():
            about = {"group": label, "predictor": predictor, "outcome": outcome}
            entries.append(of_association(about, item).as_dict())
    flags = at.loaded.texts.traits
    carded = np.isfinite(flags).all(axis=1)
    medians = [
        {
            "group": label,
            "outcome": outcome,
            "n": int(known.size),
            "median": float(np.median(known)) if known.size else None,
        }
        for label, rows in groups
        for outcome, column in at.outcomes.items()
        for known in [column[rows & np.isfinite(column)]]
    ]
    return {
        "words": _machine_words(int(made.sum()), int((~made).sum()), medians),
        "n": int(made.sum()),
        "medians": medians,
        "prevalence": [
            {
                "trait": trait.name,
                **{label: _share(flags[rows & carded, place]) for label, rows in groups},
            }
            for place, trait in enumerate(TRAITS)
        ],
        "entries": entries,
    }


def _machine_words(made: int, rest: int, medians: list[dict[str, Any]]) -> str:
    """Say how the copies differ in these data; they need not in any others."""
    start = (
        f"{made:,} converted or quantised copies (GGUF, GPTQ, AWQ, ...), told by name and tags, "
        f"stand apart from the other {rest:,}"
    )
    found = {(item["outcome"], item["group"]): item["median"] for item in medians}
    told = [
        f"{count(one)} {NAMES.get(outcome, outcome)} against {count(two)}"
        for outcome in dict.fromkeys(item["outcome"] for item in medians)
        for one, two in [(found[outcome, "machine-made"], found[outcome, "the rest"])]
        if one is not None and two is not None
    ]
    return f"{start}; medians: {', '.join(told)}." if told else f"{start}."


def _share(flag: Floats) -> float | None:
    return float(flag.mean()) if flag.size else None
