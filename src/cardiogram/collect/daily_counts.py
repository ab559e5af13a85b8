"""Counts of a study's models on several days: the study's own snapshots, and tables of others.

A table says its day in a column, or in its file's name. Whatever else it holds is not read, so
that a dump of the whole Hub, one file a day, will do.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cardiogram.errors import DataError
from cardiogram.store import Study

COUNTED = ("downloads", "downloads_all_time", "likes")

LARGEST = 10**12
"""No model has a count above this; one that claims it is an error of the data."""

LONGEST_COLLECTION = timedelta(days=3)
"""Models that were collected later than this after a study was begun have counts of no sure day."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "modelId", "model_id", "repo_id"),
    "date": ("date", "day", "snapshot_date"),
    "downloads": ("downloads",),
    "downloads_all_time": ("downloads_all_time", "downloadsAllTime"),
    "likes": ("likes",),
}
_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d-[01]\d-[0-3]\d)(?!\d)")
_SUFFIXES = (".parquet", ".csv")
_HUB = ("hub", "ids")  # sources whose counts the Hub gave on a known day

UNDATED = "rows without a day that can be read"
IMPOSSIBLE = "counts that cannot be true"
REPEATED = "rows of a model and day that differ from an earlier one"
LATE = "models collected days after the study was begun"
"""What is left out, in words."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dated:
    """Counts of models by day.

    Attributes
    ----------
    days
        Counts by day and name, shape (n,) each in the order of the ids asked for; NaN where there
        is none. Days in their order.
    faults
        What was left out, by its words.
    """

    days: Mapping[date, Mapping[str, Floats]] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)


def read_dated(study: Study, ids: Sequence[str], paths: Sequence[Path] = ()) -> Dated:
    """Read every dated count of some models.

    Parameters
    ----------
    study
        Its own snapshots are read, and its collection as one more where the Hub was asked.
    ids
        Models, in the order of the answer.
    paths
        Studies, folders of tables, or tables (.parquet, .csv) with id, downloads,
        downloads_all_time and likes, and the day as a column `date` or in the file's name.

    Returns
    -------
    Dated
        Where a model has two rows of one day, the first one counts: of a snapshot, of the
        collection, of `paths`.

    Raises
    ------
    DataError
        A file cannot be read, has no id or no day, or names none of the models.
    """
    gathered = _Gathered(pa.array(ids, pa.string()))
    gathered.take(_of_study(study, gathered))
    for path in paths:
        if not gathered.take(_of_path(path, gathered)):
            raise DataError(
                f"no dated counts of these models in {str(path)!r}",
                hint="It needs columns id, date, downloads, downloads_all_time and likes of models "
                "of this study, or is a study of them that was listed from the Hub.",
            )
    return gathered.dated()


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of some table, as columns.

    Attributes
    ----------
    places
        Place of each row's model among those asked for, shape (n,); -1 for any other model.
    days
        As ordinals, 0 where there is none.
    counts
        By name, NaN where there is none and infinite where there is something that is no number.
    """

    places: Integers
    days: Integers
    counts: Mapping[str, Floats]

    def at(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> _Rows:
        """Some of the rows, by a mask or by their numbers."""
        counts = {name: column[chosen] for name, column in self.counts.items()}
        return _Rows(self.places[chosen], self.days[chosen], counts)


@dataclass(slots=True)
class _Gathered:
    """Counts as they come in."""

    ids: pa.Array
    days: dict[int, dict[str, Floats]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)

    def take(self, tables: Iterable[_Rows]) -> int:
        """Take tables; how many rows of these models with a day they had."""
        taken = 0
        for table in tables:
            ours = table.at(table.places >= 0)
            self.faults[UNDATED] += int((ours.days == 0).sum())
            rows = self._checked(ours.at(ours.days > 0))
            taken += rows.places.size
            for day in np.unique(rows.days):
                self._put(int(day), rows.at(rows.days == day))
        return taken

    def known(self, day: date) -> NDArray[np.bool_]:
        """Models of which any count of a day is there."""
        counted = self.days.get(day.toordinal(), {}).values()
        nothing = np.zeros(len(self.ids), dtype=bool)
        return np.asarray(np.logical_or.reduce([nothing, *map(np.isfinite, counted)]))

    def _checked(self, rows: _Rows) -> _Rows:
        """The rows without counts that cannot be true."""
        counts = {}
        for name in COUNTED:
            column = rows.counts.get(name, np.full(rows.places.size, np.nan))
            with np.errstate(invalid="ignore"):
                good = (column >= 0) & (column <= LARGEST) & (column == np.floor(column))
            self.faults[IMPOSSIBLE] += int((~good & ~np.isnan(column)).sum())
            counts[name] = np.where(good, column, np.nan)
        return _Rows(rows.places, rows.days, counts)

    def _put(self, day: int, rows: _Rows) -> None:
        """Fill in what is lacking of one day; of rows of one model the first comes first."""
        if not any(np.isfinite(column).any() for column in rows.counts.values()):
            return
        there = self.days.setdefault(
            day, {name: np.full(len(self.ids), np.nan) for name in COUNTED}
        )
        differs = np.zeros(rows.places.size, dtype=bool)
        for name, column in there.items():
            has = np.isfinite(rows.counts[name])
            places, counts = rows.places[has], rows.counts[name][has]
            lacking, first = np.unique(places, return_index=True)
            known = np.isfinite(column[lacking])
            column[lacking] = np.where(known, column[lacking], counts[first])
            differs[has] |= column[places] != counts
        self.faults[REPEATED] += int(differs.sum())

    def dated(self) -> Dated:
        faults = {words: count for words, count in self.faults.items() if count}
        days = {date.fromordinal(day): self.days[day] for day in sorted(self.days)}
        return Dated(days, faults)


# -- where rows come from ------------------------------------------------------------------------


def _of_study(study: Study, gathered: _Gathered) -> Iterator[_Rows]:
    for path in study.snapshots.shards():
        yield from _of_table(path, gathered)
    yield from _collected(study, gathered)


def _collected(study: Study, gathered: _Gathered) -> Iterator[_Rows]:
    """The collection as a snapshot of its day; a file's counts have no day that is known."""
    manifest = study.manifest()
    begun = _moment(manifest.get("created_at"))
    if begun is None or begun.tzinfo is None or manifest.get("source", {}).get("kind") not in _HUB:
        return
    table = study.models.read(["id", "fetched_at", *COUNTED])
    places = _places(table["id"], gathered.ids)
    day = begun.astimezone(timezone.utc).date()
    places[gathered.known(day)[places] & (places >= 0)] = -1  # a snapshot of the same day has them
    last = pa.scalar(begun + LONGEST_COLLECTION, table.schema.field("fetched_at").type)
    late = pc.fill_null(pc.greater(table["fetched_at"], last), False).to_numpy()
    gathered.faults[LATE] += int((late & (places >= 0)).sum())
    places[late] = -1
    days = np.full(table.num_rows, day.toordinal())
    yield _Rows(places, days, {name: _numbers(table[name]) for name in COUNTED})


def _of_path(path: Path, gathered: _Gathered) -> Iterator[_Rows]:
    if (path / "study.toml").is_file():
        yield from _of_study(Study.open(path), gathered)
        return
    tables = sorted(p for p in path.iterdir() if p.suffix in _SUFFIXES) if path.is_dir() else [path]
    for table in tables:
        yield from _of_table(table, gathered)


def _of_table(path: Path, gathered: _Gathered) -> Iterator[_Rows]:
    """Rows of one file that are of these models."""
    if path.suffix not in _SUFFIXES:
        raise DataError(
            f"cannot tell what {str(path)!r} is",
            hint="Give a study folder, or tables that end in .parquet or .csv.",
        )
    read = _read_parquet if path.suffix == ".parquet" else _read_csv
    try:
        yield from read(path, gathered.ids)
    except (OSError, ValueError, csv.Error, pa.ArrowException) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"cannot read {str(path)!r}: {reason}") from error


