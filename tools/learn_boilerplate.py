"""Remake src/cardiogram/data/boilerplate.json: hashes of blocks that many authors' cards share.

Reads a .jsonl or .jsonl.gz file of cards and the template that the Hub's client ships. Only
hashes are written; no text of a card leaves its file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.boilerplate import MIN_AUTHORS, learn_shapes
from cardiogram.judge.gold.label_files import read_jsonl

OUT = Path(__file__).parents[1] / "src" / "cardiogram" / "data" / "boilerplate.json"
WHAT = (
    "CRC-32 of blocks (names and numbers apart) shared by the cards of at least "
    f"{MIN_AUTHORS} authors, and of their first eight characters"
)


def read_blocks(cards: Path) -> Iterator[tuple[str, str]]:
    """Pairs of author and block text; the client's template counts as enough authors' text."""
    for row in read_jsonl(cards):
        for text in _blocks(row["text"]):
            yield str(row["id"]).partition("/")[0], text
    template = resources.files("huggingface_hub") / "templates" / "modelcard_template.md"
    for text in _blocks(template.read_text("utf-8")):
        for number in range(MIN_AUTHORS):
            yield f"template {number}", text


def _blocks(text: str) -> list[str]:
    return [b.text for b in parse_card(text).document.blocks if b.kind not in ("heading", "code")]


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", type=Path, help="cards as .jsonl or .jsonl.gz: id, text")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    found = learn_shapes(read_blocks(options.cards))
    data = {"what": WHAT, "shapes": sorted(found.shapes), "openings": sorted(found.openings)}
    options.out.write_text(json.dumps(data, indent=0) + "\n", "utf-8")
    print(f"{len(found.shapes)} shapes in {options.out}")


if __name__ == "__main__":
    main()
