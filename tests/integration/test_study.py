"""Whole studies against the stand-in: complete, resumed, disturbed."""

from __future__ import annotations

import json
import random
import re
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from commands import CommandLine, assert_one_line
from stand_in import REAL_MODELS, StandIn, running_stand_in

from cardiogram.analysis import Results
from cardiogram.cli import main
from cardiogram.collect.collect import Source, collect
from cardiogram.errors import HubError
from cardiogram.hub import HubSession, Query, list_pages
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.rate import rate_study
from cardiogram.names import SCORES
from cardiogram.store import CARDS, LISTING, MODELS, RATINGS, Study
from studies import leftovers, rating_bytes, write_times
from support import SHARED, needs_shared

pytestmark = needs_shared
HUB_DATA = SHARED / "hubserver" / "data"
NOBODY = "http://127.0.0.1:1"
TOKEN = "hf_test_token"
MODELS_IN_ALL = 473
NO_RATING = {
    "edge-cases/no-readme": "no_readme",
    "edge-cases/gated-auto": "gated",
    "edge-cases/gated-manual": "gated",
    "edge-cases/disabled": "disabled",
    "edge-cases/old-name": "renamed: edge-cases/new-name",
    "someone/private-model": "not_found",
    "edge-cases/a-dataset": "not_found",
}
CARD_PROBLEMS = {
    "edge-cases/empty-readme": "empty",
    "edge-cases/bad-yaml": "yaml_malformed",
    "edge-cases/list-metadata": "yaml_not_a_map",
    "edge-cases/latin1-readme": "not_utf8",
    "edge-cases/utf8-bom": "bom",
    "edge-cases/crlf": "crlf",
    "edge-cases/huge-readme": "oversized",
}


