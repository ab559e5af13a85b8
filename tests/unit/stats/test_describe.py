from cardiogram.stats.describe import describe_outcome, describe_ratings, histogram


def test_missing_and_impossible_scores_are_left_out() -> None:
    assert histogram([1, 2, 2, 6, 0, None]).counts == (1, 2, 0, 0, 0)
    assert describe_ratings([1, 2, 3, None]).n == 3


def test_nothing_is_none_and_never_nan() -> None:
    assert describe_ratings([]).mean is None
    assert describe_ratings([None]).quantiles.lower is None
    assert describe_outcome([]).max is None


def test_outcome() -> None:
    found = describe_outcome([0, 4, 8, -3, None])
    assert (found.n, found.median, found.mean, found.zeros, found.max) == (3, 4.0, 4.0, 1, 8.0)
