"""Counts by day from snapshots, collections and tables of others, and what is wrong with these."""

import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cardiogram.collect.daily_counts import Dated, read_dated
from cardiogram.errors import DataError
from cardiogram.store import Study

IDS = ("a/one", "b/two", "c/three")
BEGUN = datetime(2026, 10, 1, 12, tzinfo=timezone.utc)
FIRST, LATER = date(2026, 10, 1), date(2026, 10, 31)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Three models that the Hub listed, the last one reached only a week later."""
    found = Study(tmp_path / "study")
    found.write_manifest({"created_at": "2026-10-01T12:00:00Z", "source": {"kind": "hub"}})
    found.models.write(
        "00000",
        [
            {
                "id": name,
                "downloads": 10 * n,
                "likes": n,
                "fetched_at": BEGUN + timedelta(days=late),
            }
            for n, (name, late) in enumerate(zip(IDS, (0, 2, 7), strict=True))
        ],
    )
    return found


def counts(found: Dated, day: date, name: str) -> list[Any]:
    return [None if np.isnan(value) else value for value in found.days[day][name]]


def write_csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_the_collection_is_the_first_snapshot(study: Study) -> None:
    found = read_dated(study, IDS)
    assert list(found.days) == [FIRST]
    assert counts(found, FIRST, "downloads") == [0, 10, None]
    assert found.faults == {"models collected days after the study was begun": 1}


@pytest.mark.parametrize(
    "manifest",
    [
        {"created_at": "2026-10-01T12:00:00Z", "source": {"kind": "jsonl"}},
        {"source": {"kind": "hub"}},
        {"created_at": "some day", "source": {"kind": "hub"}},
        {"created_at": "2026-10-01T12:00:00", "source": {"kind": "hub"}},
    ],
)
def test_a_collection_whose_day_is_not_known_is_none(
    study: Study, manifest: dict[str, Any]
) -> None:
    study.write_manifest(manifest)
    assert read_dated(study, IDS) == Dated()


def test_a_snapshot_goes_before_the_collection_of_its_day(study: Study) -> None:
    rows = [{"id": "a/one", "likes": 7}, {"id": "not/here", "likes": 1}]
    study.snapshots.write(FIRST.isoformat(), rows)
    study.snapshots.write(LATER.isoformat(), [{"id": "b/two", "likes": 9}, {"id": "c/three"}])
    found = read_dated(study, IDS)
    assert counts(found, FIRST, "likes") == [7, 1, None]
    assert counts(found, LATER, "likes") == [None, 9, None]
    assert counts(found, LATER, "downloads") == [None, None, None]


def test_tables_by_any_of_the_known_names(study: Study, tmp_path: Path) -> None:
    folder = tmp_path / "dumps"
    folder.mkdir()
    evening = datetime(2026, 9, 2, 2, 30, tzinfo=timezone.utc)  # of 1 September in New York
    moment = pa.array([evening], pa.timestamp("ns", tz="America/New_York"))
    table = pa.table(
        {
            "modelId": pa.array(["a/one"]).dictionary_encode(),
            "date": moment,
            "downloadsAllTime": [5.0],
            "likes": ["4"],
            "card": ["text"],
        }
    )
    pq.write_table(table, folder / "dump.parquet")
    write_csv(folder / "hub-2026-08-01.csv", "\ufeffid,downloads,likes", "b/two,3,", "z/other,9,9")
    (folder / "notes.txt").write_text("not a table")
    found = read_dated(study, IDS, [folder])
    assert counts(found, date(2026, 9, 2), "likes") == [4, None, None]
    assert counts(found, date(2026, 9, 2), "downloads_all_time") == [5, None, None]
    assert counts(found, date(2026, 8, 1), "downloads") == [None, 3, None]


def test_another_study_brings_its_collection_and_its_snapshots(
    study: Study, tmp_path: Path
) -> None:
    other = Study(tmp_path / "other")
    other.write_manifest({"created_at": "2026-08-02T00:00:00Z", "source": {"kind": "ids"}})
    other.models.write("00000", [{"id": "b/two", "likes": 3}])
    other.snapshots.write("2026-09-02", [{"id": "b/two", "likes": 4}])
    found = read_dated(study, IDS, [other.root])
    assert list(found.days) == [date(2026, 8, 2), date(2026, 9, 2), FIRST]
    assert counts(found, date(2026, 9, 2), "likes") == [None, 4, None]


def test_what_cannot_be_true_is_left_out_and_counted(study: Study, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "bad.csv",
        "id,date,downloads,likes",
        "a/one,2026-09-01,-3,1",
        "a/one,2026-09-01,,2",
        "b/two,2026-09-01,1e15,2.5",
        "b/two,2026-09-01,nan,many",
        *["a/one,2026-09-01,,1"] * 2000,  # the same again is no fault
        "c/three,some day,1,1",
        "c/three,2026-09-01T22:00:00-05:00,1,1",
    )
    found = read_dated(study, IDS, [path])
    assert counts(found, date(2026, 9, 1), "likes") == [1, None, None]
    assert counts(found, date(2026, 9, 2), "likes") == [None, None, 1]
    assert found.faults == {
        "counts that cannot be true": 4,
        "rows of a model and day that differ from an earlier one": 1,
        "rows without a day that can be read": 1,
        "models collected days after the study was begun": 1,
    }


@pytest.mark.parametrize(
    ("name", "lines", "words"),
    [
        ("t.csv", ("name,date,likes", "a/one,2026-09-01,1"), "has no column id"),
        ("t.csv", ("id,date", "a/one,2026-09-01"), "has no column of counts"),
        ("t.csv", ("id,likes", "a/one,1"), "does not say of which day"),
        ("2026-13-45.csv", ("id,likes", "a/one,1"), "does not say of which day"),
        ("2026-09-01.csv", ("id,likes", "z/other,1"), "no dated counts of these models"),
        ("t.csv", ("id,likes,date", "a/one,1,last week"), "no dated counts of these models"),
        ("2026-09-01.csv", (), "has no column id"),
        ("2026-09-01.parquet", ("no parquet",), "cannot read"),
        ("2026-09-01.xlsx", ("id,likes",), "cannot tell what"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(
    study: Study, tmp_path: Path, name: str, lines: tuple[str, ...], words: str
) -> None:
    with pytest.raises(DataError, match=words) as refused:
        read_dated(study, IDS, [write_csv(tmp_path / name, *lines)])
    assert name in refused.value.message


def test_a_study_from_a_file_has_no_dated_counts(study: Study, tmp_path: Path) -> None:
    other = Study(tmp_path / "other")
    other.write_manifest({"created_at": "2026-08-02T00:00:00Z", "source": {"kind": "jsonl"}})
    other.models.write("00000", [{"id": "b/two", "likes": 3}])
    with pytest.raises(DataError, match="no dated counts") as refused:
        read_dated(study, IDS, [other.root])
    assert "listed from the Hub" in json.dumps(refused.value.hint)
