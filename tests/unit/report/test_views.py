"""What the tables of results say, in every medium, and the screen of a study."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cardiogram.analysis import (
    AssociationNumber,
    GroupNumber,
    MeansDiffer,
    PartialNumber,
    Results,
    SelfTest,
    SelfTestEntry,
)
from cardiogram.report.markup.markup import visible
from cardiogram.report.page.drawings import draw_curves, draw_groups, draw_traits
from cardiogram.report.tables import render_results, result_chapters, write_html
from cardiogram.report.terminal import render_screen
from made_findings import BAD, CONCLUSIONS, add_findings, make_ends
from studies import Row, make_study

ROWS = [Row(f"author{i % 7}/model{i}", 1 + i % 5, 10 ** (i % 4), i) for i in range(40)]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return add_findings(make_study(tmp_path_factory.mktemp("s"), ROWS))


def test_text_markdown_and_page_show_the_same_numbers(results: Results) -> None:
    text, markdown = render_results(results), render_results(results, "markdown")
    page = "".join(map(write_html, result_chapters(results)))
    for shown in ("144,015", "71 %", "0.13 to 0.63", "1.75 to 7.0", "few authors"):
        assert shown in text
        assert shown in markdown
        assert shown in page.replace("\u00a0", " ")
    for form in (text, markdown):
        assert "nan" not in form.lower().replace("_finance", "")
        assert "None" not in form
    assert "\u202e" not in text
    assert "<script>" not in page
    assert max(map(len, text.split("\n"))) <= 80


def test_csv_has_every_number_once(results: Results) -> None:
    head, *lines = render_results(results, "csv").splitlines()
    assert head.startswith("part,predictor,outcome")
    parts = [line.partition(",")[0] for line in lines]
    counted = {part: parts.count(part) for part in dict.fromkeys(parts)}
    assert counted == {
        "conclusions": 2,
        "associations": 2,
        "links": 12,
        "within_authors": 1,
        "traits": 10,
        "curve": 24,
    }


def test_a_plain_p_stands_nowhere(results: Results) -> None:
    """Rows rest on what holds by author: no p value that takes models as independent."""
    number = replace(results.associations[0], p_value=0.017, q_value=0.2)
    text = render_results(replace(results, associations=(number,)))
    assert "0.200" in text
    assert "0.017" not in text


def test_what_was_held_equal_is_named_from_what_was_used(results: Results) -> None:
    main = results.associations[0]
    assert isinstance(main, AssociationNumber)
    partial = PartialNumber(
        predictor=main.predictor,
        outcome=main.outcome,
        method="spearman",
        call="a call",
        n=40,
        estimate=0.2512,
        cluster_interval=make_ends(0.1, 0.4),
        given=("library", "task"),
    )
    text = " ".join(render_results(replace(results, partial=(partial,))).split())
    assert "Held equal: library and task." in text
    assert "0.25" in text
    assert "size held" not in text


def group(name: str, mean: float) -> GroupNumber:
    return GroupNumber(
        by="task",
        group=name,
        method="mean",
        call="a call",
        n=20,
        estimate=mean,
        cluster_interval=make_ends(mean - 1, mean + 1),
        histogram={1: 5, 2: 15, 3: 0, 4: 0, 5: 0},
        shares={"models": 0.25, "downloads": 0.00001, "likes": None},
    )


def test_groups_are_ranked_only_where_their_pair_was_tested(results: Results) -> None:
    groups = (group("a", 1.5), group("b", 3.0))
    text = render_results(replace(results, groups=groups))
    assert "No two tasks differ for certain" in text
    assert "best" not in text
    assert "<1 %" in text  # a few are not nothing
    pair = MeansDiffer(by="task", first="b", second="a", difference=1.5, low=0.4, high=2.6)
    text = render_results(replace(results, groups=groups, means_differ=(pair,)))
    assert "b and a differ by 1.50 (0.40 to 2.60" in text
    assert "No two" not in text
    segments = tuple(replace(one, by="segment") for one in groups)
    text = render_results(replace(results, groups=segments))
    assert "they are not ranked" in text
    assert "No two" not in text


def test_a_self_test_is_a_table_and_a_line(results: Results) -> None:
    entry = SelfTestEntry(design="A", about="adjusted", outcome="likes", runs=200, drawn=0.045)
    test = SelfTest(runs=200, draws=500, seed=1, entries=(entry,), words="Of 200 placebo studies.")
    text = render_results(replace(results, self_test=test))
    assert "Of 200 placebo studies." in text
    assert "4 %" in text or "5 %" in text


def test_pictures_are_drawn_of_what_is_known(results: Results) -> None:
    assert [one.key for one in draw_curves(results)] == [
        "curve-downloads-ratio",
        "curve-likes-ratio",
    ]
    assert "3 more cannot be computed" in draw_curves(results)[0].caption
    tasks = draw_groups(results, "task")
    assert [one.key for one in tasks] == ["within-task-downloads", "within-task-likes"]
    assert "(none)" in tasks[0].chart
    assert draw_groups(results, "segment") == []
    traits = draw_traits(results, "writer")
    assert "a video" not in traits[0].chart
    assert "with task held equal" in traits[0].caption
    assert "\u202e" not in "".join(one.chart for one in [*tasks, *traits])
    many = tuple(replace(results.links[0], group=f"g{i}", n=100 - i) for i in range(20))
    (forest,) = draw_groups(replace(results, links=many), "task")
    assert "The 15 largest of 20 are drawn." in forest.caption
    assert "g15" not in forest.chart


def test_the_screen_is_the_dose_and_the_conclusions(results: Results, tmp_path: Path) -> None:
    screen = render_screen(results, tmp_path)
    lines = screen.split("\n")
    assert len(lines) <= 26
    assert max(map(len, lines[:-5])) <= 80
    assert re.search("cards +67 +245 +101 +60\\n", screen)
    said = " ".join(screen.split())
    for conclusion in CONCLUSIONS:
        assert " ".join(conclusion.words.replace("\u202e", "?").split()) in said
    assert "\u202e" not in screen
    assert f"cardiogram report {tmp_path}" in said
    (tmp_path / "report.html").touch()
    assert f"report: {tmp_path / 'report.html'}" in render_screen(results, tmp_path)


def test_a_study_without_ratings_has_a_screen(tmp_path: Path) -> None:
    study = make_study(tmp_path, [Row("a/b", None)])
    assert "1 model by 1 author; 0 cards rated" in render_screen(
        Results.load(study.results_path), tmp_path
    )


def test_hostile_names_are_shown(results: Results) -> None:
    assert visible(BAD) in "".join(map(write_html, result_chapters(results))).replace(
        "&lt;", "<"
    ).replace("&gt;", ">")
