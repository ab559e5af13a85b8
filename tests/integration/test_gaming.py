"""On real cards: what adds no documentation adds no rating, and what is taken away is missed."""

import gzip
import json
from dataclasses import dataclass
from itertools import islice
from random import Random

import numpy as np
import pytest

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features import read_features
from cardiogram.judge.audit.probes import list_probes
from cardiogram.judge.audit.rewrite import Change, append, with_body
from cardiogram.judge.embedded.judge import EmbeddedJudge, embedded_judge
from cardiogram.names import SCORES
from cardiogram.text import decode
from support import SHARED, needs_shared
from visible_games import ALONE, VISIBLE, Donors

pytestmark = needs_shared

GAMES = {
    probe.name: probe.change
    for probe in list_probes()
    if probe.family in ("verbosity", "stuffing")
    or probe.name in ("pasted template", "several at once")
}
NONSENSE = {probe.name: probe for probe in list_probes() if probe.family == "nonsense"}
LIMIT, ALONE_LIMIT = 0.15, 1.5
CARDS, DRAWN = 200, 50
LOSSES = {
    probe.name: (probe.score, probe.change)
    for probe in list_probes()
    if probe.family == "sensitivity"
}


@dataclass(frozen=True)
class Rated:
    """Cards, the judge, and the nine expected values that it gives each."""

    cards: list[Card]
    judge: EmbeddedJudge
    expected: np.ndarray

    def shift(self, change: Change) -> np.ndarray:
        """Change of the nine expected values, for the cards to which the change applies."""
        changed = [change(card) for card in self.cards]
        applies = [card is not None for card in changed]
        assert sum(applies) >= 40
        return expect([card for card in changed if card is not None]) - self.expected[applies]


def expect(cards: list[Card]) -> np.ndarray:
    return np.array(embedded_judge().expect([read.vector for read in read_features(cards)]))


def rate(cards: list[Card]) -> Rated:
    return Rated(cards, embedded_judge(), expect(cards))


@pytest.fixture(scope="module")
def corpus() -> list[Card]:
    with gzip.open(SHARED / "corpus" / "cards-dev.jsonl.gz") as file:
        rows = [json.loads(line) for line in file]
    return [
        parse_card(decode(row["text"]).text, id=row["id"], tags=row["tags"] or ()) for row in rows
    ]


@pytest.fixture(scope="module")
def rated(corpus: list[Card]) -> Rated:
    return rate(Random(17).sample(corpus, CARDS))


@pytest.fixture(scope="module")
def drawn(rated: Rated) -> Rated:
    return rate(Random(17).sample(rated.cards, DRAWN))


@pytest.fixture(scope="module")
def donors(rated: Rated) -> Donors:
    good = zip(rated.cards, rated.expected[:, 0], strict=True)
    return Donors.of(
        rated.cards, [c for c, overall in good if overall > 3.5 and len(c.text) < 12e3]
    )


@pytest.mark.parametrize("game", GAMES)
def test_gaming_gains_next_to_nothing(rated: Rated, game: str) -> None:
    gain = rated.shift(GAMES[game])[:, 0]
    assert gain.mean() <= 0.25, f"{game}: {gain.mean():+.3f}"


@pytest.mark.parametrize("game", NONSENSE)
def test_what_says_nothing_gains_nothing(drawn: Rated, game: str) -> None:
    gain = drawn.shift(NONSENSE[game].change)[:, 0]
    assert gain.mean() <= NONSENSE[game].tolerance <= LIMIT, f"{game}: {gain.mean():+.3f}"


@pytest.mark.parametrize("game", VISIBLE)
def test_real_words_without_sense_gain_nothing(drawn: Rated, donors: Donors, game: str) -> None:
    draw = Random(17)

    def change(card: Card) -> Card:
        return with_body(card, append(card.body, VISIBLE[game](draw, donors)))

    gain = drawn.shift(change)[:, 0]
    assert gain.mean() <= LIMIT, f"{game}: {gain.mean():+.3f}"


@pytest.mark.parametrize("kind", ALONE)
def test_characters_at_random_are_worth_nothing(kind: str) -> None:
    noise = [parse_card(decode(ALONE[kind](Random(n))).text, id="me/model") for n in range(5)]
    assert rate(noise).expected[:, 0].max() < ALONE_LIMIT


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_taken_away_is_missed(corpus: list[Card], loss: str) -> None:
    criterion, change = LOSSES[loss]
    concerned = rate(list(islice((card for card in corpus if change(card)), CARDS // 2)))
    moved = concerned.shift(change)[:, SCORES.index(criterion)]
    assert (moved < 0).mean() >= 0.9, f"{loss}: {(moved < 0).mean():.3f}"
