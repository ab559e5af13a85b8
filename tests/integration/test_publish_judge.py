"""The judge's page as a static Space: what is sent, what never is, and what stays on the Hub."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from commands import CommandLine
from stand_in import StandIn, edit

from cardiogram.errors import AccessDenied, ConfigError, DataError, HubError
from cardiogram.hub import HubSession
from cardiogram.publish import Options, Plan, plan_judge, plan_space, publish
from cardiogram.publish.judge_page import PageList
from cardiogram.report.page.html import write_report
from cardiogram.report.terminal.published import render_plan
from cardiogram.text import sha256
from studies import Row, make_study

TOKEN = "hf_test_token"
REPO = "tester/cardiogram"
README = b"---\ntitle: cardiogram\nsdk: static\n---\n# cardiogram\n"
FILES = {
    "README.md": README,
    "index.html": b"<!doctype html>\n",
    "assets/page-1.js": b"one()\n",
    "python/judge.gz": bytes(range(256)) * 40,
}
APP = {"readme": "---\nsdk: docker\n---\n# App\n", "files": {"Dockerfile": "FROM scratch"}}


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)


def make_page(root: Path, version: str = "1", **files: bytes) -> Path:
    """Make a page of few files, as `make space` writes one; files by their paths."""
    held = {**FILES, **files}
    for path, data in held.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    listed = {path: sha256(data) for path, data in held.items()}
    (root / "files.json").write_bytes(PageList(version, listed).write())
    return root


def plan(page: Path, hub: StandIn, **options: Any) -> Plan:
    session = HubSession(hub.url, patience=20)
    return plan_judge(page, REPO, page.parent / "copy", Options(**options), session=session)


def send(page: Path, hub: StandIn, **options: Any) -> Plan:
    planned = plan(page, hub, **options)
    publish(planned, session=HubSession(hub.url, patience=20))
    return planned


def there(hub: StandIn) -> dict[str, Any]:
    files: dict[str, Any] = hub.inside(REPO, "spaces")["files"]["refs/heads/main"]
    return files


def commits(hub: StandIn) -> list[str]:
    return [commit["title"] for commit in hub.inside(REPO, "spaces")["commits"]]


def states(planned: Plan) -> dict[str, str]:
    return {file.path: file.state for file in planned.files}


def test_the_page_is_sent_privately_under_the_own_name_with_send_alone(
    hub: StandIn, tmp_path: Path, command: Callable[..., Result]
) -> None:
    page = make_page(tmp_path / "space")
    for stray in (".env", "token", "assets/.env", ".git/config", "studies/models/0.parquet"):
        (page / stray).parent.mkdir(parents=True, exist_ok=True)
        (page / stray).write_text("HF_TOKEN=hf_secret")
    looked = command("publish", "space", "--space", "judge")
    assert looked.exit_code == 0, looked.stderr
    assert f"{hub.url}/spaces/{REPO}: a private static Space, new" in looked.stdout
    assert "python/judge.gz" in looked.stdout
    assert "10.2 kB" in looked.stdout
    assert "Nothing was sent. To send it, add --send." in looked.stdout
    assert {request["method"] for request in hub.requests()} == {"GET"}
    sent = command("publish", "space", "--space", "judge", "--send")
    assert sent.exit_code == 0, sent.stderr
    assert sent.stdout.endswith(f"Published: {hub.url}/spaces/{REPO}\n")
    assert set(there(hub)) == {".gitattributes", "files.json", *FILES}
    assert hub.inside(REPO, "spaces")["meta"]["private"] is True
    again = command("publish", "space", "--space", "judge", "--send")
    assert "Nothing has changed since it was sent" in again.stdout
    assert commits(hub) == ["initial commit", "The judge's page, version 1"]


def test_a_new_version_takes_the_files_of_the_old_one_away(hub: StandIn, tmp_path: Path) -> None:
    send(make_page(tmp_path / "1"), hub)
    edit(hub, REPO, "mine.txt", b"of the owner")
    newer = make_page(tmp_path / "2" / "page", "2", **{"assets/page-2.js": b"two()\n"})
    listed = json.loads((newer / "files.json").read_text())
    del listed["files"]["assets/page-1.js"]
    (newer / "files.json").write_text(json.dumps(listed))
    planned = send(newer, hub)
    assert planned.removed == ("assets/page-1.js",)
    assert set(there(hub)) >= {"assets/page-2.js", "mine.txt", ".gitattributes"}
    assert "assets/page-1.js" not in there(hub)


def test_a_readme_that_was_edited_stays_and_the_page_is_renewed(
    hub: StandIn, tmp_path: Path
) -> None:
    send(make_page(tmp_path / "1"), hub)
    edit(hub, REPO, "README.md", README + b"Mine.\n")
    newer = make_page(tmp_path / "2" / "page", "2", **{"index.html": b"<!doctype html>2\n"})
    planned = send(newer, hub)
    assert states(planned)["README.md"] == "kept"
    assert "edited on the Hub and stays" in render_plan(planned, None)
    again = plan(newer, hub)
    assert not again.changed
    assert states(again)["README.md"] == "kept"
    assert states(plan(newer, hub, card="replace"))["README.md"] == "changed"
    send(newer, hub, card="replace")
    assert set(states(plan(newer, hub)).values()) == {"same"}


@pytest.mark.parametrize(
    ("row", "card", "words"),
    [
        (APP, "replace", "another kind: 'docker'"),
        ({"readme": "# Mine\n", "files": {"index.html": "1"}}, "keep", "holds something else"),
    ],
    ids=["docker", "static"],
)
def test_a_space_of_another_kind_is_kept(
    hub: StandIn, tmp_path: Path, row: dict[str, Any], card: str, words: str
) -> None:
    hub.add({"id": REPO, "type": "space", "private": True, **row})
    with pytest.raises(ConfigError, match=words):
        plan(make_page(tmp_path / "page"), hub, card=card)


def test_a_report_goes_beside_the_page_and_stays_there(hub: StandIn, tmp_path: Path) -> None:
    page, session = make_page(tmp_path / "space"), HubSession(hub.url, patience=20)
    study = make_study(tmp_path / "s", (Row("alpha/one", 2, 900, 5, "# One\n\nWords.\n"),))
    send(page, hub)
    edit(hub, REPO, "README.md", README + b"Mine.\n")
    beside = plan_space(study, REPO, tmp_path / "f", write_report, session=session)
    assert states(beside) == {"files.json": "changed", "report.html": "new"}
    publish(beside, session=session)
    assert '<a href="index.html">Rate a card</a>' in (tmp_path / "f" / "report.html").read_text()
    assert json.loads((tmp_path / "f" / "files.json").read_text())["report"] == "s"
    assert set(there(hub)) == {".gitattributes", "files.json", "report.html", *FILES}
    again = plan_space(study, REPO, tmp_path / "f", write_report, session=session)
    assert not again.changed
    assert not plan(page, hub).changed  # the page again: the report is no stray


def test_a_report_alone_is_no_page_to_be_renewed(hub: StandIn, tmp_path: Path) -> None:
    study = make_study(tmp_path / "s", (Row("alpha/one", 2, 900, 5, "# One\n\nWords.\n"),))
    session = HubSession(hub.url, patience=20)
    publish(plan_space(study, REPO, tmp_path / "f", write_report, session=session), session=session)
    assert "Rate a card" not in (tmp_path / "f" / "index.html").read_text()
    with pytest.raises(ConfigError, match="holds something else"):
        plan(make_page(tmp_path / "space"), hub)


def spoil_bytes(page: Path) -> None:
    (page / "index.html").write_bytes(b"<script>")


def spoil_by_link(page: Path) -> None:
    (page / "index.html").rename(page.parent / "index.html")
    (page / "index.html").symlink_to(page.parent / "index.html")


def spoil_by_linked_folder(page: Path) -> None:
    (page / "assets").rename(page.parent / "assets")
    (page / "assets").symlink_to(page.parent / "assets")


def spoil_by_linked_list(page: Path) -> None:
    (page / "files.json").rename(page.parent / "list.json")
    (page / "files.json").symlink_to(page.parent / "list.json")


def lose_a_file(page: Path) -> None:
    (page / "python/judge.gz").unlink()


def lose_the_list(page: Path) -> None:
    (page / "files.json").unlink()


def list_a_pipe(page: Path) -> None:
    (page / "index.html").unlink()
    os.mkfifo(page / "index.html")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_bytes, "not as it was made"),
        (spoil_by_link, "a symbolic link"),
        (spoil_by_linked_folder, "a symbolic link"),
        (spoil_by_linked_list, "not the judge's page"),
        (lose_a_file, "no such file"),
        (lose_the_list, "not the judge's page"),
        (list_a_pipe, "no such file"),
    ],
)
def test_a_page_that_is_not_as_it_was_made_is_refused(
    tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    page = make_page(tmp_path / "page")
    spoil(page)
    with pytest.raises(DataError, match=words) as caught:
        plan_judge(page, REPO, tmp_path / "copy", session=HubSession("http://127.0.0.1:1"))
    assert "make space" in caught.value.hint


@pytest.mark.parametrize(
    "path",
    [
        *("../token", "/etc/passwd", ".env", "assets/.env", "a//b", "a\\b", "a\nb", ""),
        *(".gitattributes", "files.json", "report.html"),
    ],
)
def test_a_list_that_names_what_is_no_file_of_a_page_is_refused(tmp_path: Path, path: str) -> None:
    page = make_page(tmp_path / "page")
    listed = json.loads((page / "files.json").read_text())
    listed["files"][path] = sha256(b"")
    (page / "files.json").write_text(json.dumps(listed))
    with pytest.raises(DataError, match="no list of a page"):
        plan_judge(page, REPO, tmp_path / "copy", session=HubSession("http://127.0.0.1:1"))


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "null", "{}", "\xff", "[" * 100_000),
        *('{"version": 1, "files": {}}', '{"version": "1", "files": []}'),
        '{"version": "1", "files": {"index.html": null, "README.md": 5}}',
    ],
    ids=range(9),
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    page = make_page(tmp_path / "page")
    (page / "files.json").write_text(text, "latin-1")
    with pytest.raises(DataError, match="no list of a page"):
        plan_judge(page, REPO, tmp_path / "copy", session=HubSession("http://127.0.0.1:1"))


def test_a_hostile_list_on_the_hub_takes_nothing_away(hub: StandIn, tmp_path: Path) -> None:
    page = make_page(tmp_path / "page")
    send(page, hub)
    listed = {path: "0" * 64 for path in ("README.md", "index.html", ".gitattributes")}
    edit(hub, REPO, "files.json", json.dumps({"version": "1", "files": listed}).encode())
    with pytest.raises(ConfigError, match="edited on the Hub"):
        plan(page, hub)
    assert plan(page, hub, card="replace").removed == ()


@pytest.mark.parametrize(
    "fault",
    [
        {"match": "POST .*/commit/", "truncate": 0, "times": 1},
        {"match": "POST .*/commit/", "status": 502, "times": 1},
        {"match": "POST .*/repos/create", "truncate": 0, "times": 1},
        {"match": "xet-write-token", "status": 503, "times": 1},
        {"match": "GET .*/whoami", "status": 500, "times": 1},
    ],
    ids=["lost", "refused", "made", "upload", "whoami"],
)
def test_a_fault_on_the_way_makes_neither_two_commits_nor_none(
    hub: StandIn, tmp_path: Path, command: Callable[..., Result], fault: dict[str, Any]
) -> None:
    make_page(tmp_path / "space")
    hub.set_faults(fault)
    done = command("publish", "space", "--space", "judge", "--send")
    assert done.exit_code == 0, done.stderr
    assert len(commits(hub)) == 2
    assert set(there(hub)) == {".gitattributes", "files.json", *FILES}


def test_a_run_that_was_killed_leaves_nothing_half_published(hub: StandIn, tmp_path: Path) -> None:
    make_page(tmp_path / "space")
    hub.set_faults({"match": "POST .*/commit/", "delay": 20})
    command = CommandLine(tmp_path, hub.url, TOKEN)
    arguments = ("publish", "space", "--space", "judge", "--send")

    def is_committing() -> bool:
        return any("validate-yaml" in request["path"] for request in hub.requests())

    assert command.kill_when(is_committing, *arguments) != 0
    assert set(there(hub)) == {".gitattributes"}
    hub.set_faults()
    assert command.run(*arguments).returncode == 0
    assert len(commits(hub)) == 2


def test_what_somebody_else_sent_meanwhile_is_not_overwritten(hub: StandIn, tmp_path: Path) -> None:
    send(make_page(tmp_path / "page"), hub)
    planned = plan(make_page(tmp_path / "2" / "page", "2"), hub)
    edit(hub, REPO, "README.md", b"# Mine\n")
    with pytest.raises(HubError, match="somebody else"):
        publish(planned, session=HubSession(hub.url))


def test_of_somebody_else_or_public_already_nothing_is_written(
    hub: StandIn, tmp_path: Path
) -> None:
    page, session = make_page(tmp_path / "page"), HubSession(hub.url)
    planned = plan_judge(page, "someone/cardiogram", tmp_path / "copy", session=session)
    with pytest.raises(AccessDenied, match="may not write"):
        publish(planned, session=session)
    send(page, hub, visibility="public")
    with pytest.raises(ConfigError, match="is public"):
        plan(page, hub)


def test_without_a_login_it_says_how_to_log_in(
    hub: StandIn,
    tmp_path: Path,
    command: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_page(tmp_path / "space")
    monkeypatch.delenv("HF_TOKEN")
    done = command("publish", "space", "--space", "judge")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "there is no login" in done.stderr
    assert "hf auth login" in done.stderr
    assert "--repo OWNER/NAME" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("space", "--space", "judge", "--with-cards"), "--with-cards cannot be used"),
        (("space", "--space", "judge", "--license", "mit"), "--license cannot be used"),
        (("space", "--space", "study"), "is the judge's page"),
        (("space",), "--space judge"),
        (("s", "--space", "judge"), "is not the judge's page"),
        (("absent", "--space", "judge"), "is not the judge's page"),
        (("space", "--space", "judge", "--repo", "name"), "no id of a space"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_does_not_go_together_is_refused(
    tmp_path: Path, command: Callable[..., Result], words: tuple[str, ...], said: str
) -> None:
    make_page(tmp_path / "space")
    (tmp_path / "s").mkdir()
    done = (
        command("publish", *words, "--repo", REPO)
        if "name" not in words
        else command("publish", *words)
    )
    assert done.exit_code == 2
    assert said in done.stderr
