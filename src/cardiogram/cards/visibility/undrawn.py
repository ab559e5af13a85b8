"""Which places of a card's source no visitor sees."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from cardiogram.cards.visibility.element_names import HEADINGS
from cardiogram.cards.visibility.elements import OpenElements
from cardiogram.cards.visibility.page import RenderedPage, render_page
from cardiogram.cards.visibility.style import PAGE, Appearance
from cardiogram.cards.visibility.tokens import HtmlToken, Tokenizer
from cardiogram.lazy import regex
from cardiogram.records import NamedTuple, dataclass, field

_COMMENT = regex(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_PICTURES = frozenset({"img", "hr", "input", "svg", "video"})
_LEAVES = HEADINGS | {"text", "html", "rule", "picture"}


class Stretch(NamedTuple):
    """Bytes of a card's body."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class View:
    """What of a card's body is not drawn.

    Attributes
    ----------
    undrawn
        Places of text and elements that no visitor sees, in order and apart.
    tags
        Places of the HTML tags that are drawn.
    """

    undrawn: tuple[Stretch, ...]
    tags: tuple[Stretch, ...] = ()
    _starts: list[int] = field(default_factory=list)

    def covers(self, start: int, end: int) -> bool:
        """Whether all of a place is out of sight."""
        number = bisect_right(self._starts, start) - 1
        return number >= 0 and end <= self.undrawn[number].end

    def blank(self, source: bytes) -> bytes:
        """The source with blanks in place of what is not drawn; lines stay where they are."""
        parts, place = [], 0
        for start, end in self.undrawn:
            lines = source[start:end].split(b"\n")
            parts += [source[place:start], b"\n".join([b" " * len(line) for line in lines])]
            place = end
        return b"".join([*parts, source[place:]])

    def texts(self, source: bytes) -> list[str]:
        """What is not drawn, as it stands in the source; of comments what they say."""
        parts = [source[start:end].decode("utf-8", "replace") for start, end in self.undrawn]
        return [_COMMENT.sub(r"\1", part).strip("\n") for part in parts]

    def within(self, start: int, end: int) -> Iterator[Stretch]:
        """The parts of a place that are out of sight."""
        number = max(0, bisect_right(self._starts, start) - 1)
        for span in self.undrawn[number:]:
            if span.start >= end:
                return
            if span.end > start:
                yield Stretch(max(start, span.start), min(end, span.end))


def view_page(body: str) -> View:
    r"""Find what a visitor does not see of a card's Markdown.

    Examples
    --------
    >>> body = 'Seen. <i style="display:n\\6fne">Not seen.</i>'
    >>> [body[start:end] for start, end in view_page(body).undrawn]
    ['<i style="display:n\\\\6fne">Not seen.</i>']
    """
    page = render_page(body)
    sight = _Sight(page)
    elements, tokenizer = OpenElements(), Tokenizer(page.html)
    for token in tokenizer:
        if token.kind == "text":
            sight.add_text(token, elements.look_of_text())
        elif token.kind == "comment":
            sight.add(token, False)
        elif token.kind == "open":
            look = elements.open(token.name, token.attributes, token.closed)
            sight.add_tag(token, look)
        else:
            sight.add_tag(token, elements.stack[-1].look)
            elements.close(token.name)
        if token.kind != "text":
            tokenizer.foreign = elements.foreign
    spans = [Stretch(*at) for at in page.unreferenced]
    undrawn = merge([*spans, *sight.spans(body.encode("utf-8", "replace"))])
    return View(undrawn, tuple(sight.tags()), [span.start for span in undrawn])


