"""Train the built-in judge on a labelled file: anyone can distil a judge of their own.

The labels are another judge's ratings by the same rubric. Cards of one author never stand on both
sides of a fold; the intervals and cut points come from cards that the trees had not seen.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features import NAMES, matrix
from cardiogram.errors import ConfigError, DataError
from cardiogram.judge.rubric import DEFAULT_RUBRIC
from cardiogram.judge.trees import UNIT, Forest
from cardiogram.store import SCORES, write_atomically

WEIGHTS_VERSION = "1.0.0"
FOLDS = 5
LEVEL = 0.9
_SETTINGS: dict[str, Any] = {
    "max_iter": 150,
    "learning_rate": 0.06,
    "max_depth": 4,
    "min_samples_leaf": 8,
    "l2_regularization": 1.0,
    "max_features": 0.3,
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """Cards with the ratings of another judge.

    Attributes
    ----------
    labels
        Mean of the label's passes, shape (cards, 9), in the order of SCORES.
    first
        Whole numbers of the first pass, shape (cards, 9).
    """

    cards: list[Card]
    labels: NDArray[np.float64]
    first: NDArray[np.int64]
    sha256: str

    @property
    def authors(self) -> NDArray[np.str_]:
        """Owner of each card, the unit of the folds."""
        return np.array([card.id.partition("/")[0] for card in self.cards])


def read_labelled(labels: Path, cards: Path) -> Labelled:
    """Join a labels file to its cards by `key` or, without one, by `id`.

    Raises
    ------
    DataError
        A label has no card, or a line is not what it should be.
    """
    texts = {str(row.get("key") or row["id"]): row for row in read_jsonl(cards)}
    found, means, first = [], [], []
    for row in read_jsonl(labels):
        key = str(row.get("key") or row.get("id"))
        if key not in texts:
            raise DataError(f"label {key!r} has no card in {str(cards)!r}")
        card = texts[key]
        found.append(
            parse_card(
                card["text"],
                id=str(card["id"]),
                tags=card.get("tags") or (),
                pipeline_tag=card.get("pipeline_tag"),
                library_name=card.get("library_name"),
            )
        )
        passes = [row["first"], *([row["second"]] if row.get("second") else [])]
        first.append([row["first"][name] for name in SCORES])
        means.append(np.mean([[p[name] for name in SCORES] for p in passes], axis=0))
    digest = hashlib.sha256(Path(labels).read_bytes() + Path(cards).read_bytes()).hexdigest()
    return Labelled(found, np.array(means, float), np.array(first, int), digest)


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Rows of a `.jsonl` or `.jsonl.gz` file."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        return [json.loads(line) for line in file if line.strip()]


def train_judge(data: Labelled, out: Path, *, seed: int = 0) -> dict[str, Any]:
    """Train and write `judge.npz` and `judge.json`.

    Parameters
    ----------
    data
        At least 50 cards of 5 authors.
    out
        Folder for the two files.

    Returns
    -------
    dict
        What `judge.json` says: versions, seed, data hash and measured agreement.
    """
    if len(data.cards) < 50 or len(set(data.authors)) < FOLDS:
        raise DataError("training needs at least 50 labelled cards of 5 authors")
    x = matrix(data.cards)
    unseen = predict_unseen(x, data.labels, data.authors, seed=seed)
    cuts = np.tile(np.arange(1.5, 5.0), (len(SCORES), 1))
    errors = np.stack([_error_bounds(data.first[:, j], unseen[:, j]) for j in range(len(SCORES))])
    forest = _fit(x, data.labels, seed)
    about = {
        "version": WEIGHTS_VERSION,
        "rubric": DEFAULT_RUBRIC,
        "seed": seed,
        "cards": len(data.cards),
        "authors": len(set(data.authors)),
        "data_sha256": data.sha256,
        "settings": _SETTINGS,
        "depth": forest.depth,
        "agreement": _agreement(data.first, unseen),
        "features": list(NAMES),
    }
    _write(out, forest, cuts, errors, about)
    return about


def predict_unseen(
    x: NDArray[np.float32],
    labels: NDArray[np.float64],
    authors: NDArray[np.str_],
    *,
    seed: int,
) -> NDArray[np.float64]:
    """Expected values for each card from trees that saw no card of its author."""
    folds = _sklearn("model_selection").GroupKFold(FOLDS, shuffle=True, random_state=seed)
    unseen = np.zeros_like(labels)
    for train, test in folds.split(x, groups=authors):
        forest = _fit(x[train], labels[train], seed)
        unseen[test] = np.clip(forest.predict(x[test]), 1.0, 5.0)
    return unseen


def _fit(x: NDArray[np.float32], labels: NDArray[np.float64], seed: int) -> Forest:
    regressor = _sklearn("ensemble").HistGradientBoostingRegressor
    models = [
        regressor(**_SETTINGS, random_state=seed).fit(x, labels[:, j])
        for j in range(labels.shape[1])
    ]
    return _flatten(models)


def _flatten(models: Sequence[Any]) -> Forest:
    """Scikit-learn's trees to arrays; a leaf points to itself, so that all walks are equal."""
    parts: dict[str, list[Any]] = {
        name: [] for name in ("feature", "threshold", "left", "right", "leaf")
    }
    roots, target, base, depth, size = [], [], [], 0, 0
    for number, model in enumerate(models):
        base.append(round(float(model._baseline_prediction.ravel()[0]) * UNIT))
        for (tree,) in model._predictors:
            nodes = tree.nodes
            leaf = nodes["is_leaf"].astype(bool)
            own = np.arange(len(nodes)) + size
            parts["feature"].append(np.where(leaf, 0, nodes["feature_idx"]))
            parts["threshold"].append(np.where(leaf, np.inf, nodes["num_threshold"]))
            parts["left"].append(np.where(leaf, own, nodes["left"] + size))
            parts["right"].append(np.where(leaf, own, nodes["right"] + size))
            parts["leaf"].append(np.where(leaf, np.rint(nodes["value"] * UNIT), 0))
            roots.append(size)
            target.append(number)
            size += len(nodes)
            depth = max(depth, int(nodes["depth"].max()))
    joined = {name: np.concatenate(items) for name, items in parts.items()}
    return Forest(
        joined["feature"].astype(np.int32),
        joined["threshold"].astype(np.float32),
        joined["left"].astype(np.int32),
        joined["right"].astype(np.int32),
        joined["leaf"].astype(np.int64),
        np.array(roots, np.int32),
        np.array(target, np.int32),
        np.array(base, np.int64),
        depth,
    )


