import weakref

import numpy as np
import pytest
import statsmodels.api as sm

from cardiogram.cards import collector_paused
from cardiogram.stats.ranks.partial import build_covariates
from cardiogram.stats.regression.counts import ppml
from cardiogram.stats.regression.restricted_fits import RestrictedLine, RestrictedPoisson
from cardiogram.stats.regression.score_bootstrap import crossing, draw_weights, score_bootstrap_test
from cardiogram.stats.resampling.cluster_bootstrap import Resampling

RNG = np.random.default_rng(3)
N = 200
CODES = RNG.integers(0, 25, N)
TASKS = [f"t{i % 3}" for i in range(N)]
X = np.round(RNG.uniform(1, 5, N), 3)
Y = RNG.poisson(np.exp(0.4 * X + RNG.normal(size=25)[CODES])).astype(float)
EFFECTS = build_covariates({}, {"task": TASKS}, minimum=1).matrix


@pytest.mark.parametrize("slope", [-0.7, 0.0, 0.4, 2.0])
def test_scores_are_those_of_the_whole_model(slope: float) -> None:
    """Counts added up by cell give what all rows give, with the slope as an offset."""
    restricted = RestrictedPoisson.of(X, Y, CODES, EFFECTS)
    whole = sm.GLM(Y, EFFECTS, family=sm.families.Poisson(), offset=slope * X)
    mean = whole.fit(tol=1e-12).fittedvalues
    told = sm.WLS(X, EFFECTS, weights=mean).fit().fittedvalues
    expected = np.bincount(CODES, (X - told) * (Y - mean))
    order = np.sort(restricted.scores(slope))
    assert order == pytest.approx(np.sort(expected), rel=1e-6, abs=1e-6 * np.abs(expected).max())


def test_scores_add_up_to_zero_at_the_estimate() -> None:
    found = ppml(X, Y, CODES, build_covariates({}, {"task": TASKS}, minimum=1))
    assert found.estimate is not None
    scores = RestrictedPoisson.of(X, Y, CODES, EFFECTS).scores(found.estimate)
    assert abs(scores.sum()) < 1e-6 * np.abs(scores).sum()
    interval = found.cluster_interval
    assert interval is not None
    assert interval.low < found.estimate < interval.high
    assert (interval.method, interval.draws) == ("author-cluster wild score bootstrap", 2000)
    assert found.cluster_p_value is not None
    assert (found.cluster_p_value < 0.05) == interval.excludes_zero


def test_the_bounds_are_slopes_that_are_just_refused() -> None:
    restricted, resampling = RestrictedPoisson.of(X, Y, CODES, EFFECTS), Resampling(0.95, 999, 1)
    found = score_bootstrap_test(restricted, 0.4, 0.1, resampling, 30)
    assert found.low is not None
    assert found.high is not None
    signs = draw_weights(25, 999, 1)
    for bound in (found.low, found.high):
        scores = restricted.scores(bound)
        beyond = np.mean(signs.sums(scores) >= abs(scores.sum()))
        assert beyond == pytest.approx(0.05, abs=0.01)


def test_one_author_with_nearly_all_of_it_gives_no_bound() -> None:
    counts = np.where(CODES == 3, 10_000 * Y, Y)
    found = ppml(X, counts, CODES)
    assert found.estimate is not None
    assert found.cluster_interval is None
    assert "so few authors have most of the outcome" in (found.cluster_reason or "")
    assert found.cluster_p_value is not None


def test_many_authors_are_drawn_as_a_sum() -> None:
    """Signs of their own for the first thousand, one normal number for the rest."""
    scores = np.random.default_rng(0).normal(size=5000)
    drawn = draw_weights(5000, 4000, 0).sums(scores)
    assert np.mean(drawn**2) == pytest.approx(scores @ scores, rel=0.1)
    assert draw_weights(5000, 4000, 0).matrix.shape == (4000, 1000)


def test_crossing() -> None:
    assert crossing(lambda at: at - 5, 0, 0.1) == pytest.approx(5, abs=0.01)
    assert crossing(lambda at: at - 5, 0, 0.1, limit=4) is None
    assert crossing(lambda at: -1.0, 0, 0.1, limit=1e9) is None


def test_an_author_who_is_fitted_by_covariates_gets_what_was_fitted_back() -> None:
    """Of errors alike everywhere, an author's score then varies as it would by itself, or more."""
    rng = np.random.default_rng(6)
    codes = np.repeat(np.arange(20), [20, *[2] * 19])
    task = (codes < 1).astype(float)
    design = np.column_stack([np.ones(codes.size), task, rng.normal(size=codes.size)])
    rating = rng.normal(size=20)[codes] + rng.normal(size=codes.size)
    line = RestrictedLine.of(rating, rating, codes, design)
    basis = np.linalg.qr(design)[0]
    errors = rng.normal(size=(4000, codes.size))
    left = errors - (errors @ basis) @ basis.T
    for author in range(20):
        rows = line.author == author
        bare = (left[:, rows] @ line.rating[rows]).std()
        own = (errors[:, rows] @ line.rating[rows]).std()
        assert bare * np.sqrt(line.inflation[author]) == pytest.approx(own, rel=0.06)
    assert (line.inflation > 1).all()
    assert line.inflation.max() > 1.1


def test_what_a_function_holds_goes_with_it() -> None:
    class Test:
        def __call__(self, at: float) -> float:
            return at - 5

    test = Test()
    held = weakref.ref(test)
    with collector_paused():
        crossing(test, 0, 0.1)
        del test
        assert held() is None
