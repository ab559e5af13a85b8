"""Traits of a model and its card: what is there, counted by a program and read by nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from cardiogram.cards.card import Card
from cardiogram.cards.features.literals import LiteralSearch
from cardiogram.cards.features.mentions import PHRASES
from cardiogram.cards.features.phrase_index import lower_bytes
from cardiogram.cards.features.vector import Features
from cardiogram.lazy import regex

_QUANT = regex(
    r"gguf|ggml|gptq|\bawq\b|[-_.]awq|exl2|exl3|imatrix|[-_.]q[2-8]_|[-_.]int[48]\b|[-_.]w4a16"
    r"|[-_.](?:bnb[-_.])?[48]-?bit|[-_.]mlx\b|quantiz|quantis|[-_.]nvfp4|[-_.]fp8"
)
_COPIED = (
    *("gguf", "ggml", "gptq", "awq", "exl", "imatrix", "int4", "int8", "w4a16", "bit", "mlx"),
    *("quanti", "nvfp4", "fp8", *[f"q{bits}_" for bits in range(2, 9)]),
)
"""What a name has in which the pattern may be."""
_QUANT_TABLE = regex(r"\bi?q[2-8]_|\bbpw\b|\bbits\b|quant method|quant type", re.IGNORECASE)
_TEMPLATE_WORDS = (
    *(b"<|im_start|>", b"[inst]", b"<|user|>", b"### instruction", b"apply_chat_template"),
    *(b"<start_of_turn>", b"<|begin_of_text|>", b"{prompt}", b"<|system|>"),
)
_BADGES = ("img.shields.io", "badge", "/assets/colab-badge")
_EVERYDAY = frozenset(PHRASES["everyday_tags"]["tags"])
_MEDIA = (b".mp4", b".webm", b".wav", b".mp3", b"<video", b"<audio")
_GGUF = (b".gguf",)
_BODY = (*_TEMPLATE_WORDS, *_MEDIA, *_GGUF)
_SEARCH = LiteralSearch(_BODY)


@dataclass(frozen=True, slots=True)
class TraitInput:
    """A model, its card and what was counted in it.

    Attributes
    ----------
    tags
        The Hub's tags of the model, lower case.
    literals
        Texts of `_BODY` that the card's body has, in any case.
    targets
        Where its links and images point, lower case.
    kinds
        Of its blocks.
    """

    card: Card
    features: Features
    tags: frozenset[str]
    literals: AbstractSet[bytes]
    targets: str
    kinds: AbstractSet[str]

    def says(self, topic: str, words: int = 8) -> bool:
        """Whether somebody wrote on a topic, under a heading or label of its own."""
        count = self.features.topics.get(topic)
        return count is not None and (count.words >= words or count.code > 0)

    def counted(self, name: str) -> bool:
        """Whether a feature of the card's words was found."""
        return bool(self.features.mentions.get(name))

    def metadata(self, key: str) -> bool:
        """Whether the metadata has a key with a value."""
        return bool(self.card.metadata.values.get(key))

    def blocks(self, kind: str) -> bool:
        """Whether the card has a block of a kind."""
        return kind in self.kinds

    def has(self, texts: Sequence[bytes]) -> bool:
        """Whether the card's body has one of some texts."""
        return not self.literals.isdisjoint(texts)


TraitKind = Literal["writer", "model", "hub"]
"""A writer can add it; the model or its text is of that kind; or the Hub computes it."""


@dataclass(frozen=True, slots=True)
class Trait:
    """Something a model has or has not.

    Attributes
    ----------
    name
        One word.
    words
        What a model with it has: "a licence in the metadata".
    has
        Whether a model has it.
    kind
        What a trait is of: most a writer can add to a card.
    """

    name: str
    words: str
    has: Callable[[TraitInput], bool]
    kind: TraitKind = "writer"


def is_machine_made(id: str, tags: Sequence[str]) -> bool:
    """Whether a model is a converted or quantised copy, by its name and the Hub's tags.

    Examples
    --------
    >>> is_machine_made("TheBloke/Llama-2-7B-GGUF", []), is_machine_made("google/bert", ["pytorch"])
    (True, False)
    """
    text = "\n".join([id, *tags]).lower()
    return any([part in text for part in _COPIED]) and _QUANT.search(text) is not None


def _has_quant_table(model: TraitInput) -> bool:
    if "table" not in model.kinds:
        return False
    tables = [block.text for block in model.card.document.blocks if block.kind == "table"]
    text = "\n".join(tables)
    return _may_be_quants(text) and _QUANT_TABLE.search(text) is not None


def _may_be_quants(text: str) -> bool:
    """Whether a table has what the pattern needs, which is soon told of one in ASCII."""
    lower = text.lower()
    return not lower.isascii() or _QUANT_PARTS.search(lower) is not None


_QUANT_PARTS = regex("q[2-8]_|bpw|bits|quant ")


def _has_own_tags(model: TraitInput) -> bool:
    """Whether three tags say something: none that the Hub computes, or half of all models have."""
    tags = {tag.lower() for tag in model.card.metadata.texts("tags") if ":" not in tag}
    return len(tags - _EVERYDAY) >= 3


