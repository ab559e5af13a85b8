import math
import re

import numpy as np
import pytest

from cardiogram.analysis.sentences import describe_effect, describe_without
from cardiogram.stats.ranks.partial import build_covariates
from cardiogram.stats.regression.counts import fit_hurdle, negative_binomial, ppml
from cardiogram.stats.regression.regression import (
    MOST_ROWS,
    Norm,
    least_squares,
    m_estimator,
    robust_refusal,
    theil_sen,
)
from cardiogram.stats.resampling.cluster_bootstrap import Resampling


def made_up(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, n // 4, n)
    x = rng.uniform(1, 5, n)
    y = rng.poisson(np.exp(1 + 0.4 * x + 0.5 * rng.normal(size=codes.max() + 1)[codes]))
    return x, y.astype(float), codes


@pytest.mark.parametrize("norm", ["huber", "tukey"])
def test_pseudo_values_give_the_same_line_and_a_fair_error(norm: Norm) -> None:
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


def test_lines_are_refused_where_half_is_zero_or_flat() -> None:
    zeros = np.array([0.0] * 60 + [5.0] * 40)
    assert (robust_refusal(zeros) or "").startswith("60% of the outcomes are 0")
    assert robust_refusal(np.arange(100.0)) is None
    x = np.arange(100.0)
    flat = m_estimator(x, np.expm1(x / 50), np.arange(100), "tukey")
    assert flat.reason == (
        "the scale collapses: more than half of the models lie on one line exactly"
    )
    tied = theil_sen(np.tile(np.arange(10.0), 10), zeros, np.arange(100))
    assert tied.reason == "ties make the median slope over pairs exactly 0"


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


def test_effect_in_words() -> None:
    x, y, codes = made_up(7)
    found = ppml(x, y, codes)
    words = describe_effect("overall_expected", "likes", found)
    assert re.match(
        r"A card one point better is associated with 1\.\d+ times the likes \(95 % interval", words
    )
    assert describe_without("org", 0.5, found).startswith("Without org, who has 50 % of them: 1.")
    noise = ppml(np.random.default_rng(0).permutation(x), y, codes)
    assert describe_effect("usage_expected", "likes", noise).startswith("How likes differ")
    none = ppml(x[:3], y[:3], codes[:3])
    assert "only 3 models" in describe_effect("overall_expected", "likes", none)
    assert math.isfinite(found.ratio or math.nan)
