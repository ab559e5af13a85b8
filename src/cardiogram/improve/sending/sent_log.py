"""What was sent lately, in one small file of this user: so many a day, one process at a time."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cardiogram.errors import ConfigError
from cardiogram.store import wait_for_lock, write_atomically, write_error

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SentEntry:
    """A pull request that was begun; `number` is 0 as long as it is not known to be there."""

    repo: str
    marker: str
    begun: datetime
    number: int = 0


class SentLog:
    """The pull requests of the last day.

    One is written down before it is sent, so that a process that is killed has counted it.

    Parameters
    ----------
    path
        None is ``cardiogram/pull-requests.json`` in the user's folder of state.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path: Path = path or state_folder() / "pull-requests.json"

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other process sends; the operating system frees it when one dies.

        Raises
        ------
        DataError
            The file cannot be written.
        """
        path = self.path.with_suffix(".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = path.open("ab")
        except OSError as error:
            raise write_error(path, error) from error
        with file:
            wait_for_lock(file)
            yield

    def read(self, now: datetime | None = None) -> list[SentEntry]:
        """Entries of the last day, the oldest first; a damaged file has none."""
        since = (now or datetime.now(timezone.utc)) - _DAY
        try:
            rows = json.loads(self.path.read_text("utf-8"))
            entries = [
                SentEntry(
                    str(row["repo"]),
                    str(row["marker"]),
                    datetime.fromisoformat(row["begun"]),
                    int(row["number"]),
                )
                for row in rows
            ]
            return sorted((e for e in entries if e.begun > since), key=lambda entry: entry.begun)
        except (OSError, ValueError, TypeError, KeyError):
            return []

    def check(self, limit: int) -> None:
        """Refuse one more than so many within a day.

        Raises
        ------
        ConfigError
            So many were sent.
        """
        entries = self.read()
        if len(entries) >= limit:
            again = (entries[-limit].begun + _DAY).strftime("%Y-%m-%d %H:%M UTC")
            raise ConfigError(
                f"{len(entries)} pull requests were sent in the last 24 hours, and {limit} is the "
                "most: nobody reads more of one sender",
                hint=f"Run the same command again after {again}.",
            )

    def begin(self, repo: str, marker: str) -> None:
        """Write down that one is about to be sent; a second try of the same is the same."""
        others = [entry for entry in self.read() if entry.marker != marker or entry.repo != repo]
        self._write([*others, SentEntry(repo, marker, datetime.now(timezone.utc))])

    def end(self, repo: str, marker: str, number: int) -> None:
        """Write down what became of it: its number, or 0 where it was not sent."""
        entries = [
            replace(entry, number=number) if ours else entry
            for entry in self.read()
            if not (ours := (entry.repo, entry.marker) == (repo, marker)) or number
        ]
        self._write(entries)

    def _write(self, entries: list[SentEntry]) -> None:
        rows = [
            {"repo": e.repo, "marker": e.marker, "begun": e.begun.isoformat(), "number": e.number}
            for e in entries
        ]
        write_atomically(self.path, (json.dumps(rows, indent=1) + "\n").encode())


def state_folder() -> Path:
    """Where what outlives a run is kept for this user."""
    given = os.environ.get("XDG_STATE_HOME", "")
    home = Path(given) if os.path.isabs(given) else Path.home() / ".local" / "state"
    return home / "cardiogram"
