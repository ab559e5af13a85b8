"""How many calls may be in flight: more as long as the provider keeps up, fewer when it refuses.

References
----------
Chiu and Jain (1989), Analysis of the increase and decrease algorithms for congestion avoidance in
computer networks, Computer Networks and ISDN Systems 17(1), 1-14.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable

START = 16.0
_DECREASE = 0.9
_PAUSE_AFTER = 3
_SLOWEST = 0.125


class Limiter:
    """A bound on calls in flight that finds the provider's own.

    It starts at 16 and doubles with every round of answers until the first refusal. Then it falls
    to what the provider kept of the calls sent so far, and from then on grows by one a round and
    falls by a tenth at a refusal: once for all calls that were sent before it fell. Where it is
    refused at the same height again it grows half as fast, down to an eighth. When it falls
    several times without an answer in between, all calls wait for as long as the provider asks.

    Parameters
    ----------
    most
        Calls in flight that it never exceeds.
    """

    def __init__(self, most: int = 32, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.limit = min(START, float(most))
        self.in_flight = 0
        self.refused = 0
        self._falls = 0
        self._row = 0
        self._height = 0
        self._pace = 1.0
        self._resume = 0.0
        self._clock = clock
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def acquire(self) -> int:
        """Wait for a slot; the number that comes back is handed in when it is freed."""
        while True:
            pause = self._resume - self._clock()
            if pause > 0:
                await asyncio.sleep(pause * random.uniform(1.0, 1.2))
                continue
            if self.in_flight < int(self.limit):
                self.in_flight += 1
                return self._falls
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake()  # the turn was ours: hand it on
                raise

    def answered(self, ticket: int) -> None:
        """A call brought an answer."""
        used = bool(self._waiting) or self.in_flight >= int(self.limit)
        self._row = 0
        if used and ticket == self._falls:
            self.limit += 1.0 if self._falls == 0 else self._pace / self.limit
            self.limit = min(self.limit, float(self.most))
            if self.limit > self._height + 1:
                self._pace = 1.0
        self._free()

    def busy(self, ticket: int, retry_after: float | None = None) -> None:
        """A call was refused for want of capacity."""
        self.refused += 1
        if ticket == self._falls:
            self._falls += 1
            self._row += 1
            again = abs(int(self.limit) - self._height) <= 1
            self._pace = max(_SLOWEST, self._pace / 2) if again else 1.0
            self._height = int(self.limit)
            self.limit = max(1.0, min(self.limit, float(self.in_flight)) * _DECREASE)
        if ticket == 0:
            self.limit = max(1.0, min(self.limit, self.in_flight - 1.0))
        if self._row >= _PAUSE_AFTER and retry_after:
            self._resume = max(self._resume, self._clock() + retry_after)
        self._free()

    def broken(self, ticket: int) -> None:
        """A call ended in some other way."""
        self._free()

    def _free(self) -> None:
        self.in_flight -= 1
        self._wake()

    def _wake(self) -> None:
        room = int(self.limit) - self.in_flight
        while room > 0 and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                room -= 1


def delay_before(attempt: int, retry_after: float | None = None) -> float:
    """Seconds to wait before a call is sent again, drawn so that calls do not come back together.

    Parameters
    ----------
    attempt
        1 for the first time that it is sent again.
    retry_after
        What the provider asked for; up to a quarter is added, never taken off.

    References
    ----------
    Brooker (2015), Exponential backoff and jitter, AWS Architecture Blog.
    """
    if retry_after is not None:
        return retry_after * random.uniform(1.0, 1.25)
    return random.uniform(0.05, min(30.0, 0.1 * 2.0**attempt))
