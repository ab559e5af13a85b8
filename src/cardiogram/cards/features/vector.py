"""Countable features of a card: one fixed vector of named numbers, for judges and statistics.

What nobody wrote counts apart from what somebody did: placeholders, template blocks and hidden
text never add to the words of a topic. Repeated blocks count once.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence, Set as AbstractSet
from math import log1p
from operator import attrgetter
from typing import TypeAlias

from cardiogram.cards.card import Card
from cardiogram.cards.features.blocks import BlockReading, Counts, count_words, read_blocks
from cardiogram.cards.features.boilerplate import GENERATORS, Tools, find_tools
from cardiogram.cards.features.details import LOOSE_TOPICS, NEAR, Details, Ties, count_keys
from cardiogram.cards.features.mentions import (
    CODE,
    CONTENT,
    MAKERS,
    MEASURES,
    MENTIONS,
    PHRASED,
    SETTINGS,
    STATED,
    Visible,
    find_mentions,
)
from cardiogram.cards.features.nonsense import Outlines
from cardiogram.cards.features.phrase_index import list_words, lower_bytes
from cardiogram.cards.features.tally import DETAILED, Tally, TopicCount
from cardiogram.cards.markdown import Block, Document
from cardiogram.cards.metadata import Metadata
from cardiogram.cards.sections import TOPICS, Section, is_placeholder, split_sections, topics_of
from cardiogram.records import dataclass, field

Vector: TypeAlias = "array[float]"
"""Features of a card, each rounded to 32 bits."""

_CODE_WORDS = CODE.words | MAKERS.words | MEASURES | SETTINGS
_CONTENT_FEATURES = ("words", "numbers", "items", "rows")
_TOPIC_FEATURES = (
    "sections",
    "words",
    "numbers",
    "items",
    "rows",
    "code",
    "links",
    "placeholders",
    "boilerplate",
)
_LOOSE = (*LOOSE_TOPICS, "code")
_LOOSE_NUMBERS = tuple(f"loose_{name}" for name in _LOOSE)
_STATED = frozenset(STATED)
_topic_counts, _content_counts = attrgetter(*_TOPIC_FEATURES), attrgetter(*_CONTENT_FEATURES)

_NO_COUNT = TopicCount()
"""Of what no block names, on any card: it is never filled."""


def _no_topics() -> dict[str, TopicCount]:
    return {topic: TopicCount() for topic in TOPICS}


@dataclass(slots=True)
class Features:
    """Everything counted in one card.

    Attributes
    ----------
    topics
        One count a topic of :data:`cardiogram.cards.sections.TOPICS`.
    whole
        The same over the whole card.
    content
        The same by the words of the blocks, whatever heading they stand under.
    mentions
        Names of the features of :mod:`cardiogram.cards.features.mentions` that the card states.
    void
        Blocks that say nothing, and headings that stand above no others.
    made_by
        Tools of the judge's own list.
    makers
        Tools that wrote the card or a part of it, as of :func:`.find_makers`.
    read
        What was read of each block below its text; None for code.
    """

    topics: dict[str, TopicCount] = field(default_factory=dict)
    whole: TopicCount = field(default_factory=TopicCount)
    content: dict[str, TopicCount] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    mentions: dict[str, int] = field(default_factory=dict)
    made_by: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    void: frozenset[Block] = frozenset()
    sections: tuple[Section, ...] = ()
    read: dict[str, BlockReading | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CardFeatures:
    """A card with what was counted in it, so that nobody counts it again.

    Attributes
    ----------
    vector
        The numbers of `features` in the order of :data:`FEATURE_NAMES`.
    """

    card: Card
    features: Features
    vector: Vector

    @classmethod
    def of(cls, card: Card) -> CardFeatures:
        """Count one card."""
        return read_features([card])[0]


def read_features(cards: Sequence[Card]) -> list[CardFeatures]:
    """Count a batch of cards, each once."""
    counted = count_features_of(cards)
    return [CardFeatures(*both, to_vector(both[1])) for both in zip(cards, counted, strict=True)]


def count_features(card: Card) -> Features:
    """Count a card's features.

    Parameters
    ----------
    card
        A parsed card.
    """
    return count_features_of([card])[0]


def count_features_of(cards: Sequence[Card]) -> list[Features]:
    """Count a batch of cards, which shares the work; each as if it were alone."""
    outlines = Outlines.of([split_sections(card.document) for card in cards], CONTENT.is_void_code)
    read = read_blocks(outlines.texts)
    drafts = []
    for card, (sections, void) in zip(cards, outlines.leave_out_nonsense(read), strict=True):
        draft = _Draft(Tally(read), sections, Details.of(card.text), Ties(card, read), void)
        for section in sections:
            draft.add_section(section)
        drafts.append(draft)
    texts = [draft.read_words() for draft in drafts]
    mentions = find_mentions(cards, [prose for prose, _ in texts], [code for _, code in texts])
    tools = [
        find_tools(card, prose.words | code.words | _hidden_words(card))
        for card, (prose, code) in zip(cards, texts, strict=True)
    ]
    counted = zip(drafts, cards, texts, mentions, tools, strict=True)
    return [draft.finish(card, *words, said, made) for draft, card, words, said, made in counted]


def _hidden_words(card: Card) -> AbstractSet[bytes]:
    """Words of what a visitor does not see, as far as tools left them."""
    hidden = card.document.hidden
    return Visible.of([hidden], MAKERS.words).words if hidden else frozenset()


@dataclass(slots=True)
class _Draft:
    """The features of a card whose blocks are being walked, each text once."""

    tally: Tally
    sections: tuple[Section, ...]
    details: Details
    ties: Ties
    void: frozenset[Block]
    topics: dict[str, TopicCount] = field(default_factory=_no_topics)
    whole: TopicCount = field(default_factory=TopicCount)
    read: dict[str, BlockReading | None] = field(default_factory=dict)
    code: list[str] = field(default_factory=list)
    said: list[BlockReading] = field(default_factory=list)
    different: set[bytes] = field(default_factory=set)
    loose: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_LOOSE, 0))

    def add_section(self, section: Section) -> None:
        """Walk a section."""
        if section.topics:
            lines = section.line, section.last_line
            for topic in section.topics:
                count = self.topics[topic]
                count.sections += 1
                count.add_lines(*lines)
        if self.ties.are_missing(section):
            self._set_aside(section)
            return
        self.details.enter(section.heading)
        says, read = False, self.read
        for block in section.blocks:
            if block.text in read:
                continue
            if block.kind == "code":
                self._add_code(block, section)
                says = True
            elif self._add_prose(block, section):
                says = True
        if says and section.heading:
            self.details.leave(section)

    def _set_aside(self, section: Section) -> None:
        """Count a section that is tied to the card by nothing apart from what is its own."""
        for block in section.blocks:
            if block.kind == "code":
                self.read.setdefault(block.text, None)
                self.loose["code"] += block.text.count("\n") + 1
                continue
            number = self.tally.read.row[block.text]
            self.read.setdefault(block.text, self.tally.read.blocks[number])
            for topic in section.topics.intersection(LOOSE_TOPICS):
                self.loose[topic] += len(self.tally.read.blocks[number].tokens)

    def _add_code(self, block: Block, section: Section) -> None:
        self.read[block.text] = None
        self.details.add_code(block)
        self.code.append(block.text)
        lines = block.text.count("\n") + 1
        self.whole.code += lines
        for topic in section.topics:
            self.topics[topic].code += lines

    def _add_prose(self, block: Block, section: Section) -> bool:
        """Note a block; whether it says something."""
        text, read = block.text, self.tally.read
        number = read.row[text]
        reading = self.read[text] = read.blocks[number]
        self.said.append(reading)
        topics = section.topics
        if block.label and (named := topics_of(block.label)):  # it speaks for the heading
            topics = named
            for topic in named:
                self.topics[topic].add_lines(block.line, block.last_line)
        self.tally.add(number, block, topics, self.details.copied)
        if reading.placeholder:
            return False
        is_table = block.kind == "table"
        numbers = Counts(*read.counts[number]).numbers if is_table else 0
        self.details.add_prose(block, reading, section, numbers)
        return True

    def read_words(self) -> tuple[Visible, Visible]:
        """The card's prose and its code, each block once, with the words that decide on phrases."""
        self.different = set().union(*[reading.tokens for reading in self.said])
        lower = b"\n".join([reading.lower for reading in self.said])
        return Visible(lower, PHRASED & self.different), Visible.of(self.code, _CODE_WORDS)

    def finish(
        self, card: Card, prose: Visible, code: Visible, mentions: dict[str, int], tools: Tools
    ) -> Features:
        """What was counted, with the sums over the card's blocks."""
        sums = self.tally.sums()
        self.whole.fill(sums.whole)
        for count, row in zip(self.topics.values(), sums.topics, strict=True):
            if row:
                count.fill(row)
        content = dict.fromkeys(CONTENT.topics, _NO_COUNT)
        for topic, row in zip(CONTENT.topics, sums.content, strict=True):
            if row:
                content[topic] = TopicCount()
                content[topic].fill(row)
        features = Features(
            self.topics,
            self.whole,
            content,
            mentions=mentions,
            made_by=tools.generators,
            makers=tools.makers,
            void=self.void,
            sections=self.sections,
            read=self.read,
        )
        written = not any([reading.placeholder or reading.boilerplate for reading in self.said])
        said = self.different if written else None
        features.numbers = {
            **_form(card, features),
            **count_keys(card.metadata, card.id.lower(), prose.lower),
            **self.details.numbers(card, self.sections, self.code, code.words, sums.details, said),
            **self.ties.numbers(prose.lower),
            **dict(zip(_LOOSE_NUMBERS, map(log1p, self.loose.values()), strict=True)),
        }
        return features


