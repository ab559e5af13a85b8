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
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cardiogram.errors import DataError
from cardiogram.store import Study, Table

SNAPSHOTS = pa.schema(
    [
        ("id", pa.string()),
        ("downloads", pa.int64()),
        ("downloads_all_time", pa.int64()),
        ("likes", pa.int64()),
        ("taken_at", pa.timestamp("ms", tz="UTC")),
        ("problems", pa.list_(pa.string())),
    ]
)
"""One row a model of the study and day: its counts when the Hub was asked."""

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
_HUB_KINDS = ("hub", "ids")  # sources whose counts the Hub gave on a known day

Floats = NDArray[np.float64]


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


def snapshots_of(study: Study) -> Table:
    """The table of a study's snapshots, one shard a day."""
    return Table(study.root / "snapshots", SNAPSHOTS)


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
    gathered = _Gathered({name: place for place, name in enumerate(ids)})
    gathered.take(_of_study(study, gathered))
    for path in paths:
        if not gathered.take(_of_path(path, gathered)):
            raise DataError(
                f"no dated counts of these models in {str(path)!r}",
                hint="It needs columns id, date, downloads, downloads_all_time and likes of models "
                "of this study, or is a study of them that was listed from the Hub.",
            )
    return gathered.dated()


@dataclass(slots=True)
class _Gathered:
    """Counts as they come in."""

    places: Mapping[str, int]
    days: dict[date, dict[str, Floats]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)

    def take(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Take rows with id, date and counts; how many of these models and of a day there were."""
        taken = 0
        for row in rows:
            place = self.places.get(row["id"])
            if place is None:
                continue
            if row["date"] is None:
                self.faults["rows without a day that can be read"] += 1
                continue
            taken += 1
            self._put(place, row)
        return taken

    def has(self, name: str, day: date) -> bool:
        """Whether any count of a model on a day is there."""
        place, counted = self.places.get(name), self.days.get(day, {})
        return place is not None and any(not math.isnan(c[place]) for c in counted.values())

    def _put(self, place: int, row: Mapping[str, Any]) -> None:
        counts = {name: self._count(row.get(name)) for name in COUNTED}
        if all(map(math.isnan, counts.values())):
            return
        columns = self.days.setdefault(
            row["date"], {name: np.full(len(self.places), np.nan) for name in COUNTED}
        )
        known = [name for name in counts if not math.isnan(columns[name][place])]
        self.faults["rows of a model and day that differ from an earlier one"] += any(
            counts[name] != columns[name][place] and not math.isnan(counts[name]) for name in known
        )
        for name in counts.keys() - known:
            columns[name][place] = counts[name]

    def _count(self, value: object) -> float:
        """A count; NaN where there is none, or one that cannot be true."""
        if value is None or value == "":
            return math.nan
        number = math.inf
        with suppress(TypeError, ValueError):
            number = math.inf if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
        if math.isnan(number):
            return math.nan
        if 0 <= number <= LARGEST and number == int(number):
            return number
        self.faults["counts that cannot be true"] += 1
        return math.nan

    def dated(self) -> Dated:
        faults = {words: count for words, count in self.faults.items() if count}
        return Dated({day: self.days[day] for day in sorted(self.days)}, faults)


# -- where rows come from ------------------------------------------------------------------------


def _of_study(study: Study, gathered: _Gathered) -> Iterator[Mapping[str, Any]]:
    for path in snapshots_of(study).shards():
        yield from _of_table(path, gathered)
    yield from _collected(study, gathered)


def _collected(study: Study, gathered: _Gathered) -> Iterator[Mapping[str, Any]]:
    """The collection as the first snapshot; a file's counts have no day that is known."""
    manifest = study.manifest()
    begun = _moment(manifest.get("created_at"))
    if (
        begun is None
        or begun.tzinfo is None
        or manifest.get("source", {}).get("kind") not in _HUB_KINDS
    ):
        return
    for row in study.models.rows(["id", "fetched_at", *COUNTED]):
        if gathered.has(row["id"], begun.date()):  # by a snapshot of the same day
            continue
        if row["fetched_at"] is not None and row["fetched_at"] - begun > LONGEST_COLLECTION:
            gathered.faults["models collected days after the study was begun"] += 1
            continue
        yield {**row, "date": begun.date()}


def _of_path(path: Path, gathered: _Gathered) -> Iterator[Mapping[str, Any]]:
    if (path / "study.toml").is_file():
        yield from _of_study(Study.open(path), gathered)
        return
    found = sorted(p for p in path.iterdir() if p.suffix in _SUFFIXES) if path.is_dir() else [path]
    for table in found:
        yield from _of_table(table, gathered)


def _of_table(path: Path, gathered: _Gathered) -> Iterator[Mapping[str, Any]]:
    """Rows of one file that are of these models."""
    if path.suffix not in _SUFFIXES:
        raise DataError(
            f"cannot tell what {str(path)!r} is",
            hint="Give a study folder, or tables that end in .parquet or .csv.",
        )
    read = _read_parquet if path.suffix == ".parquet" else _read_csv
    try:
        yield from read(path, gathered.places)
    except (OSError, ValueError, csv.Error, pa.ArrowException) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"cannot read {str(path)!r}: {reason}") from error


def _read_parquet(path: Path, places: Mapping[str, int]) -> Iterator[Mapping[str, Any]]:
    with pq.ParquetFile(path) as file:
        named = _named(path, file.schema_arrow.names)
        wanted = pa.array(list(places), pa.string())
        for batch in file.iter_batches(batch_size=1 << 16, columns=list(named.columns.values())):
            ids = batch.column(named.columns["id"]).cast(pa.string())
            kept = batch.filter(pc.is_in(ids, value_set=wanted))
            yield from map(named.row, _plain(kept).to_pylist())


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Columns that Python can hold: moments in milliseconds, texts as texts."""
    fields = []
    for column in batch.schema:
        kind = column.type
        if pa.types.is_timestamp(kind):
            kind = pa.timestamp("ms", tz=kind.tz)
        elif pa.types.is_dictionary(kind):
            kind = kind.value_type
        fields.append(column.with_type(kind))
    return batch.cast(pa.schema(fields), safe=False)


def _read_csv(path: Path, places: Mapping[str, int]) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.DictReader(file)
        named = _named(path, list(reader.fieldnames or ()))
        of = named.columns["id"]
        yield from (named.row(raw) for raw in reader if raw.get(of) in places)


@dataclass(frozen=True, slots=True)
class _Named:
    """Which of a file's columns is which of ours, and the day where no column says it."""

    columns: Mapping[str, str]
    day: date | None

    def row(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        row = {ours: raw.get(theirs) for ours, theirs in self.columns.items()}
        said = _day(row["date"]) if "date" in row else self.day
        return {**row, "date": said}


def _named(path: Path, names: Sequence[str]) -> _Named:
    found = {ours: next((name for name in theirs if name in names), None)
             for ours, theirs in _NAMES.items()}  # fmt: skip
    columns = {ours: name for ours, name in found.items() if name is not None}
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


def _day(value: object) -> date | None:
    """The day in UTC of a day, a moment or an ISO text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    found = value if isinstance(value, datetime) else _moment(value)
    if found is not None:
        return found.astimezone(timezone.utc).date() if found.tzinfo else found.date()
    with suppress(ValueError):
        return date.fromisoformat(str(value).strip()[:10])
    return None


def _moment(value: object) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
    return None
