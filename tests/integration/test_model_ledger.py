"""A ledger on a small Hub: who is added, what goes wrong, and what is left then."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from huggingface_hub import HfApi

import cardiogram
from cardiogram.cli import main
from cardiogram.errors import ConfigError, DataError, StudyBusy
from cardiogram.hub import HubSession, counter_row, read_counters
from cardiogram.store import Study
from cardiogram.track.ledger import ModelLedger, Snapshot, add_models, take_snapshot
from support import SHARED, needs_shared

pytestmark = needs_shared

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
DAY = timedelta(days=1)
PARROT = {"id": "acme/parrot", "readme": "# Parrot", "downloads": 5, "downloadsAllTime": 9}


@pytest.fixture(scope="module")
def running() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SHARED))
        with __import__("hubserver").running(data=[]) as server:
            yield server


@pytest.fixture
def hub(running: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two models of one author and one of another's."""
    running.hub.reset()
    running.log.clear()
    for row in (PARROT, {**PARROT, "id": "acme/heron"}, {**PARROT, "id": "other/owl"}):
        running.hub.add_row(row)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", running.url)
    return running


@pytest.fixture
def ledger(hub: Any, tmp_path: Path) -> ModelLedger:
    ledger = ModelLedger(tmp_path / "ledger")
    add_models(ledger, ["acme/parrot", "https://huggingface.co/other/owl"])
    return ledger


def take(ledger: ModelLedger, days: int = 0) -> Snapshot:
    return take_snapshot(ledger, now=NOON + days * DAY)


def rows(ledger: ModelLedger, days: int = 0) -> dict[str, Any]:
    return {row["id"]: row for row in ledger.read_day((NOON + days * DAY).date())}


def test_what_is_counted_of_a_model(hub: Any, ledger: ModelLedger) -> None:
    repo = hub.hub.repos["model", "acme/parrot"]
    repo.meta |= {"likes": 3, "childrenModelCount": 4, "spaces": ["a/b", "c/d"]}
    user = hub.hub.users["hf_test_token"]
    hub.hub.open_discussion(repo, user, "Hello", "text")
    for _ in range(60):  # more than a page
        hub.hub.open_discussion(repo, user, "Card", "text", repo.resolve("main"))
    assert take(ledger).models == 2
    row = rows(ledger)["acme/parrot"]
    counted = ("downloads", "downloads_all_time", "likes", "derived", "spaces")
    assert [row[name] for name in counted] == [5, 9, 3, 4, 2]
    assert (row["discussions"], row["pull_requests"]) == (1, 60)
    assert (row["day"], row["taken_at"]) == (NOON.date(), NOON)
    assert row["readme_blob"] == repo.resolve("main").tree["README.md"].oid
    assert row["hub_id"] == ledger.manifest()["models"]["acme/parrot"]
    assert rows(ledger)["other/owl"]["pull_requests"] == 0


def test_the_card_is_asked_for_after_a_commit_alone(hub: Any, ledger: ModelLedger) -> None:
    def asked() -> int:
        return sum("paths-info" in call["path"] for call in hub.log)

    repo = hub.hub.repos["model", "acme/parrot"]
    for days, calls in ((0, 2), (1, 2), (2, 3)):
        if days == 2:
            repo.step({"title": "x", "date": "2026-03-02", "readme": None, "files": {"a": "b"}})
        take(ledger, days)
        assert asked() == calls
    blobs = [rows(ledger, days)["acme/parrot"]["readme_blob"] for days in range(3)]
    assert len(set(blobs[:2])) == 1
    assert blobs[2] is not None


def test_a_second_run_of_a_day_asks_nothing(hub: Any, ledger: ModelLedger) -> None:
    first = take(ledger)
    calls, hashes = len(hub.log), ledger.log.path.read_bytes()
    assert take(ledger) == first
    assert (len(hub.log), ledger.log.path.read_bytes()) == (calls, hashes)