@pytest.fixture(scope="module")
def undisturbed(real_models: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Study all of them in one go."""
    folder = tmp_path_factory.mktemp("undisturbed")
    real_models.reset()
    result = CommandLine(folder, real_models.url).run("study", "all", "--limit", "1000")
    assert result.returncode == 0, result.stderr
    return Study.open(folder / "all")


def _asked(hub: StandIn) -> list[str]:
    """Ids whose README.md was asked for, as often as it was."""
    found = (re.match(r"/(.+)/resolve/main/README\.md", call["path"]) for call in hub.requests())
    return [match[1] for match in found if match]


def _quiet_port() -> int:
    """A free port that no other test's connection is given while nobody listens on it."""
    for port in range(20_000, 30_000):
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


# -- a whole study -------------------------------------------------------------------------------


def test_a_whole_study_has_every_file_column_and_row(undisturbed: Study) -> None:
    root = undisturbed.root
    assert {path.name for path in root.iterdir() if not path.name.startswith(".")} == {
        "study.toml",
        "listing",
        "models",
        "cards",
        "features",
        "ratings",
        "map",
        "results.json",
        "report.html",
        "steps.json",
    }
    models, cards = undisturbed.models.read(), undisturbed.cards.read()
    ratings = undisturbed.ratings.read()
    assert (models.schema, cards.schema, ratings.schema) == (MODELS, CARDS, RATINGS)
    assert undisturbed.listing.read().schema == LISTING
    assert models.num_rows == len(set(models["id"].to_pylist())) == MODELS_IN_ALL
    assert ratings["id"].to_pylist() == models["id"].to_pylist()
    assert set(models["card_sha256"].to_pylist()) == set(cards["card_sha256"].to_pylist())
    assert cards.num_rows == len(set(cards["card_sha256"].to_pylist()))
    assert leftovers(undisturbed) == []
    results = Results.load(undisturbed.results_path)
    assert results.coverage.models == MODELS_IN_ALL
    assert results.coverage.rated == MODELS_IN_ALL
    assert undisturbed.manifest()["query"] == {"limit": 1000, "sort": "downloads"}


def test_all_of_the_hub_is_counted_and_a_sample_read_before_anybody_is_asked(
    models: StandIn, cli: CommandLine
) -> None:
    result = cli.run("study", "whole", "--limit", "all")
    assert result.returncode == 2
    requests = MODELS_IN_ALL + 1
    assert f"{MODELS_IN_ALL} models; measured on 4" in result.stderr  # of 473, a few have no card
    assert f"requests  {requests} to the Hub" in result.stderr
    assert result.stderr.splitlines()[-1] == "  Begin without being asked: --yes"
    assert len(set(_asked(models))) == MODELS_IN_ALL
    study = Study.open(cli.folder / "whole")
    assert (study.listing.read(["id"]).num_rows, study.models.shards()) == (MODELS_IN_ALL, [])


def test_every_number_of_a_rating_is_within_its_interval(undisturbed: Study) -> None:
    rows = undisturbed.ratings.read().to_pylist()
    for row in rows:
        for name in SCORES:
            assert row[name] in range(1, 6)
            assert 1 <= row[f"{name}_low"] <= row[f"{name}_expected"] <= row[f"{name}_high"] <= 5
    assert len({row["overall"] for row in rows}) >= 4


def test_the_second_run_asks_nothing_and_writes_no_shard(
    undisturbed: Study, models: StandIn
) -> None:
    before = write_times(undisturbed)
    cli = CommandLine(undisturbed.root.parent, models.url)
    for arguments in (("study", "all", "--limit", "1000"), ("study", "all", "--json")):
        result = cli.run(*arguments)
        assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["coverage"]["models"] == MODELS_IN_ALL
    assert models.requests() == []
    assert write_times(undisturbed) == before


# -- bad cards -----------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", TOKEN])
def test_every_edge_case_is_a_row_with_a_problem_or_a_rating(
    hub: StandIn, tmp_path: Path, token: str
) -> None:
    lines = (HUB_DATA / "edge-cases.jsonl").read_text("utf-8").splitlines()
    ids = [json.loads(line)["id"] for line in lines]
    assert len(ids) == 29
    (tmp_path / "ids.txt").write_text("# all of them\n\n" + "\r\n".join(ids) + "\n", "utf-8")
    result = CommandLine(tmp_path, hub.url, token).run("study", "edge", "--from", "ids.txt")
    assert result.returncode == 0, result.stderr
    study = Study.open(tmp_path / "edge")
    rows = {row["id"]: row for row in study.models.rows()}
    rated = {row["id"]: row for row in study.ratings.rows()}
    assert set(rows) == set(ids)
    for name in ids:
        problem = NO_RATING.get(name)
        assert rows[name]["problems"] == ([problem] if problem else [])
        assert (name in rated) == (problem is None)
    for name, problem in CARD_PROBLEMS.items():
        assert any(found.startswith(problem) for found in rated[name]["problems"]), name
        assert rated[name]["overall"] in range(1, 6)
    sizes = {row["card_sha256"]: row["bytes"] for row in study.cards.rows()}
    assert sizes[rows["edge-cases/huge-readme"]["card_sha256"]] > 4_000_000
    assert any(call["user"] == "tester" for call in hub.requests()) == bool(token)
    assert TOKEN not in result.stdout + result.stderr
    for path in study.root.rglob("*"):
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes(), path


# -- disturbed -----------------------------------------------------------------------------------


def test_faults_and_three_kills_give_the_samerating_bytes(
    undisturbed: Study, cli: CommandLine, models: StandIn
) -> None:
    models.set_faults(
        {"every": 20, "status": 429, "retry_after": 1, "times": 5},
        {"every": 20, "status": 429, "retry_after": 0},
        {"every": 50, "status": 502},
        {"every": 70, "reset": True},
        {"every": 90, "truncate": 40},
    )
    chance = random.Random(20261123)
    study = Study(cli.folder / "s")
    finished: set[str] = set()
    asked = 0
    for _ in range(3):
        before = len(models.requests())
        more = chance.randint(20, 260)
        status = cli.kill_when(
            lambda before=before, more=more: len(models.requests()) >= before + more,
            "study",
            "s",
            "--limit",
            "1000",
        )
        assert status == -9
        assert not study.results_path.exists()
        assert finished.isdisjoint(_asked(models)[asked:])
        finished = {row["id"] for row in study.models.rows(["id"])}
        asked = len(_asked(models))
    status = cli.kill_when(
        lambda: len(study.ratings.shards()) >= 2, "study", "s", "--limit", "1000"
    )
    assert status == -9
    assert 2 <= len(study.ratings.shards()) < len(undisturbed.ratings.shards())
    assert finished.isdisjoint(_asked(models)[asked:])
    kept = {path: path.stat().st_mtime_ns for path in study.ratings.shards()}
    last = cli.run("study", "s")
    assert last.returncode == 0, last.stderr
    assert rating_bytes(study) == rating_bytes(undisturbed)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert {call["status"] for call in models.requests() if call["fault"]} >= {429, 502}
    assert leftovers(study) == []


def test_a_hub_that_stops_answering_is_one_line_and_the_next_run_completes(
    undisturbed: Study, tmp_path: Path
) -> None:
    port = _quiet_port()
    options = (*REAL_MODELS, "--port", str(port))
    study = Study(tmp_path / "s")
    cli = CommandLine(tmp_path, f"http://127.0.0.1:{port}")
    with ExitStack() as running:
        hub = running.enter_context(running_stand_in(*options))
        hub.set_faults({"match": "resolve-cache", "every": 4, "delay": 0.2})
        with cli.start("study", "s", "--limit", "1000") as process:
            while process.poll() is None and not study.models.has("00001"):
                time.sleep(0.002)
            running.close()
            out, err = process.communicate(timeout=60)
    assert_one_line(
        subprocess.CompletedProcess((), process.returncode, out, err),
        "stopped answering",
        "no connection",
        "Run the same command again",
    )
    finished = {row["id"] for row in study.models.rows(["id"])}
    assert 64 <= len(finished) < MODELS_IN_ALL
    with running_stand_in(*options) as hub:
        assert cli.run("study", "s").returncode == 0
        assert finished.isdisjoint(_asked(hub))
    assert rating_bytes(study) == rating_bytes(undisturbed)


def test_only_what_was_unreachable_is_asked_again(models: StandIn, tmp_path: Path) -> None:
    study, source = Study(tmp_path), Source(query=Query(limit=30))
    lost = [row["id"] for row in _listed(models, 30)][3:6]
    models.set_faults({"match": "|".join(lost), "status": 500})
    assert collect(study, source, session=HubSession(models.url, tries=1)) == 30
    assert rate_study(study, [embedded_judge()])[0].rated == 27
    rows = {row["id"]: row for row in study.models.rows()}
    assert [rows[name]["problems"] for name in lost] == [["unreachable: HTTP 500"]] * 3
    models.reset()
    assert collect(study, source, session=HubSession(models.url)) == 30
    assert sorted(_asked(models)) == sorted(lost)
    again = {row["id"]: row for row in study.models.rows()}
    assert all(again[name] == row for name, row in rows.items() if name not in lost)
    assert rate_study(study, [embedded_judge()])[0].rated == 30
    assert [row["id"] for row in study.ratings.rows()] == list(again)
    models.reset()
    collect(study, source, session=HubSession(models.url))
    assert models.requests() == []


def test_cards_that_could_not_be_read_end_with_1_and_the_last_line_says_so(
    models: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", models.url)
    monkeypatch.setattr("cardiogram.hub.session.backoff", lambda failures: 0.0)
    lost = [row["id"] for row in _listed(models, 30)]
    (tmp_path / "ids.txt").write_text("\n".join(lost))
    folder = str(tmp_path / "s")
    for command, ids, words in (
        (("collect", folder, "--limit", "30"), lost[3:6], "3 cards could not be read: run again"),
        (("study", folder, "--limit", "30"), lost[3:4], "1 card could not be read: run again"),
        (("study", folder, "--limit", "30"), [], ""),
        (
            ("rate", str(tmp_path / "ids.txt"), "--out", str(tmp_path / "r")),
            lost[3:5],
            "2 cards could not be read: run again",
        ),
        (("rate", str(tmp_path / "ids.txt"), "--out", str(tmp_path / "r")), [], ""),
    ):
        models.reset()
        if ids:
            models.set_faults({"match": "|".join(f"/{name}/" for name in ids), "status": 500})
        done = CliRunner().invoke(main, command)
        assert done.exit_code == (1 if words else 0), done.output
        assert ("could not be read" in done.stderr) == bool(words)
        assert not words or done.stderr.splitlines()[-1] == words


def test_a_shared_card_survives_that_its_shard_is_read_again(
    models: StandIn, tmp_path: Path
) -> None:
    study = Study(tmp_path)
    names = [row["id"] for row in _listed(models, 66)]
    models.add({"id": names[0], "readme": "# Shared\n"})
    models.add({"id": names[65], "readme": "# Shared\n"})
    ids = tmp_path / "ids.txt"
    ids.write_text("\n".join(names))
    models.set_faults({"match": f"GET /{names[1]}/resolve", "status": 500})
    collect(study, Source(ids), session=HubSession(models.url, tries=1))
    models.set_faults()
    models.add({"id": names[0], "readme": "# Shared no more\n"})
    collect(study, Source(ids), session=HubSession(models.url))
    assert rate_study(study, [embedded_judge()])[0].rated == 66


def test_named_models_that_were_unreachable_are_looked_up_again(
    models: StandIn, tmp_path: Path
) -> None:
    names = [row["id"] for row in _listed(models, 10)]
    ids = tmp_path / "ids.txt"
    ids.write_text("\n".join(names))
    study = Study(tmp_path / "s")
    models.set_faults({"match": f"GET /api/models/{names[2]}", "status": 502})
    collect(study, Source(ids), session=HubSession(models.url, tries=1))
    rows = {row["id"]: row for row in study.models.rows()}
    assert rows[names[2]]["problems"] == ["unreachable: HTTP 502"]
    models.reset()
    collect(study, Source(ids), session=HubSession(models.url))
    told = [call["path"] for call in models.requests() if call["path"].startswith("/api/models/")]
    assert [path.split("?")[0] for path in told] == [f"/api/models/{names[2]}"]
    assert _asked(models) == [names[2]]
    rows = {row["id"]: row for row in study.models.rows()}
    assert list(rows) == names
    assert rows[names[2]]["problems"] == []
    assert rows[names[2]]["downloads"] is not None


def test_a_list_of_ids_may_change_between_two_runs(models: StandIn, tmp_path: Path) -> None:
    names = [row["id"] for row in _listed(models, 12)]
    ids = tmp_path / "ids.txt"
    study = Study(tmp_path / "s")
    for wanted in (names[:5], names[3:12], names[4:6]):
        ids.write_text("\n".join(wanted))
        session = HubSession(models.url)
        assert collect(study, Source(ids), session=session) == len(wanted)
        rate_study(study, [embedded_judge()])
        assert [row["id"] for row in study.models.rows()] == wanted
        assert [row["id"] for row in study.ratings.rows()] == wanted


def test_nobody_answers_for_a_list_of_ids(tmp_path: Path) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("\n".join(f"a/{n}" for n in range(100)))
    with pytest.raises(HubError, match="stopped answering: the last 3 models"):
        collect(Study(tmp_path / "s"), Source(ids), session=HubSession(NOBODY, tries=1))


def _listed(hub: StandIn, count: int) -> list[Mapping[str, Any]]:
    (page,) = list_pages(HubSession(hub.url), Query(limit=count))
    hub.reset()
    return page.rows
