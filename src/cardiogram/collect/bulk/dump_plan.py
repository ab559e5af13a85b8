"""What is read of dumps: which files, which of their row groups and columns."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cardiogram.collect.bulk.dump_files import DumpFile
from cardiogram.collect.bulk.dump_rows import convert_rows
from cardiogram.collect.bulk.scatter import DumpShard, GroupRows, Scatter, read_span
from cardiogram.collect.row_values import COLUMN_NAMES
from cardiogram.errors import DataError
from cardiogram.hub import Query

_ROWS, _BYTES = 4096, 16 << 20
"""A shard has no more rows, and no more bytes of columns, than these; a row group on the disk
that has more is read in parts."""
FILTERS: Mapping[str, tuple[str, ...]] = {
    "author": ("author", "id"),
    "task": ("pipeline_tag",),
    "library": ("library_name",),
    "search": ("id",),
    "since": ("last_modified",),
}
"""Filters, and our columns that each looks at: one of them is enough."""


@dataclass(frozen=True, slots=True)
class DumpPart:
    """A file of a dump.

    Attributes
    ----------
    present
        All its columns, as it calls them.
    types
        Types of those that are read, by our names.
    columns
        What is read, as it calls it.
    spans, sizes
        Its row groups, and how large these columns are in memory.
    """

    file: DumpFile
    present: tuple[str, ...]
    types: Mapping[str, str]
    columns: tuple[str, ...]
    spans: tuple[GroupRows, ...]
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DumpSource:
    """The files of one path that was asked for, and its place among these."""

    path: str
    place: int
    parts: tuple[DumpPart, ...]

    @property
    def ours(self) -> frozenset[str]:
        """The columns of the first file, by our names; all others have id and text where it has."""
        return frozenset(self.parts[0].types)

    @property
    def rows(self) -> int:
        """How many rows are read."""
        return sum(span.stop - span.start for part in self.parts for span in part.spans)


def open_source(path: str, place: int, files: Sequence[DumpFile]) -> DumpSource:
    """Read what the files of a source say of themselves.

    Raises
    ------
    DataError
        None can be read, or one lacks the ids or the cards that the first has.
    """
    parts: list[DumpPart] = []
    errors: list[DataError] = []
    first = 0
    for file in files:
        try:
            parts.append(_open_part(file, first))
        except DataError as error:
            errors.append(error)
            continue
        first = max((span.first + span.stop for span in parts[-1].spans), default=first)
    if not parts:
        raise errors[0]
    for told in errors:
        _warn("%s: left out, the other files are read", told.message)
    source = DumpSource(path, place, tuple(parts))
    _check_parts(source)
    return source


def _open_part(file: DumpFile, first: int) -> DumpPart:
    with file.open() as opened:
        schema, metadata = opened.schema_arrow, opened.metadata
        ours = {name: key for key, theirs in COLUMN_NAMES.items() for name in theirs}
        known = [field for field in schema if field.name in ours]
        wanted = {field.name for field in known}
        spans, sizes = [], []
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            spans.append(GroupRows(number, first, 0, group.num_rows))
            sizes.append(_size(group, wanted))
            first += group.num_rows
    return DumpPart(
        file,
        tuple(schema.names),
        {ours[field.name]: str(field.type) for field in reversed(known)},
        tuple(map(_column, known)),
        tuple(spans),
        tuple(sizes),
    )


def _column(field: pa.Field) -> str:
    """What is read of a column: of what the Hub says of safetensors the sum alone."""
    is_sum = pa.types.is_struct(field.type) and field.type.get_field_index("total") >= 0
    whole = field.name not in COLUMN_NAMES["parameters"] or not is_sum
    return field.name if whole else f"{field.name}.total"


def _size(group: pq.RowGroupMetaData, wanted: set[str]) -> int:
    columns = (group.column(place) for place in range(group.num_columns))
    read = (c for c in columns if c.path_in_schema.partition(".")[0] in wanted)
    return sum(column.total_uncompressed_size for column in read)


def _check_parts(source: DumpSource) -> None:
    first, *others = source.parts
    for part in others:
        for name in ("id", "text"):
            if (name in part.types) != (name in first.types):
                lacking, having = (part, first) if name in first.types else (first, part)
                raise no_column(name, str(lacking.file), lacking.present, str(having.file))
        for words in compare_columns(first.types, part.types):
            _warn("%s differs from %s: %s", part.file, first.file, words)


def compare_columns(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """In words, which of our columns one file has and another has not, or has of another type."""
    for name in COLUMN_NAMES:
        if name in before and name not in after:
            yield f"it has no {name}"
        elif name in after and name not in before:
            yield f"it has {name}, too"
        elif name in before and before[name] != after[name]:
            yield f"its {name} is {after[name]} instead of {before[name]}"


def no_column(name: str, place: str, present: Sequence[str], besides: str = "") -> DataError:
    """The error to raise where a file lacks a column; those that it has are named."""
    theirs = " or ".join(COLUMN_NAMES[name])
    has = f", which {besides} has" if besides else ""
    return DataError(
        f"{place!r} has no column {theirs}{has}; it has {', '.join(sorted(present))}",
        hint="Cards are joined with what other files say of their models: "
        "--from CARDS.parquet --from MODELS.parquet",
    )


def find_texts_and_needed(
    sources: Sequence[DumpSource], query: Query
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[str, ...], ...]]:
    """Which sources have the cards, which others a model must be in, and who answers which filter.

    Raises
    ------
    DataError
        No source has the cards, one of several has no ids, or no source has what a filter asks for.
    """
    texts = [source for source in sources if "text" in source.ours]
    if not texts:
        raise no_column("text", sources[0].path, sources[0].parts[0].present)
    for source in sources:
        if "id" not in source.ours and len(sources) > 1:
            raise no_column("id", source.path, source.parts[0].present)
    asked: dict[int, list[str]] = {source.place: [] for source in sources}
    needed: set[int] = set()
    for name, columns in FILTERS.items():
        if getattr(query, name) is None:
            continue
        having = [source for source in sources if not source.ours.isdisjoint(columns)]
        if not having:
            raise no_column(columns[0], sources[0].path, sources[0].parts[0].present)
        lacking = [source for source in texts if source not in having]
        for source in having:
            if source in texts or lacking:
                asked[source.place].append(name)
        needed.update(source.place for source in having if lacking and source not in texts)
    places = tuple(source.place for source in texts)
    return places, tuple(sorted(needed)), tuple(tuple(asked[s.place]) for s in sources)


def make_shards(source: DumpSource, columns: Sequence[str] | None = None) -> Iterator[DumpShard]:
    """Row groups put together, or taken apart, to shards of a size that a worker can hold."""
    number = 0
    for part in source.parts:
        held: list[GroupRows] = []
        rows = size = 0
        for span, bytes_ in _pieces(part):
            if held and (rows + span.stop - span.start > _ROWS or size + bytes_ > _BYTES):
                yield _shard(source, part, held, number, columns)
                held, rows, size, number = [], 0, 0, number + 1
            held.append(span)
            rows, size = rows + span.stop - span.start, size + bytes_
        if held:
            yield _shard(source, part, held, number, columns)
            number += 1


def _pieces(part: DumpPart) -> Iterator[tuple[GroupRows, int]]:
    """Row groups; a large one on the disk in parts, as what comes before each is read again."""
    for span, size in zip(part.spans, part.sizes, strict=True):
        rows = span.stop - span.start
        count = 1 if part.file.dataset else max(-(-rows // (4 * _ROWS)), size // (4 * _BYTES), 1)
        step = -(-rows // count) or 1
        for start in range(span.start, span.stop, step):
            stop = min(span.stop, start + step)
            yield span._replace(start=start, stop=stop), size * (stop - start) // max(rows, 1)


def _shard(
    source: DumpSource,
    part: DumpPart,
    spans: Sequence[GroupRows],
    number: int,
    columns: Sequence[str] | None,
) -> DumpShard:
    wanted = part.columns
    if columns is not None:
        theirs = {name for ours in columns for name in COLUMN_NAMES[ours]}
        wanted = tuple(name for name in wanted if name.partition(".")[0] in theirs)
    return DumpShard(
        f"{source.place:02}-{number:06}", part.file, source.place, wanted, tuple(spans)
    )


def survey(source: DumpSource, scatter: Scatter, limit: int | None) -> tuple[DumpSource, int]:
    """A source without the row groups of which nothing is asked for, and how many rows are.

    Parameters
    ----------
    limit
        Rows after which nothing more is asked for.
    """
    asked = scatter.asked[source.place] if scatter.asked else ()
    theirs = {
        name for filter in asked for ours in ("id", *FILTERS[filter]) for name in COLUMN_NAMES[ours]
    }
    parts, count = [], 0
    for part in source.parts:
        kept: list[tuple[GroupRows, int]] = []
        with part.file.open() if asked else nullcontext() as file:
            for span, size in zip(part.spans, part.sizes, strict=True):
                left = span.stop if limit is None else limit - count
                if not left:
                    break
                pieces = (
                    read_span(file, span, [c for c in part.columns if c in theirs])
                    if asked
                    else "all"
                )
                if isinstance(pieces, str):  # all of it, or what will be set aside
                    there = stop = min(span.stop, left)
                else:
                    marks = [scatter.marks(convert_rows(piece), source.place) for piece in pieces]
                    there, stop = _cut(marks, left)
                count += there
                if there:
                    kept.append((span._replace(stop=stop), size))
        spans, sizes = zip(*kept, strict=True) if kept else ((), ())
        parts.append(replace(part, spans=spans, sizes=sizes))
    return replace(source, parts=tuple(parts)), count


def _cut(marks: Sequence[pa.Array], left: int) -> tuple[int, int]:
    """How many rows are marked, as far as a number of them; and after which row that is reached."""
    every = np.concatenate([some.to_numpy(zero_copy_only=False) for some in marks])
    places = np.flatnonzero(every)[:left]
    return len(places), int(places[-1]) + 1 if len(places) == left else len(every)


def _warn(message: str, *parts: object) -> None:
    logging.getLogger("cardiogram").warning(message, *parts)
