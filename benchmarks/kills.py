"""Kill workers, drivers and nodes of `rate` with SIGKILL, and see that nothing but time is lost.

::

    python benchmarks/kills.py --cards 8000 --times 10

Prints every kill, and then the kill table: after each the study must be, to the last byte, as of a
run that nobody disturbed, and no shard that was finished before may have been written again.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from scale import contents, descendants, rate, write_dump
from timing import ROOT, machine, table

Victim = Literal["worker", "driver", "node"]


@dataclass(frozen=True, slots=True)
class Kill:
    """What one kill did.

    Attributes
    ----------
    finished
        Shards that were finished when it came.
    kept
        Those of them whose file nobody has touched since.
    runs
        Commands until all was done.
    """

    is_equal: bool
    shards: int
    finished: int
    kept: int
    runs: int

    def __str__(self) -> str:
        equal = "equal" if self.is_equal else "DIFFERENT"
        kept = f"{self.kept} of {self.finished} finished shards of {self.shards} kept"
        return f"bytes {equal}, {kept}, {self.runs} runs"


def kill_once(
    collected: Path, out: Path, victim: Victim, executor: str, options: argparse.Namespace
) -> Kill:
    """Rate a copy of a study, kill once in the middle, and go on until it is done."""
    shutil.copytree(collected, out)
    shards = len(list((out / "models").glob("*.parquet")))
    due = random.randrange(shards - 1)
    command = [sys.executable, "-m", "cardiogram", "rate", str(out)]
    command += ["--workers", str(options.workers), "--executor", executor]
    runs, finished = 0, dict[Path, int]()
    with _two_nodes() if victim == "node" else nullcontext() as cluster:
        environment = {**os.environ, **({"RAY_ADDRESS": cluster.address} if cluster else {})}
        while True:
            runs += 1
            with subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            ) as process:
                if runs == 1:
                    finished = _wait(out, due, process)
                    time.sleep(random.random())
                    _kill(victim, process.pid, cluster)
                _, said = process.communicate()
            if process.returncode == 0:
                break
            if victim != "driver" or runs > 1:
                raise RuntimeError(said.decode()[-800:])
    kept = sum(path.stat().st_mtime_ns == changed for path, changed in finished.items())
    return Kill(contents(out) == options.undisturbed, shards, len(finished), kept, runs)


def _wait(out: Path, count: int, process: subprocess.Popen[bytes]) -> dict[Path, int]:
    """The ratings that are finished, once there are so many."""
    while process.poll() is None:
        paths = list((out / "ratings").glob("*.parquet"))
        if len(paths) >= count:
            return {path: path.stat().st_mtime_ns for path in paths}
        time.sleep(0.02)
    said = process.stderr.read().decode()[-800:] if process.stderr else ""
    raise RuntimeError(f"it ended before anybody was killed: {said}")


@contextmanager
def _two_nodes() -> Iterator[Any]:
    """A Ray cluster of two nodes on this machine, with a core each."""
    from ray.cluster_utils import Cluster

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        cluster.add_node(num_cpus=1)
        yield cluster
    finally:
        cluster.shutdown()


def _kill(victim: Victim, driver: int, cluster: Any) -> None:
    """Kill the driver, one of its workers at random, or the node that is not the head."""
    if victim == "node":
        (node,) = cluster.worker_nodes
        cluster.remove_node(node, allow_graceful=False)
        return
    workers = [driver] if victim == "driver" else []
    while not workers:
        pids = list(descendants(driver))
        servers = [pid for pid in pids if "forkserver" in _words(pid)]
        workers = [pid for server in servers for pid in descendants(server)]
        workers += [pid for pid in pids if _words(pid).startswith("ray::_call")]
    os.kill(random.choice(workers), signal.SIGKILL)


def _words(pid: int) -> str:
    """The command of a process; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    except OSError:
        return ""


def measure(folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    """Rows of the kill table; each kill is printed as soon as all is done again."""
    dump = folder / "dump.parquet"
    write_dump(dump, options.cards)
    rate(dump, folder / "undisturbed", "--workers", str(options.workers))
    options.undisturbed = contents(folder / "undisturbed")
    collected = folder / "collected"
    shutil.copytree(folder / "undisturbed", collected)
    subprocess.run(
        ["rm", "-r", str(collected / "features"), str(collected / "ratings")], check=True
    )
    kinds: list[tuple[str, Victim]] = [
        (executor, victim)
        for executor in options.executor
        for victim in options.victim
        if executor == "ray" or victim != "node"
    ]
    for executor, victim in kinds:
        kills = []
        for number in range(1, options.times + 1):
            out, began = folder / f"{executor}-{victim}-{number}", time.perf_counter()
            kill = kill_once(collected, out, victim, executor, options)
            seconds = time.perf_counter() - began
            print(f"{executor}, {victim} {number}: {kill} in {seconds:.0f} s", flush=True)
            kills.append(kill)
            shutil.rmtree(out)
        yield (
            f"{executor}, {victim}",
            str(len(kills)),
            f"{sum(kill.is_equal for kill in kills)} of {len(kills)}",
            f"{sum(kill.kept for kill in kills)} of {sum(kill.finished for kill in kills)}",
            f"{kills[0].shards}",
            f"{max(kill.runs for kill in kills)}",
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=8_000)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--executor", nargs="+", default=["processes", "ray"])
    parser.add_argument("--victim", nargs="+", default=get_args(Victim), choices=get_args(Victim))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        rows = list(measure(Path(name), options))
    print(machine())
    head = ("who was killed", "times", "bytes equal", "finished shards kept", "shards", "runs")
    print(table(head, rows))


if __name__ == "__main__":
    main()
