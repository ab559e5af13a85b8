"""Shards of work given to workers, which read and write files themselves.

A finished shard is a file that exists. Where a worker dies (out of memory, killed, a fault in
compiled code), what was at hand is done again, one shard at a time, by fresh workers. A shard whose
worker has died twice is halved until one row is left that no worker survives: it is written as
"poisoned", and all others as they are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import ExitStack
from types import TracebackType
from typing import ParamSpec, Protocol, TypeVar

import pyarrow as pa

from cardiogram.engine.workers import InProcess, Workers
from cardiogram.errors import ConfigError, DamagedFile

S_co = TypeVar("S_co", covariant=True)
S = TypeVar("S")
T = TypeVar("T")
P = ParamSpec("P")


class Shard(Protocol):
    """Part of a table, small enough for the memory of one worker. It travels to it by pickle."""

    @property
    def name(self) -> str:
        """What its file is called."""

    @property
    def rows(self) -> int:
        """How many rows it has, or more; known without reading it."""

    def read(self) -> pa.RecordBatch:
        """Its rows; read by the worker."""


class Batch(Protocol):
    """What is done with rows: pure, and small; what is large is loaded once a process."""

    def __call__(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """One row a row; of no rows, none."""

    def poisoned(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """What stands for the row of a batch of one, which no worker survives."""


class Out(Protocol[S_co]):
    """Where results go. It travels to the worker by pickle, and so does what it says of them."""

    def find(self, shard: Shard) -> S_co | None:
        """What :meth:`write` said of a shard that is finished; None where it is to be done."""

    def write(self, shard: Shard, rows: pa.RecordBatch) -> S_co:
        """Write the results of a shard whole, or not at all, and say what they are in short."""


def run_shards(
    source: Iterable[Shard], batch: Batch, out: Out[S], workers: Workers | None = None
) -> Iterator[tuple[str, S]]:
    """Read, work on and write every shard that is not finished.

    Parameters
    ----------
    workers
        By default one process for each core; few rows are worked on by this process.

    Yields
    ------
    tuple
        Name of a shard and what `out` says of it: of finished ones first, of others when they are.

    Raises
    ------
    ConfigError
        Workers die whatever they are given.
    DamagedFile
        A file of a shard cannot be read; all others are done before this is raised.
    DataError
        One cannot be written: the disk is full. What is finished stays, the rest is left.
    """
    workers, todo, damage = workers or Workers(), list[Shard](), list[DamagedFile]()
    for shard in source:
        try:
            known = out.find(shard)
        except DamagedFile as error:
            damage.append(error)
            continue
        if known is None:
            todo.append(shard)
        else:
            yield shard.name, known
    if todo:
        with _Pool(workers, todo, type(batch).__module__) as pool:
            yield from _run(todo, batch, out, pool, damage)
    if damage:
        raise damage[0]


def _run(
    shards: Sequence[Shard], batch: Batch, out: Out[S], pool: _Pool, damage: list[DamagedFile]
) -> Iterator[tuple[str, S]]:
    """Do shards, as many at once as there are workers; as many again wait for a free one."""
    waiting, running = deque(shards), dict[Future[S], Shard]()
    while waiting or running:
        while waiting and len(running) < pool.in_flight:
            shard = waiting.popleft()
            running[pool.submit(_do, shard, batch, out)] = shard
        done = wait(running, return_when=FIRST_COMPLETED).done
        if any(isinstance(future.exception(), BrokenExecutor) for future in done):
            done = wait(running).done
        lost: list[Shard] = []
        for future in done:
            shard = running.pop(future)
            try:
                yield shard.name, future.result()
            except BrokenExecutor:
                lost.append(shard)
            except DamagedFile as error:
                damage.append(error)
        if lost:
            pool.renew()
        for shard in lost:
            yield shard.name, _do_alone(shard, batch, out, pool)


def _do(shard: Shard, batch: Batch, out: Out[S]) -> S:
    """All that a worker does."""
    return out.write(shard, batch(shard.read()))


def _do_alone(shard: Shard, batch: Batch, out: Out[S], pool: _Pool) -> S:
    """Do a shard whose worker has died, with no other beside it; in halves, where that dies too."""
    try:
        return pool.do(_do, shard, batch, out)
    except BrokenExecutor:
        rows = _read_alone(shard, batch, pool)
        return out.write(shard, join_batches(list(_halve(rows, batch, pool))))


def _read_alone(shard: Shard, batch: Batch, pool: _Pool) -> pa.RecordBatch:
    """Rows of a shard that workers die of, where they live on without rows."""
    try:
        rows = pool.do(shard.read)
        pool.do(batch, rows.slice(0, 0))
    except BrokenExecutor as error:
        raise ConfigError(
            f"workers die before they have seen a row of {shard.name!r}",
            hint="Is there enough memory? Fewer work at once with --workers 1.",
        ) from error
    return rows


def _halve(rows: pa.RecordBatch, batch: Batch, pool: _Pool) -> Iterator[pa.RecordBatch]:
    """Results of rows of which one at least is poisoned."""
    if rows.num_rows == 1:
        yield batch.poisoned(rows)
        return
    middle = rows.num_rows // 2
    for half in (rows.slice(0, middle), rows.slice(middle)):
        try:
            yield pool.do(batch, half)
        except BrokenExecutor:
            yield from _halve(half, batch, pool)


def join_batches(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Batches of one schema as one."""
    if len(batches) == 1:
        return batches[0]
    table = pa.Table.from_batches(batches).combine_chunks()
    columns = [column.chunk(0) if column.num_chunks else None for column in table.columns]
    if None in columns:
        return batches[0]
    return pa.RecordBatch.from_arrays(columns, schema=table.schema)


class _Pool:
    """An executor that is opened anew when one of its workers has died."""

    def __init__(self, workers: Workers, shards: Sequence[Shard], module: str) -> None:
        rows = sum(shard.rows for shard in shards)
        self._workers = workers if workers.are_worth(len(shards), rows) else None
        self._module = module
        self.in_flight = 2 * workers.size if self._workers else 1

    def __enter__(self) -> _Pool:
        self._open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def _open(self) -> None:
        self._stack = ExitStack()
        opened = self._workers and self._stack.enter_context(self._workers.open([self._module]))
        self._executor = opened or InProcess()

    def renew(self) -> None:
        """Replace processes, all of which end when one does; Ray replaces its workers itself."""
        if self._workers is not None and self._workers.kind == "processes":
            self._stack.close()
            self._open()

    def submit(self, call: Callable[P, T], *args: P.args, **options: P.kwargs) -> Future[T]:
        """Give work to a worker; where all have ended meanwhile, the future says so."""
        try:
            return self._executor.submit(call, *args, **options)
        except BrokenExecutor as error:
            broken: Future[T] = Future()
            broken.set_exception(error)
            return broken

    def do(self, call: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """Have something done while nothing else is, and return it.

        Raises
        ------
        BrokenExecutor
            The worker has died.
        """
        try:
            return self.submit(call, *args, **options).result()
        except BrokenExecutor:
            self.renew()
            raise
