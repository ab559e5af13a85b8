"""Snapshots of a study against the stand-in: what is asked, resumed, refused, and told from two."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import CommandLine
from stand_in import StandIn, running_stand_in

from cardiogram.analysis import Results
from cardiogram.analysis.changes import changes_of, describe_changes
from cardiogram.collect import read_dated
from cardiogram.collect.collect import Source, collect
from cardiogram.errors import DataError, HubError
from cardiogram.hub import HubSession, Query
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.rate import rate_study
from cardiogram.report.page.html import write_report
from cardiogram.report.tables import render_results
from cardiogram.store import SNAPSHOTS, Study
from cardiogram.track.ledger import ModelLedger, Snapshot, take_snapshot
from cardiogram.track.sources.backfill import backfill
from cardiogram.track.sources.column_mapping import ColumnMapping
from support import needs_shared

pytestmark = needs_shared

NOON = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
DAY = timedelta(days=1)
NAMED = ("edge-cases/old-name", "edge-cases/disabled", "someone/private-model", "no/such-model")
"""Models of a study that the list of the Hub does not give, and what became of them."""


@pytest.fixture(scope="module")
def small_pages() -> Iterator[StandIn]:
    """All models of the stand-in, twenty a page, so that a list takes more than one."""
    with running_stand_in(
        "--page-size", "20", "--rate-limit", "api=100000,resolvers=100000"
    ) as hub:
        yield hub


@pytest.fixture
def pages(small_pages: StandIn) -> StandIn:
    small_pages.reset()
    return small_pages


def collected(root: Path, hub: StandIn, limit: int = 30) -> Study:
    study = Study(root / "study")
    collect(study, Source(query=Query(limit=limit)), session=session(hub))
    return study


def listed(root: Path, hub: StandIn, *names: str) -> Study:
    """A study of named models, written as collect would, without reading a card."""
    study = Study(root / "named")
    study.write_manifest(
        {
            "source": {"kind": "ids", "path": "ids.txt", "endpoint": hub.url},
            "query": {},
            "sample": {},
        }
    )
    study.models.write("00000", [{"id": name, "problems": []} for name in names])
    return study


def session(hub: StandIn) -> HubSession:
    return HubSession(hub.url, patience=3, tries=2)


def take(study: Study, hub: StandIn, now: datetime = NOON) -> Snapshot:
    return take_snapshot(ModelLedger(study.root), session=session(hub), now=now)


def asked(hub: StandIn) -> list[str]:
    """What was asked of the list and of models since the last reset."""
    paths = [call["path"] for call in hub.requests()]
    return [path for path in paths if path.startswith("/api/models")]


def test_the_list_is_walked_and_a_second_run_asks_nothing(tmp_path: Path, pages: StandIn) -> None:
    study = collected(tmp_path, pages)
    pages.reset()
    pages.patch("edge-cases/popular", downloads=98_765_432, likes=45)
    taken = take(study, pages)
    assert (taken.day, taken.models, taken.problems) == (date(2026, 11, 25), 30, {})
    calls = asked(pages)
    assert len(calls) == 2  # pages of twenty; no model by name
    # The list of the Hub knows no `childrenModelCount`.
    assert all("expand=likes" in call and "expand=children" not in call for call in calls)
    found = study.snapshots.read()
    assert found.schema == SNAPSHOTS
    rows = {row["id"]: row for row in found.to_pylist()}
    assert list(rows) == study.models.read(["id"])["id"].to_pylist()
    popular = rows["edge-cases/popular"]
    assert (popular["downloads"], popular["likes"]) == (98_765_432, 45)
    before = taken.path.read_bytes()
    assert take(study, pages, NOON + DAY / 4) == taken
    assert asked(pages) == calls
    assert taken.path.read_bytes() == before
    assert take(study, pages, NOON + DAY).day == taken.day + DAY


def test_models_that_left_the_list_are_asked_for_by_name(tmp_path: Path, pages: StandIn) -> None:
    rows = [row for row in collected(tmp_path, pages, 60).models.rows(["id"])]
    first, last = rows[0]["id"], rows[-1]["id"]
    study = listed(tmp_path, pages, first, last, *NAMED)
    pages.reset()
    taken = take(study, pages)
    assert taken.models == 3
    assert {code: len(ids) for code, ids in taken.problems.items()} == {
        "disabled": 1,
        "not_found": 2,
    }
    assert taken.is_complete
    rows = {row["id"]: row for row in study.snapshots.rows()}
    assert rows["edge-cases/old-name"]["problems"] == ["renamed: edge-cases/new-name"]
    assert rows["edge-cases/old-name"]["likes"] is not None
    by_name = [call for call in asked(pages) if call.startswith("/api/models/")]
    # The first page brings one of them, as one call by name would: the walk ends there. So does
    # that of the list of an author of two.
    lists = [call for call in asked(pages) if call not in by_name]
    assert ["author=edge-cases" in call for call in lists] == [False, True]
    assert len(by_name) >= 5


def test_a_hub_that_stops_answering_loses_nothing(tmp_path: Path, pages: StandIn) -> None:
    names = [row["id"] for row in collected(tmp_path, pages, 60).models.rows(["id"])]
    study = listed(tmp_path, pages, *names)
    pages.set_faults(
        {"match": "GET /api/models/", "status": 503},
        {"match": "GET /api/models.*cursor", "status": 503},
    )
    with pytest.raises(HubError):
        take(study, pages)
    assert len(study.snapshots.read_shard("2026-11-25")) == 20  # the first page
    pages.set_faults()
    # The next day's counters are not those of the day that was begun.
    taken = take(study, pages, NOON + DAY)
    assert (taken.day, taken.models) == (date(2026, 11, 26), 60)
    assert len(study.snapshots.read_shard("2026-11-25")) == 20


def test_unreachable_models_are_asked_for_again(tmp_path: Path, pages: StandIn) -> None:
    study = listed(tmp_path, pages, "edge-cases/popular", "edge-cases/old-name")
    pages.set_faults({"match": "GET /api/models/edge-cases/old-name", "status": 503})
    taken = take(study, pages)
    assert not taken.is_complete
    assert (taken.models, taken.problems) == (1, {"unreachable": ("edge-cases/old-name",)})
    pages.set_faults()
    assert take(study, pages).models == 2


def test_a_hub_without_a_list_is_asked_by_name(tmp_path: Path, pages: StandIn) -> None:
    names = [row["id"] for row in collected(tmp_path, pages, 5).models.rows(["id"])]
    pages.set_faults({"match": r"GET /api/models\?", "status": 404})
    taken = take(listed(tmp_path, pages, *names), pages)
    assert (taken.models, taken.problems) == (5, {})


def test_what_has_no_snapshot_says_why(tmp_path: Path, pages: StandIn) -> None:
    study = listed(tmp_path, pages, "edge-cases/popular")
    with pytest.raises(DataError, match="is of http"):
        take_snapshot(ModelLedger(study.root), session=HubSession("http://127.0.0.1:1"))
    empty = listed(tmp_path / "empty", pages)
    with pytest.raises(DataError, match="no models"):
        take(empty, pages)
    study.write_manifest({**study.manifest(), "type": "dataset"})
    with pytest.raises(DataError, match="dataset cards"):
        take(study, pages)


# -- the command line ----------------------------------------------------------------------------


def test_two_snapshots_tell_what_changed(tmp_path: Path, pages: StandIn) -> None:
    """Counts move by a seeded recipe in which better rated cards gain likes and nothing else."""
    cli = CommandLine(tmp_path, pages.url)
    study = collected(tmp_path, pages, 60)
    rate_study(study, [embedded_judge()])
    first = cli.run("track", "snapshot", "study", "--json")
    told = json.loads(first.stdout)
    assert (first.returncode, told["models"], told["problems"]) == (0, 60, {})
    today = date.fromisoformat(told["day"])
    _check_tables_of_others(study, today)

    earlier = today - timedelta(days=31)
    rows = study.snapshots.read_shard(told["day"])
    study.snapshots.write(str(earlier), [{**row, "day": earlier} for row in rows])
    (tmp_path / told["path"]).unlink()
    _move_counts(study, pages)
    second = take_snapshot(ModelLedger(study.root), session=session(pages))
    assert (second.models, second.holes) == (60, 30)
    assert [shard.why for shard in second.damaged] == ["it is gone"]
    done = cli.run("analyze", "study", "--draws", "100")
    shown = " ".join(done.stdout.split())
    assert f"Between {earlier} and {today}, among models of like " in shown
    assert "better rated cards go with more new likes (rank correlation 0." in shown
    assert f"Between {earlier} and {today}, a point of the rating goes with 1." in shown
    assert " times the new likes (1." in shown
    results = Results.load(study.results_path)
    _check_branches_of_changes(results)
    assert f"What changed from {earlier} to {today} (31 days)" in render_results(results)
    rhos = {
        item["outcome"]: item
        for item in json.loads(study.results_path.read_text("utf-8"))["associations"]
        if item["predictor"] == "overall_expected"
    }
    assert rhos["likes_change"]["cluster_interval"]["low"] > 0.3
    assert abs(rhos["downloads_change"]["estimate"]) < 0.3
    page = write_report(study).read_text("utf-8")
    assert '<th scope="row">new likes</th>' in page
    assert f"Changes are from {earlier} to {today}, 31 days" in page


def _check_branches_of_changes(results: Results) -> None:
    """The changes are told of by the rules of downloads and likes, each after them."""
    for about in ("adjusted", "times"):
        of_counts, of_changes = (c for c in results.conclusions if c.about == about)
        assert list(of_counts.branches) == ["downloads", "likes"]
        assert of_changes.branches == {
            "likes_change": "more",
            "downloads_all_time_change": "cannot be told",
            "downloads_change": "cannot be told",
        }
        assert (of_changes.rule, of_changes.held_equal) == (of_counts.rule, of_counts.held_equal)


def _check_tables_of_others(study: Study, today: date) -> None:
    """A table with the counts of two earlier days gives changes as well."""
    path = study.root.with_name("daily.csv")
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "date", "downloads", "downloadsAllTime", "likes"])
        for row in study.models.rows(["id", "downloads", "downloads_all_time", "likes"]):
            for days in (28, 33):
                counts = (row["downloads"], row["downloads_all_time"], row["likes"])
                old = [(count or 0) // days for count in counts]
                table.writerow([row["id"], today - timedelta(days=days), *old])
    ours = {"id": "id", "day": "date", "downloads_all_time": "downloadsAllTime", "likes": "likes"}
    mapping = ColumnMapping({name: (column,) for name, column in ours.items()})
    assert backfill(ModelLedger(study.root), "mapping", path, mapping=mapping).models == 60
    ids = study.models.read(["id"])["id"].to_pylist()
    changes = describe_changes(changes_of(read_dated(study, ids)))
    assert changes is not None
    assert (changes.before, changes.days) == (str(today - timedelta(days=28)), 28)
    assert changes.days_with_counts == 3
    assert changes.outcomes["likes_change"].n == 60
    assert changes.outcomes["downloads_change"].n == 0
    shutil.rmtree(study.root / "backfill")


def _move_counts(study: Study, hub: StandIn) -> None:
    rng = np.random.default_rng(4)
    rated: dict[str, Any] = {
        row["id"]: row["overall_expected"] for row in study.ratings.rows(["id", "overall_expected"])
    }
    for row in study.models.rows(["id", "downloads", "downloads_all_time", "likes"]):
        rating = rated.get(row["id"]) or 1.0
        new = int((row["downloads"] or 0) * np.exp(rng.normal()))
        hub.patch(
            row["id"],
            downloads=new,
            downloadsAllTime=(row["downloads_all_time"] or 0) + new,
            likes=(row["likes"] or 0) + int(rng.poisson(3 * rating)),
        )
