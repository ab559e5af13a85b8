"""The one wrapper around every call to the Hub: retries, quotas, redirects and plain errors.

The client behind it is huggingface_hub's own (its connection pool, login and user agent), but most
of its calls are not tried again when the Hub is busy, and none of them share a quota. Here they do:
when the Hub says that the quota is used up, every thread of the session waits at one gate.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Literal, NoReturn
from urllib.parse import urlsplit

import httpx2
from huggingface_hub import constants, errors
from huggingface_hub.utils import (  # type: ignore[attr-defined]  # public without an __all__
    build_hf_headers,
    get_session,
    hf_raise_for_status,
    parse_ratelimit_headers,
)

from cardiogram.errors import AccessDenied, CardNotFound, ConfigError, HubError, RateLimited
from cardiogram.hub.waiting import Gate, OutOfPatience, Patience, backoff, retry_after

Params = Sequence[tuple[str, str]]
"""Query parameters; a name may appear more than once."""

RETRIED = frozenset({429, 500, 502, 503, 504})
CONNECT_TRIES = 4  # nobody listens: more tries only make the user wait
Login = Literal["own", "none"]
HEADERS_LAST = 60.0  # seconds; then the login is read again, since short-lived ones are renewed
MAX_JSON_BYTES = 64 << 20
MAX_ERROR_BYTES = 64 << 10
SLOWEST_BODY = 4  # times the timeout: a body that drips longer than this is given up

QUOTA = "the quota is used up"
LOGIN = "hf auth login"
_AGAIN = "Run the same command again; it goes on where it stopped."
_REPOSITORY = re.compile(
    r"^/(?:api/(?:resolve-cache/)?(?:model|dataset|space)s/|(?:dataset|space)s/)?"
    r"([^/]+?(?:/[^/]+?)?)(?:\.git/info/.*|/(?:resolve|revision|commits|[0-9a-f]{40})/.*)?$"
)
_REFUSED_LOGIN = re.compile("invalid (?:credentials|username|user token|token)", re.IGNORECASE)
_PROBLEMS: tuple[tuple[type[Exception], str], ...] = (
    (errors.GatedRepoError, "gated"),  # before its parent, RepositoryNotFoundError
    (errors.DisabledRepoError, "disabled"),
    (errors.RepositoryNotFoundError, "not_found"),
    (errors.RevisionNotFoundError, "no_readme"),
    (errors.RemoteEntryNotFoundError, "no_readme"),
)
_CONNECT_CAUSES = (
    ("refused", "refused"),
    ("certificate", "its certificate is not trusted"),
    ("ssl", "TLS failed"),
    ("name", "no such host"),  # the systems' words: name or service not known, name resolution
)
_ENDPOINT_HINT = "Write it as https://huggingface.co"
_BY_STATUS = {401: "not_found", 404: "not_found", 410: "not_found", 451: "disabled"}


@dataclass(frozen=True, slots=True)
class HubAnswer:
    """What the Hub gave.

    Attributes
    ----------
    status
        HTTP status of the last answer, after redirects.
    headers
        Names in lower case. A header `x-...` that only an earlier redirect had is kept.
    body
        At most `max_bytes` bytes.
    path
        Path of the address that answered: behind a rename it holds the new name.
    url
        The whole address that answered. Behind a redirect it may be signed: keep it in memory.
    truncated_at
        Bytes after which reading stopped since `max_bytes` was reached; None where all was read.
    data
        The parsed body, where JSON was asked for.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    path: str
    truncated_at: int | None = None
    data: Any = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer.

    Attributes
    ----------
    problem
        A problem code of one repository: no_readme, gated, not_found, disabled, or
        ``unreachable: cause`` where the Hub may answer another time.
    error
        The same to be raised, for those who cannot go on without the answer.
    """

    problem: str
    error: HubError


class HubSession:
    """Asks the Hub, as often and as patiently as it takes. Safe to share between threads.

    Parameters
    ----------
    endpoint
        Address of the Hub; None is the client's own (`HF_ENDPOINT`, else the public Hub).
    patience
        Seconds that one call may wait in all, for quotas and between tries.
    timeout
        Seconds without a byte after which a try is given up.
    tries
        Tries of one call, apart from those refused for a quota, which only `patience` ends.
    login
        The client's own, where it has one, or none.

    Attributes
    ----------
    lost
        Why nobody was reached at the last call, for those who would rather not wait again.

    Raises
    ------
    ConfigError
        The endpoint is not the address of a web server, or holds a password.
    """

    def __init__(
        self,
        endpoint: str | None = None,
        patience: float = 900.0,
        timeout: float = 30.0,
        tries: int = 8,
        login: Login = "own",
    ) -> None:
        self.lost: HubError | None = None
        self._is_tired = False  # waited for a quota as long as it may, and in vain
        self.endpoint: str = (endpoint or constants.ENDPOINT).rstrip("/")
        check_address(self.endpoint)
        self.patience: float = patience
        self.tries: int = tries
        self.is_anonymous: bool = login == "none"
        self._timeout = httpx2.Timeout(timeout, connect=min(timeout, 10.0))
        self._slowest = SLOWEST_BODY * timeout
        self._gate, self._lock = Gate(), threading.Lock()
        self._known: dict[str, str] = {}
        self._known_until = 0.0

    def __repr__(self) -> str:
        return f"HubSession({self.endpoint!r})"

    def get(
        self, path_or_url: str, params: Params | None = None, max_bytes: int | None = None
    ) -> HubAnswer:
        """One answer.

        Parameters
        ----------
        path_or_url
            ``/api/models``, or a whole address; another server than the endpoint gets no login.
        max_bytes
            Read at most so many bytes of the body.

        Raises
        ------
        CardNotFound, AccessDenied, RateLimited, HubError
            See `cardiogram.errors`.
        """
        return _or_raise(self.ask(path_or_url, params, max_bytes))

    def get_json(self, path_or_url: str, params: Params | None = None) -> HubAnswer:
        """Like :meth:`get`, with `data` parsed; a body that does not parse is asked for again."""
        return _or_raise(self.ask(path_or_url, params, wanted="json"))

    def ask(
        self,
        path_or_url: str,
        params: Params | None = None,
        max_bytes: int | None = None,
        *,
        wanted: Literal["bytes", "json"] = "bytes",
        span: tuple[int, int] | None = None,
        post: object = None,
        stop: threading.Event | None = None,
    ) -> HubAnswer | Failure:
        """Like :meth:`get`, but gives a failure back instead of raising it.

        Parameters
        ----------
        span
            Ask for these bytes alone, from the first to before the second.
        post
            A question too long for an address, sent as JSON; it must change nothing.
        stop
            When set by another thread, the call ends with `CancelledError` instead of waiting.

        Raises
        ------
        AccessDenied
            The Hub refused the login itself, so that every other call would fail as well.
        """
        call = _Call(self._url(path_or_url), params, max_bytes, wanted, span, post)
        patience = Patience(0.0 if self._is_tired else self.patience, stop or threading.Event())
        failures = refusals = 0
        while True:
            cause = QUOTA
            try:
                self._gate.enter(patience)
                try:
                    return self._once(call)
                except _Again as again:
                    cause = again.cause
                    refusals += again.throttled
                    failures += not again.throttled
                    if failures >= min(self.tries, again.tries):
                        return self._gave_up(call, cause, failures)
                    if not again.wait:  # else the gate holds this thread and all others
                        patience.spend(backoff(refusals if again.throttled else failures))
            except OutOfPatience as out:
                return self._too_long(call, out.wait, cause)

    def _url(self, path_or_url: str) -> str:
        if path_or_url.startswith("/"):
            return self.endpoint + path_or_url
        check_address(path_or_url)
        return path_or_url

    def _headers(self, url: str) -> dict[str, str]:
        """Give the client's headers; the login only for the endpoint itself."""
        with self._lock:
            if time.monotonic() >= self._known_until:
                self._known = _client_headers(False if self.is_anonymous else None)
                self._known_until = time.monotonic() + HEADERS_LAST
            headers = dict(self._known)
        if _origin(url) != _origin(self.endpoint):
            headers.pop("authorization", None)
        return headers

    def _once(self, call: _Call) -> HubAnswer | Failure:
        """One try; `_Again` where another one may help."""
        headers = self._headers(call.url)
        if call.span:
            headers["range"] = f"bytes={call.span[0]}-{call.span[1] - 1}"
        try:
            with get_session().stream(
                "GET" if call.post is None else "POST",
                call.url,
                json=call.post,
                params=list(call.params) if call.params else None,
                headers=headers,
                timeout=self._timeout,
                follow_redirects=True,
            ) as response:
                self.lost = None
                self._heed(response)
                if response.is_success:
                    self._is_tired = False
                    return self._read(response, call)
                return self._refused(response, call, headers.get("authorization", ""))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as error:
            raise _Again(_cause(error), CONNECT_TRIES) from None
        except (httpx2.TooManyRedirects, httpx2.UnsupportedProtocol, httpx2.InvalidURL) as error:
            return self._gave_up(call, type(error).__name__, 1)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise _Again(_cause(error)) from None
        except errors.OfflineModeIsEnabled:
            message = "the Hub was not asked: offline mode is on"
            return Failure(
                "unreachable: offline mode", HubError(message, hint="unset HF_HUB_OFFLINE")
            )

    def _heed(self, response: httpx2.Response) -> None:
        """Close the gate when the quota is used up; `_Again` for an answer worth asking again."""
        newest_first = [response, *reversed(response.history)]
        told = next((r.headers for r in newest_first if "ratelimit" in r.headers), None)
        info = parse_ratelimit_headers(told) if told is not None else None
        reset = float(info.reset_in_seconds) if info and info.remaining == 0 else None
        if response.status_code == 429:
            wait = retry_after(response.headers)
            wait = reset if wait is None else wait
            self._gate.close_for(wait or 0.0)
            raise _Again(QUOTA, throttled=True, wait=wait or 0.0)
        if reset is not None and reset <= self.patience:
            self._gate.close_for(reset)
        if response.status_code in RETRIED:
            raise _Again(f"HTTP {response.status_code}")

    def _read(self, response: httpx2.Response, call: _Call) -> HubAnswer:
        limit = call.max_bytes
        if limit is None and call.wanted == "json":
            limit = MAX_JSON_BYTES
        body, cut = _body(response, limit, self._slowest)
        headers = {
            name.lower(): value
            for earlier in response.history
            for name, value in earlier.headers.items()
            if name.lower().startswith("x-")
        }
        headers.update((name.lower(), value) for name, value in response.headers.items())
        data = _parsed(body) if call.wanted == "json" else None
        url = response.url
        return HubAnswer(response.status_code, headers, body, url.path, cut, data, str(url))

    def _refused(self, response: httpx2.Response, call: _Call, login: str) -> HubAnswer | Failure:
        """Turn a status of 300 or more into a failure."""
        _body(response, MAX_ERROR_BYTES, self._slowest)
        said = response.headers.get("X-Error-Message", "")
        if login and response.status_code == 401 and _REFUSED_LOGIN.search(said):
            _raise_refused_login("the login is wrong or has expired")
        problem = _problem(response)
        if problem is not None:
            return _failure(problem, call.path, self.endpoint)
        words = _safe_words(said, login)
        cause = f"HTTP {response.status_code}{': ' if words else ''}{words}"
        error = HubError(f"the Hub refused GET {call.path!r} ({cause})", hint=_AGAIN)
        return Failure(f"unreachable: {cause}", error)

    def _gave_up(self, call: _Call, cause: str, failures: int) -> Failure:
        if cause.startswith("no connection"):
            error = HubError(
                f"cannot reach the Hub at {self.endpoint} ({cause})",
                hint="Check the network and HF_ENDPOINT, then run the same command again.",
            )
            self.lost = error
        else:
            times = "once" if failures == 1 else f"{failures} times"
            error = HubError(f"GET {call.path!r} failed {times}, last: {cause}", hint=_AGAIN)
        return Failure(f"unreachable: {cause}", error)

    def _too_long(self, call: _Call, wait: float, cause: str) -> Failure:
        over = f"over the {self.patience:.0f} s that one call may wait ({cause})"
        message = f"GET {call.path!r} needs {wait:.0f} s more of waiting, {over}"
        if cause == QUOTA:
            self._is_tired = True  # else each of many calls would wait as long again
            hint = f"{_AGAIN} A login has a larger quota: {LOGIN}"
            return Failure(f"unreachable: {cause}", RateLimited(message, hint=hint))
        return Failure(f"unreachable: {cause}", HubError(message, hint=_AGAIN))


