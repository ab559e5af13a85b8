"""The map of a page: where its models lie, and the segments among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cardiogram.maps.segments import Segment, read_segments
from cardiogram.store import Study


@dataclass(frozen=True, slots=True)
class MapPoint:
    """Where a model lies on the map; `segment` is None for an outlier."""

    x: float
    y: float
    segment: str | None


@dataclass(frozen=True, slots=True)
class ShownMap:
    """The map of the cards.

    Attributes
    ----------
    points
        One a model of the payload, in their order; None where the map has no such card.
    segments
        The largest first.
    """

    points: tuple[MapPoint | None, ...]
    segments: tuple[Segment, ...]


def read_shown_map(study: Study, ids: Sequence[str]) -> ShownMap | None:
    """Read the map of some models; None where none of them is on it.

    Raises
    ------
    DataError
        The segments cannot be read.
    """
    places = {
        row["id"]: MapPoint(round(row["x"], 4), round(row["y"], 4), row["segment"])
        for row in study.map.read(["id", "x", "y", "segment"]).to_pylist()
        if None not in (row["x"], row["y"]) and math.isfinite(row["x"] + row["y"])
    }
    points = tuple(places.get(id) for id in ids)
    return ShownMap(points, read_segments(study)) if any(points) else None
