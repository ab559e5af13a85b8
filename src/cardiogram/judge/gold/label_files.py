"""Files of ratings: their rows, and labelled cards with their texts."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import index
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards import Card, parse_card
from cardiogram.errors import DataError
from cardiogram.names import SCORES
from cardiogram.text import decode, sha256

Row = Mapping[str, object]
"""A row of a file, before anything in it is checked."""


@dataclass(frozen=True, slots=True)
class PartialCopies:
    """Copies of labelled cards with parts taken away, and what the copies were rated.

    Whole cards differ in many things at once; a card and a copy without its evaluation differ in
    one, so that a judge learns what each part is worth.

    Attributes
    ----------
    origin
        Number of the card that each copy was made of, shape (copies,).
    labels
        Shape (copies, 9), in the order of SCORES.
    """

    cards: list[Card] = field(default_factory=list)
    origin: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    labels: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, len(SCORES))))


@dataclass(frozen=True, slots=True)
class LabelledCards:
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
    partial: PartialCopies = field(default_factory=PartialCopies)

    @property
    def authors(self) -> NDArray[np.str_]:
        """Owner of each card, the unit of the folds."""
        return np.array([card.id.partition("/")[0] for card in self.cards])


def read_labelled(labels: Path, cards: Path, partial: Path | None = None) -> LabelledCards:
    """Join a labels file to its cards by `key` or, without one, by `id`.

    Parameters
    ----------
    partial
        Labels of the same cards without some lines (`without`, pairs of first and last) and
        without some tags (`without_tags`, their places from 0).

    Raises
    ------
    DataError
        A label has no card, or a line is not what it should be.
    """
    texts = {_key(row, cards): row for row in read_jsonl(cards)}
    labelled: list[Card] = []
    means, first = [], []
    place: dict[str, int] = {}
    for row in read_jsonl(labels):
        key = _key(row, labels)
        if key not in texts:
            raise DataError(f"label {key!r} has no card in {str(cards)!r}")
        place[key] = len(labelled)
        labelled.append(_card(texts[key], key))
        passes = [_numbers(row, name, key) for name in ("first", "second") if row.get(name)]
        if not passes:
            raise DataError(f"label {key!r} has no `first` with nine numbers")
        first.append(passes[0])
        means.append(np.mean(passes, axis=0))
    read = [path.read_bytes() for path in (labels, cards, partial) if path]
    digest = hashlib.sha256(b"".join(read)).hexdigest()
    copies = _read_partial(partial, texts, place) if partial else PartialCopies()
    return LabelledCards(labelled, np.array(means, float), np.array(first, int), digest, copies)


def _read_partial(path: Path, texts: Mapping[str, Row], place: Mapping[str, int]) -> PartialCopies:
    """Make the copies again that somebody rated."""
    made, origin, labels = [], [], []
    for row in read_jsonl(path):
        key = _key(row, path)
        if key not in place:
            raise DataError(f"{key!r} of {str(path)!r} is none of the labelled cards")
        made.append(_card(_take_away(texts[key], row, key), key))
        origin.append(place[key])
        labels.append(_numbers(row, "first", key))
    rated = np.array(labels, float).reshape(-1, len(SCORES))
    return PartialCopies(made, np.array(origin, np.int64), rated)


def _take_away(card: Row, row: Row, key: str) -> Row:
    """A row of a card without the lines and tags that a label says were not there.

    Raises
    ------
    DataError
        The card has another text than the one that was rated, or the label does not say what is
        gone.
    """
    text = decode(str(card.get("text"))).text
    if row.get("sha256") != sha256(text):
        raise DataError(f"label {key!r} is of another text")
    lines = text.split("\n")
    try:
        gone = {
            number
            for first, last in _items(row, "without")
            for number in range(max(first, 1), min(last, len(lines)) + 1)
        }
        less = set(map(index, _items(row, "without_tags")))
    except (TypeError, ValueError) as error:
        raise DataError(
            f"label {key!r}: `without` must be pairs of lines, `without_tags` places"
        ) from error
    kept = [line for number, line in enumerate(lines, 1) if number not in gone]
    tags = card.get("tags")
    if isinstance(tags, list):
        tags = [tag for n, tag in enumerate(tags) if n not in less]
    return {**card, "text": "\n".join(kept), "tags": tags}


def _key(row: Row, path: Path) -> str:
    key = row.get("key") or row.get("id")
    if not key:
        raise DataError(f"a row of {str(path)!r} has neither `key` nor `id`")
    return str(key)


def _card(row: Row, key: str) -> Card:
    text = row.get("text")
    if not isinstance(text, str):
        raise DataError(f"card {key!r} has no `text`")
    return parse_card(
        text,
        id=str(row.get("id") or ""),
        tags=_items(row, "tags") if isinstance(row.get("tags"), list) else (),
        pipeline_tag=_text(row, "pipeline_tag"),
        library_name=_text(row, "library_name"),
    )


def _text(row: Row, key: str) -> str | None:
    value = row.get(key)
    return value if isinstance(value, str) else None


def _items(row: Row, key: str) -> list[Any]:
    """A list of a row, empty where there is none.

    Raises
    ------
    TypeError
        It is something else.
    """
    value = row.get(key, [])
    if not isinstance(value, list):
        raise TypeError(f"{key} is no list")
    return value


def _numbers(row: Row, name: str, key: str) -> list[int]:
    """The nine whole numbers of one pass."""
    scores = row[name]
    numbers: list[Any] = [scores.get(n) for n in SCORES] if isinstance(scores, dict) else []
    if not numbers or any(number not in (1, 2, 3, 4, 5) for number in numbers):
        raise DataError(f"label {key!r}: `{name}` must give {', '.join(SCORES)}, each 1-5")
    return [int(number) for number in numbers]


def read_rows(path: Path) -> list[Row]:
    """Rows of a .parquet, .csv, .jsonl or .jsonl.gz file.

    Raises
    ------
    DataError
        It cannot be read.
    """
    try:
        if path.suffix == ".parquet":
            return _read_parquet(path)
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                return list(csv.DictReader(file, restkey=""))
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"cannot read {str(path)!r}: {error}") from error
    return read_jsonl(path)


def _read_parquet(path: Path) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows: list[Row] = pq.read_table(path).to_pylist()
    except pa.ArrowException as error:
        raise ValueError(error) from error
    return rows


def read_jsonl(path: Path) -> list[Row]:
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
