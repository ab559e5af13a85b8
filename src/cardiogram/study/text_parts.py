"""The parts of an analysis that rest on the cards' texts: near-duplicates and traits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cardiogram.study.associations import Association, bonett_wright, refusal
from cardiogram.study.duplicates import SIMILAR, by_cluster, find_duplicates
from cardiogram.study.libraries import scipy_stats
from cardiogram.study.numbers import of_association, of_odds
from cardiogram.study.parts import MAIN, Subject, adjusted_for
from cardiogram.study.prevalence import (
    TOP_SHARE,
    Odds,
    benjamini_hochberg,
    deciles,
    odds_ratio,
    popular,
)
from cardiogram.study.relate import Related, Table, draw, relate
from cardiogram.study.resample import Columns, Floats, Pair, cluster_test
from cardiogram.study.traits import TRAITS

MACHINE_WORDS = (
    "Converted and quantised copies (GGUF, GPTQ, AWQ, ...) have many downloads and few likes; they "
    "are told by the model's name and tags."
)
_EXAMPLES, _IDS = 5, 6
_COMMON_LEVEL = 0.05  # of the models: fewer would be a covariate of a few events


def duplicates(at: Subject, plain: Related) -> dict[str, Any]:
    """Near-duplicate cards, and every correlation with one card a cluster beside the plain one."""
    signed = at.loaded.texts.signatures
    found = find_duplicates(signed, at.loaded.authors, at.loaded.created.tolist())
    table = Table(at.ratings, at.outcomes, at.codes).rows(found.kept)
    entries = []
    for (predictor, outcome), item in relate(table, at.ask).plain.items():
        about = {"predictor": predictor, "outcome": outcome}
        beside = of_association(about, plain.plain[predictor, outcome]).as_dict()
        number = of_association(about, item).as_dict()
        keys = ("n", "estimate", "interval", "cluster_interval", "method", "call", "seed")
        entries.append({**number, "all_cards": {key: beside[key] for key in keys}})
    groups = by_cluster(found, at.loaded.ids)
    return {
        "similar": SIMILAR,
        "method": "64 MinHashes of word triples in 16 bands; the oldest card of a cluster is kept",
        "call": "cardiogram.study.duplicates.find_duplicates",
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
    """What popular models have: prevalence by tenth, rank correlation, adjusted odds."""
    found = list(_trait_outcomes(at))
    odds: dict[object, float | None] = {}
    for item in found:
        for name, ratio in item.odds.items():
            odds[name, item.outcome] = ratio.p_value
    q_values = benjamini_hochberg(odds)
    return {
        "tests": len(q_values),
        "correction": f"Benjamini-Hochberg over all {len(q_values)} odds ratios that were tested",
        "top_share": TOP_SHARE,
        "traits": {trait.name: trait.words for trait in TRAITS},
        "entries": [entry for item in found for entry in _entries(item, q_values)],
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
    rhos: Mapping[str, Association]
    odds: Mapping[str, Odds]


def _trait_outcomes(at: Subject) -> Iterator[TraitOutcome]:
    texts = at.loaded.texts.traits
    carded = np.isfinite(texts).all(axis=1)
    for outcome, column in at.outcomes.items():
        rows = carded & np.isfinite(column)
        flags, counted = texts[rows], column[rows]
        codes = np.unique(at.codes[rows], return_inverse=True)[1].astype(np.int64)
        columns = Columns({}, {outcome: counted}, codes, flags, tuple(t.name for t in TRAITS))
        given = adjusted_for(at.loaded, max(10, round(_COMMON_LEVEL * rows.sum()))).rows(rows)
        ratios, top = dict[str, Odds](), 0
        reason = refusal(np.arange(counted.size, dtype=np.float64), counted)
        if reason is None:
            among = popular(counted, given, codes)
            given, top = among.given, int(among.top.sum())
            ratios = {trait.name: odds_ratio(flags[:, place], among, at.ask.level)
                      for place, trait in enumerate(TRAITS)}  # fmt: skip
        else:
            ratios = {trait.name: Odds(int(rows.sum()), 0, reason=reason) for trait in TRAITS}
        names = tuple(name for name in given.names if name != "1")
        yield TraitOutcome(
            outcome, counted, flags, top, names, _trait_rhos(at, columns, outcome), ratios
        )


def _trait_rhos(at: Subject, columns: Columns, outcome: str) -> dict[str, Association]:
    """Spearman's rho of every trait with one outcome."""
    counted, flags = columns.ys[outcome], columns.flags
    assert flags is not None
    drawn: dict[Pair, Floats] = {}
    if columns.clusters > 1 and refusal(np.arange(counted.size, dtype=float), counted) is None:
        drawn = draw(columns, at.ask.draws, at.ask.seed).plain
    answer = {}
    for place, name in enumerate(columns.flag_names):
        flag = flags[:, place]
        reason = refusal(flag, counted)
        if reason == "all ratings are equal":
            reason = f"{'all' if flag[0] else 'none'} of the models have it"
        if reason is not None:
            answer[name] = Association(counted.size, reason=reason)
            continue
        rho, p_value = (float(value) for value in scipy_stats().spearmanr(flag, counted))
        found = Association(
            counted.size, rho, p_value, bonett_wright(rho, counted.size, at.ask.level)
        )
        lone = np.full(at.ask.draws, np.nan)
        test = cluster_test(rho, drawn.get((name, outcome), lone), columns.codes, at.ask)
        answer[name] = found.by_author(test)
    return answer


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
            "spearman": of_association({}, item.rhos[trait.name]).as_dict(),
        }


def machine_made(at: Subject) -> dict[str, Any]:
    """Converted and quantised copies apart from the rest."""
    made = at.loaded.machine_made
    entries = []
    groups = (("machine-made", made), ("the rest", ~made))
    for label, rows in groups:
        table = Table({MAIN: at.ratings[MAIN]}, at.outcomes, at.codes).rows(rows)
        for (predictor, outcome), item in relate(table, at.ask).plain.items():
            about = {"group": label, "predictor": predictor, "outcome": outcome}
            entries.append(of_association(about, item).as_dict())
    flags = at.loaded.texts.traits
    carded = np.isfinite(flags).all(axis=1)
    return {
        "words": MACHINE_WORDS,
        "n": int(made.sum()),
        "medians": [
            {"group": label, "outcome": outcome, "n": int(known.size),
             "median": float(np.median(known)) if known.size else None}
            for label, rows in groups
            for outcome, column in at.outcomes.items()
            for known in [column[rows & np.isfinite(column)]]
        ],
        "prevalence": [
            {"trait": trait.name, **{label: _share(flags[rows & carded, place])
                                     for label, rows in groups}}
            for place, trait in enumerate(TRAITS)
        ],
        "entries": entries,
    }  # fmt: skip


def _share(flag: Floats) -> float | None:
    return float(flag.mean()) if flag.size else None
