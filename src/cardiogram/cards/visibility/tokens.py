"""HTML to tags and text, as a browser's tokenizer reads it, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Literal

from cardiogram.cards.visibility.element_names import RAW
from cardiogram.lazy import regex
from cardiogram.records import NamedTuple

_ATTRIBUTE = regex(r"[\s/]*(?:(>)|([^\s/>][^\s/>=]*)(\s*=\s*)?)")
_BARE = regex(r"[^\s>]*")
_NAME = regex(r"[a-zA-Z][^\s/>]*")
_COMMENT_END = regex(r"--!?>")


class HtmlToken(NamedTuple):
    """A tag, text, or what is no text at all: comments and the like.

    Attributes
    ----------
    start, end
        Place in the HTML.
    name
        Of a tag, in lower case.
    """

    kind: Literal["text", "open", "close", "comment"]
    start: int
    end: int
    name: str = ""
    attributes: Mapping[str, str] = {}
    closed: bool = False


class Tokenizer:
    """Reads HTML from its beginning; what surrounds a tag can change how it is read.

    Attributes
    ----------
    foreign
        Whether the next token stands in SVG or MathML.
    """

    __slots__ = ("foreign", "html", "place")

    def __init__(self, html: str) -> None:
        self.html: str = html
        self.place: int = 0
        self.foreign: bool = False

    def __iter__(self) -> Iterator[HtmlToken]:
        html = self.html
        while self.place < len(html):
            start = self.place
            mark = html.find("<", start)
            if mark < 0:
                mark = len(html)
            if mark > start:
                self.place = mark
                yield HtmlToken("text", start, mark)
                continue
            token = self._markup(start)
            self.place = token.end
            yield token
            if token.kind == "open" and not self.foreign:
                if token.name in RAW:
                    yield from self._raw(token.name)
                elif token.name == "plaintext":
                    yield HtmlToken("text", self.place, len(html))
                    self.place = len(html)

    def _markup(self, start: int) -> HtmlToken:
        """What begins with a sign that may open a tag."""
        html = self.html
        closing = html.startswith("</", start)
        name = _NAME.match(html, start + 1 + closing)
        if name:
            return self._tag(start, name, closing)
        if html.startswith("<!--", start):
            if html.startswith((">", "->"), start + 4):
                return HtmlToken("comment", start, html.index(">", start) + 1)
            end = _COMMENT_END.search(html, start + 4)
            return HtmlToken("comment", start, end.end() if end else len(html))
        if self.foreign and html.startswith("<![CDATA[", start):
            end_at = html.find("]]>", start)
            return HtmlToken("text", start, len(html) if end_at < 0 else end_at + 3)
        if html.startswith(("<!", "<?"), start) or (closing and start + 2 < len(html)):
            end_at = html.find(">", start)
            return HtmlToken("comment", start, len(html) if end_at < 0 else end_at + 1)
        return HtmlToken("text", start, start + 1)

    def _tag(self, start: int, name: re.Match[str], closing: bool) -> HtmlToken:
        """A tag; one that never ends takes all that follows with it."""
        html, place = self.html, name.end()
        if html.startswith(">", place):
            return HtmlToken("close" if closing else "open", start, place + 1, name[0].lower())
        attributes: dict[str, str] = {}
        while match := _ATTRIBUTE.match(html, place):
            place = match.end()
            if match[1]:
                kind: Literal["open", "close"] = "close" if closing else "open"
                closed = html[place - 2] == "/"
                return HtmlToken(kind, start, place, name[0].lower(), attributes, closed)
            value = ""
            if match[3]:
                quote = html[place : place + 1]
                if quote in ('"', "'") and quote:
                    end = html.find(quote, place + 1)
                    if end < 0:
                        break
                    value, place = html[place + 1 : end], end + 1
                else:
                    bare = _BARE.match(html, place)
                    value, place = (bare[0], bare.end()) if bare else ("", place)
            attributes.setdefault(match[2].lower(), unescape(value) if "&" in value else value)
        return HtmlToken("comment", start, len(html))

    def _raw(self, name: str) -> Iterator[HtmlToken]:
        """Text up to the end tag of its element."""
        end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self.html, self.place)
        start, self.place = self.place, end.start() if end else len(self.html)
        if self.place > start:
            yield HtmlToken("text", start, self.place)
