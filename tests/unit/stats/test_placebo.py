"""Placebo designs keep what they promise to keep, and nothing else."""

import numpy as np
import pytest
import statsmodels.api as sm

from cardiogram.stats.placebo import confounded_ratings, permute_ratings
from cardiogram.stats.ranks.partial import build_covariates

RNG = np.random.default_rng(0)
CODES = np.repeat(np.arange(40), RNG.integers(1, 6, 40))
RATINGS = RNG.normal(size=40)[CODES] + 0.4 * RNG.normal(size=CODES.size)


def by_author(ratings: np.ndarray) -> np.ndarray:
    return np.bincount(CODES, ratings) / np.bincount(CODES)


def test_authors_means_change_places_and_deviations_stay_with_authors_of_several() -> None:
    placebo = permute_ratings(RATINGS, CODES, np.random.default_rng(1))
    single = np.flatnonzero(np.bincount(CODES) == 1)
    assert set(np.round(by_author(placebo)[single], 9)) <= set(np.round(by_author(RATINGS), 9))
    assert not np.allclose(placebo, RATINGS)
    assert placebo.mean() == pytest.approx(RATINGS.mean(), abs=0.6)


def test_two_ratings_of_a_model_go_together_and_the_unrated_stay_unrated() -> None:
    both = np.column_stack([RATINGS, 2 * RATINGS + 1])
    both[3] = np.nan
    placebo = permute_ratings(both, CODES, np.random.default_rng(2))
    assert np.isnan(placebo[3]).all()
    rated = np.isfinite(placebo[:, 0])
    assert rated.sum() == CODES.size - 1
    assert placebo[rated, 1] == pytest.approx(2 * placebo[rated, 0] + 1)


def test_ratings_are_unrelated_on_average() -> None:
    outcome = RNG.normal(size=40)[CODES] + RATINGS
    rhos = [
        np.corrcoef(permute_ratings(RATINGS, CODES, np.random.default_rng(seed)), outcome)[0, 1]
        for seed in range(400)
    ]
    assert abs(np.mean(rhos)) < 3 * np.std(rhos) / 20
    assert np.corrcoef(RATINGS, outcome)[0, 1] > 3 * np.std(rhos)


def test_confounded_ratings_follow_the_covariates_and_nothing_else() -> None:
    age = RATINGS + RNG.normal(size=CODES.size)
    given = build_covariates({"age": age}, {"task": [f"t{code % 3}" for code in CODES]})
    slopes = [
        sm.OLS(confounded_ratings(RATINGS, given, CODES, np.random.default_rng(seed)), given.matrix)
        .fit()
        .params
        for seed in range(300)
    ]
    real = sm.OLS(RATINGS, given.matrix).fit().params
    error = np.std(slopes, axis=0) / np.sqrt(300)
    assert np.all(np.abs(np.mean(slopes, axis=0) - real) < 4 * error)
    assert np.all(error > 0)
