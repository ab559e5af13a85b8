"""What a ledger keeps of counters: its own snapshots, and what other sources had."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from cardiogram import store
from cardiogram.errors import DamagedFile, DataError
from cardiogram.track.series.day_facts import DayFacts
from cardiogram.track.series.source_readings import Measure, SourceReadings

BACKFILL = "backfill"


@dataclass(frozen=True, slots=True)
class StoredSource:
    """What was taken from a source into a ledger: the file beside its shards.

    Attributes
    ----------
    kind, path
        What it is and where it was.
    shards
        The sha256 of each by its name.
    days
        Facts of its days, counted over the whole source.
    """

    kind: str
    path: str
    measure: Measure
    shards: dict[str, str]
    days: tuple[DayFacts, ...] = ()


def backfill_table(root: Path, kind: str) -> store.Table:
    """The table of a ledger that holds what sources of a kind had."""
    later = store.ADDED_LATER["snapshots"]
    return store.Table(root / BACKFILL / kind, store.SNAPSHOTS, later)


def read_stored(root: Path) -> list[SourceReadings]:
    """Read all that a ledger, or a study, keeps of counters.

    Raises
    ------
    DataError
        There is nothing, or a file is damaged.
    """
    own = _own(root)
    readings = [SourceReadings("", own)] if own.num_rows else []
    for path in sorted((root / BACKFILL).glob("*/*.json")):
        readings.append(_read_source(path))
    if not readings:
        raise DataError(
            f"no counts of any day in {str(root)!r}",
            hint="cardiogram track snapshot --help; cardiogram track backfill --help",
        )
    return readings


def read_note(path: Path) -> StoredSource:
    """Read the file beside a source's shards.

    Raises
    ------
    DataError
        It is no such file.
    """
    try:
        raw = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise store.read_error(path, error) from error
    return store.from_json(StoredSource, raw, str(path))


def _own(root: Path) -> pa.Table:
    """Own snapshots; a shard of an older form says its day in its name."""
    table = store.Table(root / "snapshots", store.SNAPSHOTS, store.ADDED_LATER["snapshots"])
    parts = [store.SNAPSHOTS.empty_table()]
    for path in table.shards():
        part = table.read(prefix=path.name)
        day = pa.scalar(date.fromisoformat(path.stem), pa.date32())
        days = pc.fill_null(part["day"], day)
        parts.append(part.set_column(part.schema.get_field_index("day"), "day", days))
    return pa.concat_tables(parts)


def _read_source(path: Path) -> SourceReadings:
    note = read_note(path)
    table = backfill_table(path.parents[2], path.parent.name)
    parts = [store.SNAPSHOTS.empty_table(), *_shards(note, table)]
    return SourceReadings(note.kind, pa.concat_tables(parts), note.measure, note.days)


def _shards(note: StoredSource, table: store.Table) -> Iterator[pa.Table]:
    for name, sha256 in note.shards.items():
        path = table.folder / name
        again = f"cardiogram track backfill {note.kind} {note.path}"
        if not path.is_file() or file_hash(path) != sha256:
            raise DamagedFile(f"{str(path)!r} is not as it was written", hint=again, path=path)
        yield table.read(prefix=name)


def file_hash(path: Path) -> str:
    """The sha256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
