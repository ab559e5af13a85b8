"""Within authors, specification curve, robustness value: against direct computations."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from cardiogram.stats import (
    permute_within,
    within_authors,
)
from cardiogram.stats.ranks import Covariates, build_covariates, partial_spearman
from cardiogram.stats.regression import least_squares, m_estimator, robustness_value
from cardiogram.stats.regression.specification import specification_curve
from cardiogram.stats.resampling import Resampling

RESAMPLING = Resampling(draws=500)
rng = np.random.default_rng(7)
CODES = np.repeat(np.arange(60), rng.integers(1, 6, 60)).astype(np.int64)
N = CODES.size
AGE, LIBRARY = rng.normal(size=N), rng.integers(0, 3, N)
X = rng.normal(size=60)[CODES] + 0.5 * rng.normal(size=N) + 0.3 * AGE
Y = np.abs(0.6 * X + rng.normal(size=60)[CODES] + LIBRARY + rng.normal(size=N))
COVARIATES = build_covariates({"created": AGE}, {"library": [f"l{level}" for level in LIBRARY]})
NAMES = {"created": "age", "library": "library"}


def test_the_slope_within_authors_is_that_of_author_effects() -> None:
    found = within_authors(X, Y, CODES, RESAMPLING)
    several = np.bincount(CODES)[CODES] > 1
    effects = (CODES[several, None] == np.unique(CODES[several])).astype(float)
    fit = sm.OLS(Y[several], np.column_stack([X[several], effects])).fit()
    assert found.estimate == pytest.approx(fit.params[0])
    assert found.models == several.sum()
    assert found.authors == np.unique(CODES[several]).size
    assert found.interval is not None
    assert found.interval.low < fit.params[0] < found.interval.high
    means = np.bincount(CODES, X) / np.bincount(CODES)
    within = np.var((X - means[CODES])[several]) / np.var(X[several])
    assert found.variance_share == pytest.approx(within)


@pytest.mark.parametrize("codes", [np.repeat(np.arange(10), 4), np.arange(40)])
def test_ratings_without_variance_within_have_no_share_of_it(codes: np.ndarray) -> None:
    """All cards of one rating, and no author with two cards."""
    outcome = np.random.default_rng(0).normal(size=40)
    found = within_authors(np.full(40, 2.3), outcome, codes, RESAMPLING)
    assert found.variance_share is None
    assert found.reason == "no author has models that differ in both numbers"


def test_permutation_within_authors_holds_where_there_is_no_link() -> None:
    draws = np.random.default_rng(0)
    p_values = [
        within_authors(
            draws.normal(size=40),
            draws.normal(size=40),
            np.repeat(np.arange(10), 4),
            Resampling(draws=200),
        ).p_value
        for _ in range(200)
    ]
    assert 2 <= sum(p is not None and p < 0.05 for p in p_values) <= 20


def test_the_interval_within_authors_and_its_p_value_are_one_test() -> None:
    """The slopes that are kept are those at which the permutation's p-value is above 5 %."""
    found = within_authors(X, Y, CODES, RESAMPLING)
    assert found.interval is not None
    for bound in (found.interval.low, found.interval.high):
        there = within_authors(X, Y - bound * X, CODES, RESAMPLING)
        assert there.p_value == pytest.approx(0.05, abs=0.01)


def test_the_interval_within_authors_covers_the_slope() -> None:
    draws, codes = np.random.default_rng(1), np.repeat(np.arange(30), 3)
    covered = 0
    for seed in range(400):
        x = draws.normal(size=30)[codes] + draws.normal(size=90)
        y = 0.5 * x + 2 * draws.normal(size=30)[codes] + draws.standard_t(4, size=90)
        span = within_authors(x, y, codes, Resampling(0.95, 300, seed)).interval
        assert span is not None
        covered += span.low <= 0.5 <= span.high
    assert 0.92 <= covered / 400 <= 0.975


def test_one_organisation_is_permuted_whole() -> None:
    x, y = X[:40], Y[:40] + X[:40]
    found = permute_within(x, y, np.zeros(40, np.int64), RESAMPLING)
    assert found.estimate == pytest.approx(stats.spearmanr(x, y)[0])
    assert found.interval is not None
    assert found.p_value is not None
    few = permute_within(x[:5], y[:5], np.zeros(5, np.int64), RESAMPLING)
    assert few.reason is not None
    assert "only 5 models" in few.reason


def test_authors_without_several_models_give_no_slope() -> None:
    alone = within_authors(X[:9], Y[:9], np.arange(9), RESAMPLING)
    assert (alone.authors, alone.models, alone.estimate) == (0, 0, None)
    assert alone.reason is not None


def test_each_point_of_the_curve_is_a_fit_by_name() -> None:
    samples = {"all models": np.ones(N, bool), "some": CODES > 10}
    points = list(specification_curve(X, Y, samples, COVARIATES, NAMES, CODES, RESAMPLING))
    assert len(points) == 4 * 2 * 3
    by_name = {(p.controls, p.rows, p.estimator): p for p in points}
    whole = ("age", "library")
    huber = m_estimator(X, np.expm1(Y), CODES, "huber", RESAMPLING, COVARIATES)
    point = by_name[whole, "all models", "robust regression"]
    assert point.estimate == pytest.approx(huber.estimate, abs=1e-6)
    assert point.p_value == huber.cluster_p_value
    line = least_squares(X, np.expm1(Y), CODES, RESAMPLING, COVARIATES)
    point = by_name[whole, "all models", "least squares"]
    assert point.estimate == pytest.approx(line.estimate)
    assert point.p_value == line.cluster_p_value
    rho = by_name[whole, "all models", "rank correlation"]
    assert rho.estimate == pytest.approx(partial_spearman(X, Y, COVARIATES).estimate)
    plain = by_name[(), "some", "rank correlation"]
    rows = samples["some"]
    assert plain.estimate == pytest.approx(stats.spearmanr(X[rows], Y[rows])[0])
    assert plain.n == rows.sum()


def test_the_robustness_value_is_cinelli_and_hazletts() -> None:
    found = robustness_value(X, Y, COVARIATES, NAMES)
    fit = sm.OLS(Y, np.column_stack([X, COVARIATES.matrix])).fit()
    f = abs(fit.tvalues[0]) / np.sqrt(fit.df_resid)
    assert found.value == pytest.approx((np.sqrt(f**4 + 4 * f**2) - f**2) / 2)
    assert found.benchmarks is not None
    t = fit.tvalues[1 + COVARIATES.column_names.index("created")]
    assert found.benchmarks["age"].outcome == pytest.approx(t**2 / (t**2 + fit.df_resid))
    alone = Covariates(np.ones((N, 1)), ("1",))
    assert robustness_value(X, Y, alone, NAMES).benchmarks == {}
    assert robustness_value(np.ones(N), Y, alone, NAMES).reason == "all ratings are equal"
