"""Place one card on a map: its segment, its rank there, and excellent neighbours to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards import Card
from cardiogram.cards.features import terms_of
from cardiogram.errors import ConfigError, DataError
from cardiogram.maps.fitted import FittedMap
from cardiogram.names import DATA

EXCELLENT = 4.0
"""Expected overall rating from which a neighbour is one to learn from."""

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A well documented model near a card, with their cosine and its expected rating."""

    id: str
    similarity: float
    rating: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card falls.

    Attributes
    ----------
    map
        `reference` for the shipped map, else the study's folder.
    segment
        None for an outlier, with a `reason`.
    strength
        Part of its neighbours, by similarity, that are in the segment.
    rank, of
        Its place by expected rating among itself and the segment's rated cards: 1 is the best.
    neighbours
        The three nearest that are rated 4 or better, of the segment first.
    """

    map: str
    segment: str | None
    strength: float
    x: float
    y: float
    rank: int | None = None
    of: int = 0
    neighbours: tuple[Neighbour, ...] = ()
    reason: str | None = None


@cache
def reference_map() -> FittedMap:
    """The shipped map: ids, places, ratings and short vectors of some hundred cards, no text.

    Made by tools/build_reference_map.py.
    """
    fitted = FittedMap.load(DATA / "segments" / "reference.npz")
    if fitted is None:
        raise DataError(
            "the shipped map is missing", hint="pip install --force-reinstall cardiogram"
        )
    return fitted


def map_of(folder: Path) -> FittedMap:
    """The map of a study, for :func:`place`.

    Raises
    ------
    ConfigError
        The map was made by another embedder than the default: one card cannot be placed on it
        without that.
    DataError
        The study has no map.
    """
    from cardiogram.store import Study  # placing on the shipped map reads no tables

    study = Study.open(folder)
    fitted = FittedMap.load(study.map.folder / "fitted.npz")
    if fitted is None:
        raise DataError(f"no map in {str(folder)!r}", hint=f"cardiogram map {folder}")
    if fitted.terms is None:
        raise ConfigError(
            f"the map of {str(folder)!r} was made by {fitted.settings.embedder!r}",
            hint=f"cardiogram map {folder} --embedder terms",
        )
    return fitted


def place(
    card: Card, rating: float, fitted: FittedMap | None = None, *, name: str = "reference"
) -> Place:
    """Place one card; needs neither scipy nor scikit-learn.

    Parameters
    ----------
    card
        The card; its own model is no neighbour of itself.
    rating
        Its expected overall rating.
    fitted
        The map; the shipped one unless given.
    name
        What to call the map.
    """
    fitted = fitted or reference_map()
    if fitted.terms is None:
        raise ConfigError("a card is placed on a map of terms only", hint="--embedder terms")
    vector = fitted.terms.embed([terms_of(card)])
    if not vector.any():
        return Place(name, None, 0.0, 0.0, -1.0, reason="the card has no word that the map knows")
    placed = fitted.place(vector)
    cluster, (x, y) = int(placed.cluster[0]), placed.places[0].tolist()
    rated = fitted.ratings[(fitted.cluster == cluster) & np.isfinite(fitted.ratings)]
    rated = rated if cluster >= 0 else rated[:0]
    return Place(
        name,
        fitted.name_of(cluster),
        float(placed.strength[0]),
        x,
        y,
        int((rated > rating).sum()) + 1 if rated.size else None,
        int(rated.size) + 1 if rated.size else 0,
        _excellent(fitted, vector[0], cluster, card.id),
        None if cluster >= 0 else "its neighbours are of no one segment",
    )


def _excellent(
    fitted: FittedMap, vector: NDArray[np.float32], cluster: int, own: str
) -> tuple[Neighbour, ...]:
    """The nearest excellent cards, those of the segment first."""
    similarity = np.clip(fitted.vectors @ vector, -1, 1)
    rows = [
        row
        for row in np.flatnonzero(fitted.ratings >= EXCELLENT).tolist()
        if fitted.ids[row] != own
    ]
    rows.sort(key=lambda row: (fitted.cluster[row] != cluster, -similarity[row], row))
    return tuple(
        Neighbour(fitted.ids[row], float(similarity[row]), float(fitted.ratings[row]))
        for row in rows[:SHOWN]
    )
