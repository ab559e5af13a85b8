import numpy as np
import pytest
import statsmodels.api as sm

from cardiogram.stats.ranks.partial import Covariates, build_covariates
from cardiogram.stats.regression.counts import fit_any, fit_hurdle, negative_binomial, ppml
from cardiogram.stats.regression.regression import Norm, least_squares, m_estimator
from cardiogram.stats.regression.theil_sen import MOST_ROWS, theil_sen
from cardiogram.stats.resampling.cluster_bootstrap import Resampling


def made_up(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, n // 4, n)
    x = rng.uniform(1, 5, n)
    y = rng.poisson(np.exp(1 + 0.4 * x + 0.5 * rng.normal(size=codes.max() + 1)[codes]))
    return x, y.astype(float), codes


@pytest.mark.parametrize("norm", ["huber", "tukey"])
def test_the_error_by_author_of_one_author_a_model_is_fair(norm: Norm) -> None:
    """One author a model: the error by author is the library's own, but for noise."""
    x, y, _ = made_up(0)
    found = m_estimator(x, y, np.arange(x.size), norm)
    assert found.estimate == pytest.approx(0.4, abs=0.08)
    assert found.se is not None
    assert found.cluster_se == pytest.approx(found.se, rel=0.12)


def test_theil_sen_by_author_is_sens_interval_where_every_author_has_one_model() -> None:
    x, y, _ = made_up(1)
    found = theil_sen(x, y, np.arange(x.size))
    assert found.interval is not None
    assert found.cluster_interval is not None
    width = found.interval.high - found.interval.low
    wider = found.cluster_interval.high - found.cluster_interval.low
    assert wider == pytest.approx(width, rel=0.2)
    assert found.cluster_interval.low < (found.estimate or 0) < found.cluster_interval.high


def test_theil_sen_draws_rows_where_there_are_too_many() -> None:
    x, y, codes = made_up(2, 3 * MOST_ROWS)
    found = theil_sen(x, y, codes, Resampling(seed=4))
    assert (found.n, found.seed) == (MOST_ROWS, 4)
    assert "drawn at random" in found.method


def test_robust_lines_are_refused_where_scale_or_slope_collapse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x = np.arange(100.0)
    with monkeypatch.context() as patched:
        patched.setattr("statsmodels.api.RLM", None)  # it would keep the rows of all its steps
        flat = m_estimator(x, np.expm1(x / 50), np.arange(100), "tukey")
    assert flat.reason == (
        "the scale collapses: more than half of the models lie on one line exactly"
    )
    zeros = np.array([0.0] * 60 + [5.0] * 40)
    mostly = m_estimator(np.tile(np.arange(10.0), 10), zeros, np.arange(100), "huber")
    assert mostly.reason is not None
    tied = theil_sen(np.tile(np.arange(10.0), 10), zeros, np.arange(100))
    assert tied.reason == "ties make the median slope over pairs exactly 0"


def test_huber_is_answered_where_half_of_the_outcomes_are_0() -> None:
    """A rating that is no whole number: the line is no line through the zeros alone."""
    x, y, codes = made_up(8)
    y[np.random.default_rng(1).random(400) < 0.5 - 0.05 * (x - 3)] = 0
    assert 0.5 < np.mean(y == 0) < 0.6
    found = m_estimator(x, y, codes, "huber", Resampling(0.95, 400, 0))
    assert found.reason is None
    assert found.cluster_interval is not None
    assert found.cluster_interval.low > 0


@pytest.mark.parametrize("norm", ["huber", "tukey"])
def test_lines_given_covariates_are_the_librarys(norm: Norm) -> None:
    x, y, codes = made_up(9)
    given, design = made_covariates(x)
    found = m_estimator(x, y, codes, norm, Resampling(0.95, 400, 0), given)
    loss = {"huber": sm.robust.norms.HuberT, "tukey": sm.robust.norms.TukeyBiweight}[norm]()
    fit = sm.RLM(np.log1p(y), design, M=loss).fit(conv="coefs", maxiter=5000, tol=1e-13)
    assert (found.estimate, found.se) == pytest.approx((fit.params[1], fit.bse[1]), rel=1e-8)
    assert (found.scale, found.intercept) == (pytest.approx(fit.scale, rel=1e-8), None)
    line = least_squares(x, y, codes, Resampling(0.95, 400, 0), given)
    ols = sm.OLS(np.log1p(y), design)
    assert line.estimate == pytest.approx(ols.fit().params[1], rel=1e-9)
    clustered = ols.fit(cov_type="cluster", cov_kwds={"groups": codes})
    assert line.cluster_se == pytest.approx(clustered.bse[1], rel=1e-9)


def made_covariates(x: np.ndarray) -> tuple[Covariates, np.ndarray]:
    """An age that goes with the rating, and four tasks; the design with the rating second."""
    rng = np.random.default_rng(10)
    age = x + rng.normal(size=x.size)
    tasks = [f"t{place}" for place in rng.integers(0, 4, x.size)]
    given = build_covariates({"age": age}, {"task": tasks})
    return given, np.column_stack([np.ones(x.size), x, given.matrix[:, 1:]])


def test_the_error_of_hubers_line_by_author_is_that_of_drawing_authors() -> None:
    """Better rated models have wilder outcomes, which least squares on pseudo-values missed."""
    rng = np.random.default_rng(11)
    codes = np.repeat(np.arange(120), rng.integers(1, 6, 120))
    x = np.clip(2.5 + rng.normal(size=codes.size), 1, 5)
    y = np.exp(1 + 0.4 * x + 0.3 * x * (rng.normal(size=codes.size) + rng.normal(size=120)[codes]))
    found = m_estimator(x, y, codes, "huber", Resampling(0.95, 400, 0))
    rows = [np.flatnonzero(codes == author) for author in range(120)]
    slopes = []
    for _ in range(200):
        drawn = np.concatenate([rows[author] for author in rng.integers(0, 120, 120)])
        design = sm.add_constant(x[drawn])
        slopes.append(sm.RLM(np.log1p(y[drawn]), design).fit().params[1])
    assert found.cluster_se == pytest.approx(np.std(slopes), rel=0.15)


def test_odds_of_any_given_covariates_are_the_librarys() -> None:
    x, y, codes = made_up(12)
    y[np.random.default_rng(0).random(400) < 0.7 - 0.1 * x] = 0
    given, design = made_covariates(x)
    found = fit_any(x, y, codes, Resampling(0.95, 400, 0), given)
    logit = sm.Logit((y > 0).astype(float), design)
    assert found.estimate == pytest.approx(logit.fit(disp=0).params[1], rel=1e-7)
    clustered = logit.fit(disp=0, cov_type="cluster", cov_kwds={"groups": codes})
    assert found.cluster_se == pytest.approx(clustered.bse[1], rel=1e-6)
    assert found.cluster_interval is not None
    assert found.cluster_interval.low < found.estimate < found.cluster_interval.high


def test_tasks_that_all_have_some_say_nothing_of_the_odds() -> None:
    x, y, codes = made_up(13)
    y[np.random.default_rng(0).random(400) < 0.4] = 0
    tasks = ["text"] * 200 + ["image"] * 150 + ["always used"] * 50
    y[350:] = 1
    found = fit_any(x, y, codes, covariates=build_covariates({}, {"task": tasks}))
    assert (found.n, found.dropped) == (350, 50)
    without = fit_any(
        x[:350], y[:350], codes[:350], covariates=build_covariates({}, {"task": tasks[:350]})
    )
    assert found.estimate == pytest.approx(without.estimate, rel=1e-9)


def test_a_rating_that_covariates_say_has_no_slope() -> None:
    x = np.repeat([1.0, 2.0], 20)
    given = build_covariates({}, {"task": ["a"] * 20 + ["b"] * 20})
    y, codes = np.tile([0.0, 1, 5, 9], 10), np.arange(40)
    for found in (
        m_estimator(x, y, codes, "huber", covariates=given),
        least_squares(x, y, codes, covariates=given),
        fit_any(x, y, codes, covariates=given),
    ):
        assert found.reason == "the covariates say all of the ratings"


def test_ppml_is_free_of_units_and_drops_empty_tasks() -> None:
    x, y, codes = made_up(3)
    tasks = ["text"] * 200 + ["image"] * 150 + ["never used"] * 50
    y[350:] = 0
    effects = build_covariates({}, {"task": tasks})
    found, day = (ppml(x, count, codes, effects) for count in (y, y / 30))
    assert found.estimate == pytest.approx(day.estimate, rel=1e-6)
    assert (found.n, found.dropped) == (350, 50)
    without = ppml(x[:350], y[:350], codes[:350], build_covariates({}, {"task": tasks[:350]}))
    assert found.estimate == pytest.approx(without.estimate, rel=1e-9)
    assert found.cluster_se == pytest.approx(without.cluster_se, rel=1e-9)


def test_ppml_refuses_a_rating_that_tasks_say() -> None:
    x = np.array([1.0] * 20 + [2.0] * 20)
    tasks = ["a"] * 20 + ["b"] * 20
    found = ppml(x, np.arange(40.0), np.arange(40), build_covariates({}, {"task": tasks}))
    assert found.reason == "task and library say all of the ratings"


def test_hurdle_splits_any_from_how_many() -> None:
    x, y, codes = made_up(4)
    y[np.random.default_rng(0).random(400) < 0.4 - 0.05 * x] = 0
    some, more = fit_hurdle(x, y, codes)
    assert some.estimate is not None
    assert some.estimate > 0
    assert more.n == (y > 0).sum()
    assert more.estimate == pytest.approx(0.4, abs=0.1)
    first, _ = fit_hurdle(x, y + 1, codes)
    assert first.reason == "all outcomes are above 0"


def test_perfect_separation_has_a_reason() -> None:
    x = np.arange(40.0)
    some, _ = fit_hurdle(x, np.where(x > 20, x, 0), np.arange(40))
    assert some.estimate is None
    assert some.reason is not None


def test_negative_binomial_finds_the_maximum_of_wild_counts() -> None:
    rng = np.random.default_rng(5)
    x = rng.uniform(1, 5, 300)
    y = rng.poisson(np.exp(1 + x) * rng.gamma(0.3, 1 / 0.3, 300)).astype(float)
    found = negative_binomial(x, y, np.arange(300))
    assert found.estimate == pytest.approx(1, abs=0.2)
    assert found.scale == pytest.approx(1 / 0.3, rel=0.2)


def test_few_authors_refuse_only_what_rests_on_them() -> None:
    x, y, _ = made_up(6)
    for found in (
        ppml(x, y, np.arange(400) % 3),
        least_squares(x, y, np.arange(400) % 3),
        m_estimator(x, y, np.arange(400) % 3, "huber"),
        theil_sen(x, y, np.arange(400) % 3),
    ):
        assert found.estimate is not None
        assert found.cluster_interval is None
        assert found.cluster_reason == "only 3 authors; at least 5 are needed"
