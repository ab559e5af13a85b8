"""Measure how fast cards are parsed and rated, in one process on one core.

::

    python benchmarks/parse_and_rate.py --cards cards.jsonl.gz --repeats 5

Each line is a median over all cards after one pass to warm up, of the processor's time, in batches
and with the collector of cycles paused, as `cardiogram rate` works. Headings are remembered from
card to card, up to a bound; before every pass all that is forgotten, so that no card profits from
its own earlier turn.

`features` counts the facts of parsed cards, `trees` turns features into the nine numbers, `rate` is
all that a judge does with parsed cards (features, trees, evidence with lines), `parse and rate` is
the whole way, and `parse to columns` is it without evidence.

The last table is by turns: markdown-it-py makes tokens of the same texts, with tables and what is
struck out, as our parser reads them, and does no more.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from cardiogram.cards import Card, collector_paused, parse_row
from cardiogram.cards.features import read_features
from cardiogram.collect.sources import read_source
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.text import decode
from timing import ROOT, SHARED, machine, median_seconds, table

CORPUS = SHARED / "corpus" / "cards-dev.jsonl.gz"
SAMPLE = ROOT / "examples" / "sample"
FEWEST = 500
BATCH = 256
TOP = 5

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """Cards with a text; a small source is repeated until there are 500."""
    rows = [row for row in read_source(path) if row["data"] is not None]
    return list(islice(cycle(rows), max(FEWEST, len(rows))))


def parse(rows: Sequence[Row]) -> list[Card]:
    """Parse every card as a study does."""
    return [parse_row(row, row["data"]) for row in rows]


def forget() -> None:
    """Empty whatever remembers texts: caches with a bound; those without hold shipped data."""
    for name, module in list(sys.modules.items()):
        if name.startswith("cardiogram."):
            for value in vars(module).values():
                bound = getattr(value, "cache_parameters", dict)().get("maxsize")
                if bound is not None:
                    value.cache_clear()


def in_batches(job: Callable[[Any], object], items: Any) -> Callable[[], None]:
    """Do a job batch by batch, as `cardiogram rate` does."""

    def run() -> None:
        for first in range(0, len(items), BATCH):
            with collector_paused():
                job(items[first : first + BATCH])

    return run


def measure(rows: Sequence[Row], repeats: int) -> dict[str, float]:
    """Seconds over all rows, step by step and together."""
    judge, cards = embedded_judge(), parse(rows)
    steps = {
        "parse": in_batches(parse, rows),
        "features": in_batches(read_features, cards),
        "trees": in_batches(judge.expect, [read.vector for read in read_features(cards)]),
        "rate": in_batches(judge.rate, cards),
        **whole_ways(rows),
    }
    return {
        name: median_seconds(step, repeats, before=forget, clock=time.process_time)
        for name, step in steps.items()
    }


def whole_ways(rows: Sequence[Row]) -> dict[str, Callable[[], None]]:
    """From texts to ratings."""
    judge = embedded_judge()
    return {
        "parse and rate": in_batches(lambda some: judge.rate(parse(some)), rows),
        "parse to columns": in_batches(
            lambda some: judge.rate_columns(read_features(parse(some))), rows
        ),
    }


def compare(rows: Sequence[Row], repeats: int) -> list[list[str]]:
    """How many times as long as each whole way it takes to make tokens; medians over turns."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    texts = [decode(row["data"]).text for row in rows]

    def tokenize(some: Sequence[str]) -> None:
        for text in some:
            parser.parse(text)

    ways = whole_ways(rows)
    tokens = {"as it is": partial(tokenize, texts), "paused": in_batches(tokenize, texts)}
    took = [
        {name: median_seconds(job, 1, before=forget, clock=time.process_time) for name, job in jobs}
        for jobs in [[*ways.items(), *tokens.items()]] * repeats
    ]
    return [
        [way, *(f"{statistics.median(t[name] / t[way] for t in took):.2f}" for name in tokens)]
        for way in ways
    ]


def profile(rows: Sequence[Row]) -> list[list[str]]:
    """The functions in which parsing and rating spend their time, each without what it calls."""
    judge, profiler = embedded_judge(), cProfile.Profile()
    forget()
    profiler.runcall(in_batches(lambda some: judge.rate(parse(some)), rows))
    stats = pstats.Stats(profiler).get_stats_profile()
    found = sorted(stats.func_profiles.items(), key=lambda item: -item[1].tottime)[:TOP]
    return [
        [f"`{_place(name, item.file_name)}`", f"{item.tottime / stats.total_tt:.0%}", item.ncalls]
        for name, item in found
    ]


def _place(name: str, file_name: str) -> str:
    """A function by its module and name, without the machine's folders."""
    return name.strip("<>{}") if file_name == "~" else f"{Path(file_name).stem}.{name}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--cards",
        type=Path,
        default=CORPUS if CORPUS.exists() else SAMPLE,
        help="a file or folder of cards",
    )
    parser.add_argument("--repeats", type=int, default=5, help="passes to take the median of")
    options = parser.parse_args(arguments)
    rows = read_rows(options.cards)
    seconds = measure(rows, options.repeats)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(len(row["data"]) for row in rows) / 1e6
    print(
        f"{len(rows)} cards of {options.cards.name}, {size:.1f} MB, median of {options.repeats}; "
        f"{machine()}.\n"
    )
    print(
        table(
            ["step", "cards/s", "ms a card"],
            [
                [name, f"{len(rows) / took:,.0f}", f"{1000 * took / len(rows):.2f}"]
                for name, took in seconds.items()
            ],
        )
    )
    print(f"\nPeak memory of the process, with all cards held at once: {peak:,.0f} MB.\n")
    print("Tokens by markdown-it-py take so many times as long, by the collector of cycles:\n")
    print(table(["beside", "as it is", "paused"], compare(rows, options.repeats)))
    print("\nWhere the time of parsing and rating goes (by a profiler, which slows calls):\n")
    print(table(["function", "own time", "calls"], profile(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
