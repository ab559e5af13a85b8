"""Publishing: what is sent, what comes back, and what happens when it is interrupted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import CommandLine, assert_one_line
from stand_in import StandIn

from cardiogram.check import check
from cardiogram.errors import AccessDenied, CardNotFound, ConfigError, HubError
from cardiogram.hub import HubSession
from cardiogram.publish import Options, Plan, plan_dataset, publish
from cardiogram.store import Study
from studies import HOSTILE_ROWS, Row, make_study

TOKEN = "hf_test_token"
REPO = "tester/model-cards"
ROWS = (
    Row("alpha/one", 2, 900, 5, "# One\n\nA card.\n"),
    Row("beta/two", 4, 90, 7, "---\nlicense: mit\n---\n# Two\n\nAnother card.\n"),
    Row("gamma/three", 3, None, 0, "# Three\n\nWords.\n"),
    Row("delta/none", None, 7, 0, None, None, ("no_readme",)),
)


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)


def make(root: Path, rows: Sequence[Row] = ROWS) -> Study:
    """Make a study with a map; the licence of `beta` allows passing its card on."""
    study = make_study(root, rows)
    models = study.models.read_shard("0")
    for row in models:
        row["license"] = "mit" if row["id"].startswith("beta") else "llama3"
    study.models.write("0", models)
    (root / "map").mkdir()
    places = {
        "id": [row.id for row in rows],
        "x": [0.5] * len(rows),
        "y": [0.25] * len(rows),
        "cluster": pa.array([0] * len(rows), pa.int32()),
        "segment": ["chat"] * len(rows),
        "strength": [1.0] * len(rows),
        "outlier": [False] * len(rows),
    }
    pq.write_table(pa.table(places), root / "map" / "0.parquet")
    return study


def plan(
    study: Study, hub: StandIn, tmp_path: Path, day: str = "2026-01-01", **options: str
) -> Plan:
    folder = tmp_path / f"files-{day}"
    session = HubSession(hub.url, patience=20)
    return plan_dataset(study, REPO, folder, Options(**options), session=session, day=day)


def send(study: Study, hub: StandIn, tmp_path: Path, day: str = "2026-01-01", **o: str) -> Plan:
    planned = plan(study, hub, tmp_path, day, **o)
    publish(planned, session=HubSession(hub.url, patience=20))
    return planned


def commits(hub: StandIn) -> list[str]:
    """Titles of the dataset's commits, the newest first, without the one that made it."""
    found = reversed(hub.inside(REPO, "datasets")["commits"])
    return [item["title"] for item in found if re.match(r"\d{4}-", item["title"])]


def tags(hub: StandIn) -> set[str]:
    refs = hub.inside(REPO, "datasets")["refs"]
    return {ref.removeprefix("refs/tags/") for ref in refs if ref.startswith("refs/tags/")}


def files(hub: StandIn) -> dict[str, Any]:
    found: dict[str, Any] = hub.inside(REPO, "datasets")["files"]["refs/heads/main"]
    return found


