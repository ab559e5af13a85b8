"""Shards of numbers, for tests of workers: a light module, since every worker loads it."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cardiogram.engine import Shard
from cardiogram.errors import DamagedFile, DataError

DEADLY = 13


def numbers_of(**columns: Sequence[int]) -> pa.RecordBatch:
    """Columns of whole numbers."""
    arrays = [pa.array(values, pa.int64()) for values in columns.values()]
    return pa.RecordBatch.from_arrays(arrays, list(columns))


def load_pandas() -> tuple[bool, int]:
    """Whether an array brings pandas with it, and the rows of a data frame, which has to."""
    table = pa.table({"n": [1, 2]})
    return "pandas" in sys.modules, len(table.to_pandas())


@dataclass(frozen=True)
class Numbers:
    """`rows` numbers from `first` on."""

    first: int
    rows: int = 4

    @property
    def name(self) -> str:
        return f"{self.first:05}"

    def read(self) -> pa.RecordBatch:
        if self.first < 0:
            raise DamagedFile(f"cannot read {self.name}", path=Path(self.name))
        return numbers_of(n=range(self.first, self.first + self.rows))


@dataclass(frozen=True)
class Double:
    """Doubles numbers; the deadly one ends whoever does it, on all tries or on the first alone."""

    deadly: int | None = None
    once: Path | None = None

    def __call__(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        numbers = rows["n"].to_pylist()
        if self.deadly in numbers and not (self.once and self.once.exists()):
            if self.once:
                self.once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return numbers_of(n=[2 * n for n in numbers], by=[os.getpid()] * len(numbers))

    def poisoned(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        assert rows.num_rows == 1
        return numbers_of(n=[-1], by=[0])


@dataclass(frozen=True)
class Slow(Double):
    """Takes its time."""

    def __call__(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        time.sleep(0.05)
        return super().__call__(rows)


@dataclass(frozen=True)
class Folder:
    """A file a shard; says how many rows it has, and who wrote it."""

    folder: Path
    full_at: str = ""

    def find(self, shard: Shard) -> tuple[int, int] | None:
        path = self.folder / shard.name
        return (pq.read_metadata(path).num_rows, 0) if path.exists() else None

    def write(self, shard: Shard, rows: pa.RecordBatch) -> tuple[int, int]:
        if shard.name == self.full_at:
            raise DataError("the disk is full")
        table, path = pa.Table.from_batches([rows.select(["n"])]), self.folder / shard.name
        pq.write_table(table, path.with_name(f".{shard.name}"))
        path.with_name(f".{shard.name}").replace(path)
        return rows.num_rows, rows["by"][0].as_py()


@dataclass(frozen=True)
class NotHere(Double):
    """Cannot be loaded by a worker: it ends while it starts on any work."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (1,)


def read(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("[!.]*"))}
