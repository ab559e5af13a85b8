"""A ledger: a folder that says who is watched, and holds what was counted of them day by day."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import tomli_w

from cardiogram.cards import is_studied
from cardiogram.errors import DamagedFile, DataError
from cardiogram.store import (
    ADDED_LATER,
    SNAPSHOTS,
    Row,
    Study,
    Table,
    check_format,
    lock_folder,
    read_error,
    write_atomically,
)
from cardiogram.text import parse_toml
from cardiogram.track.ledger.shard_log import DamagedShard, ShardLog

DEFAULT_LEDGER = Path("cardiogram-ledger")
"""The ledger of the working folder."""

LEDGER_FORMAT = 1
"""Version of the folder's layout; a folder of a later one is refused."""

HubRole = Literal["own", "donor"]
"""Whose counters are of interest themselves, and who only shows what happened anyway."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HUB_ID = re.compile("[0-9a-f]{24}")
_TABLES: dict[HubRole, str] = {"own": "models", "donor": "donors"}


@dataclass(frozen=True, slots=True)
class Watched:
    """A model that is watched.

    Attributes
    ----------
    id
        Its name, as far as it is known.
    hub_id
        The Hub's own id; None until the Hub was asked.
    """

    id: str
    hub_id: str | None = None
    role: HubRole = "own"


@dataclass(frozen=True, slots=True)
class ModelLedger:
    """A folder with `ledger.toml` and `snapshots/`; a study's folder is one, too.

    Examples
    --------
    >>> ledger = ModelLedger.open("cardiogram-ledger")  # doctest: +SKIP
    >>> ledger.readings(["day", "id", "downloads_all_time"]).to_pandas()  # doctest: +SKIP
    """

    root: Path

    @classmethod
    def open(cls, root: str | os.PathLike[str]) -> ModelLedger:
        """Open a folder that holds a ledger or a study.

        Raises
        ------
        DataError
            There is none, or one that a later version of cardiogram wrote.
        """
        ledger = cls(Path(root))
        if not ledger.manifest_path.exists() and ledger.study is None:
            raise DataError(
                f"no ledger in {str(root)!r}",
                hint=f"Begin one: cardiogram track add OWNER/NAME --ledger {root}",
            )
        ledger.manifest()
        return ledger

    @property
    def manifest_path(self) -> Path:
        """`ledger.toml`."""
        return self.root / "ledger.toml"

    @property
    def study(self) -> Study | None:
        """The study whose folder this is."""
        study = Study(self.root)
        return study if study.manifest_path.exists() else None

    @property
    def snapshots(self) -> Table:
        """What was counted, one shard a day."""
        return self._table("snapshots")

    def backfill(self, kind: str) -> Table:
        """What another source had."""
        return self._table(f"backfill/{kind}")

    def _table(self, folder: str) -> Table:
        return Table(self.root / folder, SNAPSHOTS, ADDED_LATER["snapshots"])

    @property
    def log(self) -> ShardLog:
        """Hashes of the snapshots."""
        return ShardLog(self.snapshots.folder)

    def lock(self) -> AbstractContextManager[None]:
        """Hold the folder for one process.

        Raises
        ------
        StudyBusy
            Another process holds it.
        """
        return self.study.lock() if self.study else lock_folder(self.root, ("snapshots",))

    # -- who is watched --------------------------------------------------------------------------

    def manifest(self) -> dict[str, Any]:
        """What `ledger.toml` says; empty where there is none."""
        try:
            manifest = parse_toml(self.manifest_path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise read_error(self.manifest_path, error) from error
        except ValueError as error:
            raise DataError(
                f"cannot read {str(self.manifest_path)!r}: {error}",
                hint="It says who is watched: mend it, or bring it back from your history.",
            ) from error
        check_format(self.root, manifest, LEDGER_FORMAT)
        return manifest

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace `ledger.toml`."""
        body = {"format": LEDGER_FORMAT, **manifest}
        write_atomically(self.manifest_path, tomli_w.dumps(body).encode())

    @property
    def endpoint(self) -> str | None:
        """The Hub that was asked so far."""
        source = self.study.manifest().get("source", {}) if self.study else {}
        endpoint = self.manifest().get("endpoint") or source.get("endpoint")
        return endpoint if isinstance(endpoint, str) else None

    @property
    def authors(self) -> tuple[str, ...]:
        """Whose models are watched, whatever they are called."""
        authors = self.manifest().get("authors", [])
        return tuple(map(str, authors)) if isinstance(authors, list) else ()

    def watched(self) -> tuple[Watched, ...]:
        """Models by id, each once; those of the study whose folder this is are donors."""
        manifest = self.manifest()
        watched: dict[str, Watched] = {}
        for role, name in _TABLES.items():
            for id, hub_id in _listed(manifest, name).items():
                known = str(hub_id) if _HUB_ID.fullmatch(str(hub_id)) else None
                watched.setdefault(id, Watched(id, known, role))
        for id in self.study_ids():
            watched.setdefault(id, Watched(id, role="donor"))
        return tuple(watched.values())

    def study_ids(self) -> tuple[str, ...]:
        """Models of the study whose folder this is.

        Raises
        ------
        DataError
            It is a study of dataset cards.
        """
        if self.study is None:
            return ()
        if self.study.type != "model":
            raise DataError(
                f"{str(self.root)!r} is a study of dataset cards: snapshots are of models"
            )
        rows = self.study.models.rows(["id", "problems"])
        return tuple(dict.fromkeys(row["id"] for row in rows if is_studied(row)))

    def watch(self, models: Sequence[Watched], **settings: object) -> None:
        """Write down models, under their present names, and settings of the ledger."""
        before = self.manifest()
        manifest = {"begun": datetime.now(timezone.utc).date(), **before, **settings}
        changed = {model.id for model in models} | {model.hub_id for model in models}
        for role, name in _TABLES.items():
            kept = {
                id: hub_id
                for id, hub_id in _listed(before, name).items()
                if changed.isdisjoint((id, hub_id))
            }
            new = {model.id: model.hub_id or "" for model in models if model.role == role}
            if kept or new:
                manifest[name] = kept | new
            else:
                manifest.pop(name, None)
        if manifest != before:
            self.write_manifest(manifest)

    # -- what was counted ------------------------------------------------------------------------

    def days(self) -> tuple[date, ...]:
        """Days with a shard, in their order."""
        return tuple(self._shards())

    def read_day(self, day: date) -> list[Row]:
        """Rows of a day; none where it has no shard."""
        return self.snapshots.read_shard(day.isoformat())

    def write_day(self, day: date, rows: Sequence[Mapping[str, object]]) -> None:
        """Write the shard of a day, and before that its hash."""
        data = self.snapshots.encode(rows)
        self.log.record(day.isoformat(), data)
        write_atomically(self.snapshots.folder / f"{day.isoformat()}.parquet", data)

    def damaged(self) -> tuple[DamagedShard, ...]:
        """Snapshots that cannot be used."""
        hashes = self.log.hashes()
        damaged = [*self.log.damaged(hashes)]
        for path in self._shards().values():
            if path.stem not in hashes:
                try:
                    self.snapshots.read(["id"], prefix=path.name)
                except DamagedFile as error:
                    damaged.append(DamagedShard(path, error.message))
        return tuple(sorted(damaged, key=lambda shard: shard.path))

    def readings(self, columns: Sequence[str] | None = None) -> pa.Table:
        """All snapshots as one table, in the order of their days; damaged shards are named.

        Parameters
        ----------
        columns
            Of :data:`cardiogram.store.SNAPSHOTS`; None is all.

        Returns
        -------
        pyarrow.Table
            `day` is never null. A row without counters says only that there were none to be had.
        """
        wrong = {shard.path: shard for shard in self.damaged()}
        for shard in wrong.values():
            logging.getLogger("cardiogram").warning("left out, it is damaged: %s", shard)
        shards = self._shards().items()
        tables = [self._read(day, path, columns) for day, path in shards if path not in wrong]
        empty = SNAPSHOTS.empty_table().select(list(columns or SNAPSHOTS.names))
        return pa.concat_tables([empty, *tables])

    def _read(self, day: date, path: Path, columns: Sequence[str] | None) -> pa.Table:
        table = self.snapshots.read(columns, prefix=path.name)
        if "day" in table.column_names:
            place = table.column_names.index("day")
            days = pc.fill_null(table["day"], pa.scalar(day, pa.date32()))
            table = table.set_column(place, table.schema.field(place), days)
        return table

    def _shards(self) -> dict[date, Path]:
        """Shards by their day; what else lies in the folder is no snapshot."""
        shards = {}
        for path in self.snapshots.shards():
            if _DAY.fullmatch(path.stem):
                with suppress(ValueError):
                    shards[date.fromisoformat(path.stem)] = path
        return shards


def _listed(manifest: Mapping[str, Any], name: str) -> Mapping[str, object]:
    """The Hub's ids by name; a list of names, as one may write by hand, has none of them yet."""
    models = manifest.get(name, {})
    if isinstance(models, list):
        return dict.fromkeys(map(str, models), "")
    return models if isinstance(models, dict) else {}
