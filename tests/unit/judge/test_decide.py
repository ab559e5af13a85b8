"""Whole numbers and intervals on simulated ratings whose truth is known."""

import numpy as np
import pytest

from cardiogram.cards.features import NAMES
from cardiogram.judge.agreement import quadratic_kappa
from cardiogram.judge.decide import CAUSES, cut_points, decide, learn_decision, whole_numbers

HARD = NAMES.index(CAUSES[0])


def simulate(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, features and shrunken expectations; hard cards have errors three times as large."""
    rng = np.random.default_rng(seed)
    truth = np.clip(np.rint(rng.normal(2.6, 1.1, n)), 1, 5).astype(np.int64)
    x = np.zeros((n, len(NAMES)), np.float32)
    x[:, HARD] = rng.random(n) < 0.5
    noise = rng.normal(0, np.where(x[:, HARD] > 0, 0.6, 0.2))
    return truth, x, 2.6 + 0.75 * (truth - 2.6) + noise


def test_stretched_cuts_beat_plain_rounding_and_more_or_less_stretching() -> None:
    truth, _, unseen = simulate(4000, 0)
    cuts = cut_points(truth, unseen)

    def kappa(stretch: float) -> float:
        middle = np.mean(unseen)
        found = quadratic_kappa(truth, whole_numbers(unseen, middle + (cuts - middle) / stretch))
        assert found is not None
        return found

    shrunk = float(np.std(unseen) / np.std(truth))
    assert kappa(1.0) > max(kappa(0.6), kappa(1.6), kappa(shrunk))


def test_intervals_cover_as_often_as_they_say_and_hard_cards_nearly_so() -> None:
    decision = learn_decision(*simulate(3000, 1))
    truth, x, unseen = simulate(6000, 2)
    whole, bounds = decide(x, unseen, decision)
    inside = (bounds[:, 0] <= truth) & (truth <= bounds[:, 1])
    assert inside.mean() == pytest.approx(0.9, abs=0.02)
    assert inside[x[:, HARD] > 0].mean() > 0.8
    errors = np.abs(truth - unseen)
    one_width = errors <= np.quantile(errors, 0.9)
    assert inside[x[:, HARD] > 0].mean() > one_width[x[:, HARD] > 0].mean()
    assert set(whole) <= {1, 2, 3, 4, 5}


def test_hard_cards_have_wider_intervals() -> None:
    decision = learn_decision(*simulate(3000, 1))
    _, x, unseen = simulate(500, 3)
    width = np.diff(decide(x, unseen, decision)[1], axis=1)[:, 0]
    assert width[x[:, HARD] > 0].mean() > 1.5 * width[x[:, HARD] == 0].mean()


def test_the_expected_value_is_always_inside() -> None:
    decision = learn_decision(*simulate(80, 4))
    _, x, unseen = simulate(500, 5)
    _, bounds = decide(x, unseen, decision)
    assert (bounds[:, 0] <= unseen).all()
    assert (unseen <= bounds[:, 1]).all()


def test_labels_that_are_all_the_same() -> None:
    truth = np.full(60, 3)
    decision = learn_decision(truth, np.zeros((60, len(NAMES)), np.float32), np.full(60, 3.0))
    assert np.isfinite(decision.errors).all()
    assert decide(np.zeros((1, len(NAMES)), np.float32), np.array([3.1]), decision)[0] == [3]
