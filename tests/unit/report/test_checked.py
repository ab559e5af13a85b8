"""How a checked card is shown; its numbers are made up, so that the judge may change."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from cardiogram.cards.card import parse_card
from cardiogram.cards.lint.findings import Edit, Finding
from cardiogram.cards.lint.linter import RULES
from cardiogram.check import Checked, DeletedCard, Earlier, check
from cardiogram.judge.expectations.expectations import EXPECTATIONS
from cardiogram.judge.expectations.gaps import Gap
from cardiogram.judge.rating import Evidence, Rating, Score
from cardiogram.maps.examples import Part
from cardiogram.maps.place import Neighbour, Place
from cardiogram.names import SCORES
from cardiogram.report.document import render_checked_page
from cardiogram.report.markup import level_of, printable
from cardiogram.report.terminal.checked import Form, render_checked
from cardiogram.report.terminal.checked.annotations import render_github
from cardiogram.report.terminal.checked.as_objects import render_json
from cardiogram.report.terminal.checked.comment import render_markdown
from cardiogram.report.terminal.checked.phrases import (
    describe_change,
    describe_shortfall,
    grade_of,
    interval_of,
    range_of,
    spread_of,
)
from cardiogram.report.terminal.checked.sarif import render_sarif
from cardiogram.report.terminal.writing import Look, one_line
from cardiogram.repository.contradictions import CONTRADICTION_RULES
from snapshots import assert_snapshot

EVIL = "evil\x1b[2J\u202e`|<b>\n# x"


def gap(number: int, gain: float) -> Gap:
    expectation = EXPECTATIONS[number]
    return Gap(
        expectation.key,
        expectation.criterion,
        f"missing {number}",
        "Do that.",
        number + 1,
        gain,
        gain,
    )


def checked(
    target: str = "me/parrot",
    gaps: int = 4,
    text: str = "# T",
    path: str = "",
    findings: tuple[Finding, ...] = (),
    overall: float = 1.0,
    earlier: float | None = None,
) -> Checked:
    card = parse_card(text, id="me/parrot")
    scores = {
        name: Score(1 + index % 5, 1 + index * 0.5, 1.0, 1 + index * 0.5)
        for index, name in enumerate(SCORES)
    }
    scores["overall"] = Score(1, overall, max(1.0, overall - 1), min(5.0, overall + 1))
    before = None
    if earlier is not None:
        then = {**scores, "overall": Score(1, earlier, 1, 5), "usage": Score(1, 1.1, 1, 5)}
        before = Earlier("the last commit", then)
    rating = Rating(
        "embedded",
        "9.9.9",
        "model-card-v1",
        card.input_sha256,
        scores=scores,
        evidence=(Evidence("usage", "code to run the model", 3, 4, 0.5),),
        problems=card.problems,
    )
    found = tuple(gap(number, (0.3, 0.12, 0.04, 0.0)[number]) for number in range(gaps))
    return Checked(target, card, rating, found, path, findings, before)


LONG = "a message of many words that is far too long for one line of a terminal, and is wrapped"
FINDINGS = (
    Finding("CG111", "license-unknown", "error", 2, "'x' is not a licence.", (Edit(0, 1, b""),)),
    Finding("CG113", "task-missing", "warning", 1, LONG),
    Finding("CG206", "missing-file", "warning", 7, f"no file {EVIL!r} | 50 %, done: yes"),
    *(Finding("CG401", "fence-without-language", "note", 9 + n, "no language.") for n in range(4)),
)


PLACE = Place(
    "reference",
    "BERT models",
    0.8,
    0.0,
    0.0,
    neighbours=(Neighbour("other/bird", 0.81, 4.2, (Part("evaluation", 14, 4.4),)),),
    task="text generation",
    above=43,
    among=113,
)
CROWDED = checked(
    "some folder/README.md",
    text="---\na: [\n---\n```\nx\r\n",
    path="some folder/README.md",
    findings=FINDINGS,
    overall=2.6,
    earlier=2.1,
)


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("check-gaps.txt", checked()),
        ("check-no-gaps.txt", checked(gaps=0, overall=4.6)),
        ("check-findings.txt", checked(gaps=1, findings=FINDINGS)),
        ("check-problems.txt", checked("-", text="---\na: [\n---\n```\nx\r\n")),
        ("check-crowded.txt", CROWDED),
    ],
)
@pytest.mark.parametrize("width", [80, 60])
def test_a_card_is_one_screen(name: str, item: Checked, width: int) -> None:
    look = Look(width, minimum=3.0)
    text = render_checked([item], "text", {item.target: PLACE}, look)
    assert max(map(len, text.splitlines())) <= width
    assert render_checked([item], "text", {item.target: PLACE}, look) == text
    if width == 80:
        assert_snapshot(name, text)
    assert len(text.splitlines()) <= 25


@pytest.mark.parametrize("width", [60, 80])
def test_wide_ranges_long_advice_and_many_refusals_still_are_one_screen(width: int) -> None:
    gaps = tuple(
        replace(gap, missing=LONG, advice=f"{LONG}. {LONG}", low=0.1, high=2.1)
        for gap in CROWDED.gaps
    )
    refused = tuple(
        Finding("CG111", "license-unknown", "error", line, LONG, (Edit(0, 1, b""),))
        for line in range(1, 9)
    )
    item = replace(CROWDED, gaps=gaps, findings=refused)
    lines = render_checked([item], "text", {item.target: PLACE}, Look(width)).splitlines()
    assert max(map(len, lines)) <= width
    assert width == 60 or len(lines) <= 25


def test_contradictions_stand_apart_on_one_screen() -> None:
    false = tuple(
        Finding("CG501", "parameters", "error", line, f"What files say: {LONG}")
        for line in range(1, 7)
    )
    gaps = tuple(replace(gap, missing=LONG, advice=f"{LONG}. {LONG}") for gap in CROWDED.gaps)
    item = replace(CROWDED, findings=(*FINDINGS, *false), gaps=gaps)
    lines = render_checked([item], "text", {item.target: PLACE}, Look()).splitlines()
    assert len(lines) <= 25
    assert "The files say something else" in lines
    assert any(line.endswith("more: cardiogram verify 'some folder/README.md'") for line in lines)
    whole = render_checked([item], look=Look(detail="all"))
    assert whole.count("CG501") == 6


def test_everything_of_a_card() -> None:
    text = render_checked([CROWDED], "text", {CROWDED.target: PLACE}, Look(detail="all"))
    assert_snapshot("check-all.txt", text)
    assert max(map(len, text.splitlines())) <= 80
    assert all(finding.rule in text for finding in FINDINGS)
    assert text.count("missing ") + text.count("Missing ") == 4


def several() -> list[Checked]:
    return [
        checked("org/good", gaps=0, overall=4.1),
        checked("org/worst", overall=1.24),
        checked("org/middling-with-a-name-that-is-long", overall=2.96),
        checked("org/" + EVIL, overall=3.0, gaps=2),
    ]


def test_several_cards_are_a_list_the_worst_first() -> None:
    text = render_checked(several(), look=Look(minimum=3.0))
    assert_snapshot("check-list.txt", text)
    rows = text.splitlines()
    assert [row.split()[0] for row in rows[1:6]] == ["1.2", "3.0", "3.0", "3.0", "4.1"]
    assert "2 of 4 are under 3.0:" in text
    assert "worst by 1.8, middling-with-a-name-that-is-long by 0.04." in text
    for width in (80, 60, 40):
        narrow = render_checked(several(), look=Look(width)).splitlines()
        assert max(map(len, narrow)) <= width


def test_a_list_says_what_changed() -> None:
    cards = [checked("a/README.md", path="a/README.md", overall=2.5, earlier=2.0)]
    cards += [checked("b/README.md", path="b/README.md", overall=2.6)]
    text = render_checked(cards)
    assert [line.split()[:2] for line in text.splitlines()] == [
        ["rating", "change"],
        ["2.5", "+0.5"],
        ["2.6", "new"],
        [],
        ["i", "u"],
        ["metadata,", "structure"],
    ]
    markdown = render_markdown(cards, look=Look(minimum=3.0))
    assert_snapshot("check-list.md", markdown)
    assert "| card | rating | since `the last commit` |" in markdown
    assert "**2 of 2 are under 3.0:**" in markdown


def test_lists_with_detail_are_cards_and_their_end() -> None:
    text = render_checked(several(), look=Look(detail="all", minimum=3.0))
    assert text.count("What would raise the rating most") == 3
    assert text.endswith("middling-with-a-name-that-is-long by 0.04\n")


def test_colour_carries_the_level_and_can_be_left_out() -> None:
    for cards in ([CROWDED], several()):
        plain = render_checked(cards)
        colour = render_checked(cards, look=Look(colour=True))
        assert "\x1b" not in plain
        assert "\x1b[38;5;208m" in colour
        assert re.sub(r"\x1b\[[0-9;]*m", "", colour) == plain
    assert "\x1b" not in render_checked([checked()], "markdown", look=Look(colour=True))


@pytest.mark.parametrize(
    ("number", "level"),
    [(1.0, 1), (1.44, 1), (1.45, 1), (1.46, 2), (2.5, 3), (3.449, 3), (3.46, 4), (5.0, 5)],
)
def test_a_word_follows_from_the_number_that_is_shown(number: float, level: int) -> None:
    assert level_of(number) == level == int(float(f"{number:.1f}") + 0.5)


def test_the_overall_word_is_of_the_expected_value() -> None:
    assert grade_of(checked(overall=2.46)) == "adequate"  # whatever the median is
    assert grade_of(checked(overall=2.44)) == "minimal"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1.6, 5.0, "1.6 to 5.0"),
        (2.0, 4.0, "2.0 to 4.0"),
        (None, None, ""),
    ],
)
def test_an_interval_is_put_in_words(low: float | None, high: float | None, words: str) -> None:
    assert interval_of(Score(3, 3.0, low, high)) == words


def test_a_change_in_words() -> None:
    assert describe_change(checked()) == ""
    words = describe_change(checked(overall=3.1, earlier=2.8))
    assert words == "2.8 at the last commit, 3.1 now: usage +0.9"
    same = checked(overall=3.1)
    assert same.rating.scores
    earlier = Earlier("main", same.rating.scores)
    assert describe_change(replace(same, earlier=earlier)) == "3.1 at main and now"


def test_a_shortfall_has_the_digits_that_show_it() -> None:
    assert describe_shortfall([checked(overall=2.6)], 3.0) == ["Under 3.0 by 0.4."]
    assert describe_shortfall([checked(overall=2.99)], 3.0) == ["Under 3.0 by 0.01."]
    assert describe_shortfall([checked(overall=3.0)], 3.0) == []
    many = [checked(f"a/{number}", overall=1 + number / 10) for number in range(15)]
    first, *rest = describe_shortfall(many, 5.0)
    assert first == "15 of 15 are under 5.0:"
    assert rest[0] == "a/0 by 4.0"
    assert rest[-1] == "5 more"
    assert len(rest) == 11


def test_markdown() -> None:
    assert_snapshot(
        "check.md",
        render_markdown(
            [checked(), checked(EVIL, 0, text="---\na: [\n---\n# T", findings=FINDINGS[:3])]
        ),
    )


def test_json_holds_everything() -> None:
    (item,) = json.loads(render_json([checked()]))
    assert set(item["scores"]) == set(SCORES)
    assert set(item["scores"]["usage"]) == {"value", "expected", "low", "high"}
    assert item["judge"] == {"id": "embedded", "version": "9.9.9"}
    assert len(item["gaps"]) == 4
    assert item["evidence"][0]["first_line"] == 3
    assert json.loads(render_json([])) == []


def test_sarif() -> None:
    document = json.loads(render_sarif([checked(path="docs/my card.md"), checked(gaps=1)]))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert len(rules) == len(EXPECTATIONS) + len(RULES) + len(CONTRADICTION_RULES)
    assert all(rule["help"]["text"] for rule in rules)
    assert len(run["results"]) == 5
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startLine"] >= 1
    places = [r["locations"][0]["physicalLocation"]["artifactLocation"] for r in run["results"]]
    assert {place["uri"] for place in places} == {"docs/my%20card.md", "me/parrot/README.md"}
    assert [result["level"] for result in run["results"]] == [
        "warning",
        "note",
        "note",
        "note",
        "warning",
    ]
    assert json.loads(render_sarif([]))["runs"][0]["results"] == []


def test_nothing_from_outside_steers_a_terminal_or_a_page() -> None:
    item = checked(EVIL, text=f"---\n{EVIL}: 1\n{EVIL}: 2\n---\n# T")
    earlier = replace(item, earlier=Earlier(EVIL, item.rating.scores), path=EVIL)
    near = replace(PLACE, map=EVIL, task=EVIL, neighbours=(Neighbour(EVIL, 0.8, 4.2),))
    places = {EVIL: near}
    details: tuple[Literal["short", "all"], ...] = ("short", "all")
    for cards in ([item], [earlier], [item, earlier]):
        for detail in details:
            look = Look(detail=detail, minimum=4)
            text = render_checked(cards, "text", places, look)
            assert not {"\x1b", "\u202e", "\r"} & set(text)
            assert "\n# x" not in text
            markdown = render_checked(cards, "markdown", places, look)
            assert not {"\x1b", "\u202e", "\r"} & set(markdown)
            assert "\n# x" not in markdown
            assert "<b>" not in re.sub("`[^`]*`", "", markdown)
    assert "\n" not in one_line(EVIL)
    markdown = render_markdown([item])
    (title,) = [line for line in markdown.splitlines() if line.startswith("### ")]
    assert title.count("`") == 2
    assert "\x1b" not in markdown


def test_a_name_that_is_no_text_can_be_printed() -> None:
    odd = "caf\udce9.md"
    for text in (
        render_checked([checked(odd)]),
        render_markdown([checked(odd)]),
        render_json([checked(odd)]),
        render_sarif([checked(odd, path=odd)]),
    ):
        text.encode()


def test_printable_keeps_what_people_write() -> None:
    text = "Ünïcode 日本語 🤗\tand\nlines"
    assert printable(text) == text
    assert printable("\x00\x9b\u2066\ud800") == "????"


def test_the_paths_of_a_file_are_kept(tmp_path: Path) -> None:
    item = checked(str(tmp_path), path=str(tmp_path / "README.md"))
    document = json.loads(render_sarif([item]))
    place = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("/README.md")


def test_findings_in_json_and_sarif() -> None:
    (item,) = json.loads(render_json([checked(findings=FINDINGS)]))
    assert [one["rule"] for one in item["findings"]] == [one.rule for one in FINDINGS]
    assert [one["fixable"] for one in item["findings"]] == [True] + [False] * 6
    (run,) = json.loads(render_sarif([checked(gaps=0, findings=FINDINGS)]))["runs"]
    assert [result["level"] for result in run["results"]][:3] == ["error", "warning", "warning"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startLine"] >= 1


def test_github_annotations_stay_on_their_lines() -> None:
    item = checked(EVIL, gaps=4, path="a,b:c%\n.md", findings=FINDINGS)
    lines = render_github([item]).splitlines()
    assert len(lines) == len(FINDINGS) + 3
    assert [line.split()[0] for line in lines[:4]] == [
        "::error",
        "::warning",
        "::warning",
        "::notice",
    ]
    assert lines[0] == (
        "::error file=a%2Cb%3Ac%25%0A.md,line=2,title=CG111 license-unknown::'x' is not a licence."
    )
    assert "50 %25, done: yes" in lines[2]
    assert render_github([]) == ""


def test_a_problem_that_a_finding_tells_is_not_told_twice() -> None:
    item = checked(text="---\na: [\n---\n# T\r\n")
    words = "he metadata is not valid YAML (line 3, a [ or { above it is not closed)"
    told = Finding("CG103", "front-matter-malformed", "error", 3, f"t{words}.")
    both = checked(text="---\na: [\n---\n# T\r\n", findings=(told,))
    forms: tuple[Form, ...] = ("text", "markdown")
    for form in forms:
        for shown in (render_checked([item], form), render_checked([both], form)):
            assert " ".join(shown.split()).count(words) == 1
        assert "carriage returns" in render_checked([both], form)


def test_what_the_hub_refuses_comes_first_and_fix_is_not_offered_for_it(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    left = "<!-- Provide a quick summary of what the model is/does. -->"
    path.write_text(f"---\nlicense: [mit\n---\n# Parrot\n\nIt repeats words.\n\n{left}\n")
    card = check(path)
    assert any(finding.edits for finding in card.findings)
    cause = "line 2, a comma or ] is missing after its ["
    text, markdown = render_checked([card]), render_checked([card], "markdown")
    for shown in (text, markdown, render_checked_page([card])):
        flat = " ".join(shown.split())
        assert flat.index(cause) < flat.index("What would raise the rating most")
    assert "--fix" not in text
    path.write_text(path.read_text().replace("[mit", "mit"))
    assert "--fix" in render_checked([check(path)])


def test_a_card_that_the_text_names_is_no_example_for_it() -> None:
    forms: tuple[Form, ...] = ("text", "markdown")
    for form in forms:
        for text, is_shown in (("# T\n\nLike others.\n", True), ("# T\n\n`other/bird`\n", False)):
            card = checked(text=text)
            assert ("other/bird" in render_checked([card], form, {card.target: PLACE})) == is_shown


def test_a_card_under_the_bar_is_an_error_annotation() -> None:
    item = checked("a.md", overall=2.4, earlier=2.6, path="models/a,b.md")
    first, *rest = render_github([item, checked(overall=3.0)], 3.0).splitlines()
    assert first == (
        "::error file=models/a%2Cb.md,line=1,title=rating under the bar::2.4 is 0.6 under the bar "
        "of 3.0; 2.6 at the last commit, 2.4 now: usage +0.9; first: Missing 0. Do that."
    )
    assert not any(line.startswith("::error") for line in rest)
    assert "::error" not in render_github([item])


def test_json_has_the_earlier_rating_and_the_shortfall() -> None:
    (item,) = json.loads(render_json([checked(overall=2.5, earlier=2.0)], None, 3.0))
    assert item["earlier"]["at"] == "the last commit"
    assert item["earlier"]["scores"]["overall"]["expected"] == 2.0
    assert item["under_minimum_by"] == 0.5
    (item,) = json.loads(render_json([checked()]))
    assert item["earlier"] is None
    assert "under_minimum_by" not in item


def test_the_range_of_gains_is_said_where_it_is_wide() -> None:
    known = replace(gap(0, 2.0), low=0.5, high=3.6)
    narrow = replace(gap(1, 0.4), low=0.1, high=0.9)
    assert (
        spread_of([known, narrow]) == f"90 % interval of the gain: {known.criterion} +0.5 to +3.6."
    )
    assert spread_of([narrow, gap(2, 1.0)]) == ""
    assert range_of(known) == " (+0.5 to +3.6)"
    assert range_of(gap(2, 1.0)) == ""


def test_many_cards_have_room_in_a_comment() -> None:
    cards = [
        checked(f"m{number}/" + "long-name-" * 20, path="x", overall=1 + number / 200, earlier=2.0)
        for number in range(700)
    ]
    unchanged = [
        replace(card, earlier=Earlier("main", card.rating.scores, edited=False)) for card in cards
    ]
    gone = [DeletedCard(card.target, card.path, 2.0, "main") for card in cards]
    for many, absent in ((cards, []), (unchanged, []), (cards + unchanged, gone), ([], gone)):
        markdown = render_markdown(many, look=Look(minimum=5.0), absent=absent)
        assert 3000 < len(markdown) < 35_000
        assert re.search(r"^And \d+ more\.$", markdown, re.MULTILINE)
        assert markdown.count("<details>") == markdown.count("</details>")


def test_annotations_that_github_shows_are_of_all_cards_and_of_what_changed() -> None:
    cards = [checked(f"m{number}", path=f"m{number}", findings=FINDINGS) for number in range(4)]
    same = replace(cards[0], earlier=Earlier("main", cards[0].rating.scores, edited=False))
    lines = render_github(
        [same, *cards[1:]], 3.0, [DeletedCard("gone", "gone", 2.0, "main")]
    ).splitlines()
    kinds = [line.split()[0] for line in lines]
    assert kinds == sorted(kinds, key=["::error", "::warning", "::notice"].index)
    warnings = [line for line in lines if line.startswith("::warning")]
    assert "file=gone" in warnings[0]
    assert [re.findall("file=(m.)", line) for line in warnings[1:4]] == [["m1"], ["m2"], ["m3"]]
    assert "file=m0" in warnings[-1]


def test_low_ratings_are_not_denied_where_nothing_is_missing_for_certain() -> None:
    assert "Nothing is missing for certain. Lowest: identity 1.5 and usage 2.0." in render_checked(
        [checked(gaps=0)]
    )
    card = checked(gaps=0)
    high = dict.fromkeys(SCORES, Score(3, 3.0, 2.0, 4.0))
    card = replace(card, rating=replace(card.rating, scores=high))
    assert "Nothing is missing for certain." in render_checked([card])


def test_a_draft_is_named_where_there_are_gaps() -> None:
    draft = "cardiogram improve me/parrot  drafts from its files"
    assert draft in render_checked([checked()])
    assert draft not in render_checked([checked(gaps=0)])
    assert draft not in render_checked([replace(checked(), of="dataset")])
