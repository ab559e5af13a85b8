"""What other sources have is taken into a ledger: traps of files, and what is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from cardiogram.cli import main
from cardiogram.cli.track.backfill import KINDS
from cardiogram.errors import DataError
from cardiogram.track.ledger import ModelLedger, Watched
from cardiogram.track.series import read_series
from cardiogram.track.sources import (
    SourceKind,
    backfill,
    built_in,
    day_counter,
    read_mapping,
)

FIRST = date(2026, 1, 1)
ID, OTHER = "a" * 24, "b" * 24


def day(number: int) -> date:
    return FIRST + timedelta(number)


@pytest.fixture
def ledger(tmp_path: Path) -> ModelLedger:
    """One that watches o/m."""
    ledger = ModelLedger(tmp_path / "ledger")
    ledger.watch([Watched("o/m")])
    return ledger


def write(path: Path, rows: Sequence[Mapping[str, object]], **types: pa.DataType) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist([dict(row) for row in rows])
    for name, kind in types.items():
        table = table.set_column(table.column_names.index(name), name, table[name].cast(kind))
    pq.write_table(table, path)
    return path


def pulse(
    number: int, all_time: int | None, name: str = "o/m", **more: object
) -> dict[str, object]:
    """A row of modelpulse."""
    known = {"id": name, "day": day(number), "dl30": 100 + number, "dl_all": all_time, "likes": 3}
    return {**known, **more}


def new_of(ledger: ModelLedger, name: str = "o/m") -> list[float | None]:
    (series,) = (s for s in read_series(ledger.root) if s.name == name)
    return [None if np.isnan(new) else new for new in series.new]


def map_to(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "mapping.toml"
    path.write_text(text, "utf-8")
    return read_mapping(path)


# -- what is taken -------------------------------------------------------------------------------


def test_only_watched_models_are_taken_and_all_are_counted(
    ledger: ModelLedger, tmp_path: Path
) -> None:
    rows = [pulse(n, 10 * n, f"o/{name}") for n in range(3) for name in ("m", "x", "y")]
    taken = backfill(ledger, "modelpulse", write(tmp_path / "series" / "2026-01.parquet", rows))
    assert (taken.models, taken.rows, taken.rows_read, taken.missing) == (1, 3, 9, ())
    assert (taken.first_day, taken.last_day, taken.days) == (day(0), day(2), 3)
    assert [s.key for s in read_series(ledger.root)] == ["o/m"]


def test_the_same_path_again_replaces_and_another_adds(ledger: ModelLedger, tmp_path: Path) -> None:
    first = write(tmp_path / "a.parquet", [pulse(n, 10 * n) for n in range(3)])
    backfill(ledger, "modelpulse", first)
    write(first, [pulse(n, 20 * n + 20) for n in range(3)])
    backfill(ledger, "modelpulse", first)
    assert new_of(ledger) == [None, 20, 20]
    second = write(tmp_path / "b.parquet", [pulse(n, 20 * n) for n in range(2, 5)])
    backfill(ledger, "modelpulse", second)
    assert new_of(ledger) == [None, 20, 20, 20, 20]
    assert len(list((ledger.root / "backfill" / "modelpulse").iterdir())) == 4


def test_a_damaged_file_is_named_and_what_was_there_stays(
    ledger: ModelLedger, tmp_path: Path
) -> None:
    folder = tmp_path / "series"
    write(folder / "2026-01.parquet", [pulse(n, 10 * n + 10) for n in range(3)])
    backfill(ledger, "modelpulse", folder)
    whole = (folder / "2026-01.parquet").read_bytes()
    (folder / "2026-02.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"cannot read .*2026-02\.parquet"):
        backfill(ledger, "modelpulse", folder)
    assert new_of(ledger) == [None, 10, 10]
    assert len(list(ledger.root.glob("backfill/*/*.parquet"))) == 1


def test_a_damaged_shard_leaves_its_source_out_with_the_way_back(
    ledger: ModelLedger, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = '[columns]\nid = "id"\nday = "day"\ndownloads_all_time = "n"\n'
    rows = [{"id": "o/m", "day": f"2026-01-0{n + 1}", "n": str(5 * n)} for n in range(3)]
    own = write(tmp_path / "own.parquet", rows)
    backfill(ledger, "mapping", own, mapping=map_to(tmp_path, text))
    backfill(ledger, "modelpulse", write(tmp_path / "a.parquet", [pulse(n, n) for n in range(3)]))
    (shard,) = (ledger.root / "backfill" / "modelpulse").glob("*.parquet")
    shard.write_bytes(shard.read_bytes()[:-1] + b"x")
    assert new_of(ledger) == [None, 5, 5]
    assert "not as it was written" in caplog.text
    assert f"track backfill modelpulse {tmp_path / 'a.parquet'} --ledger" in caplog.text


def test_nothing_of_the_models_is_an_error(ledger: ModelLedger, tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [pulse(0, 1, "o/x")])
    with pytest.raises(DataError, match="nothing of the 1 models"):
        backfill(ledger, "modelpulse", path)
    assert not list(ledger.root.glob("backfill/*/*.json"))


def test_nobody_watched_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [pulse(0, 1)])
    with pytest.raises(DataError, match="nobody is watched"):
        backfill(ModelLedger(tmp_path / "ledger"), "modelpulse", path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_without_its_files_says_what_it_has(
    kind: SourceKind, ledger: ModelLedger, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    mapping = built_in(kind) or map_to(tmp_path, 'columns = { id = "a", likes = "b" }')
    with pytest.raises(DataError, match=f"no files of {kind}") as error:
        backfill(ledger, kind, tmp_path / "empty", mapping=mapping)
    assert error.value.hint
    with pytest.raises(DataError, match="no file or folder"):
        backfill(ledger, kind, tmp_path / "nowhere", mapping=mapping)


def test_columns_of_ones_own_need_a_mapping(ledger: ModelLedger, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="which column is which"):
        backfill(ledger, "mapping", write(tmp_path / "a.parquet", [pulse(0, 1)]))


# -- columns -------------------------------------------------------------------------------------


def test_an_absent_column_is_named_with_those_that_are_there(
    ledger: ModelLedger, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.parquet", [{"id": "o/m", "day": FIRST, "dl30": 3, "total": 9}])
    with pytest.raises(DataError, match=r"no column 'dl_all'; it has day, dl30, id, total"):
        backfill(ledger, "modelpulse", path)
    renamed = '[columns]\ndownloads_all_time = "total"\nlikes = "total"\n'
    (tmp_path / "m.toml").write_text(renamed, "utf-8")
    mapping = read_mapping(tmp_path / "m.toml", built_in("modelpulse"))
    assert backfill(ledger, "modelpulse", path, mapping=mapping).rows == 1


def test_columns_that_came_later_are_null_before(ledger: ModelLedger, tmp_path: Path) -> None:
    row = {"_id": ID, "id": "o/m", "downloads": 5, "likes": 1, "library_name": None}
    row |= {"pipeline_tag": "x", "createdAt": datetime(2026, 1, 1, tzinfo=timezone.utc)}
    folder = tmp_path / "stats"
    write(folder / "2026-01-01.parquet", [row], library_name=pa.string())
    write(folder / "2026-01-02.parquet", [{**row, "downloadsAllTime": 70, "library_name": "t"}])
    write(folder / "2026-01-03.parquet", [{**row, "downloadsAllTime": 75, "library_name": "t"}])
    taken = backfill(ledger, "hub-stats", folder)
    assert taken.absent == {"downloads_all_time": 1, "trending_score": 3}
    (series,) = read_series(ledger.root)
    assert (series.key, series.task, series.created) == (ID, "x", FIRST)
    assert series.libraries == {day(0): None, day(1): "t"}
    assert new_of(ledger) == [None, None, 5]


@pytest.mark.parametrize(
    "days",
    [
        pa.array([day(0), day(1)]),
        pa.array([datetime(2026, 1, 1, 23), datetime(2026, 1, 2)]),
        pa.array(["2026-01-01", "2026-01-02T03:00:00.000Z"]),
        pa.array(["2026-01-01T01:00:00+00:00", "2026-01-03T01:00:00+02:00"]),
    ],
)
def test_days_come_in_many_forms(days: pa.Array, ledger: ModelLedger, tmp_path: Path) -> None:
    table = pa.table({"model": ["o/m"] * 2, "when": days, "total": ["10", "25"]})
    pq.write_table(table, tmp_path / "own.parquet")
    text = '[columns]\nid = "model"\nday = "when"\ndownloads_all_time = "total"\n'
    backfill(ledger, "mapping", tmp_path / "own.parquet", mapping=map_to(tmp_path, text))
    assert new_of(ledger) == [None, 15]


def test_what_cannot_be_true_is_left_out_and_counted(ledger: ModelLedger, tmp_path: Path) -> None:
    rows = [
        {"id": "o/m", "day": "2026-01-01", "n": "10"},
        {"id": "o/m", "day": "2026-01-02", "n": "-4"},
        {"id": "o/m", "day": "2026-01-03", "n": "many"},
        {"id": "o/m", "day": "2026-01-04", "n": "1e300"},
        {"id": "o/m", "day": "2026-01-05", "n": " 50.0 "},
        {"id": "o/m", "day": "9999-12-31", "n": "7"},
        {"id": "o/m", "day": None, "n": "7"},
        {"id": None, "day": "2026-01-05", "n": "7"},
    ]
    text = '[columns]\nid = "id"\nday = "day"\ndownloads_all_time = "n"\n'
    path = write(tmp_path / "own.parquet", rows)
    taken = backfill(ledger, "mapping", path, mapping=map_to(tmp_path, text))
    assert taken.problems == {
        "rows without a day that can be read": 2,
        "counts that cannot be true": 3,
        "rows that name no model": 1,
    }
    assert new_of(ledger) == [None, None, None, None, None]
    (series,) = read_series(ledger.root)
    assert [(s.days, s.new) for s in series.summed] == [(4, 40)]


def test_a_count_beyond_what_fits_is_no_count(ledger: ModelLedger, tmp_path: Path) -> None:
    rows = [pulse(n, None, dl_all=str(number)) for n, number in enumerate((1, 2, 2**63))]
    path = write(tmp_path / "a.parquet", rows, dl_all=pa.uint64())
    assert backfill(ledger, "modelpulse", path).problems == {"counts that cannot be true": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[columns", "cannot read"),
        ('size = 3\n[columns]\nid = "a"', "'size', which no mapping has"),
        ('[columns]\nname = "a"', "'name', which is no column of ours"),
        ("columns = 3", "3, which is no column of ours"),
        ("[columns]\nid = 3", "which is no column's name"),
        ('[columns]\nday = "a"\nlikes = "b"', "neither id nor hub_id"),
        ('[columns]\nid = "a"', "maps no count"),
        ('measure = "days"\n[columns]\nid = "a"\nlikes = "b"', "maps no count: new_downloads"),
        ('measure = "weeks"\n[columns]\nid = "a"\nlikes = "b"', "not levels, steps or days"),
        ('lag = 1.5\n[columns]\nid = "a"\nlikes = "b"', "no number of days"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        map_to(tmp_path, text)


@pytest.mark.parametrize(("lag", "first"), [(1, 0), (0, 1)])
def test_the_lag_of_a_mapping_moves_the_days(
    lag: int, first: int, ledger: ModelLedger, tmp_path: Path
) -> None:
    """A count that was read off late on a day is what an early one of the next day shows."""
    text = f'lag = {lag}\n[columns]\nid = "id"\nday = "day"\ndownloads_all_time = "n"\n'
    path = write(tmp_path / "own.parquet", [{"id": "o/m", "day": day(n), "n": n} for n in (0, 1)])
    backfill(ledger, "mapping", path, mapping=map_to(tmp_path, text))
    assert read_series(ledger.root)[0].first_day == day(first)


# -- kinds ---------------------------------------------------------------------------------------


def test_the_last_revision_of_a_utc_day_counts(ledger: ModelLedger, tmp_path: Path) -> None:
    def revision(commit: str, total: int) -> None:
        row = {"_id": ID, "id": "o/m", "downloads": 5, "downloadsAllTime": total, "likes": 1}
        row |= {"library_name": "t", "pipeline_tag": "x", "createdAt": datetime(2026, 1, 1)}
        write(tmp_path / "s" / "resolve" / commit / "models.parquet", [row])

    title = "Upload models.parquet with huggingface_hub"
    commits = [
        {"id": "c3", "title": title, "date": "2026-01-02T05:00:00.000Z"},
        {"id": "c9", "title": "Upload spaces.parquet", "date": "2026-01-02T06:00:00.000Z"},
        {"id": "c2", "title": title, "date": "2026-01-01T23:59:00.000Z"},
        {"id": "c1", "title": title, "date": "2026-01-01T03:00:00.000Z"},
        {"id": "c0", "title": title, "date": "2025-12-31T03:00:00.000Z"},
    ]
    for number, commit in enumerate(("c1", "c2", "c3", "c9")):
        revision(commit, 100 + 10 * number)
    (tmp_path / "s" / "commits.json").write_text(json.dumps(commits), "utf-8")
    assert backfill(ledger, "hub-stats", tmp_path / "s").files == 2
    assert new_of(ledger) == [None, 10]
    (tmp_path / "s" / "commits.json").write_text('[{"id": 1}]', "utf-8")
    with pytest.raises(DataError, match="no list of commits"):
        backfill(ledger, "hub-stats", tmp_path / "s")


def test_former_names_are_known_from_a_source_with_ids(ledger: ModelLedger, tmp_path: Path) -> None:
    row = {"_id": ID, "downloads": 5, "likes": 1, "library_name": "t", "pipeline_tag": "x"}
    row |= {"createdAt": datetime(2025, 1, 1)}
    write(tmp_path / "s" / "2026-01-01.parquet", [{**row, "id": "o/old"}])
    write(tmp_path / "s" / "2026-01-06.parquet", [{**row, "id": "o/m"}])
    backfill(ledger, "hub-stats", tmp_path / "s")
    rows = [pulse(n, 10 * n + 5, "o/m" if n > 2 else "o/old") for n in range(6)]
    assert backfill(ledger, "modelpulse", write(tmp_path / "p.parquet", rows)).rows == 6
    assert new_of(ledger) == [None, 10, 10, 10, 10, 10]


def test_moves_need_the_hubs_ids(ledger: ModelLedger, tmp_path: Path) -> None:
    moves = [{"hub_id": i, "day": day(n), "downloads": 4} for n in range(9) for i in (ID, OTHER)]
    del moves[4]
    path = write(tmp_path / "h" / "downloads.parquet", moves).parent
    with pytest.raises(DataError, match="nothing of the 1 models"):
        backfill(ledger, "hf-hub-characterization", path)
    write(path / "models.parquet", [{"hub_id": ID, "name": "o/m"}])
    with pytest.raises(DataError, match=r"models\.parquet' has no column 'repo_id'; it has hub_id"):
        backfill(ledger, "hf-hub-characterization", path)
    (path / "m.toml").write_text('[listing]\nid = "name"\n', "utf-8")
    mapping = read_mapping(path / "m.toml", built_in("hf-hub-characterization"))
    taken = backfill(ledger, "hf-hub-characterization", path, mapping=mapping)
    assert taken.missing == ()
    assert new_of(ledger) == [None, 4, 0, *[4] * 6]


def test_of_a_publisher_only_models_count_and_totals_do_not(
    ledger: ModelLedger, tmp_path: Path
) -> None:
    lines = [
        "repoType,repoName,total,timestamp,downloads",
        "model,o/m,999,2026-01-01T00:00:00.000Z,4",
        "dataset,o/m,50,2026-01-01T00:00:00.000Z,50",
        "model,o/m,999,2026-01-02T00:00:00.000Z,6",
        "model,o/m",
    ]
    (tmp_path / "p.csv").write_text("\n".join(lines), "utf-8")
    taken = backfill(ledger, "publisher", tmp_path / "p.csv")
    assert taken.problems == {"lines of a CSV file with another number of fields": 1}
    assert new_of(ledger) == [4, 6]
    assert read_series(ledger.root)[0].first_day == day(1)


@pytest.mark.parametrize(
    ("place", "head", "line"),
    [
        ("2026-01-02_hf.csv", "organization,model_name,downloads,date", "o,m,{},2026-01-02"),
        ("2026-01-02_hf.csv", "organization,model_name,downloads", "o,m,{}"),
        ("02-01-2026 13-58/models_df.csv", "organization,model_name,downloads", "o,m,{}"),
    ],
)
def test_dated_csv_say_their_day(
    place: str, head: str, line: str, ledger: ModelLedger, tmp_path: Path
) -> None:
    path = tmp_path / "csv" / place
    path.parent.mkdir(parents=True)
    path.write_text("\ufeff" + head + "\n" + line.format(77) + "\n", "utf-8")
    backfill(ledger, "dated-csv", tmp_path / "csv")
    (series,) = read_series(ledger.root)
    assert (series.first_day, series.rolling.tolist()) == (day(1), [77])
    assert np.isnan(series.new).all()


def test_a_file_without_a_day_is_named(ledger: ModelLedger, tmp_path: Path) -> None:
    (tmp_path / "models.csv").write_text("organization,model_name,downloads\no,m,1\n", "utf-8")
    with pytest.raises(DataError, match=r"models\.csv' does not say of which day"):
        backfill(ledger, "dated-csv", tmp_path / "models.csv")


# -- facts of days over any number of rows -------------------------------------------------------


def test_facts_of_days_do_not_need_all_rows(
    ledger: ModelLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for a twentieth of the rows, in any order, the days come out the same."""
    rng = np.random.default_rng(0)
    rate = rng.lognormal(2, 1.5, (400, 1))
    new = rng.poisson(rate, (400, 60))
    level = 10_000 + np.cumsum(new, axis=1)
    level[:, 40] = np.where(rng.random(400) < 0.5, level[:, 39], level[:, 40])
    level[:, 50:52] -= np.where(np.arange(400)[:, None] % 3 == 0, 3000, 0)
    rows = [
        pulse(n, int(level[m, n]), f"o/m{m}" if m else "o/m", dl30=int(30 * rate[m, 0]))
        for m in range(400)
        for n in range(60)
        if n != 30 or m % 2
    ]
    path = write(tmp_path / "a.parquet", [rows[i] for i in rng.permutation(len(rows))])
    whole = backfill(ledger, "modelpulse", path)
    assert (whole.stood_still, whole.rolled_back, whole.partial) == (
        (day(40),),
        (day(50),),
        (day(30),),
    )
    monkeypatch.setattr(day_counter, "ROOM", len(rows) // 20)
    assert backfill(ledger, "modelpulse", path) == whole


def test_a_sample_has_whole_models_and_no_more_rows_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(day_counter, "ROOM", 500)
    counter = day_counter.DayCounter("levels")
    ids = [f"o/m{m}" for m in range(300)]
    for n in range(20):
        days = pa.array([day(n)] * 300)
        counter.add(
            pa.table({"id": ids, "day": days, "downloads_all_time": range(0, 3_000_000, 10_000)})
        )
    for sample in (counter._any, counter._largest):
        model, numbers, _ = sample.rows()
        assert 0 < model.size <= 500
        assert np.unique(model, return_counts=True)[1].tolist() == [20] * np.unique(model).size
        assert np.unique(numbers).size == 20


# -- the command ---------------------------------------------------------------------------------


def test_the_command_takes_every_kind() -> None:
    assert get_args(SourceKind) == KINDS


def test_the_command_says_what_it_took(ledger: ModelLedger, tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [pulse(n, n) for n in range(3)])
    ledger.watch([Watched("o/m"), Watched("o/none")])
    options = ["track", "backfill", "modelpulse", str(path), "--ledger", str(ledger.root), "--json"]
    result = CliRunner().invoke(main, options)
    assert (result.exit_code, json.loads(result.stdout)["missing"]) == (1, ["o/none"])
