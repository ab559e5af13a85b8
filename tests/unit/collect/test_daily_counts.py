"""Counts by day from snapshots, collections and tables of others, and what is wrong with these."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cardiogram.collect.daily_counts import Dated, read_dated
from cardiogram.store import SNAPSHOTS, Study, Table

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


def test_what_another_source_had_is_read_as_well(study: Study) -> None:
    table = Table(study.root / "backfill" / "dated-csv", SNAPSHOTS)
    early = date(2026, 9, 2)
    table.write(
        "0",
        [
            {"id": "b/two", "day": FIRST, "likes": 70},
            {"id": "a/one", "day": early, "likes": 4, "downloads_all_time": 9},
            {"id": "a/one", "day": early, "likes": 5},
            {"id": "z/other", "day": early, "likes": 6},
            {"id": "c/three", "day": LATER, "new_downloads": 8},
            {"id": "c/three", "likes": 8},
        ],
    )
    study.snapshots.write(FIRST.isoformat(), [{"id": "b/two", "day": FIRST, "likes": 7}])
    found = read_dated(study, IDS)
    assert list(found.days) == [early, FIRST]
    assert counts(found, early, "likes") == [4, None, None]
    assert counts(found, early, "downloads_all_time") == [9, None, None]
    assert counts(found, FIRST, "likes") == [0, 7, None]
