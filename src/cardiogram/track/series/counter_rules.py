"""The rules by which counters that were read off become downloads of days.

They take the rows of one source: between two sources a difference is no day's downloads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.resampling import Floats, Integers
from cardiogram.track.series.day_facts import DayFacts, to_day
from cardiogram.track.series.model_series import FlagKind, SeriesFlag, SummedDays, UnknownReason
from cardiogram.track.series.source_rows import SourceRows

LEVELS = ("downloads_all_time", "downloads", "likes")

LONGEST_ROLL_BACK = 8
"""Snapshots after which a counter that was set back has not come back: it fell."""

LONGEST_REPEAT = 31
"""Days after which a count of 30 days cannot be the same while it is not 0 and nothing is new."""

RECOUNT_DAYS, RECOUNT_STEPS = 3, 10.0
"""A step of so many medians within so many days of another library_name is a recount."""


@dataclass(frozen=True, slots=True)
class LibraryChange:
    """Another library_name, first read off on `last` and not yet on `first`."""

    first: int
    last: int
    before: str | None
    after: str | None


@dataclass(slots=True)
class CountedDays:
    """What one source says of all models.

    Attributes
    ----------
    first
        The day of the first column, in days since 1970.
    new
        Downloads by the day of the snapshot that shows them, shape (models, days); NaN where not
        known.
    levels
        Counters by the names of their columns, shape (models, days) each.
    summed, flags
        By model.
    """

    first: int
    new: Floats
    levels: dict[str, Floats]
    summed: defaultdict[int, list[SummedDays]]
    flags: defaultdict[int, list[SeriesFlag]]

    @classmethod
    def empty(cls, models: int, first: int, days: int) -> CountedDays:
        """Nothing known of any day."""
        new, *levels = (np.full((models, days), np.nan) for _ in range(1 + len(LEVELS)))
        levels_of = dict(zip(LEVELS, levels, strict=True))
        return cls(first, new, levels_of, defaultdict(list), defaultdict(list))

    def flag_twice(self, rows: SourceRows, shift: int = 0) -> None:
        """Rule 9: say which days a source has twice, so many days later."""
        for (model, day), differs in rows.twice.items():
            kind: FlagKind = "conflict" if differs else "duplicate"
            self.flags[model].append(SeriesFlag(to_day(day + shift), kind))

    def forget(self, model: int, day: int) -> None:
        """Say nothing of the downloads that the snapshot of a day shows."""
        self.new[model, day - self.first] = np.nan
        when = to_day(day)
        self.summed[model] = [s for s in self.summed[model] if not s.first < when <= s.last]


@dataclass(slots=True)
class _Counters:
    """Rows of counters, with what is known of each.

    Attributes
    ----------
    level, rolling
        All-time and 30-day counts; NaN where they are not known.
    why
        Reason for which a row's counts are not used, by row.
    """

    rows: SourceRows
    level: Floats
    rolling: Floats
    why: dict[int, UnknownReason] = field(default_factory=dict)

    def refuse(self, places: Sequence[int] | Integers, why: UnknownReason) -> None:
        """Use the counts of some rows no longer."""
        for place in places:
            self.why[int(place)] = why
        self.level[places] = np.nan
        self.rolling[places] = np.nan

    def known(self) -> Integers:
        """Rows with an all-time count."""
        return np.flatnonzero(~np.isnan(self.level))

    def pairs(self) -> tuple[Integers, Integers]:
        """Rows with an all-time count, each with the one before it of the same model."""
        known = self.known()
        same = self.rows.model[known[1:]] == self.rows.model[known[:-1]]
        return known[:-1][same], known[1:][same]


def count_days(
    rows: SourceRows,
    days: Mapping[int, DayFacts],
    libraries: Mapping[int, Sequence[LibraryChange]],
    counted: CountedDays,
    silent: Integers | None = None,
) -> None:
    """Write down the downloads of each day, as far as one source of levels can tell them.

    Parameters
    ----------
    rows
        Whose `counts` are levels.
    days
        Facts of the days on which the source has a snapshot, by days since 1970.
    libraries
        Changes of library_name by model.
    counted
        Where they are written.
    silent
        Rows that stood still for another reason than a step of 0 on a day when many did.
    """
    all_time, rolling = rows.counts["downloads_all_time"], rows.counts["downloads"]
    counters = _Counters(rows, all_time.copy(), rolling.copy())
    counted.flag_twice(rows)
    _refuse_conflicts(counters)
    _refuse_zeros(counters, counted)
    _refuse_stuck(counters, counted)
    _refuse_rolled_back(counters, days)
    if silent is not None:
        counters.refuse(silent, "stood still")
    _refuse_still(counters, days)
    _take_steps(counters, counted, days, libraries)
    where = (rows.model, rows.day - counted.first)
    counted.levels["downloads_all_time"][where] = counters.level
    counted.levels["downloads"][where] = counters.rolling
    counted.levels["likes"][where] = rows.counts["likes"]


def count_own_days(rows: SourceRows, observed: Sequence[int], counted: CountedDays) -> None:
    """Write down the downloads of days that a source tells; no row is 0 on a day that it has.

    Parameters
    ----------
    observed
        Days on which the source has any row, in their order.
    """
    counted.flag_twice(rows, 1)
    shown = np.asarray(observed, dtype=np.int64) + 1 - counted.first
    for model, part in _by_model(rows.model):
        own = rows.day[part] + 1 - counted.first
        counted.new[model, shown[shown >= own[0]]] = 0
        counted.new[model, own] = rows.counts["new_downloads"][part]


def levels_of_steps(
    rows: SourceRows, days: Mapping[int, DayFacts], last: Mapping[int, int]
) -> tuple[SourceRows, Integers]:
    """Levels of counters of which a source has the moves only, from an unknown beginning.

    Parameters
    ----------
    days
        Facts of the days on which any counter moved. Where few did, no row says nothing.
    last
        Day up to which no row means no move, by model.

    Returns
    -------
    SourceRows
        Ordered as `rows`; the first move of a model is part of its first level.
    Integers
        Rows on days when few moved, without a move of their own.
    """
    models, numbers, levels, silent = [], [], [], []
    for model, part in _by_model(rows.model):
        shown = (rows.day[part] + 1).tolist()
        moved = dict(zip(shown, rows.counts["new_downloads"][part].tolist(), strict=True))
        first, end = min(moved), last.get(model, max(moved))
        every = sorted({*moved, *(day for day in days if first <= day <= end)})
        steps = np.nan_to_num([moved.get(day, 0.0) for day in every])  # NaN: rows that differ
        models += [model] * len(every)
        numbers += every
        levels.append(np.cumsum(steps))
        silent += [day not in moved and days[day].partial for day in every]
    level = np.concatenate(levels) if levels else np.empty(0)
    nothing = np.full(level.size, np.nan)
    counts = {"downloads_all_time": level, "downloads": nothing, "likes": nothing}
    return (
        SourceRows(
            np.array(models, dtype=np.int64),
            np.array(numbers, dtype=np.int64),
            {**counts, "new_downloads": nothing},
            np.full(level.size, None, dtype=object),
            {(model, day + 1): differs for (model, day), differs in rows.twice.items()},
        ),
        np.flatnonzero(np.array(silent, dtype=bool)),
    )


def _by_model(model: Integers) -> list[tuple[int, slice]]:
    """Each model, and where its rows are."""
    models, first = np.unique(model, return_index=True)
    ends = np.append(first, model.size)[1:]
    return [(int(m), slice(int(a), int(b))) for m, a, b in zip(models, first, ends, strict=True)]


def _refuse_conflicts(counters: _Counters) -> None:
    """Rule 9: rows of one day that differ leave it unknown."""
    rows = counters.rows
    for (model, day), differs in rows.twice.items():
        start, end = np.searchsorted(rows.model, [model, model + 1])
        place = int(start) + int(np.searchsorted(rows.day[start:end], day))
        if differs and np.isnan(counters.level[place]):
            counters.why[place] = "conflicting duplicate rows"


def _refuse_zeros(counters: _Counters, counted: CountedDays) -> None:
    """Rule 2: an all-time count of 0 beside downloads in 30 days is no count."""
    rows = counters.rows
    zero = (counters.level == 0) & (counters.rolling > 0)
    for start, end in _runs(zero, rows.model):
        first, last = to_day(rows.day[start]), to_day(rows.day[end])
        flag = SeriesFlag(first, "zero_is_unknown", until=last)
        counted.flags[int(rows.model[start])].append(flag)
    counters.level[zero] = np.nan


def _refuse_stuck(counters: _Counters, counted: CountedDays) -> None:
    """Rule 8: both counts the same for more than 31 days, while the count of 30 days is not 0."""
    rows = counters.rows
    before, after = counters.pairs()
    same = np.zeros(rows.day.size, dtype=bool)
    same[after] = (
        (counters.level[after] == counters.level[before])
        & (counters.rolling[after] == counters.rolling[before])
        & (counters.rolling[after] > 0)
    )
    known = counters.known()
    for first, end in _runs(same[known], rows.model[known]):
        start, last = known[first - 1], known[end]
        if rows.day[last] - rows.day[start] > LONGEST_REPEAT:
            flag = SeriesFlag(to_day(rows.day[start]), "stuck", until=to_day(rows.day[last]))
            counted.flags[int(rows.model[start])].append(flag)
            counters.refuse(known[first : end + 1], "counter stuck")


def _refuse_rolled_back(counters: _Counters, days: Mapping[int, DayFacts]) -> None:
    """Rule 5: on a day when many fell, a counter's snapshots do not count until it is back."""
    rows = counters.rows
    back = np.array([day for day in days if days[day].rolled_back], dtype=np.int64)
    before, after = counters.pairs()
    fell = (counters.level[after] < counters.level[before]) & np.isin(rows.day[after], back)
    ends = np.searchsorted(rows.model, rows.model[after[fell]], side="right")
    for good, place, end in zip(before[fell], after[fell], ends, strict=True):
        if np.isnan(counters.level[good]):
            continue  # it fell further while it was set back
        level = counters.level[place:end]
        known = np.flatnonzero(~np.isnan(level))[: LONGEST_ROLL_BACK + 1]
        is_back = np.flatnonzero(level[known] >= counters.level[good])
        aside = known[: is_back[0]] if is_back.size else known
        if aside.size <= LONGEST_ROLL_BACK:
            counters.refuse(place + aside, "rolled back")


