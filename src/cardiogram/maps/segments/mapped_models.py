"""All models on a map in columns, read shard by shard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.maps.shards import MapShard
from cardiogram.store import Study

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_MODEL = ["id", "author", "tags", "downloads", "likes"]
_PLACED = ["x", "y", "cluster", "strength", "known"]
OUTCOMES = ("downloads", "likes")
_BITS = 32
_LOW = (1 << _BITS) - 1
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class TagCounts:
    """How many models have each tag, and how many of each segment have it.

    Attributes
    ----------
    tags, whole
        Every tag once, and the models that have it.
    tag, cluster, count
        One element a tag and segment: the place of the tag, and the models of both.
    """

    tags: tuple[str, ...]
    whole: Codes
    tag: Codes
    cluster: Codes
    count: Codes


@dataclass(frozen=True, slots=True)
class Models:
    """Models on a map, in columns of n; numbers are NaN where unknown.

    Attributes
    ----------
    author
        Of each in `authors`.
    known
        Of each in `kinds`: what rules know it as.
    """

    ids: pa.StringArray
    authors: tuple[str, ...]
    author: Codes
    tags: TagCounts
    kinds: tuple[tuple[str, ...], ...]
    known: Codes
    places: Floats
    cluster: Codes
    strength: Floats
    ratings: Floats
    counts: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.cluster)

    def of_kind(self, name: str) -> NDArray[np.bool_]:
        """Models that rules know as that."""
        return np.array([name in kinds for kinds in self.kinds], dtype=bool)[self.known]

    def kinds_in(self, rows: Codes | None = None) -> Counter[str]:
        """How many models of some rows, all unless given, rules know as what."""
        kinds: Counter[str] = Counter()
        known = self.known if rows is None else self.known[rows]
        for number, count in count_in_order(known):
            for name in dict.fromkeys(self.kinds[number]):
                kinds[name] += count
        return kinds


def count_in_order(codes: Codes) -> list[tuple[int, int]]:
    """Different codes and how often each occurs, in the order in which they come first."""
    different, first, counts = np.unique(codes, return_index=True, return_counts=True)
    order = np.argsort(first)
    return list(zip(different[order].tolist(), counts[order].tolist(), strict=True))


def author_of(author: str | None, id: str) -> str:
    """The author of a model: what the Hub says, else the owner of its id."""
    return author or id.split("/")[0]


def read_models(study: Study, shards: Sequence[MapShard], judge: str) -> Models:
    """Read the models of a map that is placed.

    Parameters
    ----------
    judge
        Whose ratings they get.
    """
    ids, places, counts = list[pa.Array](), list[Floats](), list[Floats]()
    authors, kinds = dict[str, int](), dict[tuple[str, ...], int]()
    author, known, cluster, pairs = list[Codes](), list[Codes](), list[Codes](), list[Codes]()
    tags = dict[str, int]()
    for shard in shards:
        models, placed = shard.models(_MODEL), study.map.load(shard.name, _PLACED)
        own = models["id"].to_pylist()
        ids += models["id"].chunks
        author.append(
            _numbered(map(author_of, models["author"].to_pylist(), own), authors, len(own))
        )
        known.append(_numbered(map(tuple, placed["known"].to_pylist()), kinds, len(own)))
        cluster.append(placed["cluster"].to_numpy().astype(np.int64))
        places.append(np.stack([placed[name].to_numpy() for name in ("x", "y", "strength")]))
        counts.append(np.stack([models[name].cast(pa.float64()).to_numpy() for name in OUTCOMES]))
        pairs.append(_tag_pairs(models["tags"], cluster[-1], tags))
    every = pa.chunked_array(ids, pa.string())
    x, y, strength = np.concatenate([np.empty((3, 0)), *places], axis=1)
    return Models(
        every.combine_chunks(),
        tuple(authors),
        np.concatenate([_NONE, *author]),
        _count_tags(tuple(tags), np.concatenate([np.empty((2, 0), np.int64), *pairs], axis=1)),
        tuple(kinds),
        np.concatenate([_NONE, *known]),
        np.stack([x, y], axis=1),
        np.concatenate([_NONE, *cluster]),
        strength,
        read_expected(study, judge, every),
        dict(zip(OUTCOMES, np.concatenate([np.empty((2, 0)), *counts], axis=1), strict=True)),
    )


def read_expected(study: Study, judge: str, ids: pa.ChunkedArray) -> Floats:
    """Expected overall rating of some models by a judge, NaN where there is none."""
    rated, values = list[pa.Array](), list[Floats]()
    for path in study.ratings.shards():
        table = study.ratings.load(path.stem, ["id", "judge", "status", "overall_expected"])
        is_rated = pc.and_(pc.equal(table["judge"], judge), pc.equal(table["status"], "rated"))
        table = table.filter(pc.and_(is_rated, pc.is_valid(table["overall_expected"])))
        rated += table["id"].chunks
        values.append(table["overall_expected"].to_numpy())
    expected = np.full(len(ids), np.nan)
    if rated:
        places = pc.index_in(pa.chunked_array(rated, pa.string()), value_set=ids)
        known = pc.is_valid(places).to_numpy(zero_copy_only=False)
        expected[places.drop_null().to_numpy()] = np.concatenate(values)[known]
    return expected


def _numbered(values: Iterable[Hashable], numbers: dict[Any, int], count: int) -> Codes:
    """The number of each value; new ones get the next."""
    return np.fromiter((numbers.setdefault(v, len(numbers)) for v in values), np.int64, count)


def _tag_pairs(column: pa.ChunkedArray, cluster: Codes, tags: dict[str, int]) -> Codes:
    """Segment and tag as one number, and the models of both; shape (2, pairs)."""
    lists = pa.concat_arrays(column.chunks)
    flat = pc.list_flatten(lists).dictionary_encode()
    there = pc.is_valid(flat.indices).to_numpy(zero_copy_only=False)
    number = _numbered(flat.dictionary.to_pylist(), tags, len(flat.dictionary))
    row = pc.list_parent_indices(lists).to_numpy().astype(np.int64)[there]
    once = np.unique(row << _BITS | number[flat.indices.drop_null().to_numpy()])
    pairs = (cluster[once >> _BITS] + 1) << _BITS | once & _LOW
    return np.stack(np.unique(pairs, return_counts=True))


def _count_tags(tags: tuple[str, ...], pairs: Codes) -> TagCounts:
    different, which = np.unique(pairs[0], return_inverse=True)
    count = np.bincount(which, pairs[1], len(different)).astype(np.int64)
    tag = different & _LOW
    whole = np.bincount(tag, count, len(tags)).astype(np.int64)
    return TagCounts(tags, whole, tag, (different >> _BITS) - 1, count)
