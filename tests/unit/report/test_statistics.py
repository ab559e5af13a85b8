import json
from pathlib import Path
from typing import Any

import pytest
from test_html import Page

from cardiogram.analysis.analyze import analyze
from cardiogram.report.data.payload import build_payload
from cardiogram.report.markup.markup import visible
from cardiogram.report.page import statistics
from cardiogram.report.page.html import render_html
from studies import Row, make_study

OVERALL = {"predictor": "overall_expected", "outcome": "likes"}
BOUNDS = {"low": 0.1, "high": 0.4}


def text_of(results: dict[str, Any]) -> str:
    return Page(str(statistics.further(results))).text


def trait(name: str, ratio: float | None, q: float | None, **more: Any) -> dict[str, Any]:
    interval = None if ratio is None else {"low": ratio / 2, "high": ratio * 2}
    tenths = [{"n": 9, "share": 0.1}, {"n": 8, "share": 0.6}]
    odds = {"estimate": ratio, "q_value": q, "cluster_interval": interval}
    about = {"trait": name, "outcome": "likes", "prevalence_by_decile": tenths}
    return {**about, **odds, "given": ["created", "task x"], **more}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    rows = [
        Row(
            f"author{i % 20}/m{i}",
            1 + i % 5,
            (i % 5 + 1) * (7 * i % 41),
            i * (i % 5) % 13,
            f"# Card {i}\n\n{'Usage of it. ' * (i % 7)}\n",
            ("fill-mask", "other", "third")[i % 3],
        )
        for i in range(80)
    ]
    study = make_study(tmp_path_factory.mktemp("study"), rows)
    study.ratings.write("0", [{**row, "status": "rated"} for row in study.ratings.rows()])
    analyze(study, draws=100)
    return Page(render_html(build_payload(study)))


def test_an_analyzed_study_shows_every_part_in_order(page: Page) -> None:
    places = [
        page.text.index(words)
        for words in (
            "The same for each criterion (16 associations)",
            "No model of this study has downloads (all time): nothing is said of it.",
            "How many times the downloads",
            "Every model of this link, and which of them these data refuse",
            "The first model is the main one",
            "Huber's M-estimator of log1p",
            "Does the link hold within groups of models?",
            "Mean of 3 tasks",
            "Is the link stronger with likes than with downloads?",
            "The same by group: stronger with likes in",
            "Adjusted for",
            "Sensitivity to outliers",
            "No model is dropped as an outlier",
            "Near-duplicate cards",
            "What models with many downloads (30 days) have",
            "What models with many likes have",
            "What this study could have seen",
        )
    ]
    assert places == sorted(places)
    assert [tag for tag, _ in page.elements].count("details") == 10
    assert "could have shown an association (|ρ|) of at least" in page.text


def test_an_analyzed_study_prints_no_missing_value(page: Page) -> None:
    for word in ("nan", "NaN", "None of the", " None", "raises", "inf to"):
        assert word not in page.text


def test_details_open_without_a_script_and_have_no_style(page: Page) -> None:
    details = [attributes for tag, attributes in page.elements if tag == "details"]
    assert all(attributes == {} for attributes in details)
    assert [tag for tag, _ in page.elements].count("summary") == len(details)


@pytest.mark.parametrize("results", [{}, {"partial": None, "outliers": [], "traits": {}}])
def test_older_results_leave_no_trace(results: dict[str, Any]) -> None:
    assert statistics.further(results) == ""


def test_effects_are_the_sentences_of_the_results_and_reasons() -> None:
    found = [
        {**OVERALL, "words": "A card is associated with 2 times <b>.", "estimate": 0.7},
        {**OVERALL, "outcome": "downloads", "main": True, "reason": "all counts are 0"},
        {**OVERALL, "predictor": "usage_expected", "words": "Not of the overall rating."},
        {**OVERALL, "main": False, "words": None, "reason": "refused"},
    ]
    text = text_of({"regressions": found})
    assert "A card is associated with 2 times <b>." in text
    assert "downloads (30 days): all counts are 0" in text
    assert "Not of" not in text
    assert "refused" not in text


def test_the_comparison_of_all_models_is_told_and_that_of_groups_is_not() -> None:
    gap = {**OVERALL, "outcome": "likes - downloads", "by": "all", "estimate": None}
    group = {**gap, "by": "task", "words": "A group."}
    text = text_of({"comparisons": [{**gap, "reason": "only 3 models"}, group]})
    assert "likes against downloads (30 days)" in text
    assert text.count("only 3 models") == 2
    assert "A group." not in text


def test_what_was_not_adjusted_for_is_said() -> None:
    partial = {**OVERALL, "n": 40, "estimate": 0.25, "given": ["created", "library x"]}
    left_out = {**BOUNDS, "low_without": "a<i>", "high_without": "b", "method": "two authors out"}
    plain = {**OVERALL, "estimate": 0.3, "leave_one_author_out": left_out}
    text = text_of({"partial": [partial], "associations": [plain]})
    assert "Adjusted for age and library, and with one author left out" in text
    assert "did not allow to adjust for task and size" in text
    assert "+0.10 to +0.40without a<i>, without b" in text
    assert "two authors out" in text
    assert "Adjusted" in text_of({"partial": [{**OVERALL, "estimate": None, "reason": "few"}]})


