"""Files of a source as batches of rows under our names, however long they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from cardiogram.errors import DamagedFile, DataError
from cardiogram.store import SNAPSHOTS
from cardiogram.track.sources.column_mapping import ColumnMapping
from cardiogram.track.sources.columns import LARGEST, NO_DAY, shift_days, to_counts, to_days
from cardiogram.track.sources.source_kinds import SourceFile

BATCH_ROWS = 1 << 17
_BLOCK_BYTES = 1 << 22
_COUNTS = ("downloads", "downloads_all_time", "likes", "new_downloads")
_TEXTS = (pa.string(), pa.large_string())

NO_NAME = "rows that name no model"
NOT_READ = "lines of a CSV file with another number of fields"


def read_batches(
    file: SourceFile, mapping: ColumnMapping, problems: Counter[str]
) -> Iterator[pa.Table]:
    """Read a file as tables of our columns; rows without a model or a day are left out.

    Parameters
    ----------
    mapping
        `day` in the tables is that of the snapshot that shows what happened.
    problems
        What could not be read is counted here.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column, or does not say its day.
    """
    with _named_errors(file):
        for batch, columns in _raw_batches(file, mapping, problems):
            yield _ours(batch, columns, file, mapping, problems)


@contextmanager
def _named_errors(file: SourceFile) -> Iterator[None]:
    """Say of which file an error is."""
    try:
        yield
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DamagedFile(
            f"cannot read {str(file.path)!r}: {reason}",
            hint="Download it again, or move it away: the others are read without it.",
        ) from error


def _raw_batches(
    file: SourceFile, mapping: ColumnMapping, problems: Counter[str]
) -> Iterator[tuple[pa.Table, Mapping[str, tuple[str, ...]]]]:
    """The columns of a file that are wanted, under their own names."""
    if file.path.suffix == ".parquet":
        with pq.ParquetFile(file.path, buffer_size=1 << 20, pre_buffer=False) as parquet:
            columns = _columns(file, mapping, parquet.schema_arrow.names)
            wanted = sorted({name for theirs in columns.values() for name in theirs})
            for batch in parquet.iter_batches(BATCH_ROWS, columns=wanted):
                yield pa.Table.from_batches([batch]), columns
        return
    header = pa_csv.ReadOptions(block_size=_BLOCK_BYTES)
    with file.path.open("rb") as opened:
        line = opened.readline(1 << 20)
    present = pa_csv.read_csv(pa.BufferReader(line)).column_names if line.strip() else []
    columns = _columns(file, mapping, present)
    wanted = sorted({name for theirs in columns.values() for name in theirs})

    def skip(row: object) -> str:
        problems[NOT_READ] += 1
        return "skip"

    with pa_csv.open_csv(
        file.path,
        header,
        pa_csv.ParseOptions(invalid_row_handler=skip),
        pa_csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.string()),
            include_columns=wanted,
            strings_can_be_null=True,
            null_values=[""],
        ),
    ) as reader:
        for batch in reader:
            yield pa.Table.from_batches([batch]), columns


def _columns(
    file: SourceFile, mapping: ColumnMapping, present: list[str]
) -> Mapping[str, tuple[str, ...]]:
    columns = mapping.found_in(file.path, present)
    if "day" not in columns and file.day is None:
        raise DataError(
            f"{str(file.path)!r} does not say of which day it is; it has {', '.join(present)}",
            hint="Map a column to `day`, or put the day into its name: 2026-01-31.csv",
        )
    return columns


def _ours(
    batch: pa.Table,
    columns: Mapping[str, tuple[str, ...]],
    file: SourceFile,
    mapping: ColumnMapping,
    problems: Counter[str],
) -> pa.Table:
    """A batch under our names and with our types."""
    if "repo_type" in columns:
        kind = batch[columns["repo_type"][0]].cast(pa.string())
        batch = batch.filter(pc.equal(kind, "model"))
    rows = {name: _joined(batch, columns[name]) for name in ("hub_id", "id") if name in columns}
    if "day" in columns:
        days = to_days(_joined(batch, columns["day"]))
    else:
        days = pa.repeat(pa.scalar(file.day, pa.date32()), batch.num_rows)
    rows["day"] = shift_days(days, 1 - mapping.lag)
    least = 0 if mapping.measure == "levels" else -LARGEST
    for name in columns:
        if name in _COUNTS:
            rows[name] = to_counts(batch[columns[name][0]], least, problems)
        elif name not in (*rows, "repo_type"):
            rows[name] = batch[columns[name][0]].cast(SNAPSHOTS.field(name).type, safe=False)
    if "library_name" in rows:  # such a source says of all that it lists whether there is one
        rows["library_name"] = pc.fill_null(rows["library_name"], "")
    return _complete(pa.table(rows), problems)


def _joined(batch: pa.Table, columns: tuple[str, ...]) -> pa.ChunkedArray:
    """One column, or several joined by "/"."""
    if len(columns) == 1:
        return batch[columns[0]]
    texts = [batch[name].cast(pa.string()) for name in columns]
    return pc.binary_join_element_wise(*texts, "/")


def _complete(rows: pa.Table, problems: Counter[str]) -> pa.Table:
    """The rows that have a model and a day."""
    dated = pc.is_valid(rows["day"])
    problems[NO_DAY] += rows.num_rows - int(pc.sum(dated).as_py() or 0)
    rows = rows.filter(dated) if rows["day"].null_count else rows
    for name in ("id", "hub_id"):
        if name in rows.column_names and rows[name].type not in _TEXTS:
            place = rows.column_names.index(name)
            rows = rows.set_column(place, name, rows[name].cast(pa.string()))
    first = "id" if "id" in rows.column_names else "hub_id"
    if rows[first].null_count:
        problems[NO_NAME] += rows[first].null_count
        rows = rows.filter(pc.is_valid(rows[first]))
    return rows
