"""A fitted map, to place many cards that it has never seen. Needs numpy only."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cardiogram.maps.embedding import TermEmbedder, Vectors
from cardiogram.maps.examples import Examples
from cardiogram.maps.map_file import (
    CHECKED,
    FORMAT,
    NOWHERE,
    PLACED_BY,
    WEAK,
    MapFile,
    SegmentProfile,
    Settings,
    read_map_file,
)
from cardiogram.maps.neighbours import Neighbours, nearest
from cardiogram.store import write_atomically
from cardiogram.text import sha256

Precision = Literal["float32", "int8"]
Array = NDArray[np.generic]


class Placed(NamedTuple):
    """Where cards fall on a map.

    Attributes
    ----------
    places
        Shape (n, 2).
    cluster
        Shape (n,); -1 for an outlier.
    strength
        Part of the neighbours, by similarity, that are in it; 0 for an outlier.
    neighbours
        Rows of the map's own cards.
    """

    places: NDArray[np.float64]
    cluster: NDArray[np.int64]
    strength: NDArray[np.float64]
    neighbours: Neighbours


@dataclass(frozen=True, slots=True)
class FittedMap:
    """The cards a map was fitted on, their places and segments.

    Attributes
    ----------
    terms
        The default embedder as fitted; None for a map by another one.
    vectors
        Of unit length, shape (n, dimensions).
    places, cluster, strength
        Shape (n, 2), (n,) and (n,).
    ids, hashes
        Model and card text of each row; hashes are empty in the shipped map.
    ratings
        Expected overall rating, NaN where unknown, shape (n,).
    profiles
        Of each segment, in the order of the numbers: name, evidence, terms, traits ...
    about
        Further facts: stability, agreement with rules, notes.
    tasks
        Task of each row in words, "" where it has none; empty in a map that never saw them.
    examples
        Good parts of good cards.
    """

    settings: Settings
    terms: TermEmbedder | None
    vectors: Vectors
    places: NDArray[np.float64]
    cluster: NDArray[np.int64]
    strength: NDArray[np.float64]
    ids: tuple[str, ...]
    hashes: tuple[str, ...]
    ratings: NDArray[np.float64]
    profiles: tuple[SegmentProfile, ...]
    about: dict[str, object] = field(default_factory=dict)
    tasks: tuple[str, ...] = ()
    examples: Examples = field(default_factory=dict)

    @property
    def id(self) -> str:
        """What places depend on: cards placed by another map are placed again."""
        parts = (self.vectors.tobytes(), self.places.tobytes(), self.cluster.tobytes())
        return sha256(b"".join(parts))[:16]

    def name_of(self, cluster: int) -> str | None:
        """Name of a segment; None for an outlier."""
        return self.profiles[cluster]["segment"] if cluster >= 0 else None

    def place(self, vectors: Vectors) -> Placed:
        """Place cards by their nearest neighbours, which stay where they are.

        Parameters
        ----------
        vectors
            Of unit length, shape (n, dimensions); a row of zeros says nothing and is an outlier.
        """
        return self._place_among(nearest(vectors, self.vectors))

    def place_own(self) -> Placed:
        """Place the map's own cards as if each were new, to see how far from their places."""
        return self._place_among(nearest(self.vectors))

    def _place_among(self, neighbours: Neighbours) -> Placed:
        weight = np.maximum(neighbours.similarity, 0).astype(np.float64)
        votes = self.cluster[neighbours.index]
        shares = np.zeros((len(weight), len(self.profiles)))
        for column in range(shares.shape[1]):
            shares[:, column] = (weight * (votes == column)).sum(axis=1)
        total = weight.sum(axis=1)
        shares /= np.where(total > 0, total, 1)[:, None]
        if not shares.shape[1]:
            shares = np.zeros((len(weight), 1))
        best = shares.argmax(axis=1)
        strength = shares[np.arange(len(best)), best]
        weak = strength < WEAK
        pull = weight**4 * ((votes == best[:, None]) | weak[:, None])
        places = self._mean_place(neighbours, pull)
        return Placed(places, np.where(weak, -1, best), np.where(weak, 0.0, strength), neighbours)

    def _mean_place(self, neighbours: Neighbours, pull: NDArray[np.float64]) -> NDArray[np.float64]:
        """The middle of the nearest neighbours that pull; the lower edge where none does."""
        rank = np.cumsum(pull > 0, axis=1)
        pull = np.where(rank <= PLACED_BY, pull, 0)
        total = pull.sum(axis=1, keepdims=True)
        middle = (pull[:, :, None] * self.places[neighbours.index]).sum(axis=1)
        return np.where(total > 0, middle / np.where(total > 0, total, 1), NOWHERE)

    def save(self, path: Path, precision: Precision = "float32") -> None:
        """Write one file of arrays; `int8` takes a quarter, and rounds vectors to 1 %.

        The first array is text that names the others; a checksum of them all ends the file.
        """
        arrays: dict[str, Any] = {
            "places": self.places.astype(np.float32 if precision == "int8" else np.float64),
            "cluster": self.cluster.astype(np.int16),
            "strength": self.strength,
            "ratings": self.ratings.astype(np.float32),
            **_packed("vectors", self.vectors, precision),
        }
        text: dict[str, object] = {
            "format": FORMAT,
            "settings": astuple(self.settings),
            "ids": self.ids,
            "hashes": self.hashes,
            "profiles": self.profiles,
            "about": self.about,
            "tasks": self.tasks,
            "examples": self.examples,
        }
        if self.terms is not None:
            text["terms"] = "\n".join(sorted(self.terms.index, key=self.terms.index.__getitem__))
            arrays |= {
                "idf": self.terms.idf.astype(np.float16 if precision == "int8" else np.float32),
                "shared": np.array(sorted(self.terms.shared), dtype=np.uint32),
                **_packed("weights", self.terms.weights, precision),
            }
        text["arrays"] = list(arrays)
        body = json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")
        sink = BytesIO()
        for array in (np.frombuffer(body, dtype=np.uint8), *arrays.values()):
            np.save(sink, array, allow_pickle=False)
        data = sink.getvalue()
        write_atomically(path, data + crc32(data).to_bytes(CHECKED, "big"))

    @classmethod
    def load(cls, path: Path) -> FittedMap | None:
        """Read what `save` wrote; None where there is no such file, or one of another format.

        Raises
        ------
        DamagedFile
            It cannot be read.
        """
        file = read_map_file(path)
        return None if file is None else _made(file)


