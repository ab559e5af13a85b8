"""Train the built-in judge on a labelled file: anyone can distil a judge of their own.

The labels are another judge's ratings by the same rubric. Cards of one author never stand on both
sides of a fold; the intervals and cut points come from cards that the model had not seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.features import (
    FEATURE_NAMES,
    KINDS,
    LENGTHS,
    count_features,
    feature_matrix,
    kinds_of,
    length_name,
    length_of,
)
from cardiogram.errors import DataError
from cardiogram.judge.embedded import (
    AgreementRecord,
    Decision,
    GainFactors,
    Model,
    Record,
    TrainingRecord,
    decide,
    learn_decision,
    pack_weights,
)
from cardiogram.judge.gold import OUT_OF_FOLD, LabelledCards, write_training_set
from cardiogram.judge.rating import Score
from cardiogram.judge.rubric import DEFAULT_RUBRIC
from cardiogram.judge.training.augment import copy_limitations
from cardiogram.judge.training.fit import COPIES, KERNEL, TREES, WeightedCopies, fit
from cardiogram.judge.training.responsiveness import measure_responsiveness
from cardiogram.judge.validation import measure_against_gold
from cardiogram.names import SCORES
from cardiogram.optional import one_thread, sklearn
from cardiogram.stats import Floats, WholeNumbers
from cardiogram.store import write_atomically

VERSION = "1.4.0"
FOLDS = 10


def train_judge(
    data: LabelledCards, out: Path, *, seed: int = 0, out_of_fold: Path | None = None
) -> TrainingRecord:
    """Train and write `judge.npy`, `judge.json` and `seen.json`, the marks of the cards.

    Parameters
    ----------
    data
        At least 50 cards of 10 authors.
    out
        Folder for the files.
    out_of_fold
        File for the ratings of each card by a model that saw no card of its author: a cascade must
        not be tuned on ratings that the judge has learned by heart.

    Returns
    -------
    dict
        What `judge.json` says: versions, seed, data hash and measured agreement.
    """
    if len(data.cards) < 50 or len(set(data.authors)) < FOLDS:
        raise DataError(f"training needs at least 50 labelled cards of {FOLDS} authors")
    sklearn("ensemble", "training")
    with one_thread(None):  # small trees are slower on many threads than on one
        return _train(data, out, seed, out_of_fold)


def _train(data: LabelledCards, out: Path, seed: int, ratings: Path | None) -> TrainingRecord:
    x = feature_matrix(data.cards)
    copies = make_copies(data, seed)
    expected, copies_expected = predict_out_of_fold(x, data.labels, data.authors, copies, seed=seed)
    decisions = [learn_decision(data.first[:, j], x, expected[:, j]) for j in range(len(SCORES))]
    model = fit(x, data.labels, copies, seed)
    record = TrainingRecord(
        version=VERSION,
        rubric=DEFAULT_RUBRIC,
        seed=seed,
        cards=len(data.cards),
        authors=len(set(data.authors)),
        partial=len(data.partial.cards),
        data_sha256=data.sha256,
        settings={"trees": TREES, "kernel": KERNEL, "copies": COPIES},
        share=model.share,
        agreement=_measure_agreement(data, x, expected),
        responsiveness=_measure_responsiveness(data, expected, copies_expected),
        gain_factors=asdict(GainFactors()),
        features=list(FEATURE_NAMES),
    )
    _write(out, model, decisions, record)
    write_training_set(out, data.cards)
    if ratings is not None:
        _write_out_of_fold(ratings, data, x, expected, record["version"])
    return record


def make_copies(data: LabelledCards, seed: int) -> WeightedCopies:
    """Copies with another model's limitations, and those with parts taken away that were rated."""
    tampered = copy_limitations(data.cards, seed=seed)
    partial = data.partial
    origin = np.array([copy.origin for copy in tampered], dtype=np.int64)
    kinds = ["tampered"] * len(tampered) + ["partial"] * len(partial.cards)
    return WeightedCopies(
        feature_matrix([*(copy.card for copy in tampered), *partial.cards]),
        np.r_[origin, partial.origin],
        np.vstack([copied_labels(data.labels[origin]), partial.labels]),
        np.array([COPIES[kind] for kind in kinds]).reshape(-1, 2),
    )


def predict_out_of_fold(
    x: NDArray[np.float32],
    labels: Floats,
    authors: NDArray[np.str_],
    copies: WeightedCopies,
    *,
    seed: int,
) -> tuple[Floats, Floats]:
    """Expected values from a model that saw no card of the author.

    Returns
    -------
    cards, copies
        Of each card and of each copy, shapes (cards, 9) and (copies, 9).
    """
    folds = sklearn("model_selection").GroupKFold(FOLDS, shuffle=True, random_state=seed)
    expected, copies_expected = np.zeros_like(labels), np.zeros_like(copies.labels)
    for train, test in folds.split(x, groups=authors):
        model = fit(x[train], labels[train], copies.of(train), seed)
        expected[test] = model.predict(x[test])
        these = np.isin(copies.origin, test)
        copies_expected[these] = model.predict(copies.x[these])
    return expected, copies_expected


