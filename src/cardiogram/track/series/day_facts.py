"""What is known of a day's snapshot as a whole: whether the Hub's counters moved, and for whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.resampling import Floats, Integers

STILL_SHARE = 0.25
FALLEN_SHARE = 0.05
PARTIAL_SHARE = 0.9
LARGE = 20.0
"""Downloads a day from which on a counter is expected to move every day."""

WINDOW, LEAST_STEPS = 14, 7
_AT_ONCE = 256  # models whose windows are sorted at the same time


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A day's snapshot, counted over every model of a source.

    Attributes
    ----------
    rows
        Models that it holds; where a source has a row only for counters that moved, those.
    large, still
        Models with 20 or more downloads a day (median of the 14 days before), and those of them
        whose counter did not move.
    compared, fallen
        Models that the snapshot before has, too, and those of them whose counter went down.
    partial
        Whether it holds less than 90 % of the models of the week before; where a source has a row
        only for counters that moved, less than half.
    """

    day: date
    rows: int
    large: int = 0
    still: int = 0
    compared: int = 0
    fallen: int = 0
    partial: bool = False

    @property
    def stood_still(self) -> bool:
        """Whether counters stood still: a step of 0 says nothing then."""
        return self.still > 0 and self.still >= STILL_SHARE * self.large

    @property
    def rolled_back(self) -> bool:
        """Whether the Hub set counters back; one model that falls alone is no such day."""
        return self.fallen > max(1.0, FALLEN_SHARE * self.compared)


def partial_days(rows: Mapping[int, int], share: float = PARTIAL_SHARE) -> set[int]:
    """Days that have less than a share of the rows of the week before."""
    partial: set[int] = set()
    whole: list[int] = []
    for day in sorted(rows):
        week = [rows[d] for d in whole[-7:] if d >= day - 7]
        if week and rows[day] < share * median(week):
            partial.add(day)
        else:
            whole.append(day)
    return partial


@dataclass(frozen=True, slots=True)
class Moves:
    """By day: what :class:`DayFacts` has of counters that moved, shape (days,) each."""

    large: Integers
    still: Integers
    compared: Integers
    fallen: Integers


def count_moves(
    model: Integers, day: Integers, level: Floats, days: Sequence[int], large: float = LARGE
) -> Moves:
    """Count on every day the counters that stood still and that fell.

    Parameters
    ----------
    model, day, level
        One row a model and day, in this order, shape (n,); the level may be NaN.
    days
        The days to count, in their order: those on which there is a whole snapshot.
    large
        Downloads a day from which on a model is large.
    """
    calendar = np.asarray(days, dtype=np.int64)
    counts = [np.zeros(calendar.size, dtype=np.int64) for _ in range(4)]
    if calendar.size:
        place = np.searchsorted(calendar, day)
        there = (place < calendar.size) & ~np.isnan(level)
        there[there] &= calendar[place[there]] == day[there]
        model, place, level = model[there], place[there], level[there]
        _, code = np.unique(model, return_inverse=True)
        cuts = np.searchsorted(code, np.arange(0, (code[-1] if code.size else 0) + 1, _AT_ONCE))
        for first, last in zip(cuts, [*cuts[1:], code.size], strict=True):
            part = slice(int(first), int(last))
            if first < last:
                grid = np.full((int(code[last - 1] - code[first]) + 1, calendar.size), np.nan)
                grid[code[part] - code[first], place[part]] = level[part]
                for total, more in zip(counts, _moves_of(grid, calendar, large), strict=True):
                    total += more
    return Moves(*counts)


def facts_of(
    rows: Mapping[int, int], partial: Collection[int], moves: Moves
) -> tuple[DayFacts, ...]:
    """Put the facts of days together.

    Parameters
    ----------
    rows
        How many each day has, by days since 1970.
    partial
        Days that are partial.
    moves
        Of the days that are not, in their order.
    """
    whole = iter(range(len(rows)))
    facts = []
    for day in sorted(rows):
        if day in partial:
            facts.append(DayFacts(to_day(day), rows[day], partial=True))
            continue
        place = next(whole)
        counts = (moves.large, moves.still, moves.compared, moves.fallen)
        large, still, compared, fallen = (int(count[place]) for count in counts)
        facts.append(DayFacts(to_day(day), rows[day], large, still, compared, fallen))
    return tuple(facts)


def to_day(number: int) -> date:
    """The day of a number of days since 1970, as Arrow counts them."""
    return date.fromordinal(int(number) + date(1970, 1, 1).toordinal())


def ordinal(day: date) -> int:
    """Days since 1970 of a day."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _moves_of(grid: Floats, calendar: Integers, large: float) -> list[Integers]:
    """Counts of some models, whose levels are in shape (models, days)."""
    step = np.full_like(grid, np.nan)
    step[:, 1:] = np.diff(grid, axis=1)
    is_large = _are_large(np.where(np.diff(calendar, prepend=-1) == 1, step, np.nan), grid, large)
    if calendar.size:
        is_large &= _are_whole(grid, calendar) & ~np.isnan(step)
    counted = (is_large, is_large & (step == 0), ~np.isnan(step), step < 0)
    return [np.asarray(c.sum(axis=0), dtype=np.int64) for c in counted]


def _are_large(daily: Floats, grid: Floats, large: float) -> NDArray[np.bool_]:
    """Where the median of the 14 steps before is large, of at least 7 that are known."""
    padded = np.hstack([np.full((daily.shape[0], WINDOW), np.nan), daily])
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=1), axis=2)
    windows = windows[:, : grid.shape[1]]
    known = WINDOW - np.isnan(windows).sum(axis=2)
    middle = np.maximum(known - 1, 0)
    low, high = (
        np.take_along_axis(windows, place[:, :, None], axis=2)[:, :, 0]
        for place in (middle // 2, (middle + 1) // 2)
    )
    enough: NDArray[np.bool_] = (known >= LEAST_STEPS) & ((low + high) / 2 >= large)
    return enough


def _are_whole(grid: Floats, calendar: Integers) -> NDArray[np.bool_]:
    """Where a model is in every snapshot of the 15 days before."""
    places = np.arange(calendar.size)
    first = np.searchsorted(calendar, calendar - (WINDOW + 1))
    seen = np.cumsum(np.hstack([np.zeros((grid.shape[0], 1)), ~np.isnan(grid)]), axis=1)
    whole: NDArray[np.bool_] = seen[:, places] - seen[:, first] == places - first
    return whole
