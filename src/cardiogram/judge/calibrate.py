"""Compare the ratings of a study with a gold standard, whole and by kind and length of card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cardiogram.cards.features import count_facts
from cardiogram.cards.kinds import KINDS, LENGTHS, kinds_of, length_name, length_of
from cardiogram.errors import DataError
from cardiogram.judge.agreement import Agreement, Whole, confusion, measure_agreement
from cardiogram.judge.labelled import read_jsonl
from cardiogram.judge.rate import Texts
from cardiogram.store import SCORES, Study


@dataclass(frozen=True, slots=True)
class Calibration:
    """Agreement of one judge with one gold standard.

    Attributes
    ----------
    scores
        One agreement a score.
    strata
        Agreement of the overall rating within each kind and length of card.
    confusion
        Cards by gold (rows) and judge (columns) of the overall rating, shape (5, 5).
    unmatched
        Gold rows without a rated card in the study.
    """

    judge: str
    version: str
    rubric: str
    scores: dict[str, Agreement]
    strata: dict[str, Agreement]
    confusion: Whole
    unmatched: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "judge": self.judge,
            "version": self.version,
            "rubric": self.rubric,
            "scores": {name: asdict(found) for name, found in self.scores.items()},
            "strata": {name: asdict(found) for name, found in self.strata.items()},
            "confusion": self.confusion.tolist(),
            "unmatched": self.unmatched,
        }


def calibrate(
    study: Study, gold: Path, *, judge: str = "embedded", draws: int = 1000, seed: int = 0
) -> Calibration:
    """Compare a judge's ratings with gold ones.

    Parameters
    ----------
    study
        A rated study.
    gold
        A .jsonl file: `card` or `id`, optionally `sha256` of the text, and the nine numbers in
        `first` (or at the top of the row).
    draws, seed
        Of the author-cluster bootstrap.

    Raises
    ------
    DataError
        The judge rated none of the gold cards.
    """
    rated = [row for row in study.ratings.rows() if row["judge"] == judge and row["overall"]]
    pairs, unmatched = _match(rated, read_jsonl(gold))
    if not pairs:
        raise DataError(
            f"judge {judge!r} has rated none of the {unmatched} gold cards",
            hint=f"cardiogram rate {study.root} --judge {judge}",
        )
    authors = [row["id"].partition("/")[0] for row, _ in pairs]
    columns = {name: _columns(pairs, name) for name in SCORES}
    scores = {
        name: measure_agreement(
            c["gold"], c["given"], c["expected"], authors,
            bounds=np.stack([c["low"], c["high"]], axis=1), draws=draws, seed=seed,
        )
        for name, c in columns.items()
    }  # fmt: skip
    overall = columns["overall"]
    strata = {}
    for name, chosen in _strata(study, [row for row, _ in pairs]).items():
        part = {key: values[chosen] for key, values in overall.items()}
        strata[name] = measure_agreement(
            part["gold"], part["given"], part["expected"], [authors[i] for i in chosen],
            bounds=np.stack([part["low"], part["high"]], axis=1), draws=draws, seed=seed,
        )  # fmt: skip
    first = pairs[0][0]
    return Calibration(
        judge=judge,
        version=first["judge_version"],
        rubric=first["rubric_version"],
        scores=scores,
        strata=strata,
        confusion=confusion(overall["gold"], overall["given"]),
        unmatched=unmatched,
    )


Pair = tuple[Mapping[str, Any], Mapping[str, int]]


def _match(
    rated: Sequence[Mapping[str, Any]], gold: Sequence[Mapping[str, Any]]
) -> tuple[list[Pair], int]:
    """Pairs of rating and gold numbers: by id and text where the gold has a hash, else by id."""
    by_both = {(row["id"], row["card_sha256"]): row for row in rated}
    by_id = {row["id"]: row for row in rated}
    pairs: list[Pair] = []
    for row in gold:
        name = str(row.get("card") or row.get("id"))
        found = by_both.get((name, row["sha256"])) if row.get("sha256") else by_id.get(name)
        numbers = row.get("first") or row
        if found is None:
            continue
        if not all(numbers.get(score) in (1, 2, 3, 4, 5) for score in SCORES):
            raise DataError(f"gold {name!r} has no nine whole numbers 1-5")
        pairs.append((found, numbers))
    return pairs, len(gold) - len(pairs)


def _columns(pairs: Sequence[Pair], name: str) -> dict[str, Any]:
    """Arrays of one score, each of shape (cards,)."""
    return {
        "gold": np.array([gold[name] for _, gold in pairs], np.int64),
        "given": np.array([row[name] for row, _ in pairs], np.int64),
        **{
            part: np.array([row[f"{name}_{part}"] for row, _ in pairs], np.float64)
            for part in ("expected", "low", "high")
        },
    }


def _strata(study: Study, rows: Sequence[Mapping[str, Any]]) -> dict[str, Whole]:
    """Places of the cards of each kind and length."""
    texts = Texts(study)
    models = {(m["id"], m["card_sha256"]): m for m in study.models.rows()}
    cards = [texts.card(models[row["id"], row["card_sha256"]]) for row in rows]
    kinds = [kinds_of(card, count_facts(card)) for card in cards]
    found: dict[str, list[int]] = {name: [] for name in KINDS}
    found |= {length_name(span): [] for span in LENGTHS}
    for place, (card, names) in enumerate(zip(cards, kinds, strict=True)):
        for name in names:
            found[name].append(place)
        found[length_name(length_of(card))].append(place)
    return {name: np.array(places, np.int64) for name, places in found.items() if places}
