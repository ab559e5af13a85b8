"""Slopes restricted: what authors' scores are, and the jackknife of Kendall's coefficient."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from cardiogram.stats.regression.regression import least_squares, theil_sen
from cardiogram.stats.regression.restricted_fits import RestrictedGlm, RestrictedLine, by_influence
from cardiogram.stats.resampling.cluster_bootstrap import Resampling, degrees_of_freedom
from simulated import KINDS, Simulated

ONE = Simulated.likes(np.random.default_rng(4), 60, 0.5)


@pytest.mark.parametrize("name", KINDS)
def test_scores_add_up_to_zero_at_the_estimate_alone(name: str) -> None:
    kind = KINDS[name]
    one = kind.draw(np.random.default_rng(4), 60, 0.5)
    found = kind.fit(one.rating, one, Resampling(0.95, 200, 0))
    assert found.estimate is not None
    restricted = kind.hold(one.rating, one)
    there, below, above = (restricted.scores(found.estimate + by) for by in (0.0, -0.3, 0.3))
    assert abs(there.sum()) < 1e-5 * np.abs(there).sum()
    assert above.sum() < 0 < below.sum()
    interval = found.cluster_interval
    assert interval is not None
    assert interval.low < found.estimate < interval.high
    assert interval.method == "author-cluster wild score bootstrap"
    assert found.seed == 0


def test_scores_of_a_logit_are_the_librarys_less_what_the_intercept_takes() -> None:
    some, slope = (ONE.count > 0).astype(float), 0.3
    restricted = RestrictedGlm.of(ONE.rating, some, ONE.codes, sm.families.Binomial())
    one = np.ones((some.size, 1))
    alone = sm.GLM(some, one, sm.families.Binomial(), offset=slope * ONE.rating).fit()
    model = sm.Logit(some, sm.add_constant(ONE.rating))
    at = np.array([float(alone.params[0]), slope])
    rows, curvature = model.score_obs(at), model.hessian(at)
    effective = rows[:, 1] - rows[:, 0] * curvature[0, 1] / curvature[0, 0]
    expected = np.sort(np.bincount(ONE.codes, effective))
    assert np.sort(restricted.scores(slope)) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_scores_of_a_line_are_its_residuals_times_the_rating() -> None:
    y = np.log1p(ONE.count)
    rest = sm.OLS(y - 0.2 * ONE.rating, np.ones(y.size)).fit().resid
    expected = np.bincount(ONE.codes, (ONE.rating - ONE.rating.mean()) * rest)
    scores = RestrictedLine.of(ONE.rating, y, ONE.codes).scores(0.2)
    assert np.sort(scores) == pytest.approx(np.sort(expected), rel=1e-9)


def test_five_authors_refuse_no_slope() -> None:
    """All signs alike is one draw of sixteen: nothing is rarer than 5 %, whatever the slope."""
    rng = np.random.default_rng(0)
    counts = rng.poisson(9, 200).astype(float)
    found = least_squares(rng.normal(size=200), counts, np.arange(200) % 5)
    assert found.estimate is not None
    assert found.cluster_interval is None
    assert "so few authors have most" in (found.cluster_reason or "")
    assert found.cluster_p_value is not None
    assert found.cluster_p_value > 0.05


def test_influential_authors_come_first() -> None:
    assert by_influence(np.array([5, 5, 9, 7]), np.array([1.0, 1, 9, 0])).tolist() == [1, 1, 0, 2]


def test_the_error_of_a_median_slope_is_a_jackknife_of_authors() -> None:
    one = Simulated.downloads(np.random.default_rng(3), 30, 0.5)
    y = np.log1p(one.count)
    found = theil_sen(one.rating, one.count, one.codes)
    assert found.cluster_interval is not None

    def coefficient(rows: np.ndarray, slope: float) -> float:
        x, rest = one.rating[rows], (y - slope * one.rating)[rows]
        sides = np.sign(x[:, None] - x)
        return float((sides * np.sign(rest[:, None] - rest)).sum() / np.abs(sides).sum())

    bound = found.cluster_interval.high
    whole = coefficient(np.ones(y.size, dtype=bool), bound)
    without = np.array([coefficient(one.codes != author, bound) for author in range(30)])
    error = np.sqrt(29 / 30 * np.sum((without - whole) ** 2))
    t = stats.t.ppf(0.975, degrees_of_freedom(one.codes))
    assert abs(whole) / error == pytest.approx(t, rel=0.05)  # the sum of signs moves in steps
