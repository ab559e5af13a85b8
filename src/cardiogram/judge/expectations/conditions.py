"""Which kind of model a card speaks of, as far as that decides what its reader expects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set as AbstractSet
from typing import Literal

from cardiogram.cards import Card
from cardiogram.cards.features import Features, kinds_of
from cardiogram.cards.lint import WORDLESS
from cardiogram.judge.expectations.predicates import OPENING
from cardiogram.lazy import regex

Condition = Literal[
    "chats", "copy", "quantised", "new", "trained", "data", "language", "derived", "fenced"
]

CONDITIONS: Mapping[str, Condition] = {
    "prompt": "chats",
    "dataset": "data",
    "splits": "data",
    "hyperparameters": "trained",
    "hardware": "trained",
    "software": "trained",
    "conversion": "copy",
    "origin": "copy",
    "numbers": "new",
    "loss": "quantised",
    "comparison": "trained",
    "measured": "trained",
    "language": "language",
    "datasets": "data",
    "results": "trained",
    "fences": "fenced",
}
"""Which kinds of models an expectation applies to; the others apply to all."""

_CHATS = ("chat", "instruct", "-it", "assistant")
_COPIES = regex(r"quanti[sz]|convert|merge|\b(?:gguf|ggml|gptq|awq|exl2|onnx)\b", re.I)
_FORMATS = regex(r"gguf|ggml|gptq|awq|exl2|bpw|onnx", re.I)
_ADAPTED = regex(r"\bq?lora\b|\badapter|\bfine-?tuned", re.I)
_TRAINERS = frozenset(("unsloth", "trl", "axolotl", "autotrain"))
_NEEDY = frozenset(("adapter", "quantised"))


def name_conditions(card: Card, features: Features) -> set[Condition]:
    """The conditions of :data:`CONDITIONS` that hold of a card's model.

    "derived" is a model that is of no use, or of unknown origin, without another: an adapter or a
    copy; "fenced" is a card with code between fences.
    """
    kinds = frozenset(kinds_of(card, features))
    tasks = card.metadata.texts("pipeline_tag")
    named: set[Condition] = set()
    if any([word in card.id.lower() for word in _CHATS]):
        named.add("chats")
    if WORDLESS.isdisjoint(tasks):
        named.add("language")
    if "```" in card.text or "~~~" in card.text:
        named.add("fenced")
    if not kinds.isdisjoint(_NEEDY):
        named.add("derived")
    copied = _is_copy(card, features, kinds)
    named.add("copy" if copied else "trained")
    quantised = copied and ("quantised" in kinds or "merge" not in kinds)
    named.add("quantised" if quantised else "new")
    agent = "reinforcement-learning" in (*tasks, *card.metadata.texts("tags"))
    if not copied and not agent and "reinforcement" not in kinds:
        named.add("data")
    return named


def _is_copy(card: Card, features: Features, kinds: AbstractSet[str]) -> bool:
    """Whether the model is a quantised or merged copy of others.

    An adapter is trained, and so is what a trainer wrote the card of, whatever its base was loaded
    with. What the name calls a copy is one, unless it was trained in few bits; where words alone
    tell, those of the first lines do: further down other copies may be listed.
    """
    said = features.mentions
    if "adapter" in kinds:
        return False
    if "merge" in kinds:
        return True
    if "quantised" in kinds:
        tuned = "says_data_trained" in said or "says_hyper" in said
        tuned = tuned or not _TRAINERS.isdisjoint(features.makers)
        return not tuned or _FORMATS.search(card.id) is not None
    if "trainer" in kinds or not ("says_quantized" in said or "says_merged" in said):
        return False
    opening = "\n".join([b.text for b in card.document.blocks[:OPENING]])
    words = {word.lower() for word in _COPIES.findall(opening)}
    merged = words == {"merge"} and _ADAPTED.search(opening)  # an adapter, into its own base
    return bool(words) and not merged
