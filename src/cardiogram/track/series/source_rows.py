"""The rows of one source in the order of models and days, one a model and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.stats.resampling import Floats, Integers
from cardiogram.track.series.hub_ids import HubIds
from cardiogram.track.series.keyed_rows import KeyedRows

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
        What the model was called, as a number, by row.
    twice
        Models and days that a source has twice, and whether its rows differ.
    """

    model: Integers
    day: Integers
    counts: dict[str, Floats]
    name: Integers
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


def has_counts(table: pa.Table) -> pa.ChunkedArray:
    """Which rows have any count."""
    known = [pc.is_valid(table[name]) for name in COUNTS]
    either = known[0]
    for more in known[1:]:
        either = pc.or_(either, more)
    return either


def order_rows(keyed: KeyedRows, places: Mapping[str, int], hub_ids: HubIds) -> SourceRows:
    """Bring the rows with counts into order, and make one of those of the same model and day."""
    table = keyed.readings.rows
    counted = has_counts(table).to_numpy(zero_copy_only=False)
    numbers = np.array([places.get(key, -1) for key in keyed.key.values], dtype=np.int64)
    rows = SourceRows(
        numbers[keyed.key.codes][counted],
        keyed.day[counted],
        {name: floats(table[name].filter(pa.array(counted))) for name in COUNTS},
        keyed.name.codes[counted],
    )
    rows = rows.at(np.lexsort((rows.day, rows.model)))
    same = np.zeros(rows.day.size + 1, dtype=bool)
    same[1:-1] = (rows.model[1:] == rows.model[:-1]) & (rows.day[1:] == rows.day[:-1])
    first = np.flatnonzero(~same[:-1])
    last = np.append(first[1:], rows.day.size) - 1
    by_place = {place: key for key, place in places.items()}
    for start, end in zip(first[last > first], last[last > first], strict=True):
        hub_id = by_place[int(rows.model[start])]
        name = hub_ids.name_on(hub_id, int(rows.day[start]))
        code = keyed.name.values.index(name) if name in keyed.name.values else -1
        _settle(rows, int(start), int(end), code)
    return rows.at(first)


def _settle(rows: SourceRows, start: int, end: int, name: int) -> None:
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
