"""What the benchmarks share: medians, child processes with their memory, the machine's facts."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
"""Fixtures beside the repository; without them the bundled cards are measured."""


@dataclass(frozen=True, slots=True)
class Child:
    """How a process went.

    Attributes
    ----------
    seconds
        From start to end.
    megabytes
        Largest resident set of it or of a process that it started and waited for.
    processor
        Processor seconds, of all its threads.
    """

    seconds: float
    megabytes: float
    processor: float = 0.0


def run_child(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Child:
    """Run a command in the root of the repository, its output thrown away.

    Raises
    ------
    RuntimeError
        It failed; the message has the end of what it said.
    """
    start = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {said[-400:]}")
    return Child(seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def median_seconds(
    job: Callable[[], object],
    repeats: int,
    *,
    before: Callable[[], object] = bool,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Median of so many runs, after one that warms up; `before` runs untimed before each."""

    def once() -> float:
        before()
        start = clock()
        job()
        return clock() - start

    once()
    return statistics.median(once() for _ in range(repeats))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; every column but the first is aligned to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *rows))


def machine() -> str:
    """The machine in words, without its name."""
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )
