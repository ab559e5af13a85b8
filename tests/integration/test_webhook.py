"""The webhook of the Hub: what it takes, and the one discussion that it opens and updates."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
import yaml
from huggingface_hub import CommitOperationAdd, HfApi

from cardiogram.check import check
from cardiogram.errors import HubError
from cardiogram.hub import HubSession
from cardiogram.hub.hub_writer import HubWriter, quiet_client
from support import SHARED, needs_shared

pytestmark = needs_shared

DEPLOY = Path(__file__).parents[2] / "deploy" / "webhook"
WEBHOOK = runpy.run_path(str(DEPLOY / "webhook.py"))
SECRET = "s3cret"
CARD = "---\nlicense: mit\n---\n# Parrot\n\nIt has {} layers, [the page](https://x.org) | `says`.\n"
CONFIG = '{"model_type": "bert", "num_hidden_layers": 12}'
ROW = {"id": "tester/parrot", "readme": CARD.format(24), "files": {"config.json": CONFIG}}


def question(name: str = "tester/parrot", **changes: Any) -> dict[str, Any]:
    """What the Hub asks after a push, as its documentation shows it."""
    event = {"action": "update", "scope": "repo.content"}
    repo = {"type": "model", "name": name, "id": "6", "private": False, "headSha": "1" * 40}
    refs = [{"ref": "refs/heads/main", "oldSha": "0" * 40, "newSha": "1" * 40}]
    return {"event": event, "repo": repo, "updatedRefs": refs, "webhook": {"version": 3}} | changes


def ask(app: Any, body: bytes | dict[str, Any], secret: str = SECRET, method: str = "POST") -> Any:
    """Status and words of an answer; what it started is done then."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    parts = [data[start : start + 40_000] for start in range(0, len(data), 40_000)] or [b""]
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"x-webhook-secret", secret.encode())]
    scope = {"type": "http", "method": method, "path": "/", "headers": headers, "query_string": b""}
    anyio.run(app, scope, receive, send)
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:]).decode()


