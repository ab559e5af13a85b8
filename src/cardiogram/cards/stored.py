"""Cards as a study keeps them: which rows have one, its text, and the card itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from cardiogram.cards.card import Card, parse_row
from cardiogram.cards.problems import problem_codes

if TYPE_CHECKING:
    from cardiogram.store import Row, Study


def is_studied(row: Row) -> bool:
    """Whether a row of `models/` names a model; a renamed one is studied under its new name."""
    return bool(row["id"]) and "renamed" not in problem_codes(row["problems"])


def has_card(row: Row) -> bool:
    """Whether a row of `models/` has a card to study."""
    return row["card_sha256"] is not None and is_studied(row)


def stored_cards(study: Study, rows: Iterable[Row]) -> Iterator[tuple[Row, Card]]:
    """The cards of rows of `models/`, with their lines and problems; one shard is in memory.

    Yields
    ------
    tuple
        A row and its card, in the order of the rows; those without a card are left out.
    """
    return StoredTexts(study).cards(rows)


class StoredTexts:
    """Finds the texts of a study's cards, with the last shards of them in memory.

    Where a text lies is kept as 8 bytes: a study of millions has no dict of its hashes.

    Parameters
    ----------
    first
        A shard to look in before all others.
    """

    _KEPT = 2

    def __init__(self, study: Study, first: str = "") -> None:
        self._cards = study.cards
        self._first = first
        self._shards: dict[str, dict[str, Row]] = {}
        self._names: list[str] = []
        self._hashes = np.empty(0, np.uint32)
        self._places = np.empty(0, np.int32)

    def cards(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Card]]:
        """As :func:`stored_cards`."""
        for row, text in self.texts(rows):
            card = parse_row(row, whole_text(text), text["card_sha256"])
            problems = dict.fromkeys((*(text["problems"] or ()), *card.problems))
            yield row, replace(card, problems=tuple(problems))

    def texts(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
        """Rows of `models/` that have a card, each with its row of `cards/`."""
        for row in rows:
            if has_card(row) and (text := self._find(row["card_sha256"])) is not None:
                yield row, text

    def find(self, hashes: Iterable[str]) -> Iterator[tuple[str, Row]]:
        """Rows of `cards/` by their hashes; those that are there."""
        for sha in hashes:
            if (text := self._find(sha)) is not None:
                yield sha, text

    def _find(self, sha: str) -> Row | None:
        if self._first:
            self._open(self._first)
            self._first = ""
        for texts in self._shards.values():
            if sha in texts:
                return texts[sha]
        for name in self._shards_with(sha):
            if (text := self._open(name).get(sha)) is not None:
                return text
        return None

    def _open(self, name: str) -> dict[str, Row]:
        if len(self._shards) >= self._KEPT:
            del self._shards[next(iter(self._shards))]
        rows = self._cards.read_shard(name)
        self._shards[name] = {row["card_sha256"]: row for row in rows}
        return self._shards[name]

    def _shards_with(self, sha: str) -> list[str]:
        """Names of the shards that may hold a text: one, unless two hashes are alike."""
        if not self._names:
            self._index()
        hashed = np.uint32(crc32(sha.encode()))
        start, end = (np.searchsorted(self._hashes, hashed, side) for side in ("left", "right"))
        return [self._names[place] for place in self._places[start:end]]

    def _index(self) -> None:
        self._names = [path.stem for path in self._cards.shards()]
        hashes = [
            np.array(
                [crc32(str(row["card_sha256"]).encode()) for row in self._cards.read_shard(*shard)],
                np.uint32,
            )
            for shard in ((name, ["card_sha256"]) for name in self._names)
        ]
        places = np.repeat(np.arange(len(hashes), dtype=np.int32), list(map(len, hashes)))
        joined = np.concatenate([np.empty(0, np.uint32), *hashes])
        order = np.argsort(joined, kind="stable")
        self._hashes, self._places = joined[order], places[order]


def whole_text(text: Row) -> str:
    """A card's text from its first line, of a row of `cards/`."""
    front: str | None = text["front_matter"]
    body: str = text["body"] or ""
    if front is None:
        return body
    blank = max(0, (text["body_line"] or 0) - front.count("\n") - 2)
    return "\n" * blank + f"---\n{front}---\n{body}"
