"""What one call for all numbers costs in agreement, against one call for each number.

::

    python benchmarks/one_call_or_nine.py CARDS GOLD --judge openai/gpt-5-mini --answers FOLDER

Cards with gold are asked about in both ways; answers that FOLDER has are not asked for again.
Prints JSON: by score the quadratic-weighted kappa with gold of either way and, of one call minus
one call each, the differences of kappa, of equal numbers and of the mean rating, with paired draws
of authors; and what each way took.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from cardiogram.cards import Card
from cardiogram.collect import draw_cards, read_cards
from cardiogram.errors import DataError
from cardiogram.judge.gold import choose_gold, read_readings
from cardiogram.judge.llm import (
    Budget,
    LLMJudge,
    ModelOptions,
    RunOptions,
    load_model,
    rate_with_ledgers,
)
from cardiogram.judge.rating import Rating
from cardiogram.judge.validation import consensus, draw_authors
from cardiogram.names import SCORES
from cardiogram.stats import LEVELS, Floats, WholeNumbers, confusion_cells, kappa_of_counts

WAYS = ("all", "each")
"""One call for all numbers of a card, and one call for each number."""

Numbers = Mapping[tuple[str, str], Floats]
"""Gold by id and text of a card; the text is "" where gold does not name it."""


def main(words: Sequence[str] | None = None) -> None:
    """Ask in both ways and print the difference."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cards", type=Path, help="a study folder, or a file of cards")
    parser.add_argument("gold", type=Path, help="ratings of any form")
    parser.add_argument("--judge", required=True, help="PROVIDER/MODEL")
    parser.add_argument("--answers", type=Path, required=True, help="folder for the answers")
    parser.add_argument("--base-url", action="append", default=[])
    for name in ("--price-in", "--price-out", "--max-cost"):
        parser.add_argument(name, type=float)
    parser.add_argument("--sample", type=int, default=100, help="cards with gold, drawn by seed")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    options = ModelOptions(
        base_urls=given.base_url, price_in=given.price_in, price_out=given.price_out
    )
    judge, terms = (
        load_model(given.judge, options),
        RunOptions(Budget(max_cost=given.max_cost)),
    )
    numbers = gold_numbers(given.gold)
    labelled = [card for card in read_cards(given.cards) if key_of(card, numbers)]
    cards = draw_cards(labelled, given.sample, given.seed, given.cards)
    ratings = ask_both_ways(judge, cards, given.answers, terms)
    truth = np.array([numbers[key_of(card, numbers) or ("", "")] for card in cards])
    found = compare_ways(cards, truth, ratings, given.draws, given.seed)
    print(json.dumps({"judge": judge.id, "gold": given.gold.name, **found}, indent=2))


def gold_numbers(path: Path) -> Numbers:
    """Median of the gold readers, of a labels file its first pass."""
    given: dict[tuple[str, str], list[Floats]] = {}
    for item in choose_gold(read_readings(path), None, path):
        if np.isfinite(item.whole).any():
            given.setdefault((item.id, item.sha256), []).append(item.whole)
    return {key: consensus(np.array(rows)) for key, rows in given.items()}


def key_of(card: Card, numbers: Numbers) -> tuple[str, str] | None:
    """Under which key a card has gold."""
    return next((key for key in ((card.id, card.sha256), (card.id, "")) if key in numbers), None)


def ask_both_ways(
    judge: LLMJudge, cards: Sequence[Card], folder: Path, terms: RunOptions
) -> dict[str, list[Rating]]:
    """Ratings by way of asking, one a card."""
    ways = {f"{judge.id} ({way})": replace(judge, asking=way) for way in WAYS}  # type: ignore[arg-type]
    return dict(zip(WAYS, rate_with_ledgers(ways, cards, folder, terms).values(), strict=True))


def compare_ways(
    cards: Sequence[Card],
    truth: Floats,
    ratings: Mapping[str, Sequence[Rating]],
    draws: int,
    seed: int,
) -> dict[str, Any]:
    """Measure both ways against gold, on the cards that have numbers by both.

    Parameters
    ----------
    truth
        Gold, shape (cards, 9), NaN where there is none.
    """
    rated = [
        place
        for place in range(len(cards))
        if all(given[place].status == "rated" for given in ratings.values())
    ]
    if not rated:
        raise DataError(f"none of the {len(cards)} cards was rated both ways")
    authors = np.array([cards[place].id.partition("/")[0] for place in rated])
    scores = {}
    for place, name in enumerate(SCORES):
        known = np.isfinite(truth[rated, place])
        if known.any():
            one, each = (
                np.array([ratings[way][card].scores[name].value for card in rated])[known]
                for way in WAYS
            )
            gold = truth[rated, place][known].astype(np.int64)
            scores[name] = difference(gold, one, each, authors[known], draws, seed)
    return {
        "cards": len(rated),
        "authors": len(set(authors)),
        "unrated": len(cards) - len(rated),
        "scores": scores,
        "cost": {way: cost_of(given) for way, given in ratings.items()},
    }


def difference(
    gold: WholeNumbers, one: WholeNumbers, each: WholeNumbers, authors: Any, draws: int, seed: int
) -> dict[str, Any]:
    """Kappa of one call and of one call each; and one call minus one call each."""
    draw = draw_authors(authors, draws, seed)
    kappas = [
        kappa_of_counts(draw.sums(np.eye(LEVELS**2)[confusion_cells(gold, side)]))
        for side in (one, each)
    ]
    figures = {
        "qwk_all": kappas[0],
        "qwk_each": kappas[1],
        "qwk": kappas[0] - kappas[1],
        "exact": draw.mean((one == gold) * 1.0 - (each == gold)),
        "mean": draw.mean(one - each),
        "differ": draw.mean(one != each),
    }
    return {
        "n": len(gold),
        **{name: asdict(draw.figure(item)) for name, item in figures.items()},
    }


def cost_of(ratings: Sequence[Rating]) -> dict[str, Any]:
    """What one way of asking took on all cards; no cost where the price is not known."""
    used = [rating.usage for rating in ratings if rating.usage]
    costs = [rating.cost_usd for rating in ratings]
    return {
        "calls": sum(item.calls for item in used),
        "input_tokens": sum(item.input_tokens for item in used),
        "cached_tokens": sum(item.cached_tokens for item in used),
        "output_tokens": sum(item.output_tokens for item in used),
        "seconds": round(sum(item.seconds for item in used), 3),
        "cost_usd": None if None in costs else sum(cost or 0.0 for cost in costs),
    }


if __name__ == "__main__":
    main()