def copied_labels(labels: Floats) -> Floats:
    """What cards with copied limitations should be rated, shape (copies, 9).

    They are worth something to a reader of that criterion, and nothing overall.
    """
    rated: Floats = labels.copy()
    place = SCORES.index("limitations")
    rated[:, place] = np.maximum(rated[:, place], 2.5)
    return rated


def _measure_agreement(
    data: LabelledCards, x: NDArray[np.float32], expected: Floats
) -> AgreementRecord:
    """Agreement with the first pass of the labels, on cards whose author was not seen.

    Cut points and intervals are taken from the other authors' cards too, so that no card helps
    to judge itself.
    """
    whole, bounds = decide_out_of_fold(data, x, expected)
    kinds = [kinds_of(card, count_features(card)) for card in data.cards]
    places: dict[str, list[int]] = {
        name: [i for i, own_kinds in enumerate(kinds) if name in own_kinds] for name in KINDS
    }
    places |= {
        length_name(span): [i for i, c in enumerate(data.cards) if length_of(c) == span]
        for span in LENGTHS
    }

    def agreement(number: int, chosen: Sequence[int]) -> Record:
        measured = measure_against_gold(
            data.first[chosen, number],
            whole[chosen, number],
            expected[chosen, number],
            data.authors[chosen],
            bounds=bounds[chosen, number],
        )
        kappa, others = measured.qwk, ("exact", "within_one", "bias", "spearman", "coverage")
        return _rounded(
            {
                "n": measured.n,
                "authors": measured.authors,
                **{"qwk": kappa.value, "low": kappa.low, "high": kappa.high},
                **{name: getattr(measured, name).value for name in others},
            }
        )

    everyone = range(len(data.cards))
    return AgreementRecord(
        method=f"{FOLDS} folds grouped by author; labels of a language model, no human gold",
        scores={name: agreement(j, everyone) for j, name in enumerate(SCORES)},
        strata={name: agreement(0, chosen) for name, chosen in places.items() if chosen},
    )


def _measure_responsiveness(
    data: LabelledCards, expected: Floats, copies_expected: Floats
) -> dict[str, Record]:
    """Whether ratings change as the label does where parts of a card are taken away."""
    partial = data.partial
    origins = [data.cards[number].input_sha256 for number in partial.origin]
    changed = np.array([copy.input_sha256 for copy in partial.cards]) != np.array(origins)
    if not changed.any():
        return {}
    origin = partial.origin[changed]
    rated = partial.labels[changed] - data.labels[origin]
    moved = copies_expected[len(copies_expected) - len(changed) :][changed] - expected[origin]
    owners = data.authors[origin]
    return {
        name: _rounded(asdict(measure_responsiveness(rated[:, j], moved[:, j], owners)))
        for j, name in enumerate(SCORES)
    }


def _rounded(figures: Record) -> Record:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in figures.items()
    }


def decide_out_of_fold(
    data: LabelledCards, x: NDArray[np.float32], expected: Floats
) -> tuple[WholeNumbers, Floats]:
    """Whole numbers and intervals of each card from the other folds' cards.

    Returns
    -------
    whole, bounds
        Shapes (cards, 9) and (cards, 9, 2).
    """
    whole = np.zeros_like(data.first)
    bounds = np.zeros((*expected.shape, 2))
    folds = sklearn("model_selection").GroupKFold(FOLDS, shuffle=True, random_state=1)
    for train, test in folds.split(expected, groups=data.authors):
        for j in range(expected.shape[1]):
            decision = learn_decision(data.first[train, j], x[train], expected[train, j])
            whole[test, j], bounds[test, j] = decide(x[test], expected[test, j], decision)
    return whole, bounds


def _write(out: Path, model: Model, decisions: Sequence[Decision], record: TrainingRecord) -> None:
    """Write the two files; the version names the weights, so that no rating outlives them."""
    weights = pack_weights(model, decisions)
    record["version"] = f"{VERSION}+{hashlib.sha256(weights.tobytes()).hexdigest()[:8]}"
    sink = BytesIO()
    np.save(sink, weights, allow_pickle=False)
    write_atomically(out / "judge.npy", sink.getvalue())
    write_atomically(out / "judge.json", (json.dumps(record, indent=1) + "\n").encode())


def _write_out_of_fold(
    path: Path, data: LabelledCards, x: NDArray[np.float32], expected: Floats, version: str
) -> None:
    """Write out-of-fold ratings as JSON lines: ids, hashes and numbers, no text."""
    whole, bounds = decide_out_of_fold(data, x, expected)
    lines = []
    for card, numbers, means, sides in zip(
        data.cards, whole, expected, np.clip(bounds, 1, 5), strict=True
    ):
        row: dict[str, str | float | None] = {
            "id": card.id,
            "card_sha256": card.sha256,
            "judge": OUT_OF_FOLD,
            "judge_version": version,
            "rubric_version": DEFAULT_RUBRIC,
            "status": "rated",
        }
        for name, value, mean, (low, high) in zip(SCORES, numbers, means, sides, strict=True):
            mean, low, high = (round(float(side), 4) for side in (mean, low, high))
            row |= Score(int(value), mean, low, high).columns(name)
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    write_atomically(path, "".join(lines).encode())
