"""The tokens of markdown-it-py as the events of pyromark, with their places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from markdown_it.common.utils import unescapeAll

from cardiogram.cards.parser.parser_event import ByteRange
from cardiogram.cards.parser.placed_tokens import make_parser
from cardiogram.lazy import regex

if TYPE_CHECKING:
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

    from cardiogram.cards.parser.parser_event import Event, Tag

_BLANKS = " \t"
_TRIMMED = " \t\n\v\f\r"
_BLANK = regex(r"[ \t]*")
_LINE = regex(r"[^\n]*\n|[^\n]+")
_QUOTE = regex(r"[ \t]*>")
_BLOCKS = {
    "paragraph": "Paragraph",
    "list_item": "Item",
    "table": "Table",
    "thead": "TableHead",
    "tr": "TableRow",
    "th": "TableCell",
    "td": "TableCell",
}
_MARKS = {"em": "Emphasis", "strong": "Strong", "s": "Strikethrough", "link": "Link"}
_BREAKS = {"softbreak": "SoftBreak", "hardbreak": "HardBreak"}
_WORDS = {
    "text": "Text",
    "text_special": "Text",
    "code_inline": "Code",
    "html_inline": "InlineHtml",
    "footnote_reference": "FootnoteReference",
}


def parse_events(body: str, footnotes: bool) -> Iterator[Event]:
    """Parse Markdown; see :func:`cardiogram.cards.parser.read_events`."""
    parser = make_parser(footnotes)
    env: EnvType = {}
    tokens = parser.block.parse(body, parser, env, []) or []
    for token in tokens:
        if token.type == "inline":
            token.children = parser.inline.parse(token.content, parser, env, [])
    writer = _BlockWriter(body)
    writer.write(tokens)
    writer.events.count_bytes()
    return iter(writer.events.made)


class _Events:
    """Events whose places are those of characters, until they are made those of bytes."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.made: list[Event] = []
        self.places: list[ByteRange] = []

    def place(self, start: int, end: int) -> ByteRange:
        """A place of the source, from its first character to behind its last."""
        start = min(start, len(self.body))
        place = ByteRange(start=start, end=min(max(start, end), len(self.body)))
        self.places.append(place)
        return place

    def add(self, event: str | dict[str, Tag], place: ByteRange) -> None:
        """Add an event; those that begin and end an element share its place."""
        self.made.append((event, place))

    def count_bytes(self) -> None:
        """Make the places of characters those of bytes."""
        if self.body.isascii():
            return
        ends = {place["start"] for place in self.places}.union(x["end"] for x in self.places)
        byte_of: dict[int, int] = {}
        at = byte = 0
        for end in sorted(ends):
            byte += len(self.body[at:end].encode("utf-8", "replace"))
            byte_of[end] = byte
            at = end
        for place in self.places:
            place["start"], place["end"] = byte_of[place["start"]], byte_of[place["end"]]


