"""One model's days from several sources, each of which was counted by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.resampling import Floats
from cardiogram.track.series.counter_rules import LEVELS, CountedDays
from cardiogram.track.series.day_facts import ordinal
from cardiogram.track.series.model_series import SeriesFlag, SummedDays
from cardiogram.track.series.source_readings import Measure

AGREEMENT = 0.1
"""Sources whose sums differ by more on the days that both know do not count the same thing."""

_OF_THE_HUB = ("stood still", "rolled back", "counter stuck")
"""Why a step of 0 is no day's, whoever read the Hub's counter off."""

_STEPS = ("recount", "fall")


@dataclass(slots=True)
class MergedDays:
    """What all sources say of one model; as :class:`CountedDays`, shape (days,) each."""

    new: Floats
    levels: dict[str, Floats]
    summed: list[SummedDays]
    flags: list[SeriesFlag]


def merge_days(
    model: int, sources: Sequence[tuple[Measure, CountedDays]], first: int
) -> MergedDays:
    """Take the source that knows the largest number of days, and fill in from the others.

    Parameters
    ----------
    sources
        In the order of preference among those that know as many days.
    first
        The first day, in days since 1970.
    """
    known = [int((~np.isnan(counted.new[model])).sum()) for _, counted in sources]
    order = sorted(range(len(sources)), key=lambda place: -known[place])
    measure, best = sources[order[0]]
    merged = MergedDays(
        best.new[model].copy(),
        {name: level[model].copy() for name, level in best.levels.items()},
        list(best.summed[model]),
        list(best.flags[model]),
    )
    others = [sources[place] for place in order[1:]]
    if measure != "days":
        for _, other in others:
            _doubt_zeros(merged, other.summed[model], first)
    for measure, other in others:
        _fill(merged, model, measure, other, first)
    merged.summed.sort(key=lambda s: s.first)
    merged.flags.sort(key=lambda flag: (flag.day, flag.kind))
    return merged


def _doubt_zeros(merged: MergedDays, sums: Sequence[SummedDays], first: int) -> None:
    """Take back days of 0 on which another reading shows that the Hub's counter was not right."""
    for summed in sums:
        part = slice(ordinal(summed.first) + 1 - first, ordinal(summed.last) + 1 - first)
        taken = _days_of(merged.summed, merged.new.size, first)[part]
        if summed.why in _OF_THE_HUB and (merged.new[part] == 0).any() and not taken.any():
            merged.new[part] = np.nan
            merged.summed.append(summed)


def _fill(merged: MergedDays, model: int, measure: Measure, other: CountedDays, first: int) -> None:
    new, levels = other.new[model], {name: level[model] for name, level in other.levels.items()}
    covered = _covered(merged)
    still = _days_of([s for s in merged.summed if s.why in _OF_THE_HUB], new.size, first)
    if _agree(merged.new, new):
        _fill_days(merged, new, measure, first)
        _fill_sums(merged, other.summed[model], first)
    for name in LEVELS:
        empty = np.isnan(merged.levels[name]) & ~(still & (name != "likes"))
        merged.levels[name][empty] = levels[name][empty]
    for flag in other.flags[model]:
        if not covered[ordinal(flag.day) - first]:
            merged.flags.append(flag)


def _covered(merged: MergedDays) -> NDArray[np.bool_]:
    """Days from the first to the last of which anything is known."""
    known = ~np.isnan(merged.new)
    for level in merged.levels.values():
        known |= ~np.isnan(level)
    places = np.flatnonzero(known)
    covered = np.zeros(known.size, dtype=bool)
    if places.size:
        covered[places[0] : places[-1] + 1] = True
    return covered


def _agree(own: Floats, other: Floats) -> bool:
    """Whether two sources count the same, on the days that both know."""
    both = ~np.isnan(own) & ~np.isnan(other)
    a, b = float(own[both].sum()), float(other[both].sum())
    return abs(a - b) <= AGREEMENT * max(a, b)


def _fill_days(merged: MergedDays, new: Floats, measure: Measure, first: int) -> None:
    """Fill in days; those with one sum all at once or not at all."""
    open_days = np.isnan(merged.new)
    if measure != "days":
        for flag in merged.flags:
            if flag.kind in _STEPS:
                open_days[ordinal(flag.day) - first] = False
    kept = []
    for summed in merged.summed:
        part = slice(ordinal(summed.first) + 1 - first, ordinal(summed.last) + 1 - first)
        is_doubtful = summed.why in _OF_THE_HUB and measure != "days"
        if (new[part] > 0 if is_doubtful else new[part] >= 0).all():
            continue
        open_days[part] = False
        kept.append(summed)
    merged.summed = kept
    merged.new[open_days] = new[open_days]


def _fill_sums(merged: MergedDays, sums: Sequence[SummedDays], first: int) -> None:
    """Add sums of days of which nothing is known."""
    taken = ~np.isnan(merged.new) | _days_of(merged.summed, merged.new.size, first)
    for flag in merged.flags:
        if flag.kind in _STEPS:
            taken[ordinal(flag.day) - first] = True
    for summed in sums:
        part = slice(ordinal(summed.first) + 1 - first, ordinal(summed.last) + 1 - first)
        if not taken[part].any():
            merged.summed.append(summed)


def _days_of(sums: Sequence[SummedDays], days: int, first: int) -> NDArray[np.bool_]:
    """The days that sums are of."""
    marked = np.zeros(days, dtype=bool)
    for summed in sums:
        marked[ordinal(summed.first) + 1 - first : ordinal(summed.last) + 1 - first] = True
    return marked
