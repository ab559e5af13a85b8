"""Train the built-in judge on a labelled file: anyone can distil a judge of their own.

The labels are another judge's ratings by the same rubric. Cards of one author never stand on both
sides of a fold; the intervals and cut points come from cards that the model had not seen.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.features import FEATURE_NAMES
from cardiogram.errors import DataError
from cardiogram.judge.embedded import (
    Decision,
    Forest,
    Kernel,
    Model,
    TrainingRecord,
    answer_overall,
    decide,
    learn_decision,
)
from cardiogram.judge.gold import OUT_OF_FOLD, LabelledCards, write_training_set
from cardiogram.judge.rating import Score
from cardiogram.judge.rubric import DEFAULT_RUBRIC
from cardiogram.judge.training.fit import fit, learn_answer
from cardiogram.judge.training.kernel import KERNEL
from cardiogram.judge.training.lessons import COPIES, Examples, make_examples
from cardiogram.judge.training.out_of_fold import OutOfFold, measure_agreement, share_in_order
from cardiogram.judge.training.responsiveness import (
    describe_changes,
    describe_gains,
    describe_responsiveness,
    learn_gains,
)
from cardiogram.judge.training.trees import BAGS, TREES
from cardiogram.names import SCORES
from cardiogram.optional import one_thread, sklearn
from cardiogram.stats import Floats, WholeNumbers
from cardiogram.store import write_atomically

VERSION = "2.1.0"
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
    examples = make_examples(data)
    rated = rate_out_of_fold(data, examples, seed=seed)
    decisions = _learn_decisions(data, examples, rated.expected, np.ones(len(data.cards), bool))
    answer = learn_answer(examples, rated.unanswered)
    model = replace(fit(examples, seed), answer=answer)
    record = TrainingRecord(
        version=VERSION,
        rubric=DEFAULT_RUBRIC,
        seed=seed,
        cards=len(data.cards),
        authors=len(set(data.authors)),
        sets=dict(Counter(data.sets)) | {"corrected": int(data.corrected.sum())},
        copies=dict(Counter(data.copies.kinds)),
        data_sha256=data.sha256,
        settings={"trees": {**TREES, "bags": BAGS}, "kernel": KERNEL, "copies": COPIES},
        share=model.share.tolist(),
        sharpness=model.sharpness.tolist(),
        answer=answer.tolist(),
        agreement=measure_agreement(data, rated, f"{FOLDS} folds grouped by author and text"),
        in_order=share_in_order(data, rated.expected[: examples.cards]),
        responsiveness=describe_responsiveness(data, rated.expected),
        changes=describe_changes(data, rated),
        gain_factors=asdict(learn_gains(data, rated)),
        gains=describe_gains(data, rated),
        features=list(FEATURE_NAMES),
    )
    _write(out, model, decisions, record)
    write_training_set(out, data.cards)
    if ratings is not None:
        _write_out_of_fold(ratings, data, rated, record["version"])
    return record


def rate_out_of_fold(data: LabelledCards, examples: Examples, *, seed: int) -> OutOfFold:
    """Rate each card and copy by what was learned from other groups of cards alone.

    Whole numbers and intervals too: no card helps to judge itself.
    """
    drawn, draws = predict_out_of_fold(examples, data.groups, seed=seed)
    expected, mended = drawn.copy(), draws.copy()
    rows = np.r_[np.arange(examples.cards), examples.origin]
    whole, bounds = np.zeros(expected.shape, int), np.zeros((*expected.shape, 2))
    folds = sklearn("model_selection").GroupKFold(FOLDS, shuffle=True, random_state=seed + 1)
    for _, test in folds.split(data.cards, groups=data.groups):
        held = np.zeros(examples.cards, bool)
        held[test] = True
        these, copies = held[rows], held[examples.origin]
        answer = learn_answer(examples.of(~held), drawn[~these])
        answered = answer_overall(drawn, answer)
        expected[these], mended[copies] = answered[these], answer_overall(draws[copies], answer)
        decisions = _learn_decisions(data, examples, answered, ~held)
        for j, decision in enumerate(decisions):
            whole[these, j], bounds[these, j] = decide(
                examples.x[these], expected[these, j], decision
            )
    return OutOfFold(expected, whole, bounds, mended, drawn)


def _learn_decisions(
    data: LabelledCards, examples: Examples, expected: Floats, used: NDArray[np.bool_]
) -> list[Decision]:
    """One decision a score, from chosen cards and the copies of them that something was added to.

    Those count twice: a paste that is not told from a card's own is what errs most.
    """
    added = np.array([change == "added" for change in data.copies.changes], bool)
    added &= used[examples.origin]
    rows = np.r_[np.flatnonzero(used), np.repeat(examples.copy[added], 2)]
    truth = np.vstack([data.first, data.copies.labels.astype(int)])[rows]
    return [
        learn_decision(
            truth[:, j],
            examples.x[rows],
            expected[rows, j],
            cards=int(used.sum()),
            by_length=j == 0,
        )
        for j in range(len(SCORES))
    ]


def predict_out_of_fold(
    examples: Examples, groups: WholeNumbers, *, seed: int
) -> tuple[Floats, Floats]:
    """Expected values by models that saw no card of the group.

    Returns
    -------
    expected, mended
        Of cards and copies, shape (rows, 9), and of the copies mended, shape (copies, 9).
    """
    folds = sklearn("model_selection").GroupKFold(FOLDS, shuffle=True, random_state=seed)
    expected, mended = np.zeros_like(examples.labels), np.zeros((len(examples.copy), len(SCORES)))
    rows = np.r_[np.arange(examples.cards), examples.origin]
    for _, test in folds.split(groups, groups=groups):
        held = np.zeros(examples.cards, bool)
        held[test] = True
        model = fit(examples.of(~held), seed)
        these, copies = held[rows], held[examples.origin]
        expected[these] = model.predict(examples.x[these])
        mended[copies] = model.predict(examples.mended[copies])
    return expected, mended


def _write(out: Path, model: Model, decisions: Sequence[Decision], record: TrainingRecord) -> None:
    """Write the two files; the version names the weights, so that no rating outlives them."""
    weights = _pack(
        {
            "forest": _pack(_arrays(model.forest)),
            "kernel": _pack(_arrays(model.kernel)),
            "decisions": np.array([_pack(_arrays(decision)) for decision in decisions]),
        }
    )
    record["version"] = f"{VERSION}+{hashlib.sha256(weights.tobytes()).hexdigest()[:8]}"
    sink = BytesIO()
    np.save(sink, weights, allow_pickle=False)
    write_atomically(out / "judge.npy", sink.getvalue())
    write_atomically(out / "judge.json", (json.dumps(record, indent=1) + "\n").encode())


def _arrays(part: Forest | Kernel | Decision) -> dict[str, NDArray[np.generic]]:
    return {array.name: np.asarray(getattr(part, array.name)) for array in fields(part)}


def _pack(arrays: Mapping[str, NDArray[np.generic]]) -> NDArray[np.void]:
    """One record with a field for each array."""
    types = [(name, array.dtype, array.shape) for name, array in arrays.items()]
    return np.array(tuple(arrays.values()), types)


def _write_out_of_fold(path: Path, data: LabelledCards, rated: OutOfFold, version: str) -> None:
    """Write out-of-fold ratings as JSON lines: ids, hashes and numbers, no text."""
    lines = []
    for card, numbers, means, sides in zip(
        data.cards, rated.whole, rated.expected, np.clip(rated.bounds, 1, 5), strict=False
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
