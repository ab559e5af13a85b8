"""What a card says, as far as a fact can speak to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cardiogram.repository.fact import Value

Place = Literal["front matter", "text", "table", "code", "title"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a card says of its model, with its words and its rounding.

    Attributes
    ----------
    kind
        What it is about, by the name of the fact that speaks to it: ``parameters``, ``licence``,
        ``context``, ``dtype``, ``file`` ...
    value
        What it says: a number in the unit's base (7B is 7e9), a name, an id as it stands.
    line, quote
        Line of the card from 1, and the words (a part of that line).
    pointer
        Place in the front matter (RFC 6901); "" elsewhere.
    low, high
        Bounds of all numbers that are rounded to what stands there ("7B": 6.5e9 to 7.5e9, and by
        the usage of names a little more); equal to `value` for what is no number.
    about
        What it is said of: "" for this model; else a file, a component, a data set's split, or the
        id of another model, whose facts alone speak to it.
    certain
        Whether it can be read in one way only; where it cannot, a contradiction is a question.
    """

    kind: str
    value: Value
    line: int
    quote: str
    place: Place
    pointer: str = ""
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    about: str = ""
    certain: bool = True
