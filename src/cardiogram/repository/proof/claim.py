"""A sentence of a card, and its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cardiogram.repository.fact import FactSource, Value

Proven = Literal["read", "computed", "answered"]
"""How a claim is known: read from a file, computed from it, or answered by the author."""

State = Literal["contradicted", "unproven", "doubtful", "gone", "edited", "moved", "holds"]
"""What `verify` says of a claim, the worst first.

contradicted
    The files prove something else.
unproven
    It was not there before, no file proves it, and nobody has answered for it.
doubtful
    Nothing decides it: a question to the author, or a file that could not be read.
gone
    What proved it is there no more.
edited
    The sentence was edited or taken out since; nothing contradicts it.
moved
    The sentence is true, and its proof stands elsewhere or in a file that was changed.
holds
    The files prove it as they did.
"""


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
    name, value, unit, about
        Of the fact that it states.
    rule
        What proves it: "" for the fact of that name, else the question that was answered.
    answered_by, answered_at
        By whom and when, where the author answered and said so.
    """

    quote: QuoteSelector
    name: str
    value: Value
    sources: tuple[FactSource, ...]
    how: Proven
    unit: str = ""
    about: str = ""
    rule: str = ""
    answered_by: str = ""
    answered_at: str = ""
