"""How a checked card is shown; its numbers are made up, so that the judge may change."""

import json
from pathlib import Path

import pytest

from cardiogram.cards.card import parse_card
from cardiogram.cards.lint.findings import Edit, Finding
from cardiogram.cards.lint.linter import RULES
from cardiogram.check import Checked
from cardiogram.judge.expectations.expectations import EXPECTATIONS
from cardiogram.judge.expectations.gaps import Gap
from cardiogram.judge.rating import Evidence, Rating, Score
from cardiogram.names import SCORES
from cardiogram.report.markup import printable
from cardiogram.report.terminal.checked import (
    Form,
    render_checked,
    render_github,
    render_json,
    render_markdown,
    render_sarif,
    render_text,
)
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
) -> Checked:
    card = parse_card(text, id="me/parrot")
    scores = {
        name: Score(1 + index % 5, 1 + index * 0.5, 1.0, 1 + index * 0.5)
        for index, name in enumerate(SCORES)
    }
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
    return Checked(target, card, rating, found, path, findings)


LONG = "a message of many words that is far too long for one line of a terminal, and is wrapped"
FINDINGS = (
    Finding("CG111", "license-unknown", "error", 2, "'x' is not a licence.", (Edit(0, 1, b""),)),
    Finding("CG113", "task-missing", "warning", 1, LONG),
    Finding("CG206", "missing-file", "warning", 7, f"no file {EVIL!r} | 50 %, done: yes"),
    *(Finding("CG401", "fence-without-language", "note", 9 + n, "no language.") for n in range(4)),
)


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("check-gaps.txt", checked()),
        ("check-no-gaps.txt", checked(gaps=0)),
        ("check-findings.txt", checked(gaps=1, findings=FINDINGS)),
        ("check-problems.txt", checked("-", text="---\na: [\n---\n```\nx\r\n")),
    ],
)
def test_text(name: str, item: Checked) -> None:
    text = render_text(item)
    assert_snapshot(name, text)
    assert max(map(len, text.splitlines())) <= 80


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
    assert len({rule["id"] for rule in rules}) == len(rules) == len(EXPECTATIONS) + len(RULES)
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
    text = render_text(item)
    assert not {"\x1b", "\u202e", "\r"} & set(text)
    markdown = render_markdown([item])
    (title,) = [line for line in markdown.splitlines() if line.startswith("### ")]
    assert title.count("`") == 2
    assert "\x1b" not in markdown


def test_a_name_that_is_no_text_can_be_printed() -> None:
    odd = "caf\udce9.md"
    for text in (
        render_text(checked(odd)),
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
    words = "the metadata is not valid YAML (line 3)"
    told = Finding("CG103", "front-matter-malformed", "error", 3, f"{words}.")
    both = checked(text="---\na: [\n---\n# T\r\n", findings=(told,))
    forms: tuple[Form, ...] = ("text", "markdown")
    for form in forms:
        assert render_checked([item], form).count(words) == 1
        assert render_checked([both], form).count(words) == 1
        assert "carriage returns" in render_checked([both], form)
