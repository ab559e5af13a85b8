"""Ask several models about many cards at once, and keep each answer the moment it comes.

Immediate calls and batches go the same way: through the units of :meth:`.LLMJudge.walk` that have
no answer yet. Answers to both are kept in the same place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cardiogram.cards import Card
from cardiogram.judge.llm.batches import BatchHandles, BatchQueue
from cardiogram.judge.llm.budget import Budget
from cardiogram.judge.llm.judge import LLMJudge, UnitState
from cardiogram.judge.llm.ledger import Key
from cardiogram.judge.llm.transport import (
    CallError,
    CallsStopped,
    Client,
    Limiter,
    Overloaded,
    Reply,
    Slot,
    TransientError,
    Transport,
    connect,
    delay_before,
    run_async,
)
from cardiogram.judge.rating import Rating

RequestMode = Literal["calls", "batches"]
"""Whether models are asked by calls, or by their providers' batches: cheaper, and slower."""

OnProgress = Callable[[int], None]
"""Called with the number of units that are done."""

_MAX_BREAKS = 5
_MAX_BREAKS_IN_ROW = 30
_MAX_REJECTIONS_IN_ROW = 20
_MAX_SENDS = 60
_MAX_DELAY = 900.0
_ROUNDS = 6


def rate_with_models(
    judges: Sequence[LLMJudge],
    cards: Iterable[Card],
    *,
    budget: Budget | None = None,
    via: RequestMode = "calls",
    transport: Transport = connect,
    on_progress: OnProgress = lambda done: None,
) -> dict[str, list[Rating]]:
    """Ask every judge about every card, side by side, and rate the cards.

    Parameters
    ----------
    judges
        Cards that have their answers (`LLMJudge.answers`) cost nothing.
    budget
        Shared by all judges; without limits by default.
    via
        "batches" hands the calls in as batches, where the provider has them.
    transport
        What opens connections to the models.

    Returns
    -------
    dict
        By judge, a rating for each card, in their order.

    Raises
    ------
    JudgeError
        The extra `llm` or a key is missing.
    DataError
        The answers cannot be kept.
    """
    cards = list(cards)
    answered = ask_models(
        judges, cards, budget or Budget(), via=via, transport=transport, on_progress=on_progress
    )
    return {name: judge.rate(cards) for name, judge in answered.items()}


def ask_models(
    judges: Sequence[LLMJudge],
    cards: Iterable[Card],
    budget: Budget,
    *,
    via: RequestMode = "calls",
    transport: Transport = connect,
    on_progress: OnProgress = lambda done: None,
) -> dict[str, LLMJudge]:
    """Ask as :func:`rate_with_models` does, without rating: the cards may be a stream.

    Returns
    -------
    dict
        The judges by name, with their answers and why cards have none (`LLMJudge.failures`).
    """
    done = 0

    def on_unit() -> None:
        nonlocal done
        done += 1
        on_progress(done)

    runs = [_JudgeRun(judge, budget, on_unit) for judge in judges]
    stream = _SharedCards(_unique(cards), len(runs))

    async def ask_all() -> None:
        await asyncio.gather(
            *(
                run.ask_by_calls(transport, stream.read())
                if via == "calls"
                else run.ask_in_batches(transport, stream.read())
                for run in runs
            )
        )

    run_async(ask_all())
    return {run.judge.id: replace(run.judge, failures=run.failures) for run in runs}


def _unique(cards: Iterable[Card]) -> Iterator[Card]:
    met = set[str]()
    for card in cards:
        if card.input_sha256 not in met:
            met.add(card.input_sha256)
            yield card


class _SharedCards:
    """One pass over the cards for several readers: the slowest one's distance is kept in memory."""

    def __init__(self, cards: Iterable[Card], readers: int) -> None:
        self._cards = iter(cards)
        self._readers = readers
        self._ahead: dict[int, tuple[Card, int]] = {}

    def read(self) -> Iterator[Card]:
        place = 0
        while True:
            if place in self._ahead:
                card, readers = self._ahead.pop(place)
            else:
                new = next(self._cards, None)
                if new is None:
                    return
                card, readers = new, self._readers
            if readers > 1:
                self._ahead[place] = card, readers - 1
            place += 1
            yield card


