"""The card that somebody works on, where it comes from, and the parts that answers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cardiogram.names import CardType
from cardiogram.repository import DroppedFile, Value

CardSource = Literal["pasted", "hub", "folder", "dropped"]


@dataclass(frozen=True, slots=True)
class CardAtHand:
    """A card, and the repository that it is compared with.

    Attributes
    ----------
    text
        The card as it is now; null for the one that lies in its repository.
    id
        OWNER/NAME on the Hub; "" where it has none.
    of
        Whose card it is.
    source
        Where its repository is: on the Hub, in a folder of the workspace, in the files that were
        dropped; a pasted card has none.
    path
        Of the README.md or its folder, within the workspace.
    revision
        What was read: a commit of the Hub, or the SHA-256 of the file.
    files
        Of a folder that was dropped.
    """

    text: str | None = None
    id: str = ""
    of: CardType = "model"
    source: CardSource = "pasted"
    path: str = ""
    revision: str = ""
    files: tuple[DroppedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreAnswer:
    """One of the nine numbers.

    Attributes
    ----------
    name
        `overall`, or a criterion.
    score
        Whole number, 1 to 5.
    expected
        What readers would say in the mean.
    low, high
        What nine of ten readers are between; null where it was not measured.
    """

    name: str
    score: int
    expected: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """One place that proves a value.

    Attributes
    ----------
    place
        In words: file, field, and whose.
    value
        What stands there, for reading.
    file
        Path of the file; "" where the Hub itself says it.
    field
        JSON pointer, key of a header, or "size".
    line, quote
        Line from 1 and its words, where it is a text.
    repo
        Another repository whose file it is; "" for the card's own.
    address
        Of the file on the Hub at the commit that was read; "" for a folder.
    """

    place: str
    value: str
    file: str = ""
    field: str = ""
    line: int = 0
    quote: str = ""
    repo: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """A value that files prove.

    Attributes
    ----------
    name
        `parameters`, `base_model` ...
    about
        The file, component or split that it is of; "" for the whole model.
    value
        As JSON has it.
    shown
        The same for reading.
    how
        Whether it stands in its source as it is, or was computed from it.
    note
        What a reader must know so as not to misread it; "" for nothing.
    """

    name: str
    about: str
    value: Value
    shown: str
    unit: str
    how: Literal["read", "computed"]
    note: str
    sources: tuple[SourceAnswer, ...]
