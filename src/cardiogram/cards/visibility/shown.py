"""A card's source as a visitor reads it: without what is not drawn, and words that only markup has.

A title that shows under a pointer, the words that stand in for a picture, an attribute, a link's
definition: a browser draws none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast

from cardiogram.cards.parser import read_events
from cardiogram.cards.visibility.undrawn import Stretch, View, merge, view_page
from cardiogram.lazy import regex

if TYPE_CHECKING:
    from cardiogram.cards.parser import Event

_ATTRIBUTE = regex(rb"""\s+([^\s/>="']+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?""")
_KEPT = frozenset({b"href", b"src"})
_TITLE = regex(rb"""\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\))\s*\)\Z""")
_DEFINITION = regex(rb"\[(?:[^\[\]\\]|\\.)+\]:[ \t]*\n?[ \t>]*(?:<([^<>\n]*)>|(\S+))?")
_MARKER = regex(rb"[\s>]*(?:(?:[-+*]|\d{1,9}[.)])\s+)*")
_INFO = regex(rb"[`~]{3,}[ \t]*[\w+#.-]{0,20}")
_LEAVES = frozenset({"Paragraph", "Heading", "CodeBlock", "HtmlBlock", "Table"})


def show_source(body: str) -> str:
    r"""The source of a card without all that no visitor sees; lines stay where they are.

    Examples
    --------
    >>> show_source('A <b title="x">word</b>.\n<!-- no -->\n\n[//]: # (no)\n![no](a.png "no")')
    'A <b>word</b>.\n\n\n\n![](a.png)'
    """
    if "<" not in body and "[" not in body and "```" not in body and "~~~" not in body:
        return body
    source = body.encode("utf-8", "replace")
    view = view_page(body)
    parts, place = [], 0
    for start, end in merge([*view.undrawn, *_unread(body, source, view)]):
        parts += [source[place:start], b"\n" * source.count(b"\n", start, end)]
        place = end
    return b"".join([*parts, source[place:]]).decode("utf-8", "replace")


def _unread(body: str, source: bytes, view: View) -> Iterator[Stretch]:
    """Places of words that a browser knows and does not draw."""
    for start, end in view.tags:
        for attribute in _ATTRIBUTE.finditer(source, start, end - 1):
            if attribute[1].lower() not in _KEPT:
                yield Stretch(*attribute.span())
    reader = _MarkupReader(source)
    yield from reader.follow(read_events(body))
    yield from reader.definitions()


class _MarkupReader:
    """Follows links, pictures and fences, and what of the source is text at all."""

    __slots__ = ("opened", "read", "source", "targets")

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.opened: list[int] = []
        self.read: list[Stretch] = []
        self.targets: set[bytes] = set()

    def follow(self, events: Iterable[Event]) -> Iterator[Stretch]:
        """Take every event in turn."""
        for event, place in events:
            start, end = place["start"], place["end"]
            side, value = next(iter(event.items())) if isinstance(event, dict) else ("", event)
            kind, detail = next(iter(value.items())) if isinstance(value, dict) else (value, None)
            if side not in ("Start", "End"):
                kind = ""  # a text may be the word "Image"
            if not kind or kind in _LEAVES or kind in ("Link", "Image"):
                self.read.append(Stretch(start, end))
            if kind == "CodeBlock" and side == "Start" and isinstance(detail, dict):
                yield from self._info(start, end)
            elif kind in ("Link", "Image"):
                if side == "Start":
                    self.opened.append(start + len("[" if kind == "Link" else "!["))
                    self.targets.add(str(cast("dict[str, object]", detail)["dest_url"]).encode())
                else:
                    yield from self._tail(kind == "Image", start, end)
            if self.opened and side != "Start":
                self.opened[-1] = max(self.opened[-1], end)

    def _tail(self, picture: bool, start: int, end: int) -> Iterator[Stretch]:
        """The words of a picture, and the title of a picture or a link."""
        last = self.opened.pop()
        if picture:
            yield Stretch(start + 2, last)
        if title := _TITLE.search(self.source[last:end]):
            yield Stretch(last + title.start(), end - 1)

    def _info(self, start: int, end: int) -> Iterator[Stretch]:
        """What stands behind the language at a fence."""
        line = self.source.find(b"\n", start, end)
        if (info := _INFO.match(self.source, start, line)) and line > info.end():
            yield Stretch(info.end(), line)

    def definitions(self) -> Iterator[Stretch]:
        """Definitions of links: of one that is used the target stays, of others nothing."""
        place = 0
        for start, end in [*sorted(self.read), Stretch(len(self.source), len(self.source))]:
            if start > place and b"]:" in self.source[place:start]:
                yield from self._unused(place, start)
            place = max(place, end)

    def _unused(self, place: int, end: int) -> Iterator[Stretch]:
        """Of what is no text at all, that which has words."""
        while place < end:
            if marker := _MARKER.match(self.source, place, end):
                place = marker.end()
            line = self.source.find(b"\n", place, end)
            line = end if line < 0 else line
            if definition := _DEFINITION.match(self.source, place, end):
                line = max(line, definition.end())
                if (definition[1] or definition[2] or b"") in self.targets:
                    place = definition.end()
            if line > place:
                yield Stretch(place, line)
            place = line + 1
