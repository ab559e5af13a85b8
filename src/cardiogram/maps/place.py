"""Place one card on a map: its segment, its rank, and a good card near it to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards import Card
from cardiogram.cards.features import task_of, terms_of
from cardiogram.errors import ConfigError, DataError
from cardiogram.judge import Score
from cardiogram.maps.examples import Part
from cardiogram.maps.fitted import NOWHERE, FittedMap
from cardiogram.names import DATA

NEAR = 0.7
"""Cosine from which a card is near another."""

BETTER = 1.0
"""How much better a part has to be than the card's own to be worth a look."""

COMPARED = 20
"""Rated cards of one task from which a card is compared with these alone."""

REFERENCE = "cards of the Hub, most from autumn 2023"
"""What the shipped map holds: 473 of its 524 cards are a random sample of that time."""

_PARTS = 2


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A well documented model of the same task near a card.

    Attributes
    ----------
    similarity
        Their cosine.
    rating
        Its expected overall rating.
    parts
        What to copy from it: the parts in which it is furthest ahead, the furthest first.
    """

    id: str
    similarity: float
    rating: float
    parts: tuple[Part, ...] = ()


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
        The nearest good card of the same task, if one is near enough and has something to copy.
    task
        Whose cards `among` counts: those of the card's task, or "" for all.
    above, among
        Rated cards that are rated lower, and all there are.
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
    task: str = ""
    above: int = 0
    among: int = 0


@cache
def reference_map() -> FittedMap:
    """The shipped map: ids, places, ratings and short vectors of some hundred cards, no text.

    Made by tools/build_reference_map.py.
    """
    fitted = FittedMap.load(DATA / "segments" / "reference.npy")
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
    fitted = FittedMap.load(study.map.folder / "fitted.npy")
    if fitted is None:
        raise DataError(f"no map in {str(folder)!r}", hint=f"cardiogram map {folder}")
    if fitted.terms is None:
        raise ConfigError(
            f"the map of {str(folder)!r} was made by {fitted.settings.embedder!r}",
            hint=f"cardiogram map {folder} --embedder terms",
        )
    return fitted


def place(
    card: Card,
    scores: Mapping[str, Score],
    fitted: FittedMap | None = None,
    *,
    name: str = "reference",
) -> Place:
    """Place one card; needs neither scipy nor scikit-learn.

    Parameters
    ----------
    card
        The card; its own model is no neighbour of itself.
    scores
        Its nine numbers.
    fitted
        The map; the shipped one unless given.
    name
        What to call the map.
    """
    fitted = fitted or reference_map()
    if fitted.terms is None:
        raise ConfigError("a card is placed on a map of terms only", hint="--embedder terms")
    rating, task = scores["overall"].expected, task_of(card)
    others = _compare(fitted, task, rating)
    vector = fitted.terms.embed([terms_of(card)])
    if not vector.any():
        reason = "the card has no word that the map knows"
        return replace(others, map=name, reason=reason)
    placed = fitted.place(vector)
    cluster, (x, y) = int(placed.cluster[0]), placed.places[0].tolist()
    rated = fitted.ratings[(fitted.cluster == cluster) & np.isfinite(fitted.ratings)]
    rated = rated if cluster >= 0 else rated[:0]
    return replace(
        others,
        map=name,
        segment=fitted.name_of(cluster),
        strength=float(placed.strength[0]),
        x=x,
        y=y,
        rank=int((rated > rating).sum()) + 1 if rated.size else None,
        of=int(rated.size) + 1 if rated.size else 0,
        neighbours=_good(fitted, vector[0], card.id, task, scores),
        reason=None if cluster >= 0 else "its neighbours are of no one segment",
    )


def _compare(fitted: FittedMap, task: str, rating: float) -> Place:
    """Nowhere yet, but compared with the cards of its task, or with all where these are few."""
    rated = np.isfinite(fitted.ratings)
    same = (
        rated & np.array([bool(task) and other == task for other in fitted.tasks], dtype=bool)
        if fitted.tasks
        else rated & False
    )
    chosen = same if same.sum() >= COMPARED else rated
    return Place(
        "",
        None,
        0.0,
        *NOWHERE,
        task=task if chosen is same else "",
        above=int((fitted.ratings[chosen] < rating).sum()),
        among=int(chosen.sum()),
    )


def _good(
    fitted: FittedMap,
    vector: NDArray[np.float32],
    own: str,
    task: str,
    scores: Mapping[str, Score],
) -> tuple[Neighbour, ...]:
    """The nearest good card of the task from which something can be copied."""
    if not task:
        return ()
    rows = [row for row in fitted.examples if fitted.tasks[row] == task and fitted.ids[row] != own]
    similarity = np.clip(fitted.vectors[rows] @ vector, -1, 1)
    for place in np.argsort(-similarity, kind="stable").tolist():
        if similarity[place] < NEAR:
            break
        row = rows[place]
        ahead = [
            (part.expected - scores[part.criterion].expected, part)
            for part in fitted.examples[row]
            if part.criterion in scores
        ]
        ahead = sorted((pair for pair in ahead if pair[0] >= BETTER), key=lambda pair: -pair[0])
        if ahead:
            parts = tuple(part for _, part in ahead[:_PARTS])
            near = Neighbour(
                fitted.ids[row], float(similarity[place]), float(fitted.ratings[row]), parts
            )
            return (near,)
    return ()
