"""The one door to a Markdown parser: a compiled one where it is installed, else one in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.parser.markdown_events import name_parser, read_events
    from cardiogram.cards.parser.parser_event import ByteRange, Event, Tag

attach(__name__)
