"""Tables of groups in the page: findings that are true, names that are inert."""

from __future__ import annotations

from dataclasses import replace

from test_statistics import ends, make, results

from cardiogram.analysis.results import GroupNumber, RegressionNumber
from cardiogram.report.page.groups import by_group, describe_groups
from cardiogram.report.page.statistics import find_robust_line


def group(name: str, mean: float, low: float | None, high: float | None) -> GroupNumber:
    return make(
        GroupNumber,
        by="task",
        group=name,
        estimate=mean,
        cluster_interval=None if low is None or high is None else ends(low, high),
        histogram={1: 5, 2: 15, 3: 0, 4: 0, 5: 0},
        shares={"models": 0.25, "downloads": 0.00001, "likes": None},
    )


def test_a_finding_needs_intervals_that_lie_apart() -> None:
    apart = [group("a", 1.5, 1.2, 1.8), group("b", 3.0, 2.5, 3.5), group("c", 2.0, 1.0, 3.2)]
    assert (
        describe_groups(apart, "task") == "By task, documented best: b (mean 3.0); worst: a (1.5)"
    )
    touching = [group("a", 1.5, 1.2, 2.6), group("b", 3.0, 2.5, 3.5)]
    assert "none is certainly" in describe_groups(touching, "task")
    one_author = [group("a", 1.0, None, None), group("b", 3.0, 2.5, 3.5)]
    assert "none is certainly" in describe_groups(one_author, "task")


def test_models_without_a_task_are_neither_best_nor_worst() -> None:
    found = [group("(none)", 1.0, 1.0, 1.1), group("b", 3.0, 2.8, 3.2), group("c", 2.0, 1.8, 2.2)]
    assert "worst: c (2.0)" in describe_groups(found, "task")


def test_names_are_text_and_shares_are_honest() -> None:
    page = by_group(results(groups=(group("<script>x</script>", 2, 1, 3), group("b", 2, 1, 3))))
    assert page is not None
    assert "<script>" not in page
    assert "25\u00a0%" in page
    assert "<\u00a01\u00a0%".replace("<", "&lt;") in page  # a few are not nothing


def test_one_group_makes_no_table() -> None:
    assert by_group(results(groups=(group("a", 2, 1, 3),))) is None
    assert by_group(results()) is None


def test_the_robust_line_or_why_there_is_none() -> None:
    huber = make(
        RegressionNumber,
        main=False,
        se=None,
        method="Huber's M-estimator of log1p",
        estimate=0.5,
        intercept=-0.25,
        cluster_interval=ends(0.1, 0.9),
    )
    found = find_robust_line(results(regressions=(huber,)), "likes")
    assert found.line is not None
    assert (found.line.intercept, found.line.slope) == (-0.25, 0.5)
    assert "+0.10 to +0.90 by author" in found.words
    refused = replace(huber, estimate=None, reason="more than half are 0")
    assert "more than half" in find_robust_line(results(regressions=(refused,)), "likes").words
    assert find_robust_line(results(regressions=(huber,)), "downloads").line is None