class _BlockWriter:
    """Writes the tokens of a document as events."""

    def __init__(self, body: str) -> None:
        self.body, self.events = body, _Events(body)
        self.lines = [0, *[end.end() for end in re.finditer("\n", body)], len(body)]
        self.read = len(body.rstrip(_BLANKS))
        self.opened: list[tuple[Tag, ByteRange]] = []
        self.quotes = 0
        self.marked = -1, 0
        """The line of the last marker of an item or a quote, and the character behind it."""
        self.cell: int | None = None
        """In a table, the character behind the cell before."""
        self.columns: list[str] = []

    def write(self, tokens: Sequence[Token]) -> None:
        """Take every token in turn."""
        is_head = False
        for number, token in enumerate(tokens):
            kind = token.type.rpartition("_")[0]
            if kind == "thead":
                is_head = token.nesting > 0
            if token.hidden or kind == "tbody" or (kind == "tr" and is_head):
                continue
            if token.type == "inline":
                self.inline(token, tokens[number - 1])
            elif token.nesting > 0:
                self.open(kind, token)
            elif token.nesting < 0:
                self.close(kind)
            else:
                self.leaf(token)

    def open(self, kind: str, token: Token) -> None:
        """A block begins that holds others or words."""
        first, last = token.map or (0, 0)
        start, end = self.cell or 0, self.lines[last]
        if token.map:
            start = self.begin(first)
        tag: Tag = _BLOCKS.get(kind, "")
        closing = tag
        if kind == "heading":
            level = token.tag.upper()
            tag = {"Heading": {"level": level, "id": None, "classes": (), "attrs": ()}}
            closing = {"Heading": level}
        elif kind == "blockquote":
            tag = closing = {"BlockQuote": None}
            self.quotes += 1
            self.mark(first, start + 1)
        elif kind in ("bullet_list", "ordered_list"):
            tag, closing = {"List": token.attrs.get("start")}, {"List": kind == "ordered_list"}
        elif kind == "list_item":
            end = len(self.body) if end >= self.read else end  # the last blanks are no line here
            self.mark(first, start + len(token.info) + 1)
        elif kind == "table":
            self.columns = []
            tag = {"Table": self.columns}
        elif kind == "footnote":
            tag = {"FootnoteDefinition": token.content}
            closing = "FootnoteDefinition"
            self.mark(first, start + len(token.markup))
        elif kind in ("thead", "tr"):
            self.cell = start
        elif kind == "th":
            self.columns.append("None")
        place = self.events.place(start, end)
        self.events.add({"Start": tag}, place)
        self.opened.append((closing, place))

    def close(self, kind: str) -> None:
        """A block ends."""
        tag, place = self.opened.pop()
        if kind == "blockquote":
            self.quotes -= 1
        elif kind == "table":
            self.cell = None
        self.events.add({"End": dict(tag) if isinstance(tag, dict) else tag}, place)

    def begin(self, line: int) -> int:
        """The first character of a block that begins in a line, behind what it stands in."""
        start, quotes = self.lines[line], self.quotes
        if self.marked[0] == line:
            start, quotes = self.marked[1], 0
        while quotes and (quote := _QUOTE.match(self.body, start)):
            start, quotes = quote.end(), quotes - 1
        return _end(_BLANK, self.body, start)

    def mark(self, line: int, behind: int) -> None:
        """Note the marker of an item or a quote: what stands in it may begin in the same line."""
        self.marked = line, behind

    def leaf(self, token: Token) -> None:
        """A block that holds neither blocks nor marks."""
        first, last = token.map or (0, 0)
        start, end = self.begin(first), self.lines[last]
        if token.type == "hr":
            self.events.add("Rule", self.events.place(start, end))
        elif token.type == "html_block":
            self.html(token, self.events.place(start, end))
        elif token.content or token.type == "fence":
            tag: Tag = "Indented"
            if token.type == "fence":
                tag = {"Fenced": unescapeAll(token.info).strip()}
                end -= self.body[end - 1 : end] == "\n"
            place = self.events.place(start, end)
            self.events.add({"Start": {"CodeBlock": tag}}, place)
            if token.content:
                self.events.add({"Text": token.content}, place)
            self.events.add({"End": "CodeBlock"}, place)

    def html(self, token: Token, place: ByteRange) -> None:
        """An HTML block, line by line."""
        self.events.add({"Start": "HtmlBlock"}, place)
        first = token.map[0] if token.map else 0
        for number, text in enumerate(_LINE.findall(token.content.lstrip(_BLANKS)), first + 1):
            end = self.lines[number]
            self.events.add({"Html": text}, self.events.place(end - len(text), end))
        self.events.add({"End": "HtmlBlock"}, place)

    def inline(self, token: Token, parent: Token) -> None:
        """Words and marks: those of a paragraph, a heading or a cell."""
        first = token.map[0] if token.map else 0
        if self.cell is not None:
            line = self.lines[first + 1]
            segments = _in_cell(self.body, token.content, self.cell, line)
            self.cell = segments.at(len(token.content))
            place = self.opened[-1][1]
            place["start"], place["end"] = segments.at(0), self.cell
        elif parent.markup.startswith("#"):
            start = self.body.rfind(token.content, self.lines[first], self.lines[first + 1])
            segments = _Segments([0], [max(start, 0)])
        else:
            segments = self.of_lines(token.content, first)
        _InlineWriter(self.events, segments).write(token.children or [], token.content, 0)

    def of_lines(self, content: str, first: int) -> _Segments:
        """Where the lines of a paragraph stand, which has lost blanks and markers before them."""
        starts, places, offset = [], [], 0
        for number, text in enumerate(content.split("\n"), first):
            words = text.lstrip(_BLANKS)
            end = min(number + 1, len(self.lines) - 1)
            line = self.body[self.lines[end - 1] : self.lines[end]]
            length = len(line.rstrip(_TRIMMED)) - len(words.rstrip(_TRIMMED))
            starts.append(offset + len(text) - len(words))
            places.append(self.lines[end - 1] + max(length, 0))
            offset += len(text) + 1
        return _Segments(starts, places)


