"""The Hub layer against the stand-in: lists, cards, quotas, faults and logins."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from stand_in import StandIn, running_stand_in

from cardiogram.cards import TRANSIENT, problem_code
from cardiogram.errors import AccessDenied, CardNotFound, HubError, RateLimited
from cardiogram.hub import HubSession, Query, list_pages, read_model, read_readme, read_readmes
from cardiogram.hub.listing import _Place, _write_cursor
from cardiogram.text import MAX_CARD_BYTES
from support import SHARED, needs_shared

pytestmark = needs_shared
DATA = SHARED / "hubserver" / "data"
SECRET = "hf_nobodyKnowsThisLogin0123456789"
RESOLVE = "GET .*/resolve"
EDGE_PROBLEMS = {
    "edge-cases/no-readme": "no_readme",
    "edge-cases/gated-auto": "gated",
    "edge-cases/gated-manual": "gated",
    "edge-cases/disabled": "disabled",
    "someone/private-model": "not_found",
    "edge-cases/a-dataset": "not_found",
}


@pytest.fixture(scope="module")
def sources() -> dict[str, dict[str, Any]]:
    """Read the 473 rows that the stand-in was given, by id."""
    with gzip.open(DATA / "hub-758.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, lines)}


@pytest.fixture
def session(hub: StandIn) -> HubSession:
    return HubSession(hub.url)


def _rows(session: HubSession, query: Query, cursor: str | None = None) -> list[dict[str, Any]]:
    return [row for page in list_pages(session, query, cursor) for row in page.rows]


def _ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


# -- lists ---------------------------------------------------------------------------------------


def test_list_in_pages_and_resume_in_another_session(sources: dict[str, Any]) -> None:
    with running_stand_in("--page-size", "100") as hub:
        pages = list(list_pages(HubSession(hub.url), Query()))
        whole = [row for page in pages for row in page.rows]
        assert [len(page.rows) for page in pages[:-1]] == [100] * (len(pages) - 1)
        assert set(sources) < set(_ids(whole))
        assert len(set(_ids(whole))) == len(whole)
        downloads = [row["downloads"] for row in whole]
        assert downloads == sorted(downloads, reverse=True)
        assert pages[-1].next_cursor is None
        cursor = pages[1].next_cursor
        assert _rows(HubSession(hub.url), Query(), cursor) == whole[200:]
        limited = list(list_pages(HubSession(hub.url), Query(limit=250)))
        assert [len(page.rows) for page in limited] == [100, 100, 50]
        assert limited[-1].next_cursor is None
        cursor = limited[0].next_cursor
        assert _rows(HubSession(hub.url), Query(limit=250), cursor) == whole[100:250]
        assert _rows(HubSession(hub.url), Query(limit=100), cursor) == []


def test_rows_hold_what_the_hub_was_given(
    session: HubSession, sources: dict[str, dict[str, Any]]
) -> None:
    rows = {row["id"]: row for row in _rows(session, Query(sort="likes"))}
    for repo_id, source in sources.items():
        row = rows[repo_id]
        assert row["downloads"] == source["downloads"]
        assert row["downloads_all_time"] == source["downloadsAllTime"]
        assert row["likes"] == source["likes"]
        assert row["tags"] == source["tags"]
        assert row["gated"] == "false"
        assert row["created_at"].isoformat()[:19] == source["createdAt"][:19]
        assert row["problems"] == []


@pytest.fixture(scope="module")
def small_pages() -> Iterator[StandIn]:
    with running_stand_in("--page-size", "50") as hub:
        yield hub


@pytest.mark.parametrize("sort", ["created", "modified", "downloads"])
def test_since_keeps_the_models_of_that_day_and_later(small_pages: StandIn, sort: Any) -> None:
    day = dt.date(2023, 10, 1)
    column = "last_modified" if sort == "modified" else "created_at"
    small_pages.reset()
    session = HubSession(small_pages.url)
    whole = _rows(session, Query(sort=sort))
    asked_for_all = len(small_pages.requests())
    recent = [row for row in whole if row[column] and row[column].date() >= day]
    assert 20 < len(recent) < len(whole) - 100
    assert _rows(session, Query(sort=sort, since=day)) == recent
    asked = len(small_pages.requests()) - asked_for_all
    assert asked == asked_for_all if sort == "downloads" else asked < asked_for_all
    assert _rows(session, Query(sort=sort, since=day, limit=17)) == recent[:17]


def test_filters(session: HubSession, sources: dict[str, dict[str, Any]]) -> None:
    found = _rows(session, Query(author="edge-cases"))
    assert {row["author"] for row in found} == {"edge-cases"}
    assert "edge-cases/popular" in _ids(found)
    by_task = _rows(session, Query(task="text-classification", library="transformers"))
    assert {row["pipeline_tag"] for row in by_task} == {"text-classification"}
    wanted = {
        repo_id
        for repo_id, source in sources.items()
        if source.get("pipeline_tag") == "text-classification" and "transformers" in source["tags"]
    }
    assert wanted
    assert wanted <= set(_ids(by_task))
    searched = set(_ids(_rows(session, Query(search="bert"))))
    assert {repo_id for repo_id in sources if "bert" in repo_id.lower()} <= searched
    assert all("bert" in repo_id.lower() for repo_id in searched)
    assert _rows(session, Query(author="nobody-has-this-name")) == []


def test_a_forged_cursor_is_only_ever_sent_to_the_list(hub: StandIn, session: HubSession) -> None:
    forged = _write_cursor(_Place("http://127.0.0.1:1/steal", 0), Query())
    with pytest.raises(HubError, match="400: Invalid cursor"):
        next(list_pages(session, Query(), forged))
    assert {call["path"].split("?")[0] for call in hub.requests()} == {"/api/models"}


# -- cards ---------------------------------------------------------------------------------------


def test_every_edge_case_ends_in_a_row_and_a_readme(session: HubSession) -> None:
    lines = (DATA / "edge-cases.jsonl").read_text("utf-8").splitlines()
    ids = [json.loads(line)["id"] for line in lines]
    assert len(ids) == 29
    readmes = {readme.id: readme for readme in read_readmes(session, ids)}
    assert list(readmes) == ids
    for repo_id in ids:
        readme, row = readmes[repo_id], read_model(session, repo_id)
        expected = EDGE_PROBLEMS.get(repo_id)
        assert readme.problem == expected
        assert (readme.data is None) == (expected is not None)
        assert row["id"] == repo_id
        hidden = [expected] if expected in ("not_found", "disabled") else []
        renamed = ["renamed: edge-cases/new-name"] if repo_id == "edge-cases/old-name" else []
        assert row["problems"] == hidden + renamed
    assert readmes["edge-cases/empty-readme"].data == b""
    assert (readmes["edge-cases/latin1-readme"].data or b"").count(b"\xe8") > 0
    assert readmes["edge-cases/old-name"].data == readmes["edge-cases/new-name"].data
    assert readmes["edge-cases/new-name"].sha == read_model(session, "edge-cases/old-name")["sha"]


def test_a_huge_card_is_read_in_part_and_its_size_told(session: HubSession) -> None:
    readme = read_readme(session, "edge-cases/huge-readme")
    assert readme.data is not None
    assert len(readme.data) == MAX_CARD_BYTES + 1
    assert readme.size is not None
    assert readme.size > 4 * MAX_CARD_BYTES


@pytest.mark.parametrize("bad", ["../../api/whoami-v2", "a/b?c", "", "datasets/x"])
def test_a_bad_id_is_not_found_without_a_call(hub: StandIn, session: HubSession, bad: str) -> None:
    assert read_readme(session, bad).problem == "not_found"
    assert read_model(session, bad)["problems"] == ["not_found"]
    assert hub.requests() == []


def test_get_raises_what_ask_gives_back(session: HubSession) -> None:
    with pytest.raises(CardNotFound, match=r"no README\.md in 'edge-cases/no-readme'"):
        session.get("/edge-cases/no-readme/resolve/main/README.md")
    with pytest.raises(CardNotFound, match="no repository 'no/where'") as missing:
        session.get_json("/api/models/no/where")
    assert "hf auth login" in missing.value.hint
    with pytest.raises(AccessDenied, match="'edge-cases/gated-auto' is gated"):
        session.get("/edge-cases/gated-auto/resolve/main/README.md")
    with pytest.raises(AccessDenied, match="disabled 'edge-cases/disabled'"):
        session.get("/api/models/edge-cases/disabled")
    moved = session.get_json("/api/models/edge-cases/old-name")
    assert moved.path == "/api/models/edge-cases/new-name"
    assert moved.status == 200


# -- faults --------------------------------------------------------------------------------------


def test_faults_leave_no_trace_in_the_cards(
    hub: StandIn, session: HubSession, sources: dict[str, dict[str, Any]]
) -> None:
    hub.set_faults(
        {"match": RESOLVE, "every": 20, "status": 429, "retry_after": 0},
        {"match": RESOLVE, "every": 50, "status": 502},
        {"match": RESOLVE, "every": 70, "reset": True},
        {"match": "resolve-cache", "every": 60, "truncate": 10},
        {"match": RESOLVE, "every": 90, "truncate": 0},
        {"match": RESOLVE, "every": 40, "delay": 0.2},
    )
    readmes = list(read_readmes(session, sources))
    assert [readme.id for readme in readmes] == list(sources)
    for readme, source in zip(readmes, sources.values(), strict=True):
        assert readme.problem is None
        assert readme.data == source["readme"].encode("utf-8", "surrogatepass")
        assert readme.size == len(readme.data)
    seen = [call["status"] for call in hub.requests() if call["fault"]]
    assert min(seen.count(429), seen.count(502), seen.count(0), seen.count(200)) > 0


def test_slow_answers_and_pages_that_are_not_json_are_asked_for_again(hub: StandIn) -> None:
    session = HubSession(hub.url, timeout=0.4)
    hub.set_faults(
        {"match": r"GET /api/models\?", "times": 1, "status": 200},  # an HTML page with status 200
        {"match": r"GET /api/models\?", "times": 1, "truncate": 100},
        {"match": "GET", "times": 1, "delay": 1.5},
    )
    assert len(_rows(session, Query(limit=5))) == 5
    deadline = time.monotonic() + 60
    while sum(call["fault"] for call in hub.requests()) < 3:  # the slow one is logged when it ends
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_hub_that_never_makes_sense_is_an_unreachable_row(hub: StandIn) -> None:
    hub.set_faults({"match": "new-name", "status": 200})
    session = HubSession(hub.url, tries=2)
    row = read_model(session, "edge-cases/new-name")
    assert row["problems"] == ["unreachable: an answer that is not JSON"]
    hub.set_faults({"match": "new-name", "status": 418})
    assert read_readme(session, "edge-cases/new-name").problem == "unreachable: HTTP 418"
    assert len(hub.requests()) == 3


def test_a_silent_hub_ends_the_run(hub: StandIn, sources: dict[str, Any]) -> None:
    hub.set_faults({"match": RESOLVE, "after": 20, "status": 503})
    read = []
    with pytest.raises(HubError, match="stopped answering") as caught:
        read.extend(r for r in read_readmes(HubSession(hub.url, tries=2), sources))
    assert "HTTP 503" in str(caught.value)
    assert not _hub_threads()
    assert len(hub.requests()) < 400


def test_a_refused_connection_is_told_soon() -> None:
    started = time.monotonic()
    with pytest.raises(HubError) as caught:
        HubSession("http://127.0.0.1:1").get("/api/models")
    assert time.monotonic() - started < 20
    assert (
        str(caught.value) == "cannot reach the Hub at http://127.0.0.1:1 (no connection: refused)"
    )
    assert "HF_ENDPOINT" in caught.value.hint
    readme = read_readme(HubSession("http://127.0.0.1:1"), "a/b")
    assert readme.problem == "unreachable: no connection: refused"


def test_offline_mode_is_told(hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    session = HubSession(hub.url)
    with pytest.raises(HubError, match="offline mode is on"):
        session.get("/api/models")
    assert read_readme(session, "a/b").problem == "unreachable: offline mode"


def test_a_run_that_is_left_early_leaves_no_thread(
    hub: StandIn, session: HubSession, sources: dict[str, Any]
) -> None:
    hub.set_faults({"match": RESOLVE, "after": 40, "status": 429, "retry_after": 600})
    readmes = read_readmes(session, sources)
    first = next(readmes)
    assert first.data is not None
    deadline = time.monotonic() + 60
    while not any(call["status"] == 429 for call in hub.requests()):
        assert time.monotonic() < deadline
    started = time.monotonic()
    readmes.close()  # every worker waits at the gate for ten minutes by now
    assert time.monotonic() - started < 20
    assert not _hub_threads()


def _hub_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("cardiogram-hub")]


# -- quotas --------------------------------------------------------------------------------------


def test_a_quota_is_honoured_by_waiting(sources: dict[str, Any]) -> None:
    with running_stand_in("--rate-limit", "resolvers=40", "--rate-window", "1") as hub:
        started = time.monotonic()
        readmes = list(read_readmes(HubSession(hub.url), list(sources)[:50]))
        took = time.monotonic() - started
        statuses = [call["status"] for call in hub.requests()]
    assert all(readme.data for readme in readmes)
    assert took > 1.0  # 100 requests at 40 a second
    assert statuses.count(429) < 60  # the gate: without it, hundreds


def test_a_used_up_quota_is_seen_before_it_is_refused() -> None:
    with running_stand_in("--rate-limit", "api=1", "--rate-window", "2") as hub:
        session, started = HubSession(hub.url), time.monotonic()
        for _ in range(2):
            session.get_json("/api/models", [("limit", "1")])
        assert time.monotonic() - started > 1.5
        assert [call["status"] for call in hub.requests()] == [200, 200]


def test_too_long_a_wait_is_refused_at_once(hub: StandIn) -> None:
    hub.set_faults({"status": 429, "retry_after": 60})
    session, started = HubSession(hub.url, patience=5), time.monotonic()
    for _ in range(3):
        with pytest.raises(RateLimited, match=r"(60|59) s more") as caught:
            session.get("/api/models")
        assert "hf auth login" in caught.value.hint
    assert time.monotonic() - started < 20
    assert len(hub.requests()) == 1
    assert read_readme(session, "a/b").problem == "unreachable: the quota is used up"


def test_patience_ends_refusals_that_name_no_time(hub: StandIn) -> None:
    hub.set_faults({"status": 429, "retry_after": 0})
    session = HubSession(hub.url, patience=1)
    with pytest.raises(RateLimited):
        session.get("/api/models")
    asked = len(hub.requests())
    assert asked > 1
    with pytest.raises(RateLimited):  # it waits no second time
        session.get("/api/models")
    assert len(hub.requests()) == asked + 1
    hub.set_faults()
    session.get("/api/models")


# -- logins --------------------------------------------------------------------------------------


def _whole_text(error: BaseException) -> str:
    hint = getattr(error, "hint", "")
    return "".join(traceback.format_exception(error)) + repr(error) + hint


def test_a_wrong_login_ends_everything_and_is_never_shown(
    hub: StandIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HF_TOKEN", SECRET)
    session = HubSession(hub.url)
    calls = [
        lambda: next(list_pages(session, Query())),
        lambda: read_model(session, "edge-cases/popular"),
        lambda: read_readme(session, "edge-cases/popular"),
        lambda: list(read_readmes(session, ["edge-cases/popular"] * 5)),
    ]
    for call in calls:
        with caplog.at_level("DEBUG"), pytest.raises(AccessDenied) as caught:
            call()
        assert "the Hub refused this login" in str(caught.value)
        assert caught.value.hint == "hf auth login"
        assert SECRET not in _whole_text(caught.value)
    assert hub.requests()[0]["authorized"]
    assert SECRET not in caplog.text
    assert SECRET not in repr(session)


@pytest.mark.parametrize("login", ["hf_ä", "hf_\x07bell", "hf_a\x00b"])
def test_a_login_that_cannot_be_sent_is_refused(
    hub: StandIn, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    monkeypatch.setattr("huggingface_hub.utils._headers.get_token", lambda: login)
    with pytest.raises(AccessDenied) as caught:
        HubSession(hub.url).get("/api/models")
    assert login[3:] not in _whole_text(caught.value)
    assert hub.requests() == []


def test_a_login_opens_what_it_may(hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_other_token")
    session = HubSession(hub.url)
    assert read_model(session, "someone/private-model")["problems"] == []
    assert read_readme(session, "someone/private-model").data is not None
    assert read_readme(session, "edge-cases/gated-auto").problem == "gated"
    assert read_readme(session, "no/where").problem == "not_found"
    hub.patch("edge-cases/gated-auto", granted=["someone"])
    assert read_readme(session, "edge-cases/gated-auto").data is not None
    assert hub.requests()[0]["agent"].startswith("cardiogram/")


class _Echo(BaseHTTPRequestHandler):
    """Says what login it was sent, in an error; and /away sends the caller to another server."""

    server: Any

    def do_GET(self) -> None:
        login = self.headers.get("Authorization", "")
        self.server.logins.append(login)
        away = self.path.startswith("/away")
        self.send_response(307 if away else 418)
        self.send_header("X-Error-Message", f"no tea for {login}\x1b[31m")
        if away:
            self.send_header("Location", f"{self.server.other}/cup")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


class _Lobby(BaseHTTPRequestHandler):
    """A network's page of login for every file, and a list without an end and without a model."""

    server: Any

    def do_GET(self) -> None:
        listing = self.path.startswith("/api/models")
        body = b"[]" if listing else b"<html>Accept our terms</html>"
        self.server.logins.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if listing else self.server.other)
        if listing:
            following = f"{self.server.url}/api/models?cursor=c{len(self.server.logins)}"
            self.send_header("Link", f'<{following}>; rel="next"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/plain"])
def test_a_page_of_login_is_not_a_card_and_is_tried_again(kind: str) -> None:
    with _echo(kind, _Lobby) as lobby:
        session = HubSession(lobby.url)
        read = read_readme(session, "a/b")
        assert (read.data, problem_code(read.problem or "")) == (None, "unreachable")
        assert problem_code(read.problem or "") in TRANSIENT
        with pytest.raises(HubError, match="the Hub stopped answering"):
            list(read_readmes(session, [f"a/{number}" for number in range(50)]))


def test_a_list_of_empty_pages_ends() -> None:
    with _echo("", _Lobby) as lobby:
        with pytest.raises(HubError, match="one page without a model after another"):
            list(list_pages(HubSession(lobby.url), Query(limit=10)))
        assert len(lobby.logins) == 5


@contextmanager
def _echo(other: str = "", handler: type[BaseHTTPRequestHandler] = _Echo) -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        found: Any = server
        found.logins, found.other = [], other
        found.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def test_a_login_is_sent_to_the_endpoint_only_and_never_quoted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_TOKEN", SECRET)
    with _echo() as stranger, _echo(stranger.url) as server:
        session = HubSession(server.url)
        for address in ("/cup", "/away", f"{stranger.url}/cup"):
            with pytest.raises(HubError, match="no tea for") as caught:
                session.get(address)
            assert SECRET not in _whole_text(caught.value)
            assert "\x1b" not in str(caught.value)
        assert server.logins == [f"Bearer {SECRET}"] * 2
        assert stranger.logins == ["", ""]
