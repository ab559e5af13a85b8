"""What another source has of the models of a ledger, taken into it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from cardiogram import store
from cardiogram.errors import DataError
from cardiogram.progress import Progress, silent
from cardiogram.text import sha256
from cardiogram.track.ledger import ModelLedger
from cardiogram.track.series import (
    DayFacts,
    RenameCandidate,
    StoredSource,
    find_renames,
    read_series,
)
from cardiogram.track.sources.asked_models import AskedModels
from cardiogram.track.sources.column_mapping import ColumnMapping
from cardiogram.track.sources.columns import shift_days
from cardiogram.track.sources.day_counter import DayCounter
from cardiogram.track.sources.source_batches import read_batches
from cardiogram.track.sources.source_kinds import SourceFile, SourceFiles, SourceKind, find_source

_SHARD_ROWS = 250_000
_NEW = ".new"  # what a shard's name ends in until all of the source is read


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What was taken from a source.

    Attributes
    ----------
    models
        Of those asked for, how many it has.
    missing
        Ids asked for of which it has nothing.
    rows, rows_read
        Taken, and read.
    holes
        Days between the first and the last of which it has no row.
    stood_still, rolled_back, partial
        Days on which the Hub's counters did so, and days of which it has a part of the models.
    absent
        Columns that files lack, and how many do.
    problems
        What could not be read, in words.
    candidates
        Models that may be the same under another name: no source says so by the Hub's id.
    """

    kind: SourceKind
    path: str
    models: int
    missing: tuple[str, ...]
    files: int
    rows: int
    rows_read: int
    first_day: date | None
    last_day: date | None
    days: int
    holes: tuple[date, ...]
    stood_still: tuple[date, ...]
    rolled_back: tuple[date, ...]
    partial: tuple[date, ...]
    absent: Mapping[str, int] = field(default_factory=dict)
    problems: Mapping[str, int] = field(default_factory=dict)
    candidates: tuple[RenameCandidate, ...] = ()


def backfill(
    ledger: ModelLedger,
    kind: SourceKind,
    path: Path,
    *,
    mapping: ColumnMapping | None = None,
    on_progress: Progress = silent,
) -> Backfilled:
    """Take what a source has of the watched models into a ledger.

    The source is read once from beginning to end, a batch of rows at a time. What was taken from
    the same path before is replaced when all of it is read.

    Parameters
    ----------
    path
        A file, or the folder that the publisher's files were downloaded to.
    mapping
        Columns, where they are not those of the kind.

    Raises
    ------
    DataError
        A file cannot be read or lacks a column, nothing is there of these models, or none is
        watched.
    StudyBusy
        Another process works on the folder.
    """
    with ledger.lock():
        models = AskedModels.of(ledger)
        if not models.hub_ids:
            raise DataError(
                f"nobody is watched in {str(ledger.root)!r}",
                hint=f"cardiogram track add OWNER/NAME --ledger {ledger.root}",
            )
        return _take_all(ledger, kind, path, models, mapping, on_progress)


def _take_all(
    ledger: ModelLedger,
    kind: SourceKind,
    path: Path,
    models: AskedModels,
    mapping: ColumnMapping | None,
    on_progress: Progress,
) -> Backfilled:
    source = find_source(kind, path, mapping)
    taken = _Taken(ledger.backfill(kind), kind, path, source)
    models = models.joined(source)
    for file in source.counts:
        absent = set(source.mapping.columns) - {"day", "repo_type"}
        for batch in read_batches(file, source.mapping, taken.problems):
            absent -= set(batch.column_names)
            taken.take(batch, models)
            on_progress("backfill", taken.rows_read, None)
        taken.absent.update(absent)
    if not taken.rows:
        raise DataError(
            f"nothing of the {len(models.hub_ids)} models of the ledger in {str(path)!r}, "
            f"which has {taken.rows_read} rows",
            hint="Of a source with the Hub's ids alone, models are known after one track snapshot.",
        )
    facts = taken.counter.facts()
    _take_listing(taken, models, facts[-1].day)
    taken.finish(facts)
    return _summary(taken, models, facts, find_renames(read_series(ledger.root)))


