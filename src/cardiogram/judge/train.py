"""Train the built-in judge on a labelled file: anyone can distil a judge of their own.

The labels are another judge's ratings by the same rubric. Cards of one author never stand on both
sides of a fold; the intervals and cut points come from cards that the trees had not seen.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features import NAMES, count_facts, matrix
from cardiogram.cards.kinds import KINDS, LENGTHS, kinds_of, length_name, length_of
from cardiogram.errors import ConfigError, DataError
from cardiogram.judge.agreement import measure_agreement
from cardiogram.judge.augment import copy_limitations
from cardiogram.judge.embedded import LINE_ARRAYS, TREE_ARRAYS
from cardiogram.judge.model import GRAIN, Line, Model
from cardiogram.judge.rubric import DEFAULT_RUBRIC
from cardiogram.judge.trees import UNIT, Forest
from cardiogram.store import SCORES, write_atomically

VERSION = "1.0.0"
FOLDS = 10
LEVEL = 0.9
_MIN_BIN = 40
TAMPERED_WEIGHT = 0.15
_SETTINGS: dict[str, Any] = {
    "max_iter": 250,
    "learning_rate": 0.04,
    "max_depth": 3,
    "min_samples_leaf": 8,
    "l2_regularization": 3.0,
    "max_features": 0.08,
}
_RIDGE_ALPHAS = tuple(float(alpha) for alpha in np.logspace(1.5, 4, 11).round(1))


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
    texts = {_key(row, cards): row for row in read_jsonl(cards)}
    found, means, first = [], [], []
    for row in read_jsonl(labels):
        key = _key(row, labels)
        if key not in texts:
            raise DataError(f"label {key!r} has no card in {str(cards)!r}")
        found.append(_card(texts[key], key))
        passes = [_numbers(row, name, key) for name in ("first", "second") if row.get(name)]
        if not passes:
            raise DataError(f"label {key!r} has no `first` with nine numbers")
        first.append(passes[0])
        means.append(np.mean(passes, axis=0))
    digest = hashlib.sha256(Path(labels).read_bytes() + Path(cards).read_bytes()).hexdigest()
    return Labelled(found, np.array(means, float), np.array(first, int), digest)


def _key(row: Mapping[str, Any], path: Path) -> str:
    key = row.get("key") or row.get("id")
    if not key:
        raise DataError(f"a row of {str(path)!r} has neither `key` nor `id`")
    return str(key)


def _card(row: Mapping[str, Any], key: str) -> Card:
    if not isinstance(row.get("text"), str):
        raise DataError(f"card {key!r} has no `text`")
    tags = row.get("tags")
    return parse_card(
        row["text"],
        id=str(row.get("id") or ""),
        tags=tags if isinstance(tags, list) else (),
        pipeline_tag=row.get("pipeline_tag"),
        library_name=row.get("library_name"),
    )


def _numbers(row: Mapping[str, Any], name: str, key: str) -> list[int]:
    """The nine whole numbers of one pass."""
    given = row[name]
    numbers: list[Any] = [given.get(n) for n in SCORES] if isinstance(given, dict) else []
    if not numbers or any(number not in (1, 2, 3, 4, 5) for number in numbers):
        raise DataError(f"label {key!r}: `{name}` must give {', '.join(SCORES)}, each 1-5")
    return [int(number) for number in numbers]


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Rows of a `.jsonl` or `.jsonl.gz` file.

    Raises
    ------
    DataError
        The file cannot be read, or a line is not a JSON object.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            rows = [json.loads(line) for line in file if line.strip()]
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"cannot read {str(path)!r}: {error}") from error
    if not all(isinstance(row, dict) for row in rows):
        raise DataError(f"cannot read {str(path)!r}: a line is not a JSON object")
    return rows


def train_judge(
    data: Labelled, out: Path, *, seed: int = 0, unseen: Path | None = None
) -> dict[str, Any]:
    """Train and write `judge.npz` and `judge.json`.

    Parameters
    ----------
    data
        At least 50 cards of 10 authors.
    out
        Folder for the two files.
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
    _sklearn("utils")
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return limits