def test_an_author_is_watched_with_what_is_to_come(hub: Any, ledger: ModelLedger) -> None:
    added = add_models(ledger, ["acme/heron"], ["acme", "nobody"])
    assert (added.models, added.authors, added.watched) == (("acme/heron",), ("acme",), 3)
    assert added.problems == {"nobody": "no such user, or no model of theirs can be seen"}
    assert take(ledger).added == ()
    hub.hub.add_row({**PARROT, "id": "acme/newcomer"})
    assert take(ledger, 1).added == ("acme/newcomer",)
    assert "acme/newcomer" in rows(ledger, 1)


@pytest.mark.parametrize(
    "target", ["datasets/a/b", "https://huggingface.co/datasets/a/b", "../x", "a b", "file.md"]
)
def test_what_is_no_model_is_not_added(tmp_path: Path, hub: Any, target: str) -> None:
    with pytest.raises(ConfigError, match="is no model on the Hub"):
        add_models(ModelLedger(tmp_path / "ledger"), [target])
    assert not (tmp_path / "ledger").exists()


def test_another_model_under_a_name_is_not_taken_for_the_first(
    hub: Any, ledger: ModelLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(ledger)
    known = ledger.manifest()["models"]["acme/parrot"]
    views = sys.modules["hubserver.views"]
    make = views.object_id  # type: ignore[attr-defined]
    monkeypatch.setattr(views, "object_id", lambda *parts: make("again", *parts))
    taken = take(ledger, 1)
    assert taken.problems == {"replaced": ("acme/parrot", "other/owl")}
    row = rows(ledger, 1)["acme/parrot"]
    assert (row["hub_id"], row["downloads"], row["sha"]) == (known, None, None)


# -- what goes wrong -----------------------------------------------------------------------------


def test_a_clock_that_went_back_is_refused(hub: Any, ledger: ModelLedger) -> None:
    take(ledger, 3)
    calls = len(hub.log)
    with pytest.raises(DataError, match="the clock says 2026-03-02, and there is a snapshot of"):
        take(ledger, 1)
    assert len(hub.log) == calls
    assert ledger.days() == (date(2026, 3, 4),)


def test_two_at_once(hub: Any, ledger: ModelLedger) -> None:
    calls = len(hub.log)
    with ledger.lock(), pytest.raises(StudyBusy, match="is in use by process"):
        take(ledger)
    assert len(hub.log) == calls
    assert ledger.days() == ()


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda p: p.write_bytes(p.read_bytes()[:-9]), "it does not hold what was written to it"),
        (lambda p: p.write_bytes(b""), "it does not hold what was written to it"),
        (lambda p: p.write_bytes(p.read_bytes().replace(b"acme", b"evil")), "it does not hold"),
        (lambda p: p.unlink(), "it is gone"),
    ],
)
def test_a_damaged_shard_is_named_and_the_others_are_used(
    ledger: ModelLedger, caplog: pytest.LogCaptureFixture, harm: Any, why: str
) -> None:
    for days in range(3):
        take(ledger, days)
    path = ledger.snapshots.folder / "2026-03-02.parquet"
    harm(path)
    assert ledger.readings(["day"])["day"].unique().to_pylist() == [
        date(2026, 3, 1),
        date(2026, 3, 3),
    ]
    assert f"left out, it is damaged: 2026-03-02.parquet: {why}" in caplog.text
    taken = take(ledger, 3)
    assert [shard.path for shard in taken.damaged] == [path]
    assert not path.exists()
    assert take(ledger, 4).damaged == ()  # it is named once
    assert ledger.damaged() == ()


def test_a_damaged_shard_of_today_is_asked_for_again(ledger: ModelLedger) -> None:
    path = take(ledger).path
    path.write_bytes(b"PAR1")
    taken = take(ledger)
    assert (taken.models, [s.path for s in taken.damaged]) == (2, [path])
    assert len(rows(ledger)) == 2
    assert path.with_name("2026-03-01.parquet.broken").exists()