def _has_results(model: TraitInput) -> bool:
    index = model.card.metadata.values.get("model-index")
    return index is not None


TRAITS: tuple[Trait, ...] = (
    Trait("license", "a licence in the metadata", lambda s: s.metadata("license")),
    Trait("task", "a task in the metadata", lambda s: s.metadata("pipeline_tag"), kind="hub"),
    Trait("library", "a library in the metadata", lambda s: s.metadata("library_name"), kind="hub"),
    Trait("language", "a language in the metadata", lambda s: s.metadata("language")),
    Trait("datasets", "datasets in the metadata", lambda s: s.metadata("datasets")),
    Trait("base_model", "a base model in the metadata", lambda s: s.metadata("base_model")),
    Trait("metrics", "metrics in the metadata", lambda s: s.metadata("metrics")),
    Trait("model_index", "a model-index of results", _has_results),
    Trait("widget", "examples for the widget", lambda s: s.metadata("widget")),
    Trait("topic_tags", "three tags of its own", _has_own_tags),
    Trait(
        "gguf",
        "GGUF files or a link to them",
        lambda s: "gguf" in s.tags or "gguf" in s.targets or s.has(_GGUF),
        kind="model",
    ),
    Trait("safetensors", "safetensors weights", lambda s: "safetensors" in s.tags, kind="model"),
    Trait("quant_table", "a table of quantised files", _has_quant_table, kind="model"),
    Trait("snippet", "a snippet of code", lambda s: s.blocks("code")),
    Trait("loading_code", "code that loads a model", lambda s: s.counted("code_load")),
    Trait("install", "a line to install it", lambda s: s.counted("code_install")),
    Trait("chat_template", "a chat or prompt template", lambda s: s.has(_TEMPLATE_WORDS)),
    Trait("demo", "a link to a demo or Space", lambda s: s.counted("links_demo")),
    Trait("code_link", "a link to a code repository", lambda s: s.counted("links_code")),
    Trait(
        "paper",
        "a link to a paper",
        lambda s: s.counted("links_arxiv") or any(t.startswith("arxiv:") for t in s.tags),
    ),
    Trait("dataset_link", "a link to a dataset", lambda s: s.counted("links_dataset")),
    Trait("usage", "a section on usage", lambda s: s.says("usage")),
    Trait("intended_use", "a section on intended use", lambda s: s.says("intended")),
    Trait("out_of_scope", "words on what it is not for", lambda s: s.counted("says_out_of_scope")),
    Trait("limitations", "a section on limitations", lambda s: s.says("limitations")),
    Trait("bias", "words on bias", lambda s: s.counted("says_bias")),
    Trait("training_data", "a section on training data", lambda s: s.says("data")),
    Trait("training", "a section on training", lambda s: s.says("training")),
    Trait("hyperparameters", "hyperparameters", lambda s: s.counted("says_hyper")),
    Trait("hardware", "the hardware used", lambda s: s.counted("says_hardware")),
    Trait("evaluation", "a section on evaluation", lambda s: s.says("evaluation", 1)),
    Trait("benchmark", "a named benchmark", lambda s: s.counted("says_benchmark")),
    Trait("comparison", "a comparison with other models", lambda s: s.counted("says_compared")),
    Trait("citation", "a citation", lambda s: s.says("citation", 1) or s.counted("code_bibtex")),
    Trait(
        "contact",
        "a way to reach the authors",
        lambda s: s.says("contact", 1) or s.counted("says_contact"),
    ),
    Trait("table", "a table", lambda s: s.blocks("table") or s.card.document.html_tables > 0),
    Trait("image", "an image", lambda s: any(link.image for link in s.card.document.links)),
    Trait("badge", "a badge", lambda s: any(word in s.targets for word in _BADGES)),
    Trait("media", "video or sound", lambda s: s.has(_MEDIA)),
    Trait("title", "a title", lambda s: bool(s.features.numbers.get("title"))),
    Trait("long", "300 words or more", lambda s: s.features.whole.words >= 300),
    Trait(
        "non_english",
        "text in another script",
        lambda s: float(s.features.numbers.get("non_ascii", 0)) > 0.5,
        kind="model",
    ),
    Trait(
        "placeholder",
        "a placeholder left unfilled",
        lambda s: s.features.whole.placeholders > 0,
        kind="model",
    ),
    Trait(
        "tool_made",
        "text that a training tool wrote",
        lambda s: bool(s.features.makers),
        kind="model",
    ),
)
"""What is counted, in the order of the tables."""


def traits_of(card: Card, features: Features, tags: Sequence[str]) -> list[bool]:
    """Which of :data:`TRAITS` a model has.

    Parameters
    ----------
    tags
        The Hub's tags of the model.
    """
    targets = "\n".join(link.target for link in card.document.links).lower()
    lower = frozenset(tag.lower() for tag in tags)
    kinds = {block.kind for block in card.document.blocks}
    literals = {_BODY[number] for number in _SEARCH.search(lower_bytes(card.body))}
    model = TraitInput(card, features, lower, literals, targets, kinds)
    return [trait.has(model) for trait in TRAITS]
