"""The second half: rows of buckets from `incoming/` become their models and their cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from cardiogram.collect.bulk.joined_models import Join, join_bucket
from cardiogram.collect.bulk.scatter import Incoming
from cardiogram.engine import Shard, join_batches
from cardiogram.store import Study, Table

MADE_FROM = "collected_from"
DOUBLED = "doubled"
_CARDS = "cards"


@dataclass(frozen=True, slots=True)
class BucketShard:
    """The rows of a group of buckets, of all files in `incoming/`.

    Attributes
    ----------
    buckets
        Those of the group that are to be made.
    """

    group: int
    buckets: tuple[int, ...]
    rows: int
    incoming: Incoming

    @property
    def name(self) -> str:
        """What the files of the first bucket are called."""
        return bucket_name(self.buckets[0])

    def read(self) -> pa.RecordBatch:
        """Read them from each file."""
        return self.incoming.read(self.group)


def group_buckets(incoming: Incoming, buckets: Sequence[int], rows: int) -> Iterator[BucketShard]:
    """Shards of the buckets that are to be made, where all have so many rows together."""
    for group, some in groupby(buckets, incoming.group_of):
        yield BucketShard(group, tuple(some), rows // incoming.groups + 1, incoming)


def bucket_name(number: int) -> str:
    """What the shards of a bucket are called."""
    return f"{number:05}"


class Unchanged:
    """Rows as they are: a bucket is joined whole, where it is written."""

    def __call__(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """The same rows."""
        return rows

    def poisoned(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """No worker dies of a row that it does not look at."""
        return rows


@dataclass(frozen=True, slots=True)
class BucketFiles:
    """Models and cards of buckets.

    Parameters
    ----------
    root
        Folder of the study.
    how
        How rows are joined.
    made_from
        Hash of all that a bucket is made from, kept in its file.
    before
        The same of the bucket before, whose models stay where no row replaces them; "" where
        there was none.
    """

    root: Path
    how: Join
    made_from: str
    before: str = ""

    def find(self, shard: Shard) -> int | None:
        """Rows with an id that came before, where the bucket is made from the same; else None."""
        assert isinstance(shard, BucketShard)
        notes = [read_note(Study(self.root), bucket_name(number)) for number in shard.buckets]
        if any(note.get(MADE_FROM) != self.made_from for note in notes):
            return None
        return sum(int(note[DOUBLED]) for note in notes)

    def write(self, shard: Shard, rows: pa.RecordBatch) -> int:
        """Join buckets and write them, one after another."""
        assert isinstance(shard, BucketShard)
        choose = shard.incoming.choose
        return sum(self._write(bucket_name(n), choose(rows, n)) for n in shard.buckets)

    def _write(self, name: str, rows: pa.RecordBatch) -> int:
        """Write the cards, then the models, which are what makes a bucket done."""
        study = Study(self.root)
        models, cards = study.models, study.cards
        if self.before and not rows.num_rows and models.has(name):
            return 0
        kept = None
        if self.before and models.has(name):
            kept = (_load(models, name), _load(cards, name))
        bucket = join_bucket(self.how, rows, *(kept or ()))
        if bucket.cards.num_rows:
            cards.write(name, pa.Table.from_batches([bucket.cards]))
        elif cards.has(name):
            (cards.folder / f"{name}.parquet").unlink()
        note = {MADE_FROM: self.made_from, DOUBLED: str(bucket.doubled)}
        note[_CARDS] = str(bucket.cards.num_rows)
        models.write(name, pa.Table.from_batches([bucket.models]), note)
        return bucket.doubled


def read_note(study: Study, name: str) -> dict[str, str]:
    """What the models of a bucket say that they were made from; nothing where a file is missing."""
    note = study.models.note(name)
    return note if note.get(_CARDS) == "0" or study.cards.has(name) else {}


def _load(table: Table, name: str) -> pa.RecordBatch:
    whole = table.load(name).replace_schema_metadata(None).combine_chunks()
    return join_batches(whole.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)])
