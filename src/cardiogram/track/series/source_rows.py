"""The rows of one source in the order of models and days, one a model and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.stats.resampling import Floats, Integers
from cardiogram.track.series.hub_ids import HubIds
from cardiogram.track.series.source_readings import SourceReadings

COUNTS = ("downloads_all_time", "downloads", "likes", "new_downloads")


@dataclass(frozen=True, slots=True)
class SourceRows:
    """Counts of a source, ordered by model and day, each (model, day) once.

    Attributes
    ----------
    model
        Place of each row's model among the keys, shape (n,).
    day
        Days since 1970, shape (n,).
    counts
        By the names of :data:`COUNTS`, NaN where not known, shape (n,) each.
    name
        What the model was called, by row.
    twice
        Models and days that a source has twice, and whether its rows differ.
    """

    model: Integers
    day: Integers
    counts: dict[str, Floats]
    name: NDArray[np.object_]
    twice: dict[tuple[int, int], bool] = field(default_factory=dict)

    def at(self, chosen: NDArray[np.bool_] | Integers) -> SourceRows:
        """Some of the rows, in the same order."""
        counts = {name: column[chosen] for name, column in self.counts.items()}
        return SourceRows(
            self.model[chosen], self.day[chosen], counts, self.name[chosen], self.twice
        )


def floats(column: pa.ChunkedArray) -> Floats:
    """Numbers with NaN for null."""
    values: Floats = np.asarray(
        column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64
    )
    return values


def days_of(table: pa.Table) -> Integers:
    """Days since 1970 of rows, none of which is null."""
    return np.asarray(table["day"].cast(pa.int32()).to_numpy(), dtype=np.int64)


def has_counts(table: pa.Table) -> pa.ChunkedArray:
    """Which rows have any count."""
    known = [pc.is_valid(table[name]) for name in COUNTS]
    either = known[0]
    for more in known[1:]:
        either = pc.or_(either, more)
    return either


def row_keys(readings: SourceReadings, hub_ids: HubIds) -> list[str]:
    """The repository of each row: by the Hub's id, or by what its name was on that day."""
    table = readings.rows
    ids, called = table["hub_id"].to_pylist(), table["id"].to_pylist()
    days = days_of(table)
    keys: list[str] = [hub_id or "" for hub_id in ids]
    by_name: dict[str, list[int]] = {}
    for place, (key, name) in enumerate(zip(keys, called, strict=True)):
        if not key:
            by_name.setdefault(name or "", []).append(place)
    for name, places in by_name.items():
        if readings.measure == "levels":
            joined = hub_ids.keys(name, days[places])
        else:  # such a source has today's names on all its days
            joined = [hub_ids.latest(name)] * len(places)
        for place, key in zip(places, joined, strict=True):
            keys[place] = key
    return keys


def order_rows(
    readings: SourceReadings, keys: Sequence[str], places: dict[str, int], hub_ids: HubIds
) -> SourceRows:
    """Bring the rows with counts into order, and make one of those of the same model and day."""
    counted = has_counts(readings.rows).to_numpy(zero_copy_only=False)
    table = readings.rows.filter(pa.array(counted))
    model = np.array([places[key] for key in keys], dtype=np.int64)[counted]
    rows = SourceRows(
        model,
        days_of(table),
        {name: floats(table[name]) for name in COUNTS},
        np.array(table["id"].to_pylist(), dtype=object),
    )
    rows = rows.at(np.lexsort((rows.day, rows.model)))
    same = np.zeros(rows.day.size + 1, dtype=bool)
    same[1:-1] = (rows.model[1:] == rows.model[:-1]) & (rows.day[1:] == rows.day[:-1])
    first = np.flatnonzero(~same[:-1])
    last = np.append(first[1:], rows.day.size) - 1
    by_place = {place: key for key, place in places.items()}
    for start, end in zip(first[last > first], last[last > first], strict=True):
        hub_id = by_place[int(rows.model[start])]
        _settle(rows, int(start), int(end), hub_ids.name_on(hub_id, int(rows.day[start])))
    return rows.at(first)


def _settle(rows: SourceRows, start: int, end: int, name: str | None) -> None:
    """Keep in row `start` what all rows of a model and day say."""
    same = np.arange(start, end + 1)
    named = same[rows.name[same] == name]
    chosen = named if named.size else same[rows.name[same] == rows.name[start]]
    differs = False
    for column in rows.counts.values():
        values = np.unique(column[chosen])
        differs |= values.size > 1
        column[start] = values[0] if values.size == 1 else np.nan
    rows.name[start] = rows.name[chosen[0]]
    if chosen.size > 1:
        rows.twice[int(rows.model[start]), int(rows.day[start])] = differs
