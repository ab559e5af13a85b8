import pytest

from cardiogram.analysis.sentences import describe_comparison, describe_effect, turns_the_sign
from cardiogram.stats.ranks.dependent import CorrelationComparison, Correlations
from cardiogram.stats.regression.regression import Regression
from cardiogram.stats.resampling.cluster_bootstrap import ClusterTest, Interval


def slope(estimate: float | None) -> Regression:
    return Regression("a method", "a call", 20, estimate=estimate)


def test_an_author_turns_the_sign_only_where_both_slopes_are_known() -> None:
    assert turns_the_sign(slope(-1.0), slope(2.0))
    assert not turns_the_sign(slope(1.0), slope(2.0))
    assert not turns_the_sign(slope(None), slope(2.0))
    assert not turns_the_sign(slope(1.0), slope(None))


def poisson(estimate: float, low: float, high: float) -> Regression:
    interval = Interval(0.95, low, high, "by author", 40, 200, 0)
    return Regression("a method", "a call", 20, estimate=estimate, cluster_interval=interval)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (poisson(0.9, 0.3, 1.5), "A card one point better is associated with 2.5 times the likes"),
        (poisson(0.9, -2.0, 4.5), "cannot be told from these data (estimate 2.5 times, 95 % inter"),
        (poisson(18.9, -2.0, 40.0), "from these data (95 % interval 0.14 to more than 1,000 by au"),
        (poisson(18.9, 2.0, 40.0), "is associated with more likes, how many times as many cannot"),
        (poisson(-18.9, -40.0, -9.0), "is associated with fewer likes, how many times as many"),
    ],
)
def test_no_ratio_is_absurd(found: Regression, words: str) -> None:
    said = describe_effect("overall_expected", "likes", found)
    assert words in said
    assert "e+" not in said
    assert "e-" not in said.replace("one-", "")


def test_an_interval_wider_than_any_difference_is_not_quoted() -> None:
    test = ClusterTest(Interval(0.95, -3.4, 3.5, "by author", 9, 200, 0))
    found = CorrelationComparison(24, Correlations(0.4, 0.35, 0.6, 24), by_author=test)
    said = describe_comparison("overall_expected", "likes", "downloads", found, "segment x")
    assert said.endswith("(segment x) cannot be told from these data (any difference fits them).")
