"""What was said, answered or proven may be said again; a name or number that was not is refused."""

from __future__ import annotations

from functools import partial

import pytest

from cardiogram.cards import parse_card
from cardiogram.repository.proof import Claim, Proof, QuoteSelector, Verification, verify
from limits import takes_under
from made_repositories import made

CONFIG = {"model_type": "bert", "num_hidden_layers": 12, "architectures": ["BertModel"]}
BEFORE = """---
license: apache-2.0
language: [de, sv]
base_model: rooks/rook-bert-7b-v0.1
datasets: [nests/squad_twigs]
---

# Wren

It has 12 layers. Its accuracy is 91.3 % on 1,319 questions. It was trained with QLoRA.
"""
ANSWERS = {
    "training-data": "Tickets of 2021 to 2024, 12,034 in all, by 7 clerks.",
    "hardware": "Eight A100 GPUs for 30 hours.",
    "training-settings": "Ten epochs with AdamW, seed 1337.",
    "results": "Word errors of 8.25 %; F1 0.4471.",
}


def verified(text: str, before: str = BEFORE) -> Verification:
    """The card with its answers and some more, against the card before it."""
    answers = "\n\n".join(ANSWERS.values())
    card = f"{BEFORE}\n{answers}\n\n{text}\n"
    repository = made({"README.md": card, "config.json": CONFIG})
    claims = [
        Claim(QuoteSelector(sentence), id, sentence, (), "answered", rule=id)
        for id, sentence in ANSWERS.items()
    ]
    proof = Proof("0" * 64, tuple(claims), "a/b")
    parsed = parse_card(card, id="a/b")
    return verify(parsed, repository, proof, before=parse_card(before, id="a/b"))


def refused(text: str) -> list[str]:
    return [each.sentence for each in verified(text).of("unproven")]


@pytest.mark.parametrize(
    "text",
    [
        "License: Apache 2.0",
        "It is released under the Apache License, Version 2.0.",
        "Languages: Swedish, German",
        "It reads Swedish and German, and is multilingual.",
        "This model supports 2 languages: Swedish and German.",
        "Base model: [rook](https://huggingface.co/rooks/rook-bert-7b-v0.1)",
        "It is based on BERT.",
        "It is a fine-tuned version of rooks/rook-bert-7b-v0.1.",
        "It was trained on SQuAD.",
        "It was trained for 30 hours on 8 A100.",
        "It was trained on 12,034 tickets, or 12.0k.",
        "Number of epochs: 10\n\nSeed: 1337",
        "The optimiser was AdamW.",
        "| WER | 8.25 |\n|---|---|\n| F1 | 44.71 % |",
        "An accuracy of 0.913 is reached on 1,319 questions.",
        "Low-rank adapters were used (QLoRA), in twelve layers.",
        "Run it with llama.cpp, Transformers or vLLM.",
    ],
)
def test_what_was_said_may_be_said_in_other_words(text: str) -> None:
    assert refused(text) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("License: MIT", "proves it"),
        ("You may use it under the MIT license.", "has mit"),
        ("The code is GPL.", "has GPL"),
        ("Its base model is Mistral.", "has Mistral"),
        ("Base model: Gemma 2", "has Gemma 2"),
        ("It was tuned from llama-3-8b.", "has llama"),
        ("The birds were sorted with Whisper.", "has Whisper"),
        ("## A fine-tuned Mistral", "has Mistral"),
        ("It speaks Japanese.", "has Japanese"),
        ("This model supports 3 languages.", "metadata list 2"),
        ("Texts in Polish were added.", "has Polish"),
        ("It was trained on ImageNet and the Common Crawl.", "has ImageNet, Common Crawl"),
        ("It was tuned by RLHF.", "has RLHF"),
        ("It is GDPR compliant, and robust.", "has robust, GDPR"),
        ("It was trained for 13 hours on eight GPUs.", "proves it"),
        ("Number of epochs: 11", "proves it"),
        ("| WER | 9.2 |\n|---|---|\n| F1 | 0.45 |", "proves it"),
    ],
)
def test_what_nobody_said_is_refused(text: str, why: str) -> None:
    (first, *_) = verified(text).of("unproven")
    assert why in first.why


@pytest.mark.parametrize(
    "text",
    [
        "Polish the output. Claude reads it. Falcon is a bird.",
        "We met at MIT, and run mit anderen.",
        "A llama index, phi and the glue of t5s.",
    ],
)
def test_words_that_look_like_names(text: str) -> None:
    assert refused(text) == []


def test_a_short_answer_is_no_part_of_other_words() -> None:
    """`de`, answered, lets no sentence with these letters pass, nor is taken out of words."""
    before = "# Wren\n\nIt sings.\n"
    claim = Claim(QuoteSelector("de", prefix="language: "), "language", "de", (), "answered")
    row = "| Model | A model of hidden trees |"
    card = f"---\nlanguage: de\n---\n{before}\nThere are 24 hidden layers.\n\n{row}\n|---|---|\n"
    repository = made({"README.md": card, "config.json": CONFIG})
    said = verify(
        parse_card(card, id="a/b"),
        repository,
        Proof("0" * 64, (claim,), "a/b"),
        before=parse_card(before, id="a/b"),
    )
    assert [each.sentence for each in said.of("unproven")] == ["There are 24 hidden layers."]
    assert said.unread == (card.split("\n").index(row) + 1,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Data: pebbles", "Data: pebbles"),
        ("![An accuracy of ninety](https://example.org/x.png)", "![An"),
        ("```\npip install wren-tools\n```", "```"),
        ("Reach us: in the nest", "Reach"),
    ],
)
def test_what_nobody_can_prove_is_named(text: str, words: str) -> None:
    card = f"{BEFORE}\n{text}\n"
    repository = made({"README.md": card, "config.json": CONFIG})
    said = verify(parse_card(card, id="a/b"), repository, before=parse_card(BEFORE, id="a/b"))
    lines = card.split("\n")
    assert [lines[line - 1][: len(words)] for line in said.unread] == [words]


def test_new_metadata_are_named_a_line_a_key() -> None:
    card = BEFORE.replace("datasets:", "tags:\n- medical\n- birds\nmetrics: [wer]\ndatasets:")
    repository = made({"README.md": card, "config.json": CONFIG})
    said = verify(parse_card(card, id="a/b"), repository, before=parse_card(BEFORE, id="a/b"))
    assert said.unread == (6, 8)


def test_a_card_of_many_names_is_compared_in_no_time() -> None:
    for mark in ("mit ", "Mistral ", "German, ", "seven ", "llama-", "MIT licen", "cc-by-"):
        assert takes_under(5, partial(refused, mark * 10_000))  # 0.1 to 0.8
