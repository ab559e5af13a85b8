"""Which expectations a card meets, and which it does not meet for certain.

Between the two lies "cannot be decided": words of the expectation are there, or the card is in
another language than English, of which few words are known here or none. Nothing is denied then.
"""

from __future__ import annotations

from collections.abc import Mapping

from cardiogram.cards import Card, problem_code
from cardiogram.cards.features import PROSE, CardFeatures, Features
from cardiogram.judge.expectations.conditions import name_conditions
from cardiogram.judge.expectations.expectations import EXPECTATIONS, Expectation
from cardiogram.judge.expectations.hints import (
    HINTED,
    Hints,
    find_unfilled_results,
    names_size,
    read_hints,
)
from cardiogram.judge.expectations.own_code import read_as_loaded
from cardiogram.judge.expectations.predicates import (
    OPENING,
    SOME,
    Predicate,
    any_of,
    has_key,
    has_results,
    says,
)
from cardiogram.lazy import regex
from cardiogram.records import NamedTuple, replace

METADATA_KEYS: dict[str, tuple[str, ...]] = {
    "license": ("license", "licence"),
    "task": ("pipeline_tag",),
    "library": ("library_name",),
    "language": ("language", "languages"),
    "base_model": ("base_model",),
    "datasets": ("datasets", "dataset"),
    "results": ("model-index",),
}


_NAMES = ("code", "software")
"""Keys whose words are the same in any language."""


class Verdict(NamedTuple):
    """Whether a card meets one expectation, where that can be decided."""

    expectation: Expectation
    is_met: bool


class Decided(NamedTuple):
    """What a card meets and lacks, and what its words only hint at."""

    verdicts: list[Verdict]
    hinted: list[Expectation]


def decide_expectations(read: CardFeatures) -> list[Verdict]:
    """What can be decided of a card, in the order of :data:`EXPECTATIONS`."""
    return decide_all(read).verdicts


def name_missed(read: CardFeatures) -> list[str]:
    """Keys of the expectations of which a card has nothing for certain, in their order."""
    return [
        wanted.key
        for wanted, is_met in decide_all(read).verdicts
        if not (is_met or has_some(wanted.key, read))
    ]


def has_some(key: str, read: CardFeatures) -> bool:
    """Whether a card that does not meet an expectation has something of it all the same."""
    if key == "code":
        return read_as_loaded(read) is not None
    some = SOME.get(key)
    return some is not None and some(read.card, read.features)


def decide_all(read: CardFeatures) -> Decided:
    """As :func:`decide_expectations`, with the expectations that words of the card hint at."""
    card, features = read.card, read.features
    decided = Decided([], [])
    conditions: set[str] = {*name_conditions(card, features)}
    unfilled = find_unfilled_results(card)
    if unfilled:  # the card itself promises results
        conditions.add("new")
    hints: Hints | None = None
    is_cut = "oversized" in card.problems  # what is not denied may stand behind
    written = _without_unfilled(features)
    unread = card.problems and not _UNREAD.isdisjoint(map(problem_code, card.problems))
    for key, applies, is_met, met, missing, may_be_hinted in _RULES:
        if applies and applies not in conditions:
            continue
        if is_met(card, written):
            decided.verdicts.append(met)
            continue
        if key in METADATA_KEYS and (unread or _is_given(card, key)):
            continue
        if key == "origin" and _is_given(card, "datasets"):  # named, if not described
            continue
        is_known = (key == "numbers" and unfilled is not None) or (
            key == "base_model" and not conditions.isdisjoint(("copy", "derived"))
        )
        if may_be_hinted and not is_known:
            hints = hints or read_hints(card, features)
            unread_words = is_cut or not (hints.english or key in _NAMES)
            if unread_words or _may_be_met(key, card, written, hints):
                if hints.legible or key == "code":
                    decided.hinted.append(missing.expectation)
                continue
        decided.verdicts.append(missing)
    return decided


