"""Slopes restricted: what authors' scores are, and the jackknife of Kendall's coefficient."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from cardiogram.stats.regression.regression import least_squares
from cardiogram.stats.regression.restricted_fits import (
    LOSSES,
    Norm,
    RestrictedGlm,
    RestrictedLine,
    RestrictedRobust,
    by_influence,
    fit_robust,
)
from cardiogram.stats.regression.theil_sen import theil_sen
from cardiogram.stats.resampling.cluster_bootstrap import Resampling, degrees_of_freedom
from simulated import KINDS, Simulated

RNG = np.random.default_rng(5)
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


@pytest.mark.parametrize("norm", ["huber", "tukey"])
def test_robust_fits_are_the_librarys(norm: Norm) -> None:
    """Modified residuals come to where the library's reweighing comes, given covariates too."""
    kind = {"huber": sm.robust.norms.HuberT, "tukey": sm.robust.norms.TukeyBiweight}[norm]
    rng, y = np.random.default_rng(0), np.log1p(Simulated.downloads(RNG, 80, 0.5).count)
    tasks = rng.integers(0, 5, y.size)[:, None] == np.arange(1, 5)
    for design in (np.ones((y.size, 1)), np.column_stack([np.ones(y.size), tasks])):
        basis, corner = np.linalg.qr(design)
        found = fit_robust(basis, y, norm, basis.T @ y)
        fit = sm.RLM(y, design, M=kind()).fit(conv="coefs", maxiter=5000, tol=1e-13)
        assert np.linalg.solve(corner, found.slopes) == pytest.approx(fit.params, rel=1e-8)
        assert found.scale == pytest.approx(fit.scale, rel=1e-8)
        assert LOSSES[norm].psi(y) == pytest.approx(kind().psi(y), rel=1e-12)
        assert LOSSES[norm].slope(y) == pytest.approx(kind().psi_deriv(y), rel=1e-12)


def test_scores_of_hubers_line_given_covariates() -> None:
    """Psi of the library's restricted fit, times what covariates leave of the rating."""
    rng, slope = np.random.default_rng(1), 0.2
    y, tasks = np.log1p(ONE.count), rng.integers(0, 3, ONE.count.size)
    design = np.column_stack([np.ones(y.size), tasks == 1, tasks == 2]).astype(float)
    loss = sm.robust.norms.HuberT()
    fit = sm.RLM(y - slope * ONE.rating, design, M=loss).fit(conv="coefs", maxiter=5000, tol=1e-13)
    weights = loss.psi_deriv(fit.resid / fit.scale)
    left = ONE.rating - sm.WLS(ONE.rating, design, weights=weights).fit().fittedvalues
    expected = np.bincount(ONE.codes, left * loss.psi(fit.resid / fit.scale))
    scores = RestrictedRobust.of(ONE.rating, y, ONE.codes, "huber", design).scores(slope)
    assert np.sort(scores) == pytest.approx(np.sort(expected), rel=1e-6, abs=1e-8)


def test_scores_of_a_logit_given_covariates() -> None:
    some, rng = (ONE.count > 0).astype(float), np.random.default_rng(2)
    design = np.column_stack([np.ones(some.size), rng.normal(size=(some.size, 2))])
    family = sm.families.Binomial()
    fit = sm.GLM(some, design, family, offset=-0.4 * ONE.rating).fit(tol=1e-12)
    left = (
        ONE.rating
        - sm.WLS(ONE.rating, design, weights=fit.fittedvalues * (1 - fit.fittedvalues))
        .fit()
        .fittedvalues
    )
    expected = np.bincount(ONE.codes, left * (some - fit.fittedvalues))
    scores = RestrictedGlm.of(ONE.rating, some, ONE.codes, family, design).scores(-0.4)
    assert np.sort(scores) == pytest.approx(np.sort(expected), rel=1e-6, abs=1e-8)


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
