"""Results in the metadata: of harnesses that name their data; nothing of the author's changes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cardiogram.cards import parse_card
from cardiogram.cards.lint import lint
from cardiogram.improve import improve
from cardiogram.improve.editing import EditRefused, ListedResult, ReadmeText, add_results
from cardiogram.repository.proof import Proof, verify
from repository_rows import InMemory

RESULT = ListedResult("text-generation", "otters", "a/b", (("f1", 0.5),), "1.0", "test")
TASKS = {
    "arc": {"dataset_path": "owl/arc", "dataset_name": "hard", "test_split": "test"},
    "swag": {"dataset_path": "owl/swag", "validation_split": "validation", "num_fewshot": 5},
}
HARNESS: dict[str, Any] = {
    "results": {
        "arc": {"alias": "arc", "acc,none": 0.5341296928327645, "acc_stderr,none": 0.01},
        "swag": {"acc,none": 0.61, "acc_norm,none": 72, "odd,none": 1e-05},
        "group": {"acc,none": 0.4},
    },
    "configs": TASKS,
    "config": {"model_args": "pretrained=a/otter,dtype=bfloat16"},
}
MTEB = {
    "dataset_revision": "b0fd",
    "mteb_version": "1.34",
    "task_name": "BrookSTS",
    "scores": {"test": [{"main_score": 0.8412, "hf_subset": "default"}]},
}
CARD = "---\nlicense: mit # mine\n---\n# Otter\n\nIt answers questions for a harbour office.\n"


def repository(card: str = CARD, **harness: Any) -> InMemory:
    files = {
        "README.md": card,
        "config.json": json.dumps({"architectures": ["LlamaForCausalLM"]}),
        "results_2025.json": json.dumps({**HARNESS, **harness}),
        "results/a__otter/b0fd/BrookSTS.json": json.dumps(MTEB),
        "results/owl__other/b0fd/OwlSTS.json": json.dumps({**MTEB, "task_name": "OwlSTS"}),
    }
    return InMemory("a/otter", {path: text.encode() for path, text in files.items()}, others={})


def results_of(text: str) -> list[dict[str, Any]]:
    index = parse_card(text.encode()).metadata.values["model-index"]
    assert isinstance(index, list)
    results: list[dict[str, Any]] = index[0]["results"]
    return results


def test_results_that_name_their_data_are_written_and_proven() -> None:
    draft = improve(repository())
    results = results_of(draft.after.text)
    assert [result["dataset"] for result in results] == [
        {"name": "arc", "type": "owl/arc", "config": "hard", "split": "test"},
        {"name": "swag (5-shot)", "type": "owl/swag", "split": "validation"},
        {"name": "BrookSTS", "type": "BrookSTS", "config": "default", "split": "test",
         "revision": "b0fd"},
    ]  # fmt: skip
    assert results[0]["metrics"] == [{"type": "acc", "value": 0.5341296928327645}]
    assert [metric["type"] for metric in results[1]["metrics"]] == ["acc", "acc_norm"]
    assert "    value: 72\n" in draft.after.text
    assert {result["task"]["type"] for result in results} == {"text-generation"}
    assert "license: mit # mine\n" in draft.after.text
    assert "| acc, swag (5-shot) | 0.61 |" in draft.after.text
    card = parse_card(draft.after.encode(), id="a/otter")
    assert not [f for f in lint(card, draft.after.encode()) if f.rule == "CG123"]
    proof = Proof(card.sha256, draft.claims, "a/otter")
    (change,) = [change for change in draft.changes if change.id == "add:model-index"]
    held = {each.sentence for each in verify(card, repository(draft.after.text), proof).of("holds")}
    assert {sentence.text for sentence in change.sentences} <= held
    assert improve(repository(draft.after.text)).after == draft.after


def test_results_of_another_model_are_none_of_this_one() -> None:
    other = improve(repository(config={"model_args": "pretrained=owl/base"}))
    assert "owl/arc" not in other.after.text
    named = improve(repository(config={}, model_name="owl/base"))
    assert "owl/arc" not in named.after.text
    folder = improve(repository(config={"model_args": {"pretrained": "/tmp/run-3"}}))
    assert "owl/arc" in folder.after.text


def test_data_that_is_listed_already_is_not_listed_again() -> None:
    index = "model-index:\n- name: x\n  results:\n"
    index += "".join(f"  {line}\n" for line in ListedResult(
        "text-generation", "ARC", "owl/arc", (("acc", 0.53),), "hard").lines())  # fmt: skip
    after = improve(repository(CARD.replace("---\n#", f"{index}---\n#"))).after.text
    assert [result["dataset"]["type"] for result in results_of(after)] == [
        *("owl/arc", "owl/swag", "BrookSTS")
    ]
    assert index in after


INDENTED = "---\nmodel-index: # ours\n  - name: x\n    results:\n      - task: {type: a}\n  # end\n"


@pytest.mark.parametrize(
    ("before", "lines"),
    [
        ("---\nmodel-index:\n- name: x\n  results: []\nb: 1\n---\n", "  results:\n  - task:\n"),
        ("---\nmodel-index:\n- name: x\n  results:\n---\n", "  results:\n  - task:\n"),
        (INDENTED + "---\n", "      - task: {type: a}\n      - task:\n          type: text-gen"),
        ("---\r\ntags: b\r\n---\r\n", "tags: b\r\nmodel-index:\r\n- name: otter\r\n  results:\r\n"),
    ],
)
def test_a_result_goes_behind_those_that_are_there(before: str, lines: str) -> None:
    after = add_results(ReadmeText(before), "otter", [RESULT]).text
    assert lines in after
    assert results_of(after)[-1] == RESULT.as_metadata()
    left = iter(after)
    assert all(character in left for character in before.replace(" []", ""))


@pytest.mark.parametrize(
    "index",
    [
        "[{name: x, results: []}]",
        "\n- name: x\n  results: [{task: {type: a}}]",
        "\n- {name: x, results: []}",
        "\n- name: x\n  results: [] # none yet",
        "\n- name: x\n  results: &all\n  - task: 1",
        "\n- name: x\n- name: y",
        "\n- name: x",
        "x",
    ],
)
def test_an_index_of_another_form_is_refused(index: str) -> None:
    with pytest.raises(EditRefused):
        add_results(ReadmeText(f"---\nmodel-index: {index}\n---\n"), "otter", [RESULT])


def test_numbers_without_data_are_asked_for_by_name() -> None:
    repository = InMemory(
        "a/b", {"README.md": b"# B\n", "all_results.json": b'{"eval_f1": 0.9123}'}
    )
    draft = improve(repository)
    assert "model-index" not in draft.after.text
    (question,) = [question for question in draft.questions if question.id == "results"]
    assert question.ask.startswith("all_results.json gives f1 0.9123, and no file says of what:")
