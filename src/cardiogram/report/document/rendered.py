"""A card as its page looks, of our own elements only: text, headings, lists, tables and code.

Nothing of the card's HTML, no address and no picture comes along: what a visitor sees of the card
is taken as text (:func:`cardiogram.cards.visibility.show_source`) and written anew.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, cast

from cardiogram.cards.parser import read_events
from cardiogram.cards.visibility import show_source
from cardiogram.report.markup import Child, Markup, el, join
from cardiogram.text import decode, split_front_matter

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTERS, _CODE, _DEEP = 2_600, 700, 12
"""Letters of a card, and of one of its blocks of code, and how deep its elements may nest."""

_ELEMENTS = {
    "Paragraph": "p",
    "Heading": "p",
    "BlockQuote": "blockquote",
    "CodeBlock": "pre",
    "List": "ul",
    "Item": "li",
    "Table": "table",
    "TableHead": "tr",
    "TableRow": "tr",
    "TableCell": "td",
    "HtmlBlock": "p",
    "Emphasis": "em",
    "Strong": "strong",
    "Strikethrough": "s",
    "Link": "span",
    "Image": "span",
}
_CLASSES = {"Link": "link", "Image": "picture"}
_TAG = re.compile(r"<[^<>]*>")


def draw_card(text: str, letters: int = _LETTERS, code_letters: int = _CODE) -> Markup | None:
    """Draw the beginning of a card as a visitor sees it; None where there is nothing to see.

    Parameters
    ----------
    letters, code_letters
        How much of the card, and of one block of code, there is room for.
    """
    body = show_source(split_front_matter(decode(text).text).body)
    page = _Page(letters, code_letters)
    return page.write(event for event, _ in read_events(body))


class _Page:
    """Open elements with what they hold, and how many letters there is room for."""

    def __init__(self, room: int, code_room: int) -> None:
        self.open: list[tuple[str, str | None, list[Child]]] = [("div", "card", [])]
        self.kinds: list[tuple[str, bool]] = []  # whether an element was opened for it
        self.room, self.code_room = room, code_room
        self.is_cut = False

    def write(self, events: Iterator[object]) -> Markup | None:
        """Take the events of a card, as many as there is room for."""
        for event in events:
            if isinstance(event, dict):
                ((side, value),) = event.items()
                self._take(side, value)
            elif event in ("SoftBreak", "HardBreak"):
                self._add(" ")
            elif event == "Rule":
                self._add(el("p", "⁂", class_="quiet"))
            if self.room <= 0 and len(self.kinds) <= 1:
                self.is_cut = next(events, None) is not None
                break
        while len(self.open) > 1:
            self._close()
        held = self.open[0][2]
        if not join(held).strip():
            return None
        return el("div", held, el("p", "…", class_="quiet") if self.is_cut else None, class_="card")

    def _take(self, side: str, value: object) -> None:
        kind = value if isinstance(value, str) else next(iter(cast("dict[str, object]", value)), "")
        if side == "Start":
            tag = _ELEMENTS.get(kind) if len(self.open) < _DEEP else None
            self.kinds.append((kind, tag is not None))
            if tag:
                self.open.append((tag, _class_of(kind, value), []))
        elif side == "End":
            if self.kinds.pop()[1]:
                self._close()
        elif side in ("Html", "InlineHtml"):
            self._add(html.unescape(_TAG.sub(" ", str(value))))
        elif side == "Code":
            self._add(el("code", self._clip(str(value))))
        elif side == "Text" and not self._is_in("Image"):
            self._add(self._clip(str(value)))

    def _clip(self, text: str) -> str:
        """As much of a text as there is room for."""
        room = min(self.room, self.code_room) if self._is_in("CodeBlock") else self.room
        self.room -= len(text)
        if room <= 0:
            return ""
        return text if len(text) <= room else f"{text[:room].rstrip()} …"

    def _is_in(self, kind: str) -> bool:
        return any(kind == name for name, _ in self.kinds)

    def _add(self, child: Child) -> None:
        self.open[-1][2].append(child)

    def _close(self) -> None:
        tag, class_, held = self.open.pop()
        inside = join(held)
        if inside.strip() or class_ == "picture":
            words = "picture" if class_ == "picture" else inside
            self._add(el(tag, words, class_=class_))


def _class_of(kind: str, value: object) -> str | None:
    if kind == "Heading" and isinstance(value, dict):
        return "large heading" if value["Heading"]["level"] in ("H1", "H2") else "heading"
    return _CLASSES.get(kind)
