"""Measure `rate` on many cards: the table of speed, memory and equality of the shards' workers.

::

    python benchmarks/scale.py --cards 20000 --large 200000 --repeats 3

The cards are those of ../shared/corpus (else the bundled ones), taken again and again with changed
digits and made-up words, so that no two are alike. Every figure is a ratio within one run.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cardiogram.cards import collector_paused, parse_card
from cardiogram.collect import read_source
from cardiogram.judge import load_judge
from cardiogram.store import RATINGS
from timing import ROOT, SHARED, machine, table

_DUMP = pa.schema(
    [
        ("modelId", pa.string()),
        ("author", pa.string()),
        ("downloads", pa.int64()),
        ("likes", pa.int64()),
        ("tags", pa.list_(pa.string())),
        ("pipeline_tag", pa.string()),
        ("library_name", pa.string()),
        ("card", pa.string()),
    ]
)
_CORPUS = ("cards-dev.jsonl.gz", "wild-dev-cards.jsonl.gz")
_PAGE = 4096


# The dump ---------------------------------------------------------------------------------------


def write_dump(path: Path, cards: int) -> None:
    """Write so many cards, resampled, as a dump of the Hub has them."""
    originals = _read_originals()
    numbers = random.Random(1)
    with pq.ParquetWriter(path, _DUMP, compression="zstd") as writer:
        for first in range(0, cards, len(originals)):
            rows = [
                _resampled(row, first + place, numbers)
                for place, row in enumerate(originals[: cards - first])
            ]
            writer.write_table(pa.Table.from_pylist(rows, schema=_DUMP))


def _read_originals() -> list[dict[str, Any]]:
    folder = SHARED / "corpus"
    if not folder.is_dir():
        rows = read_source(ROOT / "examples" / "sample")
        return [
            {**row, "text": row["data"].decode("utf-8", "replace")} for row in rows if row["data"]
        ]
    return [json.loads(line) for name in _CORPUS for line in gzip.open(folder / name)]


def _resampled(row: dict[str, Any], number: int, numbers: random.Random) -> dict[str, Any]:
    owner, _, name = row["id"].partition("/")
    text = re.sub(r"\d", lambda _: str(numbers.randrange(10)), row["text"])
    text = re.sub(
        r"(?m)^(.{60,}?) ", lambda match: f"{match[1]} w{numbers.randrange(10**6)} ", text
    )
    return {
        "modelId": f"{owner}{number % 9973}/{name}-{number}",
        "author": f"{owner}{number % 9973}",
        "downloads": numbers.randrange(10**5),
        "likes": numbers.randrange(100),
        "card": text,
        **{key: row.get(key) for key in ("tags", "pipeline_tag", "library_name")},
    }


def rate_in_a_loop(source: Path, out: Path) -> int:
    """What `rate` is compared with: the public judge on one core, Parquet to Parquet."""
    judge, done = load_judge("embedded"), 0
    with collector_paused(), pq.ParquetWriter(out, RATINGS, compression="zstd") as writer:
        for batch in pq.ParquetFile(source).iter_batches(batch_size=128):
            cards = [
                parse_card(
                    row["card"],
                    id=row["modelId"],
                    tags=row["tags"] or (),
                    pipeline_tag=row["pipeline_tag"],
                    library_name=row["library_name"],
                )
                for row in batch.to_pylist()
            ]
            pairs = zip(judge.rate(cards), cards, strict=True)
            rows = [rating.row(card.id, card.sha256) for rating, card in pairs]
            writer.write_table(pa.Table.from_pylist(rows, schema=RATINGS))
            done += len(rows)
    return done


# Measuring --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command took, with all processes that it started.

    Attributes
    ----------
    megabytes
        Most memory of all of them together; what they share counts once a process that has it,
        by equal parts.
    """

    seconds: float
    processor: float
    megabytes: float


def run(command: Sequence[str]) -> Usage:
    """Run a command of python in the root of the repository.

    Raises
    ------
    RuntimeError
        It failed.
    """
    began, before = time.perf_counter(), _processor()
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        highest = _Highest(process.pid)
        said, _ = process.communicate()
        highest.stop()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {said.decode()[-500:]}")
    seconds = time.perf_counter() - began
    return Usage(seconds, max(_processor() - before, highest.processor), highest.megabytes)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Highest:
    """Looks at a process and its descendants every half second."""

    def __init__(self, pid: int) -> None:
        self.pid, self.megabytes = pid, 0.0
        self._seconds: dict[int, float] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    @property
    def processor(self) -> float:
        """Processor seconds, as last seen of each process."""
        return sum(self._seconds.values())

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stopped.wait(0.5):
            pids = [self.pid, *descendants(self.pid)]
            self.megabytes = max(self.megabytes, sum(map(_memory, pids)))
            self._seconds.update({pid: _seconds(pid) for pid in pids if _seconds(pid)})


