"""A result is corrected where a file names its data, its part, its split and its metric."""

from __future__ import annotations

import json

import pytest

from cardiogram.cards import parse_card
from cardiogram.improve import improve
from cardiogram.repository.contradictions import find_contradictions
from cardiogram.repository.facts import read_facts
from repository_rows import InMemory

INDEX = """---
license: mit
model-index:
- name: Otter
  results:
  - task:
      type: token-classification
    dataset:
      name: Harbour
      type: owl/harbour
      config: ner
      split: test
{more}    metrics:
    - type: f1
      value: 0.91
---
# Otter

"""
ARGS = "      args: ner\n"
LISTED = """This model is a fine-tuned version of [a/base](https://huggingface.co/a/base) on the {data} dataset.
It achieves the following results on the evaluation set:
- Loss: 0.3
- F1: 0.84
"""  # noqa: E501


def repository(card: str, **files: str) -> InMemory:
    given = {"README.md": card, **{path.replace("__", "/"): text for path, text in files.items()}}
    return InMemory("a/otter", {path: text.encode() for path, text in given.items()}, others={})


def with_file(id: str, task: str, notes: str = "F1", card: str = INDEX) -> InMemory:
    result = f"- dataset:\n    id: {id}\n    task_id: {task}\n  value: 0.84\n  notes: {notes}\n"
    return repository(card.format(more=""), **{".eval_results__a.yaml": result})


def severities(made: InMemory) -> list[str]:
    card = parse_card(made.read("README.md"), id=made.id)
    found = find_contradictions(card, read_facts(made, card), made)
    return [each.severity for each in found if each.kind == "metric"]


def test_a_file_that_names_the_data_corrects_the_result() -> None:
    draft = improve(with_file("owl/harbour", "ner", "F1 on the test split"))
    assert "correct:metric" in [change.id for change in draft.changes]
    assert "      value: 0.84\n" in draft.after.text
    assert improve(with_file("owl/harbour", "ner", card=draft.after.text)).changes == ()


@pytest.mark.parametrize(
    ("id", "task", "notes"),
    [
        ("owl/quay", "ner", "F1"),
        ("owl/harbour", "pos", "F1"),
        ("owl/harbour", "ner", "F1 of the validation split"),
        ("owl/harbour", "ner", "accuracy"),
    ],
)
def test_a_file_of_other_data_corrects_nothing(id: str, task: str, notes: str) -> None:
    made = with_file(id, task, notes)
    draft = improve(made)
    assert "value: 0.91\n" in draft.after.text
    assert not severities(made)
    assert not [q for q in draft.questions if q.id.startswith("metric")]


def test_a_fraction_does_not_take_the_place_of_a_number_in_per_cent() -> None:
    made = with_file("owl/harbour", "ner", card=INDEX.replace("0.91", "91.0"))
    assert severities(made) == ["error"]
    assert "value: 91.0\n" in improve(made).after.text


@pytest.mark.parametrize("more", ["", ARGS])
@pytest.mark.parametrize("name", ["all_results.json", "eval_results.json"])
def test_a_file_that_names_no_data_is_asked_of(name: str, more: str) -> None:
    made = repository(INDEX.format(more=more), **{name: json.dumps({"eval_f1": 0.84})})
    draft = improve(made)
    assert "value: 0.91\n" in draft.after.text
    assert severities(made) == ["warning"]
    (question,) = [q for q in draft.questions if q.id == "metric-contradicted"]
    assert question.ask == f"What is true? The card says f1 0.91; {name} says 0.84."


@pytest.mark.parametrize(
    ("data", "severity"),
    [("Harbour", "error"), ("owl/harbour", "error"), ("Quay", "warning"), ("None", "warning")],
)
def test_a_list_of_other_data_contradicts_no_metadata(data: str, severity: str) -> None:
    card = INDEX.format(more=ARGS) + LISTED.format(data=data)
    made = repository(card, **{"all_results.json": json.dumps({"eval_f1": 0.84})})
    assert severities(made) == [severity]
    draft = improve(made)
    assert "value: 0.91\n" in draft.after.text
    assert "metric-contradicted" in [q.id for q in draft.questions]


def test_a_list_is_not_corrected_to_a_file_that_names_no_data() -> None:
    card = "# Otter\n\n" + LISTED.format(data="Harbour")
    made = repository(card, **{"all_results.json": json.dumps({"eval_f1": 0.9})})
    assert severities(made) == ["warning"]
    assert "- F1: 0.84\n" in improve(made).after.text


def test_a_table_is_not_corrected_to_a_file_that_names_no_data() -> None:
    card = "# Otter\n\n## Results\n\n| Metric | Value |\n|---|---|\n| F1 | 0.84 |\n"
    made = repository(card, **{"all_results.json": json.dumps({"eval_f1": 0.9})})
    assert severities(made) == ["warning"]
    assert "| F1 | 0.84 |\n" in improve(made).after.text


def test_a_harness_names_its_data_and_contradicts_no_result_of_others() -> None:
    harness = {
        "results": {"quay": {"f1,none": 0.2}},
        "configs": {"quay": {"dataset_path": "owl/quay", "test_split": "test"}},
    }
    made = repository(INDEX.format(more=""), **{"results_2025.json": json.dumps(harness)})
    assert not severities(made)
    assert "value: 0.91\n" in improve(made).after.text