def test_half_a_line_of_a_killed_run_harms_no_other(ledger: ModelLedger) -> None:
    take(ledger)
    with ledger.log.path.open("ab") as file:
        file.write(b'{"shard": "2026-03-')
    take(ledger, 1)
    assert ledger.damaged() == ()
    assert list(ledger.log.hashes()) == ["2026-03-01", "2026-03-02"]


def test_a_run_that_died_before_its_shard_leaves_the_one_before(
    ledger: ModelLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(ledger)
    with monkeypatch.context() as patch:

        def die(path: Path, data: bytes) -> None:
            raise KeyboardInterrupt

        patch.setattr("cardiogram.track.ledger.model_ledger.write_atomically", die)
        with pytest.raises(KeyboardInterrupt):
            ledger.write_day(NOON.date(), [])
    assert ledger.damaged() == ()
    assert len(rows(ledger)) == 2


def test_a_year_of_holes(ledger: ModelLedger) -> None:
    take(ledger)
    taken = take(ledger, 366)
    assert (taken.holes, taken.days, taken.first_day) == (365, 2, NOON.date())


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing(
    ledger: ModelLedger, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    take(ledger)
    before = {path: path.read_bytes() for path in ledger.root.rglob("*") if path.is_file()}

    def full(number: int) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DataError, match=os.strerror(code)):
            take(ledger, 1)
    assert {path: path.read_bytes() for path in before if path.suffix == ".parquet"} == {
        path: data for path, data in before.items() if path.suffix == ".parquet"
    }
    assert take(ledger, 1).models == 2
    assert ledger.damaged() == ()


def test_a_folder_that_cannot_be_made(hub: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataError, match="cannot write"):
        add_models(ModelLedger(tmp_path / "file" / "ledger"), ["acme/parrot"])


def test_hostile_names_in_the_file(hub: Any, ledger: ModelLedger) -> None:
    names = ["../../whoami-v2", "acme/parrot?x=1", "a/b/c", "\u0000", "acme/\u202e", "", "x" * 300]
    manifest = ledger.manifest()
    manifest["models"] |= dict.fromkeys(names, "not an id")
    manifest["donors"] = ["acme/heron", "api/models"]
    ledger.write_manifest(manifest)
    hub.log.clear()
    taken = take(ledger)
    assert (taken.models, set(taken.problems["not_found"])) == (3, {*names, "api/models"})
    asked = {call["path"].partition("?")[0] for call in hub.log}
    assert all("whoami" not in path and path.count("/") <= 7 for path in asked)
    assert {row["id"] for row in ledger.readings().to_pylist()} >= set(names)
    assert len(ledger.manifest()["donors"]["acme/heron"]) == 24


@pytest.mark.parametrize(
    "data",
    [
        {"_id": "../../etc", "id": "a/b"},
        {"_id": 7, "id": "../x", "tags": "no list", "likes": -1},
        {"_id": None, "childrenModelCount": {"a": 1}, "spaces": 3, "createdAt": "yesterday"},
        {"childrenModelCount": True, "downloads": "5", "id": "a/b\n"},
    ],
)
def test_what_a_hub_may_answer_is_a_row(data: dict[str, Any], ledger: ModelLedger) -> None:
    row = counter_row(data)
    assert (row["hub_id"], row["derived"], row["spaces"]) == (None, None, None)
    assert row["id"] in (None, "a/b")
    assert ledger.snapshots.as_table([row]).num_rows == 1


def test_a_name_that_can_be_none_is_not_asked_for(hub: Any) -> None:
    hub.log.clear()
    assert read_counters(HubSession(), "../whoami-v2")["problems"] == ["not_found"]
    assert hub.log == []


def test_a_ledger_of_a_newer_release_and_none_at_all(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no ledger in") as caught:
        ModelLedger.open(tmp_path)
    assert caught.value.hint.startswith("Begin one: cardiogram track add")
    for text, words in (("format = 2", "newer cardiogram"), ("format = [", "cannot read")):
        (tmp_path / "ledger.toml").write_text(text)
        with pytest.raises(DataError, match=words):
            ModelLedger.open(tmp_path)


def test_a_ledger_of_another_hub_and_of_nobody(ledger: ModelLedger) -> None:
    with pytest.raises(DataError, match="is of http"):
        take_snapshot(ledger, session=HubSession("http://127.0.0.1:1"))
    ledger.write_manifest({})
    with pytest.raises(DataError, match="nobody is watched"):
        take(ledger)


# -- the command line, and a ledger that lives in a dataset --------------------------------------


def test_the_commands(hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["track", *words])

    assert run("snapshot").exit_code == 2
    added = run("add", "acme/parrot", "no/such")
    assert added.exit_code == 1
    assert "no/such" in added.output
    taken = run("snapshot", "--json")
    assert (taken.exit_code, '"models": 1' in taken.output) == (0, True), taken.output
    assert run("snapshot", "--ledger", "elsewhere").exit_code == 2


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the client's own
def test_a_runner_without_a_disk_goes_on_with_the_ledger_of_a_dataset(
    hub: Any, ledger: ModelLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `hf upload` and `hf download` of the how-to do, by the functions behind them."""
    session = HubSession(hub.url)
    # The client replaces the address that it was loaded with.
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "https://huggingface.co")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    api = HfApi(endpoint=hub.url, token="hf_test_token")
    api.create_repo("tester/ledger", repo_type="dataset", private=True)
    for days in range(3):
        taken = take_snapshot(ledger, session=session, now=NOON + days * DAY)
        assert (taken.days, taken.holes, taken.damaged) == (days + 1, 0, ())
        api.upload_folder(
            repo_id="tester/ledger",
            repo_type="dataset",
            folder_path=ledger.root,
            ignore_patterns=[".*"],
        )
        folder = tmp_path / f"runner-{days}"
        api.snapshot_download("tester/ledger", repo_type="dataset", local_dir=folder)
        ledger = ModelLedger.open(folder)
    assert len(ledger.days()) == 3
    assert ledger.damaged() == ()
    assert not (ledger.root / ".lock").exists()


def test_one_call_watches_counts_and_tells(hub: Any, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    first = cardiogram.track(folder, ["acme/parrot", "acme/nobody"])
    assert [card.id for card in first.view.cards] == ["acme/parrot"]
    assert first.problems == ("acme/nobody is not watched: no such repository, or it is private",)
    assert first.view.cards[0].rating == pytest.approx(1, abs=0.1)
    assert first.back
    assert first.back.main.verdict.kind == "not identified"
    assert "is not identified" in first._repr_html_()
    parrot = {**PARROT, "readme": "# Parrot\n\nRepeats what it hears, in 12 languages.\n"}
    hub.hub.add_row(parrot | {"id": "acme/finch"})
    hub.log.clear()
    second = cardiogram.track(folder, ["acme/finch"])
    assert [card.id for card in second.view.cards] == ["acme/finch", "acme/parrot"]
    assert not second.problems
    asked = len(hub.log)
    assert asked
    assert cardiogram.track(folder).view == second.view
    assert len(hub.log) == asked  # nobody is asked
    with pytest.raises(DataError, match="no ledger"):
        cardiogram.track(tmp_path / "none")


def test_cards_without_an_owner_are_watched_nowhere(hub: Any, tmp_path: Path) -> None:
    for name in ("heron", "tern"):
        (tmp_path / "cards" / name).mkdir(parents=True)
        (tmp_path / "cards" / name / "README.md").write_text("# A model\n")
    cardiogram.collect(Study(tmp_path / "s"), cardiogram.Source(tmp_path / "cards"))
    with pytest.raises(DataError, match="have no owner"):
        add_models(ModelLedger(tmp_path / "ledger"), study=Study(tmp_path / "s"))
    assert not (tmp_path / "ledger" / "ledger.toml").exists()
    counted = CliRunner().invoke(main, ["track", "snapshot", str(tmp_path / "s"), "--json"])
    assert (counted.exit_code, json.loads(counted.stdout)["models"]) == (1, 0)
