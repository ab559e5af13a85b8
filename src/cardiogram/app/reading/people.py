"""How far people who read blind agree: with each other, with themselves, and any judge with them.

The figures are those of `cardiogram judges measure` and `judges reliability`, of the same files.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from cardiogram.app.reading.blind_reading import BlindReading
from cardiogram.errors import ConfigError
from cardiogram.judge import Judge
from cardiogram.judge.gold import JudgeReading, read_readings, read_rows
from cardiogram.judge.validation import (
    Measurement,
    Validation,
    measure_reliability,
    measure_self_agreement,
    validate,
)
from cardiogram.names import SCORES
from cardiogram.store import Study, write_atomically

_UNKNOWN = Measurement(None)


@dataclass(frozen=True, slots=True)
class ScoreAgreement:
    """Agreement on one of the nine numbers.

    Attributes
    ----------
    people
        Krippendorff's alpha (ordinal) of the people with each other.
    with_judge
        The same with the judge as one more of them, on the cards that it rated.
    kappa
        Quadratic-weighted kappa of the judge with the people's median.
    exact, within_one
        Share of cards on which judge and median are equal, or at most a point apart.
    bias
        Mean of judge minus median, in points.
    cards
        Cards compared.
    """

    name: str
    people: Measurement
    with_judge: Measurement
    kappa: Measurement
    exact: Measurement
    within_one: Measurement
    bias: Measurement
    cards: int


@dataclass(frozen=True, slots=True)
class ReaderAgreement:
    """A reader, and how far the reader agrees with what the same reader said before.

    Attributes
    ----------
    seconds
        Median time for a card; None where it is not known.
    twice
        Cards read twice.
    alpha, equal
        Of the overall rating of these.
    """

    name: str
    done: int
    total: int
    seconds: float | None
    twice: int
    alpha: Measurement
    equal: Measurement


@dataclass(frozen=True, slots=True)
class PeopleAgreement:
    """What a reading says so far.

    Attributes
    ----------
    cards, shared, authors
        Cards with an answer, those with two people's or more, and the owners of all.
    judge, version
        Whose agreement with the people it is.
    notes
        What a reader must know before using a figure.
    commands
        That print the same figures, and more.
    """

    readers: list[ReaderAgreement]
    cards: int
    shared: int
    authors: int
    judge: str
    version: str
    scores: list[ScoreAgreement]
    notes: list[str]
    commands: list[str]


def list_reading_judges(source: Path, own: Judge) -> list[str]:
    """The judges that a reading can be compared with: the built-in one, and those of its study."""
    return sorted({own.id, *_judges_of(source)})


def measure_people(
    reading: BlindReading, source: Path, own: Judge, judge: str = "", *, draws: int = 1000
) -> PeopleAgreement:
    """Measure people with each other, each with the same again, and a judge with their median.

    Parameters
    ----------
    source
        The study, or the cards, that the reading is of.
    own
        A judge that rates the cards where the study has no rating by it.
    judge
        Name of the judge; `own` where none is named.

    Raises
    ------
    ConfigError
        There is no such judge.
    DataError
        A file cannot be read, or the judge has rated none of the cards.
    """
    readers = [_describe_reader(reading, each.name, draws) for each in reading.readers()]
    readings = read_readings(reading.gold_path) if readers else []
    table, authors = _tabulate(readings)
    answered = np.isfinite(table[:, :, 0])
    name = judge or own.id
    if name not in (known := list_reading_judges(source, own)):
        raise ConfigError(f"no judge {name!r} has rated these cards", hint=" | ".join(known))
    measured, commands = None, []
    if answered.any():
        ratings = source if name in _judges_of(source) else _rate_frozen(reading, own)
        measured = validate(ratings, reading.gold_path, judge=name, draws=draws)
        shown = (
            reading.source if ratings is source else f"readings/{reading.root.name}/{ratings.name}"
        )
        commands = _commands(reading, shown, name, readers)
    return PeopleAgreement(
        readers=readers,
        cards=int(answered.any(axis=0).sum()),
        shared=int((answered.sum(axis=0) > 1).sum()),
        authors=len(set(authors)),
        judge=name,
        version=measured.version if measured else "",
        scores=_score(table, authors, measured, draws) if measured else [],
        notes=list(measured.notes) if measured else [],
        commands=commands,
    )


def _describe_reader(reading: BlindReading, reader: str, draws: int) -> ReaderAgreement:
    progress = reading.progress(reader)
    rows = [row for row in read_rows(reading.gold_path) if row.get("rater") == reader]
    times = [float(str(row["seconds"])) for row in rows if row.get("seconds")]
    path = reading.again_path(reader)
    alpha = equal = _UNKNOWN
    twice = 0
    if path.exists() and any(row.get("first") and row.get("second") for row in read_rows(path)):
        again = measure_self_agreement(path, draws=draws)
        twice = again.cards
        alpha, equal = again.all_answers["overall"].alpha, again.all_answers["overall"].equal
    seconds = median(times) if times else None
    return ReaderAgreement(
        reader, progress.done, progress.total, seconds, twice, alpha=alpha, equal=equal
    )


def _tabulate(readings: list[JudgeReading]) -> tuple[np.ndarray, list[str]]:
    """Numbers by reader, card and score, NaN where there is none; and the owner of each card."""
    readers = sorted({reading.judge for reading in readings})
    keys = list(dict.fromkeys((reading.id, reading.sha256) for reading in readings))
    table = np.full((len(readers), len(keys), len(SCORES)), np.nan)
    places = {key: place for place, key in enumerate(keys)}
    for reading in readings:
        place = places[reading.id, reading.sha256]
        table[readers.index(reading.judge), place] = reading.whole
    return table, [id.partition("/")[0] for id, _ in keys]


def _score(
    table: np.ndarray, authors: list[str], measured: Validation, draws: int
) -> list[ScoreAgreement]:
    scores = []
    for place, name in enumerate(SCORES):
        if name not in measured.scores:
            continue
        shared = (np.isfinite(table[:, :, place]).sum(axis=0) > 1).any()
        people = (
            measure_reliability(table[:, :, place], authors, draws=draws).alpha
            if shared
            else _UNKNOWN
        )
        gold = measured.scores[name]
        scores.append(
            ScoreAgreement(
                name=name,
                people=people,
                with_judge=measured.among.get(name, {}).get("with judge", _UNKNOWN),
                kappa=gold.qwk,
                exact=gold.exact,
                within_one=gold.within_one,
                bias=gold.bias,
                cards=gold.n,
            )
        )
    return scores


def _judges_of(source: Path) -> list[str]:
    """Judges that have rated the cards of a study; none of a file of cards."""
    if not source.is_dir() or not Study(source).manifest_path.exists():
        return []
    return sorted(Study.open(source).ratings.read(["judge"])["judge"].unique().to_pylist())


def _rate_frozen(reading: BlindReading, judge: Judge) -> Path:
    """Ratings of the cards of a reading, made again where the judge is another."""
    path = reading.root / "ratings.jsonl"
    cards = reading.cards()
    rows = read_rows(path) if path.exists() else []
    if [row.get("judge_version") for row in rows] != [judge.version] * len(cards):
        rated = zip(cards, judge.rate(cards), strict=True)
        made = [rating.row(card.id, card.sha256) for card, rating in rated]
        write_atomically(path, "".join(json.dumps(row) + "\n" for row in made).encode())
    return path


def _commands(
    reading: BlindReading, ratings: str, judge: str, readers: list[ReaderAgreement]
) -> list[str]:
    """The commands that print the same figures, where the app was started."""
    folder = f"readings/{reading.root.name}"
    measure = [ratings, f"{folder}/{reading.gold_path.name}", "--judge", judge]
    again = [
        ["reliability", f"{folder}/{reading.again_path(reader.name).name}"]
        for reader in readers
        if reader.twice
    ]
    lines = [["measure", *measure], *again]
    return [f"cardiogram judges {shlex.join(line)}" for line in lines]
