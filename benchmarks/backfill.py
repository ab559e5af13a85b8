"""Measure what a source of many rows costs: made files in the shape of modelpulse's series.

::

    python benchmarks/backfill.py --millions 20 100

Each run watches 1,000 models. The files are one a month, sorted by model and day, with the days on
which counters stood still and were set back; "in any order" is the same rows in one shuffled file.
Memory is the largest resident set of a process that does nothing else.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from timing import machine, run_child, table

DAYS, WATCHED, AT_ONCE = 660, 1_000, 5_000
FIRST, STILL, BACK = date(2025, 1, 1), 200, 400
SCHEMA = pa.schema(
    [
        ("id", pa.large_string()),
        ("day", pa.date32()),
        ("dl30", pa.int32()),
        ("dl_all", pa.int64()),
        ("likes", pa.int32()),
    ]
)
WORK = """
import sys
from pathlib import Path
from cardiogram.track.ledger import ModelLedger, Watched
from cardiogram.track.sources import backfill
ledger = ModelLedger(Path(sys.argv[1]) / "ledger")
ledger.watch([Watched(f"owner-{n * 7 % 997}/model-{n * 7}") for n in range(int(sys.argv[3]))])
taken = backfill(ledger, "modelpulse", Path(sys.argv[2]))
assert taken.models == int(sys.argv[3]), taken.models
assert [len(taken.stood_still), len(taken.rolled_back)] == [1, 1], taken
"""
NOTHING = "import cardiogram.track.sources, cardiogram.track.series.read_series, pyarrow.parquet"


def months() -> list[list[int]]:
    """The numbers of the days of each month."""
    parts: dict[str, list[int]] = {}
    for number in range(DAYS):
        parts.setdefault(f"{FIRST + timedelta(number):%Y-%m}", []).append(number)
    return list(parts.values())


def levels(rng: np.random.Generator, models: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts of 30 days and of all time, in the shape (models, days)."""
    rate = rng.lognormal(1.0, 2.0, (models, 1))
    new = rng.poisson(rate, (models, DAYS)).astype(np.int64)
    all_time = np.cumsum(new, axis=1)
    all_time[:, STILL] = all_time[:, STILL - 1]
    all_time[:, BACK : BACK + 3] -= np.ceil(rate * 6).astype(np.int64)
    padded = np.hstack([np.zeros((models, 30), dtype=np.int64), all_time])
    return np.maximum(all_time - padded[:, :DAYS], 0), all_time


def make(folder: Path, models: int) -> None:
    """Write the files."""
    series = folder / "series"
    series.mkdir(parents=True)
    writers = [
        pq.ParquetWriter(series / f"{n:03}.parquet", SCHEMA, compression="zstd")
        for n in range(len(months()))
    ]
    rng = np.random.default_rng(1)
    for start in range(0, models, AT_ONCE):
        many = min(AT_ONCE, models - start)
        names = pa.array(
            [f"owner-{n % 997}/model-{n}" for n in range(start, start + many)], pa.large_string()
        )
        rolling, all_time = levels(rng, many)
        for writer, numbers in zip(writers, months(), strict=True):
            part = slice(numbers[0], numbers[-1] + 1)
            days = np.tile([(FIRST - date(1970, 1, 1)).days + n for n in numbers], many)
            columns = [
                names.take(pa.array(np.repeat(np.arange(many), len(numbers)))),
                pa.array(days.astype(np.int32)).cast(pa.date32()),
                pa.array(rolling[:, part].ravel().astype(np.int32)),
                pa.array(all_time[:, part].ravel()),
                pa.array(np.ones(days.size, dtype=np.int32)),
            ]
            writer.write_table(pa.table(columns, schema=SCHEMA), row_group_size=200_000)
    for writer in writers:
        writer.close()


def shuffle(folder: Path, target: Path) -> None:
    """The same rows in one file, in any order."""
    rows = pa.concat_tables([pq.read_table(path) for path in sorted(folder.glob("series/*"))])
    order = np.random.default_rng(2).permutation(rows.num_rows)
    pq.write_table(rows.take(pa.array(order)), target, compression="zstd", row_group_size=200_000)


def measure(path: Path, rows: int, label: str, watched: int) -> list[str]:
    """One run."""
    with tempfile.TemporaryDirectory() as folder:
        child = run_child([sys.executable, "-c", WORK, folder, str(path), str(watched)])
    rate = rows / child.processor / 1e6
    return [
        label,
        f"{rows / 1e6:,.0f}",
        f"{child.processor:.0f}",
        f"{rate:.1f}",
        f"{child.megabytes:.0f}",
    ]


def apart(*arguments: str) -> None:
    """Make files in a process of their own: what a child has counts the memory of its parent."""
    run_child([sys.executable, __file__, "--make", *arguments])


def main() -> None:
    """Make files, read them, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=int, nargs="+", default=[20, 100])
    parser.add_argument("--any-order", type=int, default=20, help="millions of rows, shuffled")
    parser.add_argument("--make", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        place, models = Path(options.make[0]), int(options.make[1])
        make(place, models) if models else shuffle(place, place / "shuffled.parquet")
        return
    idle = run_child([sys.executable, "-c", NOTHING])
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for millions in options.millions:
            place, models = Path(folder) / str(millions), millions * 1_000_000 // DAYS
            apart(str(place), str(models))
            rows = models * DAYS
            lines.append(measure(place, rows, "by model and day", WATCHED))
            if millions == options.any_order:
                lines.append(measure(place, rows, "by model and day, 10 watched", 10))
                apart(str(place), "0")
                lines.append(measure(place / "shuffled.parquet", rows, "any order", WATCHED))
    print(f"{WATCHED:,} models watched; {machine()}. Imports alone: {idle.megabytes:.0f} MB.\n")
    print(table(["rows", "millions", "seconds", "millions a second", "MB"], lines))


if __name__ == "__main__":
    main()
