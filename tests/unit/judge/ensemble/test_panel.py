import numpy as np
import pytest

from cardiogram.errors import DataError
from cardiogram.judge.ensemble.panel import fit_severity


def test_severity_is_found_again_and_its_interval_covers() -> None:
    true = np.array([-0.5, 0.1, 0.4])
    covered = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        owner = rng.integers(0, 60, 200)
        habit = rng.normal(0, 0.3, (3, 60))  # a judge likes or dislikes an author's cards
        ratings = 3 + rng.normal(0, 0.4, 200) + true[:, None] + habit[:, owner]
        ratings += rng.normal(0, 0.3, (3, 200))
        ratings[rng.random(ratings.shape) < 0.3] = np.nan
        found = fit_severity(ratings, owner.astype(str), draws=200, seed=seed)
        covered += sum(
            (item.low or 0) <= value <= (item.high or 0)
            for item, value in zip(found.leniency, true, strict=True)
        )
    assert 0.89 <= covered / 300 <= 0.985
    assert np.nansum([item.value for item in found.leniency]) == pytest.approx(0, abs=1e-9)


def test_taking_severity_out_beats_the_mean_of_whoever_rated() -> None:
    rng = np.random.default_rng(1)
    worth = rng.uniform(2, 4, 300)
    ratings = worth + np.array([[-0.8], [0.0], [0.8]]) + rng.normal(0, 0.2, (3, 300))
    ratings[rng.random(ratings.shape) < 0.5] = np.nan
    rated = np.isfinite(ratings).any(axis=0)
    found = fit_severity(ratings, [f"a{i}" for i in range(300)], draws=10).worth
    plain = np.nanmean(ratings[:, rated], axis=0)
    error, naive = (float(np.mean((side - worth[rated]) ** 2)) for side in (found[rated], plain))
    assert error < naive / 3
    assert np.isnan(found[~rated]).all()


def test_judges_without_cards_in_common_cannot_be_compared() -> None:
    with pytest.raises(DataError, match="in common"):
        fit_severity([[1, 2, np.nan, np.nan], [np.nan, np.nan, 3, 4]], list("abcd"))
