"""A study's report as a static Space: what is sent, what is not, and whose Space it must be."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from stand_in import StandIn, edit

from cardiogram.errors import AccessDenied, ConfigError, HubError
from cardiogram.hub import HubSession
from cardiogram.publish import Options, Plan, plan_space, publish
from cardiogram.report.page.html import write_report
from cardiogram.report.terminal.published import render_plan
from cardiogram.store import Study
from studies import HOSTILE_ROWS, Row, make_study

REPO = "tester/cards"
ROWS = (
    Row("alpha/one", 2, 900, 5, "# One\n\nWords of alpha alone.\n"),
    Row("beta/two", 4, 90, 7, "---\nlicense: mit\n---\n# Two\n\nWords that beta passes on.\n"),
)
TEMPLATE = {
    "date": "2026-01-01T00:00:00Z",
    "title": "initial commit",
    "readme": "---\ntitle: Cards\nsdk: static\n---\n",
    "files": {"index.html": "<h1>Welcome to your static Space!</h1>", "style.css": "body {}"},
}


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_test_token")


def make(root: Path, rows: Sequence[Row] = ROWS, **manifest: Any) -> Study:
    """Make a study in which the licence of `beta` alone allows passing its card on."""
    study = make_study(root, rows, **manifest)
    models = study.models.read_shard("0")
    for row in models:
        row["license"] = "mit" if row["id"].startswith("beta") else "llama3"
    study.models.write("0", models)
    return study


def plan(study: Study, hub: StandIn, tmp_path: Path, **options: Any) -> Plan:
    session = HubSession(hub.url, patience=20)
    folder = tmp_path / "space"
    return plan_space(study, REPO, folder, write_report, Options(**options), session=session)


def send(study: Study, hub: StandIn, tmp_path: Path, **options: Any) -> Plan:
    planned = plan(study, hub, tmp_path, **options)
    publish(planned, session=HubSession(hub.url, patience=20))
    return planned


def inside(hub: StandIn) -> dict[str, Any]:
    return hub.inside(REPO, "spaces")


def commits(hub: StandIn) -> list[str]:
    return [commit["title"] for commit in inside(hub)["commits"]]


def shown(page: Path) -> str:
    """Everything that a page carries: itself, and its blocks unpacked."""
    html = page.read_text("utf-8")
    blocks = re.findall(r'id="block-[^"]*">([^<]+)</script>', html)
    assert blocks
    return html + "".join(gzip.decompress(base64.b64decode(block)).decode() for block in blocks)


def test_a_report_becomes_a_private_static_space_and_the_same_again_sends_nothing(
    hub: StandIn, tmp_path: Path
) -> None:
    study = make(tmp_path / "s")
    planned = send(study, hub, tmp_path)
    assert planned.address == f"{hub.url}/spaces/{REPO}"
    assert inside(hub)["meta"]["private"] is True
    assert set(inside(hub)["files"]["refs/heads/main"]) == {
        ".gitattributes",
        "README.md",
        "index.html",
    }
    readme = (tmp_path / "space" / "README.md").read_text()
    metadata = yaml.safe_load(readme.split("---\n")[1])
    assert (metadata["sdk"], metadata["app_file"]) == ("static", "index.html")
    assert metadata["title"] == "s: a study of model cards"
    assert len(metadata["short_description"]) <= 60  # more is refused by the Hub
    again = send(study, hub, tmp_path)
    assert not again.changed
    assert commits(hub) == ["initial commit", "Report: 2 models, 2 ratings"]
    assert "Nothing has changed since it was sent" in render_plan(again, None)


def test_another_state_of_the_study_replaces_the_page(hub: StandIn, tmp_path: Path) -> None:
    send(make(tmp_path / "s"), hub, tmp_path)
    changed = (replace(ROWS[0], overall=5), ROWS[1])
    states = {
        file.path: file.state
        for file in send(make(tmp_path / "t" / "s", changed), hub, tmp_path).files
    }
    assert states["index.html"] == "changed"
    assert len(commits(hub)) == 3


def test_a_dry_run_by_the_command_sends_nothing(
    hub: StandIn, tmp_path: Path, command: Callable[..., Result]
) -> None:
    make(tmp_path / "s")
    done = command("publish", "s", "--space", "study")
    assert done.exit_code == 0, done.stderr
    assert f"{hub.url}/spaces/tester/s: a private static Space, new" in done.stdout
    assert "Nothing was sent" in done.stdout
    assert {request["method"] for request in hub.requests()} == {"GET"}
    assert not (tmp_path / "s" / "report.html").exists()


@pytest.mark.parametrize("texts", ["none", "licensed"])
def test_no_text_goes_along_that_its_licence_does_not_allow(
    hub: StandIn, tmp_path: Path, texts: str
) -> None:
    source = {"kind": "jsonl", "path": "/home/somebody/secret/cards.jsonl"}
    study = make(tmp_path / "s", source=source)
    write_report(study, tmp_path / "own.html")
    assert "Words of alpha alone" in shown(tmp_path / "own.html")
    assert "/home/somebody" in shown(tmp_path / "own.html")
    plan(study, hub, tmp_path, texts=texts)
    page = shown(tmp_path / "space" / "index.html")
    assert "Words of alpha alone" not in page
    assert ("Words that beta passes on" in page) == (texts == "licensed")
    assert "/home/somebody" not in page
    assert "alpha/one" in page


def test_what_another_judge_quotes_does_not_go_along(hub: StandIn, tmp_path: Path) -> None:
    study = make(tmp_path / "s")
    results = json.loads(study.results_path.read_text())
    results["judge"]["id"] = "llm:somebody"
    study.results_path.write_text(json.dumps(results))
    ratings = study.ratings.read_shard("0")
    for row in ratings:
        row["judge"] = "llm:somebody"
        row["problems"] = ["quote_not_found: a quotation"]
        for fact in row["evidence"]:
            fact["fact"] = "it says: a quotation"
    study.ratings.write("0", ratings)
    write_report(study, tmp_path / "own.html")
    assert "a quotation" in shown(tmp_path / "own.html")
    plan(study, hub, tmp_path)
    assert "a quotation" not in shown(tmp_path / "space" / "index.html")


def test_a_hostile_study_is_inert_in_the_readme(hub: StandIn, tmp_path: Path) -> None:
    send(make(tmp_path / "a <b> `s`: [x](y)", HOSTILE_ROWS), hub, tmp_path)
    readme = (tmp_path / "space" / "README.md").read_text()
    assert "<b>" not in readme.split("---\n", 2)[2]
    assert yaml.safe_load(readme.split("---\n")[1])["title"].startswith("a <b> `s`: [x](y)")


def test_what_the_hub_puts_into_a_new_space_is_replaced(hub: StandIn, tmp_path: Path) -> None:
    """A run that ended between making the Space and its commit leaves the Hub's own page."""
    hub.add({"id": REPO, "type": "space", "private": True, "commits": [TEMPLATE]})
    assert send(make(tmp_path / "s"), hub, tmp_path).files[1].state == "changed"
    assert commits(hub)[-1] == "Report: 2 models, 2 ratings"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"commits": [TEMPLATE, {**TEMPLATE, "title": "My page"}]}, "holds something else"),
        ({"commits": [{**TEMPLATE, "title": "Duplicate from a/b"}]}, "holds something else"),
        ({"readme": "# Mine\n", "files": {"page.html": "1"}}, "holds something else"),
    ],
    ids=["edited", "duplicated", "another"],
)
def test_a_space_with_something_else_is_kept(
    hub: StandIn, tmp_path: Path, row: dict[str, Any], words: str
) -> None:
    hub.add({"id": REPO, "type": "space", "private": True, **row})
    study = make(tmp_path / "s")
    with pytest.raises(ConfigError, match=words):
        plan(study, hub, tmp_path)
    assert plan(study, hub, tmp_path, card="replace").changed


