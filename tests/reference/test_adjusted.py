"""Adjusted intervals hold made-up effects; `benchmarks/coverage.py` runs it a thousand times."""

from collections import Counter

from adjusted_worlds import AdjustedStudy, TrueNumbers, covered
from cardiogram.stats.resampling import Resampling

RUNS = 200


def test_adjusted_intervals_cover_19_times_of_20() -> None:
    """95 % of 200 is 190, give or take 3.1: from 181 to 199 is three standard errors."""
    true = TrueNumbers.of(AdjustedStudy.draw(99, 20_000))
    hits = Counter[str]()
    for seed in range(RUNS):
        told = covered(AdjustedStudy.draw(seed), true, Resampling(0.95, 299, seed % 10))
        hits.update(name for name, inside in told.items() if inside)
    assert all(181 <= times <= 199 for times in hits.values()), hits
    assert len(hits) == 4
