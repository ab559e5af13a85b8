"""Cards that people read blind: a folder with the cards, the gold file, and who is where.

    readings/first/
      reading.toml     where the cards are from, the rubric, the seed
      cards.jsonl      the cards as they were when the reading began
      gold.jsonl       one row a card and reader: `cardiogram judges measure STUDY gold.jsonl`
      again-ANN.jsonl  cards that a reader read twice: `cardiogram judges reliability`

Every file is replaced whole, so that whatever kills the app leaves the last answer or the one
before.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Literal

import tomli_w

from cardiogram.cards import Card, has_card, parse_row, stored_cards
from cardiogram.collect import read_source
from cardiogram.errors import ConfigError, DataError, StudyBusy
from cardiogram.judge import DEFAULT_RUBRIC
from cardiogram.judge.gold import read_rows
from cardiogram.names import SCORES
from cardiogram.store import Row, Study, lock_folder, write_atomically
from cardiogram.text import parse_toml

Level = Literal[1, 2, 3, 4, 5]

MAX_CARDS = 1000
"""Cards of a reading: it is for people."""

_SOME = 20_000
"""Cards of a file or folder that are looked at, to draw from."""

_NAME = re.compile(r"\w[\w .-]{0,39}")
_PATIENCE = 5.0
"""Seconds to wait for another reader's answer to be written."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A card that a reader is shown.

    Attributes
    ----------
    card
        Its place among the cards of the reading.
    is_again
        Whether the reader has read it before; a reader is not told.
    """

    card: int
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class ReaderProgress:
    """How far a reader is: cards read, of cards to read; those read twice count twice."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class BlindReading:
    """A folder of cards that people read blind.

    Attributes
    ----------
    count, again
        Cards to read, and how many of these twice.
    """

    root: Path
    source: str
    rubric: str
    seed: int
    count: int
    again: int

    @classmethod
    def open(cls, root: Path) -> BlindReading:
        """Open a folder that :func:`begin_reading` made.

        Raises
        ------
        DataError
            There is no reading.
        """
        try:
            about = parse_toml((root / "reading.toml").read_text("utf-8"))
            return cls(
                root,
                str(about["source"]),
                str(about["rubric"]),
                int(about["seed"]),
                int(about["cards"]),
                int(about["again"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"no reading in {root.name!r}", hint="Begin one.") from error

    @property
    def gold_path(self) -> Path:
        """Where the answers are."""
        return self.root / "gold.jsonl"

    @property
    def cards_path(self) -> Path:
        """Where the cards are."""
        return self.root / "cards.jsonl"

    def again_path(self, reader: str) -> Path:
        """Where the cards are that a reader has read twice."""
        return self.root / f"again-{reader}.jsonl"

    def card(self, place: int) -> Card:
        """A card by its place among those that were drawn.

        Raises
        ------
        DataError
            It cannot be read.
        """
        row = self._frozen()[place]
        return parse_row(row, str(row["text"]), str(row["sha256"]))

    def cards(self) -> list[Card]:
        """All cards that were drawn.

        Raises
        ------
        DataError
            They cannot be read.
        """
        return [self.card(place) for place in range(self.count)]

    def _frozen(self) -> tuple[Row, ...]:
        """Rows of the cards, without parsing any."""
        try:
            rows = _read_frozen(self.cards_path, self.cards_path.stat().st_mtime_ns)
        except OSError as error:
            raise DataError(f"the cards of {self.root.name!r} cannot be read: {error}") from error
        if len(rows) != self.count or not all({"id", "sha256", "text"} <= set(row) for row in rows):
            raise DataError(f"the cards of {self.root.name!r} are not those that were drawn")
        return rows

    def turns(self, reader: str) -> tuple[Turn, ...]:
        """The cards in a reader's own order: seeded by the reading and the name.

        Some of the first third come again, unmarked, among those of the last.
        """
        order = random.Random(f"{self.seed}:{reader}")
        places = list(range(self.count))
        order.shuffle(places)
        third = self.count // 3
        again = order.sample(places[:third], min(self.again, third))
        first = [Turn(card) for card in places]
        late = [*first[len(places) - third :], *(Turn(card, True) for card in again)]
        order.shuffle(late)
        return (*first[: len(places) - third], *late)

    def readers(self) -> list[ReaderProgress]:
        """Who has read, by name."""
        readers = sorted({str(row.get("rater")) for row in _rows(self.gold_path)})
        return [self.progress(name) for name in readers]

    def progress(self, reader: str) -> ReaderProgress:
        """How far a reader is."""
        first = sum(row.get("rater") == reader for row in _rows(self.gold_path))
        again = len(_rows(self.again_path(reader)))
        return ReaderProgress(reader, first + again, len(self.turns(reader)))

    def next_turn(self, reader: str) -> int | None:
        """Place of the first turn without an answer; None where all have one."""
        done = self._answers(reader)
        turns = enumerate(self.turns(reader))
        return next((place for place, turn in turns if turn not in done), None)

    def answer(self, reader: str, place: int) -> Mapping[str, int] | None:
        """What a reader has said at a turn: nine numbers, none for a card left out; None yet."""
        return self._answers(reader).get(self.turn(reader, place))

    def turn(self, reader: str, place: int) -> Turn:
        """A turn of a reader by its place.

        Raises
        ------
        ConfigError
            There is no such turn.
        """
        turns = self.turns(reader)
        if not 0 <= place < len(turns):
            raise ConfigError(f"no card {place + 1} among {len(turns)}")
        return turns[place]

    def save(
        self, reader: str, place: int, numbers: Mapping[str, int], seconds: float = 0.0
    ) -> None:
        """Keep what a reader says of a card; what the reader said before gives way.

        Parameters
        ----------
        numbers
            Nine whole numbers by the names of the scores; none for a card that is left out.
        seconds
            That the reader took.

        Raises
        ------
        ConfigError
            The numbers are not such, or the name is no name.
        DataError
            The disk is full, or another program holds the folder for too long.
        """
        check_name(reader, "reader")
        if numbers and (
            set(numbers) != set(SCORES) or not set(numbers.values()) <= {1, 2, 3, 4, 5}
        ):
            raise ConfigError(f"not nine whole numbers 1-5: {', '.join(SCORES)}")
        turn = self.turn(reader, place)
        card = self.card(turn.card)
        with self._hold():
            rows = _rows(self.gold_path)
            if any(_is_alike(str(row.get("rater")), reader) for row in rows):
                raise ConfigError(
                    f"a reader is called almost {reader!r}", hint="Take another name."
                )
            if not turn.is_again:
                row = self._row(card, reader, numbers, seconds)
                _write(self.gold_path, _replace(rows, row, ("id", "sha256", "rater")))
            self._save_twice(reader, card, turn, numbers)

    def _save_twice(self, reader: str, card: Card, turn: Turn, numbers: Mapping[str, int]) -> None:
        """Keep both answers to a card that is read twice."""
        path = self.again_path(reader)
        rows = _rows(path)
        before = next((row for row in rows if _key(row) == (card.id, card.sha256)), None)
        if turn.is_again:
            first = self._answers(reader).get(Turn(turn.card)) or {}
            passes: dict[str, object] = {"first": first, "second": dict(numbers)}
        elif before is not None:
            passes = {"first": dict(numbers), "second": before.get("second")}
        else:
            return
        row = {"id": card.id, "sha256": card.sha256, "rater": reader, **passes}
        _write(path, _replace(rows, row, ("id", "sha256")))

    def _row(
        self, card: Card, reader: str, numbers: Mapping[str, int], seconds: float
    ) -> dict[str, object]:
        """A row of the gold file."""
        return {
            "id": card.id,
            "sha256": card.sha256,
            "rater": reader,
            **({name: numbers[name] for name in SCORES} if numbers else {"status": "abstained"}),
            "rubric_version": self.rubric,
            "read_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "seconds": round(min(max(seconds, 0.0), 86_400.0), 1),
        }

    def _answers(self, reader: str) -> dict[Turn, Mapping[str, int]]:
        """What a reader has said, by turn."""
        places = {_key(row): place for place, row in enumerate(self._frozen())}
        answers = {
            Turn(places[_key(row)]): _numbers(row)
            for row in _rows(self.gold_path)
            if row.get("rater") == reader and _key(row) in places
        }
        answers |= {
            Turn(places[_key(row)], True): _numbers(row.get("second"))
            for row in _rows(self.again_path(reader))
            if _key(row) in places
        }
        return answers

    @contextlib.contextmanager
    def _hold(self) -> Iterator[None]:
        """Hold the folder, waiting a little for whoever holds it."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                with lock_folder(self.root, ()):
                    yield
                    return
            except StudyBusy:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)


def begin_reading(
    root: Path, source: Path, shown_source: str, *, cards: int = 60, again: int = 6, seed: int = 0
) -> BlindReading:
    """Draw cards of a study, a file or a folder, and keep them for people to read.

    Each text is drawn once, whoever has copied it.

    Parameters
    ----------
    root
        A new folder.
    shown_source
        What the source is called in `reading.toml`.
    cards, again
        How many to read, and how many of these twice by each reader.

    Raises
    ------
    ConfigError
        There is a reading already, or a number is out of range.
    DataError
        There are no cards of models.
    """
    if not 1 <= cards <= MAX_CARDS or not 0 <= again <= cards // 3:
        raise ConfigError(
            f"cannot read {cards} cards, {again} twice",
            hint=f"1 to {MAX_CARDS:,} cards, at most a third of them twice.",
        )
    check_name(root.name, "reading")
    if (root / "reading.toml").exists():
        raise ConfigError(f"there is already a reading {root.name!r}", hint="Take another name.")
    drawn = _draw(source, cards, seed)
    if not drawn:
        raise DataError(f"no cards in {shown_source!r}", hint="Choose a study, or a file of cards.")
    counts = {"cards": len(drawn), "again": min(again, len(drawn) // 3)}
    about = {"source": shown_source, "rubric": DEFAULT_RUBRIC, "seed": seed, **counts}
    _write(root / "cards.jsonl", [_frozen_row(*pair) for pair in drawn])
    write_atomically(root / "reading.toml", tomli_w.dumps({"format": 1, **about}).encode())
    return BlindReading.open(root)


def check_name(name: str, of: str) -> None:
    """Refuse a name that is no name of a file.

    Raises
    ------
    ConfigError
        It has signs that a file may not have, or is too long.
    """
    if not _NAME.fullmatch(name) or name != name.strip():
        raise ConfigError(
            f"{name[:60]!r} is no name of a {of}", hint="Letters, digits, spaces, - . _; up to 40."
        )


def _draw(source: Path, count: int, seed: int) -> list[tuple[Row, Card]]:
    """Different cards of a source with their rows, drawn by the seed."""
    order = random.Random(f"draw:{seed}")
    if source.is_dir() and Study(source).manifest_path.exists():
        study = Study.open(source)
        if study.type != "model":
            raise DataError("the study holds cards of datasets", hint="Choose a study of models.")
        columns = ("id", "card_sha256", "problems")
        texts = {row["card_sha256"] for row in filter(has_card, study.models.rows(columns))}
        chosen = set(order.sample(sorted(texts), min(count, len(texts))))
        listed: dict[str, Row] = {}
        for row in filter(has_card, study.models.rows_with("card_sha256", chosen)):
            listed.setdefault(row["card_sha256"], row)  # the first of copies
        return list(stored_cards(study, listed.values()))
    rows = (row for row in islice(read_source(source), _SOME) if row["data"] is not None)
    by_text: dict[str, tuple[Row, Card]] = {}
    for row in rows:
        card = parse_row(row, row["data"])
        by_text.setdefault(card.sha256, (row, card))
    return [by_text[sha] for sha in order.sample(sorted(by_text), min(count, len(by_text)))]


def _frozen_row(row: Row, card: Card) -> dict[str, object]:
    """A row of `cards.jsonl`, from which the same card is parsed again."""
    listed = () if card.front_matter is not None else ("tags", "pipeline_tag", "library_name")
    return {
        "id": card.id,
        "sha256": card.sha256,
        "text": card.text,
        "problems": [code for code in card.problems if code == "in_lfs"],
        **{name: row.get(name) for name in listed},
    }


@lru_cache(maxsize=2)
def _read_frozen(path: Path, changed: int) -> tuple[Row, ...]:
    del changed  # of the file: another asks for another reading
    return tuple(_rows(path))


def _rows(path: Path) -> list[Row]:
    return [dict(row) for row in read_rows(path)] if path.exists() else []


def _key(row: Row) -> tuple[str, str]:
    return str(row.get("id")), str(row.get("sha256"))


def _numbers(row: object) -> Mapping[str, int]:
    return {n: row[n] for n in SCORES if n in row} if isinstance(row, Mapping) else {}


def _is_alike(name: str, other: str) -> bool:
    """Whether two names are different and a disk may take them for the same."""
    return name != other and name.casefold() == other.casefold()


def _replace(rows: Sequence[Row], row: Row, key: tuple[str, ...]) -> list[Row]:
    """Rows with another in place of that with the same key, or at the end."""
    same = [all(old.get(name) == row[name] for name in key) for old in rows]
    if any(same):
        return [row if alike else old for old, alike in zip(rows, same, strict=True)]
    return [*rows, row]


def _write(path: Path, rows: Sequence[Row]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_atomically(path, "".join(lines).encode("utf-8", "replace"))
