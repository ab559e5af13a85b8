"""Ask several models about many cards at once, and keep each answer the moment it comes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt
from statistics import fmean, stdev
from typing import Any, Literal, TypeVar

from cardiogram.cards import Card
from cardiogram.errors import JudgeError
from cardiogram.judge.llm.budget import Budget, Estimate
from cardiogram.judge.llm.judge import LLMJudge, Seen, Step, Unit
from cardiogram.judge.llm.transport import (
    HOW_TO_GET,
    NEEDED,
    Broken,
    Busy,
    CallError,
    Client,
    Closed,
    Limiter,
    Reply,
    Ticket,
    delay_before,
)

T = TypeVar("T")
Via = Literal["calls", "batches"]
Told = Callable[[int], None]
"""Told how many units are done."""

_BREAKS = 5
_PATIENCE = 900.0
_BREAKS_IN_ROW = 30
_REJECTIONS_IN_ROW = 20
_SECONDS = 12.0
_ENOUGH = 10


def ask_now(
    judges: Sequence[LLMJudge],
    cards: Iterable[Card],
    budget: Budget,
    *,
    via: Via = "calls",
    told: Told = lambda done: None,
) -> dict[str, dict[str, str]]:
    """Ask every judge about every card, side by side; cards that have their answers cost nothing.

    Parameters
    ----------
    via
        "batches" hands the calls in as batches, where the provider has them: cheaper, and slower.

    Returns
    -------
    dict
        By judge, the cards (by `input_sha256`) that got no answer, and why.

    Raises
    ------
    JudgeError
        The extra `llm` or a key is missing.
    DataError
        The answers cannot be kept.
    """
    if via == "batches":
        from cardiogram.judge.llm.batches import ask_batches

        few = list(_unique(cards))
        return run(ask_batches(judges, few, budget, told))
    return run(_ask_all(judges, cards, budget, told))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, also where an event loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    found: list[T] = []
    errors: list[BaseException] = []

    def other() -> None:
        try:
            found.append(asyncio.run(work))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return found[0]


def door() -> Any:
    """The module that knows the client library.

    Raises
    ------
    JudgeError
        The extra `llm` is not installed.
    """
    try:
        from cardiogram.judge.llm.transport import client
    except ImportError as error:
        raise JudgeError(f"language models need {NEEDED}", hint=HOW_TO_GET) from error
    return client


async def _ask_all(
    judges: Sequence[LLMJudge], cards: Iterable[Card], budget: Budget, told: Told
) -> dict[str, dict[str, str]]:
    source = _Shared(_unique(cards), len(judges))
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        told(done)

    works = [_Work(judge, budget, one_more) for judge in judges]
    await asyncio.gather(*(work.run(source.read(n)) for n, work in enumerate(works)))
    return {work.judge.id: work.failures for work in works}


def _unique(cards: Iterable[Card]) -> Iterator[Card]:
    met = set[str]()
    for card in cards:
        if card.input_sha256 not in met:
            met.add(card.input_sha256)
            yield card


class _Shared:
    """One pass over the cards for several readers: the slowest one's distance is kept in memory."""

    def __init__(self, cards: Iterable[Card], readers: int) -> None:
        self._cards = iter(cards)
        self._kept: dict[int, list[Any]] = {}
        self._next = 0
        self._readers = readers

    def read(self, reader: int) -> Iterator[Card]:
        place = 0
        while True:
            if place not in self._kept:
                card = next(self._cards, None)
                if card is None:
                    return
                self._kept[place] = [card, self._readers]
            entry = self._kept[place]
            entry[1] -= 1
            if entry[1] == 0:
                del self._kept[place]
            place += 1
            yield entry[0]