def test_outliers_before_and_after_a_rule() -> None:
    entry = {**OVERALL, "method": "spearman", "rule": "none", "estimate": 0.4}
    iqr = {**entry, "rule": "iqr", "rule_words": "far out", "dropped": 3, "estimate": 0.2}
    share = {"dropped_above_median_rating": 0.75}
    mad = {**entry, "rule": "mad", "dropped": None, "estimate": None, "reason": "no spread"}
    whole = {"rule": "none", "why": ["First.", "Second."], "entries": [entry, iqr | share, mad]}
    text = text_of({"outliers": whole})
    for words in ("First.", "Second.", "far outlikes375\u00a0%+0.40+0.20", "no spread"):
        assert words in text
    asked = text_of({"outliers": {**whole, "rule": "iqr", "rule_words": "far out"}})
    assert "First." not in asked
    assert "leave out outcomes far out" in asked


def test_duplicates_in_one_sentence() -> None:
    entry = {**OVERALL, "estimate": 0.2, "all_cards": {"estimate": 0.3}}
    found = {"n": 50, "cards": 12, "clusters": 3, "entries": [entry]}
    text = text_of({"duplicates": found})
    assert "12 of 50 cards are near-duplicates in 3 clusters; with one card of each" in text
    assert "likes +0.20 (+0.30 with all cards)." in text
    assert "None of 50 cards are near-duplicates." in text_of({"duplicates": {"n": 50, "cards": 0}})
    refused = {**found, "entries": [{**entry, "estimate": None, "reason": "few models"}]}
    assert "likes few models" in text_of({"duplicates": refused})


def test_traits_are_sorted_by_odds_and_marked_by_q() -> None:
    entries = [
        trait("weak", 0.5, 0.2),
        trait("absent", None, None, reason="0 of 90 models have it"),
        trait("strong", 4.0, 0.01),
        trait("unsure", 2.0, None, cluster_interval=None, cluster_reason="one author"),
    ]
    whole = {"tests": 3, "top_share": 0.25, "traits": {"strong": "a demo"}, "entries": entries}
    text = text_of({"traits": whole})
    places = [text.index(word) for word in ("a demo", "unsure", "weak", "absent")]
    assert places == sorted(places)
    assert "3 odds ratios were tested" in text
    assert "the upper 25\u00a0%" in text
    assert "4.0 *" in text
    assert "2.0 *" not in text
    assert "0.50 *" not in text
    assert "one author" in text
    assert "0 of 90 models have it" in text
    page = Page(str(statistics.further({"traits": whole})))
    assert sum(a.get("class") == "certain" for tag, a in page.elements if tag == "tr") == 1


def test_power_in_one_sentence() -> None:
    reach = {**OVERALL, "estimate": 0.23}
    gap = {**OVERALL, "outcome": "likes - downloads", "estimate": None, "reason": "one author"}
    text = text_of({"power": [reach, gap]})
    assert "of at least 0.23 (likes)" in text
    assert "one author (likes against downloads (30 days))" in text


def test_hostile_names_are_escaped_and_empty_numbers_are_dashes() -> None:
    empty = dict.fromkeys(("estimate", "n", "words", "reason", "interval", "cluster_interval"))
    bad = {**OVERALL, **empty, "outcome": "<script>\u202e"}
    results = {
        name: [bad] for name in ("partial", "regressions", "comparisons", "power", "associations")
    }
    whole = {
        **results,
        "outliers": {"entries": [{**bad, "method": "spearman", "rule": "<script>"}]},
        "duplicates": {"cards": 2, "entries": [bad]},
        "traits": {"entries": [{"trait": "<script>", "outcome": "likes", **empty}]},
    }
    html = str(statistics.further(json.loads(json.dumps(whole))))
    assert "<script>" not in html
    assert "None" not in html
    assert visible(html) == html


def test_the_criteria_stand_behind_a_line(tmp_path: Path) -> None:
    study = make_study(tmp_path, [Row("a/b", 3)])
    results = study.results()
    more = {**results["associations"][0], "predictor": "usage_expected"}
    study.results_path.write_text(
        json.dumps({**results, "associations": [*results["associations"], more]}), "utf-8"
    )
    html = render_html(build_payload(study))
    assert html.count("<details>") == 1
    assert html.index("(1 association)</summary>") < html.rindex(">Usage<")


def stratum(label: str, rho: float | None, *ends: float) -> dict[str, Any]:
    interval = dict(zip(("low", "high"), ends, strict=True)) if ends else None
    return {"stratum": label, "n": 20, "estimate": rho, "cluster_interval": interval}


