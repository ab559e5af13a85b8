"""Changes of two raters: against numpy's own figures, and where there is nothing to compare."""

import numpy as np
import pytest

from cardiogram.cards.card import parse_card
from cardiogram.judge.gold.labelled import Copies, LabelledCards
from cardiogram.judge.training.out_of_fold import OutOfFold
from cardiogram.judge.training.responsiveness import (
    describe_gains,
    learn_gains,
    measure_responsiveness,
)


def owners(count: int, authors: int) -> np.ndarray:
    return np.array([f"a{number % authors}" for number in range(count)])


def test_figures_are_those_of_numpy() -> None:
    chance = np.random.default_rng(3)
    rated = chance.integers(-3, 2, 200).astype(float)
    expected = rated * 0.5 + chance.normal(0, 0.5, 200)
    found = measure_responsiveness(rated, expected, owners(200, 40))
    assert found.correlation == pytest.approx(np.corrcoef(rated, expected)[0, 1], abs=1e-12)
    assert found.slope == pytest.approx(np.polyfit(expected, rated, 1)[0], abs=1e-12)
    moved = rated != 0
    assert found.direction == np.mean(np.sign(rated[moved]) == np.sign(expected[moved]))
    assert (found.n, found.authors) == (200, 40)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.correlation < found.high


def test_the_interval_takes_authors_as_they_come() -> None:
    """Copies of one author say the same: twenty times the copies must not narrow the interval."""
    chance = np.random.default_rng(4)
    rated, noise = chance.normal(0, 1, 30), chance.normal(0, 1, 30)
    once = measure_responsiveness(rated, rated + noise, owners(30, 30))
    often = measure_responsiveness(np.tile(rated, 20), np.tile(rated + noise, 20), owners(600, 30))
    assert once.low is not None
    assert once.high is not None
    assert often.low == pytest.approx(once.low)
    assert often.high == pytest.approx(once.high)


def test_who_moves_alike_and_who_does_not() -> None:
    rated = np.array([-1.0, -2.0, 0.0, 1.0] * 10)
    same = measure_responsiveness(rated, rated / 2, owners(40, 20))
    assert (same.correlation, same.slope, same.direction) == (
        pytest.approx(1),
        pytest.approx(2),
        1.0,
    )
    against = measure_responsiveness(rated, -rated, owners(40, 20))
    assert (against.correlation, against.direction) == (pytest.approx(-1), 0.0)


@pytest.mark.parametrize("still", ["rated", "expected", "both"])
def test_nothing_moves(still: str) -> None:
    move, zero = np.array([-1.0, 0.0] * 20), np.zeros(40)
    rated = zero if still in ("rated", "both") else move
    expected = zero if still in ("expected", "both") else move
    found = measure_responsiveness(rated, expected, owners(40, 20))
    assert (found.correlation, found.low, found.high) == (None, None, None)
    assert found.direction == (None if still in ("rated", "both") else 0.0)


def test_few_authors_give_no_interval() -> None:
    rated = np.array([-1.0, 0.0, -2.0] * 9)
    found = measure_responsiveness(rated, rated, owners(27, 9))
    assert found.correlation == pytest.approx(1)
    assert (found.low, found.high) == (None, None)


def test_gains_are_promised_by_what_readers_of_other_cards_gave() -> None:
    rng = np.random.default_rng(1)
    count = 60
    cards = [parse_card(f"# Model {n}", id=f"owner{n}/model") for n in range(count)]
    labels = np.full((count, 9), 4.0)
    change = np.repeat(rng.uniform(0.3, 1.2, count)[:, None], 9, axis=1)
    read = labels - 2 * change
    read[:, 0] = labels[:, 0] - change[:, 0] / 2
    read[:10] = labels[:10]  # the last ten have nothing that could be named
    criteria = ["usage" if n % 2 else "data" for n in range(count)]
    copies = Copies(cards, np.arange(count), read, ["gone"] * count, ["removed"] * count, criteria)
    data = LabelledCards(
        cards, labels, labels.astype(int), ["a"] * count, np.zeros(count, bool), "", copies
    )
    expected = np.vstack([labels, np.full((count, 9), 2.0)])
    mended = np.full((count, 9), 2.0) + change
    mended[:10] = 2.0
    bounds = np.zeros((2 * count, 9, 2))
    found = OutOfFold(expected, expected.astype(int), bounds, mended, expected)
    gains = describe_gains(data, found)
    assert set(gains) == {"all", "usage", "data"}
    assert gains["all"]["n"] == count - 10
    assert gains["all"]["slope"] == pytest.approx(1, abs=0.01)
    assert gains["all"]["overall_slope"] == pytest.approx(1, abs=0.01)
    assert gains["all"]["error"] == pytest.approx(0, abs=0.02)
    assert learn_gains(data, found).own == pytest.approx(2, abs=0.01)
