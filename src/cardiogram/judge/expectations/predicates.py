"""Whether a card has what a claim asks for, told from its counted facts."""

from __future__ import annotations

from collections.abc import Callable

from cardiogram.cards import Card
from cardiogram.cards.features import Features, count_words, first_braces, is_boilerplate
from cardiogram.cards.lint import WORDLESS
from cardiogram.judge.expectations.hints import speaks_of_model

Test = Callable[[Card, Features], bool]


def says(*names: str, at_least: int = 1) -> Test:
    """A test for phrases of facts: how many different ones must be there, all facts together."""
    if len(names) == at_least == 1:
        return lambda card, features: names[0] in features.found
    return lambda card, features: sum([features.found.get(name, 0) for name in names]) >= at_least


def has_key(key: str) -> Test:
    """A test for a key of the metadata with a value that the Hub knows."""
    return lambda card, features: features.numbers[f"meta_{key}"] > 0


def copied(card: Card, features: Features) -> bool:
    """Whether the model is a quantised or merged copy of others."""
    return bool(features.found.get("says_quantized") or features.found.get("says_merged"))


def own(card: Card, features: Features) -> bool:
    """Whether the model has a training of its own."""
    return not copied(card, features)


def has_data(card: Card, features: Features) -> bool:
    """Whether the model learned from a dataset: a copy did not, nor does an agent."""
    return own(card, features) and "reinforcement-learning" not in card.metadata.texts(
        "pipeline_tag"
    )


def chats(card: Card, features: Features) -> bool:
    """Whether the model's name says that it talks."""
    text = card.id.lower()
    return any(word in text for word in ("chat", "instruct", "-it", "assistant"))


def introduces(card: Card, features: Features) -> bool:
    """Whether one of the first paragraphs is about the model, in a sentence of its own."""
    if features.found.get("says_purpose") and features.whole.words >= 25:
        return True
    opening = [b for b in card.document.blocks[:OPENING] if b.kind in ("paragraph", "item")]
    return any(
        count_words(block.text) >= _SENTENCE
        and not is_boilerplate(block.text)
        and speaks_of_model(block.text)
        for block in opening
    )


def runs(card: Card, features: Features) -> bool:
    """Whether there is code that loads or calls the model."""
    found = features.found
    names = ("code_load", "code_shell", "code_call", "names_itself_in_code")
    return features.whole.code > 0 and any([found.get(name) for name in names])


def measures(card: Card, features: Features) -> bool:
    """Whether numbers stand under a heading on evaluation, or among its words."""
    return features.topics["evaluation"].numbers >= 2 or features.content["evaluation"].numbers >= 2


def guides(card: Card, features: Features) -> bool:
    """Whether headings or bold labels lead through the card."""
    blocks = card.document.blocks
    return sum([b.kind == "heading" or bool(b.label) for b in blocks]) >= _GUIDES


def filled(card: Card, features: Features) -> bool:
    """Whether no block was left as a template has it; braces in code belong to the code."""
    return features.whole.placeholders == 0 and not (
        features.numbers["braces"] and first_braces(card.document) is not None
    )


def speaks(card: Card, features: Features) -> bool:
    """Whether the kind of model takes or gives language at all."""
    return not WORDLESS.intersection(card.metadata.texts("pipeline_tag"))


OPENING, _SENTENCE, _GUIDES = 8, 12, 3
