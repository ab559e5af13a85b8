"""The file of a fitted map, read without numpy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict
from zlib import crc32

from cardiogram.maps.embedding import View
from cardiogram.maps.examples import Examples, Part
from cardiogram.records import NamedTuple, dataclass
from cardiogram.store import ArrayReader, FlatArray, read_error

FORMAT = 2
CHECKED = 4
"""Bytes of the checksum at the end of a file."""

NOWHERE = (0.0, -1.0)
"""Place of a card that no neighbour pulls: the lower edge."""

PLACED_BY = 5
"""Neighbours that pull a card to their middle."""

NEIGHBOURS = 15
"""Neighbours that vote on a card's segment."""

WEAK = 0.25
"""Strength below which a card is of no segment."""


class SegmentProfile(TypedDict):
    """What is said of a segment: its name, who gave it and why, its terms and traits."""

    segment: str
    evidence: str
    named_by: str
    terms: list[tuple[str, float]]
    traits: list[tuple[str, str, float, float]]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a map was asked for; another answer to any of these is another map."""

    embedder: str = "terms"
    view: View = "models"
    segments: int | None = None
    seed: int = 0


class MapFile(NamedTuple):
    """What a file says, and its arrays.

    Attributes
    ----------
    terms
        Of the default embedder, in the order of their rows; None for a map by another one.
    """

    settings: Settings
    terms: tuple[str, ...] | None
    ids: tuple[str, ...]
    hashes: tuple[str, ...]
    profiles: tuple[SegmentProfile, ...]
    about: dict[str, object]
    tasks: tuple[str, ...]
    examples: Examples
    arrays: Mapping[str, FlatArray]


def read_map_file(path: Path) -> MapFile | None:
    """Read a map; None where there is no such file, or one of another format.

    Raises
    ------
    DamagedFile
        It cannot be read.
    """
    try:
        return _read(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise read_error(path, error) from error


def _read(data: bytes) -> MapFile | None:
    if crc32(data[:-CHECKED]) != int.from_bytes(data[-CHECKED:], "big"):
        raise ValueError("its checksum is another")
    reader = ArrayReader(data)
    text = json.loads(reader.read_array().values.tobytes().decode("utf-8", "surrogatepass"))
    if text["format"] != FORMAT:
        return None
    terms = text.get("terms")
    return MapFile(
        Settings(*text["settings"]),
        None if terms is None else tuple(terms.split("\n") if terms else ()),
        tuple(text["ids"]),
        tuple(text["hashes"]),
        tuple(text["profiles"]),
        text["about"],
        tuple(text.get("tasks", ())),
        {
            int(row): tuple(Part(*part) for part in parts)
            for row, parts in text.get("examples", {}).items()
        },
        {name: reader.read_array() for name in text["arrays"]},
    )
