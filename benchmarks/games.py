"""Measure what tricks buy from the built-in judge.

::

    python benchmarks/games.py

Each trick is appended to the same 50 cards, drawn at random, and the mean change of each number is
printed: with the limit that a trick must keep, or "reported" where there is none. So is the card
that the judge rates highest of those without a table and a `>` (both end some forms, and a browser
shows what follows), in every form in which no visitor sees it. Then follow cards that hold nothing
but characters at random.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features import read_features
from cardiogram.judge.audit.rewrite import append, with_body
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.names import SCORES
from cardiogram.text import decode
from timing import ROOT, SHARED, table

sys.path.insert(0, str(ROOT / "tests"))
from sight import UNSEEN
from visible_games import ALONE, REPORTED, VISIBLE, Donors, Game

LIMIT, HIDDEN_LIMIT, ALONE_LIMIT = 0.15, 0.1, 1.5
DRAWN, TRIED, SEED = 50, 12, 17
GOOD, LONGEST = 4, 12_000


def read_cards(folder: Path) -> tuple[list[Card], list[Card]]:
    """All cards of the corpus, and the good ones that are not too long."""
    labels = {}
    with (folder / "labels-dev.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            label = json.loads(line)
            labels[label["key"]] = label["first"]["overall"]
    cards, good = [], []
    with gzip.open(folder / "cards-dev.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            cards.append(parse_card(decode(row["text"]).text, id=row["id"], tags=row["tags"] or ()))
            if labels[row["key"]] >= GOOD and len(row["text"]) < LONGEST:
                good.append(cards[-1])
    return cards, good


def _hides(form: str, text: str) -> Game:
    """The game that puts a good card where no visitor sees it."""
    return lambda draw, donors: form.replace("{}", text)


def expect(cards: Sequence[Card]) -> np.ndarray:
    """The nine expected values of cards, shape (cards, 9)."""
    return np.array(embedded_judge().expect([read.vector for read in read_features(cards)]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; exit with 1 where a trick buys more than its limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus", type=Path, default=SHARED / "corpus", help="cards and labels")
    options = parser.parse_args(arguments)
    cards, good = read_cards(options.corpus)
    donors = Donors.of(cards, good)
    drawn = Random(SEED).sample(cards, DRAWN)
    base = expect(drawn)
    plain = [card for card in cards if not re.search(r">|^ *\|", card.body, re.MULTILINE)]
    best = plain[int(np.argmax(expect(plain)[:, 0]))].body.strip()
    hidden = {f"hidden: {name}": _hides(form, best) for name, form in UNSEEN.items()}
    rows, failed = [], False
    for games, limit in ((VISIBLE, LIMIT), (REPORTED, np.inf), (hidden, HIDDEN_LIMIT)):
        for name, game in games.items():
            changed = [
                with_body(card, append(card.body, game(Random(number), donors)))
                for number, card in enumerate(drawn)
            ]
            shift = (expect(changed) - base).mean(0)
            failed = failed or shift[0] > limit
            allowed = "reported" if limit == np.inf else f"+{limit:.2f}"
            rows.append([name.replace("|", " "), allowed, *[f"{value:+.2f}" for value in shift]])
    print(f"{DRAWN} cards, mean overall {base[:, 0].mean():.2f}; mean change by trick:\n")
    print(table(["appended", "limit", *SCORES], rows))
    rows = []
    for name, alone in ALONE.items():
        noise = [parse_card(decode(alone(Random(n))).text, id="me/model") for n in range(TRIED)]
        overall = expect(noise)[:, 0]
        failed = failed or overall.max() >= ALONE_LIMIT
        rows.append([name, f"{ALONE_LIMIT}", f"{overall.mean():.2f}", f"{overall.max():.2f}"])
    print("\nCharacters at random, alone on a card:\n")
    print(table(["alone", "limit", "mean overall", "highest"], rows))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
