"""Train the built-in judge on a labelled file: anyone can distil a judge of their own.

The labels are another judge's ratings by the same rubric. Cards of one author never stand on both
sides of a fold; the intervals and cut points come from cards that the model had not seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

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
    DECISION_ARRAYS,
    KERNEL_ARRAYS,
    TREE_ARRAYS,
    Decision,
    Model,
    decide,
    learn_decision,
)
from cardiogram.judge.gold import (
    Labelled,
    read_jsonl as read_jsonl,
    read_labelled as read_labelled,
    write_seen,
)
from cardiogram.judge.rubric import DEFAULT_RUBRIC
from cardiogram.judge.training.augment import copy_limitations
from cardiogram.judge.training.fit import COPIES, KERNEL, TREES, Extra, fit, sklearn
from cardiogram.judge.training.responsiveness import Responsiveness, measure_responsiveness
from cardiogram.names import SCORES
from cardiogram.stats import Agreement, measure_agreement
from cardiogram.store import write_atomically

VERSION = "1.4.0"
FOLDS = 10


def train_judge(
    data: Labelled, out: Path, *, seed: int = 0, unseen: Path | None = None
) -> dict[str, Any]:
    """Train and write `judge.npz`, `judge.json` and `seen.json`, the marks of the cards.

    Parameters
    ----------
    data
        At least 50 cards of 10 authors.
    out
        Folder for the files.
    unseen
        File for the ratings of each card by trees that saw no card of its author.

    Returns
    -------
    dict
        What `judge.json` says: versions, seed, data hash and measured agreement.
    """
    if len(data.cards) < 50 or len(set(data.authors)) < FOLDS:
        raise DataError(f"training needs at least 50 labelled cards of {FOLDS} authors")
    with _one_thread():
        return _train(data, out, seed, unseen)


def _one_thread() -> AbstractContextManager[Any]:
    """Small trees are slower on many threads than on one, much slower on busy cores."""
    sklearn("utils")
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return limits


def _train(data: Labelled, out: Path, seed: int, kept: Path | None) -> dict[str, Any]:
    x = feature_matrix(data.cards)
    extra = make_copies(data, seed)
    unseen, copies = predict_unseen(x, data.labels, data.authors, extra, seed=seed)
    decisions = [learn_decision(data.first[:, j], x, unseen[:, j]) for j in range(len(SCORES))]
    model = fit(x, data.labels, extra, seed)
    about = {
        "version": VERSION,
        "rubric": DEFAULT_RUBRIC,
        "seed": seed,
        "cards": len(data.cards),
        "authors": len(set(data.authors)),
        "partial": len(data.partial.cards),
        "data_sha256": data.sha256,
        "settings": {"trees": TREES, "kernel": KERNEL, "copies": COPIES},
        "share": model.share,
        "depth": model.forest.depth,
        "agreement": measure(data, x, unseen),
        "responsiveness": responsiveness(data, unseen, copies),
        "features": list(FEATURE_NAMES),
    }
    _write(out, model, decisions, about)
    write_seen(out, data.cards)
    if kept is not None:
        from cardiogram.judge.training.unseen import write_unseen

        write_unseen(kept, data, x, unseen, str(about["version"]))
    return about


def make_copies(data: Labelled, seed: int) -> Extra:
    """Copies with another model's limitations, and those with parts taken away that were rated."""
    tampered = copy_limitations(data.cards, seed=seed)
    partial = data.partial
    origin = np.array([copy.origin for copy in tampered], dtype=np.int64)
    kinds = ["tampered"] * len(tampered) + ["partial"] * len(partial.cards)
    return Extra(
        feature_matrix([*(copy.card for copy in tampered), *partial.cards]),
        np.r_[origin, partial.origin],
        np.vstack([copied_labels(data.labels[origin]), partial.labels]),
        np.array([COPIES[kind] for kind in kinds]).reshape(-1, 2),
    )


