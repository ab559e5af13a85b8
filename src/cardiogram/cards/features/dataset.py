"""Countable features of a dataset's card: its sections, what its words state, its metadata.

As with models' cards, what nobody wrote (placeholders, repeated blocks) counts for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cardiogram.cards.card import Card
from cardiogram.cards.features.blocks import count_numbers, count_words
from cardiogram.cards.features.mentions import Visible
from cardiogram.cards.features.phrase_index import PhraseIndex
from cardiogram.cards.features.tally import TopicCount
from cardiogram.cards.markdown import Block
from cardiogram.cards.metadata import SIZE_CATEGORIES, Metadata, configs_fault
from cardiogram.cards.sections import Section, is_placeholder, split_sections, topics_of
from cardiogram.cards.vocabulary import load_vocabulary
from cardiogram.names import DATA

DATASET_TOPICS = (
    "identity",
    "composition",
    "collection",
    "usage",
    "rights",
    "limitations",
    "citation",
    "contact",
)

_LONGEST = 400
_SHORT, _SMALL_SHARE = 40, 0.06
_SMALL_WORDS = frozenset(
    ("the", "of", "and", "is", "are", "to", "for", "with", "this", "by", "from", "that", "it")
)


@dataclass(frozen=True, slots=True)
class DatasetFeatures:
    """Everything counted in one dataset's card.

    Attributes
    ----------
    topics
        What it says on each topic of :data:`DATASET_TOPICS`.
    whole
        The same over the whole card.
    mentions
        Features that its words or code state, with the number of different phrases (1-9).
    metadata
        Whether the metadata has a key with a value that the Hub knows.
    legible
        Whether its sentences are in a language whose phrases are known here: English.
    """

    topics: Mapping[str, TopicCount]
    whole: TopicCount
    mentions: Mapping[str, int]
    metadata: Mapping[str, bool]
    sections: tuple[Section, ...]
    legible: bool = True

    def section(self, topic: str) -> TopicCount:
        """What the card says on a topic."""
        return self.topics[topic]


@cache
def _phrases() -> PhraseIndex:
    file = DATA / "dataset-phrases.json"
    return PhraseIndex(json.loads(file.read_text("utf-8"))["phrases"])


def count_dataset_features(card: Card) -> DatasetFeatures:
    """Count the features of a dataset's card; never fails, whatever it contains."""
    topics = {topic: TopicCount() for topic in DATASET_TOPICS}
    whole = TopicCount()
    sections = split_sections(card.document, "dataset")
    seen: set[str] = set()
    prose: list[str] = []
    opening = True  # what stands above the first heading that says more is about the dataset
    for section in sections:
        opening = opening and not section.topics
        counts = [topics[topic] for topic in section.topics or (("identity",) if opening else ())]
        for count in counts:
            count.sections += 1
            count.add_lines(section.line, section.last_line)
        for block in section.blocks:
            if block.text not in seen:
                seen.add(block.text)
                labelled = [topics[t] for t in topics_of(block.label, "dataset")]
                for count in labelled:
                    count.add_lines(block.line, block.last_line)
                _count(block, [whole, *(labelled or counts)])
                prose.append("" if is_placeholder(block.text) else block.text)
    said = Visible.every("\n".join(prose))
    return DatasetFeatures(
        topics,
        whole,
        _phrases().count(said.lower, said.words),
        _metadata(card.metadata),
        sections,
        _is_english("\n".join(prose).lower()),
    )


def _is_english(text: str) -> bool:
    """Whether a text has the small words that no English one does without; a short one passes."""
    words = text.split()
    if count_words(text) < _SHORT:
        return True
    return sum(word in _SMALL_WORDS for word in words) >= _SMALL_SHARE * len(words)


def _count(block: Block, counts: list[TopicCount]) -> None:
    if block.kind == "code":
        for count in counts:
            count.code += block.text.count("\n") + 1
        return
    if is_placeholder(block.text):
        for count in counts:
            count.placeholders += 1
        return
    words, numbers = min(count_words(block.text), _LONGEST), count_numbers(block.text)
    for count in counts:
        count.words += words
        count.numbers += numbers
        count.items += block.kind == "item"
        count.rows += block.rows


def _metadata(metadata: Metadata) -> dict[str, bool]:
    known = load_vocabulary()
    values = metadata.values
    licenses = [name.lower() for name in metadata.texts("license")]
    languages = metadata.texts("language") + metadata.texts("languages")
    return {
        "license": any(name in known.licenses for name in licenses),
        "language": any(name.lower() in known.language_codes for name in languages),
        "task": any(name in known.tasks for name in metadata.texts("task_categories")),
        "size": any(name in SIZE_CATEGORIES for name in metadata.texts("size_categories")),
        "name": bool(metadata.texts("pretty_name")),
        "configs": configs_fault(values.get("configs")) == "",
        "features": _has_features(values.get("dataset_info")),
        "tags": bool(metadata.texts("tags")),
        "source": bool(metadata.texts("source_datasets")),
    }


def _has_features(info: object) -> bool:
    configs = info if isinstance(info, list) else [info]
    return any(isinstance(config, dict) and config.get("features") for config in configs)
