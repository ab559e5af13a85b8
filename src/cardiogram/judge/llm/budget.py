"""What may be spent, what it will be, and what it was."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from cardiogram.judge.llm.client import Reply
from cardiogram.judge.llm.prices import Price

_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]+|_+|\s+")
_ASCII = re.compile(r"[\x00-\x7f]+")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")

OUTPUT_TOKENS = 62.0
"""Tokens of an answer for each number it gives: a quote, a reason and the score."""


def count_tokens(text: str) -> int:
    """Tokens of a text, estimated without any model's vocabulary.

    Words count by their length, digits in threes, Chinese, Japanese and Korean by character.
    Checked against a real vocabulary (o200k) in docs/benchmarks.md.

    Examples
    --------
    >>> count_tokens("The model was trained on 1,000 hours of speech.")
    12
    """
    total = 0.0
    for piece in _WORD.findall(text):
        total += _weight(piece)
    return round(total)


def _weight(piece: str) -> float:
    first = piece[0]
    if first.isspace():  # one space goes with the word after it
        return 0.0 if len(piece) == 1 and first == " " else 0.6 + 0.04 * len(piece)
    if first.isdigit():
        return (len(piece) + 2) // 3
    if not piece.isascii():
        wide = len(_WIDE.findall(piece))
        return 0.75 * wide + 0.38 * (len(piece) - wide) + 0.2
    if first.isalpha():
        return 1.0 if len(piece) <= 6 else 1.0 + 0.17 * (len(piece) - 6)
    return 0.45 + 0.3 * len(piece)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take, before it starts.

    Attributes
    ----------
    cards, calls
        Cards that still have to be asked about, and the calls for them.
    cost_usd
        None where the price is not known.
    seconds
        At the concurrency allowed, if the provider keeps up.
    """

    cards: int = 0
    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    seconds: float = 0.0

    def times(self, factor: int) -> Estimate:
        """The same of so many times the cards, where only a sample of them was looked at."""
        cost = None if self.cost_usd is None else self.cost_usd * factor
        return Estimate(
            cards=self.cards * factor,
            calls=self.calls * factor,
            input_tokens=self.input_tokens * factor,
            cached_tokens=self.cached_tokens * factor,
            output_tokens=self.output_tokens * factor,
            cost_usd=cost,
            seconds=self.seconds * factor,
        )


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
        self.spent = 0.0
        self.calls = 0
        self.input_tokens = 0
        self.cached_tokens = 0
        self.output_tokens = 0
        self.stopped = ""
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
        self.input_tokens += reply.input_tokens
        self.cached_tokens += reply.cached_tokens
        self.output_tokens += reply.output_tokens
        self.spent += price.of_reply(reply) if price else reply.cost_usd or 0.0
