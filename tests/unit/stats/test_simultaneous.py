"""Correlations and means of several groups at once."""

import numpy as np
import pytest
from scipy import stats

from cardiogram.stats.groups import compare_means
from cardiogram.stats.ranks.simultaneous import max_t_groups
from cardiogram.stats.resampling.cluster_bootstrap import Resampling

RESAMPLING = Resampling(0.95, 1000, 0)


def made_up(
    rng: np.random.Generator, groups: int, size: int, link: float
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray, np.ndarray]:
    """Groups of one size whose authors have models in several of them."""
    n = groups * size
    rows = {f"g{place}": np.arange(place * size, (place + 1) * size) for place in range(groups)}
    codes = rng.integers(0, n // 3, n)
    shared = rng.normal(size=(2, n // 3))[:, codes]
    x, y = shared * 0.6 + rng.normal(size=(2, n))
    return rows, x, np.floor(np.exp(1 + y + link * x)), codes


def test_intervals_are_those_of_a_plain_loop() -> None:
    rows, x, y, codes = made_up(np.random.default_rng(0), 4, 40, 0.8)
    codes = np.unique(codes, return_inverse=True)[1]
    found = max_t_groups(rows, x, y, codes, RESAMPLING)
    rng, z = np.random.default_rng(1), []
    members = [np.flatnonzero(codes == author) for author in range(codes.max() + 1)]
    for _ in range(600):
        drawn = np.concatenate([members[a] for a in rng.integers(0, len(members), len(members))])
        inside = [drawn[np.isin(drawn, place)] for place in rows.values()]
        z.append([np.arctanh(stats.spearmanr(x[r], y[r]).statistic) for r in inside])
    spread = np.std(z, axis=0)
    largest = np.max(np.abs(z - np.mean(z, axis=0)) / spread, axis=1)
    assert found.critical == pytest.approx(np.quantile(largest, 0.95), rel=0.06)
    for place, (name, group) in enumerate(found.groups.items()):
        rho = stats.spearmanr(x[rows[name]], y[rows[name]]).statistic
        assert group.estimate == pytest.approx(rho)
        assert group.interval is not None
        half = np.arctanh(group.interval.high) - np.arctanh(rho)
        assert half == pytest.approx(found.critical * spread[place], rel=0.25)
        assert half >= found.critical * spread[place] * 0.9


def test_groups_without_a_link_are_rarely_told_apart_from_0() -> None:
    told = 0
    for seed in range(150):
        rows, x, y, codes = made_up(np.random.default_rng(seed), 5, 30, 0.0)
        found = max_t_groups(rows, x, y, codes, Resampling(0.95, 300, seed))
        told += bool(found.above or found.below)
    assert told / 150 <= 0.09


def test_a_small_group_with_long_tails_widens_no_others_interval() -> None:
    rng = np.random.default_rng(4)
    rows = {"large": np.arange(200), "small": np.arange(200, 212)}
    x = rng.normal(size=212)
    y = np.where(
        np.arange(212) < 200, np.exp(x + 2 * rng.normal(size=212)), rng.integers(0, 2, 212)
    )
    alone = max_t_groups({"large": rows["large"]}, x, y, np.arange(212), RESAMPLING)
    both = max_t_groups(rows, x, y, np.arange(212), RESAMPLING)
    widths = [
        found.groups["large"].interval.high - found.groups["large"].interval.low  # type: ignore[union-attr]
        for found in (alone, both)
    ]
    # Two intervals that hold together are at most as wide as Bonferroni's of two.
    assert 1 <= widths[1] / widths[0] <= 2.2414 / 1.96 * 1.03


def test_large_groups_and_small_ones_stand_side_by_side() -> None:
    """The linear part is drawn in the one, whole authors in the other."""
    rng = np.random.default_rng(2)
    rows = {"large": np.arange(3000), "small": np.arange(3000, 3060), "few": np.arange(3060, 3080)}
    codes = np.r_[np.arange(3000) // 3, 1000 + np.arange(60) // 2, np.full(20, 1200)]
    x = rng.normal(size=3080)
    found = max_t_groups(rows, x, np.exp(x + rng.normal(size=3080)), codes, RESAMPLING)
    assert found.above == ("large", "small")
    assert found.groups["few"].reason == "only 1 authors; at least 5 are needed"
    assert found.groups["few"].estimate is not None
    nothing = max_t_groups({}, x, x, codes, RESAMPLING)
    assert (nothing.groups, nothing.critical) == ({}, None)


def test_means_that_differ_are_named_the_better_first(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    codes = np.arange(180) // 2
    scores = np.clip(np.round(2 + rng.normal(size=180) + (np.arange(180) >= 120)), 1, 5)
    rows = {name: np.arange(start, start + 60) for name, start in (("a", 0), ("b", 60), ("c", 120))}
    found = compare_means(rows, scores, codes, RESAMPLING)
    monkeypatch.setattr("cardiogram.stats.groups._CELLS", 100)  # a pair at a time
    assert compare_means(rows, scores, codes, RESAMPLING) == found
    assert {(pair.first, pair.second) for pair in found.differing} == {("c", "a"), ("c", "b")}
    assert found.p_value is not None
    assert found.p_value < 0.01
    for pair in found.differing:
        gap = scores[rows[pair.first]].mean() - scores[rows[pair.second]].mean()
        assert pair.difference == pytest.approx(gap)
        assert 0 < pair.interval.low < gap < pair.interval.high
        error = np.hypot(*(stats.sem(scores[rows[name]]) for name in (pair.first, pair.second)))
        # Tukey's studentised range, with models as independent, is about as wide here.
        tukey = stats.studentized_range.ppf(0.95, 3, 177) / np.sqrt(2) * error
        assert pair.interval.high - gap == pytest.approx(tukey, rel=0.3)


def test_equal_means_are_rarely_told_apart() -> None:
    told = p_small = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        codes = rng.integers(0, 60, 150)
        scores = np.round(3 + 0.5 * rng.normal(size=60)[codes] + rng.normal(size=150))
        rows = {f"g{place}": np.arange(place * 30, place * 30 + 30) for place in range(5)}
        found = compare_means(rows, scores, codes, Resampling(0.95, 300, seed))
        told += bool(found.differing)
        p_small += (found.p_value or 1.0) < 0.05
    assert told / 300 <= 0.09
    assert p_small / 300 <= 0.09


def test_means_of_few_authors_are_not_compared() -> None:
    rows = {"a": np.arange(20), "b": np.arange(20, 40)}
    found = compare_means(rows, np.arange(40.0), np.arange(40) // 10, RESAMPLING)
    assert found.reason == "0 groups have 5 authors or more"
