"""A draft as lines that know their change, and a draft without the changes that are left alone."""

from __future__ import annotations

import re

import pytest

from cardiogram.improve import Draft, improve, trace_lines
from cardiogram.improve.sending.description import describe
from repository_rows import InMemory, needs_rows, repositories

CONFIG = b'{"max_position_embeddings": 2048, "model_type": "bert", "hidden_size": 64}'
CARD = b"""---
license: mit
---
# m

This model has a context length of 4096 tokens.

It has a context length of 8192 tokens as well.
"""


@pytest.fixture(scope="module")
def whole() -> Draft:
    return improve(repositories()["norrklang/murmur-small-sv"])


def lines_of(draft: Draft, *states: str) -> list[str]:
    return [line.text for line in trace_lines(draft) if line.state in states]


@needs_rows
def test_the_lines_are_both_cards_and_each_change_has_some(whole: Draft) -> None:
    assert lines_of(whole, "kept", "removed") == whole.before.text.splitlines()
    assert lines_of(whole, "kept", "added") == whole.after.text.splitlines()
    assert {line.change for line in trace_lines(whole)} - {""} == {c.id for c in whole.changes}


@needs_rows
def test_a_pull_request_tells_of_the_changes_in_the_order_of_the_card() -> None:
    draft = improve(repositories()["dorvane/tarn-bert-helpdesk-router"])
    told = re.findall(r"^- Added `?([\w ]+)", describe(draft, ""), re.M)
    assert told == [
        "pipeline_tag",
        "what it is and was made from",
        "how to run it",
        "limits of the base model",
        "what it was trained on",
    ]


@needs_rows
def test_a_change_that_is_left_alone_is_offered_where_it_would_go(whole: Draft) -> None:
    draft = improve(repositories()["norrklang/murmur-small-sv"], leave=["correct:parameters"])
    assert {c.id for c in whole.changes} - {c.id for c in draft.changes} == {"correct:parameters"}
    assert [c.id for c in draft.left_alone] == ["correct:parameters"]
    # the other correction of that line is made all the same
    assert "bygger på Whisper" in draft.after.text
    assert "39 miljoner parametrar" in draft.after.text
    assert lines_of(draft, "kept", "added") == draft.after.text.splitlines()
    offered = [line for line in trace_lines(draft) if line.state == "left"]
    assert [line.change for line in offered] == ["correct:parameters"]
    assert "242 miljoner parametrar" in offered[0].text


def test_one_of_several_is_left_alone_though_another_is_made() -> None:
    repository = InMemory("a/m", {"README.md": CARD, "config.json": CONFIG}, others={})
    both = improve(repository)
    assert [c.id for c in both.changes if c.kind == "correction"] == [
        "correct:context",
        "correct:context:2",
    ]
    draft = improve(repository, leave=["correct:context:2"])
    assert [c.id for c in draft.changes if c.kind == "correction"] == ["correct:context"]
    assert [c.id for c in draft.left_alone] == ["correct:context:2"]
    assert "8192 tokens" in draft.after.text
    assert "4096 tokens" not in draft.after.text
