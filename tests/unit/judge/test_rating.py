"""A distribution over the levels becomes a score by one rule, whoever gave it."""

import numpy as np
import pytest

from cardiogram.judge.rating import Score, share_levels


def test_the_whole_number_is_the_median_and_of_two_the_lower_one() -> None:
    assert Score.from_levels([0, 0, 1, 0, 0]) == (3, 3.0, 3.0, 3.0)
    assert Score.from_levels([0.4, 0.3, 0.3, 0, 0]).value == 2  # level 1 is the likeliest
    assert Score.from_levels([0, 0.5, 0, 0.5, 0]).value == 2
    several = Score.from_answers([2, 3, 3, 4, 3])
    assert several == (3, 3.0, 2.0, 4.0)
    assert several == Score.from_levels(share_levels([2, 3, 3, 4, 3]))


@pytest.mark.parametrize(
    ("levels", "low", "high"),
    [
        ((0.05, 0.9, 0.05, 0, 0), 2.0, 2.0),  # 5 % outside on either side are left out
        ((0.06, 0.88, 0.06, 0, 0), 1.0, 3.0),
        ((0.05, 0.05, 0.8, 0.05, 0.05), 2.0, 4.0),
        ((0, 0, 0.05, 0, 0.95), 4.9, 5.0),  # as far as the expected value
        ((1, 0, 0, 0, 0), 1.0, 1.0),
        ((0, 0, 0, 0, 20), 5.0, 5.0),
    ],
)
def test_the_interval_is_the_central_90_percent(
    levels: tuple[float, ...], low: float, high: float
) -> None:
    assert Score.from_levels(levels)[2:] == (low, high)


def test_a_mirrored_distribution_has_the_mirrored_score() -> None:
    draw = np.random.default_rng(0)
    for _ in range(500):
        levels = draw.multinomial(20, draw.dirichlet(np.ones(5))) / 20
        one, other = Score.from_levels(levels), Score.from_levels(levels[::-1])
        assert one.low is not None
        assert one.high is not None
        assert (6 - one.high, 6 - one.low) == pytest.approx(other[2:])
        assert one.expected == pytest.approx(6 - other.expected, abs=1e-4)
        assert one.low <= one.expected <= one.high
        inside = levels[int(np.ceil(one.low)) - 1 : int(one.high)].sum()
        assert inside >= 0.9 - 1e-9
