"""The forms for very many models say what those for few say, of models that both can take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from cardiogram.stats import (
    bound_odds,
    compare_means,
    correct_by_gold,
    find_popular,
    find_strata,
    odds_ratios,
    permute_within,
    within_authors,
)
from cardiogram.stats.large import (
    bound_many_odds,
    choices,
    compare_many_means,
    draw_many,
    draw_many_parts,
    find_many_popular,
    leave_most_influential_out,
    max_t_many,
    odds_of_any,
    odds_of_many,
    permute_many,
    relate_many,
    robust_line,
    robustness_of,
    within_many,
)
from cardiogram.stats.large.many_gold import MOST_DRAWN
from cardiogram.stats.ranks import (
    CodedDesign,
    Covariates,
    Labels,
    RatingTable,
    build_covariates,
    leave_authors_out,
    max_t_groups,
    number_labels,
    relate_ratings,
)
from cardiogram.stats.regression import (
    fit_any,
    m_estimator,
    robustness_value,
    specification_curve,
)
from cardiogram.stats.resampling import Floats, Integers, Interval, Resampling

RESAMPLING = Resampling(draws=400)
KINDS = {"created": "age", "library": "library", "task": "task", "size": "size"}


@dataclass(frozen=True)
class Many:
    """Models by authors of one to forty models, with ties, gaps, and rare labels."""

    rating: Floats
    counts: Floats
    likes: Floats
    codes: Integers
    created: Floats
    size: Floats
    library: Labels
    task: Labels

    @property
    def covariates(self) -> Covariates:
        floor = ["at the floor" if at else None for at in np.isnan(self.created)]
        return build_covariates(
            {"created": self.created, "size": self.size},
            {"created": floor, "library": self.library, "task": self.task},
        )

    @property
    def design(self) -> CodedDesign:
        floor = Labels(np.isnan(self.created).astype(np.int32) - 1, ("at the floor",))
        return CodedDesign.of(
            {"created": self.created, "size": self.size},
            {"created": floor, "library": self.library, "task": self.task},
        )

    def table(self, *, held: bool) -> RatingTable:
        outcomes = {"downloads": self.counts, "likes": self.likes}
        return RatingTable(
            {"overall": self.rating, "usage": np.round(self.rating)},
            outcomes,
            self.codes,
            self.covariates if held else None,
            [("likes", "downloads")],
            "none",
            design=None if held else self.design,
        )


@pytest.fixture(scope="module")
def many() -> Many:
    rng = np.random.default_rng(5)
    sizes = np.minimum(rng.zipf(1.7, 700), 40)
    codes = np.repeat(np.arange(700), sizes)[:1600].astype(np.int64)
    n = codes.size
    pull, fame = rng.normal(size=(2, 700))
    task = rng.choice(["text", "image", "sound", "a", "b"], n, p=[0.5, 0.3, 0.19, 0.005, 0.005])
    rating = np.round(0.6 * pull[codes] + rng.normal(size=n) + 0.5 * (task == "image"), 2)
    fame = 0.3 * rating + 0.7 * fame[codes] + rng.normal(size=n) + 0.6 * (task == "image")
    rating[rng.random(n) < 0.03] = np.nan
    created = np.where(rng.random(n) < 0.2, np.nan, rng.integers(0, 900, n).astype(float))
    return Many(
        rating,
        np.floor(np.exp(1 + fame)),
        np.floor(np.exp(fame - 0.5 + 0.5 * rng.normal(size=n))),
        codes,
        created,
        np.where(rng.random(n) < 0.4, np.nan, rng.normal(size=n)),
        number_labels(rng.choice(["x", "y", None], n, p=[0.6, 0.3, 0.1]).tolist()),
        number_labels(task.tolist()),
    )


def width(interval: Interval | None) -> float:
    assert interval is not None
    return interval.high - interval.low


def test_labels_as_numbers_are_the_columns_of_indicators(
    many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardiogram.stats.ranks.coded_design._ROWS_AT_ONCE", 500)
    dense, coded = many.covariates, many.design
    assert sorted(coded.column_names) == sorted(dense.column_names)
    assert "task (other)" in coded.column_names
    y = np.log1p(many.counts)
    fitted = dense.matrix @ np.linalg.lstsq(dense.matrix, y, rcond=None)[0]
    np.testing.assert_allclose(coded.explain(y), fitted, atol=1e-9)
    rows = many.counts > 2
    some = coded.rows(rows).with_column(y[rows], "y")
    matrix = np.column_stack([some.apply(own) for own in np.eye(len(some.used))])
    weight = many.likes[rows]
    np.testing.assert_allclose(some.gram(weight), (matrix.T * weight) @ matrix, atol=1e-8)
    np.testing.assert_allclose(some.products(weight), matrix.T @ weight, atol=1e-8)
    own = [matrix[many.codes[rows] == author].sum(axis=0) for author in range(9)]
    np.testing.assert_allclose(
        some.by_author(many.codes[rows], 9, np.ones(weight.size)), own, atol=1e-9
    )
    wanted = [not name.startswith("task") for name in coded.column_names]
    assert coded.columns(wanted).column_names == tuple(
        name for name in coded.column_names if not name.startswith("task")
    )


def test_correlations_plain_partial_and_compared(many: Many) -> None:
    drawn = relate_ratings(many.table(held=True), Resampling(draws=1500))
    summed = relate_many(many.table(held=False), RESAMPLING)
    for pair, rho in drawn.plain.items():
        other = summed.plain[pair]
        assert other.estimate == pytest.approx(rho.estimate, abs=1e-12)
        assert width(other.cluster_interval) == pytest.approx(width(rho.cluster_interval), rel=0.07)
    for pair, rho in drawn.partial.items():
        other = summed.partial[pair]
        assert other.estimate == pytest.approx(rho.estimate, abs=1e-9)
        assert width(other.cluster_interval) == pytest.approx(width(rho.cluster_interval), rel=0.02)
    for key, gap in drawn.partial_compared.items():
        interval = summed.partial_compared[key].by_author.interval
        assert width(interval) == pytest.approx(width(gap.by_author.interval), rel=0.02)
    assert summed.compared.keys() == drawn.compared.keys()


def test_the_author_who_moves_a_correlation_most_is_found(many: Many) -> None:
    table = many.table(held=False)
    each, tried = leave_authors_out(table), leave_most_influential_out(table)
    for pair, influence in each.items():
        found = tried[pair]
        assert (found.low, found.high) == pytest.approx((influence.low, influence.high), abs=1e-12)
        assert (found.low_author, found.high_author) == (
            influence.low_author,
            influence.high_author,
        )
        assert found.tried < influence.tried


def test_slopes_and_odds(many: Many) -> None:
    rows = np.isfinite(many.rating)
    x, who = many.rating[rows], many.codes[rows]
    held, design = many.covariates.rows(rows), many.design.rows(rows)
    for one, other in (
        (
            m_estimator(x, many.counts[rows], who, "huber", RESAMPLING, held),
            robust_line(x, many.counts[rows], who, "huber", RESAMPLING, design),
        ),
        (
            fit_any(x, many.likes[rows], who, RESAMPLING, held),
            odds_of_any(x, many.likes[rows], who, RESAMPLING, design),
        ),
    ):
        assert other.estimate == pytest.approx(one.estimate, rel=1e-6)
        assert other.cluster_se == pytest.approx(one.cluster_se, rel=0.02)
        assert width(other.cluster_interval) == pytest.approx(width(one.cluster_interval), rel=0.15)
    far = many.counts[rows] + 1e9 * (many.task.codes[rows] > 2)  # a level that weighs nothing
    known, found = (
        m_estimator(x, far, who, "huber", RESAMPLING, held),
        robust_line(x, far, who, "huber", RESAMPLING, design),
    )
    assert found.estimate == pytest.approx(known.estimate, rel=1e-5)
    line = robust_line(x, np.ones(x.size), who, "huber", RESAMPLING, design)
    assert line.reason == "all outcomes are equal"
    stuck = robust_line(x, (many.likes[rows] > 9) * 1.0, who, "huber", RESAMPLING, design)
    assert "collapses" in (stuck.reason or "")


def test_within_authors_by_moments(many: Many) -> None:
    rows = np.isfinite(many.rating)
    about = (many.rating[rows], np.log1p(many.counts[rows]), many.codes[rows])
    drawn, by_moments = within_authors(*about, RESAMPLING), within_many(*about, RESAMPLING)
    assert by_moments.estimate == pytest.approx(drawn.estimate, rel=1e-12)
    assert by_moments.variance_share == pytest.approx(drawn.variance_share, rel=1e-12)
    assert width(by_moments.interval) == pytest.approx(width(drawn.interval), rel=0.08)
    nothing = np.random.default_rng(0).permutation(about[1])
    permuted = permute_within(about[0], nothing, about[2], RESAMPLING)
    found = permute_many(about[0], nothing, about[2], RESAMPLING)
    assert found.estimate == pytest.approx(permuted.estimate, abs=1e-12)
    assert found.p_value == pytest.approx(permuted.p_value, abs=0.06)


def test_choices_and_robustness(many: Many) -> None:
    log, every = np.log1p(many.counts), np.ones(many.codes.size, dtype=bool)
    samples = {"all": every, "few": many.codes > 60}
    drawn = specification_curve(
        many.rating, log, samples, many.covariates, KINDS, many.codes, RESAMPLING
    )
    summed = choices(many.rating, log, samples, many.design, KINDS, many.codes, RESAMPLING)
    for one, other in zip(drawn, summed, strict=True):
        assert (other.controls, other.rows, other.n) == (one.controls, one.rows, one.n)
        assert other.estimator == one.estimator
        assert other.estimate == pytest.approx(one.estimate, rel=1e-6)
        assert other.p_value == pytest.approx(one.p_value, abs=0.02)
    rows = np.isfinite(many.rating)
    about = (many.rating[rows], log[rows])
    strength = robustness_value(*about, many.covariates.rows(rows), KINDS)
    found = robustness_of(*about, many.design.rows(rows), KINDS)
    assert found.value == pytest.approx(strength.value, rel=1e-9)
    assert found.benchmarks is not None
    assert strength.benchmarks is not None
    for name, known in strength.benchmarks.items():
        assert found.benchmarks[name].largest == pytest.approx(known.largest, abs=1e-9)


def test_groups_and_their_means(many: Many) -> None:
    groups = find_strata(many.task, np.isfinite(many.rating))
    about = (many.rating, many.counts, many.codes, RESAMPLING)
    drawn, summed = max_t_groups(groups, *about), max_t_many(groups, *about)
    assert list(summed.groups) == list(drawn.groups)
    for name, rho in drawn.groups.items():
        assert summed.groups[name].estimate == rho.estimate
        assert width(summed.groups[name].interval) == pytest.approx(width(rho.interval), rel=0.15)
    scores = np.clip(np.round(many.rating + 3), 1, 5)
    one = compare_means(groups, scores, many.codes, RESAMPLING)
    other = compare_many_means(groups, scores, many.codes, RESAMPLING)
    assert [pair.first for pair in other.differing] == [pair.first for pair in one.differing]
    assert one.differing
    for pair, known in zip(other.differing, one.differing, strict=True):
        assert pair.difference == pytest.approx(known.difference, abs=1e-12)
        assert width(pair.interval) == pytest.approx(width(known.interval), rel=0.1)


def test_traits(many: Many) -> None:
    rng = np.random.default_rng(1)
    flags = (rng.random((many.codes.size, 3)) < [0.4, 0.5, 0.001]).astype(np.int8)
    flags[:, 0] |= (many.counts > 9) & (rng.random(many.codes.size) < 0.5)
    among = find_popular(many.counts, many.covariates, many.codes)
    one = odds_ratios(flags.astype(float), among, RESAMPLING)
    others = find_many_popular(many.counts, many.design, many.codes)
    other = odds_of_many(flags, others, RESAMPLING)
    bound = bound_many_odds(other, flags, [True, False, True], others, RESAMPLING)
    for known, found in zip(one, other, strict=True):
        assert (found.n, found.held, found.reason) == (known.n, known.held, known.reason)
        if known.reason is None:
            assert found.estimate == pytest.approx(known.estimate, rel=1e-6)
            assert found.p_value == pytest.approx(known.p_value, abs=1e-3)
    exact = bound_odds(one[0], flags[:, 0].astype(float), among, RESAMPLING)
    assert exact.interval is not None
    assert bound[0].interval is not None
    logs = [np.log([own.low, own.high]) for own in (exact.interval, bound[0].interval)]
    assert np.ptp(logs[1]) == pytest.approx(np.ptp(logs[0]), rel=0.1)
    assert bound[1].interval is None
    assert "have it" in (bound[2].reason or "")


def test_parts_with_gold(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, judged = np.random.default_rng(2), np.nan_to_num(many.rating)
    gold = np.where(rng.random(judged.size) < 0.2, judged + rng.normal(size=judged.size), np.nan)
    monkeypatch.setattr("cardiogram.stats.large.many_gold.MOST_DRAWN", 600)
    assert MOST_DRAWN > 600
    about = {"resampling": Resampling(draws=800)}
    for statistic in ("spearman", "slope"):
        drawn = correct_by_gold(
            gold,
            judged,
            many.counts,
            many.codes,
            statistic=statistic,
            **about,  # type: ignore[arg-type]
        )
        found = correct_by_gold(
            gold,
            judged,
            many.counts,
            many.codes,
            statistic=statistic,
            draw=draw_many_parts,
            **about,  # type: ignore[arg-type]
        )
        assert found.raw == pytest.approx(drawn.raw, rel=1e-9)
        assert found.gold == pytest.approx(drawn.gold, rel=1e-9)
        assert width(found.raw_interval) == pytest.approx(width(drawn.raw_interval), rel=0.12)
        assert width(found.interval) == pytest.approx(width(drawn.interval), rel=0.12)


def test_draws_of_authors_are_poisson() -> None:
    drawn = np.concatenate([times for _, times in draw_many(3000, Resampling(draws=100))])
    assert drawn.shape == (100, 3000)
    assert drawn.mean() == pytest.approx(1, abs=0.01)
    assert drawn.var() == pytest.approx(1, abs=0.01)
    assert (drawn == 0).mean() == pytest.approx(np.exp(-1), abs=0.005)
