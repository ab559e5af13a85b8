"""A sentence of a card, and its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cardiogram.repository.fact import FactSource, Value

Proven = Literal["read", "computed", "answered"]
"""How a claim is known: read from a file, computed from it, or answered by the author."""

State = Literal["holds", "moved", "contradicted", "doubtful", "gone", "edited"]
"""What `verify` says of a claim."""


@dataclass(frozen=True, slots=True)
class QuoteSelector:
    """Where a sentence stands, as Web Annotation selectors: by its words, then by its position.

    Attributes
    ----------
    exact, prefix, suffix
        The words, and up to 32 characters before and after them (TextQuoteSelector).
    start, end
        Characters of the card's text (TextPositionSelector).
    """

    exact: str
    prefix: str = ""
    suffix: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence (a line of the front matter, a cell of a table) with what proves it.

    Attributes
    ----------
    name, value, unit
        Of the fact that it states.
    rule
        What proves it: the fact's name, or the question that was answered.
    """

    quote: QuoteSelector
    name: str
    value: Value
    sources: tuple[FactSource, ...]
    how: Proven
    unit: str = ""
    rule: str = ""
    answered_by: str = ""
    answered_at: str = ""
