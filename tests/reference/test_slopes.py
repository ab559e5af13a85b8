"""Intervals of slopes by author: coverage by simulation, and placebos that predict nothing.

`benchmarks/coverage.py` makes the long table.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from cardiogram.optional import one_thread
from cardiogram.stats.regression.theil_sen import theil_sen
from cardiogram.stats.resampling.cluster_bootstrap import Resampling
from simulated import KINDS, SIGNS, Simulated, median_slope, refused, seeds

pytestmark = pytest.mark.slow
FAST = [name for name in KINDS if name != "negative binomial"]
DESIGNS = [(name, 40, 0.0) for name in FAST] + [(name, 120, 0.5) for name in KINDS]


@pytest.fixture(autouse=True)
def _single() -> Iterator[None]:
    with one_thread():
        yield


@pytest.mark.parametrize(("name", "authors", "slope"), DESIGNS)
def test_the_interval_of_a_slope_covers_19_times_of_20(
    name: str, authors: int, slope: float
) -> None:
    kind = KINDS[name]
    true = kind.true(slope)
    covered, same, asked = Counter[str](), 0, 0
    for seed in seeds(covered.values):
        one = kind.draw(np.random.default_rng(seed), authors, slope)
        inside = not refused(kind.hold(one.rating, one), true, seed)
        covered["interval"] += inside
        if seed % 100 == 0:  # the interval itself, where it is worth its time
            interval = kind.fit(
                one.rating, one, Resampling(0.95, SIGNS, seed % 20)
            ).cluster_interval
            asked += interval is not None
            same += interval is not None and (interval.low <= true <= interval.high) == inside
    assert 0.93 <= covered["interval"] / (seed + 1) <= 0.97, covered["interval"] / (seed + 1)
    assert asked >= 0.95 * (seed + 1) / 100
    assert same >= asked - 1  # one bound can lie within its tolerance


@pytest.mark.parametrize(("authors", "slope"), [(40, 0.0), (60, 0.5)])
def test_the_interval_of_theil_and_sen_covers_19_times_of_20(authors: int, slope: float) -> None:
    """Hundreds of downloads: ties make few of the slopes exactly 0, and these are refused."""

    def draw(seed: int, authors: int) -> Simulated:
        rng = np.random.default_rng(seed)
        return Simulated(rng, authors, slope, digits=2, base=5.0, zeros=0.0)

    many = draw(99, 30_000)
    true = median_slope(many.rating, np.log1p(many.count)) if slope else 0.0
    covered, asked = Counter[str](), 0
    for seed in seeds(covered.values):
        one = draw(seed, authors)
        interval = theil_sen(one.rating, one.count, one.codes).cluster_interval
        asked += interval is not None
        covered["interval"] += interval is not None and interval.low <= true <= interval.high
    assert asked >= 0.95 * (seed + 1)
    assert 0.93 <= covered["interval"] / asked <= 0.97, covered["interval"] / asked


@pytest.mark.parametrize("name", FAST)
def test_a_placebo_by_author_has_no_slope(name: str) -> None:
    """A score drawn by author, of no meaning, with 120 authors of very different sizes."""
    kind = KINDS[name]
    real = kind.draw(np.random.default_rng(7), 120, 0.0)
    significant = Counter[str]()
    for seed in seeds(significant.values, 0.03, 0.08):
        score = np.random.default_rng(seed).normal(size=120)[real.codes]
        significant["placebo"] += refused(kind.hold(score, real), 0.0, seed)
    assert 0.03 <= significant["placebo"] / (seed + 1) <= 0.08, significant["placebo"] / (seed + 1)


def test_a_placebo_by_author_has_no_median_slope() -> None:
    real = Simulated(np.random.default_rng(7), 60, 0.0, base=5.0, zeros=0.0)
    significant, asked = Counter[str](), 0
    for seed in seeds(significant.values, 0.03, 0.08):
        score = np.random.default_rng(seed).normal(size=60)[real.codes]
        found = theil_sen(score, real.count, real.codes).cluster_p_value
        asked += found is not None
        significant["placebo"] += found is not None and found < 0.05
    assert asked >= 0.95 * (seed + 1)
    assert 0.03 <= significant["placebo"] / asked <= 0.08, significant["placebo"] / asked
