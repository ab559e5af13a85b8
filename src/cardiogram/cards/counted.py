"""What is counted in the cards of a study, kept in `features/` so that no card is read twice.

A shard of `features/` belongs to the shard of `models/` of its name. Its rows are keyed by all that
a card is parsed from; one whose key has changed, or that is missing, is counted anew.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from cardiogram.cards.card import Card
from cardiogram.cards.features import (
    CardFeatures,
    CardTerms,
    Facets,
    facets_of,
    read_features,
    terms_of,
    traits_of,
)
from cardiogram.cards.stored import StoredTexts, has_card
from cardiogram.errors import DataError
from cardiogram.text import sha256

if TYPE_CHECKING:
    from cardiogram.store import Row, Study

FEATURE_VERSION = 3
"""To be raised where anything that `features/` holds is counted in another way."""

_BATCH = 128

Wanted: TypeAlias = "Callable[[Row, str], bool]"
"""Whether a card is to be read, by its row of `models/` and its `input_sha256`."""


@dataclass(frozen=True)
class CardBatch:
    """Some cards of a study with their rows of `models/`; counted where somebody asks."""

    rows: Sequence[Row]
    cards: Sequence[Card]

    @cached_property
    def features(self) -> list[CardFeatures]:
        """What is counted in each."""
        return read_features(self.cards)


class CountedCards:
    """Reads the cards of a study, and keeps what is counted in them.

    Parameters
    ----------
    study
        Its `features/` is completed where that is needed.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.texts = StoredTexts(study)

    def rows(self, shard: str, columns: Sequence[str]) -> list[Row]:
        """Columns of `features/` for the models of a shard that have a card."""
        for _ in self.batches(shard, self.study.models.read_shard(shard)):
            pass
        return self.study.features.read_shard(shard, columns)

    def batches(
        self, shard: str, rows: Sequence[Row], wanted: Wanted = lambda row, seen: False
    ) -> Iterator[CardBatch]:
        """Read the cards of a shard that are not counted yet, or are wanted, and count the former.

        Parameters
        ----------
        shard, rows
            Of `models/`.
        wanted
            Which of the cards that are counted already are read again.
        """
        rows = [row for row in rows if has_card(row)]
        keys = [counting_key(row) for row in rows]
        old = self.study.features.read_shard(shard, ["key", "input_sha256"])
        known = {row["key"]: row["input_sha256"] for row in old}
        chosen = (
            row
            for row, key in zip(rows, keys, strict=True)
            if key not in known or wanted(row, known[key])
        )
        new: dict[str, Row] = {}
        cards = self.texts.cards(chosen)
        with collector_paused():
            while pairs := list(islice(cards, _BATCH)):
                batch = CardBatch(*zip(*pairs, strict=True))
                if any(counting_key(row) not in known for row in batch.rows):
                    counted = zip(batch.rows, batch.features, strict=True)
                    new |= {counting_key(row): _row(row, read) for row, read in counted}
                yield batch
        there = [key for key in keys if key in known or key in new]
        if new or [row["key"] for row in old] != there:
            kept = {row["key"]: row for row in self.study.features.read_shard(shard)} | new
            self.study.features.write(shard, [kept[key] for key in there])


def check_texts(study: Study, shard: str, rows: Iterable[Row]) -> None:
    """Refuse to leave cards out because their texts are gone, once a shard is counted.

    Raises
    ------
    DataError
        The text of a card is not in the study.
    """
    counted = study.features.read_shard(shard, ["id"])
    if gone := sum(map(has_card, rows)) - len(counted):
        raise DataError(
            f"the texts of {gone} cards are not in {str(study.root)!r}",
            hint=f"They are read again by: cardiogram collect {study.root}",
        )


def read_problems(study: Study) -> dict[str, list[str]]:
    """Problems of the texts of a study by card hash; those that the last `rate` or `map` read."""
    problems = {row["card_sha256"]: row["problems"] for row in study.cards.rows(_PROBLEMS)}
    problems |= {row["card_sha256"]: row["problems"] for row in study.features.rows(_PROBLEMS)}
    return problems


_PROBLEMS = ("card_sha256", "problems")


def terms_of_row(row: Row) -> CardTerms:
    """What a row of `features/` keeps of a card's words."""
    return CardTerms.of_row(row["pieces"], row["fields"])


def facets_of_row(row: Row) -> Facets:
    """What a row of `features/` keeps of what rules know of a model."""
    return Facets(**{name: tuple(values) for name, values in row["facets"].items()})


@contextmanager
def collector_paused() -> Iterator[None]:
    """Put the search for garbage off until the block ends.

    Parsing and rating make many small objects and no cycles of them. The search for cycles, which
    starts after so many new objects, would walk through all cards at hand again and again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def counting_key(row: Row) -> str:
    """Hash of all that a row of `features/` depends on."""
    columns = ("card_sha256", "id", "tags", "pipeline_tag", "library_name")
    return sha256(json.dumps([counting_version(), *(row[name] for name in columns)]))


@cache
def counting_version() -> str:
    """Version of the code that counts, as far as `features/` depends on it."""
    return f"{version('cardiogram')}/{FEATURE_VERSION}"


def _row(row: Row, read: CardFeatures) -> Row:
    """A row of `features/`."""
    card, tags = read.card, tuple(row["tags"] or ())
    terms = terms_of(card, tags)
    return {
        "id": card.id,
        "card_sha256": card.sha256,
        "input_sha256": card.input_sha256,
        "key": counting_key(row),
        "problems": list(card.problems),
        "vector": read.vector,
        "traits": traits_of(card, read.features, tags),
        "pieces": terms.pieces_as_text(),
        "fields": list(terms.fields),
        "facets": facets_of(card, tags, read.features.makers).row(),
    }
