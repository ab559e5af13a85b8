"""What the page says of the links: which tables there are, and what stands in their cells."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from test_html import Page

from cardiogram.analysis import JudgeUsed, Results, StudyCoverage, analyze
from cardiogram.analysis.results import (
    AllCards,
    AssociationNumber,
    AuthorOut,
    ComparisonNumber,
    CopyMedian,
    CopyNumber,
    CopyResults,
    CopyShare,
    DuplicateNumber,
    DuplicateResults,
    GapReach,
    OutlierResults,
    PartialNumber,
    RatioEnds,
    ReachNumber,
    RefusedRule,
    RegressionNumber,
    RuleRank,
    StrataNumber,
    StratumNumber,
    TraitNumber,
    TraitPartial,
    TraitRank,
    TraitResults,
    WilliamsTest,
    WithoutAuthor,
)
from cardiogram.report.data.payload import build_payload
from cardiogram.report.markup.markup import visible
from cardiogram.report.page.html import render_html
from cardiogram.report.page.links import (
    comparison,
    comparison_by_group,
    copies,
    other_models,
    within,
)
from cardiogram.report.page.statistics import further, trust_sections
from cardiogram.report.tables import Chapter, write_csv, write_html
from cardiogram.stats import Decile
from cardiogram.stats.resampling import Interval
from studies import Row, make_study

Made = TypeVar("Made")
EMPTY = CopyResults(words="", n=0, medians=(), prevalence=(), entries=())


def make(kind: type[Made], **values: Any) -> Made:
    """A number of the overall rating with likes, of 20 models."""
    about = {"predictor": "overall_expected", "outcome": "likes"}
    known = {key: value for key, value in about.items() if key in kind.__dataclass_fields__}  # type: ignore[attr-defined]
    return kind(**{"method": "spearman", "call": "a call", "n": 20, **known, **values})


def results(**parts: Any) -> Results:
    return Results(coverage=StudyCoverage(), judge=JudgeUsed(id="embedded"), **parts)


def ends(low: float, high: float) -> Interval:
    return Interval(0.95, low, high, "made up")


def sections(**parts: Any) -> dict[str, Chapter]:
    return {section.title: section for section in trust_sections(results(**parts))}


def cells(section: Chapter, place: int = 0) -> list[list[str]]:
    """A table of a section as a reader of the page sees it."""
    page = Page(str(write_html(replace(section, tables=[section.tables[place]]))))
    return page.rows


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
            "No model of this study has downloads (all time)",
            "How many times the downloads",
            "Other models of this link",
            "Huber's M-estimator of log1p",
            "Does the link hold within groups of models?",
            "Mean of 3 tasks",
            "Is the link stronger with likes than with downloads?",
            "The same by group: stronger with likes in",
            "Adjusted for",
            "Sensitivity to outliers",
            "Near-duplicate cards",
            "What models with many downloads (30 days) have",
            "What models with many likes have",
            "What this study could have seen",
        )
    ]
    assert places == sorted(places)
    assert [tag for tag, _ in page.elements].count("details") == 10


def test_an_analyzed_study_prints_no_missing_value(page: Page) -> None:
    for word in ("nan", "NaN", "None of the", " None", "raises", "inf to"):
        assert word not in page.text


def test_details_open_without_a_script_and_have_no_style(page: Page) -> None:
    details = [attributes for tag, attributes in page.elements if tag == "details"]
    assert all(attributes == {} for attributes in details)
    assert [tag for tag, _ in page.elements].count("summary") == len(details)


def test_results_without_further_parts_leave_no_trace() -> None:
    assert further(results()) == ""


def test_effects_are_the_sentences_of_the_results_and_reasons() -> None:
    said = make(RegressionNumber, main=True, se=None, estimate=0.7, words="2 times <b>.")
    numbers = (
        said,
        replace(said, outcome="downloads", words=None, estimate=None, reason="all counts are 0"),
        replace(said, predictor="usage_expected", words="Not of the overall rating."),
        replace(said, main=False, words=None, estimate=None, reason="refused"),
    )
    text = Page(str(further(results(regressions=numbers)))).text
    assert "2 times <b>." in text
    assert "downloads (30 days): all counts are 0" in text
    assert "Not of" not in text
    assert "refused" not in text.partition("Other models")[0]


def test_the_comparison_of_all_models_is_told_and_that_of_groups_is_not() -> None:
    gap = make(
        ComparisonNumber,
        outcome="likes - downloads",
        first="likes",
        second="downloads",
        by="all",
        stratum="all models",
        reason="only 3 models",
    )
    found = comparison([gap])
    assert found.sentences == ["only 3 models"]
    assert cells(found)[1] == [
        "likes against downloads (30 days)",
        "20",
        "–",
        "–",
        "only 3 models",
        "–",
        "–",
    ]
    text = Page(str(further(results(comparisons=(gap, replace(gap, by="task", words="x")))))).text
    assert "by group" not in text


def test_what_was_not_adjusted_for_is_said() -> None:
    out = AuthorOut(low=0.1, high=0.4, low_without="a<i>", high_without="b", method="two out")
    partial = make(PartialNumber, n=40, estimate=0.25, given=("created", "library x"))
    plain = make(AssociationNumber, estimate=0.3, leave_one_author_out=out)
    found = sections(partial=(partial,), associations=(plain,))
    section = found["Adjusted for age and library, and with one author left out"]
    assert "did not allow to adjust for task and size" in section.sentences[0]
    assert "two out" in section.sentences[1]
    assert cells(section)[1] == [
        "Likes",
        "40",
        "+0.30",
        "+0.25",
        "–",
        "+0.10 to +0.40without a<i>, without b",
    ]
    alone = sections(partial=(make(PartialNumber, reason="few"),))
    assert list(alone) == ["Adjusted, and with one author left out"]


def test_outliers_before_and_after_a_rule() -> None:
    kept = make(RuleRank, rule="none", rule_words="none", dropped=0, dropped_ids=(), estimate=0.4)
    iqr = replace(
        kept,
        rule="iqr",
        rule_words="far out",
        dropped=3,
        estimate=0.2,
        dropped_above_median_rating=0.75,
    )
    mad = make(RefusedRule, rule="mad", rule_words="wide", reason="no spread")
    whole = OutlierResults(
        rule="none", rule_words="", why=("First.",), data_errors={}, entries=(kept, iqr, mad)
    )
    section = sections(outliers=whole)["Sensitivity to outliers"]
    assert section.sentences == ("First.",)
    assert cells(section)[1:] == [
        ["far out", "likes", "3", "75\u00a0%", "+0.40", "+0.20"],
        ["wide", "likes", "–", "–", "+0.40", "no spread"],
    ]
    asked = sections(outliers=replace(whole, rule="iqr", rule_words="far out"))
    assert "leave out outcomes far out" in asked["Sensitivity to outliers"].sentences[0]


def test_duplicates_in_one_sentence() -> None:
    number = make(
        DuplicateNumber,
        estimate=0.2,
        all_cards=AllCards(n=20, estimate=0.3, method="spearman", call="a call"),
    )
    found = DuplicateResults(
        similar=0.9,
        method="m",
        call="c",
        n=50,
        clusters=3,
        cards=12,
        largest=5,
        one_author=2,
        several_authors=1,
        examples=(),
        entries=(number,),
    )

    def sentence(found: DuplicateResults) -> str:
        return sections(duplicates=found)["Near-duplicate cards"].sentences[0]

    assert sentence(found).startswith("12 of 50 cards are near-duplicates in 3 clusters; with one")
    assert sentence(found).endswith("likes +0.20 (+0.30 with all cards).")
    assert sentence(replace(found, cards=0)) == "None of 50 cards are near-duplicates."
    refused = replace(number, estimate=None, reason="few models")
    assert "likes few models" in sentence(replace(found, entries=(refused,)))


def trait(name: str, ratio: float | None, q: float | None, **more: Any) -> TraitNumber:
    interval = None if ratio is None else ends(ratio / 2, ratio * 2)
    tenths = (Decile(0, 1, 9, 0.1), Decile(5, 9, 8, 0.6))
    values = {"estimate": ratio, "q_value": q, "cluster_interval": interval, **more}
    return make(
        TraitNumber,
        trait=name,
        prevalence_by_decile=tenths,
        given=("created", "task x"),
        spearman=make(TraitRank, estimate=0.1, cluster_interval=ends(-0.1, 0.3)),
        partial=make(TraitPartial),
        **values,
    )


def trait_results(entries: Iterable[TraitNumber], copies: CopyResults = EMPTY) -> TraitResults:
    return TraitResults(
        tests=3,
        correction="",
        rho_tests=3,
        rho_correction="",
        top_share=0.25,
        traits={"strong": "a demo", "t11": "a table"},
        entries=tuple(entries),
        machine_made=copies,
    )


def test_traits_are_sorted_by_odds_and_marked_by_q() -> None:
    entries = [
        trait("weak", 0.5, 0.2),
        trait("absent", None, None, reason="0 of 90 models have it"),
        trait("strong", 4.0, 0.01),
        trait("unsure", 2.0, None, cluster_interval=None),
    ]
    section = sections(traits=trait_results(entries))["What models with many likes have"]
    assert "3 odds ratios were tested" in section.sentences[1]
    assert "the upper 25\u00a0%" in section.sentences[0]
    assert section.tables[0].certain == {0}
    heads, *rows = cells(section)
    assert heads[1:3] == ["Least popular9 models", "Most popular8 models"]
    shares, rho = ["10\u00a0%", "60\u00a0%"], "+0.10−0.10 to +0.30"
    assert rows == [
        ["a demo", *shares, rho, "4.0 *", "", "2.0 to 8.0", "0.010"],
        ["unsure", *shares, rho, "2.0", "", "–", "–"],
        ["weak", *shares, rho, "0.50", "", "0.25 to 1.00", "0.200"],
        ["absent", *shares, rho, "0 of 90 models have it"],
    ]


def test_power_in_one_sentence() -> None:
    reach = make(ReachNumber, estimate=0.23, if_independent=0.2)
    gap = make(GapReach, outcome="likes - downloads", reason="one author")
    sentence = sections(power=(reach, gap))["What this study could have seen"].sentences[0]
    assert "of at least 0.23 (likes)" in sentence
    assert "one author (likes against downloads (30 days))" in sentence


def test_hostile_names_are_escaped_and_empty_numbers_are_dashes() -> None:
    bad = "<script>\u202e"
    gap = {"first": bad, "second": bad, "by": "all", "stratum": bad}
    html = str(
        further(
            results(
                associations=(make(AssociationNumber, outcome=bad),),
                partial=(make(PartialNumber, outcome=bad),),
                regressions=(make(RegressionNumber, outcome=bad, main=True, se=None),),
                comparisons=(make(ComparisonNumber, outcome=bad, **gap),),
                power=(make(ReachNumber, outcome=bad, if_independent=None),),
                outliers=OutlierResults(
                    rule="none",
                    rule_words=bad,
                    why=(),
                    data_errors={},
                    entries=(make(RefusedRule, rule="x", rule_words=bad, outcome=bad),),
                ),
                traits=trait_results([trait("<script>", None, None)]),
            )
        )
    )
    assert "<script>" not in html
    assert "None" not in html
    assert visible(html) == html


def test_the_criteria_stand_behind_a_line(tmp_path: Path) -> None:
    study = make_study(tmp_path, [Row("a/b", 3)])
    found = json.loads(study.results_path.read_text("utf-8"))
    more = {**found["associations"][0], "predictor": "usage_expected"}
    study.results_path.write_text(
        json.dumps({**found, "associations": [*found["associations"], more]}), "utf-8"
    )
    html = render_html(build_payload(study))
    assert html.count("<details>") == 1
    assert html.index("(1 association)</summary>") < html.rindex(">Usage<")


def stratum(label: str, rho: float | None, *bounds: float) -> StratumNumber:
    interval = ends(*bounds) if bounds else None
    return make(StratumNumber, stratum=label, estimate=rho, cluster_interval=interval)


def test_groups_are_drawn_with_their_mean_and_told_in_words() -> None:
    groups = (stratum("a<b>", 0.4, 0.1, 0.6), stratum("few", None), stratum("c", 0.2))
    found = make(
        StrataNumber,
        by="task",
        n=60,
        groups=3,
        strata=groups,
        estimate=0.3,
        cluster_interval=ends(0.1, 0.4),
        words="Within tasks, more.",
    )
    lonely = (stratum("\u202ed", -0.4, -0.6, 0.1),)
    other = make(StrataNumber, by="library", strata=lonely, reason="two groups only")
    html = str(within(results(strata=(found, other))))
    page = Page(html)
    assert "Within libraries: no link can be told" in page.text
    assert "Within tasks: +0.30 with likes" in page.text
    assert "Within tasks, more." in page.text
    assert "two groups only" in page.text
    assert "a<b>: +0.40 (+0.10 to +0.60), 20 models; c: +0.20, no interval, 20 mod" in page.text
    assert "Mean of 3 tasks: +0.30 (+0.10 to +0.40), 60 models" in page.text
    circles = [a["class"] for tag, a in page.elements if tag == "circle"]
    assert circles == ["open", "told", "open"]
    assert [tag for tag, _ in page.elements].count("polygon") == 1
    assert "<b>:" not in html
    assert "\u202e" not in html


def test_more_groups_than_are_drawn_are_told() -> None:
    groups = tuple(stratum(f"g{i}", 0.1, -0.1, 0.3) for i in range(20))
    found = make(StrataNumber, by="task", strata=groups, reason="why")
    text = Page(str(within(results(strata=(found,))))).text
    assert "The 15 largest of 20 groups are drawn." in text
    assert "g14" in text
    assert "g15" not in text


def test_gaps_by_group_count_what_is_told() -> None:
    def gap(name: str, *bounds: float) -> ComparisonNumber:
        return make(
            ComparisonNumber,
            outcome="likes - downloads",
            first="likes",
            second="downloads",
            by="task",
            stratum=name,
            estimate=0.2,
            cluster_interval=ends(*bounds) if bounds else None,
            williams=WilliamsTest(t=2.0, p_value=0.0001, degrees_of_freedom=17),
        )

    numbers = [gap("up", 0.1, 0.3), gap("down", -0.3, -0.1), gap("wide", -3.0, 3.0), gap("none")]
    section = comparison_by_group(numbers)
    assert section.title.endswith("stronger with likes in 1 of 4, weaker in 1")
    assert [row[6:] for row in cells(section)[1:]] == [
        ["+0.10 to +0.30", "< 0.001"],
        ["−0.30 to −0.10", "< 0.001"],
        ["the interval is wider than any difference can be", "< 0.001"],
        ["–", "< 0.001"],
    ]
    other = replace(gap("other", 0.1, 0.3), outcome="likes - downloads_all_time")
    whole = replace(gap("all models"), by="all")
    text = Page(str(further(results(comparisons=(whole, *numbers, other))))).text
    assert "in 1 of 4" in text


def test_every_printed_model_stands_with_its_ratio_or_its_refusal() -> None:
    main = make(
        RegressionNumber,
        main=True,
        se=None,
        method="Poisson",
        words="Said.",
        estimate=18.9,
        ratio=1.6e8,
        ratio_cluster_interval=RatioEnds(low=0.2, high=2e9),
        without_largest_author=make(
            WithoutAuthor,
            se=None,
            author="<b>x",
            share_of_outcome=0.39,
            ratio=1.02,
            ratio_cluster_interval=RatioEnds(low=0.08, high=14),
        ),
    )
    huber = make(
        RegressionNumber, main=False, se=None, method="Huber's line", reason="half of them are 0"
    )
    tukey = replace(huber, method="Tukey's line")
    section = other_models([main, huber, tukey])
    assert cells(section, 0)[1] == ["Likes", "<b>x", "39\u00a0%", "1.02", "0.08 to 14"]
    assert cells(section, 1)[1:] == [
        ["Poisson", "20", "+18.90", "more than 1,000", "0.20 to more than 1,000"],
        ["Huber's line", "20", "–", "–", "half of them are 0"],
    ]
    assert "Other models" not in Page(str(further(results(regressions=(main,))))).text
    assert "Huber's line,20,,,half of them are 0" in write_csv(section.tables[1])


def test_copies_stand_apart() -> None:
    groups = ("machine-made", "the rest")
    interval = ends(0.1, 0.4)
    made = CopyResults(
        words="9 copies <i>.",
        n=9,
        medians=tuple(CopyMedian(group=g, outcome="likes", n=9, median=3.0) for g in groups),
        prevalence=tuple(CopyShare(trait=f"t{i}", made=i / 20, others=0.0) for i in range(12)),
        entries=tuple(
            make(CopyNumber, group=g, n=9, estimate=0.1, cluster_interval=interval) for g in groups
        ),
    )
    section = copies(trait_results((), made))
    assert section.sentences == ["9 copies <i>."]
    assert cells(section, 0)[2] == ["All others", "likes", "9", "3", "+0.10", "+0.10 to +0.40"]
    shares = cells(section, 1)
    assert shares[1] == ["a table", "55\u00a0%", "0\u00a0%"]
    assert [row[0] for row in shares[1:]][-1] == "t2"
    assert len(shares) == 11
    assert sections(traits=trait_results((), replace(made, n=0))) == {}
