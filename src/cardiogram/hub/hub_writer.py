"""Calls that change something on the Hub: the client's own, tried again where that is safe.

The client's uploads know Xet and Git LFS, but most of its calls are not tried again, wait for an
answer for ever, and raise what may quote a login.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx2
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled
from huggingface_hub.utils import (  # type: ignore[attr-defined]  # public without an __all__
    are_progress_bars_disabled,
    disable_progress_bars,
    get_session,
)

from cardiogram.errors import AccessDenied, HubError, RateLimited
from cardiogram.hub.session import LOGIN, RETRIED, HubSession, _client_headers, _safe_words
from cardiogram.hub.waiting import OutOfPatience, Patience, backoff, retry_after
from cardiogram.lazy import regex

T = TypeVar("T")

SLOWEST = 300.0  # seconds without a byte; a commit of many files takes the Hub a while
AGAIN = "Run the same command again: what was uploaded is kept, and nothing is sent twice."
_TRIES = 6
_SWITCHED_OFF = regex("(?:discussions|pull requests) (?:are|is|were) disabled", re.IGNORECASE)
_REFUSALS = {401: "there is no login, or it is wrong", 403: "this login may not write there"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send: its path in the repository, and its bytes or where they lie."""

    path: str
    source: Path | bytes


@contextlib.contextmanager
def quiet_client() -> Iterator[None]:
    """Have the client show no bars of its own, nor what it warns of itself."""
    if not are_progress_bars_disabled():
        disable_progress_bars()
    with warnings.catch_warnings():
        # huggingface_hub 2.4 calls its HTTP client in a way that is going out of use
        warnings.filterwarnings("ignore", "Use 'content=", DeprecationWarning)
        warnings.filterwarnings("ignore", "Warnings while validating metadata")
        yield


@contextlib.contextmanager
def _in_time() -> Iterator[None]:
    """Give the client's calls an end: by itself it waits for an answer for ever."""
    client = get_session()
    before = client.timeout
    client.timeout = httpx2.Timeout(SLOWEST, connect=10.0)
    try:
        yield
    finally:
        client.timeout = before


class HubWriter:
    """Calls that change something, tried again where the Hub was busy or the answer was lost."""

    def __init__(self, session: HubSession) -> None:
        from huggingface_hub import HfApi  # slow to import

        self.api: HfApi = HfApi(endpoint=session.endpoint, library_name="cardiogram")
        self._patience = Patience(session.patience, threading.Event())

    def do(self, what: str, call: Callable[[], T]) -> T:
        """Call until it is done; `call` must be safe to repeat."""
        cause = ""
        for failures in range(1, _TRIES + 1):
            wait = backoff(failures)
            try:
                with _in_time():
                    return call()
            except HfHubHTTPError as error:
                status = error.response.status_code
                if status not in RETRIED and status not in (409, 412):
                    raise self._refused(what, error) from None
                cause = f"HTTP {status}"
                if status == 429:
                    asked = retry_after(error.response.headers)
                    wait = max(wait, asked or 0.0)
            except OfflineModeIsEnabled:
                raise HubError(
                    "the Hub was not asked: offline mode is on", hint="unset HF_HUB_OFFLINE"
                ) from None
            except (httpx2.TransportError, httpx2.DecodingError):
                cause = "the connection broke"
            except (json.JSONDecodeError, KeyError):  # it parses before it looks at the status
                cause = "an answer that cannot be read"
            except ValueError as error:  # the metadata, told apart by nothing but its words
                said = _safe_words(str(error), _login())
                hint = "Mend that first, then run the same command again."
                raise HubError(f"the Hub refused {what} ({said})", hint=hint) from None
            except (RuntimeError, OSError) as error:  # what the uploads raise
                cause = type(error).__name__
            self._wait(what, wait, cause)
        raise HubError(f"{what} failed {_TRIES} times, last: {cause}", hint=AGAIN)

    def _wait(self, what: str, seconds: float, cause: str) -> None:
        try:
            self._patience.spend(seconds)
        except OutOfPatience:
            raise RateLimited(
                f"{what} needs {seconds:.0f} s more of waiting than allowed ({cause})", hint=AGAIN
            ) from None

    def _refused(self, what: str, error: HfHubHTTPError) -> HubError:
        status = error.response.status_code
        said = _safe_words(error.server_message or "", _login())
        if isinstance(error, GatedRepoError):
            hint = "Ask for access on its page, then run the same command again."
            return AccessDenied(f"the Hub refused {what}: the repository is gated", hint=hint)
        if off := switched_off(said, what):
            return off
        if status in _REFUSALS:
            words = f"{_REFUSALS[status]}{': ' if said else ''}{said}"
            return AccessDenied(
                f"the Hub refused {what} ({words})",
                hint=f"Log in with a token that may write: {LOGIN}",
            )
        return HubError(
            f"the Hub refused {what} (HTTP {status}{': ' if said else ''}{said})", hint=AGAIN
        )


def switched_off(said: str, what: str) -> AccessDenied | None:
    """The error to raise where a refusal says that a repository takes no pull requests."""
    if not _SWITCHED_OFF.search(said):
        return None
    return AccessDenied(
        f"the Hub refused {what}: pull requests and discussions are switched off there",
        hint="Its owner can switch them on in the settings of the repository.",
    )


def _login() -> str:
    return _client_headers().get("authorization", "")
