"""The events of the Markdown parser without what no visitor sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cardiogram.cards.parser import read_events

if TYPE_CHECKING:
    from cardiogram.cards.parser import Event
    from cardiogram.cards.visibility import View


def read_drawn_events(body: str, view: View) -> Iterator[Event]:
    """Parse Markdown and leave out what is not drawn: whole elements, words and parts of HTML."""
    for event, place in read_events(body):
        start, end = place["start"], place["end"]
        if view.covers(start, end):
            continue
        if type(event) is dict:
            kind = next(iter(event))
            if kind in ("Html", "InlineHtml"):
                html = str(event[kind]).encode("utf-8", "replace")
                event[kind] = _cut(html, view, end).decode("utf-8", "replace")
        yield event, place


def _cut(html: bytes, view: View, end: int) -> bytes:
    """HTML that ends at a place without the parts of it that are not drawn."""
    start = place = end - len(html)
    parts = []
    for hidden in view.within(start, end):
        parts.append(html[place - start : hidden.start - start])
        place = hidden.end
    return b"".join([*parts, html[place - start :]])
