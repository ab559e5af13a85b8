"""Some cards from all over a source, to measure by what all of them will take."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from cardiogram.collect.bulk import DumpFile, list_files
from cardiogram.collect.collect import list_models
from cardiogram.collect.row_values import COLUMN_NAMES
from cardiogram.collect.sources import kind_of, name_source, no_card, read_ids, read_source
from cardiogram.collect.study_source import Source
from cardiogram.hub import HubSession, Query, read_readmes
from cardiogram.progress import Progress, silent
from cardiogram.store import Row, Study

T = TypeVar("T")

_PAGE = 1000
_GROUPS = 8
"""Row groups of a Parquet file that the sample is from."""


@dataclass(frozen=True, slots=True)
class SourceSample:
    """Some cards of a source.

    Attributes
    ----------
    source
        A file of them: Parquet where the source is, else JSON lines.
    size, models
        Cards in it, and models in the source.
    calls, files
        Requests for all of them that the Hub counts as calls of its API, and as files.
    seconds
        To ask the Hub for a card, with others at the same time.
    """

    source: Source
    size: int
    models: int
    calls: int = 0
    files: int = 0
    seconds: float = 0.0


def draw_sample(
    study: Study,
    source: Source,
    folder: Path,
    size: int,
    *,
    session: HubSession | None = None,
    on_progress: Progress = silent,
) -> SourceSample:
    """Take some cards of a source into a folder, the same ones each time.

    The Hub is listed into the study, where the list stays, and asked for these cards.

    Raises
    ------
    CardiogramError
        The source cannot be read, or the Hub does not answer.
    """
    kind = None if source.path is None else kind_of(source.path)
    if kind in (None, "ids"):
        return _of_hub(study, source, folder, size, session or HubSession(), on_progress)
    assert source.path is not None
    if kind == "parquet":
        place = folder / "sample.parquet"
        drawn, models = _copy_rows((source.path, *source.also), place, size, session)
    else:
        place = folder / "sample.jsonl"
        drawn, models = _copy_cards(read_source(source.path), place, size)
    if not drawn:
        raise no_card(source.path)
    models = min(models, source.query.limit or models)
    return SourceSample(_source_of(source, place), drawn, models)


def _source_of(source: Source, place: Path) -> Source:
    return replace(
        source, path=place, also=(), query=Query(), sample=replace(source.sample, method="top")
    )


def _of_hub(
    study: Study,
    source: Source,
    folder: Path,
    size: int,
    session: HubSession,
    on_progress: Progress,
) -> SourceSample:
    if source.path is None:
        ids, listed = list_models(study, source, session, on_progress)
        calls = -(-listed // _PAGE)
    else:
        ids = read_ids(source.path)[: source.query.limit]
        calls = len(ids)
        if not ids:
            raise no_card(source.path)
    some = _spread(ids, size)
    began = time.perf_counter()
    cards = [{"id": card.id, "data": card.data} for card in read_readmes(session, some)]
    seconds = (time.perf_counter() - began) / max(1, len(some))
    place = folder / "sample.jsonl"
    drawn, _ = _copy_cards(cards, place, size)
    return SourceSample(_source_of(source, place), drawn, len(ids), calls, len(ids), seconds)


def _spread(values: Sequence[T], size: int) -> Sequence[T]:
    """As many values, at even distances."""
    return values[:: max(1, -(-len(values) // size))]


def _copy_cards(rows: Iterable[Row], place: Path, size: int) -> tuple[int, int]:
    """Keep some of the cards of rows, each as likely as any other; how many, and of how many."""
    chance, kept, count = random.Random(0), list[Row](), 0
    for row in rows:
        count += 1
        if len(kept) < size:
            kept.append(row)
        elif (spot := chance.randrange(count)) < size:
            kept[spot] = row
    with place.open("w", encoding="utf-8", newline="\n") as file:
        for row in kept:
            data = row["data"]
            text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
            shown = {"id": row["id"], "tags": row.get("tags"), "text": text}
            file.write(f"{json.dumps(shown)}\n")
    return len(kept), count


def _copy_rows(
    paths: Sequence[Path], place: Path, size: int, session: HubSession | None
) -> tuple[int, int]:
    """Copy rows of some row groups of a dump with cards; how many, and of how many."""
    files = _files_with_cards(paths, session)
    groups: list[tuple[DumpFile, int]] = []
    rows, schema = 0, pa.schema([])
    for file in files:
        with file.open() as opened:
            rows += opened.metadata.num_rows
            schema = schema if groups else opened.schema_arrow
            if opened.schema_arrow.equals(schema):
                groups += [(file, number) for number in range(opened.metadata.num_row_groups)]
    chosen = _spread(groups, _GROUPS)
    each = -(-size // max(1, len(chosen)))
    batches: list[pa.RecordBatch] = []
    for file, number in chosen:
        with file.open() as opened:
            batches += islice(opened.iter_batches(batch_size=each, row_groups=[number]), 1)
    table = pa.Table.from_batches(batches, schema)[:size]
    pq.write_table(table, place)
    return table.num_rows, rows


def _files_with_cards(paths: Sequence[Path], session: HubSession | None) -> Sequence[DumpFile]:
    """The files of the first path that has cards."""
    sources = [list_files(name_source(path), session) for path in paths]
    for files in sources:
        with files[0].open() as file:
            if not set(COLUMN_NAMES["text"]).isdisjoint(file.schema_arrow.names):
                return files
    return sources[0]