def snippet(folder: Path, hub: StandIn, repo: str = REPO) -> dict[str, Any]:
    """Run the code that the published card shows, and say what it loaded."""
    card = (folder / "README.md").read_text()
    found = re.search(r"```python\n(.*?)```", card, re.DOTALL)
    assert found
    told = """
import json
print(json.dumps({
    "models": [str(models.features[name]) for name in ("id", "downloads", "tags", "created_at")],
    "evidence": str(ratings.features["evidence"]),
    "ids": list(models["id"]),
    "overall": dict(zip(ratings["id"], ratings["overall"])),
    "texts": list(cards["text"]) if "cards" in globals() else [],
    "map": len(map),
}))
"""
    environment = {name: value for name, value in os.environ.items() if name[:3] != "HF_"}
    environment |= {
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": TOKEN,
        "HF_HOME": str(folder / "home"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", found[1] + told],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    loaded: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return loaded


# -- there and back ------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["xet", "lfs"])
def test_a_dataset_is_published_and_loaded_back(hub: StandIn, tmp_path: Path, way: str) -> None:
    make(tmp_path / "s")
    extra = {"HF_HUB_DISABLE_XET": "1"} if way == "lfs" else {}
    command = CommandLine(tmp_path, hub.url, TOKEN, extra=extra)
    done = command.run("publish", "s", "--repo", REPO, "--with-cards", "--out", "f", "--send")
    assert done.returncode == 0, done.stderr
    assert f"{hub.url}/datasets/{REPO}" in done.stdout
    assert done.stderr == ""
    asked = [request["path"] for request in hub.requests()]
    assert any("xet-write-token" in path for path in asked) == (way == "xet")
    assert any("info/lfs/objects/batch" in path for path in asked) == (way == "lfs")
    assert hub.inside(REPO, "datasets")["meta"]["private"] is True
    loaded = snippet(tmp_path / "f", hub)
    assert loaded["models"] == [
        "Value('string')",
        "Value('int64')",
        "List(Value('string'))",
        "Value('timestamp[ms, tz=UTC]')",
    ]
    assert "'first_line': Value('int32')" in loaded["evidence"]
    assert loaded["ids"] == [row.id for row in ROWS]
    assert loaded["overall"] == {row.id: row.overall for row in ROWS if row.overall}
    assert loaded["texts"] == [ROWS[1].text]
    assert loaded["map"] == len(ROWS)


def test_hostile_ids_come_back_as_they_are_and_are_inert_in_the_card(
    hub: StandIn, tmp_path: Path
) -> None:
    planned = send(make(tmp_path / "s", HOSTILE_ROWS), hub, tmp_path)
    card = (tmp_path / "files-2026-01-01" / "README.md").read_text()
    assert "<script" not in card
    assert "<img" not in card
    assert "\u202e" not in card
    assert planned.scores["overall"].value >= 4
    loaded = snippet(tmp_path / "files-2026-01-01", hub)
    assert loaded["ids"] == [row.id for row in HOSTILE_ROWS]


def test_a_dry_run_sends_nothing_and_keeps_the_study_as_it_is(hub: StandIn, tmp_path: Path) -> None:
    make(tmp_path / "s")
    before = {path: path.read_bytes() for path in (tmp_path / "s").rglob("*") if path.is_file()}
    done = CommandLine(tmp_path, hub.url, TOKEN).run("publish", "s", "--repo", REPO)
    assert done.returncode == 0, done.stderr
    for name in ("README.md", "models/train-00000.parquet", "map/train-00000.parquet", "kB"):
        assert name in done.stdout
    assert "Nothing was sent" in done.stdout
    assert {request["method"] for request in hub.requests()} == {"GET"}
    after = {path: path.read_bytes() for path in (tmp_path / "s").rglob("*") if path.is_file()}
    after.pop(tmp_path / "s" / ".lock", None)
    assert after == before


def test_the_published_card_is_checked_like_any_other(hub: StandIn, tmp_path: Path) -> None:
    send(make(tmp_path / "s"), hub, tmp_path)
    found = check(REPO, of="dataset", session=HubSession(hub.url))
    assert found.card.id == REPO
    assert found.rating.scores["overall"].value >= 4
    assert "usage/runs" not in {f"{gap.criterion}/{gap.key}" for gap in found.gaps}
    other = check("datasets/edge-cases/a-dataset", of="dataset", session=HubSession(hub.url))
    assert other.rating.scores["overall"].value <= 2
    with pytest.raises(CardNotFound, match="me/nothing"):
        check("me/nothing", of="dataset", session=HubSession(hub.url))


# -- revisions -----------------------------------------------------------------------------------


def test_a_second_revision_says_what_changed_and_the_first_stays(
    hub: StandIn, tmp_path: Path
) -> None:
    send(make(tmp_path / "s"), hub, tmp_path)
    changed = [
        replace(ROWS[0], overall=5, text="# One\n\nA better card.\n"),
        *ROWS[2:],
        Row("new/four", 1),
    ]
    planned = send(make(tmp_path / "t", changed), hub, tmp_path, "2026-01-02")
    revision = planned.revision
    assert (revision.added, revision.removed) == (1, 1)
    assert (revision.cards_changed, revision.ratings_changed) == (1, 1)
    assert commits(hub)[0] == (
        "2026-01-02: 4 models, 3 ratings; 1 models added, 1 removed, 1 ratings changed"
    )
    assert tags(hub) == {"2026-01-01", "2026-01-02"}
    card = (tmp_path / "files-2026-01-02" / "README.md").read_text()
    assert "| `2026-01-02` | 4 | 1 | 1 | 1 | 3 | 1 |" in card
    assert "| `2026-01-01` | 4 |" in card


def test_the_same_again_sends_nothing(hub: StandIn, tmp_path: Path) -> None:
    study = make(tmp_path / "s")
    send(study, hub, tmp_path)
    again = send(study, hub, tmp_path, "2026-01-02")
    assert not again.changed
    assert len(commits(hub)) == 1


def test_a_second_revision_on_one_day_has_a_number(hub: StandIn, tmp_path: Path) -> None:
    send(make(tmp_path / "s"), hub, tmp_path)
    planned = send(make(tmp_path / "t", ROWS[1:]), hub, tmp_path)
    assert planned.revision.name == "2026-01-01.2"


def test_texts_that_are_no_longer_shared_are_removed(hub: StandIn, tmp_path: Path) -> None:
    study = make(tmp_path / "s")
    send(study, hub, tmp_path, texts="licensed")
    assert "cards/train-00000.parquet" in files(hub)
    planned = send(study, hub, tmp_path, "2026-01-02")
    assert planned.removed == ("cards/train-00000.parquet",)
    assert "cards/train-00000.parquet" not in files(hub)


# -- interrupted ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"match": "POST .*/commit/", "truncate": 0, "times": 1},
        {"match": "POST .*/commit/", "status": 502, "times": 1},
        {"match": "POST .*/commit/", "reset": True, "times": 1},
        {"match": "POST .*/repos/create", "status": 429, "retry_after": 1, "times": 1},
        {"match": "POST .*/repos/create", "truncate": 0, "times": 1},
        {"match": "POST .*/validate-yaml", "status": 502, "times": 1},
        {"match": "POST .*/tag/", "truncate": 0, "times": 1},
        {"match": "POST .*/preupload/", "status": 503, "times": 1},
        {"match": "xet-write-token", "status": 503, "times": 1},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values())[:40].replace("/", "_"),
)
def test_a_fault_on_the_way_makes_neither_two_commits_nor_none(
    hub: StandIn, tmp_path: Path, fault: dict[str, Any]
) -> None:
    study = make(tmp_path / "s")
    hub.set_faults(fault)
    send(study, hub, tmp_path)
    assert len(commits(hub)) == 1
    assert tags(hub) == {"2026-01-01"}
    assert not plan(study, hub, tmp_path, "2026-01-02").changed


