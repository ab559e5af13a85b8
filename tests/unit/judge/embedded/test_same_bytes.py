"""The same text is rated with the same bytes: again, in another order, in another process."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features.vector import CardFeatures, count_features, to_vector
from cardiogram.collect.sources import read_source
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.expectations.contributions import measure_contributions

SAMPLE = Path(__file__).parents[4] / "examples" / "sample"
SCRIPT = "import sys, test_same_bytes; sys.stdout.write(test_same_bytes.all_bytes())"


def cards() -> list[Card]:
    return [
        parse_card(row["data"] or "", id=row["id"], tags=row["tags"]) for row in read_source(SAMPLE)
    ]


def rated(some: list[Card]) -> dict[str, str]:
    ratings = embedded_judge().rate(some)
    return {
        card.id: json.dumps(rating.row(card.id, card.sha256))
        for card, rating in zip(some, ratings, strict=True)
    }


def all_bytes() -> str:
    """Features, ratings with evidence, and effects of the sample, as text."""
    some = cards()
    vectors = [to_vector(count_features(card)).tobytes().hex() for card in some]
    effects = [
        measure_contributions(CardFeatures.of(card), embedded_judge().expect) for card in some[::5]
    ]
    return json.dumps([vectors, rated(some), effects])


def test_again_in_another_order_and_in_other_batches() -> None:
    some = cards()
    first = rated(some)
    assert rated(some) == first
    random.Random(1).shuffle(some)
    assert rated(some) == first
    for card in reversed(some):
        assert rated([card])[card.id] == first[card.id]


@pytest.mark.parametrize("seed", ["1", "20261125"])
def test_in_another_process_with_another_seed_of_hashes(seed: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
        text=True,
    )
    assert found.stdout == all_bytes()
