"""Requests: everything that is not expressly allowed is refused; answers: what a page may do."""

from __future__ import annotations

import asyncio
import json
import math
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cardiogram.app.guard.allowance import Allowance, identify_client
from cardiogram.app.guard.limits import Limits
from cardiogram.app.refusals import ENDING

_PART = 65_536
"""Bytes of an answer that are handed to a connection before its reader has read them."""

_A_REQUEST = 5_000
"""Bytes that count as a request more of a client's allowance: long cards take longer to rate."""

SECONDS = "cardiogram.seconds"
"""Where an app notes in a request's scope how much processor time it took."""

_A_SECOND = 40
"""Requests that a second of a processor counts as: with ten a second, a client has a quarter."""

_HEAVY = 10
"""Requests that one for much work counts as."""

_FAULT = "this is a fault of cardiogram itself"

_SHORT = 65_536
"""Bytes of a body that there is always room for; what is longer is much work."""

_ANSWER_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class RequestRefused(Exception):
    """A request that is not answered.

    Parameters
    ----------
    status
        Of the answer.
    error, hint
        What is wrong, and what to do about it.
    retry_after
        Seconds after which the same may be asked again; 0 where that helps nothing.
    """

    def __init__(
        self, status: HTTPStatus, error: str, hint: str = "", retry_after: float = 0
    ) -> None:
        super().__init__(error)
        self.status: HTTPStatus = status
        self.error: str = error
        self.hint: str = hint
        self.retry_after = retry_after


class Guard:
    """The door before an ASGI app.

    Parameters
    ----------
    app
        What answers the requests that may pass.
    hosts
        Names, with their port, that the app goes by; None where it goes by any.
    limits
        How large requests may be, and how many.
    heavy
        Addresses whose answers are much work.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: frozenset[str] | None,
        limits: Limits,
        heavy: frozenset[str] = frozenset(),
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._limits = limits
        self._heavy = heavy
        self._allowance = Allowance(limits.rate, limits.burst)
        self._bytes = 0
        self._working: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            with self._admit(scope):
                await self._app(scope, receive, answer)
        except RequestRefused as refused:
            await answer.refuse(refused)
        except ClientDisconnect:
            return
        except asyncio.CancelledError:  # the server ends, and waits no longer
            if answer.has_begun:
                raise
            await answer.refuse(RequestRefused(HTTPStatus.SERVICE_UNAVAILABLE, ENDING))
        except Exception:
            if answer.has_begun:
                raise
            traceback.print_exc(file=sys.stderr)
            await answer.refuse(RequestRefused(HTTPStatus.INTERNAL_SERVER_ERROR, _FAULT))

    @contextmanager
    def _admit(self, scope: Scope) -> Iterator[None]:
        """Refuse a request, or count it while it is answered."""
        headers = Headers(scope=scope)
        self._check_host(headers)
        if not scope["raw_path"].startswith(b"/"):
            raise RequestRefused(HTTPStatus.BAD_REQUEST, "the address cannot be read")
        is_post = scope["method"] == "POST"  # what has a body; no address knows other methods
        size = self._check_body(headers) if is_post else _refuse_body(headers)
        peer = scope["client"][0] if scope["client"] else ""
        client = identify_client(peer, ",".join(headers.getlist("x-forwarded-for")))
        is_heavy = is_post and (size > _SHORT or scope["path"] in self._heavy)
        if is_post or scope["path"].startswith("/api/"):
            _check_origin(headers, scope["scheme"])
            self._check_rate(client, size, is_heavy)
        self._bytes += size
        self._working[client] += is_heavy
        try:
            yield
        finally:
            self._allowance.charge(client, scope.get(SECONDS, 0.0) * _A_SECOND)
            self._bytes -= size
            self._working[client] -= is_heavy
            if not self._working[client]:
                del self._working[client]

    def _check_host(self, headers: Headers) -> None:
        """Refuse names that are not the app's: a page elsewhere may point its own here."""
        if len(hosts := headers.getlist("host")) != 1 or not hosts[0]:
            raise RequestRefused(HTTPStatus.MISDIRECTED_REQUEST, "the request names no host")
        if self._hosts is not None and hosts[0] not in self._hosts:
            raise RequestRefused(
                HTTPStatus.MISDIRECTED_REQUEST, "this app answers to 127.0.0.1 only"
            )

    def _check_body(self, headers: Headers) -> int:
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":  # a form of another site cannot send this kind
            raise RequestRefused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send JSON")
        written = headers.get("content-length", "")
        if not (written.isascii() and written.isdigit()) or "transfer-encoding" in headers:
            raise RequestRefused(HTTPStatus.LENGTH_REQUIRED, "say how long the request is")
        size = int(written)
        if size > self._limits.request_bytes:
            raise RequestRefused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"a request may have up to {self._limits.request_bytes:,} bytes",
            )
        if size > _SHORT and self._bytes + size > self._limits.bytes_at_once:
            raise RequestRefused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "too many long requests come at once",
                hint="Try again in a moment.",
                retry_after=1,
            )
        return size

    def _check_rate(self, client: str, size: int, is_heavy: bool) -> None:
        hint = "Wait a moment, or run the app on your machine: cardiogram serve"
        if is_heavy and self._working[client] >= self._limits.heavy_a_client:
            words = "much work for your address is being done already"
            raise RequestRefused(HTTPStatus.TOO_MANY_REQUESTS, words, hint, retry_after=1)
        cost = _HEAVY if is_heavy else 1
        wait = self._allowance.spend(client, cost + min(size / _A_REQUEST, self._limits.burst / 2))
        if wait > 0:
            words = "too many requests came from your address"
            raise RequestRefused(HTTPStatus.TOO_MANY_REQUESTS, words, hint, retry_after=wait)