@dataclass
class _Work:
    """One judge at work: workers that take units from one queue and share one limiter."""

    judge: LLMJudge
    budget: Budget
    done: Callable[[], None]
    failures: dict[str, str] = field(default_factory=dict)
    closed: str = ""
    breaks: int = 0
    rejections: int = 0

    async def run(self, cards: Iterator[Card]) -> None:
        self.limiter = Limiter(self.judge.concurrency)
        units = self._open_units(cards)
        async with door().connect(self.judge.name) as client:
            await asyncio.gather(
                *(self._work(client, units) for _ in range(self.judge.concurrency))
            )

    def _open_units(self, cards: Iterator[Card]) -> Iterator[tuple[Unit, list[Reply], Step]]:
        """Units without an answer that stands, with the answers that are there."""
        for card in cards:
            if card.input_sha256 in self.judge.held:
                for _ in range(self.judge.calls_a_card):
                    self.done()
                continue
            seen = Seen(card, self.judge.max_chars)
            for unit in self.judge.units(seen):
                replies = self.judge.replies(unit)
                step = self.judge.step(unit, replies)
                if step.call is None:
                    self.done()
                else:
                    yield unit, replies, step

    async def _work(self, client: Client, units: Iterator[tuple[Unit, list[Reply], Step]]) -> None:
        for unit, replies, first in units:
            step = first
            try:
                while step.call is not None:
                    reply = await self._call(client, unit, step, len(replies))
                    replies.append(reply)
                    step = self.judge.step(unit, replies)
            except CallError as error:
                self.failures[unit.seen.card.input_sha256] = str(error)
            self.done()
            await asyncio.sleep(0)

    async def _call(self, client: Client, unit: Unit, step: Step, attempt: int) -> Reply:
        """One answer, however often the call has to be sent for it."""
        assert step.call is not None
        judge, price = self.judge, self.judge.price
        settings = replace(judge.settings, max_tokens=step.max_tokens)
        most = 0.0
        if price and self.budget.max_cost is not None:
            most = price.of(1.15 * judge.input_tokens(step.call), step.max_tokens)
        sent = breaks = 0
        while True:
            if self.closed:
                raise Closed(self.closed)
            if not await self.budget.reserve(most):
                raise Closed(self.budget.stopped)
            ticket = await self.limiter.acquire()
            sent += 1
            try:
                reply = await client.ask(step.call, settings)
            except CallError as error:
                self.budget.settle(most)
                breaks += isinstance(error, Broken)
                await self._after(error, ticket, sent, breaks)
            except BaseException:
                self.budget.settle(most)
                self.limiter.broken(ticket)
                raise
            else:
                judge.answers.put(judge.key(unit, attempt), reply)
                self.budget.settle(most, reply, price)
                self.limiter.answered(ticket)
                self.breaks = self.rejections = 0
                return reply

    async def _after(self, error: CallError, ticket: Ticket, sent: int, breaks: int) -> None:
        """Wait before the call is sent again, or give up."""
        if isinstance(error, Busy):
            self.limiter.busy(ticket, error.retry_after)
            delay = delay_before(sent, error.retry_after)
            if delay > _PATIENCE or sent > 60:
                raise error
            await asyncio.sleep(delay)
            return
        self.limiter.broken(ticket)
        if isinstance(error, Closed):
            self.closed = str(error)
        if not isinstance(error, Broken):
            self.rejections += 1
            if self.rejections >= _REJECTIONS_IN_ROW:
                self.closed = f"{_REJECTIONS_IN_ROW} calls in a row were rejected; {error}"
            raise error
        self.breaks += 1
        if self.breaks >= _BREAKS_IN_ROW:
            self.closed = f"{_BREAKS_IN_ROW} calls in a row failed; {error}"
        if breaks >= _BREAKS:
            raise error
        await asyncio.sleep(delay_before(breaks + 1))


def estimate(judge: LLMJudge, cards: Iterable[Card]) -> Estimate:
    """What asking about cards will take: those that have their answers are not counted.

    Tokens of the prompts are estimated from their words. The rest is taken from the judge's last
    answers. Where there are fewer than 10, tokens of answers are in the prompt's own range, and the
    provider is taken to keep the constant beginning of the prompts where it has a price for that.
    """
    count = calls = numbers = 0
    tokens_in = constant = 0.0
    for card in cards:
        if card.input_sha256 in judge.held:
            continue
        before = calls
        for unit in judge.units(Seen(card, judge.max_chars)):
            step = judge.step(unit, judge.replies(unit))
            if step.call is not None:
                calls += 1
                numbers += len(unit.names)
                tokens_in += judge.input_tokens(step.call)
                constant += judge.constant_tokens(step.call)
        count += calls > before
    last = judge.recent()
    last = last if len(last) >= _ENOUGH else []
    low, likely, high = _output_tokens(judge, last, calls, numbers)
    if last:  # the newest half: the provider had nothing yet when the first calls came
        newest = last[: len(last) // 2]
        cached = least_cached = calls * fmean(reply.cached_tokens for reply in newest)
    else:
        cached, least_cached = judge.price.kept(constant, calls) if judge.price else 0.0, 0.0
    seconds = fmean(reply.seconds for reply in last) if last else _SECONDS
    costs = [
        judge.price.of(tokens_in, out, kept) if judge.price else None
        for out, kept in ((likely, cached), (low, cached), (high, least_cached))
    ]
    return Estimate(
        cards=count,
        calls=calls,
        input_tokens=round(tokens_in),
        cached_tokens=round(cached),
        output_tokens=round(likely),
        output_low=round(low),
        output_high=round(high),
        cost_usd=costs[0],
        cost_low=costs[1],
        cost_high=costs[2],
        seconds=calls * seconds / judge.concurrency,
        answers=len(last),
    )


def _output_tokens(
    judge: LLMJudge, last: Sequence[Reply], calls: int, numbers: int
) -> tuple[float, float, float]:
    """Tokens of all answers to come: low, likely, high."""
    if judge.decides:
        return 0.0, 0.0, 0.0
    if not last:
        each = judge.prompt.answer_tokens
        return numbers * each.low, numbers * each.likely, numbers * each.high
    sizes = [reply.output_tokens for reply in last]
    likely = calls * fmean(sizes)
    error = stdev(sizes) * sqrt(calls + calls**2 / len(sizes))
    return max(0.0, likely - 2 * error), likely, likely + 2 * error
