"""What may be spent, what it will be, and what it was."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable

from cardiogram.judge.llm.transport import Price, Reply

_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]+|_+|\s+")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


def count_tokens(text: str) -> int:
    """Tokens of a text, estimated without any model's vocabulary.

    The weights are a fit to 524 model cards in a real vocabulary (o200k); see docs/benchmarks.md
    for the error.

    Examples
    --------
    >>> count_tokens("The model was trained on 1,000 hours of speech.")
    13
    """
    return round(sum(map(_weight, _PIECE.findall(text))))


def _weight(piece: str) -> float:
    first = piece[0]
    if first.isspace():  # one space goes with the word after it
        return 0.0 if piece == " " else 0.69
    if first.isdigit():
        return 1.5 * ((len(piece) + 2) // 3)
    if not piece.isascii():
        wide = len(_WIDE.findall(piece))
        return 1.87 + 0.37 * wide + 0.08 * (len(piece) - wide)
    if first.isalpha():
        return 1.075 + 0.076 * max(0, len(piece) - 6)
    return 0.775 + 0.05 * len(piece)


class Budget:
    """What one run may spend, shared by all of its judges.

    A call reserves the most that it could cost before it is sent, so that the limit holds
    whatever comes back.

    Parameters
    ----------
    max_cost
        US dollars.
    max_calls
        Answers paid for.
    max_minutes
        After them no call is sent any more; those in flight are waited for.
    """

    def __init__(
        self,
        max_cost: float | None = None,
        max_calls: int | None = None,
        max_minutes: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_cost = max_cost
        self.max_calls = max_calls
        self.max_minutes = max_minutes
        self.spent: float = 0.0
        self.calls: int = 0
        self.stopped: str = ""
        self._reserved = 0.0
        self._open = 0
        self._clock = clock
        self._began = clock()

    async def reserve(self, cost: float) -> bool:
        """Wait until a call fits in; False when it never will."""
        while not self.stopped:
            if self.max_minutes is not None and self._minutes() >= self.max_minutes:
                self.stopped = f"--max-minutes {self.max_minutes:g} is reached"
                break
            lacking = self._lacking(cost)
            if not lacking:
                self._open += 1
                self._reserved += cost
                return True
            if self._open == 0:
                self.stopped = lacking
                break
            await asyncio.sleep(0.02)  # a call in flight may cost less than it reserved
        return False

    def try_reserve(self, cost: float) -> bool:
        """Reserve without waiting, for calls that are handed in together."""
        lacking = self._lacking(cost)
        if lacking:
            self.stopped = lacking
            return False
        self._open += 1
        self._reserved += cost
        return True

    def _lacking(self, cost: float) -> str:
        if self.max_calls is not None and self.calls + self._open >= self.max_calls:
            return f"--max-calls {self.max_calls} is reached"
        if self.max_cost is not None and self.spent + self._reserved + cost > self.max_cost:
            return f"--max-cost {self.max_cost:g} is reached ({self.spent:.4f} US dollars spent)"
        return ""

    def _minutes(self) -> float:
        return (self._clock() - self._began) / 60

    def settle(self, cost: float, reply: Reply | None = None, price: Price | None = None) -> None:
        """Give back what a call had reserved, and count what its answer cost."""
        self._open -= 1
        self._reserved -= cost
        if reply is not None:
            self.count(reply, price)

    def count(self, reply: Reply, price: Price | None) -> None:
        """Count an answer that was paid for."""
        self.calls += 1
        self.spent += price.of_reply(reply) if price else reply.cost_usd or 0.0
