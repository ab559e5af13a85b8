"""Hashes of the shards that were written, one line each, so that damage shows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cardiogram.store import append_line, read_error
from cardiogram.text import sha256


@dataclass(frozen=True, slots=True)
class DamagedShard:
    """A shard that cannot be used, and why."""

    path: Path
    why: str

    def __str__(self) -> str:
        return f"{self.path.name}: {self.why}"


@dataclass(frozen=True, slots=True)
class ShardLog:
    """The file `shards.jsonl` beside the shards.

    A line is written before its shard is, so a shard is whole if its hash is any that was written
    down for it. A shard without a line is somebody else's, and is taken as it is.
    """

    folder: Path

    @property
    def path(self) -> Path:
        """Where the lines are."""
        return self.folder / "shards.jsonl"

    def record(self, name: str, data: bytes) -> None:
        """Write down what a shard is about to hold."""
        append_line(self.path, json.dumps({"shard": name, "sha256": sha256(data)}))

    def give_up(self, name: str) -> None:
        """Write down that a shard is known to be lost."""
        append_line(self.path, json.dumps({"shard": name, "sha256": None}))

    def damaged(self, hashes: Mapping[str, list[str | None]]) -> tuple[DamagedShard, ...]:
        """Shards that do not hold what was written to them, or are gone."""
        wrong = {name: self._fault(name, known) for name, known in sorted(hashes.items())}
        return tuple(
            DamagedShard(self.folder / f"{name}.parquet", why) for name, why in wrong.items() if why
        )

    def _fault(self, name: str, hashes: list[str | None]) -> str | None:
        path = self.folder / f"{name}.parquet"
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None if hashes[-1] is None else "it is gone"
        except OSError as error:
            return f"it cannot be read: {error.strerror}"
        return None if sha256(data) in hashes else "it does not hold what was written to it"

    def hashes(self) -> dict[str, list[str | None]]:
        """Hashes by shard; a line that cannot be read, as a killed process leaves one, is none."""
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise read_error(self.path, error) from error
        hashes: dict[str, list[str | None]] = defaultdict(list)
        for line in lines:
            try:
                entry = json.loads(line)
                name, sha = entry["shard"], entry["sha256"]
            except (ValueError, TypeError, KeyError):
                continue
            if isinstance(name, str) and "/" not in name and isinstance(sha, str | None):
                hashes[name].append(sha)
        return hashes