@pytest.mark.parametrize("path", ["README.md", "index.html"])
def test_what_was_edited_on_the_hub_is_kept(hub: StandIn, tmp_path: Path, path: str) -> None:
    study = make(tmp_path / "s")
    send(study, hub, tmp_path)
    edit(hub, REPO, path, (tmp_path / "space" / path).read_bytes() + b"\n")
    with pytest.raises(ConfigError, match="it was edited on the Hub"):
        plan(study, hub, tmp_path)
    assert send(study, hub, tmp_path, card="replace").changed
    assert not plan(study, hub, tmp_path).changed


def test_a_space_that_runs_something_is_never_overwritten(hub: StandIn, tmp_path: Path) -> None:
    app = {"readme": "---\nsdk: gradio\n---\n# App\n", "files": {"app.py": "1"}}
    hub.add({"id": REPO, "type": "space", "private": True, **app})
    with pytest.raises(ConfigError, match="another kind: 'gradio'"):
        plan(make(tmp_path / "s"), hub, tmp_path, card="replace")


def test_a_public_space_is_not_written_to_unasked(hub: StandIn, tmp_path: Path) -> None:
    study = make(tmp_path / "s")
    send(study, hub, tmp_path, visibility="public")
    assert inside(hub)["meta"]["private"] is False
    with pytest.raises(ConfigError, match="is public"):
        plan(study, hub, tmp_path)


@pytest.mark.parametrize(
    "fault",
    [
        {"match": "POST .*/commit/", "truncate": 0, "times": 1},
        {"match": "POST .*/repos/create", "truncate": 0, "times": 1},
    ],
    ids=["commit", "create"],
)
def test_a_lost_answer_makes_neither_two_commits_nor_none(
    hub: StandIn, tmp_path: Path, fault: dict[str, Any]
) -> None:
    study = make(tmp_path / "s")
    hub.set_faults(fault)
    send(study, hub, tmp_path)
    assert len(commits(hub)) == 2
    assert not plan(study, hub, tmp_path).changed


def test_what_somebody_else_sent_meanwhile_is_not_overwritten(hub: StandIn, tmp_path: Path) -> None:
    study = make(tmp_path / "s")
    send(study, hub, tmp_path)
    planned = plan(make(tmp_path / "t", ROWS[:1]), hub, tmp_path / "1")
    send(make(tmp_path / "u", ROWS[1:]), hub, tmp_path / "2")
    with pytest.raises(HubError, match="somebody else"):
        publish(planned, session=HubSession(hub.url))


def test_a_space_of_somebody_else_is_refused(hub: StandIn, tmp_path: Path) -> None:
    study, session = make(tmp_path / "s"), HubSession(hub.url)
    planned = plan_space(study, "someone/cards", tmp_path / "f", write_report, session=session)
    with pytest.raises(AccessDenied, match="may not write"):
        publish(planned, session=session)
