"""Segments of a map: what `map/segments.json` holds, one object a segment, the largest first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cardiogram.errors import DataError
from cardiogram.store import Study, from_json, to_json, write_atomically


@dataclass(frozen=True, slots=True)
class SegmentQuantiles:
    """A distribution in five numbers; all None where `n` is 0.

    Attributes
    ----------
    n
        Models that have the number.
    """

    n: int
    q10: float | None = None
    q25: float | None = None
    median: float | None = None
    q75: float | None = None
    q90: float | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A segment's part of all models, downloads and likes on the map, 0 to 1; None if unknown."""

    models: float
    downloads: float | None = None
    likes: float | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A word that tells a segment from the rest, with its class-based TF-IDF weight."""

    term: str
    score: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """Something that is more common in a segment than elsewhere.

    Attributes
    ----------
    key
        A tag, or the name of a trait.
    words
        What a model with it has.
    share, elsewhere
        Part of the segment's models that have it, and of all others, 0 to 1.
    """

    key: str
    words: str
    share: float
    elsewhere: float


@dataclass(frozen=True, slots=True)
class Example:
    """A model of a segment."""

    id: str
    rating: float | None = None
    downloads: int | None = None
    likes: int | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment, as `map/segments.json` has it.

    Attributes
    ----------
    segment
        Unique name: what the column `segment` of `map/*.parquet` holds.
    name
        The same for a heading: it begins with a capital letter.
    cluster
        Number in `map/*.parquet`.
    x, y
        Where a label belongs: the median of its models' places.
    named_by
        `terms and tags`, or the language model that was asked.
    evidence
        What the name rests on, in one sentence.
    known
        Part of its models in which a rule sees a known segment, 0 to 1, the largest first.
    authors
        How many authors it has.
    largest_author, largest_author_share
        The author with most of its models, and the part of them.
    representatives
        Models nearest to its middle.
    excellent
        The same among those rated 4 or better.
    rating, downloads, likes
        Of its models; the rating is the expected overall one.
    associations
        Of the overall rating with downloads and likes within the segment; laid out as in
        `results.json`, with a reason where there is none.
    """

    segment: str
    name: str
    cluster: int
    size: int
    x: float
    y: float
    share: Share
    named_by: str
    evidence: str
    terms: tuple[Term, ...]
    tags: tuple[Contrast, ...]
    traits: tuple[Contrast, ...]
    known: dict[str, float]
    authors: int
    largest_author: str
    largest_author_share: float
    representatives: tuple[Example, ...]
    excellent: tuple[Example, ...]
    rating: SegmentQuantiles
    downloads: SegmentQuantiles
    likes: SegmentQuantiles
    associations: tuple[dict[str, object], ...]

    def as_dict(self) -> dict[str, object]:
        """Plain values, as in the file."""
        values: dict[str, object] = to_json(asdict(self))
        return values


def write_segments(study: Study, segments: Sequence[Segment]) -> None:
    """Replace `map/segments.json`."""
    text = json.dumps([segment.as_dict() for segment in segments], indent=1, ensure_ascii=False)
    write_atomically(study.segments_path, f"{text}\n".encode())


def read_segments(study: Study) -> tuple[Segment, ...]:
    """What `map/segments.json` holds; empty where there is no map.

    Raises
    ------
    DataError
        The file cannot be read.
    """
    try:
        segments = json.loads(study.segments_path.read_text("utf-8"))
        return tuple(from_json(Segment, segment, "a segment") for segment in segments)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, DataError) as error:
        raise DataError(
            f"cannot read {str(study.segments_path)!r}: {error}",
            hint=f"Make it again: cardiogram map {study.root}",
        ) from error
