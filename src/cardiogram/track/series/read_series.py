"""Series of models from what was read off, by own snapshots and by others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from cardiogram.errors import DataError
from cardiogram.track.ledger import ModelLedger
from cardiogram.track.series.counter_rules import (
    CountedDays,
    LibraryChange,
    count_days,
    count_own_days,
    levels_of_steps,
)
from cardiogram.track.series.day_facts import (
    DayFacts,
    count_moves,
    facts_of,
    ordinal,
    partial_days,
    to_day,
)
from cardiogram.track.series.hub_ids import HubIds
from cardiogram.track.series.keyed_rows import KeyedRows
from cardiogram.track.series.known_models import KnownModel, know_hub_ids, know_models
from cardiogram.track.series.merged_days import merge_days
from cardiogram.track.series.model_series import ModelSeries, SeriesFlag
from cardiogram.track.series.source_readings import SourceReadings
from cardiogram.track.series.source_rows import COUNTS, SourceRows, has_counts, order_rows
from cardiogram.track.series.stored_readings import read_all

_AT_ONCE = 2_000  # models whose counts are laid out at the same time
_COLUMNS = (
    "hub_id",
    "id",
    "day",
    *COUNTS,
    "library_name",
    "pipeline_tag",
    "created_at",
    "problems",
)


@dataclass(frozen=True, slots=True)
class _Source:
    """One source, joined by the Hub's ids.

    Attributes
    ----------
    days
        Facts of its days, by days since 1970.
    listed
        Models of which it has a row without counts.
    """

    readings: SourceReadings
    rows: SourceRows
    days: Mapping[int, DayFacts]
    listed: frozenset[int]


def read_series(
    source: Path | Sequence[SourceReadings], ids: Collection[str] | None = None
) -> tuple[ModelSeries, ...]:
    """Read the series of models, each day's downloads as far as they can be known.

    Parameters
    ----------
    source
        Folder of a ledger or a study, or what several sources have; they are joined by the Hub's
        id.
    ids
        Models wanted, by the Hub's id or any name that they bore; by default all.

    Returns
    -------
    tuple of ModelSeries
        On the same days, in the order of their keys.

    Raises
    ------
    DataError
        The folder holds no readings, or a file of it is damaged.
    """
    readings = _stored(source) if isinstance(source, Path) else source
    readings = sorted((_dated(r) for r in readings), key=lambda r: r.measure != "levels")
    hub_ids = know_hub_ids(readings)
    keyed = [KeyedRows.of(r, hub_ids) for r in readings]
    known = know_models(keyed)
    wanted = [
        key
        for key in sorted(known)
        if ids is None or key in ids or not set(ids).isdisjoint(known[key].name_on.values())
    ]
    facts = [_facts(rows, hub_ids) for rows in keyed]
    grid = _grid(keyed, facts)
    series: list[ModelSeries] = []
    for start in range(0, len(wanted), _AT_ONCE):
        places = {key: place for place, key in enumerate(wanted[start : start + _AT_ONCE])}
        sources = [
            _source(rows.of_keys(places), by_day, places, hub_ids)
            for rows, by_day in zip(keyed, facts, strict=True)
        ]
        series += _series_of(sources, known, places, grid)
    return tuple(series)


def _stored(root: Path) -> list[SourceReadings]:
    readings = read_all(ModelLedger(root), _COLUMNS)
    if not readings:
        raise DataError(
            f"no counts of any day in {str(root)!r}",
            hint="cardiogram track snapshot --help; cardiogram track backfill --help",
        )
    return readings


def _dated(readings: SourceReadings) -> SourceReadings:
    """The rows that say of which day and of whom they are."""
    table = readings.rows
    if not table["day"].null_count and not table["id"].null_count:
        return readings
    named = pc.or_(pc.is_valid(table["hub_id"]), pc.is_valid(table["id"]))
    rows = table.filter(pc.and_(pc.is_valid(table["day"]), named))
    return SourceReadings(readings.source, rows, readings.measure, readings.days)


def _source(
    keyed: KeyedRows, days: Mapping[int, DayFacts], places: Mapping[str, int], hub_ids: HubIds
) -> _Source:
    rows = order_rows(keyed, places, hub_ids)
    is_listed = pc.invert(has_counts(keyed.readings.rows)).to_numpy(zero_copy_only=False)
    listed = {keyed.key.values[code] for code in np.unique(keyed.key.codes[is_listed])}
    return _Source(keyed.readings, rows, days, frozenset(places[key] for key in listed))


def _facts(keyed: KeyedRows, hub_ids: HubIds) -> dict[int, DayFacts]:
    """Facts of days; of a source that has no more models than these they are counted here."""
    readings = keyed.readings
    if readings.days:
        return {ordinal(fact.day): fact for fact in readings.days}
    days, counts = np.unique(keyed.day, return_counts=True)
    number = dict(zip(days.tolist(), counts.tolist(), strict=True))
    if readings.measure != "levels":
        return {day + 1: DayFacts(to_day(day + 1), number[day]) for day in number}
    rows = order_rows(keyed, {key: place for place, key in enumerate(keyed.key.values)}, hub_ids)
    partial = partial_days(number)
    whole = [day for day in number if day not in partial]
    moves = count_moves(rows.model, rows.day, rows.counts["downloads_all_time"], whole)
    return {ordinal(fact.day): fact for fact in facts_of(number, partial, moves)}


def _grid(keyed: Sequence[KeyedRows], facts: Sequence[Mapping[int, DayFacts]]) -> range:
    """The days from the first count of any model to the last snapshot."""
    first, last = [], []
    for rows, days in zip(keyed, facts, strict=True):
        counted = rows.day[has_counts(rows.readings.rows).to_numpy(zero_copy_only=False)]
        if counted.size:
            shift = int(rows.readings.measure != "levels")
            first.append(int(counted.min()) + shift)
            last.append(max([*days, int(counted.max()) + shift]))
    return range(min(first), max(last) + 1) if first else range(0)


def _series_of(
    sources: Sequence[_Source],
    known: Mapping[str, KnownModel],
    places: Mapping[str, int],
    grid: range,
) -> list[ModelSeries]:
    """The series of some models."""
    changes = {places[key]: c for key in places if (c := known[key].library_changes())}
    counted = [
        (s, _count(s, changes, CountedDays.empty(len(places), grid.start, len(grid))))
        for s in sources
        if s.rows.day.size
    ]
    measured = [(s.readings.measure, c) for s, c in counted]
    series = []
    for key, place in places.items():
        if not any(_covers(s, place) for s in sources):
            continue
        merged, model = merge_days(place, measured, grid.start), known[key]
        gone = _gone(sources, place, model)
        series.append(
            ModelSeries(
                key=key,
                spans=model.spans(),
                first_day=to_day(grid.start),
                new=merged.new,
                all_time=merged.levels["downloads_all_time"],
                rolling=merged.levels["downloads"],
                likes=merged.levels["likes"],
                summed=tuple(merged.summed),
                flags=(*merged.flags, *gone),
                created=model.created,
                task=model.task,
                libraries=model.libraries_by_day(),
            )
        )
    return series


def _covers(source: _Source, place: int) -> bool:
    start = int(np.searchsorted(source.rows.model, place))
    return start < source.rows.model.size and int(source.rows.model[start]) == place


def _count(
    source: _Source, changes: Mapping[int, Sequence[LibraryChange]], counted: CountedDays
) -> CountedDays:
    """Count one source by the rules of its kind."""
    rows, days = source.rows, source.days
    if source.readings.measure == "days":
        count_own_days(rows, [day - 1 for day in sorted(days)], counted)
    elif source.readings.measure == "steps":
        last = dict.fromkeys(source.listed, max(days))
        levels, silent = levels_of_steps(rows, days, last)
        count_days(levels, days, changes, counted, silent)
        counted.levels["downloads_all_time"][:] = np.nan  # they have no beginning
        for (model, day), differs in levels.twice.items():
            if differs:
                counted.forget(model, day)
    else:
        count_days(rows, days, changes, counted)
    return counted


def _gone(sources: Sequence[_Source], place: int, model: KnownModel) -> list[SeriesFlag]:
    """Rule 10: the day of the first whole snapshot without a model, after the last with it."""
    having = [s for s in sources if _covers(s, place)]
    last = max(
        int(s.rows.day[np.searchsorted(s.rows.model, place, side="right") - 1]) for s in having
    )
    after = {day for day in model.gone if day > last}
    for source in having:
        if source.readings.measure == "levels" and not source.readings.is_own:
            after |= {d for d, fact in source.days.items() if d > last and not fact.partial}
    return [SeriesFlag(to_day(min(after)), "gone")] if after else []
