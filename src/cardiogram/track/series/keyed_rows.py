"""The rows of one source, each with the repository that it is of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.stats.resampling import Integers
from cardiogram.track.series.hub_ids import HubIds
from cardiogram.track.series.source_readings import SourceReadings


@dataclass(frozen=True, slots=True)
class Codes:
    """Texts of rows as numbers: places among `values`, -1 where a row has none."""

    codes: Integers
    values: list[str]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Codes:
        """Number the texts of a column."""
        coded = column.combine_chunks().dictionary_encode()
        codes = pc.fill_null(coded.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
        return cls(np.asarray(codes, dtype=np.int64), coded.dictionary.to_pylist())


@dataclass(frozen=True, slots=True)
class KeyedRows:
    """A source's rows and their repositories.

    Attributes
    ----------
    key, name
        Of each row, shape (n,): the Hub's id, or the name where no source has one.
    day
        Days since 1970, shape (n,).
    """

    readings: SourceReadings
    key: Codes
    name: Codes
    day: Integers

    @classmethod
    def of(cls, readings: SourceReadings, hub_ids: HubIds) -> KeyedRows:
        """Find the repository of each row, by the Hub's id or by its name on that day."""
        table = readings.rows
        key, name, day = Codes.of(table["hub_id"]), Codes.of(table["id"]), days_of(table)
        codes, keys = key.codes.copy(), dict(zip(key.values, range(len(key.values)), strict=True))
        without = np.flatnonzero(codes < 0)
        order = without[np.argsort(name.codes[without], kind="stable")]
        for places in np.split(order, np.flatnonzero(np.diff(name.codes[order])) + 1):
            if not places.size:
                continue
            called = name.values[name.codes[places[0]]]
            if readings.measure == "levels":
                bearers, borne = hub_ids.bearers_on(called, day[places])
            else:  # such a source has today's names on all its days
                bearers, borne = [hub_ids.latest(called)], np.zeros(places.size, dtype=np.int64)
            for bearer in np.unique(borne).tolist():
                codes[places[borne == bearer]] = keys.setdefault(bearers[bearer], len(keys))
        return cls(readings, Codes(codes, list(keys)), name, day)

    def of_keys(self, keys: Collection[str]) -> KeyedRows:
        """The rows of some repositories."""
        if len(keys) >= len(self.key.values) and all(key in keys for key in self.key.values):
            return self
        chosen = np.array([key in keys for key in self.key.values], dtype=bool)[self.key.codes]
        readings = replace(self.readings, rows=self.readings.rows.filter(pa.array(chosen)))
        key = Codes(self.key.codes[chosen], self.key.values)
        name = Codes(self.name.codes[chosen], self.name.values)
        return KeyedRows(readings, key, name, self.day[chosen])

    def turns(self, *columns: NDArray[Any]) -> Integers:
        """Rows at which something of a model changes, and those before and after the changes.

        They come in the order of models and days, the first and the last of each model included.
        """
        return turns(self.key.codes, self.day, *columns)


def turns(key: Integers, day: Integers, *columns: NDArray[Any]) -> Integers:
    """Rows beside which a column changes, by key and day; see :meth:`KeyedRows.turns`."""
    order = np.lexsort((day, key))
    if not order.size:
        return order
    new = np.zeros(order.size, dtype=bool)
    for column in (key, *columns):
        of_row = column[order]
        new[1:] |= of_row[1:] != of_row[:-1]
    kept = new.copy()
    kept[:-1] |= new[1:]
    kept[[0, -1]] = True
    chosen: Integers = order[kept]
    return chosen


def days_of(table: pa.Table) -> Integers:
    """Days since 1970 of rows, none of which is null."""
    return np.asarray(table["day"].cast(pa.int32()).to_numpy(), dtype=np.int64)


def moments_of(table: pa.Table) -> Integers:
    """When the models of rows were made, in days since 1970; -1 where that is not known."""
    made = table["created_at"].cast(pa.timestamp("ms")).cast(pa.int64())
    return np.asarray(pc.fill_null(made, -1).to_numpy(), dtype=np.int64) // 86_400_000