class _Segments:
    """Where the characters of a content stand in the source: it is cut where some are left out."""

    __slots__ = ("places", "starts")

    def __init__(self, starts: list[int], places: list[int]) -> None:
        self.starts, self.places = starts, places

    def at(self, offset: int) -> int:
        """The character of the source at one of the content."""
        number = max(0, bisect_right(self.starts, offset) - 1)
        return max(0, self.places[number] + offset - self.starts[number])


class _InlineWriter:
    """Writes the tokens of a paragraph as events."""

    def __init__(self, events: _Events, segments: _Segments) -> None:
        self.events, self.segments = events, segments

    def write(self, tokens: Sequence[Token], source: str, shift: int) -> None:
        """Take every token in turn.

        Parameters
        ----------
        source
            Of the tokens, which know their places in it.
        shift
            Characters of the content before it.
        """
        opened: list[tuple[ByteRange, dict[str, object], int]] = []
        for number, token in enumerate(tokens):
            start, end = token.meta["start"], token.meta["end"]
            kind = token.type.rpartition("_")[0]
            if token.nesting < 0 and opened:
                place, detail, first = opened.pop()
                place["end"] = self.segments.at(end + shift)
                if detail and not token.markup:
                    detail.update(_link_of(source[first + 1 : start], source[start:end]))
                self.events.add({"End": _MARKS[kind]}, place)
                continue
            place = self.events.place(
                self.segments.at(start + shift), self.segments.at(end + shift)
            )
            if token.nesting > 0:
                detail = _detail(token, tokens[number + 1]) if kind == "link" else {}
                self.events.add({"Start": {"Link": detail} if detail else _MARKS[kind]}, place)
                opened.append((place, detail, start))
            elif token.type == "image":
                self.events.add({"Start": {"Image": _detail(token, token)}}, place)
                self.write(token.children or [], token.content, start + shift + len("!["))
                self.events.add({"End": "Image"}, place)
            elif token.type in _BREAKS:
                self.events.add(_BREAKS[token.type], place)
            elif token.content:
                self.events.add({_WORDS[token.type]: _words(tokens, number)}, place)


def _words(tokens: Sequence[Token], number: int) -> str:
    """What a token says, without blanks before the end of a line."""
    text = tokens[number].content
    if text[-1] == "\t" and tokens[number].type == "text" and number + 1 < len(tokens):
        return text.rstrip(_BLANKS) if tokens[number + 1].type in _BREAKS else text
    return text


def _detail(token: Token, words: Token) -> dict[str, object]:
    """What is said of a link or a picture."""
    kind, target = "Inline", token.attrs.get("href", token.attrs.get("src", ""))
    if token.markup == "autolink":
        kind = "Autolink" if target == words.content else "Email"
        target = words.content
    return {
        "link_type": kind,
        "dest_url": target,
        "title": token.attrs.get("title", ""),
        "id": "",
    }


def _link_of(words: str, tail: str) -> dict[str, object]:
    """How a link says where it points, from its words and what stands behind them."""
    if tail.startswith("]("):
        return {}
    label = tail[len("][") : -1]
    return {"link_type": "Reference" if label else "Shortcut", "id": label or words}


def _in_cell(body: str, content: str, start: int, end: int) -> _Segments:
    """Where a cell's content stands, in which escaped pipes have lost their backslash."""
    escaped = content.replace("|", "\\|")
    place = max(body.find(escaped, start, end), start) if content else start
    starts, places = [0], [place]
    for number, pipe in enumerate(re.finditer(r"\|", content), 1):
        starts.append(pipe.start())
        places.append(place + pipe.start() + number)
    return _Segments(starts, places)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    matched = pattern.match(text, start)
    return matched.end() if matched else start
