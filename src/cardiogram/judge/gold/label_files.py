"""Cards with ratings by another judge or by people, read from JSON lines."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Partial:
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
    partial: Partial = field(default_factory=Partial)

    @property
    def authors(self) -> NDArray[np.str_]:
        """Owner of each card, the unit of the folds."""
        return np.array([card.id.partition("/")[0] for card in self.cards])


def read_labelled(labels: Path, cards: Path, partial: Path | None = None) -> Labelled:
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
    found: list[Card] = []
    means, first = [], []
    place: dict[str, int] = {}
    for row in read_jsonl(labels):
        key = _key(row, labels)
        if key not in texts:
            raise DataError(f"label {key!r} has no card in {str(cards)!r}")
        place[key] = len(found)
        found.append(_card(texts[key], key))
        passes = [_numbers(row, name, key) for name in ("first", "second") if row.get(name)]
        if not passes:
            raise DataError(f"label {key!r} has no `first` with nine numbers")
        first.append(passes[0])
        means.append(np.mean(passes, axis=0))
    read = [path.read_bytes() for path in (labels, cards, partial) if path]
    digest = hashlib.sha256(b"".join(read)).hexdigest()
    copies = _read_partial(partial, texts, place) if partial else Partial()
    return Labelled(found, np.array(means, float), np.array(first, int), digest, copies)


def _read_partial(
    path: Path, texts: Mapping[str, Mapping[str, Any]], place: Mapping[str, int]
) -> Partial:
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
    return Partial(made, np.array(origin, np.int64), rated)


def _take_away(card: Mapping[str, Any], row: Mapping[str, Any], key: str) -> dict[str, Any]:
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
            for first, last in row.get("without", ())
            for number in range(max(first, 1), min(last, len(lines)) + 1)
        }
        less = set(map(index, row.get("without_tags", ())))
    except (TypeError, ValueError) as error:
        raise DataError(
            f"label {key!r}: `without` must be pairs of lines, `without_tags` places"
        ) from error
    kept = [line for number, line in enumerate(lines, 1) if number not in gone]
    tags = card.get("tags")
    if isinstance(tags, list):
        tags = [tag for n, tag in enumerate(tags) if n not in less]
    return {**card, "text": "\n".join(kept), "tags": tags}


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
