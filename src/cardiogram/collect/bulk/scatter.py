"""The first half: row groups of dumps become files in `incoming/`, by bucket."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cardiogram.collect.bulk.arrow_values import MOMENT
from cardiogram.collect.bulk.dump_files import DumpFile
from cardiogram.collect.bulk.dump_rows import (
    NUMBER,
    convert_rows,
    find_texts,
    is_text,
    split_texts,
)
from cardiogram.collect.bulk.joined_models import INCOMING
from cardiogram.collect.row_values import COLUMN_NAMES
from cardiogram.engine import Shard, join_batches
from cardiogram.hub import Query
from cardiogram.store import read_error, write_atomically

_AT_ONCE = 512
_GROUPS = 256
"""A file has no more record batches than this: each takes a while and a few kilobytes, and buckets
that lie in one are joined by one worker."""
_SOURCE, _ASIDE, _IN_FILE, _ROWS = b"source", b"aside", b"groups", b"rows"

N = TypeVar("N", int, np.ndarray)

Aside: TypeAlias = tuple[str, int, str]
"""A row group that cannot be read: where it is, how many rows it has, and why."""


class GroupRows(NamedTuple):
    """Rows of a row group.

    Attributes
    ----------
    first
        Number in its source of the row group's first row.
    start, stop
        Which of its rows are read.
    """

    group: int
    first: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class DumpShard:
    """Row groups of a file, or a part of one.

    Attributes
    ----------
    source
        Place of the file's source among those asked for.
    columns
        What is read.
    """

    name: str
    file: DumpFile
    source: int
    columns: tuple[str, ...]
    spans: tuple[GroupRows, ...]

    @property
    def rows(self) -> int:
        """How many rows are read."""
        return sum(span.stop - span.start for span in self.spans)

    def read(self) -> pa.RecordBatch:
        """Rows as the dump has them, with their numbers; row groups set aside are in the schema."""
        nothing = pa.RecordBatch.from_pydict({NUMBER: pa.array([], pa.int64())})
        pieces: list[pa.RecordBatch] = []
        aside: list[Aside] = []
        with self.file.open() as file:
            for span in self.spans:
                rows = read_span(file, span, self.columns)
                if isinstance(rows, str):
                    place = f"row group {span.group} of {self.file}"
                    aside.append((place, span.stop - span.start, rows))
                else:
                    pieces += rows
        rows = join_batches(pieces or [nothing])
        metadata = {_SOURCE: str(self.source).encode(), _ASIDE: json.dumps(aside).encode()}
        return rows.replace_schema_metadata(metadata)


def read_span(
    file: pq.ParquetFile, span: GroupRows, columns: Sequence[str]
) -> list[pa.RecordBatch] | str:
    """Rows of a row group with their numbers, or why it cannot be read."""
    pieces = []
    at = 0
    try:
        for batch in file.iter_batches(_AT_ONCE, [span.group], list(columns)):
            start, stop = max(0, span.start - at), min(batch.num_rows, span.stop - at)
            if start < stop:
                numbers = np.arange(at + start, at + stop) + span.first
                pieces.append(_plain(batch.slice(start, stop - start), numbers))
            at += batch.num_rows
            if at >= span.stop:
                break
    except (OSError, ValueError, pa.ArrowException) as error:
        if isinstance(error, MemoryError) or getattr(error, "errno", None) is not None:
            raise
        return (str(error).splitlines() or [type(error).__name__])[0]
    return pieces


def _plain(batch: pa.RecordBatch, numbers: np.ndarray) -> pa.RecordBatch:
    """Columns with the numbers of the rows; cards are bytes, other texts are checked."""
    columns = {
        name: column.cast(pa.large_binary()) if is_text(name) and _is_string(column) else column
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    }
    plain = pa.RecordBatch.from_pydict({**columns, NUMBER: pa.array(numbers, pa.int64())})
    plain.validate(full=True)
    return plain


def _is_string(column: pa.Array) -> bool:
    return column.type in (pa.string(), pa.large_string())


@dataclass(frozen=True, slots=True)
class Scatter:
    """Rows of a dump as rows of :data:`INCOMING`, those that are asked for.

    Attributes
    ----------
    query
        Which models.
    asked
        Names of its filters that each source answers.
    chosen
        A file with the ids of a sample, where one is drawn.
    """

    query: Query
    asked: tuple[tuple[str, ...], ...] = ()
    chosen: Path | None = None

    def __call__(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Convert rows, leave out those that are not asked for, and split their cards.

        A few at a time: what is made on the way takes several times the memory of the rows.
        """
        starts = range(0, max(1, rows.num_rows), _AT_ONCE)
        return join_batches([self._convert(rows.slice(start, _AT_ONCE)) for start in starts])

    def _convert(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        metadata = rows.schema.metadata
        source = int(metadata[_SOURCE])
        known = convert_rows(rows)
        wanted = self.marks(known, source)
        stratum, weight = pa.nulls(len(wanted), pa.string()), pa.nulls(len(wanted), pa.float64())
        if self.chosen is not None:
            drawn = _read_chosen(self.chosen)
            places = pc.index_in(known["id"], value_set=drawn["id"])
            wanted = pc.and_(wanted, pc.is_valid(places))
            stratum, weight = drawn["stratum"].take(places), drawn["weight"].take(places)
        columns = {name: known[name] for name in known.schema.names}
        columns |= {"stratum": stratum, "weight": weight}
        columns["source"] = pa.array(np.full(rows.num_rows, source), pa.int32())
        texts = find_texts(rows)
        light = pa.RecordBatch.from_pydict(columns).filter(wanted)
        columns = {name: light[name] for name in light.schema.names}
        columns["text"] = pa.nulls(light.num_rows, INCOMING.field("text").type)
        if texts is not None:
            hashes, places, parts = split_texts(texts.filter(wanted))
            columns["card_sha256"] = hashes
            whole = parts.to_struct_array().cast(INCOMING.field("text").type)
            columns["text"] = whole.take(places)
        schema = INCOMING.with_metadata(metadata)
        return pa.RecordBatch.from_pydict(
            {name: columns[name] for name in INCOMING.names}, schema=schema
        )

    def poisoned(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """A row that no worker survives, by its id alone."""
        known = self(
            rows.select([NUMBER, *(n for n in COLUMN_NAMES["id"] if n in rows.schema.names)])
        )
        told = pa.array([["poisoned"]] * known.num_rows, INCOMING.field("problems").type)
        return known.set_column(INCOMING.get_field_index("problems"), "problems", told)

    def marks(self, rows: pa.RecordBatch, source: int) -> pa.Array:
        """Which rows are asked for, as far as their source says."""
        wanted = pa.array(np.ones(rows.num_rows, bool))
        for name in self.asked[source] if self.asked else ():
            wanted = pc.and_(wanted, pc.fill_null(_matches(rows, name, self.query), False))
        return wanted


def _matches(rows: pa.RecordBatch, name: str, query: Query) -> pa.Array:
    if name == "author":
        owner = pc.struct_field(pc.extract_regex(rows["id"], r"^(?P<owner>[^/]+)/"), "owner")
        return pc.equal(pc.coalesce(rows["author"], owner), query.author)
    if name == "task":
        return pc.equal(rows["pipeline_tag"], query.task)
    if name == "library":
        return pc.equal(rows["library_name"], query.library)
    if name == "search":
        return pc.match_substring(rows["id"], query.search, ignore_case=True)
    first = pa.scalar(query.since).cast(pa.timestamp("ms")).cast(MOMENT)
    return pc.greater_equal(rows["last_modified"], first)


@cache
def _read_chosen(path: Path) -> pa.RecordBatch:
    with pa.OSFile(str(path)) as file, pa.ipc.open_file(file) as reader:
        return reader.get_batch(0)


def write_chosen(path: Path, chosen: pa.RecordBatch) -> None:
    """Keep which models a sample has, with stratum and weight, for all workers."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, chosen.schema) as writer:
        writer.write_batch(chosen)
    write_atomically(path, sink.getvalue().to_pybytes())


@dataclass(frozen=True, slots=True)
class Incoming:
    """Files with the rows of one run, each with a record batch a group of buckets.

    Parameters
    ----------
    folder
        `incoming/` of the study.
    prefix
        What the names of the run's files begin with.
    buckets
        How many there are.
    """

    folder: Path
    prefix: str
    buckets: int

    @property
    def groups(self) -> int:
        """How many groups of buckets there are."""
        return min(self.buckets, _GROUPS)

    def group_of(self, bucket: N) -> N:
        """The group of a bucket; its neighbours are in it, too, where there are many."""
        return bucket * self.groups // self.buckets

    def find(self, shard: Shard) -> tuple[int, list[Aside]] | None:
        """Rows in a file, and the row groups that were set aside; None where there is no file."""
        path = self._path(shard)
        return _read_summary(path) if path.exists() else None

    def write(self, shard: Shard, rows: pa.RecordBatch) -> tuple[int, list[Aside]]:
        """Write the rows of a shard by group."""
        groups = self.group_of(self._buckets_of(rows))
        order = np.argsort(groups, kind="stable")
        there, starts = np.unique(groups[order], return_index=True)
        metadata = {
            _IN_FILE: json.dumps(there.tolist()).encode(),
            _ASIDE: (rows.schema.metadata or {}).get(_ASIDE, b"[]"),
            _ROWS: str(rows.num_rows).encode(),
        }
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_file(sink, INCOMING.with_metadata(metadata), options=options) as writer:
            for places in np.split(order, starts[1:]) if there.size else ():
                writer.write_batch(rows.take(pa.array(places)))
        write_atomically(self._path(shard), sink.getvalue())
        return rows.num_rows, json.loads(metadata[_ASIDE])

    def read(self, group: int) -> pa.RecordBatch:
        """The rows of a group, in the order of the sources."""
        pieces = [pa.RecordBatch.from_pylist([], schema=INCOMING)]
        for path in sorted(self.folder.glob(f"{self.prefix}*.arrow")):
            try:
                with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as reader:
                    there = json.loads(reader.schema.metadata[_IN_FILE])
                    if group in there:
                        batch = reader.get_batch(there.index(group))
                        pieces.append(batch.replace_schema_metadata(None))
            except (OSError, ValueError, KeyError, pa.ArrowException) as error:
                raise read_error(path, error) from error
        return join_batches(pieces)

    def choose(self, rows: pa.RecordBatch, bucket: int) -> pa.RecordBatch:
        """The rows of a bucket, of those of its group."""
        if self.groups == self.buckets:
            return rows
        return rows.filter(pa.array(self._buckets_of(rows) == bucket))

    def _buckets_of(self, rows: pa.RecordBatch) -> np.ndarray:
        ids = rows["id"].to_pylist()
        return np.array([bucket_of(id, self.buckets) for id in ids], np.int64)

    def _path(self, shard: Shard) -> Path:
        return self.folder / f"{self.prefix}{shard.name}.arrow"


def _read_summary(path: Path) -> tuple[int, list[Aside]]:
    try:
        with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as reader:
            metadata = reader.schema.metadata
        return int(metadata[_ROWS]), json.loads(metadata[_ASIDE])
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise read_error(path, error) from error


def bucket_of(id: str, buckets: int) -> int:
    """In which bucket a model is.

    Examples
    --------
    >>> bucket_of("openai-community/gpt2", 40)
    19
    """
    return crc32(id.encode()) % buckets if buckets > 1 else 0
