"""What one call for all numbers costs in agreement, against one call for each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cardiogram.cards import Card
from cardiogram.collect import draw_cards, read_cards
from cardiogram.errors import ConfigError, DataError
from cardiogram.judge.gold import choose_judge, read_readings
from cardiogram.judge.llm import LLMJudge, Terms, answers_folder, ask_kept
from cardiogram.judge.rating import Judge, Rating
from cardiogram.judge.validation.metrics import Figure, draw_authors
from cardiogram.judge.validation.validate import consensus
from cardiogram.names import SCORES
from cardiogram.stats import LEVELS, Floats, Whole, cells_of, kappa_of_counts

WAYS = ("all", "each")
"""One call for all numbers of a card, and one call for each number."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Both ways of asking on the same cards and gold.

    Attributes
    ----------
    qwk_all, qwk_each
        Quadratic-weighted kappa with gold, of one call and of one call each.
    qwk, exact, mean
        One call minus one call each: of kappa, of the share of numbers equal to gold, and of the
        mean rating (negative where one call is stricter). Paired draws of authors.
    differ
        Share of cards to which the two ways give different numbers.
    """

    n: int
    qwk_all: Figure
    qwk_each: Figure
    qwk: Figure
    exact: Figure
    mean: Figure
    differ: Figure

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        parts = ("qwk_all", "qwk_each", "qwk", "exact", "mean", "differ")
        return {"n": self.n, **{name: getattr(self, name).as_dict() for name in parts}}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way of asking took on all cards, its repeated questions included.

    Attributes
    ----------
    cost_usd
        None where the price is not known.
    seconds
        Time from request to answer, summed over calls.
    """

    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    seconds: float
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class GapTable:
    """The gap by score, and what each way cost.

    Attributes
    ----------
    cards, authors
        Cards with gold that were rated both ways.
    unrated
        Cards with gold that one of the ways or both left without numbers.
    cost
        By way of asking.
    """

    judge: str
    gold: str
    cards: int
    authors: int
    unrated: int
    scores: dict[str, Gap]
    cost: dict[str, Cost]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "judge": self.judge,
            "gold": self.gold,
            "cards": self.cards,
            "authors": self.authors,
            "unrated": self.unrated,
            "scores": {name: item.as_dict() for name, item in self.scores.items()},
            "cost": {way: asdict(item) for way, item in self.cost.items()},
        }


def ask_both_ways(
    judge: Judge,
    source: Path,
    gold: Path,
    terms: Terms | None = None,
    *,
    gold_judge: str | None = None,
    answers: Path | None = None,
    sample: int = 100,
    draws: int = 1000,
    seed: int = 0,
) -> GapTable:
    """Ask about cards with gold in both ways, and measure the difference.

    What was answered before, in either way, is not asked again.

    Parameters
    ----------
    source
        A study folder, or a file or folder of cards.
    gold
        Ratings of any form; the median of several readers, of a labels file its first pass.
    answers
        Folder for the answers; by default that of the study.
    sample
        Cards with gold, drawn by seed.

    Raises
    ------
    ConfigError
        The judge is no language model that writes.
    DataError
        None of the cards has gold, or none was rated both ways.
    JudgeError
        The budget or the provider left cards without an answer.
    """
    if not isinstance(judge, LLMJudge) or judge.decides:
        raise ConfigError(
            f"{judge.id} is not asked by calls that could be one or nine",
            hint="--judge PROVIDER/MODEL, of a model that writes its answers",
        )
    numbers = _gold(gold, gold_judge)
    labelled = [card for card in read_cards(source) if _key(card, numbers)]
    if not labelled:
        raise DataError(f"no card of {str(source)!r} has gold in {str(gold)!r}")
    cards = draw_cards(labelled, sample, seed, source)
    ways = {f"{judge.id} ({way})": replace(judge, asking=way) for way in WAYS}  # type: ignore[arg-type]
    found = ask_kept(ways, cards, answers_folder(source, answers), terms or Terms())
    ratings = dict(zip(WAYS, found.values(), strict=True))
    truth = np.array([numbers[_key(card, numbers) or ("", "")] for card in cards])
    return measure_gap(judge.id, gold.name, cards, truth, ratings, draws=draws, seed=seed)


