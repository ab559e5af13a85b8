"""Which two days are compared, what changed between them, and where that goes."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from cardiogram.analysis.changes import (
    Changed,
    before_log1p,
    changes_of,
    choose_span,
    clean,
    describe_changes,
    no_poisson,
)
from cardiogram.collect.daily_counts import Dated
from cardiogram.stats.resampling.cluster_bootstrap import Floats

START = date(2026, 9, 1)


def days(*after: int) -> list[date]:
    return [START + timedelta(days=n) for n in after]


def dated(*counted: tuple[int, list[float], list[float], list[float]]) -> Dated:
    """Days after the start, each with downloads, all-time downloads and likes."""
    names = ("downloads", "downloads_all_time", "likes")
    return Dated(
        {
            START + timedelta(days=n): dict(zip(names, map(np.array, columns), strict=True))
            for n, *columns in counted
        }
    )


@pytest.mark.parametrize(
    ("after", "chosen"),
    [
        ((0,), None),
        ((0, 24), None),
        ((0, 36), None),
        ((0, 25), (0, 25)),
        ((0, 35), (0, 35)),
        ((0, 28, 33), (0, 28)),
        ((0, 10, 29, 41), (10, 41)),  # as near as 0 to 29: the later pair
        ((0, 30, 60), (30, 60)),
        ((0, 30, 300), (0, 30)),
    ],
)
def test_the_pair_nearest_to_30_days(
    after: tuple[int, ...], chosen: tuple[int, int] | None
) -> None:
    found = choose_span(days(*after), np.ones((len(after), 9), bool))
    assert (None if found is None else [found.before, found.after]) == (
        None if chosen is None else days(*chosen)
    )


def test_a_pair_that_hardly_any_model_has_is_not_preferred() -> None:
    present = np.ones((3, 20), bool)
    present[1, 5:] = False
    found = choose_span(days(0, 2, 32), present)
    assert found is not None
    assert found.days == 32
    # Where no pair has enough models the nearest is taken, and the reasons say how few there are.
    found = choose_span(days(0, 2, 32), present[:, :7])
    assert found is not None
    assert found.days == 30


def test_changes_are_differences_and_one_log_ratio() -> None:
    nan = np.nan
    found = changes_of(
        dated(
            (0, [9.0, 0, 5, nan], [100.0, 10, 50, 7], [3.0, 2, nan, 1]),
            (30, [19.0, 0, nan, 4], [120.0, 8, 50, 9], [5.0, 1, 4, nan]),
        )
    )
    assert found.columns is not None
    likes, new, growth = (found.columns[name] for name in found.columns)
    np.testing.assert_array_equal(likes, [2, -1, nan, nan])
    np.testing.assert_array_equal(new, [20, -2, 0, 2])
    np.testing.assert_allclose(growth, [np.log(2), 0, nan, nan])
    assert found.fell == {"likes": 1, "downloads_all_time": 1}
    told = describe_changes(found)
    assert told is not None
    assert (told.before, told.after, told.days) == ("2026-09-01", "2026-10-01", 30)
    assert {name: outcome.n for name, outcome in told.outcomes.items()} == {
        "likes_change": 2,
        "downloads_all_time_change": 3,  # one fell: an error of the data
        "downloads_change": 2,
    }
    words = " ".join(told.words)
    assert "from 2026-09-01 to 2026-10-01, 30 days" in words
    assert "The all-time downloads of one model fell, which is an error" in words
    assert "One model lost likes" in words


def test_models_without_any_count_on_a_day_are_counted() -> None:
    none = [np.nan, 1.0]
    found = changes_of(dated((0, none, none, none), (30, [1.0, 1], [1.0, 1], [1.0, 1])))
    assert found.missing == (1, 0)
    assert found.fell == {"likes": 0, "downloads_all_time": 0}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Dated(), "the counts have no date"),
        (dated((0, [1.0], [1.0], [1.0])), "all counts are of 2026-09-01"),
        (
            dated((0, [1.0], [1.0], [1.0]), (7, [1.0], [1.0], [1.0])),
            "there are counts of 2 days from 2026-09-01 to 2026-09-08",
        ),
    ],
)
def test_without_a_pair_there_is_one_sentence(found: Dated, words: str) -> None:
    changed = changes_of(found)
    assert describe_changes(changed) is None
    assert changed.columns is None
    assert words in changed.words
    assert "25 to 35 days apart" in changed.words
    assert changed.words.count(".") == 1
    told = changes_of(Dated(found.days, {"counts that cannot be true": 3})).words
    assert told == f"{changed.words} Left out while counts were read: 3 counts that cannot be true."


def test_the_words_name_both_days_of_many() -> None:
    span = choose_span(days(0, 28, 33), np.ones((3, 9), bool))
    said = Changed(tuple(days(0, 28, 33)), span).words
    assert "28 days; nothing is scaled to 30. Of 3 days with counts" in said


@pytest.mark.parametrize(
    ("outcome", "values", "kept"),
    [
        ("likes", [-1, 2, 1e13, np.inf], [None, 2, None, None]),
        ("downloads_all_time_change", [-1, 2, 1e13, np.nan], [None, 2, None, None]),
        ("likes_change", [-1, 2, -1e13, np.inf], [-1, 2, None, None]),
        ("downloads_change", [-0.5, 2, np.nan, -np.inf], [-0.5, 2, None, None]),
    ],
)
def test_only_a_count_may_not_be_negative(
    outcome: str, values: list[float], kept: list[Any]
) -> None:
    found = clean(outcome, np.array(values))
    assert [None if np.isnan(value) else value for value in found] == kept


@pytest.mark.parametrize("outcome", ["likes", "likes_change", "downloads_change"])
def test_the_log_scale_keeps_the_order(outcome: str) -> None:
    values: Floats = np.array([-8.0, -1, -0.25, 0, 0.25, 1, 8])
    if outcome == "likes":
        values = np.abs(values)
    on_scale = np.log1p(before_log1p(outcome, values))
    assert np.isfinite(on_scale).all()
    assert np.array_equal(np.argsort(on_scale, kind="stable"), np.argsort(values, kind="stable"))
    expected = {
        "likes": np.log1p(np.abs(values)),
        "likes_change": np.sign(values) * np.log1p(np.abs(values)),
        "downloads_change": values,
    }[outcome]
    np.testing.assert_allclose(on_scale, expected, atol=1e-12)


def test_a_model_of_counts_is_refused_with_a_reason() -> None:
    assert no_poisson("downloads_change", np.zeros(9)) == (
        "a log ratio is no count: it can be negative"
    )
    few, many = np.array([-1.0] + [1] * 19), np.array([-1.0] * 2 + [1] * 18)
    assert no_poisson("likes_change", few) is None
    assert "2 of 20 models lost some" in str(no_poisson("likes_change", many))
