"""HTTP for one person on one machine: who may ask, how much, and what a page may do."""

from __future__ import annotations

import contextlib
import io
import socket
import sys
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import urlsplit

from cardiogram.app.pages import Pages, Response, refuse
from cardiogram.app.rating import MAX_CARD_BYTES
from cardiogram.errors import ConfigError
from cardiogram.judge.embedded import embedded_judge
from cardiogram.report.page import content_policy
from cardiogram.store import Study

HOST = "127.0.0.1"
MAX_REQUEST_BYTES = 6 * MAX_CARD_BYTES + 1024
"""A card fits even where JSON writes its every character as an escape."""

PATIENCE = 30
"""Seconds that a request may take to come, however often a byte of it does."""

MAX_CONNECTIONS = 64
"""At the same time; of more, the one whose request has not come for longest is closed."""


class Server(ThreadingHTTPServer):
    """The app on a port of this machine; `serve_forever` runs it.

    Parameters
    ----------
    port
        0 takes any free one.

    Raises
    ------
    ConfigError
        The port is taken, or may not be used.
    """

    daemon_threads = True
    request_queue_size = MAX_CONNECTIONS

    def __init__(self, pages: Pages, port: int) -> None:
        self.pages = pages
        self._lock = threading.Lock()
        self._open: dict[socket.socket, bool] = {}  # oldest first; whether it is being answered
        try:
            super().__init__((HOST, port), Handler)
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {HOST}:{port}: {error.strerror}",
                hint="Choose another port: cardiogram serve --port 0",
            ) from error

    def process_request(self, request: object, client_address: object) -> None:
        """Take a connection, and close another where there are too many."""
        assert isinstance(request, socket.socket)
        with self._lock:
            waiting = [peer for peer, answered in self._open.items() if not answered]
            if len(self._open) >= MAX_CONNECTIONS:
                given_up = waiting[0] if waiting else request
                self._open.pop(given_up, None)
                with contextlib.suppress(OSError):
                    given_up.shutdown(socket.SHUT_RDWR)
            self._open[request] = False
        super().process_request(request, client_address)

    def shutdown_request(self, request: object) -> None:
        """Close a connection."""
        assert isinstance(request, socket.socket)
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    @contextlib.contextmanager
    def answering(self, peer: socket.socket) -> Iterator[None]:
        """Keep a connection open, however many there are, while its request is answered."""
        with self._lock:
            self._open[peer] = True
        try:
            yield
        finally:
            with self._lock:
                self._open.pop(peer, None)
                self._open[peer] = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away; anything else is a fault of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def address(self) -> str:
        """Where a browser finds the app."""
        return f"http://{HOST}:{self.server_port}/"


def make_server(study: Study | None, port: int = 0) -> Server:
    """Make the app of a study, ready to run.

    Parameters
    ----------
    study
        The study to show; None rates cards only.
    port
        0 takes any free one.

    Raises
    ------
    DataError
        The study has no results yet, or cannot be read.
    ConfigError
        The port is taken, or may not be used.

    Examples
    --------
    >>> server = make_server(None)
    >>> server.address.startswith("http://127.0.0.1:")
    True
    >>> server.server_close()
    """
    return Server(Pages(study, embedded_judge()), port)


class _TimedReader(io.RawIOBase):
    """What comes on a connection, until a time; after it, a `TimeoutError`."""

    def __init__(self, peer: socket.socket) -> None:
        self.peer, self.until = peer, 0.0

    def readable(self) -> bool:
        """Whether it can be read: it can."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has come, or wait for it."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.peer.settimeout(left)
        return self.peer.recv_into(buffer)


class Handler(BaseHTTPRequestHandler):
    """One request; everything that is not expressly allowed is refused."""

    protocol_version = "HTTP/1.1"
    server_version = "cardiogram"
    sys_version = ""
    timeout = PATIENCE
    disable_nagle_algorithm = True  # else a body waits 40 ms behind its headers

    def setup(self) -> None:
        """Read the connection against the clock."""
        super().setup()
        self.rfile.close()
        self._reader = _TimedReader(self.connection)
        self.rfile = io.BufferedReader(self._reader)

    def handle_one_request(self) -> None:
        """Read a request and answer it."""
        self._reader.until = time.monotonic() + PATIENCE
        super().handle_one_request()

    @property
    def _app(self) -> Server:
        return cast("Server", self.server)

    def do_GET(self) -> None:
        """Give a page or a block of data."""
        with self._app.answering(self.connection):
            self._send(
                self._refuse_host() or self._refuse_path() or self._app.pages.get(self._path)
            )

    def do_HEAD(self) -> None:
        """Give the head of the same."""
        self.do_GET()

    def do_POST(self) -> None:
        """Rate a pasted card."""
        refused = self._refuse_host() or self._refuse_path() or self._refuse_post()
        if refused is not None:
            self.close_connection = True  # what was sent along is not read
            self._send(refused)
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self._app.answering(self.connection):
            self._send(self._app.pages.rate(body))

    @property
    def _path(self) -> str:
        return urlsplit(self.path).path

    def _refuse_path(self) -> Response | None:
        try:
            urlsplit(self.path)
        except ValueError:
            return refuse(HTTPStatus.BAD_REQUEST, "The address cannot be read.")
        return None

    def _refuse_host(self) -> Response | None:
        """Refuse names that are not this machine's: a page elsewhere may point its own here."""
        port = self._app.server_port
        if self.headers.get("Host", "") in {f"{name}:{port}" for name in (HOST, "localhost")}:
            return None
        return refuse(HTTPStatus.MISDIRECTED_REQUEST, "This app answers to 127.0.0.1 only.")

    def _refuse_post(self) -> Response | None:
        """Refuse what no page of this app sends."""
        if self._path != "/api/rate":
            return refuse(HTTPStatus.NOT_FOUND, "There is no such page.")
        origin = self.headers.get("Origin")
        own = f"http://{self.headers['Host']}"
        site = self.headers.get("Sec-Fetch-Site", "same-origin")
        if origin not in (None, own) or site not in ("same-origin", "none"):
            return refuse(HTTPStatus.FORBIDDEN, "Only this app's own pages may ask.")
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":  # a form of another site cannot send this kind
            return refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON.")
        size = self.headers.get("Content-Length", "")
        if not (size.isascii() and size.isdigit()):
            return refuse(HTTPStatus.LENGTH_REQUIRED, "Say how long the request is.")
        if int(size) > MAX_REQUEST_BYTES:
            words = f"This page rates cards of up to {MAX_CARD_BYTES:,} bytes."
            return refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)
        return None

    def _send(self, response: Response) -> None:
        self.connection.settimeout(PATIENCE)
        headers = {
            "Content-Type": response.kind,
            "Content-Length": str(len(response.body)),
            "Content-Security-Policy": f"{content_policy('app')}; frame-ancestors 'none'",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            **response.headers,
        }
        if self.close_connection:
            headers["Connection"] = "close"
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a log would hold what the person looked at."""
