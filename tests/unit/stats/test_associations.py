import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from cardiogram.errors import ConfigError
from cardiogram.stats.ranks.associations import (
    associate_pair,
    bonett_wright,
    spearman,
    spearman_pairs,
)
from cardiogram.stats.resampling import cluster_bootstrap as resample

AUTHORS = list("aabbbcddeeeffghhhiijjklmmn")
X = [1, 2, 2, 3, 5, 4, 4, 1, 3, 3, 2, 5, 5, 1, 2, 3, 1, 4, 2, 2, 5, 1, 3, 4, 2, 1]
Y = [0, 3, 0, 9, 4, 7, 7, 0, 2, 0, 9, 30, 0, 1, 5, 0, 8, 2, 0, 3, 1, 6, 0, 9, 2, 4]


def test_bonett_wright_by_hand() -> None:
    found = bonett_wright(0.5, 103)
    half = 1.959963984540054 * math.sqrt(1.125 / 100)
    assert found is not None
    assert found.low == pytest.approx(math.tanh(0.5493061443340549 - half), rel=1e-12)
    assert found.high == pytest.approx(math.tanh(0.5493061443340549 + half), rel=1e-12)


@pytest.mark.parametrize("cells", [1, 40, 1 << 18])
def test_bootstrap_equals_a_plain_loop(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    monkeypatch.setattr(resample, "_CELLS", cells)
    found = spearman(X, Y, AUTHORS, draws=300, seed=7)
    rng, names = np.random.default_rng(7), sorted(set(AUTHORS))
    rhos = []
    for _ in range(300):
        picked = [names[i] for i in rng.integers(len(names), size=len(names))]
        rows = [i for name in picked for i, author in enumerate(AUTHORS) if author == name]
        rhos.append(stats.spearmanr([X[i] for i in rows], [Y[i] for i in rows]).statistic)
    se = np.arctanh(rhos).std(ddof=1)
    sizes = np.array([AUTHORS.count(name) for name in names])
    effective = 26**2 / (sizes**2).sum()
    assert found.estimate is not None
    assert found.cluster_interval is not None
    assert found.cluster_se == pytest.approx(se, rel=1e-12)
    assert found.effective_clusters == pytest.approx(effective)
    free = 2 / (1 / (effective - 1) + 1 / (len(names) - 1))
    half = stats.t.ppf(0.975, free) * se
    low, high = np.tanh(np.arctanh(found.estimate) + np.array([-half, half]))
    interval = found.cluster_interval
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-12)
    assert (interval.clusters, interval.draws, interval.seed) == (14, 300, 7)


def test_float_noise_and_row_order_change_nothing() -> None:
    plain = spearman(X, Y, AUTHORS, draws=200)
    noisy = [x + 1e-12 * (-1) ** i for i, x in enumerate(X)]
    assert spearman(noisy, Y, AUTHORS, draws=200) == plain
    turned = spearman(X[::-1], Y[::-1], AUTHORS[::-1], draws=200)
    assert turned.cluster_interval == plain.cluster_interval


def test_pairs_equal_single_calls_and_missing_is_dropped() -> None:
    holes = [*Y[:-2], -1, 1e13]
    both = spearman_pairs({"x": X}, {"y": Y, "holes": holes}, AUTHORS, draws=200)
    assert both["x", "y"] == spearman(X, Y, AUTHORS, draws=200)
    assert both["x", "holes"] == spearman(X, holes, AUTHORS, draws=200)
    assert both["x", "holes"].n == 24


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([1.0] * 7, list(range(7)), "only 7 models"),
        ([2.0] * 9, list(range(9)), "all ratings are equal"),
        (list(range(9)), [0] * 9, "all outcomes are equal"),
        ([math.nan] * 9, list(range(9)), "only 0 models"),
        ([], [], "only 0 models"),
    ],
)
def test_refusals(x: list[float], y: list[int], reason: str) -> None:
    found = spearman(x, y, range(len(x)))
    assert found.estimate is None
    assert found.reason is not None
    assert found.reason.startswith(reason)


