"""Measure the readers of repositories: headers, a long log, hostile files, and requests.

::

    python benchmarks/repository_readers.py

Seconds are of the processor, medians after one run that warms up; memory is the largest resident
set of a process that does nothing else. Hostile files are those of the tests, each the slowest of
its runs. Requests are those in the log of the stand-in for the Hub, redirects counted, of facts and
contradictions of each of the 14 shared repositories: with nothing kept, then again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "integration"))
from cardiogram.errors import CardiogramError
from cardiogram.repository.access import open_folder
from cardiogram.repository.formats import (
    gguf_header,
    read_json,
    read_yaml,
    safetensors_header,
    stream_json,
)
from hostile_files import GGUF, JSON, SAFETENSORS, YAML, entry, tensors, vocabulary
from repository_rows import InMemory, expected
from timing import SHARED, machine, median_seconds, run_child, table

TOKENS, LOG_BYTES, SHARD_TENSORS = 128_000, 200 << 20, 600
ENTRY = {
    "epoch": 0.0012903225806451613,
    "grad_norm": 5.021340370178223,
    "learning_rate": 4.9892473118279576e-05,
    "loss": 1.6843,
    "step": 1,
}


def processor_seconds(job: Callable[[], object]) -> float:
    """Median of five runs."""
    return median_seconds(job, 5, clock=time.process_time)


def headers() -> Iterator[list[str]]:
    """Rows: a GGUF header with a vocabulary, a safetensors header of a usual shard."""
    repository = InMemory("a/b", {"x.gguf": vocabulary(TOKENS), "w.safetensors": _shard()})
    whole = processor_seconds(lambda: gguf_header(repository, "x.gguf"))
    brief = processor_seconds(lambda: gguf_header(repository, "x.gguf", brief=True))
    shard = processor_seconds(lambda: safetensors_header(repository, "w.safetensors"))
    yield [f"GGUF header of {TOKENS:,} tokens and merges", f"{whole:.3f} s", "0.3 s"]
    yield ["the same, its first keys alone", f"{brief:.3f} s", ""]
    yield [f"safetensors header of {SHARD_TENSORS} tensors", f"{shard:.3f} s", ""]


def _shard() -> bytes:
    names = (f"model.layers.{n // 9}.mlp.part_{n % 9}.weight" for n in range(SHARD_TENSORS))
    return tensors(**{name: entry([1], 4 * n + 4, 4 * n) for n, name in enumerate(names)})


def long_log() -> Iterator[list[str]]:
    """Rows: a trainer_state.json of 200 MB, read from a folder by a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trainer_state.json"
        line = json.dumps(ENTRY) + ",\n"
        with path.open("w") as file:
            file.write('{"best_metric": 1.5, "log_history": [')
            for _ in range(LOG_BYTES // len(line)):
                file.write(line)
            file.write(json.dumps(ENTRY) + '], "global_step": 7}')
        child = run_child([sys.executable, __file__, "--stream", folder], dict(os.environ))
        empty = run_child([sys.executable, __file__, "--stream", ""], dict(os.environ))
        size = path.stat().st_size >> 20
    yield [f"trainer_state.json of {size} MB, streamed", f"{child.processor:.1f} s", ""]
    yield ["peak memory of that process", f"{child.megabytes:.0f} MB", "150 MB"]
    yield ["of this: started, nothing read", f"{empty.megabytes:.0f} MB", ""]


def stream(folder: str) -> None:
    """What the child does: read the log, keep the best and the last entry."""
    if not folder:
        return
    best: dict[str, Any] = {}
    last: object = None
    for key, index, value in stream_json(
        open_folder(folder).stream("trainer_state.json"), "log_history"
    ):
        if key == "log_history" and index >= 0 and isinstance(value, dict):
            last = value
            best = value if not best or value["loss"] < best["loss"] else best
    assert best
    assert last


def hostile() -> Iterator[list[str]]:
    """Rows: hostile files by kind: how many, how many refused, the slowest."""
    kinds: dict[str, tuple[dict[str, Callable[[], bytes]], Callable[[bytes], object]]] = {
        "safetensors": (SAFETENSORS, lambda data: safetensors_header(_of(data), "w")),
        "GGUF": (GGUF, lambda data: gguf_header(_of(data), "w")),
        "JSON": (JSON, read_json),
        "YAML": (YAML, read_yaml),
    }
    for kind, (files, read) in kinds.items():
        slowest = (0.0, "")
        refused = 0
        for name, make in files.items():
            data = make()
            start = time.process_time()
            try:
                read(data)
            except CardiogramError:
                refused += 1
            slowest = max(slowest, (time.process_time() - start, name))
        shown = f"{1000 * slowest[0]:.1f} ms ({slowest[1]})"
        yield [kind, f"{refused} of {len(files)}", shown]


def _of(data: bytes) -> InMemory:
    return InMemory("a/b", {"w": data})


def requests() -> Iterator[list[str]]:
    """Rows: requests of each of the 14, with nothing kept and again."""
    from stand_in import running_stand_in

    rows = str(SHARED / "hubserver" / "data-repositories" / "repositories.jsonl.gz")
    enough = "api=100000,resolvers=100000,pages=100000"
    with (
        tempfile.TemporaryDirectory() as home,
        running_stand_in("--data", rows, "--rate-limit", enough) as hub,
    ):
        os.environ |= {"HF_ENDPOINT": hub.url, "HF_HOME": home, "HF_HUB_DISABLE_TELEMETRY": "1"}
        os.environ |= {"HF_TOKEN": "hf_test_token", "HF_ASSETS_CACHE": f"{home}/assets"}
        once, again = ([_count(hub, id) for id in expected()] for _ in range(2))
    for id, first, second in zip(expected(), once, again, strict=True):
        yield [id, f"{first[0]}", f"{second[0]}", f"{first[1]:.2f}", f"{second[1]:.2f}"]


def _count(hub: Any, id: str) -> tuple[int, float]:
    """Requests and seconds of facts and contradictions of one repository."""
    from cardiogram.cards import parse_card
    from cardiogram.hub import HubSession
    from cardiogram.repository.access import open_on_hub
    from cardiogram.repository.contradictions import find_contradictions
    from cardiogram.repository.facts import read_facts

    before = len(hub.requests())
    start = time.perf_counter()
    repository = open_on_hub(HubSession(hub.url), id)
    facts = read_facts(repository)
    with contextlib.suppress(CardiogramError):  # gated, or no card
        find_contradictions(parse_card(repository.read("README.md"), id=id), facts, repository)
    seconds = time.perf_counter() - start
    return len(hub.requests()) - before, seconds


def main() -> int:
    """Print the three tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--stream", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stream is not None:
        stream(options.stream)
        return 0
    print(f"{machine()}.\n")
    print(table(["reader", "measured", "at most"], [*headers(), *long_log()]))
    print()
    print(table(["hostile files", "refused", "slowest"], list(hostile())))
    print()
    rows = list(requests())
    print(table(["repository", "requests", "again", "seconds", "again"], rows))
    most = max(int(row[1]) for row in rows)
    print(f"\nMost requests of one repository: {most}; again: {max(int(r[2]) for r in rows)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
