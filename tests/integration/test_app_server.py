"""The app over real sockets: who may ask, and how much."""

from __future__ import annotations

import ctypes
import json
import os
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import anyio
import pytest
from commands import CommandLine
from running_app import running_server
from starlette.responses import PlainTextResponse

from cardiogram.app import App, AppServer, Workspace, routes, server as server_module
from cardiogram.app.api import Endpoint, all_endpoints
from cardiogram.app.guard import PUBLIC, Guard, Limits
from cardiogram.app.shell import StaticFile
from cardiogram.app.worker import WorkLimits
from cardiogram.errors import ConfigError
from cardiogram.judge.embedded import embedded_judge
from studies import HOSTILE_ROWS, make_study

CARD = json.dumps({"text": "# Parrot\n\nRepeats what it hears.\n"}).encode()
OPEN = json.dumps({"target": "."}).encode()
JSON = "application/json"
LIMITS = Limits(patience=0.4, connections=8, request_bytes=2_000_000)
STRANGER = "8.8.4.4"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    make_study(folder / "parrots", HOSTILE_ROWS)
    (folder / "secret.txt").write_text("of the workspace", "utf-8")
    return folder


@pytest.fixture(scope="module")
def server(workspace: Path) -> Iterator[AppServer]:
    with running_server(workspace) as made:
        yield made


@pytest.fixture(scope="module")
def hasty(workspace: Path) -> Iterator[AppServer]:
    """One that waits for nobody and takes few."""
    with running_server(workspace, limits=LIMITS) as made:
        yield made


@pytest.fixture(scope="module")
def public(workspace: Path) -> Iterator[AppServer]:
    with running_server(workspace, is_public=True) as made:
        yield made


def ask(
    server: AppServer, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    found = answer.read()
    connection.close()
    return answer.status, dict(answer.headers), found


def test_listens_on_this_machine_only(server: AppServer) -> None:
    assert server.address == f"http://127.0.0.1:{server.port}/"
    with pytest.raises(ConfigError, match="only a public app"):
        AppServer(App(Workspace.at(Path()), embedded_judge()), host="0.0.0.0")


@pytest.mark.parametrize(
    "path", ["/", "/studies/parrots/", "/api/rate", "/static/x.js", "/nothing"]
)
def test_every_answer_forbids_what_no_page_needs(server: AppServer, path: str) -> None:
    _, headers, _ = ask(server, "GET", path)
    headers = {name.lower(): value for name, value in headers.items()}
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert not [name for name in headers if name.startswith("access-control")]
    assert not [name for name in headers if name in ("server", "set-cookie")]


def test_the_front_end_is_sent_packed_and_may_be_kept(server: AppServer) -> None:
    _, _, page = ask(server, "GET", "/")
    for path in re.findall(rb'(?:src|href)="(/static/[^"]+)"', page):
        status, headers, packed = ask(server, "GET", path.decode(), Accept_Encoding="gzip")
        assert status == 200
        assert "immutable" in headers["cache-control"]
        assert packed[:2] == b"\x1f\x8b"
        assert int(headers["content-length"]) == len(packed)
        assert len(ask(server, "GET", path.decode())[2]) > len(packed)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/..%2fserver.py",
        "/static/manifest.json",
        "/studies/..%2f..%2fsecret.txt",
        "/studies/parrots/../../secret.txt",
        "/studies/parrots/study.toml",
        "/studies/parrots/data/../study.toml",
        "/studies/%2e%2e/",
        "/studies/nobody/",
        "//",
    ],
)
def test_nothing_but_its_pages_is_given(server: AppServer, path: str) -> None:
    status, _, body = ask(server, "GET", path)
    assert status == 404
    assert set(json.loads(body)) == {"error", "hint"}


def test_a_study_has_its_page_and_its_blocks(server: AppServer) -> None:
    status, headers, page = ask(server, "GET", "/studies/parrots")
    assert (status, headers["location"]) == (307, "./parrots/")
    _, headers, _ = ask(server, "GET", "/studies/https:evil.test")
    assert headers["location"] == "./https:evil.test/"  # and never another site
    _, _, page = ask(server, "GET", "/studies/parrots/")
    assert b"How well are these 7 models documented?" in page
    found = re.search(rb'data-blocks="(data/[0-9a-f]{16}/)"', page)
    assert found is not None
    for name in ("table", "facts-0", "texts-0"):
        _, headers, block = ask(server, "GET", f"/studies/parrots/{found[1].decode()}{name}")
        assert headers["content-type"] == "application/gzip"
        assert block[:2] == b"\x1f\x8b"


