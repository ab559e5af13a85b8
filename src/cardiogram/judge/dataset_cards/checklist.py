"""What a reader looks for in a dataset's card: words are data, what each item asks is code.

An item is worth `points` of its criterion (data/dataset-checklist.json). There are no labelled
dataset cards to learn from, so nothing here is fitted: the points say what the rubric names first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cardiogram.cards import Card
from cardiogram.cards.features import DatasetFeatures
from cardiogram.judge.expectations import Wording, all_of, any_of, read_entries
from cardiogram.names import SCORES_OF
from cardiogram.records import dataclass

_UNREAD_WORDS = 20

DatasetPredicate = Callable[[Card, DatasetFeatures], bool]


@dataclass(frozen=True, slots=True)
class ChecklistItem(Wording):
    """One thing that a good dataset card has.

    Attributes
    ----------
    points
        What it is worth within its criterion.
    is_met
        Whether a card has it.
    """

    points: int
    is_met: DatasetPredicate


def _has_key(name: str) -> DatasetPredicate:
    return lambda card, features: features.metadata[name]


def _says(phrases: str, at_least: int = 1, topic: str = "") -> DatasetPredicate:
    """A test for phrases; of sentences that cannot be read, a section of its own speaks."""

    def test(card: Card, features: DatasetFeatures) -> bool:
        if features.legible or features.mentions.get(phrases, 0) >= at_least:
            return features.mentions.get(phrases, 0) >= at_least
        return not topic or features.section(topic).words >= _UNREAD_WORDS

    return test


def _has_words(topic: str, at_least: int) -> DatasetPredicate:
    return lambda card, features: features.section(topic).words >= at_least


def _says_what_it_holds(card: Card, features: DatasetFeatures) -> bool:
    """Whether the first paragraphs say what the dataset is."""
    opening = [b for b in card.document.blocks[:8] if b.kind in ("paragraph", "item")]
    return any(len(block.text.split()) >= 12 for block in opening) and _says("says_holds")(
        card, features
    )


def _lists_fields(card: Card, features: DatasetFeatures) -> bool:
    """Whether fields stand in a table or a list under a heading on what a row holds."""
    count = features.section("composition")
    return count.rows + count.items >= 2


def _explains_fields(card: Card, features: DatasetFeatures) -> bool:
    """Whether that table or list has words for its fields, and not only their names."""
    count = features.section("composition")
    return _lists_fields(card, features) and count.words >= 6 * min(count.rows + count.items, 12)


def _counts_rows(card: Card, features: DatasetFeatures) -> bool:
    numbers = features.section("composition").numbers + features.section("identity").numbers
    return numbers >= 2 and _says("says_size")(card, features)


def _loads_data(card: Card, features: DatasetFeatures) -> bool:
    return features.whole.code > 0 and "says_load" in features.mentions


def _names_itself_in_code(card: Card, features: DatasetFeatures) -> bool:
    code = " ".join(b.text for b in card.document.blocks if b.kind == "code").lower()
    return bool(card.id) and card.id.lower() in code


def _opens_with_title(card: Card, features: DatasetFeatures) -> bool:
    heads = [b for b in card.document.blocks if b.kind == "heading"]
    return bool(heads) and heads[0].level == 1


def _is_filled(card: Card, features: DatasetFeatures) -> bool:
    braces = any("{{" in b.text for b in card.document.blocks if b.kind != "code")
    return features.whole.words > 0 and not features.whole.placeholders and not braces


_PREDICATES: Mapping[str, DatasetPredicate] = {
    "content": _says_what_it_holds,
    "purpose": _says("says_purpose", topic="identity"),
    "author": any_of(_says("says_author", topic="contact"), _has_words("contact", 4)),
    "date": _says("says_date", topic="identity"),
    "reference": any_of(
        _has_words("citation", 3), lambda card, features: features.section("citation").code > 0
    ),
    "fields": _lists_fields,
    "meanings": _explains_fields,
    "sizes": _counts_rows,
    "splits": all_of(_says("says_splits"), _has_words("composition", 10)),
    "units": all_of(_says("says_unit"), _has_words("composition", 10)),
    "gaps": all_of(
        any_of(_says("says_missing"), _says("says_balance")), _has_words("composition", 10)
    ),
    "example": lambda card, features: features.section("composition").code >= 1,
    "source": any_of(
        all_of(_says("says_source"), _has_words("collection", 15)), _has_words("collection", 40)
    ),
    "process": all_of(_says("says_process"), _has_words("collection", 15)),
    "when": all_of(
        any_of(_says("says_when"), _says("says_date")),
        lambda card, features: features.section("collection").numbers > 0,
    ),
    "annotation": all_of(_says("says_annotation"), _has_words("collection", 15)),
    "agreement": _says("says_agreement", topic="collection"),
    "why": all_of(_says("says_why"), _has_words("collection", 15)),
    "load": _loads_data,
    "runs": any_of(_names_itself_in_code, all_of(_loads_data, lambda card, features: not card.id)),
    "intended": any_of(
        _says("says_intended", topic="usage"),
        _says("says_purpose", 2, "usage"),
        lambda card, features: features.section("usage").items >= 2,
    ),
    "out_of_scope": _says("says_out_of_scope", topic="usage"),
    "terms": any_of(_has_key("license"), all_of(_says("says_licence"), _has_words("rights", 4))),
    "explained_terms": all_of(_says("says_licence"), _has_words("rights", 12)),
    "source_terms": _says("says_source_licence", topic="rights"),
    "personal": any_of(
        _says("says_personal", topic="rights"), _says("says_no_personal", topic="rights")
    ),
    "removal": _says("says_removal", topic="rights"),
    "limits": all_of(_says("says_limit"), _has_words("limitations", 12)),
    "bias": all_of(_says("says_bias"), _has_words("limitations", 12)),
    "risk": all_of(_says("says_risk"), _has_words("limitations", 12)),
    "advice": all_of(_says("says_advice"), _has_words("limitations", 12)),
    "room": _has_words("limitations", 50),
    "license": _has_key("license"),
    "language": _has_key("language"),
    "task": _has_key("task"),
    "size": _has_key("size"),
    "name": _has_key("name"),
    "configs": any_of(_has_key("configs"), _has_key("features")),
    "features": _has_key("features"),
    "tags": _has_key("tags"),
    "title": _opens_with_title,
    "headings": lambda card, features: (
        sum(1 for s in features.sections if s.heading is not None and s.blocks) >= 4
    ),
    "formatted": lambda card, features: (
        features.whole.rows > 0 or features.whole.code > 0 or features.whole.items >= 3
    ),
    "filled": _is_filled,
    "unbroken": lambda card, features: (
        not card.problems and not card.document.unclosed_fence and features.whole.words > 0
    ),
}
"""What each item asks of a card, by key."""

CHECKLIST = tuple(
    ChecklistItem(**words, points=entry["points"], is_met=_PREDICATES[words["key"]])
    for words, entry in read_entries(
        "dataset-checklist.json", SCORES_OF["dataset"][1:], _PREDICATES
    )
)
"""All items, in the order of the rubric's criteria."""
