"""What an author answered is not asked again: in that run, and by the proof in the next."""

from __future__ import annotations

import pytest

from cardiogram.improve import Draft, improve
from cardiogram.improve.claiming import proof_of
from cardiogram.repository.proof import PROOF
from repository_rows import InMemory

ID = "a/m"
CARD = """---
base_model: lab/unseen
tags:
- generated_from_trainer
---
# m

This model is a fine-tuned version of [lab/unseen](https://huggingface.co/lab/unseen).

It has 7B parameters, so it fits one card. It has a context of 4096 tokens, so letters fit.
"""
CONFIG = b'{"max_position_embeddings": 2048, "model_type": "bert", "hidden_size": 64}'


def draft_of(files: dict[str, bytes], **answers: str) -> Draft:
    asked = {id.replace("_", "-"): text for id, text in answers.items()}
    return improve(InMemory(ID, files, others={}), answers=asked)


def test_what_is_kept_is_not_asked_again() -> None:
    files = {"README.md": CARD.encode(), "config.json": CONFIG}
    first = draft_of(files)
    assert {q.id for q in first.questions} >= {"base-model-contradicted", "context-contradicted"}
    assert "base-model" not in {q.id for q in first.questions}  # one question, not two
    assert {c.severity for c in first.left if c.kind == "base_model"} == {"warning"}
    kept = draft_of(files, base_model_contradicted="keep", context_contradicted="Keep.")
    assert not kept.left
    assert not {q.id for q in kept.questions if "base-model" in q.id or q.contradiction}
    assert "of 4096 tokens" in kept.after.text
    after = {**files, "README.md": kept.after.encode(), PROOF: proof_of(kept)}
    again = draft_of(after)
    assert not again.left
    assert not [q.id for q in again.questions if "base-model" in q.id or q.contradiction]
    edited = kept.after.text.replace("of 4096 tokens", "of 8192 tokens")
    other = draft_of({**after, "README.md": edited.encode()})
    assert [each.kind for each in other.left] == ["context"]  # other words are not kept


def test_an_answer_is_of_the_contradiction_that_was_asked() -> None:
    card = CARD.replace("base_model: lab/unseen\n", "license: mit\n").replace(
        "It has a context of 4096 tokens, so letters fit.",
        "It has a context of 4096 tokens, so letters fit.\n\n"
        "Its context length is 8192 tokens, so books fit.",
    )
    files = {"README.md": card.encode(), "config.json": CONFIG}
    asked = [q.id for q in draft_of(files).questions if q.contradiction]
    assert [id for id in asked if id.startswith("context")] == [
        "context-contradicted",
        "context-contradicted-2",
    ]
    first = draft_of(files, context_contradicted="2048")
    assert "of 2048 tokens" in first.after.text
    assert "is 8192 tokens" in first.after.text
    assert "context-contradicted-2" in {q.id for q in first.questions}


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("We trained it to 4096 tokens.", True),
        ("Es liest 4.096 Tokens, nicht 2.048.", True),
        ("It reads 2,048 tokens.", False),
        ("It fails on 14096 of 40960 letters.", False),
    ],
)
def test_an_answer_that_names_the_value_stops_its_correction(text: str, *, stops: bool) -> None:
    card = b"# m\n\nThis model sorts letters.\n\nIt has a context of 4096 tokens.\n"
    files = {"README.md": card, "config.json": CONFIG}
    was, kind = "a context of 4096 tokens", "context-contradicted"
    assert was not in draft_of(files).after.text
    after = draft_of(files, limitations=text)
    assert (was in after.after.text) == stops
    assert (kind in {question.id for question in after.questions}) == stops
    again = draft_of({**files, "README.md": after.after.encode(), PROOF: proof_of(after)})
    assert again.after == after.after
    kept = draft_of(files, limitations=text, context_contradicted="keep")
    assert kind not in {question.id for question in kept.questions}


STUB = "---\nlicense: mit\n---\n# m\n\nIt sorts tickets.\n"
SHORT = {"limitations": "Bad at long text", "training_data": "Own tickets", "results": "F1 0.8"}


def asked_of(files: dict[str, bytes]) -> set[str]:
    return {question.id for question in draft_of(files).questions}


def test_what_was_answered_in_a_few_words_is_not_asked_again() -> None:
    files = {"README.md": STUB.encode()}
    ids = {id.replace("_", "-") for id in SHORT}
    assert asked_of(files) >= ids
    answered = draft_of(files, **SHORT)
    after = {"README.md": answered.after.encode()}
    proven = {**after, PROOF: proof_of(answered)}
    assert not asked_of(proven) & ids
    edited = answered.after.text.replace("at long text", "at very long texts").encode()
    assert not asked_of({**proven, "README.md": edited}) & ids
    without = answered.after.text.replace("Bad at long text\n", "").encode()
    assert asked_of({**proven, "README.md": without}) & ids == {"limitations"}


@pytest.mark.parametrize(("said", "asked"), [("Own tickets", False), ("N/A", True), ("", True)])
def test_what_stands_behind_its_label_is_not_asked(said: str, *, asked: bool) -> None:
    card = f"{STUB}\n## Data\n\n**Training data:** {said}\n"
    assert ("training-data" in asked_of({"README.md": card.encode()})) is asked
