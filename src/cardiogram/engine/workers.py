"""Who does the work: processes of this machine, threads, a Ray cluster, or the caller itself."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

from cardiogram.engine.small_process import use_little
from cardiogram.errors import ConfigError

P = ParamSpec("P")
T = TypeVar("T")

_FEW = 2_000
"""Rows that take this process as long as starting others does."""

_TRIES = 3
"""How often processes are started before it is taken that they cannot be."""


@dataclass(frozen=True, slots=True)
class Workers:
    """What works on shards, and how many of it at once; the files are the same, whoever made them.

    Parameters
    ----------
    kind
        "processes" of this machine, "threads" of this process, or "ray": Ray's workers on this
        machine, or on a cluster by its address, "ray://HOST:PORT".
    count
        How many; by default one for each core, and few rows are worked on by this process itself.
        On a cluster, how many shards are given out at once.
    """

    kind: str = "processes"
    count: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is none of these."""
        if self.kind not in ("processes", "threads", "ray") and not self.kind.startswith("ray://"):
            raise ConfigError(
                f"no executor {self.kind!r}", hint="processes, threads, ray or ray://HOST:PORT"
            )
        if self.count is not None and self.count < 1:
            raise ConfigError(f"{self.count} workers do nothing", hint="--workers 2")

    @property
    def size(self) -> int:
        """How many shards are worked on at once."""
        return self.count or _count_cores()

    def are_worth(self, shards: int, rows: int) -> bool:
        """Whether so much work is given to others rather than done by this process."""
        if self.count is None and not self.kind.startswith("ray"):
            return self.size > 1 and shards > 1 and rows > _FEW
        return self.count != 1 or self.kind != "processes"

    def open(self, preload: Iterable[str] = ()) -> AbstractContextManager[Executor]:
        """An executor, stopped at the end of the block: at once where that ends by an error.

        Parameters
        ----------
        preload
            Modules that the work needs: processes start with them loaded.

        Raises
        ------
        ConfigError
            Workers end as soon as they start, or an extra is missing.
        """
        if self.kind == "threads":
            return _open_threads(self.size)
        if self.kind == "processes":
            return _open_processes(self.size, preload)
        from cardiogram.engine.ray_executor import open_ray

        return open_ray(self.kind, self.count)


def _count_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class InProcess(Executor):
    """Does what is submitted at once, in this process."""

    def submit(self, call: Callable[P, T], /, *args: P.args, **options: P.kwargs) -> Future[T]:
        """Do it; the future is done."""
        future: Future[T] = Future()
        try:
            future.set_result(call(*args, **options))
        except Exception as error:  # whoever asks for the result is told
            future.set_exception(error)
        return future


@contextmanager
def _open_threads(count: int) -> Iterator[Executor]:
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _open_processes(count: int, preload: Iterable[str]) -> Iterator[Executor]:
    """Processes that end with this one, however it ends: they watch a pipe that only it holds."""
    forks = "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if forks else "spawn")
    if forks:
        context.set_forkserver_preload(["__main__", *preload])
    watched, held = context.Pipe(duplex=False)
    with watched, held:
        pool = _start_pool(partial(ProcessPoolExecutor, count, context, _start_worker, (watched,)))
        try:
            yield pool
        except BaseException:
            held.close()  # nobody waits for what is at hand
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _start_pool(make: Callable[[], ProcessPoolExecutor]) -> ProcessPoolExecutor:
    """A pool whose processes can do something; they may be killed as they start."""
    failure: BrokenExecutor | None = None
    for _ in range(_TRIES):
        pool = make()
        try:
            pool.submit(os.getpid).result()
        except BrokenExecutor as error:
            failure = error
            pool.shutdown()
        else:
            return pool
    raise ConfigError(
        "worker processes end as soon as they start",
        hint="A script starts work below `if __name__ == '__main__':`. Without processes: "
        "--executor threads.",
    ) from failure


def _start_worker(watched: Connection) -> None:
    """Let a worker process end with its parent, and leave Ctrl+C to it."""
    use_little()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=partial(_end_after, watched), daemon=True).start()


def _end_after(watched: Connection) -> None:
    watched.poll(None)  # nothing is ever sent: it returns when the other end is gone
    os._exit(1)