@dataclass(frozen=True, slots=True)
class _Call:
    url: str
    params: Params | None
    max_bytes: int | None
    wanted: Literal["bytes", "json"]
    span: tuple[int, int] | None = None
    post: object = None

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


class _Again(Exception):
    """Another try may help."""

    def __init__(
        self, cause: str, tries: int = 1000, *, throttled: bool = False, wait: float = 0.0
    ) -> None:
        super().__init__(cause)
        self.cause, self.tries, self.throttled, self.wait = cause, tries, throttled, wait


def _or_raise(answer: HubAnswer | Failure) -> HubAnswer:
    if isinstance(answer, Failure):
        raise answer.error
    return answer


def check_address(address: str) -> None:
    """Refuse what is not the address of a web server, or holds a login."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ConfigError("the address of the Hub cannot be read", hint=_ENDPOINT_HINT) from None
    if parts.username is not None or parts.password is not None:
        raise ConfigError("the address of the Hub must hold no login", hint=LOGIN)
    if not good:
        raise ConfigError(f"{address!r} is not the address of a Hub", hint=_ENDPOINT_HINT)


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _client_headers(token: Literal[False] | None = None) -> dict[str, str]:
    """User agent of the real client, and its login unless that is False."""
    try:
        version = metadata.version("cardiogram")
    except metadata.PackageNotFoundError:  # run from a checkout that is not installed
        version = "unknown"
    try:
        headers = build_hf_headers(token=token, library_name="cardiogram", library_version=version)
    except Exception as error:  # the client renews logins here; its errors may quote them
        _raise_refused_login(f"it cannot be read: {type(error).__name__}")
    login = headers.get("authorization", "")
    if not (login.isascii() and login.isprintable()):
        _raise_refused_login("the login holds characters that no login has")
    return headers


def _raise_refused_login(why: str) -> NoReturn:
    raise AccessDenied(f"the Hub refused this login ({why})", hint=LOGIN) from None


def _body(response: httpx2.Response, limit: int | None, slowest: float) -> tuple[bytes, int | None]:
    """Read the body, and say where it was cut."""
    deadline = time.monotonic() + slowest
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if limit is not None and size > limit:
            return b"".join(parts)[:limit], limit
        if time.monotonic() > deadline:
            raise httpx2.ReadTimeout("the body came too slowly")
    return b"".join(parts), None


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise _Again("an answer that is not JSON") from None


def _cause(error: httpx2.RequestError) -> str:
    """Put a broken connection in a few words; the library's own text may quote too much."""
    if isinstance(error, httpx2.ConnectTimeout):
        return "no connection: time ran out"
    if isinstance(error, httpx2.ProxyError):
        return "no connection: the proxy refused"
    if isinstance(error, httpx2.ConnectError):
        text = str(error).lower()
        known = (words for sign, words in _CONNECT_CAUSES if sign in text)
        return f"no connection: {next(known, 'the network failed')}"
    if isinstance(error, httpx2.TimeoutException):
        return "time ran out"
    if isinstance(error, httpx2.DecodingError):
        return "an answer that cannot be unpacked"
    return "the connection broke"


