"""Measure a whole study and the commands' start, each in processes of their own.

::

    python benchmarks/study.py --repeats 3

With the stand-in of the Hub beside the repository (../shared/hubserver) the study lists 473
models and reads their cards from it over HTTP; without it, it takes the bundled cards.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from timing import SHARED, Child, machine, run_child, table

MODELS = 473
STARTS = 10
CARDIOGRAM = (sys.executable, "-m", "cardiogram")


@contextmanager
def hub() -> Iterator[str | None]:
    """The address of a stand-in that runs for one `with` block; None where there is none."""
    if not (SHARED / "hubserver").is_dir():
        yield None
        return
    command = [sys.executable, "-m", "hubserver", "--port", "0"]
    with subprocess.Popen(command, cwd=SHARED, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def environment(address: str | None, home: Path) -> dict[str, str]:
    """The environment of a command: no login, no cache of an earlier run."""
    found = {name: text for name, text in os.environ.items() if not name.startswith("HF_")}
    found |= {"HF_HOME": str(home), "HF_HUB_DISABLE_TELEMETRY": "1"}
    return found if address is None else {**found, "HF_ENDPOINT": address}


def run_steps(address: str | None, repeats: int) -> dict[str, list[Child]]:
    """The four steps one by one, then the whole study, each time in new folders."""
    asked = ["--from", "examples/sample"] if address is None else ["--limit", str(MODELS)]
    runs: dict[str, list[Child]] = {}
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            settings = environment(address, folder / "home")
            steps = {
                "collect": [str(folder / "steps"), *asked],
                "rate": [str(folder / "steps")],
                "analyze": [str(folder / "steps")],
                "report": [str(folder / "steps")],
                "study": [str(folder / "whole"), *asked],
            }
            for step, words in steps.items():
                child = run_child([*CARDIOGRAM, step, *words], settings)
                runs.setdefault(step, []).append(child)
    return runs


def run_starts(settings: Mapping[str, str]) -> dict[str, list[Child]]:
    """The shortest commands, whole processes."""
    shown = {"cardiogram --help": ["--help"], "cardiogram check README.md": ["check", "README.md"]}
    return {
        name: [run_child([*CARDIOGRAM, *words], settings) for _ in range(STARTS)]
        for name, words in shown.items()
    }


def _rows(runs: Mapping[str, Sequence[Child]]) -> list[list[str]]:
    return [
        [
            f"`{name}`",
            f"{statistics.median(child.seconds for child in children):.2f}",
            f"{statistics.median(child.megabytes for child in children):,.0f}",
        ]
        for name, children in runs.items()
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3, help="studies to take the median of")
    options = parser.parse_args(arguments)
    head = ["process", "seconds", "peak MB"]
    with hub() as address, tempfile.TemporaryDirectory() as home:
        steps = run_steps(address, options.repeats)
        starts = run_starts(environment(address, Path(home)))
    what = "the 50 bundled models" if address is None else f"{MODELS} models of a local stand-in"
    print(f"A study of {what}, median of {options.repeats}; {machine()}.\n")
    print(table(head, _rows(steps)))
    print(f"\nCommands that only start, read and print, median of {STARTS}:\n")
    print(table(head, _rows(starts)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