def _packed(name: str, values: Vectors, precision: Precision) -> dict[str, Array]:
    if precision == "float32":
        return {name: values.astype(np.float32)}
    scale = np.maximum(np.abs(values).max(axis=0, initial=0), 1e-12) / 127
    rounded = np.round(values / scale).astype(np.int8)
    return {name: rounded, f"{name}_scale": scale.astype(np.float32)}


def _unpacked(file: MapFile, name: str) -> Vectors:
    values = _array(file, name).astype(np.float32)
    if f"{name}_scale" not in file.arrays:
        return values
    return np.asarray(values * _array(file, f"{name}_scale"), np.float32)


def _array(file: MapFile, name: str) -> NDArray[Any]:
    flat = file.arrays[name]
    return np.array(flat.values).reshape(flat.shape)


def _made(file: MapFile) -> FittedMap:
    terms = None
    if file.terms is not None:
        terms = TermEmbedder(
            {term: row for row, term in enumerate(file.terms)},
            _array(file, "idf"),
            _unpacked(file, "weights"),
            frozenset(file.arrays["shared"].values),
            file.settings.view,
        )
    return FittedMap(
        file.settings,
        terms,
        _unpacked(file, "vectors"),
        _array(file, "places").astype(np.float64),
        _array(file, "cluster").astype(np.int64),
        _array(file, "strength").astype(np.float64),
        file.ids,
        file.hashes,
        _array(file, "ratings").astype(np.float64),
        file.profiles,
        file.about,
        file.tasks,
        file.examples,
    )


def rows_of(fitted: FittedMap) -> dict[tuple[str, str], int]:
    """Rows of a map by model and card text."""
    return {pair: row for row, pair in enumerate(zip(fitted.ids, fitted.hashes, strict=False))}