def _summary(
    taken: _Taken,
    models: AskedModels,
    facts: Sequence[DayFacts],
    candidates: tuple[RenameCandidate, ...],
) -> Backfilled:
    days = [fact.day for fact in facts]
    span = (days[-1] - days[0]).days if days else 0
    every = {days[0] + timedelta(number) for number in range(span)} if days else set()
    moves = taken.source.mapping.measure == "steps"
    missing = [
        name for name, hub_id in models.hub_ids.items() if taken.present.isdisjoint({name, hub_id})
    ]
    return Backfilled(
        kind=taken.kind,
        path=str(taken.path),
        models=len(models.hub_ids) - len(missing),
        missing=tuple(missing),
        files=len(taken.source.counts),
        rows=taken.rows,
        rows_read=taken.rows_read,
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        days=len(days),
        holes=tuple(sorted(every - set(days))),
        stood_still=tuple(f.day for f in facts if f.stood_still or (f.partial and moves)),
        rolled_back=tuple(f.day for f in facts if f.rolled_back),
        partial=tuple(f.day for f in facts if f.partial and not moves),
        absent=dict(taken.absent),
        problems={words: count for words, count in taken.problems.items() if count},
        candidates=candidates,
    )


class _Taken:
    """What is being taken from a source: shards under new names, until all of it is read."""

    def __init__(
        self, table: store.Table, kind: SourceKind, path: Path, source: SourceFiles
    ) -> None:
        self.kind, self.path, self.source = kind, path.resolve(), source
        self.table = table
        stem = sha256(str(self.path).encode())[:12]
        self.note_path = self.table.folder / f"{stem}.json"
        self.shards: dict[str, str] = {}
        self.counter = DayCounter(source.mapping.measure)
        self.problems: Counter[str] = Counter()
        self.absent: Counter[str] = Counter()
        self.present: set[str] = set()
        self.rows_read = self.rows = 0
        self._waiting: list[pa.Table] = []
        for left in self.table.folder.glob(f"{stem}-*{_NEW}"):  # by a run that was stopped
            left.unlink()

    def take(self, batch: pa.Table, models: AskedModels) -> None:
        """Count a batch, and keep the rows of the models."""
        self.counter.add(batch)
        self.rows_read += batch.num_rows
        ours = models.among(batch)
        if ours.num_rows:
            self.keep(ours)
            self.rows += ours.num_rows

    def keep(self, ours: pa.Table) -> None:
        """Keep rows; enough of them make a shard."""
        for name in ("id", "hub_id"):
            if name in ours.column_names:
                self.present.update(ours[name].unique().to_pylist())
        self._waiting.append(self._stored(ours))
        if sum(part.num_rows for part in self._waiting) >= _SHARD_ROWS:
            self._write()

    def _stored(self, rows: pa.Table) -> pa.Table:
        """Rows with all columns of a ledger; `day` becomes that on which it happened."""
        if self.source.mapping.measure != "levels":
            place = rows.column_names.index("day")
            rows = rows.set_column(place, "day", shift_days(rows["day"], -1))
        columns = []
        for column in store.SNAPSHOTS:
            if column.name == "source":
                columns.append(pa.repeat(self.kind, rows.num_rows))
            elif column.name in rows.column_names:
                columns.append(rows[column.name].cast(column.type))
            else:
                columns.append(pa.nulls(rows.num_rows, column.type))
        return pa.table(columns, schema=store.SNAPSHOTS)

    def _write(self) -> None:
        rows = pa.concat_tables(self._waiting)
        data = self.table.encode(rows)
        name = f"{self.note_path.stem}-{sha256(data)[:12]}.parquet"
        store.write_atomically(self.table.folder / f"{name}{_NEW}", data)
        self.shards[name] = sha256(data)
        self._waiting = []

    def finish(self, facts: tuple[DayFacts, ...]) -> None:
        """Write the note that makes the shards count, and remove those that it replaces."""
        if self._waiting:
            self._write()
        for name in self.shards:
            (self.table.folder / f"{name}{_NEW}").replace(self.table.folder / name)
        note = StoredSource(
            self.kind, str(self.path), self.source.mapping.measure, self.shards, facts
        )
        data = json.dumps(store.to_json(note), separators=(",", ":")).encode()
        store.write_atomically(self.note_path, data)
        for shard in self.table.shards(f"{self.note_path.stem}-"):
            if shard.name not in self.shards:
                shard.unlink()


def _take_listing(taken: _Taken, models: AskedModels, last: date) -> None:
    """Keep what a file of today's models says of them, as of the last day."""
    source = taken.source
    if source.listing is not None and source.listed is not None:
        for batch in read_batches(SourceFile(source.listing, last), source.listed, Counter()):
            ours = models.among(batch)
            if ours.num_rows:
                taken.keep(ours)
