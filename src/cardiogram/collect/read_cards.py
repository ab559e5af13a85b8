"""Cards, parsed: of a study, or of a file or folder of cards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cardiogram.cards import Card, parse_row, stored_cards
from cardiogram.cards.features import count_features, kinds_of, language_of, length_name, length_of
from cardiogram.collect.sources import read_source
from cardiogram.errors import DataError
from cardiogram.store import Study


def read_cards(source: Path) -> Iterator[Card]:
    """Every card of a study folder or of a source of :mod:`cardiogram.collect.sources`."""
    if source.is_dir() and Study(source).manifest_path.exists():
        study = Study.open(source)
        for _, card in stored_cards(study, study.models.rows()):
            yield card
        return
    for row in read_source(source):
        if row["data"] is not None:
            yield parse_row(row, row["data"])


def draw_cards(cards: list[Card], count: int, seed: int, source: Path) -> list[Card]:
    """Some of the cards of a source, drawn by seed; all of them where there are no more.

    Raises
    ------
    DataError
        There is no card.
    """
    if not cards:
        raise DataError(f"no cards in {str(source)!r}")
    if len(cards) <= count:
        return cards
    chosen = np.random.default_rng(seed).choice(len(cards), count, replace=False)
    return [cards[place] for place in sorted(chosen.tolist())]


def strata_of(card: Card) -> list[tuple[str, str]]:
    """Kind, length and language of a card, each with its label; a card may be of several kinds."""
    kinds = [("kind", name) for name in kinds_of(card, count_features(card))]
    length = ("length", length_name(length_of(card)))
    return [*kinds, length, ("language", language_of(card))]