def _error_bounds(truth: NDArray[np.int64], unseen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Conformal bounds of (label - expected) for each whole number predicted, shape (5, 2).

    A level with fewer than 40 cards borrows the bounds of all.
    """
    errors = truth - unseen
    bins = np.clip(np.floor(unseen + 0.5), 1, 5)
    rows = []
    for value in range(1, 6):
        own = errors[bins == value]
        pool = own if len(own) >= 40 else errors
        n = len(pool)
        high = min(1.0, np.ceil((n + 1) * (1 + LEVEL) / 2) / n)
        rows.append([np.quantile(pool, 1 - high), np.quantile(pool, high)])
    return np.array(rows)


def _agreement(first: NDArray[np.int64], unseen: NDArray[np.float64]) -> dict[str, Any]:
    kappa = _sklearn("metrics").cohen_kappa_score
    whole = np.clip(np.floor(unseen + 0.5), 1, 5).astype(int)
    return {
        "method": f"{FOLDS} folds grouped by author, labels of a language model",
        "qwk": {
            name: round(float(kappa(first[:, j], whole[:, j], weights="quadratic")), 4)
            for j, name in enumerate(SCORES)
        },
    }


def _write(
    out: Path,
    forest: Forest,
    cuts: NDArray[np.float64],
    errors: NDArray[np.float64],
    about: Mapping[str, Any],
) -> None:
    arrays = {
        name: getattr(forest, name)
        for name in ("feature", "threshold", "left", "right", "leaf", "roots", "target", "base")
    }
    sink = BytesIO()
    np.savez_compressed(sink, cuts=cuts, errors=errors, **arrays)
    write_atomically(out / "judge.npz", sink.getvalue())
    write_atomically(out / "judge.json", (json.dumps(about, indent=1) + "\n").encode())


def _sklearn(module: str) -> Any:
    try:
        import importlib

        return importlib.import_module(f"sklearn.{module}")
    except ImportError as error:
        raise ConfigError(
            "training needs scikit-learn", hint="pip install 'cardiogram[study]'"
        ) from error
