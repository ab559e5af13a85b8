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
from dataclasses import dataclass

START = 16.0
_DECREASE_BY = 0.1
_PAUSE_AFTER = 3
_SHORTEST_HOLD, _LONGEST_HOLD = 2.0, 32.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot that a call holds.

    Attributes
    ----------
    decreases
        How often the limit had been decreased when the call was sent.
    in_flight
        Calls in flight then, this one among them.
    """

    decreases: int
    in_flight: int


class Limiter:
    """A bound on calls in flight that finds the provider's own.

    It starts at 16 and doubles with every round of answers until the first refusal. Then it falls
    to what the provider kept of the calls sent so far. From then on it grows by one a round up to
    just below the height at which it was refused, stays there for some rounds, and tries that
    height again; each time that fails it stays twice as long (2 to 32 rounds), and a whole round
    without a refusal sets it free. A refusal lets it fall by a tenth, and by one at least: once
    for all calls that were sent before it fell. When it falls several times without an answer in
    between, all calls wait for as long as the provider asks.

    Parameters
    ----------
    max_calls
        Calls in flight that it never exceeds.
    """

    def __init__(self, max_calls: int = 32, clock: Callable[[], float] = time.monotonic) -> None:
        self.max_calls = max_calls
        self.limit: float = min(START, float(max_calls))
        self.in_flight: int = 0
        self.refusals: int = 0
        self._decreases = 0
        self._row = 0
        self._height = max_calls + 1
        self._hold = _SHORTEST_HOLD
        self._stayed = 0.0
        self._resume = 0.0
        self._clock = clock
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def acquire(self) -> Slot:
        """Wait for a slot; it is handed in when the call ends."""
        while True:
            pause = self._resume - self._clock()
            if pause > 0:
                await asyncio.sleep(pause * random.uniform(1.0, 1.2))
                continue
            if self.in_flight < int(self.limit):
                self.in_flight += 1
                return Slot(self._decreases, self.in_flight)
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake()  # the turn was ours: hand it on
                raise

    def on_answer(self, slot: Slot) -> None:
        """A call brought an answer."""
        self._row = 0
        used = bool(self._waiting) or self.in_flight >= int(self.limit)
        if used and slot.decreases == self._decreases:
            self._grow()
        self._free()

    def _grow(self) -> None:
        """Take a step; those of a round of answers make one."""
        step = 1.0 / self.limit
        if self._decreases == 0:
            self.limit += 1.0
        elif self.limit + step < self._height:
            self.limit += step
        elif self._stayed < self._hold:
            self._stayed += step
        else:
            self.limit = max(self.limit, float(self._height)) + step
            if self.limit > self._height + 1:
                self._height, self._hold = self.max_calls + 1, _SHORTEST_HOLD
        self.limit = min(self.limit, float(self.max_calls))

    def on_refusal(self, slot: Slot, retry_after: float | None = None) -> None:
        """A call was refused for want of capacity."""
        self.refusals += 1
        if slot.decreases == self._decreases:
            self._decreases += 1
            self._row += 1
            self._decrease(slot.in_flight)
        if slot.decreases == 0:
            self.limit = max(1.0, min(self.limit, self.in_flight - 1.0))
            self._height = int(self.limit) + 1
        if self._row >= _PAUSE_AFTER and retry_after:
            self._resume = max(self._resume, self._clock() + retry_after)
        self._free()

    def _decrease(self, height: int) -> None:
        """Fall below a height that was refused, and remember it."""
        again = abs(height - self._height) <= 1
        self._hold = min(_LONGEST_HOLD, 2 * self._hold) if again else _SHORTEST_HOLD
        self._stayed = 0.0
        self._height = height
        self.limit = max(1.0, min(self.limit, height - max(1.0, _DECREASE_BY * height)))

    def release(self, slot: Slot) -> None:
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
