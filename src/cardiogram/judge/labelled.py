"""Cards with ratings by another judge or by people, read from JSON lines."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.card import Card, parse_card
from cardiogram.errors import DataError
from cardiogram.store import SCORES


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
