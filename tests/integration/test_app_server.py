"""The app over real sockets: who may ask, and how much."""

from __future__ import annotations

import json
import re
import socket
import struct
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from running_app import running_server

from cardiogram.app import App, AppServer, Workspace, routes
from cardiogram.app.guard import Limits
from cardiogram.app.shell import StaticFile
from cardiogram.errors import ConfigError
from cardiogram.judge.embedded import embedded_judge
from studies import HOSTILE_ROWS, make_study

CARD = json.dumps({"text": "# Parrot\n\nRepeats what it hears.\n"}).encode()
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
    assert (status, headers["location"]) == (307, "parrots/")
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
    head = f"POST /api/rate HTTP/1.1\r\n{host}\r\nContent-Type: {JSON}\r\nContent-Length: 9\r\n\r\n"
    _raw(server, head.encode()).close()  # and one that goes before it has asked
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
