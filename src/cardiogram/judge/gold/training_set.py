"""Which cards a trained judge has learned from: its agreement with gold on these flatters it.

A judge keeps marks of its training cards: 8 bytes of a hash of each id and of each text, which
tell whether a card was among them and give neither back.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards import Card
from cardiogram.judge.embedded import OWN, embedded_judge, own_id
from cardiogram.judge.gold.readings import JudgeReading
from cardiogram.names import DATA
from cardiogram.store import write_atomically

FILE = "seen.json"
OUT_OF_FOLD = "embedded-unseen"
"""Name of out-of-fold ratings: each card's are by a model that has not seen its author."""

_SALT = b"cardiogram-seen-1\0"
_CHUNK = 8


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """The cards that a judge has learned from; none where it is not known.

    Attributes
    ----------
    cards
        Their number.
    marks
        Of their ids and texts, sorted, dtype uint64.
    """

    cards: int = 0
    marks: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))

    def has(self, id: str, sha256: str) -> bool:
        """Whether a card of this id, or one of this text, was learned from."""
        return self._has_mark(id) or self._has_mark(sha256)

    def find(self, cards: Sequence[Card | JudgeReading]) -> NDArray[np.bool_]:
        """For each card or reading, whether the card was learned from."""
        return np.array([self.has(card.id, card.sha256) for card in cards], np.bool_)

    def _has_mark(self, value: str) -> bool:
        if not value:
            return False
        mark = np.uint64(_mark(value))
        place = int(np.searchsorted(self.marks, mark))
        return place < self.marks.size and bool(self.marks[place] == mark)


def _mark(value: str) -> int:
    digest = hashlib.sha256(_SALT + value.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:_CHUNK], "big")


def write_training_set(folder: Path, cards: Sequence[Card]) -> None:
    """Write the marks of training cards beside the judge that learned from them."""
    values = {_mark(value) for card in cards for value in (card.id, card.sha256) if value}
    marks = np.array(sorted(values), dtype=">u8").tobytes()
    body = {"cards": len(cards), "marks": base64.b64encode(marks).decode()}
    write_atomically(folder / FILE, (json.dumps(body) + "\n").encode())


def read_training_set(folder: Path) -> TrainingSet:
    """The marks that stand beside a judge; none where it has kept none."""
    try:
        body = json.loads((folder / FILE).read_text("utf-8"))
        marks = np.frombuffer(base64.b64decode(body["marks"]), dtype=">u8").astype(np.uint64)
        return TrainingSet(int(body["cards"]), marks)
    except (OSError, ValueError, KeyError, TypeError):
        return TrainingSet()


@cache
def _shipped_set() -> TrainingSet:
    return read_training_set(DATA / "judge")


def training_set_of(judge: str, version: str) -> TrainingSet:
    """What a judge has learned from, by its name and the version in its ratings.

    Panels, cascades and calibrated ratings carry the versions of the judges they are made of, so
    the built-in judge is found within them too. A judge of one's own is named by its folder:
    `embedded:FOLDER`. Out-of-fold ratings have learned from none of their cards.
    """
    if judge == OUT_OF_FOLD:
        return TrainingSet()
    if judge.startswith(OWN):
        return read_training_set(Path(judge.removeprefix(OWN)))
    return _shipped_set() if embedded_judge().version in version else TrainingSet()


def name_in_ratings(judge: str | None) -> str | None:
    """The name in the ratings of a judge that may be given by its folder."""
    if judge is None or not judge.startswith(OWN):
        return judge
    return own_id(Path(judge.removeprefix(OWN)))


def describe_overlap(count: int, total: int) -> str:
    """What a reader must know of figures on cards that a judge has learned from."""
    return (
        f"The judge has learned from {count:,} of these {total:,} cards: what they say of it "
        "flatters it. `cardiogram judges list` has its agreement on authors that it had not seen."
    )
