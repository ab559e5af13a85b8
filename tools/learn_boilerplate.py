"""Remake src/cardiogram/data/boilerplate.json: hashes of shared blocks, and everyday words.

Reads a .jsonl or .jsonl.gz file of cards and the template that the Hub's client ships. Only
hashes and single words are written; no text of a card leaves its file.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.boilerplate import Shapes, hash_shape, opening
from cardiogram.cards.features.phrase_index import list_words, lower_bytes
from cardiogram.judge.gold.readings import read_jsonl

OUT = Path(__file__).parents[1] / "src" / "cardiogram" / "data" / "boilerplate.json"
MIN_AUTHORS = 4
MIN_SHARE = 0.03
WHAT = (
    "CRC-32 of blocks (names and numbers apart) shared by the cards of at least "
    f"{MIN_AUTHORS} authors, and of their first eight characters; words on at least "
    f"{MIN_SHARE:.0%} of the cards"
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


def learn_shapes(blocks: Iterable[tuple[str, str]], min_authors: int = MIN_AUTHORS) -> Shapes:
    """Learn the blocks that stand in the cards of at least `min_authors` different authors.

    Parameters
    ----------
    blocks
        Pairs of author and block text.
    """
    authors: dict[int, set[str]] = defaultdict(set)
    openings: dict[int, set[int]] = defaultdict(set)
    for author, text in blocks:
        if shape := hash_shape(text):
            authors[shape].add(author)
            openings[shape].add(opening(text))
    common = {key for key, owners in authors.items() if len(owners) >= min_authors}
    return Shapes(frozenset(common), frozenset(o for key in common for o in openings[key]))


def learn_words(cards: Path, min_share: float = MIN_SHARE) -> list[str]:
    """Words that stand on a share of the cards, outside of code."""
    rows = [set(list_words(lower_bytes("\n".join(_blocks(r["text"]))))) for r in read_jsonl(cards)]
    found = Counter(word for words in rows for word in words)
    return sorted(w.decode() for w, count in found.items() if count > min_share * len(rows))


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", type=Path, help="cards as .jsonl or .jsonl.gz: id, text")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    learned = learn_shapes(read_blocks(options.cards))
    data = {
        "what": WHAT,
        "words": learn_words(options.cards),
        "shapes": sorted(learned.shapes),
        "openings": sorted(learned.openings),
    }
    options.out.write_text(json.dumps(data, indent=0) + "\n", "utf-8")
    print(f"{len(learned.shapes)} shapes in {options.out}")


if __name__ == "__main__":
    main()