@dataclass
class _JudgeRun:
    """One judge that is being asked.

    Attributes
    ----------
    stopped
        Why no more calls are sent.
    breaks, rejections
        In a row, over all calls.
    """

    judge: LLMJudge
    budget: Budget
    on_unit: Callable[[], None]
    failures: dict[str, str] = field(default_factory=dict)
    stopped: str = ""
    breaks: int = 0
    rejections: int = 0

    def _open_units(self, cards: Iterable[Card]) -> Iterator[UnitState]:
        """Units without an answer that stands; the others are counted as done."""
        for state in self.judge.walk(cards):
            if state.call is None:
                self.on_unit()
            else:
                yield state

    def _fail(self, state: UnitState, reason: str) -> None:
        self.failures[state.card] = reason

    async def ask_by_calls(self, transport: Transport, cards: Iterable[Card]) -> None:
        """Let workers take units from one queue; they share one limiter."""
        self.limiter = Limiter(self.judge.concurrency)
        units = self._open_units(cards)
        async with transport.calls(self.judge.name) as client:
            await asyncio.gather(
                *(self._work(client, units) for _ in range(self.judge.concurrency))
            )

    async def _work(self, client: Client, units: Iterator[UnitState]) -> None:
        for state in units:
            try:
                while state.call is not None:
                    reply = await self._call(client, state)
                    state = self.judge.advance(state.unit, [*state.replies, reply])
            except CallError as error:
                self._fail(state, str(error))
            self.on_unit()
            await asyncio.sleep(0)

    async def _call(self, client: Client, state: UnitState) -> Reply:
        """One answer, however often the call has to be sent for it."""
        assert state.call is not None
        judge, budget, price = self.judge, self.budget, self.judge.price
        settings = replace(judge.settings, max_tokens=state.max_tokens)
        reserve = judge.reserve_of(state) if budget.max_cost is not None else 0.0
        sends = breaks = 0
        while True:
            if self.stopped:
                raise CallsStopped(self.stopped)
            if not await budget.reserve(reserve):
                raise CallsStopped(budget.stopped)
            slot = await self.limiter.acquire()
            sends += 1
            try:
                reply = await client.ask(state.call, settings)
            except CallError as error:
                budget.settle(reserve)
                breaks += isinstance(error, TransientError)
                await self._wait_or_raise(error, slot, sends, breaks)
            except BaseException:
                budget.settle(reserve)
                self.limiter.release(slot)
                raise
            else:
                judge.answers.put(judge.key(state.unit, len(state.replies)), reply)
                budget.settle(reserve, reply, price)
                self.limiter.on_answer(slot)
                self.breaks = self.rejections = 0
                return reply

    async def _wait_or_raise(self, error: CallError, slot: Slot, sends: int, breaks: int) -> None:
        """Wait before the call is sent again, or give up."""
        if isinstance(error, Overloaded):
            self.limiter.on_refusal(slot, error.retry_after)
            delay = delay_before(sends, error.retry_after)
            if delay > _MAX_DELAY or sends > _MAX_SENDS:
                raise error
            await asyncio.sleep(delay)
            return
        self.limiter.release(slot)
        if isinstance(error, CallsStopped):
            self.stopped = str(error)
        if not isinstance(error, TransientError):
            self.rejections += 1
            if self.rejections >= _MAX_REJECTIONS_IN_ROW:
                self.stopped = f"{_MAX_REJECTIONS_IN_ROW} calls in a row were rejected; {error}"
            raise error
        self.breaks += 1
        if self.breaks >= _MAX_BREAKS_IN_ROW:
            self.stopped = f"{_MAX_BREAKS_IN_ROW} calls in a row failed; {error}"
        if breaks >= _MAX_BREAKS:
            raise error
        await asyncio.sleep(delay_before(breaks + 1))

    async def ask_in_batches(self, transport: Transport, cards: Iterable[Card]) -> None:
        """Collect the batches of an earlier run, then hand in rounds of what is still open."""
        async with transport.batches(self.judge.name) as client:
            queue = BatchQueue(self.judge.id, client, BatchHandles.of(self.judge))
            for name in list(queue.handles.open):
                await self._collect(queue, name)
            units = list(self._open_units(cards))
            for _ in range(_ROUNDS):
                units = await self._ask_round(queue, units)
                if not units:
                    return
            for state in units:
                self._fail(state, "no answer that can be used came in several batches")
                self.on_unit()

    async def _ask_round(self, queue: BatchQueue, units: Sequence[UnitState]) -> list[UnitState]:
        """Hand in, wait, collect; what is to be asked again comes back."""
        batches = []
        size = queue.client.max_calls
        for first in range(0, len(units), size):
            if chunk := self._affordable(units[first : first + size]):
                batches.append(await self._send(queue, chunk))
        for name in batches:
            await self._collect(queue, name)
        again = []
        for state in map(self.judge.resume, (state.unit for state in units)):
            if state.call is not None and state.card not in self.failures:
                again.append(state)
            else:
                self.on_unit()
        return again

    def _affordable(self, units: Sequence[UnitState]) -> list[UnitState]:
        """The calls that the budget allows, each with the most that it could cost reserved."""
        affordable = []
        for state in units:
            if self.budget.stopped or not self.budget.try_reserve(self._batch_reserve(state)):
                self._fail(state, self.budget.stopped or "the budget is used up")
            else:
                affordable.append(state)
        return affordable

    def _batch_reserve(self, state: UnitState) -> float:
        price = self.judge.price
        return price.batch * self.judge.reserve_of(state) if price else 0.0

    async def _send(self, queue: BatchQueue, units: Sequence[UnitState]) -> str:
        calls = {
            self.judge.key(state.unit, len(state.replies)): (
                state.call,
                replace(self.judge.settings, max_tokens=state.max_tokens),
            )
            for state in units
            if state.call is not None
        }
        name = await queue.send(calls)
        for state in units:
            self.budget.settle(self._batch_reserve(state))
        return name

    async def _collect(self, queue: BatchQueue, name: str) -> None:
        """Wait for a batch and keep what it brought."""
        for key, result in (await queue.collect(name)).items():
            if isinstance(result, Reply):
                self._keep(key, result)
            elif not isinstance(result, (Overloaded, TransientError)):
                self.failures[key.card] = str(result)
        queue.handles.done(name)

    def _keep(self, key: Key, reply: Reply) -> None:
        price = self.judge.price
        if price is not None and reply.cost_usd is None:
            reply = replace(reply, cost_usd=price.batch * price.of_reply(reply))
        self.judge.answers.put(key, reply)
        self.budget.count(reply, price)