def _read_parquet(path: Path, ids: pa.Array) -> Iterator[_Rows]:
    with pq.ParquetFile(path) as file:
        named = _named(path, file.schema_arrow.names)
        for batch in file.iter_batches(batch_size=1 << 16, columns=list(named.columns.values())):
            table = pa.Table.from_batches([batch])
            places = _places(table[named.columns["id"]], ids)
            kept = places >= 0
            yield named.rows(places[kept], table.filter(pa.array(kept)))


def _read_csv(path: Path, ids: pa.Array) -> Iterator[_Rows]:
    wanted = set(ids.to_pylist())
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.DictReader(file)
        named = _named(path, list(reader.fieldnames or ()))
        of = named.columns["id"]
        ours = (raw for raw in reader if raw.get(of) in wanted)
        texts = pa.schema([(name, pa.string()) for name in named.columns.values()])
        while lot := list(islice(ours, 1 << 16)):
            table = pa.Table.from_pylist(
                [{name: raw.get(name) for name in texts.names} for raw in lot], schema=texts
            )
            yield named.rows(_places(table[of], ids), table)


@dataclass(frozen=True, slots=True)
class _Named:
    """Which of a file's columns is which of ours, and the day where no column says it."""

    columns: Mapping[str, str]
    day: date | None

    def rows(self, places: Integers, table: pa.Table) -> _Rows:
        """A table's rows by our names."""
        days = np.full(table.num_rows, self.day.toordinal() if self.day else 0)
        if "date" in self.columns:
            column = table[self.columns["date"]]
            days = np.where(pc.is_null(column).to_numpy(), days, _ordinals(column))
        counts = {
            name: _numbers(table[self.columns[name]]) for name in COUNTED if name in self.columns
        }
        return _Rows(places, days, counts)


