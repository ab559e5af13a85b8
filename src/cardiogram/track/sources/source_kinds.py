"""The sources that can be read: their files, and their columns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Literal

from cardiogram.errors import DataError
from cardiogram.track.sources.column_mapping import ColumnMapping

SourceKind = Literal[
    "hub-stats", "hf-hub-characterization", "modelpulse", "publisher", "dated-csv", "mapping"
]

_SUFFIXES = (".parquet", ".csv")
_ISO_DAY = re.compile(r"(?<!\d)(20\d\d)-([01]\d)-([0-3]\d)(?!\d)")
_GERMAN_DAY = re.compile(r"(?<!\d)([0-3]\d)-([01]\d)-(20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of counts, and the day that it is of where no column says it."""

    path: Path
    day: date | None = None


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """What a source has at a place.

    Attributes
    ----------
    counts
        Files that are read.
    listing
        A file of today's models: their names where the counts have none but the Hub's ids.
    """

    counts: tuple[SourceFile, ...]
    mapping: ColumnMapping
    listing: Path | None = None
    listed: ColumnMapping | None = None


def find_source(kind: SourceKind, path: Path, mapping: ColumnMapping | None) -> SourceFiles:
    """Find the files of a source.

    Parameters
    ----------
    path
        A file, or the folder that the publisher's files were downloaded to.
    mapping
        Columns, where they are not those of the kind.

    Raises
    ------
    DataError
        There are none.
    """
    if kind == "mapping" and mapping is None:
        raise DataError(
            "which column is which is not known", hint="Say it in a file: --mapping FILE"
        )
    if not path.exists():
        raise DataError(f"no file or folder {str(path)!r}")
    source = _FINDERS[kind](path)
    if not source.counts:
        raise DataError(f"no files of {kind} in {str(path)!r}", hint=_LAYOUTS[kind])
    if mapping is None:
        return source
    listed = source.listed
    if listed is not None:
        listed = replace(listed, columns={**listed.columns, **mapping.listing})
    return replace(source, mapping=mapping, listed=listed)


def built_in(kind: SourceKind) -> ColumnMapping | None:
    """The columns of a kind, as its publisher names them."""
    return _COLUMNS.get(kind)


_COLUMNS: dict[str, ColumnMapping] = {
    "modelpulse": ColumnMapping(
        {
            "id": ("id",),
            "day": ("day",),
            "downloads": ("dl30",),
            "downloads_all_time": ("dl_all",),
            "likes": ("likes",),
        }
    ),
    "hf-hub-characterization": ColumnMapping(
        {"hub_id": ("hub_id",), "day": ("day",), "new_downloads": ("downloads",)},
        measure="steps",
    ),
    "hub-stats": ColumnMapping(
        {
            "hub_id": ("_id",),
            "id": ("id",),
            "downloads": ("downloads",),
            "likes": ("likes",),
            "downloads_all_time": ("downloadsAllTime",),
            "library_name": ("library_name",),
            "pipeline_tag": ("pipeline_tag",),
            "created_at": ("createdAt",),
            "trending_score": ("trendingScore",),
        },
        optional=frozenset({"hub_id", "downloads_all_time", "trending_score"}),
    ),
    "publisher": ColumnMapping(
        {
            "id": ("repoName",),
            "day": ("timestamp",),
            "new_downloads": ("downloads",),
            "repo_type": ("repoType",),
        },
        measure="days",
        lag=0,
    ),
    "dated-csv": ColumnMapping(
        {"id": ("organization", "model_name"), "day": ("date",), "downloads": ("downloads",)},
        optional=frozenset({"day"}),
    ),
}
_LISTINGS = {
    "modelpulse": ColumnMapping(
        {
            "id": ("id",),
            "library_name": ("library_name",),
            "pipeline_tag": ("pipeline_tag",),
            "created_at": ("created_at",),
        },
        optional=frozenset({"library_name", "pipeline_tag", "created_at"}),
    ),
    "hf-hub-characterization": ColumnMapping({"hub_id": ("hub_id",), "id": ("repo_id",)}),
}
_LAYOUTS = {
    "modelpulse": "It has series/YYYY-MM.parquet, and models.parquet beside that folder.",
    "hf-hub-characterization": "It has downloads.parquet and models.parquet.",
    "hub-stats": "It has commits.json (the answer of /api/datasets/.../commits/main) and "
    "resolve/COMMIT/models.parquet, or files with their day in the name: 2026-01-31.parquet",
    "publisher": "It has CSV files of publisher analytics.",
    "dated-csv": "It has CSV files with their day in the name or in a column.",
    "mapping": "It has .parquet or .csv files.",
}


