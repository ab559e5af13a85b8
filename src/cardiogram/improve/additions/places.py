"""Where in a card something goes: the section that speaks of it, or a new one in its order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from cardiogram.cards import Block, Section, is_placeholder, topics_of
from cardiogram.improve.additions.draft_words import DraftWords
from cardiogram.improve.draft import Audience
from cardiogram.improve.operations import InsertLines, Operation, ReplaceLines
from cardiogram.improve.repairs import generator_lines
from cardiogram.improve.view import DraftView
from cardiogram.lazy import regex
from cardiogram.repository.statements import is_original_card

ORDER = (
    "identity",
    "usage",
    "files",
    "intended",
    "data",
    "training",
    "quantisation",
    "evaluation",
    "limitations",
    "license",
    "citation",
    "contact",
)
"""Topics as cards have them; a section of a topic before it stays above a new one."""
_FIRST: Mapping[Audience, tuple[str, ...]] = {
    "user": (),
    "newcomer": ("identity", "usage", "intended", "limitations"),
    "reproducer": ("identity", "data", "training", "quantisation", "evaluation"),
    "risk": ("identity", "intended", "limitations", "license", "data", "evaluation"),
}
"""What a new section of the draft comes before, by who is to read the card."""
_TOPIC = {"files": "usage", "quantisation": "training"}
_TODO = regex(r"\W*todo\b.{0,80}|\[todo:.{0,120}\]", re.I | re.S)
_OPEN = "**TODO:**"  # a question that is left in the card, by interview
_DATA = regex(r"data used to train", re.I)
_TAG = regex(r"</?(?:details|div|center|table|blockquote)\b", re.I)
_ABOUT = regex(r"descri|detail|overview|summary|about|introduc", re.I)
_LONGEST, _SENTENCE, _STEM = 60, 4, 7
"""Lines that name a place, words of a heading that is none of a section, letters of a word."""


def into_section(view: DraftView, topic: str, lines: Sequence[str], answered: str) -> Operation:
    """The edit that puts an author's lines where the card speaks of a topic, below the heading.

    Parameters
    ----------
    answered
        The question that they answer: a section whose heading has its word is taken first.
    """
    places = Places(view, DraftWords(view.language))
    return places.put(topic, lines, answered.partition("-")[0]).operation


def below_title(view: DraftView, lines: Sequence[str]) -> Operation | None:
    """The edit that puts lines below the title, or above all else where there is none."""
    places = Places(view, DraftWords(view.language))
    body = range(view.card.body_line, len(places.lines))
    first = next((n for n in body if places.lines[n].strip()), None)
    if first is None:
        return None
    above = [each for each in places.sections[:1] if _ABOUT.search(_words(each))]
    heading = next((each.heading for each in (places.title, *above) if each), None)
    if heading is not None:
        return places.insert(heading.last_line, lines)
    was = (places.lines[first],)
    more = places.above(first + 1, was)
    return ReplaceLines((*more, *was), (*more, *lines, "", *was))


def heading_over(view: DraftView, topic: str, answered: str) -> str:
    """The heading below which `into_section` puts an answer."""
    return Places(view, DraftWords(view.language)).heading(topic, answered.partition("-")[0])


class PlacedEdit(NamedTuple):
    """An edit with the line behind which it goes, 0 for the end of an empty card."""

    operation: Operation
    behind: int
    rank: int


class Places:
    """The lines of a card, in which places are looked for.

    Parameters
    ----------
    view
        A card that is closed: no fence is left open in it.
    """

    def __init__(self, view: DraftView, wording: DraftWords, audience: Audience = "user") -> None:
        self.view: DraftView = view
        self.wording: DraftWords = wording
        first = _FIRST[audience]
        self.order: tuple[str, ...] = (*first, *(topic for topic in ORDER if topic not in first))
        text = view.readme.text
        self.lines: list[str] = [text[start:end] for start, end in view.readme.lines()]
        self.filled: set[int] = set()
        self.sections: list[Section] = [s for s in view.sections if s.heading is not None]
        starts = (s.line for s in self.sections[1:] if is_original_card(_words(s)))
        self.until: int = min(starts, default=len(self.lines) + 1)
        depths = [s.depth for s in self.sections if s.line < self.until]
        levels = [depth for depth in depths if 1 < depth < 7]
        self.level: int = min(levels, default=2)
        if depths.count(1) > 2:
            self.level = 1
        self.title: Section | None = self._titled()
        self.bold: bool = bool(self.sections) and all(s.depth == 7 for s in self.sections)

    def _titled(self) -> Section | None:
        """The section of the title; None where the first heading is of something else."""
        first = self.sections[0] if self.sections else None
        words = _words(first) if first else ""
        if first and first.depth == 1 and (self.level > 1 or len(words.split()) >= _SENTENCE):
            return first
        name = self.view.repository.id.rpartition("/")[2]
        is_named = bool(name) and name.lower() in words.lower()
        return first if is_named or not topics_of(words) else None

    def put(self, topic: str, lines: Sequence[str], answered: str = "") -> PlacedEdit:
        """The edit that puts lines where the card speaks of a topic; an answer at the top."""
        section = self._section(topic, answered)
        if section is None:
            return self._in_todo(topic, lines) or self._new(topic, lines)
        top, last = section.line, self._end(section)
        if answered and section.heading is not None:
            last = self._below(section.heading.last_line, last)
        hollow = self._placeholder(section)
        rank = self.order.index(topic)
        if (
            hollow is not None
            and hollow[0] not in self.filled
            and not self._both_open(hollow, lines)
        ):
            self.filled.add(hollow[0])
            was = tuple(self.lines[top - 1 : hollow[1]])
            kept = tuple(self.lines[top - 1 : hollow[0] - 1])
            more = self.above(top, was)
            operation = ReplaceLines((*more, *was), (*more, *kept, *lines))
            return PlacedEdit(operation, hollow[1], rank)
        last = self._outside(last)
        return PlacedEdit(self.insert(last, lines), last, rank)

    def heading(self, topic: str, answered: str = "") -> str:
        """The heading of the section that speaks of a topic, or of the one that would be new."""
        section = self._section(topic, answered)
        return self.wording.heading(topic) if section is None else _words(section)

    def _below(self, line: int, last: int) -> int:
        """The line behind a heading, and behind the comments that explain it."""
        for number in range(line, last):
            words = self.lines[number].strip()
            if words.startswith("<!--") and words.endswith("-->"):
                line = number + 1
            elif words:
                break
        return line

    def _both_open(self, place: tuple[int, int], lines: Sequence[str]) -> bool:
        """Whether a line that is still to be answered would take the place of another."""
        there = self.lines[place[0] - 1 : place[1]]
        return lines[0].startswith(_OPEN) and any(line.startswith(_OPEN) for line in there)

    def _in_todo(self, topic: str, lines: Sequence[str]) -> PlacedEdit | None:
        """In the place of a line that says what is still to be written."""
        for section in (s for s in self.view.sections if s.line < self.until):
            for block in filter(_is_hollow, section.blocks):
                words = block.text.partition(":")[2]
                if block.line in self.filled or self._both_open((block.line,) * 2, lines):
                    continue
                if topic in topics_of(words) or (topic == "data" and _DATA.search(words)):
                    self.filled.add(block.line)
                    was = tuple(self.lines[block.line - 1 : block.last_line])
                    more = self.above(block.line, was)
                    nested = section.heading is not None and section.depth > 1
                    head = () if nested else (*self._head(topic), "")
                    operation = ReplaceLines((*more, *was), (*more, *head, *lines))
                    return PlacedEdit(operation, block.last_line, self.order.index(topic))
        return None

    def _head(self, topic: str) -> tuple[str, ...]:
        heading = self.wording.heading(topic)
        return (f"**{heading}**" if self.bold else f"{'#' * self.level} {heading}",)

    def _section(self, topic: str, answered: str) -> Section | None:
        """The section that speaks of a topic, one that waits to be filled before the others."""
        wanted = _TOPIC.get(topic, topic)
        own = [
            section
            for section in self.sections
            if wanted in topics_of(_words(section))
            and section is not self.title
            and section.line < self.until
            and (topic not in _TOPIC or self.wording.heading(topic) == _words(section))
        ]
        if topic == "usage":
            own = [s for s in own if self._is_bare(s) or self._placeholder(s) or _has_code(s)]
        own.sort(
            key=lambda s: (
                *self._other_words(s, topic, answered),
                self._placeholder(s) is None,
                not s.blocks,
                _breadth(s),
            )
        )
        return own[0] if own else None

    def _other_words(self, section: Section, topic: str, answered: str) -> tuple[bool, ...]:
        """Whether a heading has not the word of an answer, nor those of a new section for it."""
        words = _words(section).lower()
        wanted = (answered[:_STEM], self.wording.heading(topic).lower()) if answered else ()
        return tuple(len(each) < _STEM - 2 or each not in words for each in wanted)

    def _placeholder(self, section: Section) -> tuple[int, int] | None:
        """Lines of the placeholder that a section ends with."""
        hollow = list(takewhile(self._is_left, reversed(section.blocks)))
        if not hollow or any(block.kind == "code" for block in section.blocks[: -len(hollow)]):
            return None
        return hollow[-1].line, hollow[0].last_line

    def _is_left(self, block: Block) -> bool:
        """Whether a block is what a template leaves for its author to fill, code among it."""
        return _is_hollow(block) or is_unwritten(block, self.view)

    def _is_bare(self, section: Section) -> bool:
        """Whether nothing stands below a heading, what is no block among it."""
        end = section.heading.last_line if section.heading else section.line
        return not section.blocks and self._end(section) <= end

    def _end(self, section: Section) -> int:
        """The last line of a section's own, before the next heading."""
        starts = [s.line for s in self.sections if s.line > section.line]
        return self._last_full(min(starts, default=len(self.lines) + 1) - 1)

    def _new(self, topic: str, lines: Sequence[str]) -> PlacedEdit:
        """A section of its own, behind those that come before it."""
        rank = self.order.index(topic)
        new = (*self._head(topic), "", *lines)
        if not any(line.strip() for line in self.lines[self._body() :]):
            return PlacedEdit(InsertLines(new), 0, rank)
        behind = self._outside(self._behind(rank))
        return PlacedEdit(self.insert(behind, new), behind, rank)

    def _behind(self, rank: int) -> int:
        """The line behind which a section of a rank goes."""
        level = 7 if self.bold else self.level
        tops = [s for s in self.sections if s.depth == level and s.line < self.until]
        ranks: list[int] = []
        for section in tops:
            own = [self.order.index(t) for t in topics_of(_words(section)) if t in ORDER]
            ranks.append(min(own, default=ranks[-1] if ranks else 0))
        before = [i for i, own in enumerate(ranks) if own <= rank]
        following = before[-1] + 1 if before else 0
        if following < len(tops):
            return self._last_full(tops[following].line - 1)
        return self._last_full(self.until - 1)

    def insert(self, line: int, lines: Sequence[str]) -> Operation:
        """Lines behind a line, named by as many of the lines above it as tell it from others."""
        if line <= self._body():
            return InsertLines(tuple(lines))
        behind = (self.lines[line - 1],)
        return InsertLines(tuple(lines), (*self.above(line, behind), *behind))

    def above(self, first: int, was: tuple[str, ...]) -> tuple[str, ...]:
        """Lines above some lines, as many as are needed to tell them from all others."""
        for more in range(_LONGEST):
            start = first - 1 - more
            if start < 0:
                break
            wanted = [*self.lines[start : first - 1], *was]
            size = len(wanted)
            places = sum(
                self.lines[i : i + size] == wanted for i in range(len(self.lines) - size + 1)
            )
            if places == 1:
                return tuple(wanted[:more])
        return ()

    def _outside(self, line: int) -> int:
        """The line that closes the HTML which is open at a line; itself where none is."""
        still_open = _opened(self.lines[:line])
        for later in range(line, len(self.lines) + 1):
            if still_open <= 0:
                return later
            if later < len(self.lines):
                still_open += _opened(self.lines[later : later + 1])
        return line

    def _body(self) -> int:
        """Lines of the front matter."""
        return self.view.card.body_line - 1 if self.view.card.front_matter is not None else 0

    def _last_full(self, line: int) -> int:
        while line > 0 and not self.lines[line - 1].strip():
            line -= 1
        return line


def _opened(lines: Sequence[str]) -> int:
    """Tags around blocks that are opened and not closed."""
    return sum(-1 if tag.startswith("</") else 1 for line in lines for tag in _TAG.findall(line))


def is_unwritten(block: Block, view: DraftView) -> bool:
    """Whether a block of code is a template's, such as imports above three dots."""
    lines = block.text.split("\n") if block.kind == "code" else []
    left = generator_lines(view.readme) if lines else frozenset()
    return bool(lines) and all(line.strip() in left for line in lines if line.strip())


def _is_hollow(block: Block) -> bool:
    text = block.text.strip()
    return block.kind == "paragraph" and (is_placeholder(text) or bool(_TODO.fullmatch(text)))


def _has_code(section: Section) -> bool:
    return any(block.kind == "code" for block in section.blocks)


def _words(section: Section) -> str:
    return section.heading.text if section.heading else ""


def _breadth(section: Section) -> int:
    """How many things a heading speaks of."""
    return len(topics_of(_words(section)))
