"""What a new revision changes: models, cards and ratings against the one that is published."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cardiogram.errors import DataError

HISTORY = "revisions.json"
"""File of the dataset that keeps what each revision held and changed."""

_NAME = re.compile(r"\d{4}-\d{2}-\d{2}(?:\.\d{1,4})?", re.ASCII)
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision in numbers; what changed is None in the first one.

    Attributes
    ----------
    name
        The day it was published, with a number where the day has several: its tag.
    mean
        Mean overall rating of the first judge.
    """

    name: str
    models: int
    ratings: int
    mean: float | None = None
    added: int | None = None
    removed: int | None = None
    cards_changed: int | None = None
    ratings_changed: int | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What is compared between two revisions.

    Attributes
    ----------
    cards
        Model to the hash of its card.
    ratings
        Model and judge to judge version and overall rating.
    """

    cards: Mapping[str, str | None]
    ratings: Mapping[tuple[str, str], tuple[str, int | None]]


def read_contents(models: Iterable[bytes], ratings: Iterable[bytes]) -> Contents:
    """Read the compared columns from Parquet files as they are on the Hub.

    Raises
    ------
    DataError
        A file is no Parquet, or lacks a column.
    """
    cards: dict[str, str | None] = {}
    for row in _rows(models, ("id", "card_sha256")):
        cards[row["id"]] = row["card_sha256"]
    rated: dict[tuple[str, str], tuple[str, int | None]] = {}
    for row in _rows(ratings, ("id", "judge", "judge_version", "overall")):
        rated[row["id"], row["judge"]] = (row["judge_version"], row["overall"])
    return Contents(cards, rated)


def _rows(files: Iterable[bytes], columns: Sequence[str]) -> Iterable[dict[str, Any]]:
    for data in files:
        try:
            yield from pq.read_table(io.BytesIO(data), columns=list(columns)).to_pylist()
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            raise DataError(
                f"a published table cannot be read: {str(error).splitlines()[0]}",
                hint="Publish under another name, or mend the dataset on the Hub.",
            ) from error


def name_revision(day: str, taken: Iterable[str]) -> str:
    """The day, or the day and a number where it is taken.

    Examples
    --------
    >>> name_revision("2026-11-25", ["2026-11-25"])
    '2026-11-25.2'
    """
    known = set(taken)
    candidates = (day, *(f"{day}.{number}" for number in range(2, _MOST)))
    return next(name for name in candidates if name not in known)


def compare(before: Contents | None, now: Contents, name: str, mean: float | None) -> Revision:
    """A revision, with what it changes against the one before."""
    counts: dict[str, int] = {}
    if before is not None:
        common = before.cards.keys() & now.cards.keys()
        rated = before.ratings.keys() & now.ratings.keys()
        counts = {
            "added": len(now.cards.keys() - before.cards.keys()),
            "removed": len(before.cards.keys() - now.cards.keys()),
            "cards_changed": sum(before.cards[key] != now.cards[key] for key in common),
            "ratings_changed": sum(before.ratings[key][1] != now.ratings[key][1] for key in rated),
        }
    rounded = None if mean is None else round(mean, 3)
    return Revision(name, len(now.cards), len(now.ratings), rounded, **counts)


def read_history(data: bytes) -> tuple[tuple[Revision, ...], str]:
    """Revisions of a published dataset, oldest first, and the hash of its card as it was sent.

    What is not as this package writes it is left out: the file could have been edited.
    """
    try:
        history = json.loads(data)
        entries, card = history["revisions"], str(history["readme_sha256"])
        revisions = [_revision(entry) for entry in entries]
    except (ValueError, KeyError, TypeError, RecursionError):
        return (), ""
    return tuple(revision for revision in revisions if revision is not None), card


def _revision(entry: Mapping[str, Any]) -> Revision | None:
    known: dict[str, Any] = {field.name: entry.get(field.name) for field in fields(Revision)}
    name, mean = known.pop("name"), known.pop("mean")
    whole = all(value is None or type(value) is int for value in known.values())
    good = isinstance(name, str) and _NAME.fullmatch(name) is not None and whole
    if not good or known["models"] is None or known["ratings"] is None:
        return None
    return Revision(name, mean=mean if isinstance(mean, float) else None, **known)


def write_history(revisions: Sequence[Revision], readme_sha256: str) -> bytes:
    """The same as a file."""
    body = {
        "format": 1,
        "readme_sha256": readme_sha256,
        "revisions": [asdict(revision) for revision in revisions],
    }
    return (json.dumps(body, indent=2) + "\n").encode()