class _Sight:
    """What was seen of each piece of a page, token by token."""

    __slots__ = ("_draws", "_ends", "_tags", "at", "drawn", "hidden", "page")

    def __init__(self, page: RenderedPage) -> None:
        self.page, self.at = page, 0
        self.drawn = bytearray(len(page.pieces))
        self.hidden: dict[int, list[tuple[int, int]]] = {}
        self._tags: list[tuple[int, int, int]] = []
        self._ends = [*[piece.place for piece in page.pieces[1:]], len(page.html)]
        self._draws: dict[int, tuple[Appearance, bool]] = {}

    def add_text(self, token: HtmlToken, look: Appearance) -> None:
        """Text in an element."""
        if self.page.html[token.start : token.end].isspace():
            return
        known = self._draws.get(id(look))
        if known is None:  # the look is kept, so that no other gets its id
            known = self._draws[id(look)] = look, look.draws()
        self.add(token, known[1])

    def add_tag(self, token: HtmlToken, look: Appearance) -> None:
        """A tag: hidden where nothing of its element shows, and drawn where it is a picture."""
        raw = self.page.pieces[self._piece(token.start)].text
        if look is not PAGE and not look.shows_anything():
            self.add(token, False)
        elif raw or token.name in _PICTURES:
            self.add(token, True)
            if raw and token.attributes:
                self._tags.append((self.at, token.start, token.end))

    def add(self, token: HtmlToken, drawn: bool) -> None:
        """Note whether a stretch of the page is drawn."""
        pieces, number = self.page.pieces, self._piece(token.start)
        if drawn and token.end <= self._ends[number]:
            self.drawn[number] = 1
            return
        while number < len(pieces) and pieces[number].place < token.end:
            start = max(token.start, pieces[number].place)
            end = min(token.end, self._ends[number])
            if start < end:
                if drawn:
                    self.drawn[number] = 1
                else:
                    self.hidden.setdefault(number, []).append((start, end))
            number += 1

    def _piece(self, place: int) -> int:
        """The piece in which a character stands; places are asked for in order."""
        while self._ends[self.at] <= place:
            self.at += 1
        return self.at

    def tags(self) -> Iterator[Stretch]:
        """Places of the tags that are drawn and say more than their name."""
        for number, start, end in self._tags:
            places = list(self._in_source(number, [(start, min(end, self._ends[number]))]))
            while self._ends[number] < end:
                number += 1
                part = (self.page.pieces[number].place, min(end, self._ends[number]))
                places += self._in_source(number, [part])
            yield Stretch(places[0].start, places[-1].end)

    def spans(self, source: bytes) -> Iterator[Stretch]:
        """Places in the source that are hidden, of containers as a whole where nothing shows."""
        if not self.hidden:
            return
        opened: list[list[bool]] = []
        for number, piece in enumerate(self.page.pieces):
            parts = self.hidden.get(number, [])
            if piece.kind.startswith("/"):
                shows, hides = opened.pop() if opened else [True, False]
                if opened:
                    opened[-1][0] |= shows
                    opened[-1][1] |= hides
                if hides and not shows:
                    yield Stretch(piece.start, piece.end)
            elif piece.kind in _LEAVES:
                if opened:
                    opened[-1][0] |= bool(self.drawn[number])
                    opened[-1][1] |= bool(parts)
                if parts:
                    yield from self._in_source(number, parts)
            else:
                opened.append([bool(self.drawn[number]), bool(parts)])

    def _in_source(self, number: int, parts: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
        """Parts of a piece as places in the source."""
        piece = self.page.pieces[number]
        length = len(piece.text.encode("utf-8", "replace"))
        if not piece.text:
            if not self.drawn[number]:
                yield Stretch(piece.start, piece.end)
        elif length != piece.end - piece.start and "\n" in piece.text:
            yield Stretch(piece.start, piece.end)  # one tag over lines that stand in a quote
        else:
            for part in parts:
                places = [piece.text[: at - piece.place].encode("utf-8", "replace") for at in part]
                start, end = [piece.end - length + len(before) for before in places]
                yield Stretch(max(start, piece.start), end)


def merge(spans: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Spans in order, those that touch made one.

    Examples
    --------
    >>> merge([Stretch(4, 6), Stretch(0, 2), Stretch(2, 3)])
    (Stretch(start=0, end=3), Stretch(start=4, end=6))
    """
    merged: list[Stretch] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Stretch(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
