"""Groups: their means, intervals by author, and shares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cardiogram.stats.groups import MINIMUM_CARDS, MOST_GROUPS, describe_groups
from cardiogram.stats.resampling.cluster_bootstrap import Resampling

RESAMPLING = Resampling(draws=400)


def test_means_histograms_and_shares_are_of_the_group() -> None:
    scores = np.array([1.0] * 6 + [3.0] * 6 + [5.0] * 12 + [np.nan])
    labels = ["a"] * 12 + ["b"] * 12 + ["a"]
    outcome = np.r_[np.ones(24), 76.0]
    first, second = describe_groups(scores, labels, np.arange(25), {"likes": outcome}, RESAMPLING)
    assert (first.name, first.n, first.mean) == ("a", 12, 2.0)
    assert first.histogram.counts == (6, 0, 6, 0, 0)
    assert first.shares["models"] == pytest.approx(13 / 25)  # models without a rating count
    assert first.shares["likes"] == pytest.approx(88 / 100)
    assert (second.name, second.mean) == ("b", 5.0)
    assert second.interval is None  # it would have no width
    assert second.reason == "all are rated the same"


def test_no_interval_has_no_width() -> None:
    scores, authors = np.array([1.0, 3.0] * 12), np.repeat(np.arange(12), 2)
    labels = ["a"] * 24
    (same,) = describe_groups(scores, labels, authors, {}, RESAMPLING)
    assert (same.interval, same.reason) == (None, "all authors have the same mean")
    scores[0] = 2.0
    (apart,) = describe_groups(scores, labels, authors, {}, RESAMPLING)
    assert apart.interval is not None
    assert apart.interval.low < apart.interval.high


def test_intervals_are_by_author() -> None:
    rng = np.random.default_rng(1)
    author = np.repeat(np.arange(20), 10)
    scores = np.clip(np.rint(3 + rng.normal(size=20)[author]), 1, 5)
    (alone,) = describe_groups(scores, ["a"] * 200, np.arange(200), {}, RESAMPLING)
    (grouped,) = describe_groups(scores, ["a"] * 200, author, {}, RESAMPLING)
    assert alone.interval is not None
    assert grouped.interval is not None
    width = [span.high - span.low for span in (alone.interval, grouped.interval)]
    assert width[1] > 2 * width[0]  # ten cards of an author tell hardly more than one
    assert grouped.interval.low < grouped.mean < grouped.interval.high
    assert grouped.interval.clusters == 20


def test_small_groups_are_left_out_and_few_authors_have_no_interval() -> None:
    n = MINIMUM_CARDS
    scores = np.full(2 * n - 1, 2.0)
    labels = ["few authors"] * n + ["small"] * (n - 1)
    (found,) = describe_groups(scores, labels, np.zeros(2 * n - 1, np.int64), {}, RESAMPLING)
    assert found.name == "few authors"
    assert found.interval is None
    assert found.reason == "one author: too few for an interval"


def test_at_most_so_many_groups_the_largest_first() -> None:
    sizes = [MINIMUM_CARDS + extra % 7 for extra in range(MOST_GROUPS + 5)]
    labels = [f"g{number:02}" for number, size in enumerate(sizes) for _ in range(size)]
    scores = np.full(len(labels), 3.0)
    found = describe_groups(scores, labels, np.arange(len(labels)), {}, RESAMPLING)
    assert len(found) == MOST_GROUPS
    assert [group.n for group in found] == sorted((group.n for group in found), reverse=True)


@pytest.mark.parametrize("n", [0, 3])
def test_nothing_to_describe(n: int) -> None:
    empty = np.full(n, np.nan)
    assert describe_groups(empty, [None] * n, np.arange(n), {"likes": empty}, RESAMPLING) == []


def test_one_card_an_author_gives_the_textbook_interval() -> None:
    """Student's t of a plain mean, whose jackknife error is its standard error."""
    scores = np.array([1.0, 2.0, 3.0, 4.0, 5.0] * 6)
    (found,) = describe_groups(scores, ["a"] * 30, np.arange(30), {}, RESAMPLING)
    expected = stats.t.interval(0.95, 29, 3.0, stats.sem(scores))
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx(expected, rel=1e-12)
