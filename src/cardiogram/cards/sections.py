"""Sections by topic: what each part of a card is about, in any heading style and language.

A topic is told from the words of a heading (Markdown, HTML or a line in bold) or of the bold
label that opens a line; the synonyms are data (data/topics.json, and data/dataset-topics.json for
the cards of datasets, whose sections are others).
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache

from cardiogram.cards.markdown import Block, Document
from cardiogram.lazy import regex
from cardiogram.names import DATA, CardType
from cardiogram.records import NamedTuple

TOPICS = (
    "identity",
    "usage",
    "intended",
    "data",
    "training",
    "evaluation",
    "limitations",
    "citation",
    "license",
    "contact",
)

_MAX_HEADING = 120
_MAX_PHRASE = 4
_NOT_WORDS = regex(r"[\W_]+")
_PLACEHOLDER = regex(
    r"\[?\s*(?:more information needed|needs more information|optional|tbd|tba|todo|to do|n/?a"
    r"|coming soon|to be (?:added|updated|announced|done|completed|filled)|add description"
    r"|work in progress|wip|placeholder|none|unknown|fill (?:me|this) in"
    r"|待补充|準備中|추후 업데이트"
    r"|{{[^{}]*}})\s*[\].。!…]*",
    re.IGNORECASE,
)

_TO_DO = regex(r"\[TODO\b[^\[\]]*\]\.?|(?:#|//) ?TODO\b[^\n]*", re.IGNORECASE)


class Section(NamedTuple):
    """A heading, or a bold label, with the blocks that belong to it.

    Attributes
    ----------
    topics
        What the heading is about; those of the heading above it where its own words say nothing.
    blocks
        Visible blocks below the heading, up to the next one.
    depth
        0 for text above the first heading; 1-6 as written; 7 for a line in bold.
    """

    heading: Block | None
    topics: frozenset[str]
    blocks: tuple[Block, ...]
    depth: int = 0

    @property
    def line(self) -> int:
        """First line of the section in the card."""
        first = self.heading or (self.blocks[0] if self.blocks else None)
        return first.line if first else 1

    @property
    def last_line(self) -> int:
        """Last line of the section in the card."""
        last = self.blocks[-1] if self.blocks else self.heading
        return last.last_line if last else 1


_FILES: dict[CardType, str] = {"model": "topics.json", "dataset": "dataset-topics.json"}


class _Synonyms(NamedTuple):
    """Phrases of words to topics, their sizes by their first words, and those without spaces."""

    phrases: dict[str, frozenset[str]]
    sizes: dict[str, frozenset[int]]
    unspaced: tuple[tuple[str, str], ...]


@cache
def _synonyms(of: CardType) -> _Synonyms:
    file = DATA / _FILES[of]
    data: dict[str, dict[str, list[str]]] = json.loads(file.read_text("utf-8"))
    phrases: dict[str, frozenset[str]] = {}
    sizes: dict[str, frozenset[int]] = {}
    unspaced: list[tuple[str, str]] = []
    counts = [frozenset((count,)) for count in range(1, _MAX_PHRASE + 1)]
    for topic, languages in data.items():
        this = frozenset((topic,))
        for language, texts in languages.items():
            if language in ("zh", "ja", "ko"):
                unspaced += [(text, topic) for text in texts]
                continue
            for phrase in map(_words, texts):
                phrases[phrase] = phrases.get(phrase, this) | this
                first, *others = phrase.split()
                if len(others) < _MAX_PHRASE:
                    sizes[first] = sizes.get(first, counts[len(others)]) | counts[len(others)]
    return _Synonyms(phrases, sizes, tuple(unspaced))


def _words(text: str) -> str:
    return _NOT_WORDS.sub(" ", text.lower()).strip()


def topics_of(heading: str, of: CardType = "model") -> frozenset[str]:
    """What a heading or label is about; empty where its words do not say.

    Parameters
    ----------
    of
        Whose card it stands on: "Data" is what a model learned from, and what a dataset holds.

    Examples
    --------
    >>> sorted(topics_of("Intended uses & limitations"))
    ['intended', 'limitations']
    >>> sorted(topics_of("📚 训练数据"))
    ['data']
    """
    return _topics_of(heading[:_MAX_HEADING], of)


@lru_cache(maxsize=4096)
def _topics_of(heading: str, of: CardType) -> frozenset[str]:
    known = _synonyms(of)
    text = _words(heading)
    if whole := known.phrases.get(text):
        return whole
    words = text.split()
    topics: set[str] = set()
    covered: set[int] = set()
    ways = [
        (-size, first)  # the longest phrase speaks for its words: "training data" is data
        for first, word in enumerate(words)
        for size in known.sizes.get(word, ())
        if first + size <= len(words)
    ]
    for minus, first in sorted(ways):
        places = range(first, first - minus)
        hit = known.phrases.get(" ".join(words[first : first - minus]))
        if hit and covered.isdisjoint(places):
            topics |= hit
            covered.update(places)
    if not heading.isascii():
        hits = [(word, topic) for word, topic in known.unspaced if word in text]
        longest = max((len(word) for word, _ in hits), default=0)
        topics |= {topic for word, topic in hits if len(word) == longest}
    if len(topics) > 1:
        topics -= {"identity"}
    return frozenset(topics)


def is_placeholder(text: str) -> bool:
    """Whether a text is what a template leaves for its author to fill in.

    Examples
    --------
    >>> is_placeholder("Developed by: [More Information Needed]")
    True
    >>> is_placeholder("llm_int8_skip_modules: None")
    False
    """
    if len(text) > 40 and ("nformation" not in text or len(text) > 160):
        return False
    stripped = text.strip()
    if _PLACEHOLDER.fullmatch(stripped):
        return True
    label, colon, value = stripped.partition(":")
    named = bool(colon) and len(label) < 60 and "_" not in label  # a setting is set to None
    return named and bool(_PLACEHOLDER.fullmatch(value.strip()))


def is_to_do(text: str) -> bool:
    r"""Whether a text, or a comment in code and no code, says only what is still to be written.

    Examples
    --------
    >>> is_to_do("[TODO: describe the data used to train the model]"), is_to_do("# TODO: add code")
    (True, True)
    >>> is_to_do("# TODO: batches\nprint(1)")
    False
    """
    return _TO_DO.fullmatch(text.strip()) is not None


def unfilled_tables(document: Document) -> list[Block]:
    r"""Tables in which no cell but those that name rows says or shows anything.

    Examples
    --------
    >>> text = "| Metric | Value |\n|---|---|\n| BLEU | ? |"
    >>> table = Block("table", text, 1, 3, columns=2)
    >>> unfilled_tables(Document((table,))) == [table]
    True
    """
    tables = [block for block in document.blocks if block.kind == "table" and block.columns > 1]
    return [
        table
        for table in tables
        if _says_nothing(table.text)
        and not any(
            link.image and table.line <= link.line <= table.last_line for link in document.links
        )
    ]


def _says_nothing(table: str) -> bool:
    rows = table.split("\n")[:0:-1]  # the last row tells most tables
    return bool(rows) and all(
        cell.strip(" \t*?-_.:").lower() in _NOTHING
        for row in rows
        for cell in row.strip(" \t").strip("|").split("|")[1:]
    )


_NOTHING = frozenset(("", "tbd", "tba", "n/a", "na", "todo", "coming soon", "pending"))


def split_sections(document: Document, of: CardType = "model") -> tuple[Section, ...]:
    """Split a document at its headings.

    A heading whose words say nothing ("Details", "Czech") inherits the topics of the nearest
    heading above it in the outline.
    """
    sections: list[Section] = []
    outline: list[tuple[int, frozenset[str]]] = []
    heading: Block | None = None
    topics: frozenset[str] = frozenset()
    blocks: list[Block] = []
    for block in document.blocks:
        if block.kind != "heading":
            blocks.append(block)
            continue
        if heading or blocks:
            sections.append(_section(heading, topics, blocks))
        heading, blocks = block, []
        while outline and outline[-1][0] >= block.level:
            outline.pop()
        own = topics_of(block.text, of)
        topics = own or (outline[-1][1] if outline else frozenset())
        outline.append((block.level, topics))
    if heading or blocks:
        sections.append(_section(heading, topics, blocks))
    return tuple(sections)


def _section(heading: Block | None, topics: frozenset[str], blocks: list[Block]) -> Section:
    return Section(heading, topics, tuple(blocks), heading.level if heading else 0)
