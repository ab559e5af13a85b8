"""Good cards near a card: how often one is shown, how near it is, and which are shown too often.

Usage: python benchmarks/neighbours.py CARDS.jsonl.gz ...

Each file holds one object a line with an id, `text` (or `readme`) and optionally `tags` and
`pipeline_tag`: the shared corpus, or the models of the stand-in Hub.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cardiogram.cards import Card, parse_card
from cardiogram.cards.features import task_of
from cardiogram.judge.embedded import embedded_judge
from cardiogram.maps import place
from cardiogram.maps.place import reference_map


def read_cards(path: Path) -> Iterator[Card]:
    """Cards of a file of rows; a model without a card is left out."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            text = row.get("text") or row.get("readme")
            if text:
                yield parse_card(
                    text,
                    id=row["id"],
                    tags=row.get("tags") or (),
                    pipeline_tag=row.get("pipeline_tag"),
                )


def count(cards: list[Card]) -> dict[str, object]:
    """What is shown beside the cards of one file."""
    tasks = dict(zip(reference_map().ids, reference_map().tasks, strict=True))
    ratings = embedded_judge().rate(cards)
    shown = [
        (card, near)
        for card, rating in zip(cards, ratings, strict=True)
        for near in place(card, rating.scores).neighbours
    ]
    often = Counter(near.id for _, near in shown).most_common(3)
    similarity = [near.similarity for _, near in shown]
    return {
        "cards": len(cards),
        "with a task": sum(bool(task_of(card)) for card in cards),
        "shown beside": len(shown),
        "of another task": sum(tasks[near.id] != task_of(card) for card, near in shown),
        "least similar": round(min(similarity, default=np.nan), 3),
        "most often": {id: round(number / len(cards), 4) for id, number in often},
    }


def main() -> int:
    """Print the counts of each file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cards", type=Path, nargs="+")
    for path in parser.parse_args().cards:
        print(path.name, json.dumps(count(list(read_cards(path))), indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
