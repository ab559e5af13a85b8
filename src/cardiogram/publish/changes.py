"""What a new revision changes: models, cards and ratings against the one that is published."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

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
class HashedRows:
    """Rows by their keys, in 16 bytes each; hashes are of this process.

    Attributes
    ----------
    keys, values
        Shape (n,) each, int64; a key once.
    """

    keys: NDArray[np.int64]
    values: NDArray[np.int64]

    @classmethod
    def of(cls, keys: Iterable[Hashable], values: Iterable[Hashable]) -> HashedRows:
        """Hash them; of rows with the same key the last counts."""
        by_key, by_value = (np.fromiter(map(hash, every), np.int64) for every in (keys, values))
        known, last = np.unique(by_key[::-1], return_index=True)
        return cls(known, by_value[::-1][last])

    @classmethod
    def join(cls, parts: Sequence[HashedRows]) -> HashedRows:
        """Several as one."""
        nothing = np.empty(0, np.int64)
        keys = np.concatenate([nothing, *(part.keys for part in parts)])
        values = np.concatenate([nothing, *(part.values for part in parts)])
        known, last = np.unique(keys[::-1], return_index=True)
        return cls(known, values[::-1][last])

    def compare(self, before: HashedRows) -> tuple[int, int]:
        """Rows that both have, and those of them with another value."""
        _, was, is_now = np.intersect1d(
            before.keys, self.keys, assume_unique=True, return_indices=True
        )
        return len(was), int((before.values[was] != self.values[is_now]).sum())


@dataclass(frozen=True, slots=True)
class Contents:
    """What is compared between two revisions.

    Attributes
    ----------
    cards
        The hash of its card by model.
    ratings
        The overall rating by model and judge.
    """

    cards: HashedRows
    ratings: HashedRows


def read_contents(models: Iterable[bytes | Path], ratings: Iterable[bytes | Path]) -> Contents:
    """Read the compared columns from Parquet files as they are on the Hub.

    Raises
    ------
    DataError
        A file is no Parquet, or lacks a column.
    """
    return Contents(
        HashedRows.join([_read(file, ["id"], "card_sha256") for file in models]),
        HashedRows.join([_read(file, ["id", "judge"], "overall") for file in ratings]),
    )


def _read(file: bytes | Path, keys: Sequence[str], value: str) -> HashedRows:
    source = io.BytesIO(file) if isinstance(file, bytes) else file
    try:
        with pq.ParquetFile(source) as opened:
            table = opened.read([*keys, value])
        columns = (table[name].to_pylist() for name in keys)
        return HashedRows.of(zip(*columns, strict=True), table[value].to_pylist())
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
        models, cards_changed = now.cards.compare(before.cards)
        _, ratings_changed = now.ratings.compare(before.ratings)
        counts = {
            "added": len(now.cards.keys) - models,
            "removed": len(before.cards.keys) - models,
            "cards_changed": cards_changed,
            "ratings_changed": ratings_changed,
        }
    rounded = None if mean is None else round(mean, 3)
    return Revision(name, len(now.cards.keys), len(now.ratings.keys), rounded, **counts)


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
