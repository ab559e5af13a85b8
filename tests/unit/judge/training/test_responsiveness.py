"""Changes of two raters: against numpy's own figures, and where there is nothing to compare."""

import numpy as np
import pytest

from cardiogram.judge.training.responsiveness import measure_responsiveness


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
