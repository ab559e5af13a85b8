"""The second half: the rows of a bucket from `incoming/` become its models and its cards."""

from __future__ import annotations

from dataclasses import dataclass
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
    """The rows of a bucket, of all files in `incoming/`."""

    number: int
    rows: int
    incoming: Incoming

    @property
    def name(self) -> str:
        """What the files of the bucket are called."""
        return bucket_name(self.number)

    def read(self) -> pa.RecordBatch:
        """Read them from each file."""
        return self.incoming.read(self.number)


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
        note = read_note(Study(self.root), shard.name)
        return int(note[DOUBLED]) if note.get(MADE_FROM) == self.made_from else None

    def write(self, shard: Shard, rows: pa.RecordBatch) -> int:
        """Join a bucket and write it: the cards, then the models, which are what makes it done."""
        study = Study(self.root)
        models, cards = study.models, study.cards
        if self.before and not rows.num_rows and models.has(shard.name):
            return 0
        kept = None
        if self.before and models.has(shard.name):
            kept = (_load(models, shard.name), _load(cards, shard.name))
        bucket = join_bucket(self.how, rows, *(kept or ()))
        if bucket.cards.num_rows:
            cards.write(shard.name, pa.Table.from_batches([bucket.cards]))
        elif cards.has(shard.name):
            (cards.folder / f"{shard.name}.parquet").unlink()
        note = {MADE_FROM: self.made_from, DOUBLED: str(bucket.doubled)}
        note[_CARDS] = str(bucket.cards.num_rows)
        models.write(shard.name, pa.Table.from_batches([bucket.models]), note)
        return bucket.doubled


def read_note(study: Study, name: str) -> dict[str, str]:
    """What the models of a bucket say that they were made from; nothing where a file is missing."""
    note = study.models.note(name)
    return note if note.get(_CARDS) == "0" or study.cards.has(name) else {}


def _load(table: Table, name: str) -> pa.RecordBatch:
    whole = table.load(name).replace_schema_metadata(None).combine_chunks()
    return join_batches(whole.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)])