def _without_unfilled(features: Features) -> Features:
    """The features without what only blocks say that a template left to be filled in."""
    if not features.whole.placeholders:
        return features
    filled = [read for read in features.read.values() if read and not read.placeholder]
    words: set[bytes] = set().union(*[read.tokens for read in filled])
    counts = PROSE.count(b"\n".join([read.lower for read in filled]), PROSE.words & words)
    mentions = {
        name: min(count, counts.get(name, 0)) if name in PROSE.groups else count
        for name, count in features.mentions.items()
    }
    return replace(features, mentions={name: n for name, n in mentions.items() if n})


_UNREAD = frozenset(
    ("front_matter_unclosed", "yaml_malformed", "yaml_not_a_map", "yaml_too_large", "in_lfs")
)
"""Problems for which the metadata is there, but what it says is not known."""


def _is_given(card: Card, key: str) -> bool:
    """Whether the metadata has the key, with a value that is not on the Hub's lists."""
    values = card.metadata.values
    return any([values.get(name) not in (None, "", []) for name in METADATA_KEYS[key]])


def _may_be_met(key: str, card: Card, features: Features, hints: Hints) -> bool:
    """Whether the card may meet it after all: its words, its form, or an unread language."""
    if not (hints.legible or key == "code"):
        return True
    if key != "numbers" and hints.speak_of(key):
        return True
    if key == "architecture" and names_size(hints.ends()):
        return True
    has_form = _FORMS.get(key)
    return has_form is not None and has_form(card, features)


def _fits_a_tool(card: Card, features: Features) -> bool:
    """Whether a tool's own sentence says what such models do."""
    return any(
        any([words in block.text for words in (" maps ", "can be used", " playing ")])
        for block in card.document.blocks[:OPENING]
        if block.kind == "paragraph"
    )


def _has_results(card: Card, features: Features) -> bool:
    if features.numbers["meta_results"] > 0 or has_results(card, features):
        return True
    return any(
        [b.kind == "table" and b.text.count("0.") >= _DECIMALS for b in card.document.blocks]
    )


def _has_rows(card: Card, features: Features) -> bool:
    """Whether a table may compare models; a trainer's table compares epochs."""
    rows = max(features.topics["evaluation"].rows, features.content["evaluation"].rows)
    return rows >= 2 and {"trainer", "keras"}.isdisjoint(features.makers)


def _names_data(card: Card, features: Features) -> bool:
    """Whether words say what the model was trained on where no section does."""
    return not features.topics["data"].sections and "says_data_trained" in features.mentions


def _warns(card: Card, features: Features) -> bool:
    """Whether a tool wrote a whole paragraph of warnings, not just the template's one line."""
    return features.topics["limitations"].boilerplate >= _WARNING


def _is_original(card: Card, features: Features) -> bool:
    """Whether nothing says that the model was made from another."""
    if "tuned" not in card.body or "from scratch" in card.body:
        return True
    return _DERIVED.search(card.body) is None


_DECIMALS, _WARNING = 3, 40
_DERIVED = regex("tuned (?:version|from|on|of|by|using|model|with)")

_FORMS: Mapping[str, Predicate] = {
    "purpose": _fits_a_tool,
    "dataset": any_of(_names_data, says("links_dataset")),
    "hyperparameters": any_of(
        says("says_hyper", at_least=2), says("code_hyper"), says("code_config")
    ),
    "conversion": any_of(says("says_conversion"), says("code_convert")),
    "numbers": _has_results,
    "comparison": _has_rows,
    "risks": _warns,
    "demo": has_key("widget"),
    "prompt": lambda card, features: '"role"' in card.body,
    "base_model": _is_original,
}
"""Forms of content that speak for an expectation without its words."""

_RULES = [
    (
        wanted.key,
        wanted.applies,
        wanted.is_met,
        Verdict(wanted, True),
        Verdict(wanted, False),
        wanted.key in HINTED or wanted.key in _FORMS,
    )
    for wanted in EXPECTATIONS
]
"""Of each expectation its key, whom it applies to, what it asks, both verdicts, and whether a card
may meet it in other words or forms than it asks for."""
