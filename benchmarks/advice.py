"""Count what advice gets wrong, over cards that are rated under 4.

::

    python benchmarks/advice.py --cards hub-758.jsonl.gz

Advice is what `cardiogram check` says first: the three gaps of a card that cost most. Each line is
a kind of fault, or what ought to hold, with the number of cards and their share. The cards are the
rows of any source that `cardiogram collect` reads, or of the stand-in Hub (`id`, `readme`).
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features.vector import CardFeatures, read_features
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.expectations.conditions import name_conditions
from cardiogram.judge.expectations.expectations import EXPECTATIONS
from cardiogram.judge.expectations.gaps import Gap, find_gaps
from cardiogram.judge.expectations.verdicts import decide_all
from cardiogram.judge.rating import Score
from cardiogram.names import CRITERIA
from timing import SHARED

HUB = SHARED / "hubserver" / "data" / "hub-758.jsonl.gz"
GOOD, NEAR, SHOWN, LOW = 4, 0.25, 3, 2
WHOLE = {wanted.key: wanted.part_of for wanted in EXPECTATIONS}
PRIMARY = {wanted.key for wanted in EXPECTATIONS if wanted.partly}


class Advised(NamedTuple):
    """A card with its rating and its gaps."""

    read: CardFeatures
    scores: dict[str, Score]
    gaps: tuple[Gap, ...]


def read_cards(path: Path) -> Iterator[Card]:
    """Cards of a file, one a line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            text = row.get("readme") or row.get("text")
            if text:
                tags = row["tags"] if row.get("tags") and "text" in row else ()
                yield parse_card(text, id=row["id"], tags=tags)


def count_faults(advised: Advised) -> Iterator[str]:
    """Names of what holds of a card's advice."""
    read, scores, gaps = advised
    shown, keys = gaps[:SHOWN], [gap.key for gap in gaps]
    decided = decide_all(read)
    met = {verdict.expectation.key for verdict in decided.verdicts if verdict.is_met}
    asked = {v.expectation.key: v.expectation for v in decided.verdicts}
    asked |= {expectation.key: expectation for expectation in decided.hinted}
    bar = min(scores[name].expected for name in CRITERIA) + NEAR
    if any(scores[gap.criterion].expected <= bar for gap in shown):
        yield "the weakest criterion is among the first three"
    if len({(gap.line, gap.advice) for gap in gaps}) < len(gaps) or {"limits", "risks"} <= {*keys}:
        yield "two pieces for one place and one remedy"
    if any(gap.criterion_gain <= 0 for gap in gaps):
        yield "a piece without a gain in its criterion"
    if any(gap.gain <= 0 for gap in shown):
        yield "one of the first three without a gain overall"
    criterion = {key: expectation.criterion for key, expectation in asked.items()}
    if any(
        WHOLE[key] in asked and WHOLE[key] not in met and criterion[WHOLE[key]] == criterion[key]
        for key in keys
    ):
        yield "a follow-up without what it follows"
    for name in CRITERIA:
        of_it = {key for key in PRIMARY & asked.keys() if criterion[key] == name}
        if of_it and scores[name].value <= LOW and not of_it & (met | {*keys}):
            yield f"{name} is 1 or 2, and nothing is said of what matters most there"
    if any("is empty" in gap.missing and _stands(read, gap.line) for gap in gaps):
        yield "a section is called empty where something stands"


def _stands(read: CardFeatures, line: int) -> bool:
    return any(s.line == line and s.blocks for s in read.features.sections)


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cards", type=Path, default=HUB)
    cards = list(read_cards(parser.parse_args().cards))
    judge, counts, poor = embedded_judge(), Counter[str](), 0
    for read in read_features(cards):
        (rating,) = judge.rate_read([read])
        gaps = find_gaps(read, judge.expect, judge.respond)
        if "derived" in name_conditions(
            read.card, read.features
        ) and not read.card.metadata.values.get("base_model"):
            counts["an adapter or a copy without `base_model`"] += 1
            counts["  that is told so first"] += gaps[:1] != () and gaps[0].key == "base_model"
        if rating.scores["overall"].expected < GOOD:
            poor += 1
            counts.update(count_faults(Advised(read, dict(rating.scores), gaps)))
    print(f"{len(cards)} cards, {poor} of them rated under {GOOD}")
    for name, count in sorted(counts.items()):
        print(f"{count:5} {count / poor:6.1%}  {name}")


if __name__ == "__main__":
    main()
