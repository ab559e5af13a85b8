"""A card's Markdown as the HTML that a browser is given, with the places it came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from cardiogram.cards.parser import read_events
from cardiogram.cards.visibility.element_names import HEADINGS
from cardiogram.lazy import regex
from cardiogram.records import NamedTuple

if TYPE_CHECKING:
    from cardiogram.cards.parser import Event

_FOOTNOTE = regex(r"\[\^[^\]\n]+\]:")
_BLOCKS = {
    "Paragraph": "p",
    "Heading": "h2",
    "BlockQuote": "blockquote",
    "CodeBlock": 'pre class="code"',
    "List": "ul",
    "Item": "li",
    "Table": "table",
    "TableHead": "tr",
    "TableRow": "tr",
    "TableCell": "td",
    "FootnoteDefinition": "section",
    "HtmlBlock": "",
    "Link": 'a href="#"',
    "Image": "img",
}
_EMPTY = {"HardBreak": "<br>", "Rule": "<hr>"}
_UNMARKED = frozenset({"Paragraph", "Heading", "Table", "List", "BlockQuote"})


class PagePiece(NamedTuple):
    """A stretch of the page and where it stands in the source.

    Attributes
    ----------
    place
        First character of the page.
    start, end
        Bytes of the source; of a container all that it holds.
    kind
        What it is: "text", a heading ("h1"), "html" as it stands in the source, "rule", "picture",
        or a container that opens or, with a slash, closes.
    text
        Of HTML, the source itself.
    """

    place: int
    start: int
    end: int
    kind: str
    text: str = ""


class RenderedPage(NamedTuple):
    """The HTML of a card.

    Attributes
    ----------
    unreferenced
        Places in the source of footnotes to which nothing refers.
    """

    html: str
    pieces: list[PagePiece]
    unreferenced: list[tuple[int, int]]


def has_footnotes(body: str) -> bool:
    """Whether some of the text may be a footnote."""
    return "^" in body and _FOOTNOTE.search(body) is not None


def render_page(body: str) -> RenderedPage:
    """Write the HTML of a card, with a note of where each piece came from."""
    writer = _Writer(body.encode("utf-8", "replace"))
    writer.follow(read_events(body, footnotes=has_footnotes(body)))
    notes = [at for label, at in writer.notes if label not in writer.referenced]
    return RenderedPage("".join(writer.words), writer.pieces, notes)


class _Writer:
    """Writes a page event by event; stretches without markup in one piece."""

    __slots__ = ("notes", "pieces", "place", "referenced", "source", "unmarked", "words")

    def __init__(self, source: bytes) -> None:
        self.source, self.place = source, 0
        # a table forgets the indent around it, which words in one piece would not
        self.unmarked = _UNMARKED - {"Table"} if b"indent" in source else _UNMARKED
        self.words: list[str] = []
        self.pieces: list[PagePiece] = []
        self.notes: list[tuple[str, tuple[int, int]]] = []
        self.referenced: set[str] = set()

    def follow(self, events: Iterator[Event]) -> None:
        """Take every event in turn."""
        for event, span in events:
            start, end = span["start"], span["end"]
            if not isinstance(event, dict):
                if event in _EMPTY:
                    self.add("rule" if event == "Rule" else "text", _EMPTY[event], start, end)
                continue
            ((side, value),) = event.items()
            if side == "Start":
                self.open(value, start, end, events)
            elif side == "End":
                kind = value if isinstance(value, str) else next(iter(value))
                if kind in _BLOCKS:
                    tag = _level(value) if kind == "Heading" else _BLOCKS[kind].partition(" ")[0]
                    self.add(f"/{kind}", f"</{tag}>" if tag else "", start, end)
            elif side in ("Html", "InlineHtml"):
                self.add("html", str(value), start, end, str(value))
            else:
                if side == "FootnoteReference":
                    self.referenced.add(str(value))
                self.add_text(_escape(str(value)), start, end)

    def open(self, value: object, start: int, end: int, events: Iterator[Event]) -> None:
        """An element begins; one without markup in it is passed over."""
        kind = value if isinstance(value, str) else next(iter(cast("dict[str, object]", value)))
        if kind == "CodeBlock" or (kind in self.unmarked and self.is_unmarked(start, end)):
            _pass_over(kind, end, events)
            tag = _level(value) if kind == "Heading" else _BLOCKS[kind]
            text = _escape(self.source[start:end].decode("utf-8", "replace"))
            self.add_text(f"<{tag}>{text}</{tag.partition(' ')[0]}>", start, end, tag)
        elif kind == "Image":
            _pass_over(kind, end, events)  # its words stand in for it
            self.add("picture", "<img>", start, end)
        elif kind in _BLOCKS:
            if kind == "FootnoteDefinition" and isinstance(value, dict):
                self.notes.append((str(value[kind]), (start, end)))
            tag = _level(value) if kind == "Heading" else _BLOCKS[kind]
            self.add(kind, f"<{tag}>" if tag else "", start, end)

    def is_unmarked(self, start: int, end: int) -> bool:
        """Whether there is neither HTML nor a link in a stretch of the source."""
        return self.source.find(b"<", start, end) < 0 and self.source.find(b"[", start, end) < 0

    def add_text(self, text: str, start: int, end: int, tag: str = "") -> None:
        """Words, which are drawn as those before them if these are of no heading either."""
        kind = tag if tag in HEADINGS else "text"
        if self.pieces and (last := self.pieces[-1]).kind == kind:
            self.pieces[-1] = last._replace(end=end)
            self.words.append(text)
            self.place += len(text)
        else:
            self.add(kind, text, start, end)

    def add(self, kind: str, text: str, start: int, end: int, source: str = "") -> None:
        """Write a piece of the page."""
        self.pieces.append(PagePiece(self.place, start, end, kind, source))
        self.words.append(text)
        self.place += len(text)


def _level(value: object) -> str:
    """The tag of a heading that begins or ends."""
    detail = value["Heading"] if isinstance(value, dict) else "H2"
    return str(detail["level"] if isinstance(detail, dict) else detail).lower()


def _pass_over(kind: str, end: int, events: Iterator[Event]) -> None:
    """Take the events up to the end of an element."""
    for event, span in events:
        if span["end"] == end and type(event) is dict and "End" in event:
            value = event["End"]
            if value == kind or (type(value) is dict and kind in value):
                return


def _escape(text: str) -> str:
    from html import escape  # with it comes the table of entities, which most pages do without

    return escape(text)