def predict_unseen(
    x: NDArray[np.float32],
    labels: NDArray[np.float64],
    authors: NDArray[np.str_],
    extra: Extra,
    *,
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Expected values from a model that saw no card of the author.

    Returns
    -------
    unseen, copies
        Of each card and of each copy, shapes (cards, 9) and (copies, 9).
    """
    folds = sklearn("model_selection").GroupKFold(FOLDS, shuffle=True, random_state=seed)
    unseen, copies = np.zeros_like(labels), np.zeros_like(extra.labels)
    for train, test in folds.split(x, groups=authors):
        model = fit(x[train], labels[train], extra.of(train), seed)
        unseen[test] = model.predict(x[test])
        these = np.isin(extra.origin, test)
        copies[these] = model.predict(extra.x[these])
    return unseen, copies


def copied_labels(labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """What cards with copied limitations should be rated, shape (copies, 9).

    They are worth something to a reader of that criterion, and nothing overall.
    """
    rated: NDArray[np.float64] = labels.copy()
    place = SCORES.index("limitations")
    rated[:, place] = np.maximum(rated[:, place], 2.5)
    return rated


def measure(data: Labelled, x: NDArray[np.float32], unseen: NDArray[np.float64]) -> dict[str, Any]:
    """Agreement with the first pass of the labels, on cards whose author was not seen.

    Cut points and intervals are taken from the other authors' cards too, so that no card helps
    to judge itself.
    """
    whole, bounds = honest(data, x, unseen)
    kinds = [kinds_of(card, count_features(card)) for card in data.cards]
    places: dict[str, list[int]] = {
        name: [i for i, found in enumerate(kinds) if name in found] for name in KINDS
    }
    places |= {
        length_name(span): [i for i, c in enumerate(data.cards) if length_of(c) == span]
        for span in LENGTHS
    }

    def agreement(number: int, chosen: Sequence[int]) -> dict[str, Any]:
        return _rounded(
            measure_agreement(
                data.first[chosen, number],
                whole[chosen, number],
                unseen[chosen, number],
                data.authors[chosen],
                bounds=bounds[chosen, number],
            )
        )

    everyone = range(len(data.cards))
    return {
        "method": f"{FOLDS} folds grouped by author; labels of a language model, no human gold",
        "scores": {name: agreement(j, everyone) for j, name in enumerate(SCORES)},
        "strata": {name: agreement(0, chosen) for name, chosen in places.items() if chosen},
    }


def responsiveness(
    data: Labelled, unseen: NDArray[np.float64], copies: NDArray[np.float64]
) -> dict[str, Any]:
    """Whether ratings change as the label does where parts of a card are taken away.

    Parameters
    ----------
    unseen, copies
        From :func:`predict_unseen`.
    """
    partial = data.partial
    seen = [data.cards[number].input_sha256 for number in partial.origin]
    changed = np.array([copy.input_sha256 for copy in partial.cards]) != np.array(seen)
    if not changed.any():
        return {}
    origin = partial.origin[changed]
    rated = partial.labels[changed] - data.labels[origin]
    expected = copies[len(copies) - len(changed) :][changed] - unseen[origin]
    owners = data.authors[origin]
    return {
        name: _rounded(measure_responsiveness(rated[:, j], expected[:, j], owners))
        for j, name in enumerate(SCORES)
    }


def _rounded(found: Agreement | Responsiveness) -> dict[str, Any]:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(found).items()
    }


def honest(
    data: Labelled, x: NDArray[np.float32], unseen: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Whole numbers and intervals of each card from the other folds' cards.

    Returns
    -------
    whole, bounds
        Shapes (cards, 9) and (cards, 9, 2).
    """
    whole = np.zeros_like(data.first)
    bounds = np.zeros((*unseen.shape, 2))
    folds = sklearn("model_selection").GroupKFold(FOLDS, shuffle=True, random_state=1)
    for train, test in folds.split(unseen, groups=data.authors):
        for j in range(unseen.shape[1]):
            decision = learn_decision(data.first[train, j], x[train], unseen[train, j])
            whole[test, j], bounds[test, j] = decide(x[test], unseen[test, j], decision)
    return whole, bounds


def _write(out: Path, model: Model, decisions: Sequence[Decision], about: dict[str, Any]) -> None:
    """Write the two files; the version names the weights, so that no rating outlives them."""
    trees = {name: getattr(model.forest, name) for name in TREE_ARRAYS}
    kernel = {f"kernel_{name}": getattr(model.kernel, name) for name in KERNEL_ARRAYS}
    rules = {name: np.array([getattr(d, name) for d in decisions]) for name in DECISION_ARRAYS}
    arrays = {**rules, **trees, **kernel}
    digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays.values())).hexdigest()
    about["version"] = f"{VERSION}+{digest[:8]}"
    sink = BytesIO()
    np.savez_compressed(sink, allow_pickle=False, **arrays)
    write_atomically(out / "judge.npz", sink.getvalue())
    write_atomically(out / "judge.json", (json.dumps(about, indent=1) + "\n").encode())
