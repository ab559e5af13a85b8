"""The study's tables as they are published: typed Parquet, one folder a configuration."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from cardiogram.engine import Workers, run_shards
from cardiogram.errors import DataError
from cardiogram.publish.published_columns import SCHEMAS, TableName
from cardiogram.publish.table_files import PublishedFiles, PublishRows, TableFile, parts_of
from cardiogram.store import Study

HUB = "https://huggingface.co"

_WHAT: dict[TableName, str] = {
    "models": "one row a model",
    "ratings": "one row a model and judge",
    "map": "one row a model: its place and segment",
    "cards": "one row a card text",
}


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration of the dataset."""

    name: str
    what: str
    schema: pa.Schema
    files: tuple[TableFile, ...]

    @property
    def rows(self) -> int:
        """Rows of all its files."""
        return sum(file.rows for file in self.files)

    @property
    def bytes(self) -> int:
        """Bytes of all its files."""
        return sum(file.bytes for file in self.files)

    @property
    def memory(self) -> int:
        """Bytes of its rows in memory, as the Hub's `dataset_size` counts them."""
        return sum(file.memory for file in self.files)


def write_tables(
    study: Study, folder: Path, *, with_cards: bool, workers: Workers | None = None
) -> tuple[Config, ...]:
    """Write the tables of a study as they are published.

    Parameters
    ----------
    folder
        Where to write; one folder a configuration.
    with_cards
        Whether to write the card texts whose licence allows it.

    Raises
    ------
    DataError
        The study has no models or no ratings.
    """
    models = study.models.shards()
    if not any(row["id"] for row in study.models.rows(["id"])) or not study.ratings.shards():
        raise DataError(
            f"{str(study.root)!r} has nothing to publish yet",
            hint=f"cardiogram rate {study.root}, then cardiogram analyze {study.root}",
        )
    shards: dict[TableName, list[Path]] = {
        "models": models,
        "ratings": study.ratings.shards(),
        "map": study.map.shards(),
        "cards": models if with_cards else [],
    }
    endpoint = _endpoint(study)
    parts = [
        part
        for table, paths in shards.items()
        for part in parts_of(study, table, paths, endpoint, with_cards=with_cards)
    ]
    written = dict(run_shards(parts, PublishRows(), PublishedFiles(folder), workers))
    files = defaultdict[TableName, list[TableFile]](list)
    for part in parts:
        files[part.table].append(written[part.name])
    return tuple(
        Config(table, _WHAT[table], SCHEMAS[table], tuple(every))
        for table, every in files.items()
        if table != "cards" or any(file.rows for file in every)
    )


def _endpoint(study: Study) -> str:
    """The public Hub, unless the study was collected from another one."""
    endpoint = study.manifest().get("source", {}).get("endpoint")
    safe = (
        isinstance(endpoint, str)
        and endpoint.startswith(("http://", "https://"))
        and "@" not in endpoint
    )
    return endpoint.rstrip("/") if safe and endpoint else HUB