def _refuse_still(counters: _Counters, days: Mapping[int, DayFacts]) -> None:
    """Rule 4: on a day when large counters stood still, a step of 0 is unknown."""
    rows = counters.rows
    still = np.array([day for day in days if days[day].stood_still], dtype=np.int64)
    before, after = counters.pairs()
    stood = (counters.level[after] == counters.level[before]) & np.isin(rows.day[after], still)
    counters.refuse(after[stood], "stood still")


def _take_steps(
    counters: _Counters,
    counted: CountedDays,
    days: Mapping[int, DayFacts],
    libraries: Mapping[int, Sequence[LibraryChange]],
) -> None:
    """Rules 1, 3 and 7: steps between the counts that are left."""
    rows = counters.rows
    before, after = counters.pairs()
    step = counters.level[after] - counters.level[before]
    gap = rows.day[after] - rows.day[before]
    usual = _medians(rows.model[after], step, gap)
    jumped = step > RECOUNT_STEPS * usual * gap
    plain = (step >= 0) & (gap == 1) & ~(jumped & np.isin(rows.model[after], list(libraries)))
    shown = after[plain]
    counted.new[rows.model[shown], rows.day[shown] - counted.first] = step[plain]
    for place in np.flatnonzero(~plain):
        start, end, new = int(before[place]), int(after[place]), int(step[place])
        model, day = int(rows.model[end]), int(rows.day[end])
        change = _change_near(day, libraries.get(model, ())) if jumped[place] else None
        if change is not None:
            flag = SeriesFlag(to_day(day), "recount", new, change.before, change.after)
            counted.flags[model].append(flag)
        elif new < 0:
            counted.flags[model].append(SeriesFlag(to_day(day), "fall", new))
        elif gap[place] == 1:
            counted.new[model, day - counted.first] = new
        else:
            first, why = to_day(rows.day[start]), _reason(counters, start, end, days)
            counted.summed[model].append(SummedDays(first, to_day(day), new, why))


