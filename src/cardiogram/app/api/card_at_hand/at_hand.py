"""The card that somebody works on, where it comes from, and the parts that answers share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import quote

from cardiogram.errors import DataError
from cardiogram.judge import Rating
from cardiogram.names import CardType
from cardiogram.repository import DroppedFile, Fact, FactSource
from cardiogram.repository.access import withhold
from cardiogram.repository.proof import (
    clean,
    format_value,
    name_measure,
    name_place,
    source_as_json,
)

MAX_CARD_BYTES = 200_000
"""Of a card that the app is sent."""
MAX_NAME = 200
_LONGEST, _MOST_SOURCES = 200, 20

FactValue = str | int | float | bool | list[Any] | dict[str, Any] | None
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
        The judge's expected value.
    low, high
        Its 90 % interval; null where it was not measured.
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
        JSON pointer, or key of a header.
    measure
        What was measured of the file, where no field of it says the value: "its size", "counted
        over the headers of 2 files".
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
    measure: str = ""
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
    value: FactValue
    shown: str
    unit: str
    how: Literal["read", "computed"]
    note: str
    sources: tuple[SourceAnswer, ...]


def check_text(text: str, id: str = "") -> bytes:
    """The bytes of a card that was sent.

    Raises
    ------
    DataError
        It is too long, or the id is.
    """
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MAX_CARD_BYTES:
        raise DataError(
            f"the card has {len(data):,} bytes, and the app takes up to {MAX_CARD_BYTES:,}",
            hint="Rate it by a command: cardiogram check README.md",
        )
    if len(id) > MAX_NAME:
        raise DataError(f"an id has at most {MAX_NAME} characters")
    return data


def show_scores(rating: Rating) -> tuple[ScoreAnswer, ...]:
    """The numbers of a rating, overall first."""
    return tuple(
        ScoreAnswer(name, score.value, score.expected, score.low, score.high)
        for name, score in rating.scores.items()
    )


def show_fact(fact: Fact, repo: str, endpoint: str) -> FactAnswer:
    """A fact as it is sent; see :func:`show_sources`."""
    return FactAnswer(
        name=fact.name,
        about=withhold(fact.about),
        value=cast(FactValue, clean(fact.value)),
        shown=format_value(fact.value, _LONGEST),
        unit=fact.unit,
        how=fact.how,
        note=withhold(fact.note),
        sources=show_sources(fact.sources, repo, endpoint),
    )


def show_sources(
    sources: Iterable[FactSource], repo: str, endpoint: str
) -> tuple[SourceAnswer, ...]:
    """Places that prove a value, the strongest first.

    Parameters
    ----------
    repo
        OWNER/NAME of the repository that they are of.
    endpoint
        The Hub's address.
    """
    return tuple(_source(source, repo, endpoint) for source in [*sources][:_MOST_SOURCES])


def _source(source: FactSource, repo: str, endpoint: str) -> SourceAnswer:
    shown = source_as_json(source)  # without logins and places on somebody's disk
    fields = (shown.get(name) for name in ("pointer", "header", "info"))
    field = next(filter(None, fields), "")
    whose = source.repo or repo
    address = ""
    if source.commit and source.path and whose:
        address = f"{endpoint}/{whose}/blob/{source.commit}/{quote(source.path)}"
    return SourceAnswer(
        place=name_place(source),
        value="" if source.absent else format_value(source.value, _LONGEST),
        file=withhold(source.path or source.absent),
        field=str(field),
        measure=name_measure(source),
        line=source.line,
        quote=withhold(source.quote)[:_LONGEST],
        repo=source.repo,
        address=address,
    )
