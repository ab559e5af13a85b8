"""Facts of days, counted while a source of any length goes by."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.stats.resampling import Floats, Integers
from cardiogram.track.series import (
    LARGE,
    DayFacts,
    Measure,
    count_moves,
    facts_of,
    partial_days,
    to_day,
)

ROOM = 1_500_000
"""Rows that are kept for each of the two samples of models."""

FEW_MOVED = 0.5
"""A day has few moves when it has less than this share of those of the week before."""

_DAYS = 1 << 16
_FIRST_CUT = 300.0


class _Sample:
    """Rows of the models that rank highest, as many as there is room for.

    A model whose rank lies under the cut is left out, and the cut rises until there is room: what
    is kept does not depend on the order of the rows.
    """

    def __init__(self, cut: float) -> None:
        self.cut, self._rise = 0.0, cut
        self._parts: list[NDArray[np.void]] = []
        self._rows = 0

    def add(self, model: NDArray[np.uint32], day: Integers, level: Floats, rank: Floats) -> None:
        """Keep the rows that rank high enough."""
        kept = rank >= self.cut
        part = np.empty(
            int(kept.sum()), [("model", "u4"), ("day", "u2"), ("level", "f8"), ("rank", "f4")]
        )
        part["model"], part["day"] = model[kept], day[kept]
        part["level"], part["rank"] = level[kept], rank[kept]
        self._parts.append(part)
        self._rows += part.size
        while self._rows > ROOM:
            self._shrink()

    def _shrink(self) -> None:
        self.cut = 1 - (1 - self.cut) / 2 if self._rise == 0 else max(self._rise, 1.25 * self.cut)
        self._parts = [part[part["rank"] >= self.cut] for part in self._parts]
        self._rows = sum(part.size for part in self._parts)

    def rows(self) -> tuple[Integers, Integers, Floats]:
        """Models, days and levels, in the order of models and days, each once."""
        rows = np.concatenate(self._parts)
        self._parts = [rows]
        rows = rows[np.lexsort((rows["day"], rows["model"]))]
        first = np.ones(rows.size, dtype=bool)
        first[1:] = (rows["model"][1:] != rows["model"][:-1]) | (
            rows["day"][1:] != rows["day"][:-1]
        )
        rows = rows[first]
        return rows["model"].astype(np.int64), rows["day"].astype(np.int64), rows["level"]


class DayCounter:
    """Counts the rows of each day, and how the counters of models moved.

    A model is known by a hash of its name, and kept in one of two samples where the source has
    more rows than there is room for: any models, and those with the largest counts of 30 days.
    What the Hub did to all counters shows in the first, and that they stood still in the second.
    """

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._rows, self._fallen = np.zeros((2, _DAYS), dtype=np.int64)
        self._any, self._largest = _Sample(0.0), _Sample(_FIRST_CUT)

    def add(self, rows: pa.Table) -> None:
        """Count rows, which have days and ids."""
        day = rows["day"].cast(pa.int32()).to_numpy()
        self._rows += np.bincount(day, minlength=_DAYS)
        if self._measure == "steps":
            fell = pc.fill_null(pc.less(rows["new_downloads"], 0), False).to_numpy()
            self._fallen += np.bincount(day[fell], minlength=_DAYS)
        elif self._measure == "levels":
            level, rolling = _floats(rows, "downloads_all_time"), _floats(rows, "downloads")
            usual = np.where(np.isnan(rolling), level / 12, rolling)  # of a counter a year old
            model = _hashes(rows["id" if "id" in rows.column_names else "hub_id"])
            lot = model / np.float64(1 << 32)
            self._any.add(model, day, level, lot)
            self._largest.add(model, day, level, np.nan_to_num(usual) * (1 + lot))

    def facts(self) -> tuple[DayFacts, ...]:
        """The facts of every day that has a row, in their order."""
        days = np.flatnonzero(self._rows).tolist()
        number = {day: int(self._rows[day]) for day in days}
        if self._measure == "days":
            return tuple(DayFacts(to_day(day), number[day]) for day in days)
        if self._measure == "steps":
            less = partial_days(number, FEW_MOVED)
            return tuple(
                DayFacts(
                    to_day(day),
                    number[day],
                    compared=number[day],
                    fallen=int(self._fallen[day]),
                    partial=day in less,
                )
                for day in days
            )
        partial = partial_days(number)
        whole = [day for day in days if day not in partial]
        large = max(LARGE, self._largest.cut / 30)
        largest = count_moves(*self._largest.rows(), whole, large)
        moves = count_moves(*self._any.rows(), whole)
        moves = replace(moves, large=largest.large, still=largest.still)
        return facts_of(number, partial, moves)


def _floats(rows: pa.Table, name: str) -> Floats:
    if name not in rows.column_names:
        return np.full(rows.num_rows, np.nan)
    values: Floats = rows[name].cast(pa.float64()).to_numpy()
    return values


def _hashes(column: pa.ChunkedArray) -> NDArray[np.uint32]:
    """A hash of each text; each text is hashed once a batch."""
    coded = pc.dictionary_encode(column.combine_chunks())
    each = [crc32(text.encode()) for text in coded.dictionary.to_pylist()]
    hashes: NDArray[np.uint32] = np.array(each, dtype=np.uint32)[coded.indices.to_numpy()]
    return hashes
