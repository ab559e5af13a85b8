from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from cardiogram.stats.ranks.associations import associate_pair
from cardiogram.stats.ranks.jackknife import jackknife_test, leave_authors_out_of_partials
from cardiogram.stats.ranks.partial import (
    build_covariates,
    drop_redundant,
    partial_spearman,
    residuals,
)
from cardiogram.stats.ranks.relate import RatingTable, leave_authors_out, relate_ratings
from cardiogram.stats.resampling.cluster_bootstrap import (
    ClusteredColumns,
    Resampling,
    draw_rhos,
)
from cardiogram.stats.resampling.linearised import draw_linear

RESAMPLING = Resampling(0.95, 300, 0)


def made_up(seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Ratings and counts that only share an age, and authors of several models."""
    rng = np.random.default_rng(seed)
    age = rng.normal(size=n)
    x = np.round(age + rng.normal(size=n), 2)
    y = rng.poisson(np.exp(age + 0.5 * rng.normal(size=n))).astype(float)
    return x, y, age, rng.integers(0, 80, n)


def test_what_covariates_say_is_taken_out() -> None:
    x, y, age, _ = made_up(0)
    plain = associate_pair(x, y, 0.95).estimate
    given = build_covariates({"age": age}, {})
    found = partial_spearman(x, y, given)
    assert plain is not None
    assert found.estimate is not None
    assert plain > 0.4
    assert abs(found.estimate) < 0.12
    assert found.interval is not None
    assert found.interval.low < found.estimate < found.interval.high


def test_missing_and_rare_labels_are_levels_of_their_own() -> None:
    numbers = [1.0, np.nan, 3.0, 4.0] * 10
    labels = ["a", "b", None, "a"] * 10
    found = build_covariates({"age": numbers}, {"task": labels})
    # The second row has both b and no age, so that one column says both.
    assert found.column_names == ("1", "age", "age unknown", "task none")
    rare = build_covariates({}, {"task": ["a"] * 30 + ["b"] * 3})
    assert rare.column_names == ("1", "task (other)")
    assert rare.matrix[:, 1].tolist() == [0.0] * 30 + [1.0] * 3


def test_rare_labels_are_no_part_of_the_most_frequent_level() -> None:
    """Models of rare tasks are rated better and liked more: the level that they are says so."""
    rng = np.random.default_rng(3)
    tasks = ["common"] * 200 + [f"rare {row // 3}" for row in range(60)]
    rare = np.array([task != "common" for task in tasks])
    x, y = (rng.normal(size=260) + 2 * rare for _ in "xy")
    found = partial_spearman(x, y, build_covariates({}, {"task": tasks}))
    left = [
        stats.rankdata(values)
        - sm.OLS(stats.rankdata(values), sm.add_constant(1.0 * rare)).fit().fittedvalues
        for values in (x, y)
    ]
    assert found.estimate == pytest.approx(np.corrcoef(*left)[0, 1], rel=1e-12)
    assert abs(found.estimate or 1.0) < 0.15


def test_redundant_columns_are_left_out() -> None:
    a = np.arange(20.0)
    matrix = np.column_stack([np.ones(20), a, 2 * a + 1, a**2])
    assert drop_redundant(matrix, ["1", "a", "again", "square"]).column_names == (
        "1",
        "a",
        "square",
    )


def test_refusals() -> None:
    x, y, age, _ = made_up(1, 12)
    many = build_covariates({"age": age, "b": age**2}, {})
    found = partial_spearman(x, y, many)
    assert found.reason == "12 models are too few for 2 covariates"
    x, y, _, _ = made_up(1, 100)
    said = partial_spearman(x, y, build_covariates({"x": x}, {}))
    assert said.reason == "the covariates say all of the ratings or of the outcomes"


def test_the_error_of_a_partial_is_that_of_drawing_authors() -> None:
    x, y, age, codes = made_up(2)
    codes = np.unique(codes, return_inverse=True)[1]
    given = build_covariates({"age": age}, {})
    found = relate_ratings(RatingTable({"x": x}, {"y": y}, codes, given), RESAMPLING).partial[
        "x", "y"
    ]
    rng, rhos = np.random.default_rng(1), []
    for _ in range(300):
        picked = rng.integers(codes.max() + 1, size=codes.max() + 1)
        rows = np.concatenate([np.flatnonzero(codes == author) for author in picked])
        again = partial_spearman(
            x[rows], y[rows], build_covariates({"age": age[rows]}, {})
        ).estimate
        assert again is not None
        rhos.append(again)
    assert found.cluster_se == pytest.approx(np.std(np.arctanh(rhos)), rel=0.15)


def test_the_difference_of_two_partial_correlations_is_drawn_by_author() -> None:
    x, y, age, codes = made_up(8)
    codes = np.unique(codes, return_inverse=True)[1]
    other = np.round(np.exp(0.5 * x + np.random.default_rng(0).normal(size=x.size)), 1)
    given = build_covariates({"age": age}, {})
    table = RatingTable({"x": x}, {"y": y, "other": other}, codes, given, [("other", "y")], "none")
    related = relate_ratings(table, RESAMPLING)
    found = related.partial_compared["x", "other", "y"]
    partial = {name: rho.estimate or 0.0 for (_, name), rho in related.partial.items()}
    assert found.correlations is not None
    assert found.correlations.difference == partial["other"] - partial["y"]
    assert found.williams is None
    rng, gaps = np.random.default_rng(1), []
    for _ in range(300):
        picked = rng.integers(codes.max() + 1, size=codes.max() + 1)
        rows = np.concatenate([np.flatnonzero(codes == author) for author in picked])
        again = build_covariates({"age": age[rows]}, {})
        one, two = (partial_spearman(x[rows], z[rows], again).estimate for z in (other, y))
        gaps.append((one or 0.0) - (two or 0.0))
    assert found.by_author.se == pytest.approx(np.std(gaps), rel=0.15)
    other[:30] = np.nan  # the outcomes are known of different models
    apart = relate_ratings(table, RESAMPLING).partial_compared["x", "other", "y"]
    assert apart.n == 270
    assert apart.by_author.interval is not None


def test_leaving_out_equals_a_plain_loop() -> None:
    x, y, _, codes = made_up(3)
    y[5] = np.nan
    found = leave_authors_out(RatingTable({"x": x}, {"y": y}, codes))["x", "y"]
    known = np.isfinite(y)
    rhos = {
        author: stats.spearmanr(x[known & (codes != author)], y[known & (codes != author)])[0]
        for author in np.unique(codes)
    }
    assert found.low == pytest.approx(min(rhos.values()), rel=1e-12)
    assert found.high == pytest.approx(max(rhos.values()), rel=1e-12)
    assert rhos[found.low_author] == pytest.approx(found.low)
    assert found.tried == found.authors == len(rhos)


def test_the_most_influential_of_many_authors_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from cardiogram.stats.ranks import relate

    x, y, _, codes = made_up(4, 2000)
    codes = np.random.default_rng(0).integers(0, 700, 2000)
    table = RatingTable({"x": x}, {"y": y}, codes)
    some = leave_authors_out(table)["x", "y"]
    monkeypatch.setattr(relate, "_MOST", 10_000)
    every = leave_authors_out(table)["x", "y"]
    assert some.tried < every.tried
    assert (some.low, some.high) == pytest.approx((every.low, every.high), rel=1e-6)


def test_outcomes_known_of_different_models_are_compared_on_those_of_both() -> None:
    x, y, age, codes = made_up(6)
    other = np.round(np.exp(age))
    other[:50] = np.nan
    table = RatingTable({"x": x}, {"a": y, "b": other}, codes, None, [("a", "b")])
    found = relate_ratings(table, RESAMPLING).compared["x", "a", "b"]
    assert found.n == 250
    assert found.correlations is not None
    assert found.correlations.first == pytest.approx(stats.spearmanr(x[50:], y[50:])[0])
    assert found.by_author.interval is not None


def test_the_linear_part_is_as_wide_as_the_draws() -> None:
    x, y, _, _ = made_up(7, 4000)
    codes = np.repeat(np.arange(4000), np.random.default_rng(0).integers(1, 25, 4000))[:4000]
    columns = ClusteredColumns({"x": x, "f": (x > 0.3).astype(float)}, {"y": y}, codes)
    exact, linear = draw_rhos(columns, 1500, 0), draw_linear(columns, 1500, 0)
    for pair in exact:
        assert linear[pair].std() == pytest.approx(exact[pair].std(), rel=0.06)
        assert linear[pair].mean() == pytest.approx(exact[pair].mean(), abs=exact[pair].std() / 2)


def test_partials_without_an_author_are_those_of_a_plain_loop() -> None:
    x, y, age, codes = made_up(9)
    codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    tasks = [f"t{place % 4}" for place in range(300)]
    given = build_covariates({"age": age}, {"task": tasks})
    fitted = {"x": residuals(x, given).fitted, "y": residuals(y, given).fitted}
    columns = ClusteredColumns({"x": x}, {"y": y}, codes, fitted)
    found = leave_authors_out_of_partials(columns, given.matrix)["x", "y"]
    for author in range(codes.max() + 1):
        rows = codes != author
        left = [
            sm.OLS(stats.rankdata(values[rows]), given.matrix[rows]).fit().resid
            for values in (x, y)
        ]
        assert found[author] == pytest.approx(np.corrcoef(*left)[0, 1], rel=1e-9)
    test = jackknife_test(0.1, found, codes, RESAMPLING)
    spread = np.sqrt(np.sum((np.arctanh(found) - np.arctanh(0.1)) ** 2) * 78 / 79)
    assert (test.se, codes.max() + 1) == (pytest.approx(spread), 79)
    assert test.interval is not None
    assert test.interval.method == "author-cluster jackknife"


def test_a_level_that_one_author_has_alone_goes_with_that_author() -> None:
    x, y, _, codes = made_up(10)
    codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    given = build_covariates({}, {"task": [str(code == 5) for code in codes]}, minimum=1)
    related = relate_ratings(RatingTable({"x": x}, {"y": y}, codes, given), RESAMPLING)
    assert related.partial["x", "y"].cluster_interval is not None


def test_of_many_authors_the_small_ones_move_a_partial_by_its_linear_part() -> None:
    x, y, age, _ = made_up(11, 2000)
    codes = np.repeat(np.arange(2000), np.random.default_rng(0).integers(1, 6, 2000))[:2000]
    table = RatingTable({"x": x}, {"y": y}, codes, build_covariates({"age": age}, {}))
    few, some, every = (
        relate_ratings(replace(table, left_out=count), RESAMPLING).partial["x", "y"]
        for count in (20, 400, 10_000)
    )
    assert few.cluster_se == pytest.approx(every.cluster_se, rel=0.01)
    assert some.cluster_se == pytest.approx(every.cluster_se, rel=0.01)


def test_partials_of_few_authors_have_no_interval() -> None:
    x, y, age, codes = made_up(12)
    table = RatingTable({"x": x}, {"y": y}, codes % 4, build_covariates({"age": age}, {}))
    found = relate_ratings(table, RESAMPLING).partial["x", "y"]
    assert found.cluster_reason == "only 4 authors; at least 5 are needed"
    one = RatingTable({"x": x}, {"y": y}, codes * 0, table.covariates)
    assert relate_ratings(one, RESAMPLING).partial["x", "y"].cluster_interval is None
