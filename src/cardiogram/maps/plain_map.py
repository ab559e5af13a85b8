"""A fitted map, to place one card on it with the standard library alone.

What it says of a card does not hang on the machine: sums are rounded once, in any order.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from math import fsum, sqrt
from operator import mul
from typing import TypeAlias

from cardiogram.cards.features import CardTerms
from cardiogram.maps.embedding import bags_of
from cardiogram.maps.map_file import NEIGHBOURS, NOWHERE, PLACED_BY, WEAK, MapFile
from cardiogram.records import NamedTuple

Direction: TypeAlias = "Sequence[float]"
"""Vector of a card, of unit length; empty where it has no known term."""


class Spot(NamedTuple):
    """Where a card falls on a map.

    Attributes
    ----------
    cluster
        Number of its segment; -1 for an outlier.
    strength
        Part of its neighbours, by similarity, that are in it; 0 for an outlier.
    """

    cluster: int
    strength: float
    x: float
    y: float


class PlainMap:
    """A map as :class:`.FittedMap` has it, for one card at a time.

    Parameters
    ----------
    file
        What :func:`.read_map_file` read.

    Attributes
    ----------
    ratings
        Expected overall rating of each card, NaN where unknown.
    cluster
        Number of the segment of each card.
    vectors
        Of unit length, one a card.
    """

    def __init__(self, file: MapFile) -> None:
        self.file = file
        self.ratings: Sequence[float] = file.arrays["ratings"].values
        self.cluster: Sequence[int] = file.arrays["cluster"].values
        self.vectors: list[array[float]] = self._rows("vectors", range(len(file.ids)))
        self._places = file.arrays["places"].rows()
        self._row = {term: row for row, term in enumerate(file.terms or ())}

    def name_of(self, cluster: int) -> str | None:
        """Name of a segment; None for an outlier."""
        return self.file.profiles[cluster]["segment"] if cluster >= 0 else None

    def embed(self, card: CardTerms) -> Direction:
        """Vector of a card by its terms."""
        arrays, terms, coefficients = self.file.arrays, list[str](), list[float]()
        shared, view = frozenset(arrays["shared"].values), self.file.settings.view
        for bag, length in bags_of(card, self._row, shared, view):
            weights = [
                weight * arrays["idf"].values[self._row[term]] for term, weight in bag.items()
            ]
            if norm := sqrt(fsum(map(mul, weights, weights))):
                terms += bag
                coefficients += [weight * length / norm for weight in weights]
        rows = self._rows("weights", [self._row[term] for term in terms])
        sums = [fsum(map(mul, coefficients, column)) for column in zip(*rows, strict=True)]
        size = sqrt(fsum(map(mul, sums, sums)))
        return [value / size for value in sums] if size else ()

    def compare(self, vector: Direction, rows: Iterable[int]) -> list[float]:
        """Cosine with some of the map's cards."""
        vectors = self.vectors
        return [min(max(fsum(map(mul, vector, vectors[row])), -1.0), 1.0) for row in rows]

    def place(self, vector: Direction) -> Spot:
        """Place a card by its nearest neighbours, which stay where they are."""
        similarity = self.compare(vector, range(len(self.vectors)))
        nearest = sorted(range(len(similarity)), key=lambda row: -similarity[row])[:NEIGHBOURS]
        weights = [max(similarity[row], 0.0) for row in nearest]
        votes = [self.cluster[row] for row in nearest]
        total = fsum(weights) or 1.0
        shares = [
            fsum([weight for weight, vote in zip(weights, votes, strict=True) if vote == number])
            / total
            for number in range(max(1, len(self.file.profiles)))
        ]
        strength = max(shares)
        best, is_weak = shares.index(strength), strength < WEAK
        pulls = [
            (weight**4, self._places[row])
            for row, weight, vote in zip(nearest, weights, votes, strict=True)
            if weight > 0 and (is_weak or vote == best)
        ][:PLACED_BY]
        middle = _middle(pulls) if pulls else NOWHERE
        return Spot(-1 if is_weak else best, 0.0 if is_weak else strength, *middle)

    def _rows(self, name: str, chosen: Iterable[int]) -> list[array[float]]:
        """Some rows of an array, those of whole numbers scaled to floats of 32 bits."""
        values, (_, size) = self.file.arrays[name]
        parts = [values[row * size : (row + 1) * size] for row in chosen]
        if f"{name}_scale" not in self.file.arrays:
            return parts
        scale = self.file.arrays[f"{name}_scale"].values
        return [array("f", map(mul, part, scale)) for part in parts]


def _middle(pulls: Sequence[tuple[float, Sequence[float]]]) -> tuple[float, float]:
    total = fsum([pull for pull, _ in pulls])
    x, y = (fsum([pull * place[axis] for pull, place in pulls]) / total for axis in (0, 1))
    return x, y