def _train(data: Labelled, out: Path, seed: int, kept: Path | None) -> dict[str, Any]:
    x = matrix(data.cards)
    copies = copy_limitations(data.cards, seed=seed)
    origin = np.array([copy.origin for copy in copies], dtype=np.int64)
    extra = Extra(
        matrix([copy.card for copy in copies]), origin, copied_labels(data.labels[origin])
    )
    unseen = predict_unseen(x, data.labels, data.authors, extra, seed=seed)
    targets = range(len(SCORES))
    cuts = np.stack([cut_points(data.first[:, j], unseen[:, j]) for j in targets])
    whole = whole_numbers(unseen, cuts)
    errors = np.stack([error_bounds(data.first[:, j], unseen[:, j], whole[:, j]) for j in targets])
    model = fit(x, data.labels, extra, seed)
    about = {
        "version": VERSION,
        "rubric": DEFAULT_RUBRIC,
        "seed": seed,
        "cards": len(data.cards),
        "authors": len(set(data.authors)),
        "data_sha256": data.sha256,
        "settings": _SETTINGS,
        "share": model.share,
        "depth": model.forest.depth,
        "agreement": measure(data, unseen),
        "features": list(NAMES),
    }
    _write(out, model, cuts, errors, about)
    if kept is not None:
        from cardiogram.judge.unseen import write_unseen

        write_unseen(kept, data, unseen, str(about["version"]), DEFAULT_RUBRIC)
    return about


def predict_unseen(
    x: NDArray[np.float32],
    labels: NDArray[np.float64],
    authors: NDArray[np.str_],
    extra: Extra,
    *,
    seed: int,
) -> NDArray[np.float64]:
    """Expected values for each card from a model that saw no card of its author."""
    folds = _sklearn("model_selection").GroupKFold(FOLDS, shuffle=True, random_state=seed)
    unseen = np.zeros_like(labels)
    for train, test in folds.split(x, groups=authors):
        model = fit(x[train], labels[train], extra.of(train), seed)
        unseen[test] = model.predict(x[test])
    return unseen


