"""How long to wait for the Hub: between tries, for a quota, and at most."""

from __future__ import annotations

import email.utils
import math
import random
import threading
import time
from collections.abc import Mapping
from concurrent.futures import CancelledError

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0  # seconds
RELEASE_SPREAD = 0.2  # seconds over which the threads leave the gate, so that they do not rush it


class OutOfPatience(Exception):
    """The next wait is longer than what is left of the longest wait allowed."""

    def __init__(self, wait: float) -> None:
        super().__init__()
        self.wait = wait


class Patience:
    """The seconds that one call may still wait."""

    def __init__(self, left: float, stop: threading.Event) -> None:
        self.left: float = left
        self._stop = stop

    def spend(self, seconds: float) -> None:
        """Wait, unless somebody ends the call or the wait is too long."""
        if seconds > self.left:
            raise OutOfPatience(seconds)
        self.left -= seconds
        if self._stop.wait(seconds):
            raise CancelledError


class Gate:
    """Where every thread of a session waits while the quota is used up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opens = 0.0

    def close_for(self, seconds: float) -> None:
        """Keep everybody out for so many seconds from now, or for longer if that was so."""
        with self._lock:
            self._opens = max(self._opens, time.monotonic() + seconds)

    def enter(self, patience: Patience) -> None:
        """Wait until the gate is open; it may have been closed again meanwhile."""
        while (wait := self._opens - time.monotonic()) > 0:
            patience.spend(wait + random.uniform(0, RELEASE_SPREAD))


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubling, capped, and half of it chance.

    Examples
    --------
    >>> 0.125 <= backoff(1) <= 0.25, 5 <= backoff(100) <= 10
    (True, True)
    """
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 30))
    return longest * random.uniform(0.5, 1.0)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks for, from a number or a date; None where it says nothing.

    A date is read against the answer's own `Date`, since the two clocks may differ.

    Examples
    --------
    >>> retry_after({"Retry-After": "7"})
    7.0
    """
    values = {name.lower(): value.strip() for name, value in headers.items()}
    text = values.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        then = _timestamp(text)
        if then is None:
            return None
        seconds = then - (_timestamp(values.get("date", "")) or time.time())
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _timestamp(text: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