def _form(card: Card, features: Features) -> dict[str, float]:
    """How the card is built."""
    document, shown = card.document, _without(card.document.blocks, features.void)
    headings = [block for block in shown if block.kind == "heading"]
    code = [block for block in shown if block.kind == "code"]
    tables = [block for block in shown if block.kind == "table"]
    texts = [block.text for block in shown]
    lengths = list(map(len, texts))
    visible = "\n".join(texts)
    styles = [block.style for block in headings]
    images = [link.image for link in document.links].count(True)
    under = [section.blocks for section in features.sections if section.heading]
    filled = len(under) - _count_unfilled(under, features)
    first = next((block.text for block in shown if block.kind == "paragraph"), "")
    hidden = len(document.hidden)
    spoken = features.whole.words + features.whole.boilerplate + 1
    stated = [count for name, count in features.mentions.items() if name in _STATED]
    return {
        "headings": log1p(len(headings)),
        "headings_bold": log1p(styles.count("bold")),
        "headings_html": log1p(styles.count("html")),
        "heading_levels": len({b.level for b in headings}),
        "sections_filled": log1p(filled),
        "sections_unfilled_share": 1 - filled / max(1, len(under)),
        "sections_empty": log1p(under.count(())),
        "topics": len([1 for count in features.topics.values() if count.words > 5 or count.code]),
        "title": bool(headings) and headings[0].level == 1,
        "code_blocks": log1p(len(code)),
        "code_with_language": len([1 for b in code if b.info]) / max(1, len(code)),
        "tables": log1p(len(tables) + document.html_tables),
        "table_cells": log1p(sum([b.rows * b.columns for b in tables])),
        "images": log1p(images),
        "links": log1p(len(document.links) - images),
        "html_tags": log1p(document.html_tags),
        "hidden": hidden / (sum(lengths) + hidden + 1),
        "template_comments": log1p(card.body.count("<!--")),
        "braces": "{{" in visible and first_braces(document) is not None,
        "unclosed_fence": bool(document.unclosed_fence),
        "first_paragraph": log1p(count_words(first)),
        "longest_block": log1p(max(lengths, default=0)),
        "boilerplate_share": features.whole.boilerplate / spoken,
        "non_ascii": (len(texts) - sum(map(str.isascii, texts))) / (len(texts) + 1),
        "cut": "oversized" in card.problems,
        "made_by_tool": len(features.made_by),
        "links_per_word": len(document.links) / spoken,
        "bare_urls": log1p(visible.count("http")),
        "near_characters": log1p(min(len(visible), NEAR)),
        "title_is_name": _share_of_name(headings[0].text, card.id) if headings else 0.0,
        "facts_stated": len(stated),
        "phrases_stated": log1p(sum(stated)),
    }