def _named(path: Path, header: Sequence[str]) -> _Named:
    columns = {
        ours: next(name for name in theirs if name in header)
        for ours, theirs in _NAMES.items()
        if not set(theirs).isdisjoint(header)
    }
    told = _DAY_IN_NAME.search(path.name)
    day = _day(told[1]) if told else None
    if "id" not in columns or not columns.keys() & set(COUNTED):
        raise DataError(
            f"{str(path)!r} has no column {'of counts' if 'id' in columns else 'id'}",
            hint="It needs id, date, and downloads, downloads_all_time or likes.",
        )
    if "date" not in columns and day is None:
        raise DataError(
            f"{str(path)!r} does not say of which day it is",
            hint="Add a column `date`, or put the day into the file's name: 2026-01-31.parquet",
        )
    return _Named(columns, day)


# -- columns -------------------------------------------------------------------------------------


def _places(values: pa.ChunkedArray, ids: pa.Array) -> Integers:
    """Place of each value among the ids, -1 where it is none of them."""
    places = pc.index_in(values.cast(pa.string()), value_set=ids)
    return np.array(pc.fill_null(places, -1).to_numpy(), dtype=np.int64)


def _numbers(column: pa.ChunkedArray) -> Floats:
    """Numbers, or texts that hold some: NaN where there is none, infinite where it is none."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return np.array(column.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    return np.array([_number(value) for value in column.to_pylist()], dtype=np.float64)


def _number(value: Any) -> float:
    if value is None or value == "":
        return math.nan
    with suppress(TypeError, ValueError):
        return math.inf if isinstance(value, bool) else float(value)
    return math.inf


def _ordinals(column: pa.ChunkedArray) -> Integers:
    """Days as ordinals; each day or text is read once, however many rows have it."""
    kind = column.type
    if pa.types.is_timestamp(kind):  # a moment is held in UTC, wherever it is shown
        moments = column.cast(pa.timestamp("s", tz=kind.tz), safe=False).cast(pa.int64())
        seconds = pc.fill_null(moments, 0).to_numpy()
        days = seconds // 86_400 + date(1970, 1, 1).toordinal()
        return np.array(np.where(pc.is_null(moments).to_numpy(), 0, days), dtype=np.int64)
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    each = pc.unique(column)
    read = [0 if (day := _day(value)) is None else day.toordinal() for value in each.to_pylist()]
    places = np.array(pc.index_in(column, value_set=each).to_numpy(), dtype=np.int64)
    return np.array(read, dtype=np.int64)[places]


def _day(value: object) -> date | None:
    """The day in UTC of a day, a moment or an ISO text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    moment = value if isinstance(value, datetime) else _moment(value)
    if moment is not None:
        return moment.astimezone(timezone.utc).date() if moment.tzinfo else moment.date()
    with suppress(ValueError):
        return date.fromisoformat(str(value).strip()[:10])
    return None


def _moment(value: object) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
    return None
