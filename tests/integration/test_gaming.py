"""On real cards: what adds no documentation adds no rating, and what is taken away is missed."""

import gzip
import json
from typing import Any

import numpy as np
import pytest

from cardiogram.cards.card import parse_card
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


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    with gzip.open(SHARED / "corpus" / "cards-dev.jsonl.gz") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def judge() -> EmbeddedJudge:
    return embedded_judge()


def shift(judge: EmbeddedJudge, rows: list[dict[str, Any]], change: Change) -> np.ndarray:
    """Change of the nine expected values, for the cards to which the change applies."""
    before, after = [], []
    for row in rows:
        card = parse_card(decode(row["text"]).text, id=row["id"], tags=row["tags"] or ())
        changed = change(card)
        if changed is not None:
            before.append(card)
            after.append(changed)
    assert len(before) >= 40
    return np.asarray(judge.expect(feature_matrix(after)) - judge.expect(feature_matrix(before)))


@pytest.mark.parametrize("game", GAMES)
def test_gaming_gains_next_to_nothing(
    judge: EmbeddedJudge, rows: list[dict[str, Any]], game: str
) -> None:
    gain = shift(judge, rows, GAMES[game])[:, 0]
    assert gain.mean() <= 0.25, f"{game}: {gain.mean():+.3f}"


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_taken_away_is_missed(
    judge: EmbeddedJudge, rows: list[dict[str, Any]], loss: str
) -> None:
    criterion, change = LOSSES[loss]
    moved = shift(judge, rows, change)[:, SCORES.index(criterion)]
    assert (moved < 0).mean() >= 0.9, f"{loss}: {(moved < 0).mean():.3f}"
