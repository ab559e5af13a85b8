"""The app over real sockets: who may ask, and how much."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from commands import CommandLine

from cardiogram.app import pages
from cardiogram.app.server import MAX_REQUEST_BYTES, Server, make_server
from cardiogram.errors import ConfigError
from cardiogram.judge.embedded import EmbeddedJudge
from studies import HOSTILE_ROWS, make_study

CARD = json.dumps({"text": "# Parrot\n\nRepeats what it hears.\n"}).encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with make_server(make_study(tmp_path_factory.mktemp("study"), HOSTILE_ROWS)) as found:
        thread = threading.Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def ask(
    server: Server, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    found = answer.read()
    connection.close()
    return answer.status, dict(answer.headers), found


def test_listens_on_this_machine_only(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_every_answer_forbids_what_no_page_needs(server: Server) -> None:
    for path in ("/", "/rate", "/data/table", "/nothing"):
        _, headers, _ = ask(server, "GET", path)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert not [name for name in headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "127.0.0.1", "127.0.0.1:1", ""])
def test_refuses_other_names_for_this_machine(server: Server, host: str) -> None:
    for method, path in (("GET", "/"), ("POST", "/api/rate")):
        status, _, body = ask(server, method, path, b"{}" if method == "POST" else None, Host=host)
        assert status == 421
        assert b"models documented" not in body


def test_rates_for_its_own_pages(server: Server) -> None:
    own = f"http://localhost:{server.server_port}"
    status, _, body = ask(
        server,
        "POST",
        "/api/rate",
        CARD,
        Content_Type="application/json",
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
        ({"Content_Type": "application/json", "Origin": "https://evil.test"}, 403),
        ({"Content_Type": "application/json", "Origin": "null"}, 403),
        ({"Content_Type": "application/json", "Sec_Fetch_Site": "cross-site"}, 403),
        ({"Content_Type": "application/json", "Content_Length": str(MAX_REQUEST_BYTES + 1)}, 413),
        ({"Content_Type": "application/json", "Content_Length": "-1"}, 411),
    ],
)
def test_refuses_what_other_pages_could_send(
    server: Server, headers: dict[str, str], status: int
) -> None:
    assert ask(server, "POST", "/api/rate", CARD, **headers)[0] == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_do_nothing(server: Server, method: str) -> None:
    assert ask(server, method, "/api/rate")[0] == 501


def test_posts_to_one_address_only(server: Server) -> None:
    assert ask(server, "POST", "/", CARD, Content_Type="application/json")[0] == 404


def test_head_has_no_body(server: Server) -> None:
    status, headers, body = ask(server, "HEAD", "/")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 1000


def test_nonsense_and_silence_do_not_stop_it(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    for sent in (b"\x16\x03\x01\x00\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 70_000 + b"\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as peer:
            peer.sendall(sent)
            peer.recv(100)
    for _ in range(3):  # a browser that goes away while it is answered
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as gone:
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            host = f"Host: 127.0.0.1:{server.server_port}"
            gone.sendall(f"GET / HTTP/1.1\r\n{host}\r\n\r\n".encode() * 50)
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as silent:
        silent.sendall(b"POST /api/rate HTTP/1.1\r\n")
        assert ask(server, "GET", "/rate")[0] == 200
    assert capfd.readouterr().err == ""


def _raw(server: Server, sent: bytes = b"") -> socket.socket:
    peer = socket.create_connection(("127.0.0.1", server.server_port), timeout=10)
    peer.sendall(sent)
    return peer


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_an_address_that_cannot_be_read_is_refused(
    server: Server, method: str, capfd: pytest.CaptureFixture[str]
) -> None:
    head = f"{method} http://[::1 HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n"
    with _raw(server, head.encode()) as peer:
        assert peer.recv(100).startswith(b"HTTP/1.1 400 ")
    assert capfd.readouterr().err == ""


def test_a_request_that_drips_is_closed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cardiogram.app.server.PATIENCE", 0.4)
    with _raw(server, b"GET / HTTP/1.1\r\nX: ") as peer:
        peer.settimeout(0.05)
        began = time.monotonic()
        while time.monotonic() < began + 5:
            try:
                peer.sendall(b"x")
                if peer.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert time.monotonic() < began + 2


def test_of_too_many_connections_the_idlest_is_closed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardiogram.app.server.MAX_CONNECTIONS", 8)
    silent = [_raw(server, b"POST /api/rate HTTP/1.1\r\n") for _ in range(30)]
    try:
        assert ask(server, "GET", "/rate")[0] == 200
        for peer in silent[:20]:
            assert peer.recv(1) == b""
    finally:
        for peer in silent:
            peer.close()


def test_a_card_that_takes_long_holds_up_no_other(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    rate = pages.rate_pasted

    def rate_slowly(body: bytes, judge: EmbeddedJudge) -> dict[str, object]:
        if b"slow" in body:
            goes_on.wait(10)
        return rate(body, judge)

    monkeypatch.setattr(pages, "rate_pasted", rate_slowly)
    answers: list[int] = []

    def post(text: str) -> None:
        body = json.dumps({"text": text}).encode()
        answers.append(ask(server, "POST", "/api/rate", body, Content_Type="application/json")[0])

    slow = threading.Thread(target=post, args=("# slow",))
    slow.start()
    post("# quick")
    assert (answers, slow.is_alive()) == ([200], True)
    goes_on.set()
    slow.join()
    assert answers == [200, 200]


def test_a_taken_port_is_one_clear_error(server: Server) -> None:
    with pytest.raises(ConfigError, match="cannot listen"):
        make_server(None, server.server_port)


def test_the_command_says_where_it_is_and_ends_quietly(tmp_path: Path) -> None:
    with CommandLine(tmp_path).start("serve", "--port", "0", "--json") as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        port = int(address.rstrip("/").rpartition(":")[2])
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().headers["Location"] == "/rate"
        connection.close()
        process.send_signal(2)  # Ctrl-C
        _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert said == "Ctrl-C ends it\n"
