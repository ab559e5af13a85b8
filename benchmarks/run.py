"""Run the benchmarks and write their figures into docs/benchmarks.md.

::

    python benchmarks/run.py
"""

from __future__ import annotations

import subprocess
import sys

from timing import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
COMMANDS = {
    "parse and rate": ["benchmarks/parse_and_rate.py"],
    "study": ["benchmarks/study.py"],
    "report": ["benchmarks/report.py", "--models", "473", "10000", "100000"],
    "publish and compare": ["benchmarks/publish.py"],
    "facts and contradictions": ["benchmarks/repository_facts.py"],
    "drafts": ["benchmarks/improve_cards.py"],
    "the app": ["benchmarks/app.py"],
}


def fill(page: str, name: str, block: str) -> str:
    """Replace what stands between the markers of a block."""
    start, end = f"<!-- [[[{name}]]] -->", "<!-- [[[end]]] -->"
    before, found, rest = page.partition(start)
    if not found or end not in rest:
        sys.exit(f"{PAGE.relative_to(ROOT)} has no block {start}")
    return f"{before}{start}\n\n{block}\n\n{end}{rest.partition(end)[2]}"


def main() -> int:
    """Measure, one benchmark after the other, and replace the blocks of the page."""
    page = PAGE.read_text("utf-8")
    for name, command in COMMANDS.items():
        print(" ".join(command), file=sys.stderr)
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        shown = f"    python {' '.join(command)}\n\n{done.stdout.rstrip()}"
        page = fill(page, name, shown)
    PAGE.write_text(page, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
