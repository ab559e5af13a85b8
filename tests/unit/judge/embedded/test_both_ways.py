"""Plain Python and numpy give the same numbers to the last bit, alone and in batches."""

import random
from array import array

import pytest
from test_embedded_judge import BAD, SAMPLE

from cardiogram.cards import Card, parse_card, parse_row
from cardiogram.cards.features import CardFeatures, Vector, read_features
from cardiogram.collect.sources import read_source
from cardiogram.judge.embedded.evaluator import Evaluator
from cardiogram.judge.embedded.judge import load_weights
from cardiogram.judge.expectations.expectations import EXPECTATIONS
from cardiogram.judge.expectations.lifts import lift_features
from cardiogram.names import DATA, SCORES
from hostile import PAYLOADS
from support import SHARED, needs_shared

BATCH = 128


def cards_of(*names: str) -> list[Card]:
    rows = (row for name in names for row in read_source(SHARED / "corpus" / name))
    return [parse_row(row, row["data"]) for row in rows if row["data"] is not None]


@pytest.fixture(scope="module")
def rows() -> list[Vector]:
    """Features of the sample and of hostile cards."""
    texts = [row["data"] or "" for row in read_source(SAMPLE)]
    cards = [parse_card(text, id="me/model") for text in (*texts, *BAD, *PAYLOADS)]
    return [read.vector for read in read_features(cards)]


@pytest.fixture(scope="module")
def plain() -> Evaluator:
    """What never loads numpy."""
    evaluator = load_weights(DATA / "judge").evaluator
    evaluator._left = 1 << 60
    return evaluator


@pytest.fixture(scope="module")
def batch() -> Evaluator:
    """What always takes numpy."""
    evaluator = load_weights(DATA / "judge").evaluator
    evaluator._left = -1
    return evaluator


def test_each_way_is_taken(plain: Evaluator, batch: Evaluator, rows: list[Vector]) -> None:
    plain.expect(rows[:1])
    batch.expect(rows[:1])
    assert [name in vars(plain) for name in ("plain", "model")] == [True, False]
    assert [name in vars(batch) for name in ("plain", "model")] == [False, True]


def test_cards_alone_and_in_a_batch(plain: Evaluator, batch: Evaluator, rows: list[Vector]) -> None:
    expected, decided = batch.expect(rows), batch.decide(rows)
    assert plain.expect(rows) == expected
    assert plain.decide(rows) == decided
    for place, row in enumerate(rows):
        assert plain.expect([row]) == batch.expect([row]) == [expected[place]]
    assert plain.expect([]) == batch.expect(rows[:0]) == []


@pytest.mark.parametrize("way", ["plain", "batch"])
def test_columns_are_those_of_rows(
    way: str, request: pytest.FixtureRequest, rows: list[Vector]
) -> None:
    evaluator: Evaluator = request.getfixturevalue(way)
    columns = evaluator.decide_columns(rows)
    for place, scores in enumerate(evaluator.decide(rows)):
        pairs = zip(SCORES, scores, strict=True)
        row = [pair for name, score in pairs for pair in score.columns(name).items()]
        assert [(name, values[place]) for name, values in columns.items()] == row
    assert [len(values) for values in evaluator.decide_columns([]).values()] == [0] * 36


def test_changed_copies(plain: Evaluator, batch: Evaluator, rows: list[Vector]) -> None:
    for row in rows[:48:6]:
        copies = [row, *[lift_features(row, wanted) for wanted in EXPECTATIONS]]
        assert plain.expect(copies) == batch.expect(copies)


def test_any_features_and_those_on_a_threshold(plain: Evaluator, batch: Evaluator) -> None:
    """Where a feature is what a test compares it with, and where it is far beyond all cards'."""
    chance, forest = random.Random(4), batch.model.forest
    rows = [array("f", bytes(4 * len(batch.model.kernel.middle))) for _ in range(40)]
    for row in rows:
        for test in chance.sample(range(len(forest.feature)), 200):
            row[forest.feature[test]] = float(forest.threshold[test])
        for place in chance.sample(range(len(row)), 60):
            row[place] = chance.choice([0, 0.5, chance.uniform(0, 12), 1e6, -3])
        for place, value in enumerate(row):
            row[place] = min(value, 1e6)  # the last threshold of a feature may be without bound
    assert plain.expect(rows) == batch.expect(rows)


@needs_shared
def test_the_whole_corpus(plain: Evaluator, batch: Evaluator) -> None:
    cards = cards_of("cards-dev.jsonl.gz", "wild-dev-cards.jsonl.gz")
    assert len(cards) == 1287
    for first in range(0, len(cards), BATCH):
        some = cards[first : first + BATCH]
        rows = [read.vector for read in read_features(some)]
        assert plain.decide(rows) == batch.decide(rows)
        assert rows[:: BATCH // 8] == [CardFeatures.of(card).vector for card in some[:: BATCH // 8]]
