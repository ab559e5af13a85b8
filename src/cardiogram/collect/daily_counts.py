"""Counts of a study's models on several days: from its snapshots, from backfill, and its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.store import ADDED_LATER, SNAPSHOTS, Study, Table

COUNTED = ("downloads", "downloads_all_time", "likes")

LONGEST_COLLECTION = timedelta(days=3)
"""Models that were collected later than this after a study was begun have counts of no sure day."""

LATE = "models collected days after the study was begun"
"""What is left out, in words."""

_HUB = ("hub", "ids")  # sources whose counts the Hub gave on a known day

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


def read_dated(study: Study, ids: Sequence[str]) -> Dated:
    """Read every dated count of some models.

    Parameters
    ----------
    study
        Its snapshots are read, what other sources had of its models, and its collection as one
        more where the Hub was asked.
    ids
        Models, in the order of the answer.

    Returns
    -------
    Dated
        Where there are several counts of a model and day, the first one is taken: of a snapshot,
        of another source, of the collection.
    """
    models = pa.array(ids, pa.string())
    days: dict[date, dict[str, Floats]] = {}
    for day, rows in _stored(study):
        _fill(days, day, rows, models)
    late = 0
    for day, rows, is_late in _collected(study):
        late = pc.sum(pc.and_(is_late, pc.is_in(rows["id"], value_set=models))).as_py() or 0
        _fill(days, day, rows.filter(pc.invert(is_late)), models)
    counted = {day: days[day] for day in sorted(days) if _has_any(days[day])}
    return Dated(counted, {LATE: late} if late else {})


def _stored(study: Study) -> Iterator[tuple[date, pa.Table]]:
    """Snapshots and backfill, day by day within a shard."""
    others = (study.root / "backfill").glob("*/")
    backfill = [Table(folder, SNAPSHOTS, ADDED_LATER["snapshots"]) for folder in sorted(others)]
    for table in (study.snapshots, *backfill):
        for path in table.shards():
            rows = table.read(["day", "id", *COUNTED], prefix=path.name)
            with suppress(ValueError):  # the first snapshots say their day in their name alone
                day = pa.scalar(date.fromisoformat(path.stem), pa.date32())
                rows = rows.set_column(0, "day", pc.fill_null(rows["day"], day))
            rows = rows.filter(pc.is_valid(rows["day"])).sort_by("day")
            days = rows["day"].cast(pa.int32()).to_numpy()
            start = np.flatnonzero(np.diff(days, prepend=-1)).tolist()
            for first, last in zip(start, [*start[1:], rows.num_rows], strict=True):
                yield rows["day"][first].as_py(), rows.slice(first, last - first)


def _collected(study: Study) -> Iterator[tuple[date, pa.Table, pa.ChunkedArray]]:
    """The collection as a snapshot of its day; a file's counts have no day that is known."""
    manifest = study.manifest()
    begun = _moment(manifest.get("created_at"))
    if begun is None or begun.tzinfo is None or manifest.get("source", {}).get("kind") not in _HUB:
        return
    rows = study.models.read(["id", "fetched_at", *COUNTED])
    last = pa.scalar(begun + LONGEST_COLLECTION, rows.schema.field("fetched_at").type)
    is_late = pc.fill_null(pc.greater(rows["fetched_at"], last), False)
    yield begun.astimezone(timezone.utc).date(), rows, is_late


def _fill(days: dict[date, dict[str, Floats]], day: date, rows: pa.Table, models: pa.Array) -> None:
    """Fill in the models that have no count of a day yet."""
    places = pc.index_in(rows["id"], value_set=models)
    rows = rows.filter(pc.is_valid(places))
    places = np.asarray(places.drop_null().to_numpy(), dtype=np.int64)
    there = days.setdefault(day, {name: np.full(len(models), np.nan) for name in COUNTED})
    new = np.isnan(np.array([*there.values()])).all(axis=0)[places]
    for name, column in there.items():
        counts = rows[name].cast(pa.float64()).to_numpy()[new]
        column[places[new][::-1]] = counts[::-1]  # of rows of one model the first is taken


def _has_any(counts: Mapping[str, Floats]) -> bool:
    return any(np.isfinite(column).any() for column in counts.values())


def _moment(value: object) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
    return None