def test_few_authors_refuse_only_the_cluster_interval() -> None:
    found = spearman(X, Y, ["a", "b"] * 13)
    assert found.estimate is not None
    assert found.cluster_interval is None
    assert found.cluster_reason == "only 2 authors; at least 5 are needed"


def test_rare_outcome_refuses_the_cluster_interval() -> None:
    found = spearman(range(20), [0] * 19 + [5], range(20))
    assert found.cluster_interval is None
    assert found.cluster_reason is not None
    assert "of the draws" in found.cluster_reason


def test_missing_author_stands_alone() -> None:
    found = spearman(X, Y, [None] * 26, draws=200).cluster_interval
    assert found is not None
    assert found.clusters == 26


def test_perfect_agreement_has_no_formula_interval() -> None:
    found = spearman(range(9), range(9), range(9), draws=200)
    assert found.estimate == pytest.approx(1)
    assert found.interval is None
    assert found.interval_reason
    assert found.cluster_interval is None
    assert found.cluster_reason


def test_author_interval_covers_where_the_plain_one_does_not() -> None:
    """A score and an outcome drawn per author, unrelated: rho is 0."""
    rng = np.random.default_rng(5)
    plain = author = 0
    for _ in range(400):
        names = np.repeat(np.arange(40), rng.integers(1, 8, 40))
        x, y = (rng.normal(size=40)[names] + 0.3 * rng.normal(size=names.size) for _ in "xy")
        found = spearman(x, np.exp(y), names, draws=200)
        assert found.interval is not None
        assert found.cluster_interval is not None
        plain += not found.interval.excludes_zero
        author += not found.cluster_interval.excludes_zero
    assert author / 400 > 0.93
    assert plain / 400 < 0.8


@pytest.mark.parametrize("options", [{"draws": 99}, {"level": 1.0}])
def test_wrong_options(options: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        spearman(X, Y, **options)  # type: ignore[arg-type]


def test_kendall_by_author_equals_the_bootstrap() -> None:
    rng = np.random.default_rng(3)
    names = np.repeat(np.arange(60), rng.integers(1, 8, 60))
    shared = rng.normal(size=60)[names]
    x = np.round(shared + rng.normal(size=names.size), 1)
    y = rng.poisson(np.exp(0.5 * shared + 0.3 * rng.normal(size=names.size)))
    found = spearman(x, y, names, draws=200).concordance
    assert found is not None
    assert found.cluster_interval is not None
    taus = []
    for _ in range(600):
        picked = rng.integers(60, size=60)
        rows = np.concatenate([np.flatnonzero(names == name) for name in picked])
        taus.append(stats.kendalltau(x[rows], y[rows]).statistic)
    width = found.cluster_interval.high - found.cluster_interval.low
    assert width == pytest.approx(2 * 2.02 * np.std(taus), rel=0.12)
    assert found.cluster_interval.low < found.tau_b < found.cluster_interval.high


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="one length"):
        spearman(X, Y[:-1])


def test_missing_scipy_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(ConfigError, match="statistics need scipy") as caught:
        spearman(X, Y)
    assert caught.value.hint == "pip install 'cardiogram[study]'"


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 1000)), min_size=8, max_size=40))
def test_rho_is_invariant_under_monotone_transforms(pairs: list[tuple[int, int]]) -> None:
    x, y = np.array(pairs, dtype=float).T
    plain, bent = (spearman(a, b, range(len(a)), draws=100) for a, b in ((x, y), (x**3, y * 7 + 1)))
    assert plain == bent


def test_rho_and_its_p_value_are_scipys_to_the_last_bit() -> None:
    rng = np.random.default_rng(0)
    for n in (8, 9, 31, 200, 601):
        for decimals in (0, 1, 4):
            x = np.round(rng.normal(size=n), decimals)
            y = np.round(x + rng.normal(size=n), decimals)
            rho, p_value = stats.spearmanr(x, y)
            found = associate_pair(x, y, 0.95)
            assert (found.estimate, found.p_value) == (rho, p_value)
