"""Markdown of one card: under 2,000 bytes, whatever the card is, and what not to invent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cardiogram.cards.card import parse_card
from cardiogram.cards.lint.findings import Finding
from cardiogram.check import Checked, VerifiedCard, check
from cardiogram.improve import improve
from cardiogram.report.terminal import Look, render_checked, render_drafts, render_facts
from cardiogram.report.terminal.proven import render_verified
from cardiogram.report.terminal.short_markdown import (
    HONEST,
    MOST_BYTES,
    ROOM,
    MarkdownPart,
    write_parts,
)
from cardiogram.repository import Fact, FactSource, RepositoryFacts, Statement, read_facts
from cardiogram.repository.proof import Verification, Verified, verify
from repository_rows import needs_rows, repositories

WIDE = "知らない" * 400
EVERYTHING = Look(detail="all")
CROWDED = (
    "quillnest/osprey-7b-haiku-lora",
    "dorvane/osprey-13b-mietrecht",
    "saltmarsh-nlp/kochrezept-minilm",
)
"""The template, contradictions, and many facts."""


def size(text: str) -> int:
    return len(text.encode())


@pytest.fixture(scope="module")
def plain() -> Checked:
    return check("a/b", data=b"# T\n\nA parrot.\n", id="a/b")


def test_the_longest_list_gives_way_and_says_so() -> None:
    rows = [f"- {number:030}" for number in range(200)]
    parts = [MarkdownPart(["A"], rows[:3], 3), MarkdownPart(["B"], rows, 1, "rows")]
    lines = write_parts([*parts, MarkdownPart(["C"], [])], Look())
    assert 0.9 * MOST_BYTES < size("\n".join(lines)) <= MOST_BYTES
    assert lines[:5] == ["A", *rows[:3], ""]
    shown = sum(line in rows for line in lines[6:])
    assert lines[-2] == f"{200 - shown} rows (`-v` shows all)."
    assert "C" not in lines
    assert [*write_parts(parts, EVERYTHING)] == ["A", *rows[:3], "", "B", *rows, ""]


def test_what_is_asked_beside_the_card_takes_its_room() -> None:
    part = MarkdownPart([], [f"- {number:030}" for number in range(200)])
    assert len(write_parts([part], Look(), taken=1000)) < 0.6 * len(write_parts([part], Look()))


@pytest.mark.parametrize("minimum", [None, 4.0])
def test_a_checked_card_with_many_findings(plain: Checked, minimum: float | None) -> None:
    worst = Finding("CG101", "x", "error", 1, WIDE)
    same = [Finding("CG202", "x", "note", line, "a comment is left.") for line in range(1, 90)]
    others = [Finding("CG206", "x", "warning", line, f"no {line} {WIDE}") for line in range(90)]
    crowded = replace(plain, target=f"{WIDE}/README.md", findings=(worst, *same, *others))
    text = render_checked([crowded], "markdown", look=Look(minimum=minimum))
    assert size(text) <= MOST_BYTES
    assert HONEST in text
    assert "| 1 | CG101 | the Hub refuses it |" in text
    assert "| 1, 2, 3, 4, 5 and 84 more | CG202 |" in text
    everything = render_checked([crowded], "markdown", look=EVERYTHING)
    assert WIDE in everything
    assert everything.count("CG206") == 90


def test_a_verified_card_with_many_contradictions() -> None:
    rows = [Verified("contradicted", "context", line, f"{line} {WIDE}", WIDE) for line in range(90)]
    unproven = [Statement("metric", 0.9, line, "", "text") for line in range(90)]
    said = Verification("a/b", "", "", tuple(rows), None, (WIDE,) * 9, tuple(unproven))
    target = VerifiedCard("a/b", said, f"{WIDE}/README.md")
    text = render_verified([target], "markdown")
    assert size(text) <= MOST_BYTES
    assert text.count("| Contradicted |") == 2
    assert "88 sentences (`-v` shows all)." in text
    assert "metric (line 0, 1, 2, 3 ...)" in text
    assert render_verified([target], "markdown", EVERYTHING).count("| Contradicted |") == 90
    many = render_verified([target] * 40, "markdown")
    assert size(many) <= 40 * MOST_BYTES
    assert len(many) <= ROOM + 2000
    assert many.count("- 40 cards: ") == 1  # said once, as is what to do
    assert many.count("do not choose a side") == 1
    assert f"\nAnd {40 - many.count('**`')} cards more.\n" in many


def test_a_hub_that_no_card_could_ask_is_said_once() -> None:
    away = "cannot reach the Hub at http://127.0.0.1:1 (refused)"
    problems = [
        f"a/x: {away}",
        f"b/y, c/z: {away}",
        "adapter/x.json: broken",
        "adapter/y.json: broken",
    ]
    cards = [
        VerifiedCard(
            "a/b", Verification("a/b", "", "", (), None, (problem,)), f"{number}/README.md"
        )
        for number, problem in enumerate(problems)
    ]
    text = render_verified(cards, "markdown")
    assert text.count("cannot reach") == 1
    assert f"- 2 cards: `{away}`" in text
    assert text.count("broken") == 2
    assert f"a/x: {away}" in render_verified(cards[:1], "markdown")


@needs_rows
@pytest.mark.parametrize("id", CROWDED)
def test_forms_of_real_shaped_repositories(id: str) -> None:
    repository = repositories()[id]
    facts = read_facts(repository)
    draft = improve(repository)
    card = parse_card(repository.read("README.md"), id=id)
    forms = {
        "check": render_checked([check(id, data=repository.read("README.md"), id=id)], "markdown"),
        "verify": render_verified(
            [VerifiedCard(id, verify(card, repository, facts=facts))], "markdown"
        ),
        "improve": render_drafts([draft], "markdown"),
        "facts": render_facts(id, facts, "markdown"),
    }
    assert {form: size(text) for form, text in forms.items() if size(text) > MOST_BYTES} == {}
    assert HONEST in forms["check"]
    assert HONEST in forms["facts"]
    assert "Only the author knows; ask, and do not answer for them:" in forms["improve"]
    for question in draft.questions[:3]:
        assert f"- `{question.id}` " in forms["improve"]
    assert "--- a/README.md" in render_drafts([draft], "markdown", EVERYTHING)


@needs_rows
def test_facts_leave_out_what_the_card_says_alone() -> None:
    facts = read_facts(repositories()["saltmarsh-nlp/kochrezept-minilm"])
    text = render_facts("x", facts, "markdown", EVERYTHING)
    assert "- learning rate:" not in text
    assert "learning rate: 2e-05" in render_facts("x", facts, "text", EVERYTHING)


LABELS = [f"harbour-{number:03}" for number in range(40)]
LONG = RepositoryFacts(
    "a/b",
    facts=(
        Fact("labels", LABELS, (FactSource(LABELS, "config.json", pointer="/id2label"),)),
        Fact("chat_template", "x" * 900, (FactSource("", "a.jinja"),)),
        Fact("prompts", {"query": "y" * 100}, (FactSource("", "c.json"),)),
        Fact("layers", 12, (FactSource(12, "config.json", pointer="/num_hidden_layers"),)),
    ),
)


def test_a_value_that_is_cut_is_said_to_be() -> None:
    text = render_facts("x", LONG, "markdown")
    for name in ("labels", "chat template", "prompts"):
        assert f"- {name} (cut): `" in text
    assert "- layers: `12`" in text
    assert text.endswith("Copy nothing of what is cut: `-v` shows all.\n")
    assert "cut" not in render_facts("x", replace(LONG, facts=LONG.facts[3:]), "markdown")


def test_every_value_is_whole_in_all_of_them() -> None:
    markdown = render_facts("x", LONG, "markdown", EVERYTHING)
    terminal = "".join(render_facts("x", LONG, "text", EVERYTHING).split())
    for whole in (", ".join(LABELS), "x" * 900, "y" * 100):
        assert f"{whole}`" in markdown
        assert whole.replace(" ", "") in terminal
    assert "cut" not in markdown
    values = [fact["value"] for fact in json.loads(render_facts("x", LONG, "json"))["facts"]]
    assert values == [fact.value for fact in LONG.facts]
