"""Ask in batches: half the price, within a day, and resumed by the batch's own id.

A batch's handle is on the disk before anybody waits for it. Who stops the run, or kills it, finds
the batch again with the next one. What comes back goes into the same ledger as answers to calls;
answers that cannot be used are asked again in the next batch.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from cardiogram.cards import Card
from cardiogram.judge.llm.budget import Budget
from cardiogram.judge.llm.judge import LLMJudge, Seen, Step, Unit
from cardiogram.judge.llm.ledger import Key, Ledger
from cardiogram.judge.llm.runner import Told, door
from cardiogram.judge.llm.transport import Broken, Busy, CallError, Reply, delay_before

POLL_SECONDS = 30.0
MOST_POLL_SECONDS = 600.0
_ROUNDS = 6
_BREAKS = 6


@dataclass
class Handles:
    """Batches that were handed in, by handle, with what each call in them was to answer.

    Attributes
    ----------
    path
        An append-only file beside the ledger; None keeps them in memory only.
    """

    path: Path | None = None
    open: dict[str, tuple[str, dict[str, Key]]] = field(default_factory=dict)

    @classmethod
    def of(cls, judge: LLMJudge) -> Handles:
        """Those of a judge whose answers are kept in a study."""
        if not isinstance(judge.answers, Ledger):
            return cls()
        made = cls(judge.answers.path.with_suffix(".batches.jsonl"))
        if made.path and made.path.exists():
            for line in made.path.read_text("utf-8", "replace").splitlines():
                made._load(line)
        return made

    def _load(self, line: str) -> None:
        try:
            row = json.loads(line)
            if row.get("done"):
                self.open.pop(row["id"], None)
            else:
                keys = {name: Key(**key) for name, key in row["keys"].items()}
                self.open[row["id"]] = (row["handle"], keys)
        except (ValueError, KeyError, TypeError):  # half a line
            return

    def add(self, handle: str, keys: Mapping[str, Key]) -> str:
        """Keep a new batch, on the disk before this returns."""
        name = str(json.loads(handle)["id"])
        self.open[name] = (handle, dict(keys))
        plain = {short: asdict(key) for short, key in keys.items()}
        self._append({"id": name, "handle": handle, "keys": plain})
        return name

    def done(self, name: str) -> None:
        """Forget a batch whose answers are kept."""
        self.open.pop(name, None)
        self._append({"id": name, "done": True})

    def _append(self, row: Mapping[str, Any]) -> None:
        if self.path is None:
            return
        with self.path.open("ab") as file:
            file.write(json.dumps(row).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


async def ask_batches(
    judges: Sequence[LLMJudge], cards: Sequence[Card], budget: Budget, told: Told
) -> dict[str, dict[str, str]]:
    """Ask every judge about every card in batches, side by side."""
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        told(done)

    works = [_Work(judge, budget, more, Handles.of(judge)) for judge in judges]
    await asyncio.gather(*(work.run(cards) for work in works))
    return {work.judge.id: work.failures for work in works}


@dataclass
class _Work:
    judge: LLMJudge
    budget: Budget
    done: Callable[[int], None]
    handles: Handles
    failures: dict[str, str] = field(default_factory=dict)

    async def run(self, cards: Sequence[Card]) -> None:
        async with door().connect_batches(self.judge.name) as batches:
            for name in list(self.handles.open):
                await self._collect(batches, name)
            left = self._open_units(cards)
            self.done(len(cards) * self.judge.calls_a_card - len(left))
            for _ in range(_ROUNDS):
                left = await self._round(batches, left)
                if not left:
                    break
            for unit, _ in left:
                self._fail(unit, "no answer that can be used came in several batches")

    def _open_units(self, cards: Sequence[Card]) -> list[tuple[Unit, Step]]:
        found = []
        for card in cards:
            if card.input_sha256 not in self.judge.held:
                seen = Seen(card, self.judge.max_chars)
                units = ((unit, self._next(unit)) for unit in self.judge.units(seen))
                found += [(unit, step) for unit, step in units if step.call is not None]
        return found

    def _next(self, unit: Unit) -> Step:
        return self.judge.step(unit, self.judge.replies(unit))

    async def _round(self, batches: Any, left: list[tuple[Unit, Step]]) -> list[tuple[Unit, Step]]:
        """Hand in, wait, collect; what is to be asked again comes back."""
        names = []
        for first in range(0, len(left), batches.most):
            chunk = self._affordable(left[first : first + batches.most])
            if not chunk:
                continue
            names.append(await self._send(batches, chunk))
        for name in names:
            await self._collect(batches, name)
        again = []
        for unit, _ in left:
            step = self._next(unit)
            if step.call is None:
                self.done(1)
            elif unit.seen.card.input_sha256 not in self.failures:
                again.append((unit, step))
        return again

    def _affordable(self, chunk: list[tuple[Unit, Step]]) -> list[tuple[Unit, Step]]:
        """The calls that the budget allows, each with the most that it could cost reserved."""
        found = []
        for unit, step in chunk:
            if self.budget.stopped or not self.budget.try_reserve(self._most(step)):
                self._fail(unit, self.budget.stopped or "the budget is used up")
            else:
                found.append((unit, step))
        return found

    def _most(self, step: Step) -> float:
        if self.judge.price is None or step.call is None:
            return 0.0
        tokens = 1.15 * self.judge.input_tokens(step.call)
        return self.judge.price.batch * self.judge.price.of(tokens, step.max_tokens)

    async def _send(self, batches: Any, chunk: list[tuple[Unit, Step]]) -> str:
        calls, keys = {}, {}
        for unit, step in chunk:
            key = self.judge.key(unit, len(self.judge.replies(unit)))
            settings = replace(self.judge.settings, max_tokens=step.max_tokens)
            calls[key.short], keys[key.short] = (step.call, settings), key
        # a connection that broke may have left a batch behind: it is not handed in again
        handle = await self._patiently(partial(batches.send, calls), (Busy,))
        for _, step in chunk:
            self.budget.settle(self._most(step))
        return self.handles.add(handle, keys)

    async def _collect(self, batches: Any, name: str) -> None:
        """Wait for a batch and keep what it brought."""
        handle, keys = self.handles.open[name]
        wait, ended = POLL_SECONDS, False
        while not ended:
            handle, ended = await self._patiently(partial(batches.poll, handle))
            if not ended:
                await asyncio.sleep(wait)
                wait = min(1.5 * wait, MOST_POLL_SECONDS)
        found = await self._patiently(partial(batches.collect, handle))
        for short, reply in found.items():
            if isinstance(reply, Reply) and short in keys:
                self._keep(keys[short], reply)
            elif short in keys and not isinstance(reply, (Busy, Broken)):
                self.failures[keys[short].card] = str(reply)
        self.handles.done(name)

    def _keep(self, key: Key, reply: Reply) -> None:
        price = self.judge.price
        if price is not None and reply.cost_usd is None:
            reply = replace(reply, cost_usd=price.batch * price.of_reply(reply))
        self.judge.answers.put(key, reply)
        self.budget.count(reply, price)

    async def _patiently(
        self, work: Callable[[], Any], again: tuple[type[CallError], ...] = (Busy, Broken)
    ) -> Any:
        """Do something at the provider, again where it is busy or the connection breaks."""
        for tried in range(1, _BREAKS + 1):
            try:
                return await work()
            except again as error:
                if tried == _BREAKS:
                    raise _as_judge_error(self.judge, error) from None
                await asyncio.sleep(delay_before(tried + 2, getattr(error, "retry_after", None)))
            except CallError as error:
                raise _as_judge_error(self.judge, error) from None
        return None

    def _fail(self, unit: Unit, reason: str) -> None:
        self.failures[unit.seen.card.input_sha256] = reason
        self.done(1)


def _as_judge_error(judge: LLMJudge, error: CallError) -> Exception:
    from cardiogram.errors import JudgeError

    return JudgeError(
        f"{judge.id}: batch: {error}",
        hint="Batches that were handed in are kept: run the same command again to collect them.",
    )
