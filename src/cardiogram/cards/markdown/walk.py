"""Markdown to structure: headings, blocks, code, tables, links and images, with their lines.

One pass over the events of a CommonMark parser. Where a tag could take something out of sight, the
page is resolved (:mod:`cardiogram.cards.visibility`) and walked again without what is not drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from cardiogram.cards import visibility
from cardiogram.cards.markdown.document import Block, BlockKind, Document, HeadingStyle, Link
from cardiogram.cards.markdown.drawn_events import read_drawn_events
from cardiogram.cards.parser import read_events
from cardiogram.lazy import regex

if TYPE_CHECKING:
    from cardiogram.cards.parser import ByteRange, Event, Tag

_MAX_BOLD_HEADING = 80
_COMMENT = regex(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_TAG = regex(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>")
_RAW = regex(r"<(script|style)(?:\s[^<>\"']*)?>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)
_HREF = regex(r"""\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_SRC = regex(r"""\bsrc\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_ALT = regex(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_TARGET = regex(r"\]\([^()\n]*\)")
_HTML_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKS = frozenset({"p", "div", "br", "hr", "li", "ul", "ol", "tr", "table", "details", "center"})


def parse_document(body: str, above: int = 0) -> Document:
    r"""Parse a card's Markdown body.

    Parameters
    ----------
    body
        Markdown with LF line ends (see :func:`cardiogram.text.decode`).
    above
        Lines of the card above the body, so that line numbers are those of the file.

    Examples
    --------
    >>> parse_document("# Title\n\n**Licence:** MIT").blocks[1].label
    'Licence'
    """
    source = body.encode("utf-8", "replace")
    walk = _Walk(source, above)
    walk.follow(read_events(body))
    if walk.doubtful or visibility.has_footnotes(body):
        view = visibility.view_page(body)
        if view.undrawn:
            walk = _Walk(view.blank(source), above)
            walk.follow(read_drawn_events(body, view))
            walk.hidden = view.texts(source)
    return walk.document()


_PLAIN, _SIDES = ("Paragraph", "Item"), ("Start", "End")
_new = tuple.__new__
"""Makes a named tuple of all its values: its own way takes three times as long."""
_FLUSHING = frozenset({"Heading", "HtmlBlock", "List", "BlockQuote", "Table"})


class _Walk:
    """The state of one pass over the parser's events.

    Every event of every card comes through :meth:`follow`: what is done there is done most often.
    """

    __slots__ = (
        "at",
        "blocks",
        "bold",
        "doubtful",
        "events",
        "hidden",
        "html",
        "html_level",
        "html_tables",
        "html_tags",
        "in_table",
        "info",
        "links",
        "opened",
        "row",
        "source",
        "started",
        "strong",
        "unclosed_fence",
        "words",
    )

    def __init__(self, source: bytes, above: int) -> None:
        self.source = source
        self.events: Iterator[Event] = iter(())
        self.at, self.row = 0, above + 1
        self.blocks: list[Block] = []
        self.links: list[Link] = []
        self.hidden: list[str] = []
        self.html: list[str] = []
        self.words: list[str] = []
        self.opened: list[tuple[str, int, int]] = []
        self.bold: list[int] = []
        self.in_table = self.doubtful = False
        self.info = ""
        self.started = self.strong = 0
        self.html_tags = self.html_tables = self.html_level = self.unclosed_fence = 0

    def follow(self, events: Iterator[Event]) -> None:
        """Take every event of the parser in turn, apart from those of tables."""
        words, take = self.words, _TAKE.get
        self.events = events
        for event, place in events:
            if type(event) is not dict:
                self.mark(event, place)
                continue
            kind, value = event.popitem()
            if kind == "Text" and not self.strong:
                if not words:
                    self.started = place["start"]
                words.append(value)
            elif value in _PLAIN and kind in _SIDES:
                start = kind == "Start"
                if words:
                    is_item = value == "Item" and not start
                    self.flush(
                        "item" if is_item else "paragraph", place["start" if start else "end"]
                    )
                if start:
                    self.started = place["start"]
            else:
                take(kind, _pass)(self, value, place)

    def document(self) -> Document:
        """What was found."""
        self.close_html()
        self.flush("paragraph", len(self.source))
        return Document(
            tuple(self.blocks),
            tuple(self.links),
            "\n".join(self.hidden),
            self.html_tags,
            self.html_tables,
            self.unclosed_fence,
        )

    def line(self, offset: int) -> int:
        """Line of the card at a byte of the body; cheap where it is near the last one asked."""
        if offset >= self.at:
            self.row += self.source.count(b"\n", self.at, offset)
        else:
            self.row -= self.source.count(b"\n", offset, self.at)
        self.at = offset
        return self.row

    def lines(self, start: int, end: int) -> tuple[int, int]:
        """First and last line of what stands there."""
        first = self.line(start)
        return first, first + self.source.count(b"\n", start, end - 1)

    def mark(self, mark: object, place: ByteRange) -> None:
        """Take what has no inside: a line of words ends, unless it is a rule."""
        if mark != "Rule":
            self.text("\n", place["start"])

    def inline(self, value: str, place: ByteRange) -> None:
        """Words that need a closer look, such as code."""
        self.text(value, place["start"])

    def text(self, value: str, offset: int) -> None:
        """Add visible words to the block at hand; those of a table are read at its end."""
        if self.in_table:
            return
        if not self.words:
            self.started = offset
        self.words.append(value)
        if self.strong:
            self.bold.append(len(self.words))

    def clear(self) -> None:
        """Forget the block at hand."""
        self.words.clear()
        self.bold.clear()

    def flush(self, kind: BlockKind, end: int) -> None:
        """Close the paragraph or item at hand, if it shows anything."""
        words, bold = self.words, self.bold
        text = (words[0] if len(words) == 1 else "".join(words)).strip()
        if text:
            first = self.line(self.started)
            last = first + self.source.count(b"\n", self.started, end - 1)
            if bold:
                self.blocks.append(self.labelled(kind, text, first, last))
            else:
                block = (kind, text, first, last, 0, "markdown", "", "", 0, 0)
                self.blocks.append(_new(Block, block))
        words.clear()
        bold.clear()

    def labelled(self, kind: BlockKind, text: str, first: int, last: int) -> Block:
        """A block with words in bold: a heading where a short paragraph has no others."""
        label = self._label()
        if kind == "paragraph" and label and len(text) <= _MAX_BOLD_HEADING and self._all_bold():
            return Block("heading", text, first, last, 7, "bold")
        label = label.strip().rstrip(":\uff1a").strip()
        return Block(kind, text, first, last, 0, "markdown", label)

    def _label(self) -> str:
        """The bold words that open the block."""
        count = 0
        for place in self.bold:
            if place != count + 1 and "".join(self.words[count : place - 1]).strip():
                break
            count = place
        return "".join(self.words[:count])

    def _all_bold(self) -> bool:
        """Whether everything that shows is bold."""
        bold = set(self.bold)
        return not any(
            word.strip() for place, word in enumerate(self.words, 1) if place not in bold
        )

    def start(self, tag: Tag, place: ByteRange) -> None:
        """Enter an element, other than a paragraph or an item."""
        detail: object = None
        if isinstance(tag, str):
            name = tag
        else:
            name, detail = tag.popitem()
        offset = place["start"]
        if name in _FLUSHING:
            if self.words:
                self.flush("item" if name == "List" else "paragraph", offset)
            self.started = offset
            if name == "Table" and isinstance(detail, list | tuple):
                self.table(len(detail))
        elif name == "Strong":
            self.strong += 1
        elif name in ("Link", "Image") and isinstance(detail, dict):
            self.opened.append((detail["dest_url"], len(self.words), offset))
        elif name == "CodeBlock":
            self.flush("paragraph", offset)
            self.started = offset
            self.info = detail["Fenced"] if isinstance(detail, dict) else ""

    def end(self, tag: Tag, place: ByteRange) -> None:
        """Leave an element, other than a paragraph or an item."""
        detail: object = None
        if isinstance(tag, str):
            name = tag
        else:
            name, detail = tag.popitem()
        if (leave := _LEAVE.get(name)) is not None:
            leave(self, name, detail, place)

    def end_strong(self, name: str, detail: object, place: ByteRange) -> None:
        self.strong = max(0, self.strong - 1)

    def end_link(self, name: str, detail: object, place: ByteRange) -> None:
        target, first, opened = self.opened.pop()
        words = self.words[first:]
        image = name == "Image"
        self.links.append(Link(target, "".join(words), self.line(opened), image))
        if image:  # its alternative text is no text of the card
            del self.words[first:]
            self.bold[:] = [place for place in self.bold if place <= first]

    def end_heading(self, name: str, detail: object, place: ByteRange) -> None:
        self.close_heading(int(str(detail)[1]), "markdown", place["end"])

    def close_heading(self, level: int, style: HeadingStyle, end: int) -> None:
        """Close a heading, if it shows anything."""
        text = "".join(self.words).strip()
        if text:
            first, last = self.lines(self.started, end)
            self.blocks.append(Block("heading", text, first, last, level, style))
        self.clear()

    def end_code(self, name: str, detail: object, place: ByteRange) -> None:
        start, end = place["start"], place["end"]
        text = "".join(self.words).strip("\n")
        raw = self.source[start:end].rstrip()
        fence = raw[:3]
        if fence in (b"```", b"~~~") and not (b"\n" in raw and raw.endswith(fence)):
            self.unclosed_fence = self.line(start)
        if text.strip():
            first, last = self.lines(start, end)
            info = self.info.strip().lower()
            self.blocks.append(Block("code", text, first, last, info=info))
        self.clear()

    def table(self, columns: int) -> None:
        """Take the events of a table.

        Its text is its source without links' targets, pictures and tags: cells are not read one
        by one.
        """
        self.in_table = True
        rows = 0
        markup: list[ByteRange] = []
        for event, place in self.events:
            if type(event) is not dict:
                continue
            kind, value = event.popitem()
            if value == "TableCell" or kind == "Text":
                continue
            if value == "TableRow":
                rows += kind == "End"
            elif kind == "End" and value == "Table":
                break
            elif kind == "Start":
                if type(value) is dict:
                    markup += _markup(value, place)
                self.start(value, place)
            elif kind == "End":
                self.end(value, place)
            elif kind == "InlineHtml" and isinstance(value, str):
                markup.append(place)
                self.inline_html(value, place)
        first, last = self.lines(place["start"], place["end"])
        text = _text_of_table(self.source, place, markup)
        self.blocks.append(Block("table", text, first, last, columns=columns, rows=rows))
        self.in_table = False
        self.clear()

    def end_html(self, name: str, detail: object, place: ByteRange) -> None:
        self.close_html()
        if not self.html_level:
            self.flush("paragraph", place["end"])

    def html_line(self, value: str, place: ByteRange) -> None:
        """Keep a line of an HTML block until the block ends."""
        if not self.html and not self.words:
            self.started = place["start"]
        self.html.append(value)

    def inline_html(self, value: str, place: ByteRange) -> None:
        """Read a tag between words."""
        self.read_html(value, place["start"])

    def close_html(self) -> None:
        """Read the HTML block that has just ended."""
        if self.html:
            html, self.html = "".join(self.html), []
            self.read_html(html, self.started)

    def read_html(self, html: str, start: int) -> None:
        """Split HTML into comments (hidden), tags and visible text."""
        if "</s" in html and "<!--" not in html:
            self.hidden.extend([raw[2] for raw in _RAW.finditer(html)])
            html = _RAW.sub("", html)
        elif "<!--" in html:
            self.hidden.extend(_COMMENT.findall(html))
            self.doubtful |= html.count("<!--") != html.count("-->")
            html = _COMMENT.sub("", html)
        place = 0
        for tag in _TAG.finditer(html):
            opens, ends = tag.span()
            if opens > place:
                self.html_text(html[place:opens], start + place)
            place = ends
            self.html_tags += 1
            closing, name, attributes = tag.groups()
            if closing:
                self.close_tag(name.lower(), start + ends)
            else:
                self.open_tag(name.lower(), attributes, start + opens)
        if place < len(html):
            self.html_text(html[place:], start + place)

    def html_text(self, html: str, offset: int) -> None:
        """What stands between tags; what may begin one is looked at as a browser does."""
        if "<" in html:
            self.doubtful = True
        self.text(_unescape(html), offset)

    def open_tag(self, name: str, attributes: str, offset: int) -> None:
        """An HTML tag opens."""
        if not visibility.is_plain_tag(name, attributes):
            self.doubtful = True
        if name == "img":
            if source := _SRC.search(attributes):
                alt = _ALT.search(attributes)
                words = (alt[1] or alt[2] or "") if alt else ""
                self.links.append(Link(source[1], words, self.line(offset), image=True))
        elif name == "a" and (target := _HREF.search(attributes)):
            self.links.append(Link(target[1], "", self.line(offset)))
        elif name == "table":
            self.html_tables += 1
        if name in ("b", "strong"):
            self.strong += 1
        elif name in _BREAKS:
            self.text("\n", offset)
        elif name in ("td", "th"):
            self.text(" | ", offset)
        elif name in _HTML_HEADINGS:
            self.flush("paragraph", offset)
            self.started, self.html_level = offset, int(name[1])

    def close_tag(self, name: str, offset: int) -> None:
        """An HTML tag closes."""
        if name in ("b", "strong"):
            self.strong = max(0, self.strong - 1)
        if name in _BREAKS:
            self.text("\n", offset)
        elif self.html_level and name == f"h{self.html_level}":
            self.close_heading(self.html_level, "html", offset)
            self.html_level, self.started = 0, offset


def _markup(tag: dict[str, object], place: ByteRange) -> list[ByteRange]:
    """What of a picture or a link in a table is no text of it."""
    ((name, detail),) = tag.items()
    if name == "Image":
        return [place]
    if name == "Link" and isinstance(detail, dict) and detail["link_type"] == "Reference":
        label = len(detail["id"].encode("utf-8", "replace")) + len("[]")
        return [{"start": place["end"] - label, "end": place["end"]}]
    return []


def _text_of_table(source: bytes, table: ByteRange, markup: list[ByteRange]) -> str:
    """The source of a table without some of its parts, given by their places in the card."""
    parts, place = [], table["start"]
    for part in sorted(markup, key=itemgetter("start")) if markup else ():
        if part["start"] >= place:
            parts.append(source[place : part["start"]])
            if source[part["start"] : part["start"] + 3].lower() == b"<br":
                parts.append(b" ")
            place = part["end"]
    parts.append(source[place : table["end"]])
    text = _TARGET.sub("]", b"".join(parts).decode("utf-8", "replace")).strip()
    return _unescape(text)


def _unescape(text: str) -> str:
    """Characters for what stands for them; their table is loaded where there is something."""
    if "&" not in text:
        return text
    from html import unescape

    return unescape(text)


def _pass(walk: _Walk, value: str, place: ByteRange) -> None:
    """What is not looked at."""


_TAKE: dict[str, Callable[[_Walk, Any, ByteRange], None]] = {
    "Start": _Walk.start,
    "End": _Walk.end,
    "Html": _Walk.html_line,
    "InlineHtml": _Walk.inline_html,
    "Text": _Walk.inline,
    "Code": _Walk.inline,
    "InlineMath": _Walk.inline,
    "DisplayMath": _Walk.inline,
}
_LEAVE = {
    "Strong": _Walk.end_strong,
    "Link": _Walk.end_link,
    "Image": _Walk.end_link,
    "Heading": _Walk.end_heading,
    "CodeBlock": _Walk.end_code,
    "HtmlBlock": _Walk.end_html,
}
