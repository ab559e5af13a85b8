"""What a ledger keeps of counters: its own snapshots, and what other sources had."""

from __future__ import annotations

import json
import logging
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from cardiogram import store
from cardiogram.errors import DamagedFile
from cardiogram.text import sha256
from cardiogram.track.ledger import ModelLedger
from cardiogram.track.series.day_facts import DayFacts
from cardiogram.track.series.source_readings import Measure, SourceReadings

_LOG = logging.getLogger("cardiogram")


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


def read_all(
    ledger: ModelLedger, columns: Sequence[str] = store.SNAPSHOTS.names
) -> list[SourceReadings]:
    """Read all that a ledger, or a study, keeps of counters.

    Parameters
    ----------
    columns
        Those wanted.

    Returns
    -------
    list of SourceReadings
        A source of which a file is damaged is left out and named: of one that has a row only where
        a counter moved, what is lost would pass for days without downloads.
    """
    own = ledger.readings(columns)
    readings = [SourceReadings("", own)] if own.num_rows else []
    for path in sorted((ledger.root / "backfill").glob("*/*.json")):
        note = read_note(path)
        table = ledger.backfill(path.parent.name)
        empty = store.SNAPSHOTS.empty_table().select(list(columns))
        try:
            parts = [empty, *_shards(note, table, columns)]
        except DamagedFile as error:
            _LOG.warning("left out: %s; again: %s", error.message, error.hint)
            continue
        readings.append(SourceReadings(note.kind, pa.concat_tables(parts), note.measure, note.days))
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


def _shards(note: StoredSource, table: store.Table, columns: Sequence[str]) -> Iterator[pa.Table]:
    for name, hashed in note.shards.items():
        path = table.folder / name
        again = f"cardiogram track backfill {note.kind} {shlex.quote(note.path)}"
        again += " --mapping FILE" if note.kind == "mapping" else ""
        again += f" --ledger {shlex.quote(str(table.folder.parents[1]))}"
        if not path.is_file() or sha256(path.read_bytes()) != hashed:
            raise DamagedFile(f"{str(path)!r} is not as it was written", hint=again, path=path)
        yield table.read(columns, name)
