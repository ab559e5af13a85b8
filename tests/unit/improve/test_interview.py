"""Answers: read from a file, escaped, and put where the card speaks of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardiogram.cards import parse_document
from cardiogram.cli import main
from cardiogram.errors import ConfigError
from cardiogram.improve import improve, read_answers, view_card
from cardiogram.improve.corrections.restated import restate
from cardiogram.improve.interview import (
    answer_lines,
    answer_sentences,
    find_questions,
    plain_lines,
    wanted,
)
from cardiogram.improve.interview.plain_text import fence_code
from cardiogram.judge.expectations import EXPECTATIONS
from cardiogram.names import CRITERIA
from cardiogram.repository import Statement, open_repository


@pytest.mark.parametrize(
    "text",
    [
        "# No heading",
        "Title\n===",
        "Title\n---",
        "<!-- hidden",
        "<div>x",
        "```\nnever closed",
        "    indented",
        "***",
        "[x]: https://example.com",
    ],
)
def test_plain_text_opens_nothing(text: str) -> None:
    lines = plain_lines(text)
    document = parse_document("\n".join([*lines, "", "After."]))
    assert {block.kind for block in document.blocks} == {"paragraph"}
    assert document.blocks[-1].text == "After."


def test_an_author_says_the_code_and_not_its_fence() -> None:
    code = answer_sentences("how-to-use", answer_lines("how-to-use", "import otter\notter()", "en"))
    assert [sentence.text for sentence in code] == ["import otter", "otter()"]


def test_lists_code_and_links_stay() -> None:
    text = "- one\n- two\n\n```python\n# code <b>\n```\n[a](https://example.com) `<b>` 3 < 4"
    assert plain_lines(text) == tuple(text.split("\n"))


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("import torch as t\n\nt.load('x')", True),
        ("# load it\nfrom transformers import pipeline\npipe = pipeline()", True),
        ("import of grain was hard", False),
        ("from scratch", False),
        ("Run it:\n\nimport torch", False),
        ("```python\nimport torch\n```", False),
    ],
)
def test_python_that_is_not_fenced_is_fenced(text: str, *, is_code: bool) -> None:
    assert fence_code(text) == (f"```python\n{text}\n```" if is_code else text)


def test_control_characters_go() -> None:
    assert plain_lines("a\x1b[2Jb\u202ec") == ("a[2Jbc",)


def test_every_question_is_of_an_expectation() -> None:
    assert {each.gap for each in wanted().values()} <= {wanted.key for wanted in EXPECTATIONS}
    assert all(bool(each.topic) != bool(each.key) for each in wanted().values())
    assert all(
        each.ask.endswith(("?", ".")) and each.why.endswith(".") for each in wanted().values()
    )


def test_answers_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "by: Ada\nat: 2026-11-29\nlimitations:\n- scans\n- handwriting\nresults: 0.8\n"
        "data: {a: b}\nauthor: hf_abcdefghijklmnopqrstuvwxyz0123\nrisks:\n"
    )
    answers = read_answers(path)
    assert answers.texts == {"limitations": "- scans\n- handwriting", "results": "0.8"}
    assert (answers.by, answers.at) == ("Ada", "2026-11-29")
    assert [problem.split("'")[1] for problem in answers.problems] == ["data", "author"]


@pytest.mark.parametrize("data", [b"- a", b"a: [", b"\xff", b"a: 1\na: 2"])
def test_what_is_no_map_of_answers_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.yaml").write_bytes(data)
    with pytest.raises(ConfigError):
        read_answers(tmp_path / "a.yaml")


def test_answers_stand_in_their_sections(tmp_path: Path) -> None:
    card = "# M\n\nA model.\n\n## Limitations\n\nMore information needed\n\n## Citation\n\nNone.\n"
    (tmp_path / "README.md").write_text(card)
    answers = {"limitations": "It fails on scans.", "purpose": "Routes tickets.", "author": "Ada"}
    text = improve(str(tmp_path), id="a/m", answers=answers).after.text
    places = [text.index(part) for part in ("# M", "Routes tickets.", "A model.", "It fails on")]
    assert places == sorted(places)
    assert "More information needed" not in text


def test_an_answer_stands_directly_below_the_heading_that_asks_for_it(tmp_path: Path) -> None:
    card = (
        "# M\n\nA model.\n\n## Training data\n\n<!-- What? -->\n\n"
        "* Size: 44 rows\n* Columns: a, b\n\n"
        "## Preprocessing\n\nMore information needed\n"
    )
    (tmp_path / "README.md").write_text(card)
    answers = {"training-data": "Pairs of our own.", "preprocessing": "Short ones went."}
    text = improve(str(tmp_path), answers=answers).after.text
    assert "<!-- What? -->\n\nPairs of our own.\n\n* Size" in text
    assert "## Preprocessing\n\nShort ones went.\n" in text
    (tmp_path / "README.md").write_text(
        "# M\n\nA model.\n\n## Data\n\nMore information needed\n\n"
        "## Preprocessing\n\nMore information needed\n"
    )
    text = improve(str(tmp_path), answers=answers).after.text
    assert "## Data\n\nPairs of our own.\n\n## Preprocessing\n\nShort ones went.\n" in text


def test_an_answer_takes_the_place_of_its_to_do_line(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# M\n\nA model.\n")
    text = improve(str(tmp_path), todo=True).after.text
    line = f"**TODO:** {wanted()['limitations'].ask}"
    assert line in text
    (tmp_path / "README.md").write_text(text)
    after = improve(str(tmp_path), answers={"limitations": "It fails on scans."}).after.text
    assert line not in after
    assert after == text.replace(line, "It fails on scans.")


def test_values_of_the_metadata_are_checked(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# M\n\nA model.\n")
    answers = {"licence": "my own", "language": "de, en", "task": "Text-Classification"}
    draft = improve(str(tmp_path), answers=answers)
    assert draft.after.text.startswith(
        "---\nlanguage:\n- de\n- en\npipeline_tag: text-classification\n---\n"
    )
    assert any("'licence' is no license" in problem for problem in draft.problems)
    unheard = improve(str(tmp_path), answers={"licence": "homemade", "task": "typing"})
    assert not {"homemade", "typing"} & set(unheard.after.text.split())
    assert len([each for each in unheard.problems if each.startswith("The answer")]) == 2


def test_audiences_change_the_order_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# M\n\nA model.\n")
    user = improve(str(tmp_path)).questions
    risk = improve(str(tmp_path), audience="risk").questions
    assert risk[0].id == "limitations"
    assert {question.id for question in user} == {question.id for question in risk}
    assert user != risk


@pytest.mark.parametrize(
    ("line", "kind", "value", "new", "after"),
    [
        ("It has 7B parameters", "parameters", 7e9, 13_015_864_320, "It has 13B parameters"),
        ("Hat 7,0 Milliarden", "parameters", 7e9, 13_015_864_320, "Hat 13,0 Milliarden"),
        ("up to 32,768 tokens", "context", 32768, 4096, "up to 4,096 tokens"),
        ("in float16 stored", "dtype", "F16", ["BF16"], "in bfloat16 stored"),
        ("- base: a/b", "base_model", "a/b", "c/d", "- base: c/d"),
        ("on wav2vec 2.0 built", "architecture", "wav2vec2", "WhisperModel", "on Whisper built"),
        ("WER 16.9", "metric", 16.9, 18.4213, "WER 18.4"),
    ],
)
def test_a_line_is_restated_in_its_own_way(
    line: str, kind: str, value: object, new: object, after: str
) -> None:
    said = Statement(kind, value, 1, line, "text")  # type: ignore[arg-type]
    assert next(restate(line, said, new)) == after  # type: ignore[arg-type]


def test_what_is_known_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\ndatasets:\n- emotion\n---\n# M\n\nA bert model.\n")
    (tmp_path / "all_results.json").write_text('{"train_runtime": 143.2, "epoch": 4.0}')
    asked = {each.id: each.ask for each in improve(str(tmp_path)).questions}
    assert asked["training-data"].startswith("emotion: whose data")
    assert asked.get("hardware", "On what hardware was it trained?").endswith("trained?")


def test_an_answer_that_is_no_sentence_is_labelled(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# M\n\nA model.\n")
    answers = {
        "hardware": "One NVIDIA T4",
        "software": "It needs torch 2.4.",
        "training-data": "a/b",
    }
    draft = improve(str(tmp_path), answers=answers)
    lines = draft.after.text.splitlines()
    assert {"**Hardware:** One NVIDIA T4", "It needs torch 2.4.", "a/b"} <= {*lines}
    assert [c.quote.exact for c in draft.claims if c.name == "hardware"] == [
        "**Hardware:** One NVIDIA T4"
    ]
    (tmp_path / "README.md").write_text(draft.after.text)
    assert improve(str(tmp_path), answers=answers).after == draft.after


def test_gains_are_promised_of_what_a_change_is_on_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# M\n\nA model of our own, for the letters of a town.\n")
    config = {"model_type": "bert", "architectures": ["BertModel"], "hidden_size": 768}
    config |= {"num_hidden_layers": 12, "max_position_embeddings": 512, "vocab_size": 30522}
    (tmp_path / "config.json").write_text(json.dumps(config))
    draft = improve(str(tmp_path))
    before, after = (rating.scores for rating in draft.ratings)
    moved = {name for name in CRITERIA if after[name].expected - before[name].expected >= 0.1}
    named = {change.criterion for change in draft.changes}
    assert moved - named, "or this test says nothing"
    shown = CliRunner().invoke(main, ["improve", str(tmp_path)]).stdout
    assert {name for name in moved if f"{name} " in shown.partition("added")[0]} == moved & named


def test_an_answer_that_is_not_taken_is_said_first(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# M\n\nA model.\n")
    (tmp_path / "a.yaml").write_text("limitation: It fails.\nlanguage: English\nrisks: None.\n")
    run = CliRunner().invoke(main, ["improve", str(tmp_path), "--answers", f"{tmp_path}/a.yaml"])
    assert run.exit_code == 1
    first, second = run.stdout.split("\n\n")[1:3]
    assert "'limitation'" in first
    assert "do you mean 'limitations'?" in first
    assert "'English'" in first
    assert "limitations " in second  # the criterion that was answered
    assert run.stdout.count("'English'") == 1


@pytest.mark.parametrize(
    ("below", "asked"),
    [
        ("More information needed", True),
        ("[More Information Needed]", True),
        ("We recorded speech read aloud in nine towns.", False),
    ],
)
def test_a_section_left_unfilled_is_asked_for(below: str, *, asked: bool, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(
        "---\nlicense: mit\ndatasets: [ada/tal]\n---\n# Otter\n\nOtter writes down speech. It was "
        f"fine-tuned on the ada/tal dataset.\n\n## Training and evaluation data\n\n{below}\n"
    )
    view = replace(view_card(open_repository(str(tmp_path))), gaps=())
    asked_for = [(each.id, each.criterion) for each in find_questions(view)]
    assert asked_for == ([("training-data", "data")] if asked else [])
