"""On real cards: what adds no documentation adds no rating, and what is taken away is missed."""

import gzip
import json
from dataclasses import dataclass

import numpy as np
import pytest

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features.vector import feature_matrix
from cardiogram.judge.audit.probes import list_probes
from cardiogram.judge.audit.rewrite import Change
from cardiogram.judge.embedded.judge import EmbeddedJudge, embedded_judge
from cardiogram.names import SCORES
from cardiogram.text import decode
from support import SHARED, needs_shared

pytestmark = needs_shared

GAMES = {
    probe.name: probe.change
    for probe in list_probes()
    if probe.family in ("verbosity", "stuffing")
    or probe.name in ("pasted template", "several at once")
}
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
        after = feature_matrix([card for card in changed if card is not None])
        return np.asarray(self.judge.expect(after) - self.expected[applies])


@pytest.fixture(scope="module")
def rated() -> Rated:
    with gzip.open(SHARED / "corpus" / "cards-dev.jsonl.gz") as file:
        rows = [json.loads(line) for line in file]
    cards = [
        parse_card(decode(row["text"]).text, id=row["id"], tags=row["tags"] or ()) for row in rows
    ]
    judge = embedded_judge()
    return Rated(cards, judge, np.asarray(judge.expect(feature_matrix(cards))))


@pytest.mark.parametrize("game", GAMES)
def test_gaming_gains_next_to_nothing(rated: Rated, game: str) -> None:
    gain = rated.shift(GAMES[game])[:, 0]
    assert gain.mean() <= 0.25, f"{game}: {gain.mean():+.3f}"


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_taken_away_is_missed(rated: Rated, loss: str) -> None:
    criterion, change = LOSSES[loss]
    moved = rated.shift(change)[:, SCORES.index(criterion)]
    assert (moved < 0).mean() >= 0.9, f"{loss}: {(moved < 0).mean():.3f}"
