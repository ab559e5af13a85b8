import numpy as np
import pytest

from cardiogram.track.panel import Panel, group_time, two_stage, two_way


def make(changed: list[int], first: int = 0) -> Panel:
    """Models watched at moments first to 5; the changed ones gain 1 from their moment on."""
    rng, moments = np.random.default_rng(0), np.arange(first, 6)
    unit = np.repeat(np.arange(len(changed)), moments.size)
    time, moved = np.tile(moments, len(changed)), np.array(changed)[unit]
    level = rng.normal(size=len(changed))[unit] + 0.1 * time
    gain = ((moved > 0) & (time >= moved)).astype(float)
    return Panel(level + gain + rng.normal(0, 0.05, unit.size), unit, time, moved)


def test_three_estimators_find_a_plain_effect() -> None:
    panel = make([0] * 10 + [3] * 10)
    for found in (two_way(panel), two_stage(panel), group_time(panel)):
        assert found.estimate == pytest.approx(1, abs=0.1), found
        assert found.interval is not None
        assert found.interval.low < 1 < found.interval.high or found.se == pytest.approx(0, abs=0.1)
        assert found.p_value is not None
        assert found.p_value < 1e-6


@pytest.mark.parametrize(
    ("changed", "first", "reason"),
    [
        ([0] * 8, 0, "no model was changed"),
        ([3] * 8, 0, "every model was changed"),
        ([0] * 4 + [2] * 4, 3, "no changed model was watched before"),
    ],
)
def test_what_tells_no_effect_is_refused(changed: list[int], first: int, reason: str) -> None:
    panel = make(changed, first)
    for found in (two_way(panel), two_stage(panel), group_time(panel)):
        assert found.estimate is None
        assert (found.reason or "").startswith(reason)


def test_columns_are_of_one_length() -> None:
    with pytest.raises(ValueError, match="one length"):
        Panel(np.zeros(3), np.arange(3), np.arange(3), np.arange(2))
