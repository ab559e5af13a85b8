"""Numbers that an edit brings: those of files pass, those of nobody are named."""

from __future__ import annotations

import time

import pytest

from cardiogram.cards import parse_card
from cardiogram.improve import improve
from cardiogram.repository.proof.against.already_said import AlreadySaid
from cardiogram.repository.proof.against.new_lines import lines_in_words
from cardiogram.repository.proof.against.new_values import find_new_values
from made_repositories import facts_of
from repository_rows import needs_rows, repositories

CARD = "---\nlicense: mit\n---\n\n# Wren\n\nIt has 12 layers and a context of 512 tokens.\n"
CONFIG = {"model_type": "bert", "num_hidden_layers": 12, "hidden_size": 768}


def new_numbers(text: str, **config: object) -> list[str]:
    took = {"train_results.json": {"train_runtime": 787.8953}}
    facts = facts_of({"config.json": {**CONFIG, **config}, "README.md": CARD, **took})
    card, before = (parse_card(each, id="a/b") for each in (f"{CARD}\n{text}\n", CARD))
    lines = find_new_values(card, AlreadySaid(before, facts))
    return [each for line in lines for each in line.shown]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It scores 67.5 on MMLU and 34.20 on GSM8K.", ["67.5", "34.20", "MMLU", "GSM8K"]),
        ("| MMLU | 67.5 |\n|---|---|\n| GSM8K | 34.2 % |", ["67.5", "MMLU", "34.2 %", "GSM8K"]),
        ("- Trained for 12 hours on 8 NVIDIA A100 GPUs.", ["12", "8", "A100"]),
        ("It emitted 12 kg of CO2.", ["12"]),
        ("It took 13 minutes: 13 min, 0.2 h, 788 s.", []),
        ("It took 12 min, or 12 h.", ["12", "12"]),
        ("A 51,200-piece vocabulary in 7-bit code.", ["51,200", "7"]),
        ("It was trained in March 2024 on 10,000 texts.", ["2024", "10,000"]),
        ("It was trained on 3,000 examples.", ["3,000"]),
        ("It is 2x as fast, in 3 steps, as GPT-4.", ["GPT-4"]),
        (
            "See arXiv:2305.14314, and https://arxiv.org/abs/1706.03762v5.",
            ["2305.14314", "1706.03762"],
        ),
        (
            "Trained on [it](https://huggingface.co/datasets/a/ultrachat_200k).",
            ["datasets/a/ultrachat_200k"],
        ),
        ("It is state of the art, and outperforms others.", ["state of the art", "outperforms"]),
        ("It runs on an RTX 4090 or a TPU v4.", ["RTX 4090", "TPU v4"]),
        ("It has 12 layers, 0.768k or 768 dimensions, 512 tokens.", []),
        ("`top_k=40` is in code, so is\n\n```\nseed = 1337\n```", []),
        ("[a page](https://example.org/2024/17) of https://example.org/99 [42]", []),
        ("1. one\n2. two\n17. last", []),
        ("# 5000 in a heading", ["5000"]),
        ("## 2.1. A section", []),
        ("It took 3 days on 2 GPUs.", ["3", "2"]),
        ("Seven billion words, read for five weeks.", ["Seven billion", "five"]),
        ("co2: 41.5, arXiv:2305.14314", ["41.5", "2305.14314"]),
    ],
)
def test_new_numbers_of_a_card(text: str, numbers: list[str]) -> None:
    assert new_numbers(text) == numbers


def test_numbers_of_the_metadata_and_of_short_answers() -> None:
    facts = facts_of({"config.json": CONFIG, "README.md": CARD})
    before = parse_card(CARD, id="a/b")
    text = CARD.replace("license: mit", "license: mit\nco2_eq_emissions: 41.5")
    card = parse_card(f"{text}\nIts loss is 97.3, and 7 of 9 like it.\n", id="a/b")

    def shown(*settled: str) -> list[tuple[int, ...]]:
        said = AlreadySaid(before, facts)
        return [(v.line, *v.shown) for v in find_new_values(card, said, settled)]

    assert shown() == [(3, "41.5"), (10, "97.3", "7", "9")]
    assert shown("7") == [(3, "41.5"), (10, "97.3", "9")]
    assert shown("7 of 9 like it.", "97.3") == [(3, "41.5")]


def test_a_line_of_many_numbers_and_marks_is_read_in_no_time() -> None:
    for mark in ("9 ", "<", "`", "](", "1,", "9", "a", "-", "9a"):
        started = time.process_time()
        new_numbers(mark * 50_000)
        assert time.process_time() - started < 5  # at most 0.2


@needs_rows
def test_drafts_bring_no_number_that_no_file_has() -> None:
    for id in ("saltmarsh-nlp/kochrezept-minilm", "brightmoor/osprey-1.1b-fieldnotes-sft"):
        draft = improve(repositories()[id])
        before, after = (parse_card(each.text, id=id) for each in (draft.before, draft.after))
        assert len(after.text) > len(before.text) + 300
        assert not [*find_new_values(after, AlreadySaid(before, draft.facts))]


def test_the_card_itself_is_no_file() -> None:
    """What the new card states would else be a fact that proves it."""
    text = CARD.replace("license: mit", "license: mit\nco2_eq_emissions: 41.5")
    text += "\nSee https://arxiv.org/abs/2305.14314.\n"
    facts = facts_of({"config.json": CONFIG, "README.md": text})
    assert facts.named("emissions") or facts.named("paper")
    said = AlreadySaid(parse_card(CARD, id="a/b"), facts)
    shown = [v.shown for v in find_new_values(parse_card(text, id="a/b"), said)]
    assert shown == [("41.5",), ("2305.14314",)]


def test_a_card_without_metadata_has_none() -> None:
    """Its code is no metadata: numbers there are not looked at, and no line of it is taken out."""
    before = parse_card("# Wren\n\nIt sings well today.\n", id="a/b")
    text = f"{before.text}\n```\nseed = 1337\n```\n\nIt sings at dawn, too.\n"
    card = parse_card(text, id="a/b")
    facts = facts_of({"config.json": CONFIG, "README.md": text})
    assert not [*find_new_values(card, AlreadySaid(before, facts))]
    assert lines_in_words(before, card) == []
    assert lines_in_words(card, before) == [9]