@pytest.fixture(scope="module")
def running() -> Iterator[Any]:
    """A Hub in this process, which can edit a comment, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SHARED))
        server = __import__("hubserver")
        routes = __import__("hubserver.routes").routes
        change = routes.ACTIONS["POST", "discussions"]

        def edit_too(self: Any, request: Any, repo: Any, rest: list[str]) -> Any:
            if len(rest) != 4 or rest[1::2] != ["comment", "edit"]:
                return change(self, request, repo, rest)
            assert self._signed_in(request).role == "write"
            (event,) = [
                each for each in self._discussion(repo, rest[0]).events if each["id"] == rest[2]
            ]
            event["data"]["latest"]["raw"] = request.json()["content"]
            return routes.reply({"updatedComment": event})

        patch.setitem(routes.ACTIONS, ("POST", "discussions"), edit_too)
        with server.running(data=[]) as found:
            yield found


@pytest.fixture
def hub(running: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    running.hub.reset()
    running.log.clear()
    running.hub.add_row(ROW)
    monkeypatch.setenv("HF_TOKEN", "hf_test_token")
    return running


def make_app(hub: Any, **settings: Any) -> Any:
    settings = {"secret": SECRET, "sends": True, **settings}
    return WEBHOOK["make_app"](WEBHOOK["Settings"](**settings), HubSession(hub.url, tries=1))


def discussions(hub: Any, name: str = "tester/parrot") -> list[Any]:
    found: list[Any] = hub.hub.repos["model", name].discussions
    return found


def written(hub: Any) -> list[Any]:
    return [each for each in hub.log if each["method"] == "POST"]


def text_of(discussion: Any) -> str:
    text: str = discussion.events[0]["data"]["latest"]["raw"]
    return text


def push(hub: Any, text: str) -> str:
    """Change the card, and give the commit before."""
    api = HfApi(endpoint=hub.url, token="hf_test_token")
    before = str(api.model_info("tester/parrot").sha)
    with quiet_client():
        api.create_commit(
            "tester/parrot",
            [CommitOperationAdd("README.md", text.encode())],
            commit_message="card",
        )
    return before


def test_one_discussion_is_opened_and_updated(hub: Any, capsys: pytest.CaptureFixture[str]) -> None:
    app = make_app(hub)
    assert ask(app, question())[0] == 202
    (only,) = discussions(hub)
    assert (only.title, only.author.name) == ("Check of the card", "tester")
    assert text_of(only).startswith("<!-- cardiogram:webhook -->\n### 1 of 1 card says what files")
    assert "| Contradicted | `It has 24 layers" in text_of(only)
    assert "tester/parrot: 1.5 of 5, 1 contradicted: opened http" in capsys.readouterr().out
    before = push(hub, CARD.format(12))
    refs = [{"ref": "refs/heads/main", "oldSha": before, "newSha": "1" * 40}]
    assert ask(app, question(updatedRefs=refs))[0] == 202
    (only,) = discussions(hub)
    assert len(only.events) == 1  # edited: nobody is told of it again
    assert "### Nothing contradicted in 1 card, 1 statement proven" in text_of(only)
    assert "1.5 at the commit before and now" in text_of(only)
    assert "0 contradicted: updated http" in capsys.readouterr().out
    hub.log.clear()
    ask(app, question(updatedRefs=refs))
    assert written(hub) == []  # it says so already
    only.status = "closed"
    push(hub, CARD.format(48))
    hub.log.clear()
    ask(app, question())
    assert (len(discussions(hub)), written(hub)) == (1, [])
    assert "1 contradicted: closed http" in capsys.readouterr().out


def test_it_says_what_it_would_write(hub: Any, capsys: pytest.CaptureFixture[str]) -> None:
    ask(make_app(hub, sends=False), question())
    assert written(hub) == []
    said = "tester/parrot: 1.5 of 5, 1 contradicted: one discussion would say so; SEND is not 1\n"
    assert capsys.readouterr().out == said


def test_a_card_with_nothing_wrong_opens_none(hub: Any, capsys: pytest.CaptureFixture[str]) -> None:
    hub.hub.add_row({**ROW, "readme": CARD.format(12)})
    ask(make_app(hub), question())
    assert written(hub) == []
    assert capsys.readouterr().out == "tester/parrot: 1.5 of 5, 0 contradicted: nothing to say\n"
    ask(make_app(hub, minimum=3.0), question())
    assert "**Under 3.0 by 1.5.**" in text_of(*discussions(hub))


@pytest.mark.parametrize(
    ("token", "name", "row", "said"),
    [
        ("hf_read_token", "tester/parrot", {}, "this token may only read; nothing is written"),
        ("hf_wrong", "tester/parrot", {}, "the login is wrong or has expired); nothing is written"),
        ("", "tester/parrot", {}, "there is no login; nothing is written"),
        ("hf_test_token", "other/owl", {}, "not a repository of tester; nothing is written"),
        (
            "hf_test_token",
            "tester/parrot",
            {"discussionsDisabled": True},
            "discussions are switched off there",
        ),
        ("hf_test_token", "tester/parrot", {"readme": None}, "nothing is written"),
        ("hf_test_token", "tester/gone", {}, "nothing is written"),
    ],
)
def test_what_may_not_be_written_is_said(
    hub: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    token: str,
    name: str,
    row: dict[str, Any],
    said: str,
) -> None:
    for id in ("tester/parrot", "other/owl"):
        hub.hub.add_row({**ROW, "id": id, **row})
    monkeypatch.setenv("HF_TOKEN", token)
    assert ask(make_app(hub), question(name))[0] == 202
    out = capsys.readouterr().out
    assert out.count(name) == 1
    assert said in out
    assert out.count("\n") == 1
    assert discussions(hub) == []


def test_a_marker_in_a_strangers_discussion_means_nothing(hub: Any) -> None:
    own, stranger = (HfApi(endpoint=hub.url, token=f"hf_{who}_token") for who in ("test", "other"))
    with quiet_client():
        stranger.create_discussion("tester/parrot", "Hi!", description=f"{WEBHOOK['MARKER']}\nHi.")
        own.create_discussion("tester/parrot", "Hi!", description=f"See {WEBHOOK['MARKER']}: Hi.")
    ask(make_app(hub), question())
    *others, ours = discussions(hub)
    assert [text_of(other)[-3:] for other in others] == ["Hi."] * 2
    assert ours.author.name == "tester"


def test_its_own_discussion_is_found_below_others(hub: Any) -> None:
    app = make_app(hub)
    ask(app, question())
    (first,) = discussions(hub)
    add_discussions(hub, 120)
    push(hub, CARD.format(48))
    ask(app, question())
    assert "It has 48 layers" in text_of(first)
    assert len(discussions(hub)) == 121
    assert len(hub.log) < 60  # one of 120 is opened: its title says which
    first.title = "Our card"  # its owner's words
    push(hub, CARD.format(36))
    ask(app, question())
    assert len(discussions(hub)) == 122  # too far below: another is opened, and that is found
    push(hub, CARD.format(24))
    ask(app, question())
    assert len(discussions(hub)) == 122
    assert "It has 24 layers" in text_of(discussions(hub)[-1])


def test_a_discussion_with_another_title_is_found(hub: Any) -> None:
    app = make_app(hub)
    ask(app, question())
    (first,) = discussions(hub)
    first.title = "Our card"
    add_discussions(hub, 60)
    push(hub, CARD.format(48))
    ask(app, question())
    assert "It has 48 layers" in text_of(first)
    assert len(discussions(hub)) == 61


def add_discussions(hub: Any, count: int) -> None:
    """Discussions of the webhook's account about something else."""
    repo = hub.hub.repos["model", "tester/parrot"]
    user = discussions(hub)[0].author
    for number in range(count):
        hub.hub.open_discussion(repo, user, f"Release {number}", "It is out.", None)


