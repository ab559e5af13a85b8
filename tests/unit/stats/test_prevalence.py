"""Adjusted odds of traits: one fit of the covariates, many tests by random signs."""

import numpy as np
import pytest
import statsmodels.api as sm

from cardiogram.stats.prevalence import bound_odds, find_popular, limit_covariates, odds_ratios
from cardiogram.stats.ranks.partial import build_covariates
from cardiogram.stats.regression.restricted_fits import RestrictedGlm
from cardiogram.stats.regression.score_bootstrap import no_slope_p_value
from cardiogram.stats.resampling.cluster_bootstrap import Resampling

RESAMPLING = Resampling(0.95, 499, 0)
RNG = np.random.default_rng(0)
CODES = np.repeat(np.arange(120), RNG.integers(1, 6, 120))
N = CODES.size
AGE = RNG.normal(size=N)
TASKS = [f"t{place}" for place in RNG.integers(0, 4, N)]
GIVEN = build_covariates({"age": AGE}, {"task": TASKS})
FAME = RNG.normal(size=120)[CODES]
OUTCOME = np.exp(AGE + FAME + RNG.normal(size=N))
FLAGS = (RNG.normal(size=(N, 6)) + np.arange(6) / 4 * FAME[:, None] > 0).astype(float)


def test_each_trait_has_the_librarys_odds_and_a_p_value_of_its_own_fit() -> None:
    among = find_popular(OUTCOME, GIVEN, CODES)
    odds = odds_ratios(FLAGS, among, RESAMPLING)
    design = among.covariates.matrix
    for flag, one in zip(FLAGS.T, odds, strict=True):
        fit = sm.Logit(among.top, np.column_stack([design, flag])).fit(disp=0)
        assert one.estimate == pytest.approx(np.exp(fit.params[-1]), rel=1e-6)
        alone = RestrictedGlm.of(flag, among.top, CODES, sm.families.Binomial(), design)
        assert one.p_value == pytest.approx(no_slope_p_value(alone, RESAMPLING), abs=0.04)
        assert one.interval is None


def test_the_interval_leaves_out_1_where_the_p_value_is_small() -> None:
    among = find_popular(OUTCOME, GIVEN, CODES)
    for flag, odds in zip(FLAGS.T, odds_ratios(FLAGS, among, RESAMPLING), strict=True):
        bounded = bound_odds(odds, flag, among, RESAMPLING)
        assert bounded.interval is not None
        assert bounded.estimate is not None
        assert bounded.interval.low < bounded.estimate < bounded.interval.high
        if not 0.03 < (odds.p_value or 1.0) < 0.08:
            out = bounded.interval.low > 1 or bounded.interval.high < 1
            assert out == ((odds.p_value or 1.0) < 0.05)


def test_traits_of_no_meaning_are_rarely_told_apart() -> None:
    """A trait drawn by author, as authors' cards resemble each other."""
    among = find_popular(OUTCOME, GIVEN, CODES)
    rng = np.random.default_rng(1)
    flags = (rng.normal(size=(120, 400))[CODES] + 0.3 * rng.normal(size=(N, 400)) > 0).astype(float)
    p_values = [odds.p_value for odds in odds_ratios(flags, among, RESAMPLING)]
    assert all(p is not None for p in p_values)
    assert 0.02 <= np.mean([(p or 1.0) < 0.05 for p in p_values]) <= 0.08


def test_models_of_very_few_authors_have_signs_of_their_own() -> None:
    among = find_popular(OUTCOME, GIVEN, CODES % 3)
    odds = odds_ratios(FLAGS, among, RESAMPLING)[0]
    assert odds.p_value is not None
    assert odds.p_value > 0.01


def test_levels_that_are_too_many_become_one_and_none_joins_the_reference() -> None:
    limited = limit_covariates(GIVEN, 3)
    assert limited.column_names == ("1", "age", *limited.column_names[2:])
    assert len(limited.column_names) == 4
    assert limited.matrix[:, 2:].sum() == GIVEN.matrix[:, 2:].sum()
    assert limit_covariates(GIVEN, 10).column_names == GIVEN.column_names