def _modelpulse(path: Path) -> SourceFiles:
    folder = path / "series" if (path / "series").is_dir() else path
    files = sorted(folder.glob("*.parquet")) if folder.is_dir() else [path]
    base = folder.parent / "models.parquet" if folder.name == "series" else None
    counts = [SourceFile(file) for file in files if file.name != "models.parquet"]
    return _with_listing("modelpulse", counts, base)


def _characterization(path: Path) -> SourceFiles:
    file = path / "downloads.parquet" if path.is_dir() else path
    counts = [SourceFile(file)] if file.is_file() else []
    return _with_listing("hf-hub-characterization", counts, file.parent / "models.parquet")


def _with_listing(
    kind: SourceKind, counts: Iterable[SourceFile], listing: Path | None
) -> SourceFiles:
    present = listing if listing is not None and listing.is_file() else None
    return SourceFiles(tuple(counts), _COLUMNS[kind], present, _LISTINGS[kind])


def _hub_stats(path: Path) -> SourceFiles:
    """Of each UTC day, the last revision that is there."""
    commits = path / "commits.json"
    dated = _revisions(commits) if commits.is_file() else _dated_files(path, (".parquet",))
    days: dict[date, SourceFile] = {}
    for file in dated:
        if file.day is None:
            raise DataError(f"{str(file.path)!r} does not say its day", hint=_LAYOUTS["hub-stats"])
        days[file.day] = file
    return SourceFiles(tuple(days[day] for day in sorted(days)), _COLUMNS["hub-stats"])


def _revisions(commits: Path) -> list[SourceFile]:
    """Files of the commits whose title names models.parquet, the oldest first."""
    try:
        raw = json.loads(commits.read_text("utf-8"))
        rows = [(c["date"], c["id"]) for c in raw if "models.parquet" in c["title"].split()]
        moments = sorted((_moment(text), str(commit)) for text, commit in rows)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(
            f"{str(commits)!r} is no list of commits: {error!r:.80}", hint=_LAYOUTS["hub-stats"]
        ) from error
    files = [
        SourceFile(commits.parent / "resolve" / Path(commit).name / "models.parquet", moment.date())
        for moment, commit in moments
    ]
    return [file for file in files if file.path.is_file()]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def _publisher(path: Path) -> SourceFiles:
    return SourceFiles(_dated_files(path, (".csv",)), _COLUMNS["publisher"])


def _dated_csv(path: Path) -> SourceFiles:
    return SourceFiles(_dated_files(path, (".csv",)), _COLUMNS["dated-csv"])


def _of_mapping(path: Path) -> SourceFiles:
    return SourceFiles(_dated_files(path, _SUFFIXES), ColumnMapping({}))


def _dated_files(path: Path, suffixes: tuple[str, ...]) -> tuple[SourceFile, ...]:
    """Files below a folder, with the day that is in their name or in their folder's."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    chosen = [file for file in files if file.suffix in suffixes]
    return tuple(
        SourceFile(file, _day_in(file.name) or _day_in(file.parent.name)) for file in chosen
    )


def _day_in(name: str) -> date | None:
    """The first day in a name: 2026-01-31, or 31-01-2026."""
    if match := _ISO_DAY.search(name):
        year, month, day = match.groups()
    elif match := _GERMAN_DAY.search(name):
        day, month, year = match.groups()
    else:
        return None
    with suppress(ValueError):
        return date(int(year), int(month), int(day))
    return None


_FINDERS: dict[str, Callable[[Path], SourceFiles]] = {
    "modelpulse": _modelpulse,
    "hf-hub-characterization": _characterization,
    "hub-stats": _hub_stats,
    "publisher": _publisher,
    "dated-csv": _dated_csv,
    "mapping": _of_mapping,
}
