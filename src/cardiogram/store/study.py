"""The study folder: its tables and files, its manifest and its lock."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w

from cardiogram.errors import DataError
from cardiogram.names import CardType
from cardiogram.store.damage import read_error
from cardiogram.store.files import write_atomically
from cardiogram.store.lock import lock_folder
from cardiogram.text import parse_toml

if TYPE_CHECKING:
    from cardiogram.store.table import Table

_FOLDERS = ("listing", "models", "cards", "features", "ratings", "map")
FORMAT = 1
"""Version of the study folder's layout; a folder of a later one is refused, never guessed at."""


@dataclass(frozen=True, slots=True)
class Study:
    """A study folder (see docs/explanation/study-folder.md for what each file holds).

    Examples
    --------
    >>> study = Study.open("my-study")  # doctest: +SKIP
    >>> study.models.read(["id", "likes"]).to_pandas()  # doctest: +SKIP
    """

    root: Path

    @classmethod
    def open(cls, root: str | os.PathLike[str]) -> Study:
        """Open a folder that holds a study.

        Raises
        ------
        DataError
            There is no study, or one that a later version of cardiogram wrote.
        """
        study = cls(Path(root))
        if not study.manifest_path.exists():
            raise DataError(
                f"no study in {str(root)!r}", hint=f"Start one: cardiogram study {root} --limit 100"
            )
        study.manifest()
        return study

    @property
    def manifest_path(self) -> Path:
        """`study.toml`."""
        return self.root / "study.toml"

    @property
    def results_path(self) -> Path:
        """`results.json`."""
        return self.root / "results.json"

    @property
    def report_path(self) -> Path:
        """`report.html`."""
        return self.root / "report.html"

    @property
    def listing(self) -> Table:
        """What the Hub's list gave, page by page; the work list of `collect`."""
        return self._table("listing")

    @property
    def models(self) -> Table:
        """One row a model."""
        return self._table("models")

    @property
    def cards(self) -> Table:
        """One row a card text."""
        return self._table("cards")

    @property
    def features(self) -> Table:
        """One row a model with a card: what was counted in it."""
        return self._table("features")

    @property
    def ratings(self) -> Table:
        """One row a model and judge."""
        return self._table("ratings")

    @property
    def map(self) -> Table:
        """One row a model with a card: its place and its segment."""
        return self._table("map")

    @property
    def snapshots(self) -> Table:
        """Counters of the models day by day, one shard a day."""
        return self._table("snapshots")

    def _table(self, name: str) -> Table:
        from cardiogram.store.schemas import ADDED_LATER, SCHEMAS, ratings_schema
        from cardiogram.store.table import Table

        schema = ratings_schema(self.type) if name == "ratings" else SCHEMAS[name]
        return Table(self.root / name, schema, ADDED_LATER.get(name, frozenset()))

    @property
    def type(self) -> CardType:
        """Whose cards the study is of; `type` in `study.toml`, models where it does not say."""
        return "dataset" if self.manifest().get("type") == "dataset" else "model"

    @property
    def segments_path(self) -> Path:
        """`map/segments.json`: a list, one object a segment, the largest first."""
        return self.root / "map" / "segments.json"

    @property
    def map_path(self) -> Path:
        """`map/map.json`: how the map was made, and how far to trust it."""
        return self.root / "map" / "map.json"

    def manifest(self) -> dict[str, Any]:
        """What was asked, from `study.toml`; empty where the folder is new."""
        try:
            manifest = parse_toml(self.manifest_path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise read_error(self.manifest_path, error) from error
        check_format(self.root, manifest, FORMAT)
        return manifest

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace `study.toml`."""
        body = {"format": FORMAT, **manifest}
        write_atomically(self.manifest_path, tomli_w.dumps(body).encode())

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for one process; the operating system frees it when that one dies.

        Raises
        ------
        StudyBusy
            Another process holds it; the message says which.
        """
        with lock_folder(self.root, (*_FOLDERS, "incoming", "vectors", "snapshots")):
            yield


def check_format(folder: Path, manifest: Mapping[str, Any], newest: int) -> None:
    """Refuse a folder whose layout a later version of cardiogram made.

    Raises
    ------
    DataError
        Its manifest says so.
    """
    version = manifest.get("format", newest)
    if not isinstance(version, int) or version > newest:
        raise DataError(
            f"{str(folder)!r} was written by a newer cardiogram (format {version}, "
            f"this one reads up to {newest})",
            hint="pip install --upgrade cardiogram",
        )
