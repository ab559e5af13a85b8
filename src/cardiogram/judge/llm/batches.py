"""Batches at a provider: half the price, within a day, and found again by their own id.

A batch's handle is on the disk before anybody waits for it: a run that was stopped, or killed,
finds the batch again when it is started anew.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from cardiogram.errors import JudgeError
from cardiogram.judge.llm.judge import LLMJudge
from cardiogram.judge.llm.ledger import Key, Ledger
from cardiogram.judge.llm.transport import (
    BatchClient,
    Call,
    CallError,
    CallSettings,
    Overloaded,
    Reply,
    TransientError,
    delay_before,
)

T = TypeVar("T")

POLL_SECONDS = 30.0
MAX_POLL_SECONDS = 600.0
_MAX_TRIES = 6


@dataclass
class BatchHandles:
    """Batches that were handed in, by handle, with what each call in them was to answer.

    Attributes
    ----------
    path
        An append-only file beside the ledger; None keeps them in memory only.
    """

    path: Path | None = None
    open: dict[str, tuple[str, dict[str, Key]]] = field(default_factory=dict)

    @classmethod
    def of(cls, judge: LLMJudge) -> BatchHandles:
        """Those of a judge whose answers are kept in a study."""
        if not isinstance(judge.answers, Ledger):
            return cls()
        handles = cls(path := judge.answers.path.with_suffix(".batches.jsonl"))
        if path.exists():
            for line in path.read_text("utf-8", "replace").splitlines():
                handles._load(line)
        return handles

    def _load(self, line: str) -> None:
        try:
            row = json.loads(line)
            if row.get("done"):
                self.open.pop(row["id"], None)
            else:
                keys = {name: Key.from_row(key) for name, key in row["keys"].items()}
                self.open[row["id"]] = (row["handle"], keys)
        except (ValueError, KeyError, TypeError):  # half a line
            return

    def add(self, handle: str, keys: Mapping[str, Key]) -> str:
        """Keep a new batch, on the disk before this returns."""
        name = str(json.loads(handle)["id"])
        self.open[name] = (handle, dict(keys))
        rows = {short: key.as_row() for short, key in keys.items()}
        self._append({"id": name, "handle": handle, "keys": rows})
        return name

    def done(self, name: str) -> None:
        """Forget a batch whose answers are kept."""
        self.open.pop(name, None)
        self._append({"id": name, "done": True})

    def _append(self, row: Mapping[str, object]) -> None:
        if self.path is None:
            return
        with self.path.open("ab") as file:
            file.write(json.dumps(row).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class BatchQueue:
    """A provider's batches of one judge: handed in, waited for, collected.

    Attributes
    ----------
    owner
        The judge's name, for messages.
    """

    owner: str
    client: BatchClient
    handles: BatchHandles

    async def send(self, calls: Mapping[Key, tuple[Call, CallSettings]]) -> str:
        """Hand calls in; the name of the batch."""
        short = {key.short: key for key in calls}
        # a connection that broke may have left a batch behind: it is not handed in again
        send = partial(self.client.send, {name: calls[key] for name, key in short.items()})
        return self.handles.add(await self._retry(send, (Overloaded,)), short)

    async def collect(self, name: str) -> dict[Key, Reply | CallError]:
        """Wait for a batch; what came back, by the keys of its calls."""
        handle, keys = self.handles.open[name]
        wait, ended = POLL_SECONDS, False
        while not ended:
            handle, ended = await self._retry(partial(self.client.poll, handle))
            if not ended:
                await asyncio.sleep(wait)
                wait = min(1.5 * wait, MAX_POLL_SECONDS)
        results = await self._retry(partial(self.client.collect, handle))
        return {keys[short]: result for short, result in results.items() if short in keys}

    async def _retry(
        self,
        work: Callable[[], Awaitable[T]],
        retried: tuple[type[CallError], ...] = (Overloaded, TransientError),
    ) -> T:
        """Do something at the provider, again where it is overloaded or the connection breaks."""
        tries = 0
        while True:
            tries += 1
            try:
                return await work()
            except CallError as error:
                if tries == _MAX_TRIES or not isinstance(error, retried):
                    raise JudgeError(
                        f"{self.owner}: batch: {error}",
                        hint="Batches that were handed in are kept: run the same command again to "
                        "collect them.",
                    ) from None
                await asyncio.sleep(delay_before(tries + 2, getattr(error, "retry_after", None)))