@pytest.mark.parametrize(
    ("body", "secret", "status"),
    [
        (question(), "wrong", 401),
        (question(), "", 401),
        (question(), f"{SECRET}2", 401),
        (b"x" * 70_000, SECRET, 413),
        (b"", SECRET, 400),
        (b"\xff", SECRET, 400),
        (b"[" * 50_000, SECRET, 400),
        (b"[]", SECRET, 400),
        (b'{"event": 1, "repo": []}', SECRET, 400),
        (question("../../etc"), SECRET, 400),
        (question("tester/parrot?x=1"), SECRET, 400),
        (question(repo={"type": "space", "name": "a/b"}), SECRET, 200),
        (question(event={"action": "update", "scope": "repo.config"}), SECRET, 200),
        (question(event={"action": "create", "scope": "discussion.comment"}), SECRET, 200),
        (question(updatedRefs=[{"ref": "refs/pr/1", "newSha": "1"}]), SECRET, 200),
    ],
)
def test_what_is_no_push_is_refused_or_left(
    hub: Any, body: bytes | dict[str, Any], secret: str, status: int
) -> None:
    given, words = ask(make_app(hub), body, secret)
    assert (given, words.count("\n")) == (status, 1)
    assert hub.log == []


def test_without_a_secret_nothing_is_taken(hub: Any) -> None:
    app = make_app(hub, secret="")
    for secret in ("", SECRET):
        assert ask(app, question(), secret) == (503, ask(app, b"", method="GET")[1])
    assert "set WEBHOOK_SECRET" in ask(app, b"", method="GET")[1]
    assert hub.log == []


def test_a_repository_waits_once(hub: Any) -> None:
    line = WEBHOOK["Line"](WEBHOOK["Settings"](SECRET), HubSession(hub.url))
    pushes = [WEBHOOK["Push"](f"a/{number}", "model", "1") for number in range(1001)]
    assert [line.add(each) for each in pushes] == [True] * 1000 + [False]
    assert line.add(WEBHOOK["Push"]("a/0", "model", "2"))
    assert [each.before for each in line._waiting.values()] == ["1"] * 1000


def test_a_fault_in_one_push_is_a_line(
    hub: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = WEBHOOK["Line"](WEBHOOK["Settings"](SECRET), HubSession(hub.url, tries=1))
    for name in ("tester/owl", "tester/parrot"):
        hub.hub.add_row({**ROW, "id": name})
        line.add(WEBHOOK["Push"](name, "model"))

    def fail_once(target: str, **options: Any) -> Any:
        if target == "tester/owl":
            raise RecursionError("too deep")
        return check(target, **options)

    monkeypatch.setitem(WEBHOOK["Line"].work.__globals__, "check", fail_once)
    line.work()
    owl, parrot = capsys.readouterr().out.splitlines()
    assert owl == "tester/owl: RecursionError: too deep"
    assert parrot.startswith("tester/parrot: 1.5 of 5, 1 contradicted")


def test_the_spaces_files_agree() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    about = (DEPLOY / "README.md").read_text("utf-8")
    metadata = yaml.safe_load(about.split("---\n")[1])
    assert f'"--port", "{metadata["app_port"]}"' in dockerfile
    assert '"webhook:make_app"' in dockerfile
    assert "USER user\n" in dockerfile.partition("pip install")[0]
    settings = WEBHOOK["Settings"].of({"WEBHOOK_SECRET": "x", "SEND": "1", "MIN": "3"})
    assert settings == ("x", True, 3.0, "CG1")
    assert WEBHOOK["Settings"].of({}) == ("", False, None, "CG1")
    for name in ("WEBHOOK_SECRET", "HF_TOKEN", "SEND", "MIN", "SELECT"):
        assert f"| `{name}` |" in about


@pytest.mark.parametrize("given", ["abc", "nan", "0.5", "5.1", "３"])
def test_a_bar_that_is_no_rating_stops_the_start(given: str) -> None:
    with pytest.raises(SystemExit, match=r"MIN is .* no rating from 1 to 5"):
        WEBHOOK["Settings"].of({"MIN": given})


def test_an_answer_without_what_was_asked_for_is_a_line() -> None:
    def call() -> None:
        raise KeyError("num")

    with pytest.raises(HubError, match="an answer that cannot be read"):
        HubWriter(HubSession("http://127.0.0.1:9", patience=0)).do("the discussion", call)
