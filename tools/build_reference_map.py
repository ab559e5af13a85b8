"""Build the map that ships with the package: ids, places, ratings and short vectors, no text.

Usage: python tools/build_reference_map.py CARDS.jsonl.gz [--out FILE]

CARDS holds one object a line with `id`, `text` and optionally `tags`. The embedder keeps the most
frequent terms only, and its vectors are rounded to a byte.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from cardiogram.cards.card import parse_card
from cardiogram.cards.features import task_of
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.maps.cluster import cluster, segments_for, stability
from cardiogram.maps.embedding.term_embedder import fit_terms
from cardiogram.maps.examples import good_parts
from cardiogram.maps.fitted import FittedMap
from cardiogram.maps.map import describe_fit
from cardiogram.maps.map_file import Settings
from cardiogram.maps.project import project
from cardiogram.maps.shards.reading import read_card

DIMENSIONS = 32
MOST_TERMS = 9_000
OUT = Path(__file__).parents[1] / "src/cardiogram/data/segments/reference.npy"


def build(path: Path, seed: int = 0) -> FittedMap:
    """Fit the map on the cards of a file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        rows = {row["id"]: row for row in map(json.loads, file)}
    cards = [parse_card(row["text"], id=id, tags=row.get("tags") or ()) for id, row in rows.items()]
    reads = [read_card(card, (), ("traits",)) for card in cards]
    terms = fit_terms(
        [read.terms for read in reads], dimensions=DIMENSIONS, seed=seed, most_terms=MOST_TERMS
    )
    vectors = terms.embed([read.terms for read in reads])
    places = project(vectors, seed)
    found = cluster(vectors, places, segments_for(len(cards)))
    stable = stability(vectors, found.label, seed=seed)
    authors = [card.id.split("/")[0] for card in cards]
    ratings = [
        {name: score.expected for name, score in rating.scores.items()}
        for rating in embedded_judge().rate(cards)
    ]
    parts = map(good_parts, cards, ratings)
    fitted = FittedMap(
        Settings(seed=seed),
        terms,
        vectors,
        places,
        found.label,
        found.strength,
        tuple(card.id for card in cards),
        ("",) * len(cards),
        np.array([expected["overall"] for expected in ratings]),
        describe_fit(reads, authors, terms, found),
        {"cards": len(cards), "stability": asdict(stable), "judge": embedded_judge().version},
        tuple(map(task_of, cards)),
        {row: good for row, good in enumerate(parts) if good},
    )
    # A place needs the name only; terms of cards stay out of the package.
    names = tuple({"segment": p["segment"]} for p in fitted.profiles)
    return replace(fitted, profiles=names)


def main() -> int:
    """Build, write and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    fitted = build(asked.cards)
    fitted.save(asked.out, "int8")
    sizes = Counter(fitted.cluster.tolist())
    for number, profile in enumerate(fitted.profiles):
        print(f"{sizes[number]:>4}  {profile['segment']}")
    print(f"{sizes[-1]:>4}  outliers; {asked.out.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
