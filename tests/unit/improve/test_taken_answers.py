"""Answers that are not taken: who does not know, what the Hub refuses, what a file denies."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cardiogram.cli import main
from cardiogram.errors import CardNotFound
from cardiogram.improve import ReadmeText, improve, is_no_answer
from cardiogram.improve.editing import insert_lines
from made_repositories import made

ADAPTER = {
    "peft_type": "LORA",
    "task_type": "CAUSAL_LM",
    "base_model_name_or_path": "heron/heron-7b",
}
CARD = "---\nlibrary_name: peft\n---\n# Otter\n\nWrites verses.\n"


def draft(answers: dict[str, str], *, hub: bool = False, **files: object):  # noqa: ANN201
    contents = {"README.md": CARD, "adapter_config.json": ADAPTER, **files}
    others = {"heron/heron-7b": {"README.md": "# Heron\n"}} if hub else None
    return improve(made(contents, others=others), answers=answers)


@pytest.mark.parametrize(
    "words", ["Vet inte", "I don't know.", "keine Ahnung", "?", "不知道", "पता नहीं"]
)
def test_who_does_not_know_has_not_answered(words: str) -> None:
    assert is_no_answer(words)
    assert draft({"hardware": words, "limitations": words}).after == draft({}).after


@pytest.mark.parametrize("words", ["None.", "I have not measured it.", "It knows no rhyme", "no"])
def test_a_no_is_an_answer(words: str) -> None:
    assert not is_no_answer(words)


@pytest.mark.parametrize(
    ("id", "text", "meant"),
    [
        ("licence", "apache", "apache-2.0"),
        ("licence", "Apache 2.0", "apache-2.0"),
        ("language", "en, German", "de"),
        ("task", "text-gen", "text-generation"),
        ("library", "transformer", "transformers"),
        ("base-model", "heron-7b", "heron/heron-7b"),
    ],
)
def test_the_nearest_accepted_value_is_named(id: str, text: str, meant: str) -> None:
    after = draft({id: text}, hub=True)
    (problem,) = after.unused
    assert f"do you mean {meant}" in problem
    asked = {question.id for question in draft({}, hub=True).questions}
    assert {question.id for question in after.questions} == asked


@pytest.mark.parametrize(
    ("id", "text", "said"),
    [
        ("task", "text-classification", "CAUSAL_LM"),
        ("base-model", "crane/crane-small", "heron/heron-7b"),
    ],
)
def test_what_a_file_denies_is_said_with_the_file(id: str, text: str, said: str) -> None:
    after = draft({id: text}, hub=True)
    (problem,) = after.unused
    assert f"adapter_config.json says {said}" in problem
    assert text not in after.after.text


@pytest.mark.parametrize("task", ["text-generation", "translation", "image-text-to-text"])
def test_what_such_a_model_may_do_is_taken(task: str) -> None:
    after = draft({"task": task})
    assert (after.unused, f"pipeline_tag: {task}" in after.after.text) == ((), True)


def test_a_licence_is_the_authors_though_a_file_has_another() -> None:
    after = draft({"licence": "mit"}, LICENSE="Apache License\nVersion 2.0, January 2004\n")
    assert "license: mit" in after.after.text


def test_a_base_model_of_a_file_is_written_where_the_hub_has_it() -> None:
    assert "\nbase_model: heron/heron-7b\n" in draft({}, hub=True).after.text


def test_a_base_model_is_not_written_unasked_and_why_is_said(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD)
    path = tmp_path / "adapter_config.json"
    path.write_text(str(ADAPTER).replace("'", '"'))
    after = improve(str(tmp_path))
    assert "\nbase_model:" not in after.after.text
    why = {change.why: reason for change, reason in after.refused}
    assert why["base_model: heron/heron-7b"].startswith("adapter_config.json names it; the Hub")
    asked = {question.id: question.ask for question in after.questions}
    assert asked["base-model"].startswith("adapter_config.json names heron/heron-7b. ")
    assert asked["task"].startswith("adapter_config.json names CAUSAL_LM. ")
    assert asked["task"].endswith("such as text-generation.")
    given = improve(str(tmp_path), answers={"base-model": "heron/heron-7b"})
    assert "\nbase_model: heron/heron-7b\n" in given.after.text
    assert "base_model: heron/heron-7b" not in {change.why for change, _ in given.refused}


def test_a_base_model_that_the_hub_does_not_show_is_named_in_the_question() -> None:
    asked = {question.id: question.ask for question in draft({}).questions}
    assert asked["base-model"].startswith(
        "adapter_config.json names heron/heron-7b, which the Hub does not show. Which model"
    )


# The interview -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(CARD)
    (tmp_path / "LICENSE").write_text("Apache License\nVersion 2.0, January 2004\n")
    return tmp_path


def until(folder: Path, wanted: str) -> str:
    """What skips all questions before one."""
    ids = [question.id for question in improve(str(folder)).questions]
    return "".join("y\n\n" if n and n % 5 == 0 else "\n" for n in range(ids.index(wanted)))


def interview(folder: Path, given: str) -> str:
    run = CliRunner().invoke(main, ["improve", str(folder), "--interview"], input=given)
    assert run.exit_code == 0, run.output
    return " ".join(run.stderr.split())


def test_an_interview_asks_again_at_once(folder: Path) -> None:
    said = interview(folder, f"{until(folder, 'licence')}apache\napache-2.0\n")
    assert "do you mean apache-2.0?" in said
    assert "Enter alone skips" in said
    assert "license: apache-2.0" not in (folder / "README.md").read_text()


def test_lines_go_on_behind_a_backslash_and_yes_is_asked_for(folder: Path) -> None:
    code = "```python\nimport heron\n\nheron.sing()\n```\n"
    given = f"{code}Our own poems.\\\nNo others.\n\n\nvet inte\nperhaps\nn\ny\n"
    said = interview(folder, given)
    assert "y for yes; n, or Enter alone, for no" in said
    text = (folder / "README.md").read_text()
    assert "```python\nimport heron\n\nheron.sing()\n```" in text
    assert "Our own poems.\nNo others.\n" in text
    assert "vet inte" not in text
    assert f"next: cardiogram verify {folder}" in said


def test_what_an_answer_contradicts_is_asked_next(folder: Path) -> None:
    said = interview(folder, f"{until(folder, 'licence')}mit\n")
    assert "What is true? The card says mit; LICENSE says apache-2.0." in said


# No card -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("card", [None, b"", b" \n"])
def test_of_nothing_no_card_is_drafted(tmp_path: Path, card: bytes | None) -> None:
    if card is not None:
        (tmp_path / "README.md").write_bytes(card)
    with pytest.raises(CardNotFound, match="no card in"):
        improve(str(tmp_path))
    assert improve(str(tmp_path), answers={"purpose": "It writes verses."}).changes


def test_a_file_that_is_not_utf8_is_named_with_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"# Caf\xe9\n")
    run = CliRunner().invoke(main, ["improve", str(tmp_path)])
    assert run.stderr.startswith(f"cardiogram: {path} is not UTF-8 at byte 5\n  Save it as UTF-8")
    assert (
        "The file is not UTF-8: save it as UTF-8."
        in CliRunner().invoke(main, ["check", str(path)]).stdout
    )


# How an answer stands in the card ----------------------------------------------------------------

TEMPLATE = """---
license: mit
---
# Otter

