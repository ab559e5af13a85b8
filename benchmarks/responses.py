"""What the built-in judge answers to a change of a card, on authors that it had not seen.

::

    python benchmarks/responses.py ../shared/corpus --show 10

Learns the judge out of fold, as `cardiogram judges train` does, and prints for each kind of changed
copy what readers and the judge say: means, slope through the origin (what the judge says of a point
of the readers), mean absolute error. `--show` adds copies of each kind, drawn by seed.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from cardiogram.judge.gold import LabelledCards, read_labelled
from cardiogram.judge.training.lessons import make_examples
from cardiogram.judge.training.out_of_fold import OutOfFold
from cardiogram.judge.training.responsiveness import describe_changes, describe_gains
from cardiogram.judge.training.train import rate_out_of_fold
from cardiogram.names import SCORES
from cardiogram.optional import one_thread
from timing import table

FIGURES = {
    "rated": "readers",
    "judged": "judge",
    "slope": "slope",
    "error": "mean error",
    "down": "down where readers are",
    "overall_rated": "overall, readers",
    "overall_judged": "overall, judge",
    "covered": "covered",
}


def read_corpus(folder: Path) -> LabelledCards:
    """All that the shipped judge learns from."""
    return read_labelled(
        [folder / "labels-dev.jsonl", folder / "wild-dev-labels.jsonl"],
        [folder / "cards-dev.jsonl.gz", folder / "wild-dev-cards.jsonl.gz"],
        partial=Path(__file__).parents[1] / "training" / "partial.jsonl",
        changed=folder / "changed-dev.jsonl.gz",
        corrected=folder / "long-dev.jsonl",
    )


def show(data: LabelledCards, found: OutOfFold, count: int, seed: int) -> None:
    """Print some copies of each kind with both changes."""
    copies, cards = data.copies, len(data.cards)
    for kind in dict.fromkeys(copies.kinds):
        numbers = [n for n, own in enumerate(copies.kinds) if own == kind and copies.criteria[n]]
        if not numbers:
            continue
        print(f"\n{kind}: card, criterion, readers, judge; overall, readers, judge")
        for n in sorted(random.Random(seed).sample(numbers, min(count, len(numbers)))):
            origin, own = copies.origin[n], SCORES.index(copies.criteria[n])
            rated = copies.labels[n] - data.first[origin]
            judged = found.expected[cards + n] - found.expected[origin]
            print(
                f"  {data.cards[origin].id:56.56} {SCORES[own]:12} {rated[own]:+2.0f} "
                f"{judged[own]:+5.2f}   {rated[0]:+2.0f} {judged[0]:+5.2f}"
            )


def main() -> None:
    """Learn out of fold and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="Folder with the labels, cards and copies.")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="Copies of each kind.")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    data = read_corpus(asked.corpus)
    with one_thread(None):
        found = rate_out_of_fold(data, make_examples(data), seed=asked.seed)
    rows = [
        [kind, str(figures["n"])]
        + ["" if figures[name] is None else f"{figures[name]:.2f}" for name in FIGURES]
        for kind, figures in describe_changes(data, found).items()
    ]
    print(table(["copies", "n", *FIGURES.values()], rows))
    gains = [
        [name, str(figures["n"])]
        + [f"{figures[own]:.2f}" for own in ("promised", "read", "slope", "error")]
        for name, figures in describe_gains(data, found).items()
    ]
    print("\nPromised by `check` for what was removed, and read:\n")
    print(table(["criterion", "n", "promised", "read", "slope", "mean error"], gains))
    show(data, found, asked.show, asked.seed)


if __name__ == "__main__":
    main()
