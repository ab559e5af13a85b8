"""Whether a card meets an expectation, decided from its counted features."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import TypeVar

from cardiogram.cards import Block, Card, is_to_do
from cardiogram.cards.features import (
    Features,
    count_words,
    first_braces,
    is_boilerplate,
    is_unfilled,
)
from cardiogram.judge.expectations.hints import (
    find_unfilled_results,
    measures_something,
    speaks_of_model,
)
from cardiogram.lazy import regex

Predicate = Callable[[Card, Features], bool]
Counted = TypeVar("Counted")

OPENING, _SENTENCE, _HEADINGS = 8, 12, 3


def any_of(*tests: Callable[[Card, Counted], bool]) -> Callable[[Card, Counted], bool]:
    """Whether one of the tests holds."""
    return lambda card, counted: any(test(card, counted) for test in tests)


def all_of(*tests: Callable[[Card, Counted], bool]) -> Callable[[Card, Counted], bool]:
    """Whether every test holds."""
    return lambda card, counted: all(test(card, counted) for test in tests)


def says(*phrases: str, at_least: int = 1) -> Predicate:
    """A test for phrases: how many different ones must be there, of all these features."""
    if len(phrases) == at_least == 1:
        return lambda card, features: phrases[0] in features.mentions
    return lambda card, features: (
        sum([features.mentions.get(name, 0) for name in phrases]) >= at_least
    )


def has_words(topic: str, at_least: int) -> Predicate:
    """A test for the words of a topic's sections."""
    return lambda card, features: features.topics[topic].words >= at_least


def has_key(key: str) -> Predicate:
    """A test for a key of the metadata with a value that the Hub knows."""
    return lambda card, features: features.numbers[f"meta_{key}"] > 0


def introduces_model(card: Card, features: Features) -> bool:
    """Whether one of the first paragraphs is about the model, in a sentence of its own."""
    if features.mentions.get("says_purpose") and features.whole.words >= 25:
        return True
    opening = [b for b in card.document.blocks[:OPENING] if b.kind in ("paragraph", "item")]
    return any(
        count_words(block.text) >= _SENTENCE
        and not is_boilerplate(block.text)
        and speaks_of_model(block.text)
        for block in opening
    )


def runs_model(card: Card, features: Features) -> bool:
    """Whether there is code that loads or calls the model, by whatever package or command."""
    if not features.whole.code:
        return False
    if any([features.mentions.get(name) for name in ("code_load", "code_call")]):
        return True
    code = [block for block in card.document.blocks if block.kind == "code"]
    shell = features.mentions.get("code_shell") and not all([_TRAINS.search(b.text) for b in code])
    return bool(shell) or any([calls_something(block) for block in code])


def calls_something(block: Block) -> bool:
    """Whether code imports something and calls it, or is a command other than an installation."""
    if _IMPORT.search(block.text) or block.info.lower() in _PROGRAMS:
        return _CALL.search(block.text) is not None
    commands = [] if _TRAINS.search(block.text) else _COMMAND.findall(block.text)
    shell = block.info.lower() in _SHELLS or "$ " in block.text
    return shell and any([name not in _PREPARES for name in commands])


_TRAINS = regex(r"\b(?:train|fine-?tune|finetune|mlagents-learn)", re.I)
_IMPORT = regex(
    r"^[ \t]*(?:>>> *)?(?:from\s[\w. \t]*\simport\b|import\s|(?:const|let|var) .*require\()", re.M
)
_CALL = regex(r"^(?![ \t]*(?:from|import|def|class|#)\b).*\w\(", re.M)
_COMMAND = regex(r"^(?:\$ )?(?:sudo )?([\w./-]+) +\S", re.M)
_PROGRAMS = frozenset(
    """
    python py js javascript ts typescript java kotlin swift go rust cpp c++ csharp r julia dart
    """.split()  # noqa: SIM905
)
_SHELLS = frozenset(("bash", "sh", "shell", "console", "zsh", "cmd", "powershell"))
_PREPARES = frozenset(
    """
    pip pip3 git cd conda apt apt-get brew npm yarn mkdir export source uv poetry echo tar unzip
    rm cp mv ls chmod
    """.split()  # noqa: SIM905
)


def gives_numbers(card: Card, features: Features) -> bool:
    """Whether numbers stand under a heading on evaluation, or among its words."""
    return count_results(card, features) >= 2


def count_results(card: Card, features: Features) -> int:
    """Numbers on evaluation; where a table of results is unfilled, those beside it."""
    count = features.topics["evaluation"].numbers
    if unfilled := find_unfilled_results(card):
        return max(0, count - len(_NUMBER.findall(unfilled.text)))
    return max(count, features.content["evaluation"].numbers)


def has_results(card: Card, features: Features) -> bool:
    """Whether a number stands beside the name of a measure, or under a heading on evaluation."""
    if not find_unfilled_results(card) and features.topics["evaluation"].numbers:
        return True
    return measures_something(features)


_NUMBER = regex(r"\d+(?:\.\d+)?")