Writes verses.

<!-- Provide a longer summary of what this model is. -->



## Model Details

- **Developed by:** [More Information Needed]
- **License:** MIT

## Training Details

### Training Data

[More Information Needed]

## Technical Specifications [optional]

#### Hardware

[More Information Needed]

#### Software [optional]

[More Information Needed]
"""


def test_a_label_does_not_repeat_its_heading(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(TEMPLATE)
    answers = {"training-data": "812 verses", "hardware": "One T4", "preprocessing": "By author"}
    after = improve(str(tmp_path), answers=answers, clear_template=True)
    text = after.after.text
    assert "### Training Data\n\n812 verses\n" in text
    assert "## Technical Specifications\n\n#### Hardware\n\nOne T4\n" in text
    assert "**Preparation of the data:** By author" in text
    assert "\n\n\n" not in text
    assert {"812 verses", "One T4"} <= {claim.quote.exact for claim in after.claims}
    (tmp_path / "README.md").write_text(text)
    again = improve(str(tmp_path), answers=answers, clear_template=True)
    assert (again.after, again.claims) == (after.after, after.claims)


def test_a_list_goes_on() -> None:
    readme = ReadmeText("- **Author:** Ada\n\nAll by hand.\n")
    after = "- **Author:** Ada\n- **Rank:** 8\n\nAll by hand.\n"
    assert insert_lines(readme, 1, ["- **Rank:** 8"]).text == after
    assert insert_lines(readme, 1, ["* **Rank:** 8"]).text == after.replace("- **R", "\n* **R")
    prose = ReadmeText("By Ada.\n")
    assert insert_lines(prose, 1, ["- **Rank:** 8"]).text == "By Ada.\n\n- **Rank:** 8\n"
