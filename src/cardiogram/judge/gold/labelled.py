"""Labelled cards with their texts, and rated copies of them: what a judge learns from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import index
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards import Card, parse_card
from cardiogram.errors import DataError
from cardiogram.judge.gold.readings import Row, read_jsonl
from cardiogram.names import SCORES
from cardiogram.text import decode, sha256

PARTIAL = "partial"
"""Kind of the copies whose labels say which lines are gone."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of labelled cards that were changed, and what the copies were rated.

    Whole cards differ in many things at once; a card and a copy without its evaluation differ in
    one, so that a judge learns what each part is worth.

    Attributes
    ----------
    origin
        Number of the card that each copy was made of, shape (copies,).
    labels
        Shape (copies, 9), in the order of SCORES.
    kinds
        What was done, by the words of the file; PARTIAL for those without lines.
    changes
        "removed" or "added", shape (copies,).
    criteria
        The criterion that the change was about; empty where it was about several.
    """

    cards: list[Card] = field(default_factory=list)
    origin: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    labels: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, len(SCORES))))
    kinds: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    criteria: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LabelledCards:
    """Cards with the ratings of another judge.

    Attributes
    ----------
    labels
        Mean of the label's passes, shape (cards, 9), in the order of SCORES.
    first
        Whole numbers of the first pass, shape (cards, 9).
    sets
        Labels file of each card, without its ending.
    corrected
        Whether a later reading took the place of the label's, shape (cards,).
    """

    cards: list[Card]
    labels: NDArray[np.float64]
    first: NDArray[np.int64]
    sets: list[str]
    corrected: NDArray[np.bool_]
    sha256: str
    copies: Copies = field(default_factory=Copies)

    @property
    def authors(self) -> NDArray[np.str_]:
        """Owner of each card."""
        return np.array([card.id.partition("/")[0] for card in self.cards])

    @property
    def groups(self) -> NDArray[np.int64]:
        """Cards that share an author or a text, over any number of steps: the unit of the folds."""
        above = list(range(len(self.cards)))

        def top(number: int) -> int:
            while above[number] != number:
                number = above[number]
            return number

        known: dict[tuple[str, str], int] = {}
        for number, (card, author) in enumerate(zip(self.cards, self.authors, strict=True)):
            for mark in (("author", str(author)), ("text", " ".join(card.text.split()))):
                above[top(known.setdefault(mark, number))] = top(number)
        return np.array([top(number) for number in range(len(above))])


def read_labelled(
    labels: Sequence[Path],
    cards: Sequence[Path],
    *,
    partial: Path | None = None,
    changed: Path | None = None,
    corrected: Path | None = None,
) -> LabelledCards:
    """Join labels files to their cards by `key` or, without one, by `id`.

    Parameters
    ----------
    partial
        Labels of the same cards without some lines (`without`, pairs of first and last) and
        without some tags (`without_tags`, their places from 0).
    changed
        Copies of the same cards (`base`) with their `text`, `labels`, `kind`, `change` and
        `criterion`.
    corrected
        Readings (`whole`) that take the place of labels.

    Raises
    ------
    DataError
        A label has no card, a card has two labels, or a line is not what it should be.
    """
    texts = {_key(row, path): row for path in cards for row in read_jsonl(path)}
    passes: dict[str, list[list[int]]] = {}
    sets = []
    for path in labels:
        for row in read_jsonl(path):
            key = _key(row, path)
            if key not in texts:
                raise DataError(f"label {key!r} has no card in {_names(cards)}")
            if key in passes:
                raise DataError(f"{key!r} has two labels in {_names(labels)}")
            passes[key] = _passes(row, key)
            sets.append(path.name.split(".")[0])
    place = {key: number for number, key in enumerate(passes)}
    better = _read_corrected(corrected, place) if corrected else {}
    passes |= better
    read = [path.read_bytes() for path in (*labels, *cards, partial, changed, corrected) if path]
    return LabelledCards(
        [_card(texts[key], key) for key in passes],
        np.array([np.mean(rated, axis=0) for rated in passes.values()], float),
        np.array([rated[0] for rated in passes.values()], int),
        sets,
        np.array([key in better for key in passes], bool),
        hashlib.sha256(b"".join(read)).hexdigest(),
        _read_copies(partial, changed, texts, place),
    )


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(repr(str(path)) for path in paths)


def _passes(row: Row, key: str) -> list[list[int]]:
    passes = [_numbers(row, name, key) for name in ("first", "second") if row.get(name)]
    if not passes:
        raise DataError(f"label {key!r} has no `first` with nine numbers")
    return passes


def _read_corrected(path: Path, place: Mapping[str, int]) -> dict[str, list[list[int]]]:
    return {
        _known(row, "key", path, place): [_numbers(row, "whole", _key(row, path))]
        for row in read_jsonl(path)
    }


def _known(row: Row, name: str, path: Path, place: Mapping[str, int]) -> str:
    """The labelled card that a row speaks of."""
    key = str(row.get(name) or row.get("id"))
    if key not in place:
        raise DataError(f"{key!r} of {str(path)!r} is none of the labelled cards")
    return key


def _read_copies(
    partial: Path | None, changed: Path | None, texts: Mapping[str, Row], place: Mapping[str, int]
) -> Copies:
    """Make the copies again that somebody rated, and read those that are given whole."""
    made: list[tuple[Card, int, list[int], str, str, str]] = []
    if partial:
        for row in read_jsonl(partial):
            key = _known(row, "key", partial, place)
            card = _card(_take_away(texts[key], row, key), key)
            made.append((card, place[key], _numbers(row, "first", key), PARTIAL, "removed", ""))
    if changed:
        for row in read_jsonl(changed):
            key = _known(row, "base", changed, place)
            card = _card({**texts[key], "text": row.get("text")}, key)
            made.append((card, place[key], _numbers(row, "labels", key), *_words(row, key)))
    if not made:
        return Copies()
    copied, origin, rated, kinds, changes, criteria = map(list, zip(*made, strict=True))
    return Copies(copied, np.array(origin), np.array(rated, float), kinds, changes, criteria)


def _words(row: Row, key: str) -> tuple[str, str, str]:
    """Kind, change and criterion of a copy."""
    kind, change, criterion = (_text(row, name) or "" for name in ("kind", "change", "criterion"))
    if change not in ("removed", "added") or criterion not in SCORES:
        raise DataError(f"copy of {key!r}: `change` is removed or added, `criterion` one of them")
    return kind or change, change, criterion


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
