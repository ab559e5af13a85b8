"""Whole numbers and intervals on simulated ratings whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from cardiogram.cards.features.vector import FEATURE_NAMES
from cardiogram.judge.embedded.decision import CAUSES, group_of
from cardiogram.judge.embedded.intervals import (
    cut_points,
    decide,
    groups_of,
    learn_decision,
    whole_numbers,
)
from cardiogram.stats.agreement import quadratic_kappa

HARD = FEATURE_NAMES.index(CAUSES[0])
LENGTH = FEATURE_NAMES.index("near_characters")
SCRIPT = FEATURE_NAMES.index("non_ascii")
WORDS, CODE = FEATURE_NAMES.index("whole_words"), FEATURE_NAMES.index("whole_code")


def simulate(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, features and shrunken expectations; hard cards have errors three times as large."""
    rng = np.random.default_rng(seed)
    truth = np.clip(np.rint(rng.normal(2.6, 1.1, n)), 1, 5).astype(np.int64)
    x = np.zeros((n, len(FEATURE_NAMES)), np.float32)
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


def test_long_cards_have_cuts_of_their_own_where_that_is_asked() -> None:
    truth, x, unseen = simulate(4000, 6)
    x[::2, LENGTH] = np.log1p(9000)
    unseen[::2] += 0.5  # long cards look better than they are
    plain, own = (learn_decision(truth, x, unseen, by_length=asked) for asked in (False, True))
    assert plain.cuts[0] == plain.cuts[1]
    assert own.cuts[0] == plain.cuts[0]
    bias = [(decide(x, unseen, each)[0] - truth)[::2].mean() for each in (plain, own)]
    assert bias[0] > 0.2 > 0.05 > abs(bias[1])
    some = learn_decision(
        truth, np.where(np.arange(4000)[:, None] < 40, x, 0), unseen, by_length=True
    )
    moved, moved_far = (np.abs(np.diff(each.cuts, axis=0)).max() for each in (some, own))
    assert moved < moved_far, "few long cards have less of a say"


def test_copies_widen_intervals_and_leave_the_whole_numbers_alone() -> None:
    truth, x, unseen = simulate(1000, 7)
    pasted = unseen[:200] + 2.0
    more = (np.r_[truth, truth[:200]], np.vstack([x, x[:200]]), np.r_[unseen, pasted])
    alone, wider = learn_decision(truth, x, unseen), learn_decision(*more, cards=1000)
    assert alone.cuts == wider.cuts
    covered = [
        (decide(x[:200], pasted, each)[1][:, 0] <= truth[:200]).mean() for each in (alone, wider)
    ]
    assert covered[0] < 0.4 < covered[1]


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


def with_stubs(n: int, stubs: int, seed: int, missed: float) -> tuple[np.ndarray, ...]:
    """Cards of many words, of much code, or both; of stubs, with neither, a share is missed."""
    truth, x, unseen = simulate(n, seed)
    x[:, WORDS] = np.log1p(np.resize([200, 200, 10], n))
    x[:, CODE] = np.log1p(np.resize([0, 30, 30], n))
    x[:stubs, WORDS], x[:stubs, CODE] = np.log1p(10), 0
    rng = np.random.default_rng(seed)
    unseen[:stubs] += rng.choice([-2, 0, 2], stubs, p=[missed / 2, 1 - missed, missed / 2])
    return truth, x, unseen


def test_a_small_group_with_larger_errors_is_covered_and_the_rest_stays_as_it_is() -> None:
    decision = learn_decision(*with_stubs(500, 20, 0, 0.3))
    truth, x, unseen = with_stubs(4000, 2000, 99, 0.3)
    bounds = decide(x, unseen, decision)[1]
    plain = decide(x, unseen, replace(decision, widening=[1.0] * 3))[1]
    before, inside = ((b[:, 0] <= truth) & (truth <= b[:, 1]) for b in (plain, bounds))
    assert before[:2000].mean() < 0.87 < 0.9 < inside[:2000].mean()
    assert (bounds[2000:] == plain[2000:]).all()


def test_a_group_with_small_errors_is_not_made_narrower() -> None:
    truth, x, unseen = with_stubs(500, 30, 8, 0.0)
    unseen[:30] = truth[:30]
    assert learn_decision(truth, x, unseen).widening == [1, 1, 1]


def test_groups_are_stubs_by_words_and_code_and_scripts_by_letters() -> None:
    x = np.zeros((5, len(FEATURE_NAMES)), np.float32)
    facts = [
        FEATURE_NAMES.index(name) for name in ("whole_words", "whole_boilerplate", "whole_code")
    ]
    x[:, facts] = np.log1p([[39, 0, 5], [20, 20, 0], [0, 0, 6], [39, 0, 5], [90, 0, 0]])
    x[3:, SCRIPT] = 0.4
    assert groups_of(x).tolist() == [group_of(row) for row in x.tolist()] == [1, 0, 0, 2, 2]


def test_labels_that_are_all_the_same() -> None:
    truth = np.full(60, 3)
    decision = learn_decision(
        truth, np.zeros((60, len(FEATURE_NAMES)), np.float32), np.full(60, 3.0)
    )
    assert np.isfinite(decision.errors).all()
    assert decide(np.zeros((1, len(FEATURE_NAMES)), np.float32), np.array([3.1]), decision)[0] == [
        3
    ]
