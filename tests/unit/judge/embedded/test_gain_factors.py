import numpy as np
import pytest

from cardiogram.judge.embedded.gain_factors import GainFactors
from cardiogram.judge.training.learned_gains import learn_gain_factors
from cardiogram.names import SCORES


def test_the_factors_of_readers_who_move_twice_as_far_are_found() -> None:
    rng = np.random.default_rng(0)
    place = rng.integers(1, 9, 400)
    now = np.full((400, 9), 2.0)
    change = rng.uniform(0.2, 1, (400, 9))
    read = change * 2
    read[:, 0] = change[:, 0] * 0.5
    noise = rng.normal(0, 0.3, 400)
    read[np.arange(400), place] += noise
    learned = learn_gain_factors(now, now + change, read, place)
    assert learned.own == pytest.approx(2, abs=0.06)
    assert learned.overall == pytest.approx(0.5, abs=0.01)
    (gain,) = learned.gains(now[0], now[:1] + change[:1], [SCORES[place[0]]])
    assert gain.low < gain.own < gain.high
    promised = np.array(
        [
            learned.gains(start, start[None] + moved, [SCORES[number]])[0]
            for start, moved, number in zip(now, change, place, strict=True)
        ]
    )
    given = read[np.arange(400), place]
    inside = (promised[:, 2] <= given) & (given <= promised[:, 3])
    assert 0.88 <= inside.mean() <= 0.97


def test_gains_stay_within_the_scale_and_are_never_negative() -> None:
    now, after = np.full(9, 4.0), np.vstack([np.full(9, 4.9), np.full(9, 3.0)])
    more, less = GainFactors(2.0, 2.0, -1.0, 1.0).gains(now, after, ["usage", "data"])
    assert more[:2] == (1.0, 1.0)
    assert less[:3] == (0.0, 0.0, 0.0)


def test_copies_that_nothing_moves_teach_nothing() -> None:
    flat = np.full((3, 9), 2.0)
    assert learn_gain_factors(flat, flat, flat, np.array([1, 2, 3])) == GainFactors()
