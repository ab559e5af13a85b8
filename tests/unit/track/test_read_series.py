"""Each rule by which counters become downloads of days, and each trap, on made readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from cardiogram.errors import DataError
from cardiogram.store import SNAPSHOTS
from cardiogram.track.ledger import ModelLedger
from cardiogram.track.series import (
    DayFacts,
    Measure,
    ModelSeries,
    SourceReadings,
    find_renames,
    read_series,
)

FIRST = date(2026, 1, 1)
ID = "a" * 24
OTHER = "b" * 24


def day(number: int) -> date:
    return FIRST + timedelta(number)


def row(number: int, all_time: int | None, **columns: object) -> dict[str, object]:
    """A row of a day; the count of 30 days is 100 unless said."""
    known = {"id": "o/m", "day": day(number), "downloads": 100, "downloads_all_time": all_time}
    return {**known, **columns}


def rows_of(levels: Sequence[int | None], **columns: object) -> list[dict[str, object]]:
    """A row a day; None is a day without a row."""
    return [
        row(n, level, downloads=100 + n, **columns)
        for n, level in enumerate(levels)
        if level is not None
    ]


def source(
    rows: Sequence[Mapping[str, object]],
    name: str = "s",
    measure: Measure = "levels",
    days: Sequence[DayFacts] = (),
) -> SourceReadings:
    table = pa.Table.from_pylist([dict(r) for r in rows], schema=SNAPSHOTS)
    return SourceReadings(name, table, measure, tuple(days))


def only(*sources: SourceReadings) -> ModelSeries:
    (series,) = read_series(sources)
    return series


def new_of(series: ModelSeries) -> list[float | None]:
    return [None if np.isnan(new) else new for new in series.new]


def sums_of(series: ModelSeries) -> list[tuple[int, int, int, str]]:
    """First and last day as numbers, the sum and why."""
    return [((s.first - FIRST).days, (s.last - FIRST).days, s.new, s.why) for s in series.summed]


def flags_of(series: ModelSeries) -> list[tuple[int, str]]:
    return [((flag.day - FIRST).days, flag.kind) for flag in series.flags]


def panel(moves: Mapping[int, Sequence[int]], days: int = 30) -> list[dict[str, object]]:
    """Twenty models of 30 a day; `moves` has by day what the first of them moved by instead."""
    rows, level = [], [1000] * 20
    for n in range(days):
        changed = moves.get(n, ())
        for place in range(20):
            step = changed[place] if place < len(changed) else 30
            level[place] += step
            rows.append(row(n, level[place], id=f"o/m{place}", downloads=900 + n))
    return rows


# -- days and holes ------------------------------------------------------------------------------


def test_the_first_count_is_a_level_and_no_day() -> None:
    assert new_of(only(source(rows_of([500, 510, 530])))) == [None, 10, 20]


def test_a_day_without_a_snapshot_is_a_hole_and_no_zero() -> None:
    series = only(source(rows_of([10, 20, None, None, 50, 60])))
    assert new_of(series) == [None, 10, None, None, None, 10]
    assert sums_of(series) == [(1, 4, 30, "no snapshot")]
    assert series.summed[0].days == 3


def test_a_true_zero_is_a_zero() -> None:
    assert new_of(only(source(rows_of([10, 10, 12])))) == [None, 0, 2]


def test_a_year_of_holes_is_one_sum() -> None:
    series = only(source([row(0, 10), row(365, 400)]))
    assert len(series.new) == 366
    assert sums_of(series) == [(0, 365, 390, "no snapshot")]


def test_rows_come_in_any_order() -> None:
    rows = rows_of([10, 20, None, 50, 60])
    assert new_of(only(source(rows[::-1]))) == new_of(only(source(rows)))


def test_a_row_without_counts_is_a_hole() -> None:
    rows = [row(0, 10), {"id": "o/m", "day": day(1), "problems": ["unreachable: 503"]}, row(2, 30)]
    series = only(source(rows))
    assert sums_of(series) == [(0, 2, 20, "no snapshot")]
    assert flags_of(series) == []


# -- counts that are no counts -------------------------------------------------------------------


def test_an_all_time_count_of_0_beside_downloads_is_unknown() -> None:
    rows = [row(0, None), row(1, 0), row(2, 0), row(3, 900), row(4, 950)]
    series = only(source(rows))
    assert new_of(series) == [None, None, None, None, 50]
    assert flags_of(series) == [(1, "zero_is_unknown")]
    assert series.flags[0].until == day(2)


def test_a_new_model_begins_at_a_true_0() -> None:
    series = only(source([row(0, 0, downloads=0), row(1, 7, downloads=7)]))
    assert new_of(series) == [None, 7]
    assert series.flags == ()


@pytest.mark.parametrize(("days", "stuck"), [(32, True), (31, False)])
def test_a_counter_that_cannot_be_right_is_stuck(days: int, stuck: bool) -> None:
    rows = [row(0, 990, downloads=99), *(row(n, 1000) for n in range(1, days + 2))]
    series = only(source([*rows, row(days + 2, 1040, downloads=101)]))
    assert flags_of(series) == ([(1, "stuck")] if stuck else [])
    assert sums_of(series) == ([(1, days + 2, 40, "counter stuck")] if stuck else [])
    assert [flag.until for flag in series.flags] == ([day(days + 1)] if stuck else [])


def test_a_quiet_model_is_not_stuck() -> None:
    series = only(source([row(n, 1000, downloads=0) for n in range(60)]))
    assert new_of(series) == [None, *[0] * 59]


def test_equal_rows_of_a_day_are_one_and_different_ones_none() -> None:
    rows = rows_of([10, 20, 30, 40, 50])
    series = only(source([*rows, rows[1], {**rows[3], "downloads_all_time": 41}]))
    assert flags_of(series) == [(1, "duplicate"), (3, "conflict")]
    assert new_of(series) == [None, 10, 10, None, None]
    assert sums_of(series) == [(2, 4, 20, "conflicting duplicate rows")]


# -- what the Hub did ----------------------------------------------------------------------------


def test_a_day_on_which_large_counters_stood_still_is_unknown_for_those() -> None:
    moves = {20: [0] * 5, 21: [60] * 5, 25: [0] * 4, 26: [60] * 4}  # a quarter; and less
    series = read_series([source(panel(moves))])
    assert sums_of(series[0]) == [(19, 21, 60, "stood still")]
    assert series[0].new[25] == 0
    assert series[-1].summed == ()


def test_two_days_of_standing_still_are_one_sum() -> None:
    series = read_series([source(panel({20: [0] * 20, 21: [0] * 20, 22: [90] * 20}))])
    assert {tuple(sums_of(own)) for own in series} == {((19, 22, 90, "stood still"),)}


def test_small_counters_do_not_tell_that_all_stood_still() -> None:
    rows = [row(n, 100 + n // 5, id=f"o/m{m}", downloads=6) for n in range(30) for m in range(9)]
    assert all(own.summed == () for own in read_series([source(rows)]))


def test_set_back_counters_count_again_when_they_are_back() -> None:
    moves = {20: [-500] * 2, 23: [590] * 2}
    series = read_series([source(panel(moves))])
    assert sums_of(series[0]) == [(19, 23, 150, "rolled back")]
    assert np.isnan(series[0].all_time[20:23]).all()
    assert sums_of(series[5]) == []
    assert {kind for own in series for _, kind in flags_of(own)} == set()


def test_counters_that_are_not_back_after_eight_snapshots_fell() -> None:
    series = read_series([source(panel({15: [-5000] * 3}))])
    assert flags_of(series[0]) == [(15, "fall")]
    assert series[0].flags[0].step == -5000
    assert np.isnan(series[0].new[15])
    assert series[0].new[16] == 30


def test_one_model_that_falls_alone_fell() -> None:
    rows = [r for r in panel({20: [-500], 21: [530]}) if str(r["id"]) < "o/m14"]
    series = read_series([source(rows)])
    assert len(series) == 6  # one of them is more than 5 %
    assert flags_of(series[0]) == [(20, "fall")]
    assert series[0].new[21] == 530


def test_a_partial_snapshot_is_a_hole_for_those_that_it_lacks() -> None:
    rows = [r for r in panel({}) if r["day"] != day(20) or r["id"] in ("o/m0", "o/m1")]
    series = {own.name: own for own in read_series([source(rows)])}
    assert series["o/m0"].summed == ()
    assert sums_of(series["o/m5"]) == [(19, 21, 60, "partial snapshot")]


# -- recounts ------------------------------------------------------------------------------------

JUMP = [100, 110, 120, 130, 5130, 5140, 5150]


def libraries(changed: int | None) -> list[dict[str, object]]:
    """Counters that jump on day 4; the library is another one from a day on."""
    return [
        {**r, "hub_id": ID, "library_name": "x" if changed is not None and n >= changed else ""}
        for n, r in enumerate(rows_of(JUMP))
    ]


@pytest.mark.parametrize("changed", [3, 4, 6])
def test_a_jump_beside_another_library_is_a_recount(changed: int) -> None:
    series = only(source(libraries(changed)))
    (flag,) = series.flags
    assert (flag.kind, flag.day, flag.step) == ("recount", day(4), 5000)
    assert (flag.before, flag.after) == (None, "x")
    assert new_of(series)[4:] == [None, 10, 10]
    assert series.libraries == {day(0): None, day(changed): "x"}


def test_a_jump_without_another_library_is_real() -> None:
    assert only(source(libraries(None))).new[4] == 5000


@pytest.mark.parametrize(("changed", "jump"), [(9, 4), (2, 7)])
def test_a_jump_far_from_another_library_is_real(changed: int, jump: int) -> None:
    levels = [100 + 10 * n + 5000 * (n >= jump) for n in range(12)]
    rows = [{**r, "library_name": "x" * (n >= changed)} for n, r in enumerate(rows_of(levels))]
    assert only(source(rows)).new[jump] == 5010


def test_libraries_of_another_source_tell_of_a_recount() -> None:
    plain = source(rows_of(JUMP), "modelpulse")
    hub = [
        {**row(n, None, downloads=None), "hub_id": ID, "likes": 1, "library_name": lib}
        for n, lib in ((3, ""), (4, "x"))
    ]
    series = only(plain, source(hub, "hub-stats"))
    assert flags_of(series) == [(4, "recount")]


# -- names ---------------------------------------------------------------------------------------


def renamed() -> list[dict[str, object]]:
    """Counters of a model that has another name from day 3 on."""
    rows = enumerate(rows_of(JUMP))
    return [{**r, "id": "o/new" if n > 2 else "o/old"} for n, r in rows]


def test_a_renamed_model_is_one_series() -> None:
    rows = [
        {**r, "hub_id": ID, "id": "o/new" if n > 2 else "o/old"}
        for n, r in enumerate(rows_of(JUMP))
    ]
    series = only(source(rows))
    assert [(s.name, s.first, s.last) for s in series.spans] == [
        ("o/old", day(0), day(2)),
        ("o/new", day(3), None),
    ]
    assert (series.key, series.name, series.author) == (ID, "o/new", "o")
    assert not np.isnan(series.new[1:]).any()


def test_names_are_joined_by_another_source() -> None:
    plain = renamed()
    hub = [
        row(n, None, downloads=9, hub_id=ID, id=name) for n, name in ((1, "o/old"), (5, "o/new"))
    ]
    series = only(source(plain), source(hub, "hub-stats"))
    assert series.key == ID
    assert [(s.name, s.first) for s in series.spans] == [("o/old", day(0)), ("o/new", day(3))]
    assert new_of(series)[3] == 10


def test_without_ids_of_the_hub_nothing_is_joined() -> None:
    series = read_series([source(renamed())])
    assert [own.key for own in series] == ["o/new", "o/old"]
    assert flags_of(series[1]) == [(3, "gone")]
    (candidate,) = find_renames(read_series([source(rows_like(1.02))]))
    assert (candidate.gone, candidate.appeared, candidate.day) == ("o/old", "o/new", day(3))
    assert find_renames(read_series([source(rows_like(1.2))])) == ()


def rows_like(factor: float) -> list[dict[str, object]]:
    """One model goes, and another with about its count comes on the day."""
    return [
        row(n, int(1000 * factor) if n > 2 else 1000, id="o/new" if n > 2 else "o/old")
        for n in range(6)
    ]


def test_another_model_under_the_same_name_is_another_series() -> None:
    first = [{**r, "hub_id": ID} for r in rows_of([10, 20, 30])]
    then = [{**row(n, 5 * n), "hub_id": OTHER} for n in range(5, 9)]
    plain = [row(n, 10 * n) for n in range(9)]
    both = read_series([source([*first, *then], "hub-stats"), source(plain)])
    assert [(own.key, own.name) for own in both] == [(ID, "o/m"), (OTHER, "o/m")]
    assert np.isnan(both[1].new[:5]).all()
    assert np.isnan(both[0].new[5:]).all()


def test_a_repository_with_two_names_on_a_day_has_the_first() -> None:
    hub = [row(3, 130, hub_id=ID, id=name) for name in ("o/m", "o/other")]
    series = {own.key: own for own in read_series([source(hub, "h"), source(rows_of(JUMP))])}
    assert [s.name for s in series[ID].spans] == ["o/m"]
    assert flags_of(series[ID]) == []


def test_rows_before_a_model_was_made_are_of_another() -> None:
    made = datetime(2026, 1, 4, tzinfo=timezone.utc)
    hub = [row(n, None, downloads=9, hub_id=ID, created_at=made) for n in (5, 6)]
    series = {own.key: own for own in read_series([source(hub, "h"), source(rows_of(JUMP))])}
    assert series.keys() == {ID, "o/m"}
    assert np.isnan(series[ID].new[:4]).all()
    assert series[ID].created == date(2026, 1, 4)


def test_a_model_that_is_gone_has_no_zeros() -> None:
    rows = [r for r in panel({}) if r["id"] != "o/m3" or r["day"] < day(20)]
    series = {own.name: own for own in read_series([source(rows)])}
    assert flags_of(series["o/m3"]) == [(20, "gone")]
    assert np.isnan(series["o/m3"].new[20:]).all()
    assert flags_of(series["o/m4"]) == []


def test_a_model_that_a_partial_snapshot_lacks_is_not_gone() -> None:
    rows = [r for r in panel({}) if r["day"] != day(29) or r["id"] == "o/m0"]
    assert {flags for own in read_series([source(rows)]) for flags in flags_of(own)} == set()


def test_the_hub_itself_says_who_is_gone() -> None:
    own = [*rows_of([10, 20]), {"id": "o/m", "day": day(2), "problems": ["not_found"]}]
    assert flags_of(only(source(own, ""))) == [(2, "gone")]
    away = [*rows_of([10, 20]), {"id": "o/m", "day": day(2), "problems": ["unreachable"]}]
    assert flags_of(only(source(away, ""))) == []
    back = [*own, row(3, 40)]
    assert flags_of(only(source(back, ""))) == []


def test_models_are_chosen_by_any_name() -> None:
    rows = [
        {**r, "hub_id": ID, "id": "o/new" if n > 2 else "o/old"}
        for n, r in enumerate(rows_of(JUMP))
    ]
    others = [row(n, n, id="o/other", hub_id=OTHER) for n in range(4)]
    every = source([*rows, *others])
    for wanted in ("o/old", "o/new", ID):
        assert [own.key for own in read_series([every], [wanted])] == [ID]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_told_adds_up_to_what_the_counter_moved(seed: int) -> None:
    """Days, sums and steps of no day are together what lies between the first and last count."""
    rng = np.random.default_rng(seed)
    rows = []
    for model in range(12):
        steps = rng.poisson(rng.choice([0, 2, 40, 900]), 60) * rng.choice(
            [0, 1, 30], 60, p=[0.1, 0.87, 0.03]
        )
        steps[rng.random(60) < 0.02] = -700
        level = np.maximum.accumulate(np.cumsum(steps)) if model % 3 else np.cumsum(steps) + 5000
        for n in np.flatnonzero(rng.random(60) > 0.15).tolist():
            rows.append(row(n, int(level[n]), id=f"o/m{model}", downloads=int(rng.integers(0, 3))))
            rows += rows[-1:] if rng.random() < 0.02 else []
    for series in read_series([source(rows)]):
        known = np.flatnonzero(~np.isnan(series.all_time))
        told = np.nansum(series.new) + sum(s.new for s in series.summed)
        told += sum(flag.step or 0 for flag in series.flags)
        assert told == series.all_time[known[-1]] - series.all_time[known[0]]
        spans = [
            range((s.first - FIRST).days + 1, (s.last - FIRST).days + 1) for s in series.summed
        ]
        assert np.isnan([series.new[n] for span in spans for n in span]).all()


# -- sources of moves and of days ----------------------------------------------------------------


def moved(number: int, new: int, **columns: object) -> dict[str, object]:
    """A move that a snapshot of that day shows: it happened the day before."""
    return {"hub_id": ID, "day": day(number - 1), "new_downloads": new, **columns}


def many_moved(numbers: Sequence[int], fewer: Sequence[int] = ()) -> list[DayFacts]:
    return [
        DayFacts(day(n), 10 if n in fewer else 100, compared=100, partial=n in fewer)
        for n in sorted({*numbers, *fewer})
    ]


LISTED = {"hub_id": ID, "id": "o/m", "day": day(9)}


def test_no_move_is_0_on_a_day_on_which_others_moved() -> None:
    rows = [moved(1, 5), moved(3, 7), LISTED]
    series = only(source(rows, "h", "steps", many_moved(range(1, 7))))
    assert (series.name, series.first_day) == ("o/m", day(1))
    assert new_of(series) == [None, 0, 7, 0, 0, 0]
    assert np.isnan(series.all_time).all()


def test_no_move_is_unknown_where_nobody_or_few_moved() -> None:
    rows = [moved(1, 5), moved(2, 6), moved(5, 30), moved(8, 20), LISTED]
    series = only(source(rows, "h", "steps", many_moved([1, 2, 5, 6, 8], fewer=[7])))
    assert new_of(series) == [None, 6, None, None, None, 0, None, None]
    assert sums_of(series) == [(2, 5, 30, "no snapshot"), (6, 8, 20, "stood still")]


def test_after_its_last_move_an_unlisted_model_is_unknown() -> None:
    rows = [moved(1, 5), moved(3, 7)]
    series = only(source(rows, "h", "steps", many_moved(range(1, 7))))
    assert new_of(series) == [None, 0, 7, None, None, None]


def test_a_counter_that_moved_back_fell() -> None:
    series = only(source([moved(1, 5), moved(2, -900), moved(3, 4)], "h", "steps"))
    assert flags_of(series) == [(2, "fall")]
    assert new_of(series) == [None, None, 4]


def test_moves_of_a_day_that_differ_leave_that_day_unknown() -> None:
    rows = [moved(1, 5), moved(2, 6), moved(3, 7), moved(3, 8), moved(4, 9)]
    series = only(source(rows, "h", "steps"))
    assert new_of(series) == [None, 6, None, 9]
    assert flags_of(series) == [(3, "conflict")]


def test_a_source_of_days_is_shown_a_day_later() -> None:
    rows = [{"id": "o/m", "day": day(n), "new_downloads": v} for n, v in ((0, 4), (1, 5), (3, 6))]
    other = {"id": "o/n", "day": day(2), "new_downloads": 1}
    twice = {**rows[1], "new_downloads": 8}
    series = {s.name: s for s in read_series([source([*rows, other, twice], "p", "days")])}
    assert series["o/m"].first_day == day(1)
    assert new_of(series["o/m"]) == [4, None, 0, 6]  # no row is 0 on a day that others have
    assert new_of(series["o/n"]) == [None, None, 1, 0]
    assert flags_of(series["o/m"]) == [(2, "conflict")]


# -- several sources -----------------------------------------------------------------------------


def test_holes_are_filled_from_a_source_that_counts_the_same() -> None:
    first = source(rows_of([10, 20, None, None, 50, 60]), "a")
    second = source([row(n, v) for n, v in ((1, 20), (2, 31), (3, 40), (4, 50))], "b")
    series = only(first, second)
    assert new_of(series) == [None, 10, 11, 9, 10, 10]
    assert series.summed == ()


def test_days_of_one_sum_are_filled_all_or_not() -> None:
    first = source(rows_of([10, 20, None, None, 50, 60]), "a")
    second = source([row(1, 20), row(2, 31)], "b")
    series = only(first, second)
    assert new_of(series) == [None, 10, None, None, None, 10]
    assert sums_of(series) == [(1, 4, 30, "no snapshot")]


def test_a_source_that_counts_otherwise_fills_nothing() -> None:
    first = source(rows_of([10, 20, None, 40, 50, 60]), "a")
    second = source([row(n, 50 * n + 50) for n in range(4)], "b")
    assert sums_of(only(first, second)) == [(1, 3, 20, "no snapshot")]


def test_zeros_are_doubted_where_another_source_shows_that_the_counter_is_stuck() -> None:
    levels = [row(0, 990, downloads=99), *(row(n, 1000) for n in range(1, 40))]
    levels.append(row(40, 1040, downloads=9))
    moves = [moved(1, 10, id="o/m"), moved(40, 40), {**LISTED, "day": day(40)}]
    steps = source(moves, "h", "steps", many_moved(range(1, 41)))
    assert new_of(only(steps))[1:3] == [0, 0]
    series = only(source(levels, "a"), steps)
    assert sums_of(series) == [(1, 40, 40, "counter stuck")]
    assert new_of(series)[:3] == [None, 10, None]


@pytest.mark.parametrize(("later", "known"), [((930, 960), True), ((900, 960), False)])
def test_who_saw_a_counter_move_tells_days_on_which_others_saw_it_stand(
    later: tuple[int, int], known: bool
) -> None:
    still = panel({20: [0] * 20, 21: [60] * 20})
    level = 1000 + 20 * 30  # on day 19
    seen = [row(19, level), *(row(20 + n, level - 900 + v) for n, v in enumerate(later))]
    other = source([{**r, "id": "o/m0"} for r in seen], "b")
    series = {own.name: own for own in read_series([source(still), other])}["o/m0"]
    assert new_of(series)[20:22] == ([30, 30] if known else [None, None])
    assert sums_of(series) == ([] if known else [(19, 21, 60, "stood still")])


def test_who_counts_days_tells_those_on_which_a_counter_stood_still() -> None:
    still = panel({20: [0] * 20, 21: [60] * 20})
    days = [{"id": "o/m0", "day": day(n), "new_downloads": v} for n, v in ((19, 60), (20, 0))]
    series = read_series([source(still), source(days, "publisher", "days")])
    assert [sums_of(own) for own in series[:2]] == [[], [(19, 21, 60, "stood still")]]
    assert new_of(series[0])[20:22] == [60, 0]


def test_the_days_before_own_snapshots_come_from_others() -> None:
    own = source([{**row(n, 100 + n), "hub_id": ID} for n in range(5, 9)], "")
    past = source(rows_of([10, 20, 30, 40, 50]), "modelpulse")
    series = only(own, past)
    assert new_of(series) == [None, 10, 10, 10, 10, None, 1, 1, 1]
    assert series.key == ID


# -- folders -------------------------------------------------------------------------------------


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no counts of any day") as error:
        read_series(tmp_path)
    assert "track snapshot" in str(error.value.hint)


def test_own_snapshots_are_read_from_a_ledger(tmp_path: Path) -> None:
    ledger = ModelLedger(tmp_path)
    for number, level in enumerate([10, 25]):
        ledger.write_day(day(number), [row(number, level, hub_id=ID)])
    assert new_of(read_series(tmp_path)[0]) == [None, 15]
