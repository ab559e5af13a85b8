"""Compare Markdown parsers on real model cards: speed, and agreement with cmark-gfm.

Run it in an environment that has the candidates to compare; those that are missing are
skipped, and the reason is printed to standard error::

    pip install pyromark cmarkgfm comrak markdown-it-py linkify-it-py mistune marko mistletoe \
        Markdown
    python benchmarks/markdown_parsers.py --cards cards.jsonl.gz --repeats 5

How it is measured
------------------
Every card loses a leading YAML block and its carriage returns, which is done once and not
timed. The process is held on one core where the system allows it. Each candidate then does
two jobs over all cards, after one warm-up pass, and the median of the repeats is shown:

* *structure*: find the headings, code blocks, tables, lists, links and images, with start
  lines where the parser has them; this is what cardiogram needs, and the ratio is taken
  from it. Parsers that give only HTML pay for `html.parser` here, because we should too.
* *HTML*: render to HTML, the job that the parsers' own benchmarks measure.

The reference is GitHub's C parser, cmark-gfm, through ``cmarkgfm``, with tables,
strikethrough and bare-address links; raw HTML is left out of every side, since it is not
Markdown structure. The agreement columns are the share of cards on which a candidate and
the reference have the same sequence of headings (level and text), of code blocks (language
and content), of tables (rows and columns), and the same set of links. Links are compared
twice: all of them, and without those whose text is their own address, for a parser
may leave bare addresses to its caller. *F1* is over all blocks (headings, code, tables,
lists by their number of items, images, links that are not bare). *Lines* is the share of the
agreed headings, code blocks and tables that start on the line that the reference names;
where a table follows a line of text without a blank line, cmark-gfm names the line of the
text, so 100 % is not the aim there.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.metadata
import json
import os
import re
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parser_candidates import CANDIDATES, REFERENCE, Block, Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n.*?^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
LOCATED = ("heading", "code", "table")
COLUMNS = (
    *("parser", "version", "structure, cards/s", "ratio to slowest", "HTML, cards/s", "MB"),
    *("source positions", "headings", "code", "tables", "links", "links not bare", "F1", "lines"),
)


def read_cards(path: Path) -> list[str]:
    """Return the bodies of the cards in a file of JSON lines, which may be compressed."""
    raw = path.read_bytes()
    data = gzip.decompress(raw) if path.suffix == ".gz" else raw
    texts = (json.loads(line)["text"] for line in data.decode("utf-8").split("\n") if line)
    return [FRONT_MATTER.sub("", text.replace("\r\n", "\n"), count=1) for text in texts]


def cards_per_second(job: Callable[[str], object], cards: Sequence[str], repeats: int) -> float:
    """Return the median speed of a job over all cards, after one pass to warm up."""

    def one_pass() -> float:
        start = time.perf_counter()
        for card in cards:
            job(card)
        return time.perf_counter() - start

    one_pass()
    return len(cards) / statistics.median(one_pass() for _ in range(repeats))


def installed_megabytes(distribution: str) -> float:
    """Return the size on disk of one distribution, without what it depends on."""
    files = importlib.metadata.files(distribution) or []
    paths = [Path(str(file.locate())) for file in files if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def _keys(blocks: Iterable[Block], kind: str, *, bare: bool = True) -> list[tuple[object, ...]]:
    return [b.key for b in blocks if b.kind == kind and (bare or not b.bare)]


@dataclass
class Agreement:
    """How far a candidate's structures are those of the reference, as shares."""

    heading: float
    code: float
    table: float
    links: float
    links_not_bare: float
    f1: float
    lines: float | None


def compare(ours: Sequence[list[Block]], theirs: Sequence[list[Block]]) -> Agreement:
    """Compare a candidate's structures with the reference's, card by card."""
    pairs = list(zip(ours, theirs, strict=True))

    def sequences(kind: str) -> float:
        return statistics.fmean(_keys(a, kind) == _keys(b, kind) for a, b in pairs)

    def links(*, bare: bool) -> float:
        sets = ([set(_keys(side, "link", bare=bare)) for side in pair] for pair in pairs)
        return statistics.fmean(a == b for a, b in sets)

    agreed = total = placed = located = 0
    for a, b in pairs:
        left, right = (Counter((x.kind, x.key) for x in side if not x.bare) for side in (a, b))
        agreed += (left & right).total()
        total += left.total() + right.total()
        found, known = (Counter(x[:3] for x in s if x.kind in LOCATED) for s in (a, b))
        placed += (found & known).total()
        located += sum(n for (kind, _), n in (left & right).items() if kind in LOCATED)
    has_lines = any(block.line is not None for blocks in ours for block in blocks)
    return Agreement(
        heading=sequences("heading"),
        code=sequences("code"),
        table=sequences("table"),
        links=links(bare=True),
        links_not_bare=links(bare=False),
        f1=2 * agreed / total if total else 1.0,
        lines=placed / located if has_lines and located else None,
    )


def make_installed() -> dict[str, Candidate]:
    """Return the candidates that are installed; say on standard error why others are not."""
    made = {}
    for name, make in CANDIDATES.items():
        try:
            made[name] = make()
        except (ImportError, AttributeError) as error:
            print(f"skipped {name}: {error}", file=sys.stderr)
    return made


def format_table(made: dict[str, Candidate], cards: Sequence[str], repeats: int) -> str:
    """Measure every candidate and return the results as a Markdown table."""
    reference = [made[REFERENCE].structure(card) for card in cards]
    speeds = {
        name: (
            cards_per_second(candidate.structure, cards, repeats),
            cards_per_second(candidate.html, cards, repeats),
        )
        for name, candidate in made.items()
    }
    slowest = min(structure for structure, _ in speeds.values())
    rows = [list(COLUMNS), ["---"] * len(COLUMNS)]
    for name in sorted(made, key=lambda name: -speeds[name][0]):
        structure, html = speeds[name]
        found = compare([made[name].structure(card) for card in cards], reference)
        shares = [found.heading, found.code, found.table, found.links, found.links_not_bare]
        rows.append(
            [
                name + (" (reference)" if name == REFERENCE else ""),
                importlib.metadata.version(name),
                f"{structure:,.0f}",
                f"{structure / slowest:.1f}",
                f"{html:,.0f}",
                f"{installed_megabytes(name):.1f}",
                made[name].positions,
                *(f"{100 * share:.1f} %" for share in shares),
                f"{found.f1:.4f}",
                "-" if found.lines is None else f"{100 * found.lines:.1f} %",
            ]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison from the command line.

    Parameters
    ----------
    arguments
        The words after the program's name; those of the process by default.

    Returns
    -------
    int
        The exit code: 0, or 2 when the reference is not installed.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cards", type=Path, required=True, help="JSON lines with a `text`")
    parser.add_argument("--repeats", type=int, default=5, help="passes to take the median of")
    options = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    made = make_installed()
    if REFERENCE not in made:
        print(f"the reference, {REFERENCE}, is needed", file=sys.stderr)
        return 2
    cards = read_cards(options.cards)
    python = sys.version.partition(" ")[0]
    print(f"{len(cards)} cards, median of {options.repeats} passes, one core, Python {python}\n")
    print(format_table(made, cards, options.repeats))
    return 0


if __name__ == "__main__":
    sys.exit(main())