def test_a_study_that_breaks_says_so_and_mends(server: AppServer, workspace: Path) -> None:
    study = make_study(workspace / "broken", HOSTILE_ROWS)
    kept = study.results_path.read_bytes()
    study.results_path.unlink()
    status, _, page = ask(server, "GET", "/studies/broken/")
    assert status == 503
    assert b"cardiogram analyze" in page
    study.results_path.write_bytes(kept)
    assert ask(server, "GET", "/studies/broken/")[0] == 200


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "127.0.0.1", "127.0.0.1:1", ""])
def test_refuses_other_names_for_this_machine(server: AppServer, host: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/studies/parrots/"), ("POST", "/api/rate")):
        status, _, body = ask(server, method, path, b"{}" if method == "POST" else None, Host=host)
        assert status == 421
        assert set(json.loads(body)) == {"error", "hint"}


def test_two_names_are_refused(server: AppServer) -> None:
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nHost: evil.test\r\n\r\n"
    with _raw(server, head.encode()) as peer:
        assert re.match(rb"HTTP/1.1 4\d\d ", peer.recv(100))


def test_rates_for_its_own_pages(server: AppServer) -> None:
    own = f"http://localhost:{server.port}"
    status, _, body = ask(
        server,
        "POST",
        "/api/rate",
        CARD,
        Content_Type=JSON,
        Origin=own,
        Host=own.removeprefix("http://"),
        Sec_Fetch_Site="same-origin",
    )
    assert status == 200
    assert len(json.loads(body)["scores"]) == 9


@pytest.mark.parametrize("text", ["", "\ud800", "\\ud800 \ud800", "\x00", "---\n", "[" * 50_000])
def test_rates_whatever_comes(server: AppServer, text: str) -> None:
    body = json.dumps({"text": text}).encode()
    assert ask(server, "POST", "/api/rate", body, Content_Type=JSON)[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b'{"text": 1}',
        b'{"text": "", "id": 7}',
        b"[" * 100_000,
        b'{"a": "\\ud800"}',
        b'{"text": "\\ud800',
        b'{"text": "", "a": ' + b"[" * 100_000,
        json.dumps({"text": "", "id": "x" * 201}).encode(),
        json.dumps({"text": "a" * 200_001}).encode(),
    ],
)
def test_refuses_what_is_no_question(server: AppServer, body: bytes) -> None:
    status, _, answer = ask(server, "POST", "/api/rate", body, Content_Type=JSON)
    assert status == 400
    assert set(json.loads(answer)) == {"error", "hint"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "multipart/form-data; boundary=a"}, 415),
        ({}, 415),
        ({"Content_Type": JSON, "Origin": "https://evil.test"}, 403),
        ({"Content_Type": JSON, "Origin": "null"}, 403),
        ({"Content_Type": JSON, "Origin": "http://127.0.0.1:1"}, 403),
        ({"Content_Type": JSON, "Sec_Fetch_Site": "cross-site"}, 403),
        ({"Content_Type": JSON, "Sec_Fetch_Site": "same-site"}, 403),
        ({"Content_Type": JSON, "Content_Length": "8000001"}, 413),
        ({"Content_Type": JSON, "Content_Length": "9" * 5000}, 400),
        ({"Content_Type": JSON, "Content_Length": "-1"}, 400),
        ({"Content_Type": JSON, "Transfer_Encoding": "chunked"}, 411),
        ({"Content_Type": f"{JSON}; charset=utf-8"}, 200),
    ],
)
def test_refuses_what_other_pages_could_send(
    server: AppServer, headers: dict[str, str], status: int
) -> None:
    assert ask(server, "POST", "/api/rate", CARD, **headers)[0] == status


def test_other_sites_cannot_ask_by_an_address(server: AppServer) -> None:
    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.test"}):
        assert ask(server, "GET", "/api/openapi.json", **headers)[0] == 403
    assert ask(server, "GET", "/", Sec_Fetch_Site="cross-site")[0] == 200  # a link leads here