def says_limits(card: Card, features: Features) -> bool:
    """Whether the words under a heading on limitations speak of any.

    Those under "Intended uses & limitations" may be on the uses alone.
    """
    if features.topics["limitations"].words < _SENTENCE:
        return False
    signals = ("says_limits", "says_bias", "says_risk", "says_advice")
    if features.numbers["hedges"] or any([features.mentions.get(name) for name in signals]):
        return True
    return any(
        ["limitations" in s.topics and "intended" not in s.topics for s in features.sections]
    )


def compares_copy(card: Card, features: Features) -> bool:
    """Whether a copy is measured against its original."""
    return features.mentions.get("says_compared", 0) >= 2 and gives_numbers(card, features)


def compares_models(card: Card, features: Features) -> bool:
    """Whether a block with a number, a table say, compares with others."""
    return "says_compared" in features.mentions and any(
        block.kind != "code" and _NUMBER.search(block.text) and _COMPARES.search(block.text)
        for block in card.document.blocks
    )


_COMPARES = regex(
    r"\bcompar(?:ed (?:to|with)|isons?)\b|\boutperform|\b(?:better|worse) than\b|\bvs\b|\bversus\b"
    r"|(?<!stable-)(?<!stable )\bbaselines?\b|\bprevious\b",
    re.I,
)


def has_headings(card: Card, features: Features) -> bool:
    """Whether headings or bold labels lead through the card."""
    leading = (b for b in card.document.blocks if b.kind == "heading" or b.label)
    return len(list(islice(leading, _HEADINGS))) == _HEADINGS


def is_filled(card: Card, features: Features) -> bool:
    """Whether no block was left as a template has it; braces in code belong to the code."""
    return features.whole.placeholders == 0 and not (
        features.numbers["braces"] and first_braces(card.document) is not None
    )


def closes_fences(card: Card, features: Features) -> bool:
    """Whether every code fence is closed."""
    return not features.numbers["unclosed_fence"]


describes_data: Predicate = any_of(
    has_words("data", 15), all_of(says("says_data_size"), says("says_data_source"))
)

FIRM: Mapping[str, Predicate] = {
    "dataset": has_words("data", 15),
    "numbers": lambda card, features: features.topics["evaluation"].numbers >= 2,
}
"""What speaks for an expectation more firmly than words anywhere: a section of its own."""


def _opens_with_words(card: Card, features: Features) -> bool:
    """Whether somebody wrote a sentence at the top, whatever it is about."""
    opening = islice((b for section in features.sections for b in section.blocks), OPENING)
    return any(_is_own(b, features) and count_words(b.text) >= _FEW for b in opening)


def _has_text(topic: str) -> Predicate:
    """Whether somebody wrote anything under a heading on a topic."""
    return lambda card, features: any(
        topic in section.topics and any([_is_own(block, features) for block in section.blocks])
        for section in features.sections
    )


def _is_own(block: Block, features: Features) -> bool:
    """Whether a block is words that neither a template nor a tool left there."""
    text = block.text.strip()
    if block.kind not in ("paragraph", "item") or not count_words(text):
        return False
    to_fill = is_unfilled(block.text, features) or is_to_do(block.text)
    to_fill = to_fill or (text[0], text[-1]) == ("[", "]")
    return not to_fill and not is_boilerplate(block.text)


_FEW = 5

SOME: Mapping[str, Predicate] = {
    "purpose": _opens_with_words,
    "intended": _has_text("intended"),
    "dataset": _has_text("data"),
    "origin": _has_text("data"),
    "hyperparameters": says("says_hyper", "code_config"),
    "conversion": _has_text("training"),
    "numbers": has_results,
    "loss": says("says_compared"),
    "limits": _has_text("limitations"),
    "risks": says("says_bias", "says_risk"),
}
"""Whether a card has something of what it is asked for, if not enough: it is not said to have none.
"""

PREDICATES: Mapping[str, Predicate] = {
    "purpose": introduces_model,
    "architecture": says("says_parameters", "says_architecture"),
    "author": says("says_author", "says_contact"),
    "code": runs_model,
    "intended": any_of(
        has_words("intended", 12), says("says_intended", "says_out_of_scope", at_least=2)
    ),
    "prompt": says("code_prompt"),
    "demo": says("links_demo"),
    "dataset": describes_data,
    "origin": describes_data,
    "splits": says("says_data_split", "says_preprocessing"),
    "hyperparameters": says("says_hyper", "code_config", at_least=2),
    "hardware": says("says_hardware", "says_time"),
    "software": says("says_software"),
    "conversion": any_of(
        has_words("training", 12), says("code_config"), says("says_conversion", at_least=2)
    ),
    "numbers": all_of(gives_numbers, lambda card, features: measures_something(features)),
    "comparison": compares_models,
    "measured": says("says_measured"),
    "loss": compares_copy,
    "limits": says_limits,
    "risks": all_of(has_words("limitations", 12), says("says_bias", "says_risk", at_least=2)),
    "license": has_key("license"),
    "task": has_key("task"),
    "library": has_key("library"),
    "language": has_key("language"),
    "base_model": has_key("base_model"),
    "datasets": has_key("datasets"),
    "results": has_key("results"),
    "headings": has_headings,
    "filled": is_filled,
    "fences": closes_fences,
}
"""What each expectation asks of a card, by key."""