def test_a_commit_that_takes_too_long_is_not_made_twice(
    hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardiogram.hub.hub_writer.SLOWEST", 0.5)
    study = make(tmp_path / "s")
    hub.set_faults({"match": "POST .*/commit/", "delay": 1.5, "times": 1})
    send(study, hub, tmp_path)
    assert len(commits(hub)) == 1
    assert not plan(study, hub, tmp_path, "2026-01-02").changed


def test_what_was_interrupted_before_its_tag_is_finished_by_the_next_run(
    hub: StandIn, tmp_path: Path
) -> None:
    study = make(tmp_path / "s")
    hub.set_faults({"match": "POST .*/tag/", "status": 400})
    with pytest.raises(HubError, match="the tag"):
        send(study, hub, tmp_path)
    hub.set_faults()
    planned = send(study, hub, tmp_path, "2026-01-02")
    assert not planned.changed
    assert tags(hub) == {"2026-01-01"}
    assert len(commits(hub)) == 1


def test_a_run_that_was_killed_leaves_nothing_half_published(hub: StandIn, tmp_path: Path) -> None:
    make(tmp_path / "s")
    hub.set_faults({"match": "POST .*/commit/", "delay": 20})
    command = CommandLine(tmp_path, hub.url, TOKEN)
    arguments = ("publish", "s", "--repo", REPO, "--send")

    def is_committing() -> bool:
        return any("validate-yaml" in request["path"] for request in hub.requests())

    assert command.kill_when(is_committing, *arguments) != 0
    found = hub.inside(REPO, "datasets")["files"]["refs/heads/main"]
    assert set(found) == {".gitattributes"}
    hub.set_faults()
    assert command.run(*arguments).returncode == 0
    assert len(commits(hub)) == 1


def test_what_somebody_else_sent_meanwhile_is_not_overwritten(hub: StandIn, tmp_path: Path) -> None:
    send(make(tmp_path / "s"), hub, tmp_path)
    planned = plan(make(tmp_path / "t", ROWS[1:]), hub, tmp_path, "2026-01-02")
    send(make(tmp_path / "u", ROWS[2:]), hub, tmp_path, "2026-01-03")
    with pytest.raises(HubError, match="somebody else"):
        publish(planned, session=HubSession(hub.url))


def test_of_two_with_the_same_title_the_second_is_refused(hub: StandIn, tmp_path: Path) -> None:
    send(make(tmp_path / "s"), hub, tmp_path)
    one = plan(make(tmp_path / "t", ROWS[1:]), hub, tmp_path / "1", "2026-01-02")
    other_rows = [replace(row, text=f"{row.text}\nAnother text.") for row in ROWS[1:]]
    other = plan(make(tmp_path / "u", other_rows), hub, tmp_path / "2", "2026-01-02")
    session = HubSession(hub.url)
    publish(one, session=session)
    with pytest.raises(HubError, match="somebody else"):
        publish(other, session=session)
    titles = [commit["title"] for commit in hub.inside(REPO, "datasets")["commits"]]
    assert sum(title.startswith("2026-01-02: ") for title in titles) == 1
    publish(one, session=session)  # its own commit, whose answer may have been lost


# -- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "repo"),
    [("hf_read_token", REPO), ("hf_wrong_token", REPO), (TOKEN, "someone/cards"), ("", REPO)],
    ids=["read-only", "wrong", "not-mine", "none"],
)
def test_a_login_that_may_not_write_is_told_so_and_never_shown(
    hub: StandIn, tmp_path: Path, token: str, repo: str
) -> None:
    make(tmp_path / "s")
    done = CommandLine(tmp_path, hub.url, token).run("publish", "s", "--repo", repo, "--send")
    assert_one_line(done, "hf auth login")
    if token:
        assert token not in done.stdout + done.stderr
        for path in (tmp_path / "s").rglob("*"):
            assert not path.is_file() or token.encode() not in path.read_bytes()


