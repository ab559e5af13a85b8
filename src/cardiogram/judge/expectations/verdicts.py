"""What can be told of a card: which claims hold, and what is missing for certain.

Between "has it" and "has it not" lies "cannot be told": words of the claim are there, or the card
is in a language that nobody here reads. Of such a claim nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from cardiogram.cards import Card, problem_code
from cardiogram.cards.features import Features
from cardiogram.judge.expectations.expectations import CLAIMS, Claim
from cardiogram.judge.expectations.hints import SIGNED, Signs, names_size, read_signs
from cardiogram.judge.expectations.predicates import OPENING, copied

METADATA_KEYS = {
    "license": ("license", "licence"),
    "task": ("pipeline_tag",),
    "library": ("library_name",),
    "language": ("language", "languages"),
    "base_model": ("base_model",),
    "datasets": ("datasets", "dataset"),
    "results": ("model-index",),
}


def tell(card: Card, features: Features) -> list[tuple[Claim, bool]]:
    """Claims that can be told of a card and whether they hold, in the order of :data:`CLAIMS`."""
    told: list[tuple[Claim, bool]] = []
    signs: Signs | None = None
    unread = card.problems and not _UNREAD.isdisjoint(map(problem_code, card.problems))
    for claim in CLAIMS:
        if claim.applies and not claim.applies(card, features):
            continue
        if claim.holds(card, features):
            told.append((claim, True))
            continue
        if claim.key in METADATA_KEYS and (unread or _is_given(card, claim)):
            continue
        if claim.key in SIGNED or claim.key in _FORMS:
            signs = signs or read_signs(card, features)
            if _may_hold(claim, card, features, signs):
                continue
        told.append((claim, False))
    return told


_UNREAD = frozenset(("front_matter_unclosed", "yaml_malformed", "yaml_not_a_map", "yaml_too_large"))
"""Problems for which the metadata is there, but what it says is not known."""


def _is_given(card: Card, claim: Claim) -> bool:
    """Whether the metadata has the key, with a value that is not on the Hub's lists."""
    values = card.metadata.values
    return any([values.get(key) not in (None, "", []) for key in METADATA_KEYS[claim.key]])


def _may_hold(claim: Claim, card: Card, features: Features, signs: Signs) -> bool:
    """Whether the card may have it after all: its words, its form, or an unread language."""
    if signs.hint(claim.key) or not signs.legible:
        return True
    weigh = _FORMS.get(claim.key)
    return weigh is not None and weigh(card, features, signs)


def _names_size(card: Card, features: Features, signs: Signs) -> bool:
    return names_size(signs.ends())


def _fits_a_tool(card: Card, features: Features, signs: Signs) -> bool:
    """Whether a tool's own sentence says what such models do."""
    return any(
        " maps " in block.text or "can be used" in block.text
        for block in card.document.blocks[:OPENING]
        if block.kind == "paragraph"
    )


def _has_config(card: Card, features: Features, signs: Signs) -> bool:
    found = features.found
    return bool(
        found.get("says_hyper", 0) > 1 or found.get("code_hyper") or found.get("code_config")
    )


def _has_conversion(card: Card, features: Features, signs: Signs) -> bool:
    return bool(features.found.get("says_conversion") or features.found.get("code_convert"))


def _has_results(card: Card, features: Features, signs: Signs) -> bool:
    if features.numbers["meta_results"] > 0 or features.content["evaluation"].numbers > 0:
        return True
    return any(
        [b.kind == "table" and b.text.count("0.") >= _DECIMALS for b in card.document.blocks]
    )


def _has_rows(card: Card, features: Features, signs: Signs) -> bool:
    """Whether a table may compare models; a trainer's table compares epochs."""
    if "trainer" in features.made_by or "keras" in features.made_by:
        return False
    return features.topics["evaluation"].rows >= 2 or features.content["evaluation"].rows >= 2


def _warns(card: Card, features: Features, signs: Signs) -> bool:
    """Whether a tool wrote a whole paragraph of warnings, not just the template's one line."""
    return features.topics["limitations"].boilerplate >= _WARNING


def _has_widget(card: Card, features: Features, signs: Signs) -> bool:
    return features.numbers["meta_widget"] > 0


def _has_roles(card: Card, features: Features, signs: Signs) -> bool:
    return '"role"' in card.body


_DECIMALS, _WARNING = 3, 40
_DERIVED = re.compile("tuned (?:version|from|on|of|by|using|model|with)")


def _is_original(card: Card, features: Features, signs: Signs) -> bool:
    """Whether nothing says that the model was made from another."""
    if copied(card, features):
        return False
    if "tuned" not in card.body or "from scratch" in card.body:
        return True
    return _DERIVED.search(card.body) is None


_FORMS: Mapping[str, Callable[[Card, Features, Signs], bool]] = {
    "purpose": _fits_a_tool,
    "architecture": _names_size,
    "hyperparameters": _has_config,
    "conversion": _has_conversion,
    "numbers": _has_results,
    "comparison": _has_rows,
    "risks": _warns,
    "demo": _has_widget,
    "prompt": _has_roles,
    "base_model": _is_original,
}
"""Forms of content that speak for a claim without its words."""
