"""Kinds of card: who wrote it, and what sort of model it speaks of."""

from __future__ import annotations

from typing import Literal, get_args

from cardiogram.cards.card import Card
from cardiogram.cards.features import Facts

Kind = Literal[
    "trainer",
    "quantised",
    "merge",
    "adapter",
    "reinforcement",
    "hand-written",
    "non-English",
    "other",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

_TRAINERS = frozenset({"trainer", "keras", "autotrain", "trl", "setfit", "sentence_transformers"})
_AGENTS = frozenset({"stable_baselines3", "deep_rl_course", "ml_agents", "rl_zoo"})
_QUANTISED = (
    "gguf",
    "ggml",
    "gptq",
    "awq",
    "exl2",
    "-int4",
    "-int8",
    "4bit",
    "8bit",
    "bpw",
    "onnx",
)
_NON_ENGLISH_SHARE = 0.3


def kinds_of(card: Card, facts: Facts) -> tuple[Kind, ...]:
    """Name the kinds of a card; a card may be of several, and is "other" when of none.

    Hand-written is a card in which no tool left its words.

    Examples
    --------
    >>> from cardiogram.cards.card import parse_card
    >>> from cardiogram.cards.features import count_facts
    >>> card = parse_card("# Llama in GGUF", id="me/llama-GGUF")
    >>> kinds_of(card, count_facts(card))
    ('quantised', 'hand-written')
    """
    name = card.id.lower()
    tags = {tag.lower() for tag in card.metadata.texts("tags")}
    library = card.metadata.texts("library_name")
    made_by = set(facts.made_by)
    found: list[Kind] = []
    if made_by & _TRAINERS:
        found.append("trainer")
    if any(word in name for word in _QUANTISED) or "gguf" in tags:
        found.append("quantised")
    if made_by & {"mergekit", "lazymergekit"} or "merge" in tags or "merge" in name:
        found.append("merge")
    if library == ["peft"] or "lora" in name or {"lora", "adapter"} & tags:
        found.append("adapter")
    if made_by & _AGENTS:
        found.append("reinforcement")
    if not made_by:
        found.append("hand-written")
    if facts.numbers["non_ascii"] > _NON_ENGLISH_SHARE:
        found.append("non-English")
    return tuple(found) or ("other",)


LENGTHS = ((0, 500), (500, 2000), (2000, 9000), (9000, 1 << 30))
"""Characters of a card, as strata: from, below."""


def length_of(card: Card) -> tuple[int, int]:
    """The stratum of :data:`LENGTHS` that a card's text falls in."""
    return next(span for span in LENGTHS if span[0] <= len(card.text) < span[1])


def length_name(span: tuple[int, int]) -> str:
    """Name a stratum of :data:`LENGTHS`.

    Examples
    --------
    >>> length_name((500, 2000))
    '500-2,000 characters'
    """
    low, high = span
    return f"{low:,}-{high:,} characters" if high < 1 << 30 else f"over {low:,} characters"