def test_a_card_that_was_edited_on_the_hub_is_kept(hub: StandIn, tmp_path: Path) -> None:
    hub.add({"id": REPO, "type": "dataset", "readme": "# Mine\n", "private": True})
    study = make(tmp_path / "s")
    with pytest.raises(ConfigError, match="holds something else"):
        plan(study, hub, tmp_path)
    assert plan(study, hub, tmp_path, card="replace").changed


def test_a_public_dataset_is_not_written_to_unasked(hub: StandIn, tmp_path: Path) -> None:
    study = make(tmp_path / "s")
    send(study, hub, tmp_path, visibility="public")
    assert hub.inside(REPO, "datasets")["meta"]["private"] is False
    with pytest.raises(ConfigError, match="is public"):
        plan(study, hub, tmp_path)


def test_without_an_answer_nothing_is_sent(tmp_path: Path) -> None:
    study = make(tmp_path / "s")
    session = HubSession("http://127.0.0.1:1")
    planned = plan_dataset(study, REPO, tmp_path / "f", session=session)
    assert "could not be seen" in planned.notes[0]
    with pytest.raises(HubError, match="cannot reach the Hub"):
        publish(planned, session=session)


def test_a_dataset_of_somebody_else_is_refused_with_its_reason(
    hub: StandIn, tmp_path: Path
) -> None:
    study = make(tmp_path / "s")
    session = HubSession(hub.url)
    planned = plan_dataset(study, "someone/cards", tmp_path / "f", session=session)
    with pytest.raises(AccessDenied, match="may not write"):
        publish(planned, session=session)