def descendants(pid: int) -> Iterator[int]:
    """Processes that a process started, and those that they did."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = path.read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from descendants(child)


def _memory(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / 100


def rate(source: Path, out: Path, *options: str) -> Usage:
    """`cardiogram rate`."""
    return run(["-m", "cardiogram", "rate", str(source), "--out", str(out), *options])


def contents(study: Path) -> dict[str, bytes]:
    """The files that `rate` writes."""
    return {
        str(path.relative_to(study)): path.read_bytes()
        for folder in ("features", "ratings")
        for path in sorted((study / folder).glob("*.parquet"))
    }


# The table --------------------------------------------------------------------------------------


def measure(folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    """Rows of the table: what, measured, the goal."""
    dump, workers = folder / "dump.parquet", ["--workers", str(options.workers)]
    write_dump(dump, options.cards)
    loop = run([__file__, "--loop", str(dump), "--folder", str(folder)])
    both = rate(dump, folder / "both", *workers)
    yield (
        f"rate of {options.cards:,}, {options.workers} workers, beside a loop on one core",
        f"{loop.seconds / both.seconds:.2f} times ({loop.seconds:.0f} s, {both.seconds:.0f} s; "
        f"processor {loop.processor:.0f} s, {both.processor:.0f} s)",
        "1.9 times",
    )
    alone = rate(dump, folder / "alone", "--workers", "1")
    rate(dump, folder / "threads", "--executor", "threads", *workers)
    different = contents(folder / "both")
    for other in ("alone", "threads"):
        assert contents(folder / other) == different, other
    yield "output bytes: processes, threads, one", "equal", "equal"
    yield "the same with one worker", f"{loop.seconds / alone.seconds:.2f} times", ""
    if find_spec("ray") and not options.no_ray:
        ray = rate(dump, folder / "ray", "--executor", "ray", *workers)
        start = run(["-c", f"import ray; ray.init(num_cpus={options.workers}); ray.shutdown()"])
        speed = both.seconds / max(0.1, ray.seconds - start.seconds)
        assert contents(folder / "ray") == different
        yield "Ray on this machine beside processes, its start apart", f"{speed:.0%}", "80 %"
    if options.large:
        yield from measure_memory(folder, options, both)


def measure_memory(
    folder: Path, options: argparse.Namespace, few: Usage
) -> Iterator[tuple[str, str, str]]:
    """What more cards take."""
    dump, workers = folder / "large.parquet", ["--workers", str(options.workers)]
    write_dump(dump, options.large)
    many = [rate(dump, folder / f"large-{n}", *workers) for n in range(options.repeats)]
    peak = statistics.median(usage.megabytes for usage in many)
    grown = 1024 * (peak - few.megabytes) / (options.large - options.cards)
    yield (
        f"memory of all processes, {options.cards:,} to {options.large:,}",
        f"{grown:.2f} kB a card ({few.megabytes:.0f} MB, {peak:.0f} MB)",
        "0.2 kB a card",
    )
    again = run(["-m", "cardiogram", "rate", str(folder / "large-0"), *workers])
    first = statistics.median(usage.seconds for usage in many)
    yield (
        f"rate of {options.large:,} again, nothing changed, beside the first",
        f"{again.seconds / first:.2%} ({again.seconds:.1f} s, {first:.0f} s)",
        "1 %",
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=4_000)
    parser.add_argument("--large", type=int, default=20_000, help="for memory; 0: not measured")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=1, help="of the large run")
    parser.add_argument("--no-ray", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--dump", type=Path, help="only write a dump of --cards cards there")
    parser.add_argument("--loop", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.dump:
        write_dump(options.dump, options.cards)
        return
    if options.loop:
        print(rate_in_a_loop(options.loop, options.folder / "loop.parquet"))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        rows = list(measure(Path(name), options))
    print(machine())
    print(table(("what", "measured", "goal"), rows))


if __name__ == "__main__":
    main()