@pytest.mark.parametrize("how", ["Transfer-Encoding: chunked", "Content-Length: 999999999"])
def test_what_is_no_question_brings_no_body(server: AppServer, how: str) -> None:
    host = f"Host: 127.0.0.1:{server.port}"
    with _raw(server, f"GET /api/studies HTTP/1.1\r\n{host}\r\n{how}\r\n\r\n".encode()) as peer:
        assert peer.recv(100).startswith(b"HTTP/1.1 400 ")  # not one byte of it was waited for


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_do_nothing(server: AppServer, method: str) -> None:
    status, headers, _ = ask(server, method, "/api/rate")
    assert (status, headers["allow"]) == (405, "POST")


def test_head_has_no_body(server: AppServer) -> None:
    status, headers, body = ask(server, "HEAD", "/studies/parrots/")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 1000


def test_nonsense_and_silence_do_not_stop_it(
    server: AppServer, capfd: pytest.CaptureFixture[str]
) -> None:
    for sent in (b"\x16\x03\x01\x00\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 70_000 + b"\r\n\r\n"):
        with _raw(server, sent) as peer:
            peer.recv(100)
    host = f"Host: 127.0.0.1:{server.port}"
    for _ in range(3):  # a browser that goes away while it is answered
        with _raw(server) as gone:
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            gone.sendall(f"GET / HTTP/1.1\r\n{host}\r\n\r\n".encode() * 50)
    head = f"POST /api/rate HTTP/1.1\r\n{host}\r\nContent-Type: {JSON}\r\nContent-Length: 9\r\n"
    with _raw(server, f"{head}Expect: 100-continue\r\n\r\n".encode()) as gone:
        assert gone.recv(100).startswith(b"HTTP/1.1 100 ")  # and goes before it asks
    with _raw(server, b"POST /api/rate HTTP/1.1\r\n"):
        assert ask(server, "GET", "/")[0] == 200
    assert capfd.readouterr().err == ""


def _raw(server: AppServer, sent: bytes = b"") -> socket.socket:
    peer = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    peer.sendall(sent)
    return peer


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_an_address_that_cannot_be_read_is_refused(server: AppServer, method: str) -> None:
    head = f"{method} http://[::1 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
    with _raw(server, head.encode()) as peer:
        assert peer.recv(100).startswith(b"HTTP/1.1 400 ")


def _is_closed(peer: socket.socket) -> bool:
    try:
        return peer.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("what", ["head", "body"])
def test_a_request_that_drips_is_closed(hasty: AppServer, what: str) -> None:
    head = "POST /api/rate HTTP/1.1\r\n"
    if what == "body":
        host = f"Host: 127.0.0.1:{hasty.port}"
        head += f"{host}\r\nContent-Type: {JSON}\r\nContent-Length: 999\r\n\r\n"
    with _raw(hasty, head.encode()) as peer:
        peer.settimeout(0.05)
        began = time.monotonic()
        while time.monotonic() < began + 10:
            try:
                peer.sendall(b"x")
                if peer.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert time.monotonic() < began + 8


def test_an_answer_that_is_not_read_is_given_up(
    hasty: AppServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 30_000_000
    large = StaticFile("text/javascript", b"a" * size, b"")
    monkeypatch.setattr(routes, "static_files", lambda: {"large.js": large})
    host = f"Host: 127.0.0.1:{hasty.port}"
    with _raw(hasty, f"GET /static/large.js HTTP/1.1\r\n{host}\r\n\r\n".encode()) as peer:
        peer.recv(1)
        until = time.monotonic() + 10
        while hasty.connections and time.monotonic() < until:
            time.sleep(0.02)
        assert hasty.connections == 0
        read = 0
        while part := peer.recv(1 << 20):
            read += len(part)
        assert read < size


def test_of_too_many_connections_the_idlest_is_closed(workspace: Path) -> None:
    with running_server(workspace, limits=Limits(connections=8)) as server:
        silent = [_raw(server, b"POST /api/rate HTTP/1.1\r\n") for _ in range(20)]
        try:
            assert ask(server, "GET", "/")[0] == 200
            assert all(_is_closed(peer) for peer in silent[:10])
        finally:
            for peer in silent:
                peer.close()


@pytest.mark.parametrize("slow", [["# slow"], ["# slow" + " " * 40_000] * 6])
def test_questions_that_take_long_hold_up_no_other(
    server: AppServer, monkeypatch: pytest.MonkeyPatch, slow: list[str]
) -> None:
    begun, goes_on = threading.Event(), threading.Event()
    ask_now = Endpoint.ask

    def ask_slowly(endpoint: Endpoint, app: App, question: object) -> bytes:
        if "slow" in str(question):
            begun.set()
            goes_on.wait(30)
        return ask_now(endpoint, app, question)

    monkeypatch.setattr(Endpoint, "ask", ask_slowly)
    answers: list[int] = []

    def post(text: str) -> None:
        body = json.dumps({"text": text}).encode()
        answers.append(ask(server, "POST", "/api/rate", body, Content_Type=JSON)[0])

    threads = [threading.Thread(target=post, args=(text,)) for text in slow]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    post("# quick")
    assert answers == [200]
    assert all(thread.is_alive() for thread in threads)
    goes_on.set()
    for thread in threads:
        thread.join()
    assert answers == [200] * (1 + len(slow))


def test_a_fault_is_admitted_and_its_words_stay_in_the_terminal(
    server: AppServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> bytes:
        raise ValueError("hf_secret")

    monkeypatch.setattr(Endpoint, "ask", fail)
    status, headers, body = ask(server, "POST", "/api/rate", CARD, Content_Type=JSON)
    assert status == 500
    assert b"fault of cardiogram" in body
    assert b"hf_secret" not in body
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "ValueError: hf_secret" in capfd.readouterr().err


def _asking(server: AppServer, path: str, body: bytes, answers: list[Any]) -> threading.Thread:
    """Ask in a thread of its own, which notes the answer."""

    def post() -> None:
        status, _, answer = ask(server, "POST", path, body, Content_Type=JSON)
        answers.append((status, json.loads(answer)))

    thread = threading.Thread(target=post)
    thread.start()
    return thread


def test_heavy_work_is_done_against_the_clock(
    workspace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with running_server(workspace, work=WorkLimits(seconds=0.01)) as server:
        status, _, body = ask(server, "POST", "/api/open", OPEN, Content_Type=JSON)
    assert (status, b"stopped" in body) == (503, True)
    assert capfd.readouterr().err == ""


def test_heavy_work_ends_with_the_app(workspace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    answers: list[Any] = []
    with running_server(workspace) as server:
        thread = _asking(server, "/api/open", OPEN, answers)
        until = time.monotonic() + 10
        while not server.is_at_work and time.monotonic() < until:
            time.sleep(0.001)
    thread.join()
    assert answers == [(503, {"error": "the app is ending", "hint": ""})]
    assert capfd.readouterr().err == ""


def test_what_cannot_be_broken_off_is_answered_at_the_end(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def work_long(*_: object) -> bytes:
        begun.set()
        goes_on.wait(30)
        return b"{}"

    monkeypatch.setattr(Endpoint, "ask", work_long)
    monkeypatch.setattr(server_module, "_GRACE", 0.1)
    answers: list[Any] = []
    try:
        with running_server(workspace) as server:
            thread = _asking(server, "/api/rate", CARD, answers)
            assert begun.wait(10)
        thread.join()
    finally:
        goes_on.set()
    assert answers == [(503, {"error": "the app is ending", "hint": ""})]
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says whose they are")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for others")
def test_programs_of_other_users_are_refused(server: AppServer) -> None:
    answers: list[bytes] = []

    def ask_as_another() -> None:
        libc = ctypes.CDLL(None)
        libc.setfsuid(65534)  # of this thread alone
        host = f"Host: 127.0.0.1:{server.port}"
        with _raw(server, f"GET / HTTP/1.1\r\n{host}\r\n\r\n".encode()) as peer:
            answers.append(b"".join(iter(lambda: peer.recv(10_000), b"")))
        libc.setfsuid(0)

    thread = threading.Thread(target=ask_as_another)
    thread.start()
    thread.join()
    assert answers[0].startswith(b"HTTP/1.1 403 ")
    assert b"another user" in answers[0]


def test_strangers_have_what_changes_nothing(public: AppServer) -> None:
    served = {endpoint.path for endpoint in all_endpoints() if endpoint.public}
    _, _, described = ask(public, "GET", "/api/openapi.json")
    assert set(json.loads(described)["paths"]) == served
    for number, endpoint in enumerate(all_endpoints()):
        assert not (endpoint.public and endpoint.act)
        if not endpoint.public:
            path = re.sub(r"[{].*?[}]", "x", endpoint.path)
            options = {"Content_Type": JSON, "X_Forwarded_For": f"9.9.9.{number}"}
            body = b"{}" if endpoint.method == "POST" else None
            status, _, _ = ask(public, endpoint.method, path, body, **options)
            assert status in (404, 405)


def test_strangers_come_by_any_name_and_only_from_its_own_pages(public: AppServer) -> None:
    for host in ("me-cards.hf.space", "cards.example.org:7860"):
        status, headers, _ = ask(public, "GET", "/", Host=host)
        assert status == 200
        policy = headers["content-security-policy"]
        assert "frame-ancestors https://huggingface.co" in policy
        for origin, status in ((f"https://{host}", 200), ("https://evil.test", 403)):
            options = {"Host": host, "Origin": origin, "Content_Type": JSON}
            assert ask(public, "POST", "/api/rate", CARD, **options)[0] == status


def test_a_stranger_may_ask_so_much_and_holds_up_no_other(public: AppServer) -> None:
    def post(client: str, body: bytes = CARD) -> int:
        headers = {"Content_Type": JSON, "X_Forwarded_For": f"1.2.3.4, {client}, 10.0.0.1"}
        return ask(public, "POST", "/api/rate", body, **headers)[0]

    long = json.dumps({"text": "a" * 190_000}).encode()
    statuses = [post(STRANGER, long) for _ in range(12)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert post("9.9.9.9") == 200


def test_much_work_for_a_stranger_is_little_at_once() -> None:
    goes_on = anyio.Event()
    statuses: list[int] = []

    async def work(scope: Any, receive: Any, send: Any) -> None:
        await goes_on.wait()
        await PlainTextResponse("done")(scope, receive, send)

    async def post(guard: Guard, client: str) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        head = {"host": "a", "content-type": JSON, "content-length": "2", "x-forwarded-for": client}
        scope = {
            "type": "http",
            "method": "POST",
            "scheme": "https",
            "path": "/api/improve",
            "raw_path": b"/api/improve",
            "client": ("10.0.0.1", 1),
            "headers": [(key.encode(), value.encode()) for key, value in head.items()],
        }
        await guard(scope, anyio.sleep_forever, send)

    async def main() -> None:
        guard = Guard(work, None, PUBLIC, heavy=frozenset({"/api/improve"}))
        async with anyio.create_task_group() as group:
            for client in (STRANGER, STRANGER, STRANGER, "9.9.9.9"):
                group.start_soon(post, guard, client)
            await anyio.wait_all_tasks_blocked()
            assert statuses == [429]
            goes_on.set()
        await post(guard, STRANGER)

    anyio.run(main)
    assert statuses == [429, 200, 200, 200, 200]


def test_a_taken_port_is_one_clear_error(server: AppServer) -> None:
    with pytest.raises(ConfigError, match="cannot listen"):
        AppServer(App(Workspace.at(Path()), embedded_judge()), server.port)


def test_the_command_says_where_it_is_keeps_its_login_and_ends_quietly(tmp_path: Path) -> None:
    token = "hf_" + "a" * 34
    process = CommandLine(tmp_path, token=token).start("serve", "--port", "0", "--json")
    try:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        port = int(address.rstrip("/").rpartition(":")[2])
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/api/open", b'{"target": "me/card"}', {"Content-Type": JSON})
        answer = connection.getresponse()  # of a worker
        assert answer.status == 502
        assert token not in f"{answer.read().decode()}{answer.headers}"
        connection.request("GET", "/")
        assert connection.getresponse().read()
        process.send_signal(2)  # Ctrl-C, while a connection is open
        _, said = process.communicate(timeout=60)
        connection.close()
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert said == "Ctrl-C ends it\n"