def strata(*groups: dict[str, Any], by: str = "task", **more: Any) -> dict[str, Any]:
    return {**OVERALL, "by": by, "n": 60, "groups": 3, "strata": list(groups), **more}


def test_groups_are_drawn_with_their_mean_and_told_in_words() -> None:
    mean: dict[str, Any] = {"estimate": 0.3, "cluster_interval": BOUNDS}
    mean["words"] = "Within tasks, more."
    found = strata(stratum("a<b>", 0.4, 0.1, 0.6), stratum("few", None), stratum("c", 0.2), **mean)
    other = strata(stratum("\u202ed", -0.4, -0.6, 0.1), by="library", reason="two groups only")
    html = str(statistics.further({"strata": [found, other]}))
    page = Page(html)
    assert "Within libraries: no link can be told" in page.text
    assert "Within tasks: +0.30 with likes" in page.text
    assert "Within tasks, more." in page.text
    assert "two groups only" in page.text
    assert (
        "a<b>: +0.40 (+0.10 to +0.60), 20 models; c: +0.20, no interval, 20 models; " in page.text
    )
    assert "Mean of 3 tasks: +0.30 (+0.10 to +0.40), 60 models" in page.text
    circles = [a["class"] for tag, a in page.elements if tag == "circle"]
    assert circles == ["open", "told", "open"]
    assert [tag for tag, _ in page.elements].count("polygon") == 1
    assert "<b>:" not in html
    assert "\u202e" not in html


def test_more_groups_than_are_drawn_are_told() -> None:
    groups = [stratum(f"g{i}", 0.1, -0.1, 0.3) for i in range(20)]
    text = text_of({"strata": [strata(*groups, reason="why")]})
    assert "The 15 largest of 20 groups are drawn." in text
    assert "g14" in text
    assert "g15" not in text


def test_gaps_by_group_count_what_is_told() -> None:
    def gap(name: str, *ends: float, first: str = "likes - downloads") -> dict[str, Any]:
        return {
            **stratum(name, 0.2, *ends),
            "by": "task",
            "predictor": "overall_expected",
            "outcome": first,
            "williams": {"p_value": 0.0001},
        }

    whole = {
        **OVERALL,
        "outcome": "likes - downloads",
        "by": "all",
        "estimate": 0.1,
        "williams": {"p_value": 0.2},
        "steiger": {"p_value": 0.21},
        "meng": None,
    }
    found = [
        whole,
        gap("up", 0.1, 0.3),
        gap("down", -0.3, -0.1),
        gap("wide", -3.0, 3.0),
        gap("none"),
        gap("other", 0.1, 0.3, first="likes - downloads_all_time"),
    ]
    text = text_of({"comparisons": found})
    assert "stronger with likes in 1 of 4, weaker in 1" in text
    assert "any difference fits these data< 0.001" in text
    assert "0.200Steiger 0.210, Meng –" in text


def test_every_model_stands_with_its_ratio_or_its_refusal() -> None:
    main = {
        **OVERALL,
        "main": True,
        "method": "Poisson",
        "words": "Said.",
        "estimate": 18.9,
        "ratio": 1.6e8,
        "ratio_cluster_interval": {"low": 0.2, "high": 2e9},
        "without_largest_author": {
            "author": "<b>x",
            "share_of_outcome": 0.39,
            "ratio": 1.02,
            "ratio_cluster_interval": {"low": 0.08, "high": 14},
        },
    }
    sen = {
        **OVERALL,
        "main": False,
        "method": "theil-sen line",
        "estimate": None,
        "ratio": None,
        "reason": "50% of the outcomes are 0",
    }
    text = text_of({"regressions": [main, sen]})
    assert "more than 1,0000.20 to more than 1,000" in text
    assert "Theil-sen line" in text
    assert "50% of the outcomes are 0" in text
    assert "<b>x39\u00a0%1.020.08 to 14" in text
    assert "Every model" not in text_of({"regressions": [main]})


def test_copies_stand_apart() -> None:
    groups = ("machine-made", "the rest")
    entries = [
        {**OVERALL, "group": group, "n": 9, "estimate": 0.1, "cluster_interval": BOUNDS}
        for group in groups
    ]
    shares = [{"trait": f"t{i}", "machine-made": i / 20, "the rest": 0.0} for i in range(12)]
    made = {
        "n": 9,
        "words": "9 copies <i>.",
        "entries": entries,
        "prevalence": shares,
        "medians": [{"group": group, "outcome": "likes", "median": 3} for group in groups],
    }
    text = text_of({"traits": {"machine_made": made, "traits": {"t11": "a table"}}})
    assert "9 copies <i>." in text
    assert "All otherslikes93+0.10" in text
    assert "a table55\u00a0%0\u00a0%" in text
    assert "t2" in text
    assert "t1<" not in text
    assert text_of({"traits": {"machine_made": {**made, "n": 0}}}) == ""
