"""Cards read blind: readings of the folder, a card to read, what a reader says, and agreement."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.app.reading import (
    BlindReading,
    Level,
    PeopleAgreement,
    ReaderProgress,
    begin_reading,
    check_name,
    list_reading_judges,
    mask_names,
    measure_people,
)
from cardiogram.errors import CardiogramError
from cardiogram.judge import Criterion, load_rubric
from cardiogram.judge.llm import show_card
from cardiogram.report.document import draw_card

_FOLDER = "readings"
_LETTERS = 200_000
"""Of a card that are drawn; its source is given whole."""


@dataclass(frozen=True, slots=True)
class ReadingAnswer:
    """A reading of the folder.

    Attributes
    ----------
    source
        Where its cards are from, within the folder.
    cards, again
        Cards to read, and how many of these twice.
    readers
        Who has begun, and how far each is.
    """

    name: str
    source: str
    cards: int
    again: int
    readers: tuple[ReaderProgress, ...]


@dataclass(frozen=True, slots=True)
class RubricAnswer:
    """What a reader rates by.

    Attributes
    ----------
    levels, overall
        Meaning of 1-5 for a criterion, and for the overall rating.
    """

    version: str
    criteria: tuple[Criterion, ...]
    levels: tuple[str, ...]
    overall: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadingsAnswer:
    """The readings of the folder, what cards may be read, and the rubric.

    Attributes
    ----------
    sources
        Studies of the folder.
    """

    readings: tuple[ReadingAnswer, ...]
    sources: tuple[str, ...]
    rubric: RubricAnswer


@dataclass(frozen=True, slots=True)
class BeginQuestion:
    """A reading to begin.

    Attributes
    ----------
    source
        A study, or a file or folder of cards, within the folder that is served.
    cards, again
        How many to draw, and how many of these each reader reads twice.
    seed
        Of the draw and of the readers' orders.
    """

    name: str
    source: str
    cards: int = 60
    again: int = 6
    seed: int = 0


@dataclass(frozen=True, slots=True)
class TurnQuestion:
    """A card to read.

    Attributes
    ----------
    place
        Of the card in the reader's order, from 0; null for the first without an answer.
    """

    name: str
    reader: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class BlindCard:
    """A card without the names that say whose it is.

    Attributes
    ----------
    metadata, source
        Its metadata block, and all of it as its author wrote it.
    drawn
        HTML of the card as a visitor sees it, of plain elements without any attribute but `class`.
    numbers
        What the reader said before; empty where the card was left out, null where nothing yet.
    """

    metadata: str
    source: str
    drawn: str
    numbers: Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class TurnAnswer:
    """A reader's turn.

    Attributes
    ----------
    place
        Of the card in the reader's order, from 0.
    done, total
        Cards answered, and all; a card that is read twice counts twice.
    card
        Null where the reader has read them all.
    """

    place: int
    done: int
    total: int
    card: BlindCard | None


@dataclass(frozen=True, slots=True)
class SaveQuestion:
    """What a reader says of a card.

    Attributes
    ----------
    numbers
        Whole numbers by `overall` and the criteria; empty for a card that is left out.
    seconds
        That the reader took.
    """

    name: str
    reader: str
    place: int
    numbers: Mapping[str, Level]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class AgreementQuestion:
    """Whose agreement with the people to measure; "" for the built-in judge."""

    name: str
    judge: str = ""


@dataclass(frozen=True, slots=True)
class AgreementAnswer:
    """Agreement, and the judges that it can be measured of."""

    judges: tuple[str, ...]
    agreement: PeopleAgreement


def list_readings(app: App) -> ReadingsAnswer:
    """List the readings of the folder, what can be read, and the rubric."""
    named = sorted(app.workspace.inside(_FOLDER).glob("*/reading.toml"))
    rubric = load_rubric()
    return ReadingsAnswer(
        readings=tuple(_describe(each) for path in named for each in _try(app, path.parent.name)),
        sources=tuple(
            study.root.relative_to(app.workspace.root).as_posix()
            for study in app.workspace.studies().values()
        ),
        rubric=RubricAnswer(rubric.version, rubric.criteria, rubric.levels, rubric.overall),
    )


def begin(app: App, question: BeginQuestion) -> ReadingAnswer:
    """Draw cards for people to read."""
    check_name(question.name, "reading")
    reading = begin_reading(
        app.workspace.inside(f"{_FOLDER}/{question.name}"),
        app.workspace.inside(question.source),
        question.source,
        cards=question.cards,
        again=question.again,
        seed=question.seed,
    )
    return _describe(reading)


def show_turn(app: App, question: TurnQuestion) -> TurnAnswer:
    """Show a reader a card: that of a place, or the next without an answer."""
    check_name(question.reader, "reader")
    reading = _open(app, question.name)
    place = reading.next_turn(question.reader) if question.place is None else question.place
    progress = reading.progress(question.reader)
    card = None if place is None else _blind(reading, question.reader, place)
    shown = progress.total if place is None else place
    return TurnAnswer(shown, progress.done, progress.total, card)


def save(app: App, question: SaveQuestion) -> TurnAnswer:
    """Keep what a reader says of a card, and show the next without an answer."""
    reading = _open(app, question.name)
    reading.save(question.reader, question.place, question.numbers, question.seconds)
    return show_turn(app, TurnQuestion(question.name, question.reader))


def measure(app: App, question: AgreementQuestion) -> AgreementAnswer:
    """Measure how far people agree with each other, with themselves, and a judge with them."""
    reading = _open(app, question.name)
    source = app.workspace.inside(reading.source)
    return AgreementAnswer(
        judges=tuple(list_reading_judges(source, app.judge)),
        agreement=measure_people(reading, source, app.judge, question.judge),
    )


def _open(app: App, name: str) -> BlindReading:
    check_name(name, "reading")
    return BlindReading.open(app.workspace.inside(f"{_FOLDER}/{name}"))


def _try(app: App, name: str) -> Iterator[BlindReading]:
    """A reading, unless it is damaged or lies elsewhere."""
    with contextlib.suppress(CardiogramError):
        yield _open(app, name)


def _describe(reading: BlindReading) -> ReadingAnswer:
    return ReadingAnswer(
        name=reading.root.name,
        source=reading.source,
        cards=reading.count,
        again=reading.again,
        readers=tuple(reading.readers()),
    )


def _blind(reading: BlindReading, reader: str, place: int) -> BlindCard:
    """A card of a reader's order, masked."""
    card = reading.card(reading.turn(reader, place).card)
    source = mask_names(card.text, card.id)
    return BlindCard(
        metadata=mask_names(show_card(card).metadata, card.id),
        source=source,
        drawn=str(draw_card(source, _LETTERS, _LETTERS) or ""),
        numbers=reading.answer(reader, place),
    )


ENDPOINTS = (
    Endpoint("GET", "/api/readings", list_readings, "Readings, and the rubric."),
    Endpoint("POST", "/api/readings", begin, "Draw cards to be read.", act=True, heavy=True),
    Endpoint("POST", "/api/readings/card", show_turn, "A masked card of a reader's order."),
    Endpoint("POST", "/api/readings/save", save, "Keep what a reader says.", act=True),
    Endpoint(
        "POST", "/api/readings/agreement", measure, "How far people agree, and a judge.", heavy=True
    ),
)