def _problem(response: httpx2.Response) -> str | None:
    """Find the problem code of a refusal, by the client's own reading of it."""
    try:
        hf_raise_for_status(response)
    except errors.HfHubHTTPError as error:
        for kind, problem in _PROBLEMS:
            if isinstance(error, kind):
                return problem
    except (AttributeError, TypeError):  # an error body of a shape that the client does not expect
        pass
    return _BY_STATUS.get(response.status_code)


def _failure(problem: str, path: str, endpoint: str) -> Failure:
    """Put a refusal that concerns one repository in words."""
    repository = _REPOSITORY.match(path)
    name = repository[1] if repository else path
    page = f"{endpoint}/{name}"
    errors: dict[str, HubError] = {
        "gated": AccessDenied(
            f"{name!r} is gated and this login was not let in",
            hint=f"Ask for access at {page}, then: {LOGIN}",
        ),
        "disabled": AccessDenied(f"the Hub has disabled {name!r}"),
        "not_found": CardNotFound(
            f"no repository {name!r}, or it is private",
            hint=f"Check the name. For a private one: {LOGIN}",
        ),
        "no_readme": CardNotFound(f"no README.md in {name!r}", hint=f"See {page}/tree/main"),
    }
    return Failure(problem, errors[problem])


def _safe_words(text: str, login: str) -> str:
    """One short printable line of the server's words, without the login should it repeat it."""
    token = login.removeprefix("Bearer ")
    if token:
        text = text.replace(token, "***")
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:200]