def _count_unfilled(sections: Sequence[Sequence[Block]], features: Features) -> int:
    """How many sections have no block that says something."""
    read = features.read.items()
    unfilled = {text for text, r in read if (r.placeholder if r else is_placeholder(text))}
    if not unfilled:
        return sections.count(())
    return len([1 for blocks in sections if unfilled.issuperset([b.text for b in blocks])])


def _without(blocks: Sequence[Block], void: frozenset[Block]) -> Sequence[Block]:
    return [block for block in blocks if block not in void] if void else blocks


def _share_of_name(title: str, id: str) -> float:
    """Share of a title's words that the model's name has; the owner's name does not count."""
    named = (title, id.rpartition("/")[2])
    words, name = (set(list_words(lower_bytes(text.replace("_", " ")))) for text in named)
    return len(words & name) / max(1, len(words))


def first_braces(document: Document) -> Block | None:
    """The first visible block with template braces; in code they belong to the code."""
    return next((b for b in document.blocks if b.kind != "code" and "{{" in b.text), None)


def is_unfilled(text: str, features: Features) -> bool:
    """Whether the text of one of a card's blocks was left for its author to fill in."""
    read = features.read[text]
    return read.placeholder if read else is_placeholder(text)


def _names() -> tuple[str, ...]:
    empty = Card("", "", None, "", 0, Metadata(), Document(), "", "")
    numbers = [
        *_form(empty, Features(_no_topics())),
        *count_keys(Metadata(), "", b""),
        *Details().numbers(empty, (), (), frozenset(), dict.fromkeys(DETAILED, 0)),
        *Ties(empty, read_blocks(())).numbers(b""),
        *_LOOSE_NUMBERS,
    ]
    return (
        *(f"{topic}_{name}" for topic in ("whole", *TOPICS) for name in _TOPIC_FEATURES),
        *(f"about_{topic}_{name}" for topic in CONTENT.topics for name in _CONTENT_FEATURES),
        *numbers,
        *MENTIONS,
        *(f"made_by_{name}" for name in GENERATORS),
    )


def to_vector(features: Features) -> Vector:
    """The numbers of one card in the order of :data:`FEATURE_NAMES`.

    Returns
    -------
    array
        As many as :data:`FEATURE_NAMES`; counts as log(1 + count), mentions up to 9, tools as 0
        or 1.
    """
    values: list[float] = []
    for topic in (features.whole, *features.topics.values()):
        counts = _topic_counts(topic)
        values += map(log1p, counts) if any(counts) else counts
    for content in features.content.values():
        counts = _content_counts(content)
        values += map(log1p, counts) if any(counts) else counts
    values += features.numbers.values()
    vector = array("f", values)
    vector.frombytes(bytes(vector.itemsize * (len(FEATURE_NAMES) - len(values))))
    for name, count in features.mentions.items():
        vector[_PLACE[name]] = count
    for name in features.made_by:
        vector[_PLACE[f"made_by_{name}"]] = 1
    return vector


FEATURE_NAMES: tuple[str, ...] = _names()
"""Names of the numbers of :func:`to_vector`, in order."""
_PLACE = {name: place for place, name in enumerate(FEATURE_NAMES)}