def _refuse_body(headers: Headers) -> int:
    """Refuse a body that no address reads: nobody has counted it."""
    if "transfer-encoding" in headers or headers.get("content-length", "0") != "0":
        raise RequestRefused(HTTPStatus.BAD_REQUEST, "only POST has a body")
    return 0


def _check_origin(headers: Headers, scheme: str) -> None:
    """Refuse what pages of other sites send."""
    own = {f"{scheme}://{headers['host']}", f"https://{headers['host']}"}
    sites = headers.getlist("sec-fetch-site")
    if not own.issuperset(headers.getlist("origin")) or not {"same-origin", "none"}.issuperset(
        sites
    ):
        raise RequestRefused(HTTPStatus.FORBIDDEN, "only this app's own pages may ask")


class _Answer:
    """An answer on its way: with what it forbids a page, and in parts."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            await self._send({**message, "headers": _complete(message.get("headers", ()))})
            return
        body = message.get("body", b"")
        parts = [body[start : start + _PART] for start in range(0, len(body), _PART)] or [b""]
        for part in parts[:-1]:
            await self._send({"type": message["type"], "body": part, "more_body": True})
        await self._send({**message, "body": parts[-1]})

    async def refuse(self, refused: RequestRefused) -> None:
        """Say why a request is not answered; what was sent along is not read."""
        body = write_error(refused.error, refused.hint)
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        if refused.retry_after:
            headers["Retry-After"] = str(math.ceil(refused.retry_after))
        raw = [(key.encode(), value.encode()) for key, value in headers.items()]
        await self({"type": "http.response.start", "status": refused.status, "headers": raw})
        await self({"type": "http.response.body", "body": body})


def write_error(error: str, hint: str = "") -> bytes:
    """Write what went wrong, as every answer of the API does."""
    return json.dumps({"error": error, "hint": hint}, ensure_ascii=False).encode("utf-8", "replace")


def _complete(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Add what no answer goes without."""
    given = list(headers)
    present = {key.lower() for key, _ in given}
    for key, value in _ANSWER_HEADERS.items():
        if key.lower().encode() not in present:
            given.append((key.encode(), value.encode()))
    return given


async def answer_stranger(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a program of another person on this machine."""
    if scope["type"] == "http":
        refused = RequestRefused(
            HTTPStatus.FORBIDDEN, "this app belongs to another user of this machine"
        )
        await _Answer(send).refuse(refused)
