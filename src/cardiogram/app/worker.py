"""Heavy work in processes of its own, each with a limit on time and memory.

A thread cannot be stopped; a process can. What a request makes a worker do may take long or much
memory, by mistake or on purpose: the worker is killed, the next piece of work gets another, and
the app goes on.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from cardiogram.app.refusals import ENDING
from cardiogram.errors import CardiogramError

Work = Callable[[Any, Any], Any]


class WorkRefused(CardiogramError):
    """The work took too long or too much memory, or there is too much of it already."""


@dataclass(frozen=True, slots=True)
class WorkLimits:
    """What heavy work may take.

    Attributes
    ----------
    seconds
        For each piece of work.
    memory
        Bytes of a worker.
    workers
        Processes.
    waiting
        Pieces of work that may wait for a worker.
    """

    seconds: float = 300
    memory: int = 4 << 30
    workers: int = 2
    waiting: int = 16


PRIVATE_WORK = WorkLimits()
"""For a person on a machine of their own."""

PUBLIC_WORK = WorkLimits(seconds=45, memory=2 << 30)
"""For strangers."""


class KillableWorkers:
    """Processes that do heavy work, each started when it is first needed.

    Parameters
    ----------
    prepare
        Makes what every piece of work is given first, once in each process.
    limits
        What the work may take.
    """

    def __init__(self, prepare: Callable[[], object], limits: WorkLimits) -> None:
        self._places = threading.BoundedSemaphore(limits.workers + limits.waiting)
        self._all = [Worker(prepare, limits) for _ in range(limits.workers)]
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for worker in self._all:
            self._idle.put(worker)

    def run(self, work: Work, question: object) -> Any:
        """Do a piece of work in a worker, and wait for it.

        Parameters
        ----------
        work
            A public function of a module, of what was prepared and of what is asked.
        question
            Its second parameter.

        Raises
        ------
        CardiogramError
            What the function raised.
        WorkRefused
            It took too long or too much memory, or too much other work waits.
        """
        if not self._places.acquire(blocking=False):
            raise WorkRefused("too much other work waits", hint="Try again in a moment.")
        try:
            worker = self._idle.get()
            try:
                return worker.run(work, question)
            finally:
                self._idle.put(worker)
        finally:
            self._places.release()

    def warm(self) -> None:
        """Start a worker meanwhile, so that the first piece of work need not wait for it."""
        threading.Thread(target=self._start_ahead, daemon=True).start()

    def _start_ahead(self) -> None:
        with contextlib.suppress(WorkRefused):  # the app may have ended
            self.run(do_nothing, None)

    @property
    def are_busy(self) -> bool:
        """Whether any of them works."""
        return self._idle.qsize() < len(self._all)

    def close(self) -> None:
        """End all workers, and whatever they do."""
        for worker in self._all:
            worker.close()


class Worker:
    """A process that does one piece of work after another; started anew after it has failed.

    Parameters
    ----------
    prepare, limits
        As of `KillableWorkers`.
    """

    def __init__(self, prepare: Callable[[], object], limits: WorkLimits) -> None:
        self._prepare = prepare
        self._limits = limits
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._is_closed = False
        self._change = threading.RLock()
        """Held while the process is started or ended: none starts after the end."""

    def run(self, work: Work, question: object) -> Any:
        """Do a piece of work, as `KillableWorkers.run` does."""
        try:
            answer = self._exchange(work, question)
        except BaseException:
            self._end()
            raise
        if isinstance(answer, CardiogramError):
            raise answer
        return answer

    def close(self) -> None:
        """End the process for good."""
        with self._change:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()

    def _exchange(self, work: Work, question: object) -> Any:
        pipe = self._start()
        try:
            pipe.send((work, question))
            if pipe.poll(self._limits.seconds):
                return pipe.recv()
        except (EOFError, OSError) as error:
            if self._is_closed:
                raise WorkRefused(ENDING) from error
            raise WorkRefused(
                "this broke off: it may have taken more memory than there is for it"
            ) from error
        seconds = f"{self._limits.seconds:.0f} seconds"
        raise WorkRefused(f"this took more than {seconds}, and was stopped")

    def _start(self) -> Connection:
        with self._change:
            if self._is_closed:
                raise WorkRefused(ENDING)
            if self._pipe is None or self._process is None or not self._process.is_alive():
                self._end()
                spawn = get_context("spawn")
                self._pipe, there = spawn.Pipe()
                process = spawn.Process(
                    target=work_for, args=(there, self._prepare, self._limits), daemon=True
                )
                process.start()
                self._process = process
                there.close()
            return self._pipe

    def _end(self) -> None:
        with self._change:
            if self._process is not None:
                self._process.kill()
                self._process.join()
                self._process.close()
            if self._pipe is not None:
                self._pipe.close()
            self._process = self._pipe = None


def work_for(pipe: Connection, prepare: Callable[[], object], limits: WorkLimits) -> None:
    """Do what comes through a pipe, until it is closed: the life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the app, and the app its workers
    _limit_memory(limits.memory)
    prepared = prepare()
    with contextlib.suppress(EOFError, OSError):
        while True:
            work, question = pipe.recv()
            with _alarm(limits.seconds + 5):
                answer = _do(work, prepared, question)
            pipe.send(answer)


def do_nothing(prepared: object, question: object) -> None:
    """Do nothing, in a worker that is there afterwards."""


def _do(work: Work, prepared: object, question: object) -> Any:
    try:
        return work(prepared, question)
    except CardiogramError as error:
        return error
    except MemoryError:
        os._exit(1)
    except Exception:
        traceback.print_exc(file=sys.stderr)
        return WorkRefused("this is a fault of cardiogram itself")


def _limit_memory(size: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows; a lower limit is there
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


@contextlib.contextmanager
def _alarm(seconds: float) -> Any:
    """Have the system end the process after a time, whoever else is there to end it."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