def _gold(path: Path, reader: str | None) -> dict[tuple[str, str], Floats]:
    """The nine numbers by id and text; the text is "" where gold does not name it."""
    found = read_readings(path)
    if reader is not None:
        found = choose_judge(found, reader, path, "--gold-judge")
    elif {"first", "second"} >= {item.judge for item in found}:
        found = [item for item in found if item.judge == "first"]
    given: dict[tuple[str, str], list[Floats]] = {}
    for item in found:
        if np.isfinite(item.whole).any():
            given.setdefault((item.id, item.sha256), []).append(item.whole)
    return {key: consensus(np.array(rows)) for key, rows in given.items()}


def _key(card: Card, numbers: Mapping[tuple[str, str], Floats]) -> tuple[str, str] | None:
    return next((key for key in ((card.id, card.sha256), (card.id, "")) if key in numbers), None)


def measure_gap(
    judge: str,
    gold: str,
    cards: Sequence[Card],
    truth: Floats,
    ratings: Mapping[str, Sequence[Rating]],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> GapTable:
    """Measure both ways against gold, on the cards that have numbers by both.

    Parameters
    ----------
    truth
        Gold, shape (cards, 9), NaN where there is none.
    ratings
        By way of asking, one rating a card.

    Raises
    ------
    DataError
        None was rated both ways.
    """
    rated = [
        place
        for place in range(len(cards))
        if all(given[place].status == "rated" for given in ratings.values())
    ]
    if not rated:
        raise DataError(f"{judge} rated none of the {len(cards)} cards both ways")
    authors = np.array([cards[place].id.partition("/")[0] for place in rated])
    scores = {}
    for place, name in enumerate(SCORES):
        known = np.isfinite(truth[rated, place])
        if known.any():
            given = [
                np.array([ratings[way][card].scores[name].value for card in rated])[known]
                for way in WAYS
            ]
            gold_numbers = truth[rated, place][known].astype(np.int64)
            scores[name] = _gap(gold_numbers, given, authors[known], draws, seed)
    cost = {way: _cost(ratings[way]) for way in WAYS}
    return GapTable(
        judge, gold, len(rated), len(set(authors)), len(cards) - len(rated), scores, cost
    )


def _gap(gold: Whole, given: Sequence[Whole], authors: Any, draws: int, seed: int) -> Gap:
    draw = draw_authors(authors, draws, seed)
    one, each = given
    kappas = [kappa_of_counts(draw.sums(np.eye(LEVELS**2)[cells_of(gold, side)])) for side in given]
    return Gap(
        n=len(gold),
        qwk_all=draw.figure(kappas[0]),
        qwk_each=draw.figure(kappas[1]),
        qwk=draw.figure(kappas[0] - kappas[1]),
        exact=draw.figure(draw.mean((one == gold) * 1.0 - (each == gold))),
        mean=draw.figure(draw.mean(one - each)),
        differ=draw.figure(draw.mean(one != each)),
    )


def _cost(ratings: Sequence[Rating]) -> Cost:
    used = [rating.usage for rating in ratings if rating.usage]
    costs = [rating.cost_usd for rating in ratings]
    return Cost(
        calls=sum(item.calls for item in used),
        input_tokens=sum(item.input_tokens for item in used),
        cached_tokens=sum(item.cached_tokens for item in used),
        output_tokens=sum(item.output_tokens for item in used),
        seconds=round(sum(item.seconds for item in used), 3),
        cost_usd=None if None in costs else sum(cost or 0.0 for cost in costs),
    )
