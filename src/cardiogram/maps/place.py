"""Place one card on a map: its segment, its rank, and a good card near it to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import isnan
from pathlib import Path

from cardiogram.cards import Card
from cardiogram.cards.features import task_of, terms_of
from cardiogram.errors import ConfigError, DataError
from cardiogram.judge import Score
from cardiogram.maps.examples import Part
from cardiogram.maps.map_file import NOWHERE, read_map_file
from cardiogram.maps.plain_map import Direction, PlainMap
from cardiogram.names import DATA
from cardiogram.records import dataclass, replace

NEAR = 0.7
"""Cosine from which a card is near another."""

BETTER = 1.0
"""How much better a part has to be than the card's own to be worth a look."""

COMPARED = 20
"""Rated cards of one task from which a card is compared with these alone."""

SURE = 0.75
"""Part of its neighbours from which a card is said to be of their kind: below it, one in five of
the cards that were read is of another."""

REFERENCE = "cards of the Hub, most from autumn 2023"
"""What the shipped map holds: 473 of its 524 cards are a random sample of that time."""

REFERENCE_FILE = DATA / "segments" / "reference.npy"
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

    @property
    def kind(self) -> str:
        """What it reads like; "" where that is not sure, or is no kind."""
        return name_kind(self.segment or "") if self.strength >= SURE else ""


def name_kind(segment: str) -> str:
    """A segment's name without the words that only tell it from others; "" where no kind is left.

    Examples
    --------
    >>> name_kind("language models around generate"), name_kind("untagged models around image")
    ('language models', '')
    """
    return "" if "untagged" in segment else segment.partition(" around ")[0]


@cache
def reference_map() -> PlainMap:
    """The shipped map: ids, places, ratings and short vectors of some hundred cards, no text.

    Made by tools/build_reference_map.py.
    """
    file = read_map_file(REFERENCE_FILE)
    if file is None:
        raise DataError(
            "the shipped map is missing", hint="pip install --force-reinstall cardiogram"
        )
    return PlainMap(file)


def map_of(folder: Path) -> PlainMap:
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
    file = read_map_file(study.map.folder / "fitted.npy")
    if file is None:
        raise DataError(f"no map in {str(folder)!r}", hint=f"cardiogram map {folder}")
    if file.terms is None:
        raise ConfigError(
            f"the map of {str(folder)!r} was made by {file.settings.embedder!r}",
            hint=f"cardiogram map {folder} --embedder terms",
        )
    return PlainMap(file)


def place(
    card: Card,
    scores: Mapping[str, Score],
    fitted: PlainMap | None = None,
    *,
    name: str = "reference",
) -> Place:
    """Place one card, on the standard library alone.

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
    rating, task = scores["overall"].expected, task_of(card)
    others = _compare(fitted, task, rating)
    vector = fitted.embed(terms_of(card))
    if not any(vector):
        reason = "the card has no word that the map knows"
        return replace(others, map=name, reason=reason)
    spot = fitted.place(vector)
    pairs = zip(fitted.cluster, fitted.ratings, strict=True)
    rated = [other for cluster, other in pairs if cluster == spot.cluster >= 0 and not isnan(other)]
    return replace(
        others,
        map=name,
        segment=fitted.name_of(spot.cluster),
        strength=spot.strength,
        x=spot.x,
        y=spot.y,
        rank=sum([other > rating for other in rated]) + 1 if rated else None,
        of=len(rated) + 1 if rated else 0,
        neighbours=_good(fitted, vector, card.id, task, scores),
        reason=None if spot.cluster >= 0 else "its neighbours are of no one segment",
    )


def _compare(fitted: PlainMap, task: str, rating: float) -> Place:
    """Nowhere yet, but compared with the cards of its task, or with all where these are few."""
    tasks = fitted.file.tasks or ("",) * len(fitted.ratings)
    rated = [pair for pair in zip(tasks, fitted.ratings, strict=True) if not isnan(pair[1])]
    same = [pair for pair in rated if task and pair[0] == task]
    chosen = same if len(same) >= COMPARED else rated
    return Place(
        "",
        None,
        0.0,
        *NOWHERE,
        task=task if chosen is same else "",
        above=sum([other < rating for _, other in chosen]),
        among=len(chosen),
    )


def _good(
    fitted: PlainMap, vector: Direction, own: str, task: str, scores: Mapping[str, Score]
) -> tuple[Neighbour, ...]:
    """The nearest good card of the task from which something can be copied."""
    if not task:
        return ()
    file = fitted.file
    rows = [row for row in file.examples if file.tasks[row] == task and file.ids[row] != own]
    near = zip(fitted.compare(vector, rows), rows, strict=True)
    for similarity, row in sorted(near, key=lambda pair: -pair[0]):
        if similarity < NEAR:
            break
        ahead = [
            (part.expected - scores[part.criterion].expected, part)
            for part in file.examples[row]
            if part.criterion in scores
        ]
        ahead = sorted((pair for pair in ahead if pair[0] >= BETTER), key=lambda pair: -pair[0])
        if ahead:
            parts = tuple(part for _, part in ahead[:_PARTS])
            return (Neighbour(file.ids[row], similarity, fitted.ratings[row], parts),)
    return ()
