"""The map of a page: where its models lie, and the segments among them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardiogram.maps.segments import read_segments
from cardiogram.store import Study


@dataclass(frozen=True, slots=True)
class MapPoint:
    """Where a model lies on the map; `segment` is None for an outlier."""

    x: float
    y: float
    segment: str | None


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """One segment of the map; what its file does not hold is None or empty.

    Attributes
    ----------
    segment
        What the column `segment` of `map/*.parquet` holds.
    name
        The same for a heading.
    rating, downloads, likes
        Medians of its models.
    terms
        Words that are typical of it, the most typical first.
    examples
        Ids of the models nearest to its middle.
    """

    segment: str
    name: str
    cluster: int
    size: int
    x: float | None
    y: float | None
    rating: float | None
    downloads: float | None
    likes: float | None
    terms: tuple[str, ...]
    examples: tuple[str, ...]


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
    segments: tuple[ShownSegment, ...]


def read_shown_map(study: Study, ids: Sequence[str]) -> ShownMap | None:
    """Read the map of some models; None where none of them is on it."""
    columns = ["id", "x", "y", "segment"]
    places = {
        row["id"]: MapPoint(round(row["x"], 4), round(row["y"], 4), row["segment"])
        for row in study.map.read(columns).to_pylist()
        if _number(row["x"]) is not None and _number(row["y"]) is not None
    }
    points = tuple(places.get(id) for id in ids)
    return ShownMap(points, read_shown_segments(study)) if any(points) else None


def read_shown_segments(study: Study) -> tuple[ShownSegment, ...]:
    """What `map/segments.json` says of each segment, the largest first.

    Raises
    ------
    DataError
        The file cannot be read.
    """
    return tuple(map(_segment, read_segments(study)))


def _segment(entry: Mapping[str, object]) -> ShownSegment:
    key = str(entry.get("segment", ""))
    return ShownSegment(
        segment=key,
        name=str(entry.get("name") or key),
        cluster=int(_number(entry.get("cluster")) or 0),
        size=int(_number(entry.get("size")) or 0),
        x=_number(entry.get("x")),
        y=_number(entry.get("y")),
        rating=_median(entry.get("rating")),
        downloads=_median(entry.get("downloads")),
        likes=_median(entry.get("likes")),
        terms=tuple(_each(entry.get("terms"), "term")),
        examples=tuple(_each(entry.get("representatives"), "id")),
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and math.isfinite(value) else None


def _median(value: object) -> float | None:
    return _number(value.get("median")) if isinstance(value, Mapping) else None


def _each(entries: object, key: str) -> Iterator[str]:
    for entry in entries if isinstance(entries, list | tuple) else ():
        if isinstance(entry, Mapping):
            yield str(entry.get(key))
