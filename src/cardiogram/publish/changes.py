"""What a new revision changes: models, cards and ratings against the one that is published."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
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
        `id`, and `card_sha256` of its card.
    ratings
        `id`, `judge` and its `overall` rating.
    """

    cards: pa.Table
    ratings: pa.Table


def read_contents(models: Iterable[bytes | Path], ratings: Iterable[bytes | Path]) -> Contents:
    """Read the compared columns from Parquet files as they are on the Hub.

    Raises
    ------
    DataError
        A file is no Parquet, or lacks a column.
    """
    return Contents(
        _read(models, ["id"], "card_sha256", pa.string()),
        _read(ratings, ["id", "judge"], "overall", pa.int32()),
    )


def _read(
    files: Iterable[bytes | Path], keys: Sequence[str], value: str, kind: pa.DataType
) -> pa.Table:
    """One row a key: where it comes last."""
    schema = pa.schema([*((name, pa.string()) for name in keys), (value, kind)])
    tables = [schema.empty_table()]
    for file in files:
        source = io.BytesIO(file) if isinstance(file, bytes) else file
        try:
            tables.append(pq.read_table(source, columns=schema.names).cast(schema))
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            raise DataError(
                f"a published table cannot be read: {str(error).splitlines()[0]}",
                hint="Publish under another name, or mend the dataset on the Hub.",
            ) from error
    groups = pa.concat_tables(tables).group_by(keys, use_threads=False)
    return groups.aggregate([(value, "last")]).rename_columns({f"{value}_last": value})


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
        models, cards_changed = _compare(before.cards, now.cards, ["id"], "card_sha256")
        _, ratings_changed = _compare(before.ratings, now.ratings, ["id", "judge"], "overall")
        counts = {
            "added": now.cards.num_rows - models,
            "removed": before.cards.num_rows - models,
            "cards_changed": cards_changed,
            "ratings_changed": ratings_changed,
        }
    rounded = None if mean is None else round(mean, 3)
    return Revision(name, now.cards.num_rows, now.ratings.num_rows, rounded, **counts)


def _compare(before: pa.Table, now: pa.Table, keys: list[str], value: str) -> tuple[int, int]:
    """Rows that both have, and those of them with another value."""
    both = before.join(now, keys, join_type="inner", right_suffix=" now")
    was, is_now = both[value], both[f"{value} now"]
    same = pc.or_(
        pc.fill_null(pc.equal(was, is_now), False), pc.and_(pc.is_null(was), pc.is_null(is_now))
    )
    return both.num_rows, both.num_rows - int(pc.sum(same).as_py() or 0)


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