def copied_labels(labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """What cards with copied limitations should be rated, shape (copies, 9).

    They are worth something to a reader of that criterion, and next to nothing overall.
    """
    rated: NDArray[np.float64] = labels.copy()
    place = SCORES.index("limitations")
    rated[:, place] = np.maximum(rated[:, place], 2.5)
    rated[:, 0] = np.minimum(5.0, rated[:, 0] + 0.1)
    return rated


@dataclass(frozen=True, slots=True)
class Extra:
    """Tampered copies: features, the card each was made of, and what it should be rated.

    Attributes
    ----------
    x, origin, labels
        Shapes (copies, features), (copies,) and (copies, 9).
    """

    x: NDArray[np.float32]
    origin: NDArray[np.int64]
    labels: NDArray[np.float64]

    def of(self, chosen: NDArray[np.int64]) -> Extra:
        """The copies of the chosen cards, numbered as these are."""
        place = {int(old): new for new, old in enumerate(chosen)}
        kept = np.isin(self.origin, chosen)
        origin = np.array([place[int(old)] for old in self.origin[kept]], dtype=np.int64)
        return Extra(self.x[kept], origin, self.labels[kept])


def cut_points(truth: NDArray[np.int64], unseen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expected values at which the whole number steps up, so that each is as frequent as labelled.

    Means shrink towards the middle; plain rounding would hardly ever say 1 or 5.
    """
    shares = [(truth <= value).mean() for value in range(1, 5)]
    cuts: NDArray[np.float64] = np.quantile(unseen, shares)
    rising: NDArray[np.float64] = np.maximum.accumulate(np.where(np.array(shares) >= 1, 5.1, cuts))
    return rising


def whole_numbers(expected: NDArray[np.float64], cuts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers 1-5 from expected values, shape (cards, 9)."""
    steps: NDArray[np.int64] = (expected[:, :, None] > cuts[None]).sum(axis=2)
    return steps + 1


def error_bounds(
    truth: NDArray[np.int64], unseen: NDArray[np.float64], whole: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Conformal bounds of (label - expected) for each whole number predicted, shape (5, 2).

    A number with fewer than 40 cards borrows its neighbours' cards until there are enough.

    References
    ----------
    Vovk, Gammerman, Shafer (2005), Algorithmic Learning in a Random World, section 4.5
    (Mondrian conformal prediction).
    """
    errors = truth - unseen
    rows = []
    for value in range(1, 6):
        reach = 0
        while (near := np.abs(whole - value) <= reach).sum() < min(_MIN_BIN, len(errors)):
            reach += 1
        pool = errors[near]
        high = min(1.0, np.ceil((len(pool) + 1) * (1 + LEVEL) / 2) / len(pool))
        low, up = np.quantile(pool, [1 - high, high])
        rows.append([min(low, 0.0), max(up, 0.0)])  # the expected value itself is always inside
    return np.array(rows)


def fit(x: NDArray[np.float32], labels: NDArray[np.float64], extra: Extra, seed: int) -> Model:
    """Fit trees and line to labels, shape (cards, 9), and to tampered copies of the cards."""
    regressor = _sklearn("ensemble").HistGradientBoostingRegressor
    weights = np.r_[np.ones(len(x)), np.full(len(extra.x), TAMPERED_WEIGHT)]
    x, labels = np.vstack([x, extra.x]), np.vstack([labels, extra.labels])
    trees = [
        regressor(**_SETTINGS, random_state=seed).fit(x, labels[:, j], sample_weight=weights)
        for j in range(labels.shape[1])
    ]
    return Model(_flatten(trees), _fit_line(x, labels, weights))


def _fit_line(
    x: NDArray[np.float32], labels: NDArray[np.float64], weights: NDArray[np.float64]
) -> Line:
    """Ridge regression on standardised features, written back to plain ones."""
    wide = x.astype(np.float64)
    middle, spread = wide.mean(axis=0), wide.std(axis=0)
    spread[spread == 0] = 1.0
    ridge = _sklearn("linear_model").RidgeCV(_RIDGE_ALPHAS, alpha_per_target=True)
    ridge.fit((wide - middle) / spread, labels, sample_weight=weights)
    weight = (ridge.coef_ / spread).T
    base = ridge.intercept_ - middle @ weight
    return Line(
        np.rint(wide.min(axis=0) * GRAIN).astype(np.int64),
        np.rint(wide.max(axis=0) * GRAIN).astype(np.int64),
        np.rint(weight * UNIT).astype(np.int64),
        np.rint(base * UNIT * GRAIN).astype(np.int64),
    )


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


def measure(data: Labelled, unseen: NDArray[np.float64]) -> dict[str, Any]:
    """Agreement with the first pass of the labels, on cards whose author was not seen.

    Cut points and intervals are taken from the other authors' cards too, so that no card helps
    to judge itself.
    """
    whole, bounds = honest(data, unseen)
    kinds = [kinds_of(card, count_facts(card)) for card in data.cards]
    places: dict[str, list[int]] = {
        name: [i for i, found in enumerate(kinds) if name in found] for name in KINDS
    }
    places |= {
        length_name(span): [i for i, c in enumerate(data.cards) if length_of(c) == span]
        for span in LENGTHS
    }

    def agreement(number: int, chosen: Sequence[int]) -> dict[str, Any]:
        found = measure_agreement(
            data.first[chosen, number],
            whole[chosen, number],
            unseen[chosen, number],
            data.authors[chosen],
            bounds=bounds[chosen, number],
        )
        return {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in asdict(found).items()
        }

    everyone = range(len(data.cards))
    return {
        "method": f"{FOLDS} folds grouped by author; labels of a language model, no human gold",
        "scores": {name: agreement(j, everyone) for j, name in enumerate(SCORES)},
        "strata": {name: agreement(0, chosen) for name, chosen in places.items() if chosen},
    }


def honest(
    data: Labelled, unseen: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Whole numbers and intervals of each card from the other folds' cards.

    Returns
    -------
    whole, bounds
        Shapes (cards, 9) and (cards, 9, 2).
    """
    whole = np.zeros_like(data.first)
    bounds = np.zeros((*unseen.shape, 2))
    folds = _sklearn("model_selection").GroupKFold(FOLDS, shuffle=True, random_state=1)
    for train, test in folds.split(unseen, groups=data.authors):
        for j in range(unseen.shape[1]):
            cuts = cut_points(data.first[train, j], unseen[train, j])[None]
            near = whole_numbers(unseen[train, j : j + 1], cuts)[:, 0]
            errors = error_bounds(data.first[train, j], unseen[train, j], near)
            whole[test, j] = whole_numbers(unseen[test, j : j + 1], cuts)[:, 0]
            bounds[test, j] = unseen[test, j : j + 1] + errors[whole[test, j] - 1]
    return whole, bounds


def _write(
    out: Path,
    model: Model,
    cuts: NDArray[np.float64],
    errors: NDArray[np.float64],
    about: dict[str, Any],
) -> None:
    """Write the two files; the version names the weights, so that no rating outlives them."""
    trees = {name: getattr(model.forest, name) for name in TREE_ARRAYS}
    line = {f"line_{name}": getattr(model.line, name) for name in LINE_ARRAYS}
    arrays = {"cuts": cuts, "errors": errors, **trees, **line}
    digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays.values())).hexdigest()
    about["version"] = f"{VERSION}+{digest[:8]}"
    sink = BytesIO()
    np.savez_compressed(sink, allow_pickle=False, **arrays)
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