def _medians(model: Integers, step: Floats, gap: Integers) -> Floats:
    """The median day of each row's model, and at least 1."""
    medians = np.ones(model.size)
    daily = (gap == 1) & (step >= 0)
    for _, part in _by_model(model):
        own = step[part][daily[part]]
        if own.size:
            medians[part] = max(1.0, float(np.median(own)))
    return medians


def _change_near(day: int, changes: Sequence[LibraryChange]) -> LibraryChange | None:
    """The change of library_name within three days of a day."""
    for change in changes:
        if change.first + 1 - RECOUNT_DAYS <= day <= change.last + RECOUNT_DAYS:
            return change
    return None


def _reason(
    counters: _Counters, start: int, end: int, days: Mapping[int, DayFacts]
) -> UnknownReason:
    """Why the days between two rows are not told apart: what was so last."""
    rows = counters.rows
    place = end - 1
    for day in range(int(rows.day[end]) - 1, int(rows.day[start]), -1):
        while place > start and rows.day[place] > day:
            place -= 1
        if place > start and rows.day[place] == day and place in counters.why:
            return counters.why[place]
        if day not in days:
            return "no snapshot"
        if days[day].partial and rows.day[place] != day:
            return "partial snapshot"
    return "no snapshot"


def _runs(marked: NDArray[np.bool_], model: Integers) -> list[tuple[int, int]]:
    """First and last place of each run of marked rows of one model."""
    if not marked.any():
        return []
    edge = np.ones(marked.size, dtype=bool)
    edge[1:] = (marked[1:] != marked[:-1]) | (model[1:] != model[:-1])
    starts = np.flatnonzero(edge)
    ends = np.append(starts[1:], marked.size) - 1
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True) if marked[a]]
