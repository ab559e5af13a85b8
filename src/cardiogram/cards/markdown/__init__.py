"""Markdown to what a visitor reads: headings, paragraphs, code, tables, links and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.markdown.document import Block, BlockKind, Document, Link
    from cardiogram.cards.markdown.walk import parse_document

attach(__name__)
