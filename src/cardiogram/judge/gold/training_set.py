"""Which cards a trained judge has learned from: its agreement with gold on these flatters it.

A judge keeps marks of its training cards: 8 bytes of a hash of each id and of each text, which
tell whether a card was among them and give neither back.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards import Card
from cardiogram.judge.embedded import OWN, embedded_judge, own_id
from cardiogram.judge.gold.readings import Reading
from cardiogram.store import write_atomically

FILE = "seen.json"
UNSEEN = "embedded-unseen"
"""Name of out-of-fold ratings: each card's are by a model that has not seen its author."""

_SALT = b"cardiogram-seen-1\0"
_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Seen:
    """The cards that a judge has learned from.

    Attributes
    ----------
    cards
        Their number.
    marks
        Of their ids and texts, sorted, dtype uint64.
    """

    cards: int
    marks: NDArray[np.uint64]

    def has(self, id: str, sha256: str) -> bool:
        """Whether a card of this id, or one of this text, was learned from."""
        return self._holds(id) or self._holds(sha256)

    def _holds(self, value: str) -> bool:
        if not value:
            return False
        mark = np.uint64(_mark(value))
        place = int(np.searchsorted(self.marks, mark))
        return place < self.marks.size and bool(self.marks[place] == mark)


def _mark(value: str) -> int:
    digest = hashlib.sha256(_SALT + value.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:_CHUNK], "big")


def write_seen(folder: Path, cards: Sequence[Card]) -> None:
    """Write the marks of training cards beside the judge that learned from them."""
    found = {_mark(value) for card in cards for value in (card.id, card.sha256) if value}
    marks = np.array(sorted(found), dtype=">u8").tobytes()
    body = {"cards": len(cards), "marks": base64.b64encode(marks).decode()}
    write_atomically(folder / FILE, (json.dumps(body) + "\n").encode())


def read_seen(folder: Path) -> Seen | None:
    """The marks that stand beside a judge; None where it has kept none."""
    try:
        body = json.loads((folder / FILE).read_text("utf-8"))
        marks = np.frombuffer(base64.b64decode(body["marks"]), dtype=">u8").astype(np.uint64)
        return Seen(int(body["cards"]), marks)
    except (OSError, ValueError, KeyError, TypeError):
        return None


@cache
def shipped_seen() -> Seen | None:
    """The training cards of the judge that ships with the package."""
    with resources.as_file(resources.files("cardiogram") / "data" / "judge") as folder:
        return read_seen(folder)


def seen_by(judge: str, version: str) -> Seen | None:
    """What a judge has learned from, by its name and the version in its ratings.

    Panels, cascades and calibrated ratings carry the versions of the judges they are made of, so
    the built-in judge is found within them too. A judge of one's own is named by its folder:
    `embedded:FOLDER`.

    Returns
    -------
    Seen or None
        None for a judge that was not trained here, for out-of-fold ratings, and where it is not
        known.
    """
    if judge == UNSEEN:
        return None
    if judge.startswith(OWN):
        return read_seen(Path(judge.removeprefix(OWN)))
    return shipped_seen() if embedded_judge().version in version else None


def named(judge: str | None) -> str | None:
    """The name in the ratings of a judge that may be given by its folder."""
    if judge is None or not judge.startswith(OWN):
        return judge
    return own_id(Path(judge.removeprefix(OWN)))


def learned(seen: Seen | None, readings: Iterable[Reading]) -> list[bool]:
    """For each reading, whether its judge has learned from the card."""
    return [seen is not None and seen.has(reading.id, reading.sha256) for reading in readings]


def count_seen(judge: str, version: str, cards: Iterable[Card]) -> int:
    """How many of the cards a judge has learned from."""
    seen = seen_by(judge, version)
    return sum(seen is not None and seen.has(card.id, card.sha256) for card in cards)


def warning(count: int, total: int) -> str:
    """What a reader must know of figures on cards that a judge has learned from."""
    return (
        f"The judge has learned from {count:,} of these {total:,} cards: what they say of it "
        "flatters it. `cardiogram judges` has its agreement on authors that it had not seen."
    )
