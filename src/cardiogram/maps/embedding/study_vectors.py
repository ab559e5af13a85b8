"""Vectors of a study's cards by an embedder that reads sentences, made shard by shard and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cardiogram.cards import StoredTexts
from cardiogram.engine import Shard, Workers, run_shards
from cardiogram.maps.embedding.embedders import EmbeddingServer, LocalModel, load_embedder
from cardiogram.maps.embedding.term_embedder import Vectors, unit
from cardiogram.maps.shards import KEYS, MapShard, text_of
from cardiogram.progress import Progress
from cardiogram.store import Row, Study, Table
from cardiogram.text import sha256

VECTORS = pa.schema(
    [("key", pa.string()), ("text_sha256", pa.string()), ("vector", pa.list_(pa.float32()))]
)
"""One row a card, by the key of its row of `features/`; no vector where it says nothing."""

_BATCH = 64
_CALLS = 4
"""Texts of a call, and calls at once, where a server embeds."""


@dataclass(frozen=True, slots=True)
class StudyVectors:
    """Vectors of the cards of a study, in shards of the models' names.

    Attributes
    ----------
    root
        Of the study.
    embedder, base_url
        As :func:`.load_embedder` takes them.
    id
        Of the embedder: vectors of another id are never mixed with these.
    """

    root: Path
    embedder: str
    base_url: str
    id: str

    @classmethod
    def of(cls, study: Study, embedder: str, base_url: str) -> StudyVectors:
        """By an embedder that can be loaded.

        Raises
        ------
        ConfigError
            It cannot.
        """
        return cls(study.root, embedder, base_url, load_embedder(embedder, base_url).id)

    def complete(
        self, shards: Sequence[MapShard], workers: Workers | None, on_progress: Progress
    ) -> None:
        """Embed every card that has no vector yet; a stop loses the shards in hand.

        Raises
        ------
        JudgeError
            A server does not answer.
        """
        done, total = 0, sum(shard.rows for shard in shards)
        todo = [CardsToEmbed(self, shard) for shard in shards]
        batch = EmbedTexts(self.embedder, self.base_url)
        for _, count in run_shards(todo, batch, VectorFiles(self), self._workers(workers)):
            done += count
            on_progress("embed", done, total)

    def _workers(self, workers: Workers | None) -> Workers | None:
        """A server is asked by threads; a large model, which uses all cores, by this process."""
        if self.base_url:
            return Workers("threads", workers.count if workers and workers.count else _CALLS)
        return workers if self.id.startswith("model2vec") else Workers(count=1)

    def load(self, shard: str) -> pa.Table:
        """Rows of a shard."""
        return self._table.load(self._name(shard))

    def write(self, shard: str, rows: pa.Table) -> None:
        """Keep the rows of a shard."""
        self._table.write(self._name(shard), rows)

    def has(self, shard: str, keys: Sequence[str]) -> bool:
        """Whether all cards with these keys are embedded."""
        known = self._table.load(self._name(shard), ["key"])["key"].to_pylist()
        return set(keys) <= set(known)

    def of_cards(self, shard: str, keys: Sequence[str]) -> Vectors:
        """Vectors of unit length; all zeros where a card has no text."""
        rows = self.load(shard)
        places = {key: place for place, key in enumerate(rows["key"].to_pylist())}
        chosen = rows["vector"].take(pa.array(map(places.get, keys), pa.int64()))
        known = chosen.is_valid().to_numpy()
        flat = chosen.drop_null().combine_chunks().flatten().to_numpy()
        width = len(flat) // max(1, int(known.sum())) or 1
        vectors = np.zeros((len(keys), width), np.float32)
        vectors[known] = flat.reshape(-1, width)
        return unit(vectors)

    @property
    def _table(self) -> Table:
        return Table(self.root / "vectors", VECTORS)

    def _name(self, shard: str) -> str:
        return f"{sha256(f'{self.id} by card')[:12]}-{shard}"


@dataclass(frozen=True, slots=True)
class CardsToEmbed:
    """The cards of a shard that have no vector yet."""

    vectors: StudyVectors
    shard: MapShard

    @property
    def name(self) -> str:
        """That of the models."""
        return self.shard.name

    @property
    def rows(self) -> int:
        """All its cards."""
        return self.shard.rows

    def keys(self) -> dict[tuple[str, str], str]:
        """Key of each card, by id and text."""
        counted = self.shard.features(self.shard.models(KEYS), ["key"])
        id, sha, key = (counted[name].to_pylist() for name in (*KEYS, "key"))
        return dict(zip(zip(id, sha, strict=True), key, strict=True))

    def read(self) -> pa.RecordBatch:
        """Key and text of each, with its vector where just that text has one."""
        kept = self.vectors.load(self.name).to_pylist()
        known = {row["key"] for row in kept}
        by_text = {row["text_sha256"]: row["vector"] for row in kept}
        new = {card: key for card, key in self.keys().items() if key not in known}
        study = Study(self.vectors.root)
        models = study.models.read_shard(self.name) if new else []
        chosen = (row for row in models if (row["id"], row["card_sha256"]) in new)
        rows: dict[str, Row] = {}
        for row, card in StoredTexts(study, first=self.name).cards(chosen):
            key, text = new[row["id"], row["card_sha256"]], text_of(card)
            sha = sha256(text)
            rows[key] = {
                "key": key,
                "text_sha256": sha,
                "text": text,
                "vector": by_text.get(sha),
            }
        return pa.RecordBatch.from_pylist(list(rows.values()), _TO_EMBED)


_TO_EMBED = VECTORS.append(pa.field("text", pa.string()))


@dataclass(frozen=True, slots=True)
class EmbedTexts:
    """Embeds the texts that have no vector; the model is loaded once a process."""

    embedder: str
    base_url: str

    def __call__(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Rows of `vectors/`."""
        texts, vectors = rows["text"].to_pylist(), rows["vector"].to_pylist()
        todo = [
            place
            for place, text in enumerate(texts)
            if vectors[place] is None and text and text.strip()
        ]
        for first in range(0, len(todo), _BATCH):
            places = todo[first : first + _BATCH]
            made = _load(self.embedder, self.base_url).encode([texts[place] for place in places])
            for place, vector in zip(places, made, strict=True):
                vectors[place] = vector
        column = pa.array(vectors, VECTORS.field("vector").type)
        return pa.RecordBatch.from_arrays(
            [rows["key"], rows["text_sha256"], column], schema=VECTORS
        )

    def poisoned(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """A text that no worker survives says nothing."""
        return rows.select(VECTORS.names)


@lru_cache(maxsize=1)
def _load(name: str, base_url: str) -> LocalModel | EmbeddingServer:
    return load_embedder(name, base_url)


@dataclass(frozen=True, slots=True)
class VectorFiles:
    """Where vectors go: beside those of the shard that still hold."""

    vectors: StudyVectors

    def find(self, shard: Shard) -> int | None:
        """How many cards a shard has, where all are embedded."""
        assert isinstance(shard, CardsToEmbed)
        keys = list(shard.keys().values())
        return shard.rows if self.vectors.has(shard.name, keys) else None

    def write(self, shard: Shard, rows: pa.RecordBatch) -> int:
        """Write those of the cards that are there now."""
        assert isinstance(shard, CardsToEmbed)
        wanted = pa.array(sorted(set(shard.keys().values())), pa.string())
        kept = self.vectors.load(shard.name)
        table = pa.concat_tables([kept, pa.Table.from_batches([rows])])
        self.vectors.write(shard.name, table.filter(pc.is_in(table["key"], wanted)))
        return shard.rows
