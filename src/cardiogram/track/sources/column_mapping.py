"""Which of a source's columns is which of ours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from cardiogram.errors import DataError
from cardiogram.text import parse_toml
from cardiogram.track.series import Measure

OURS = (
    "hub_id",
    "id",
    "day",
    "downloads",
    "downloads_all_time",
    "likes",
    "new_downloads",
    "library_name",
    "pipeline_tag",
    "created_at",
    "trending_score",
    "repo_type",
)
"""What a mapping may name: columns of a ledger, and of which type a repository is."""

_COUNTS = {"downloads", "downloads_all_time", "likes", "new_downloads"}
_EXAMPLE = 'columns = { id = "model", day = "date", downloads_all_time = "total" }'


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The names of a source's columns, and what its numbers are.

    Attributes
    ----------
    columns
        By our names; several are joined by "/".
    optional
        Those of them that a file may lack.
    lag
        Days from what happened to the day that its row bears.
    listing
        Columns of the file of today's models, where they are not those of the kind.
    """

    columns: Mapping[str, tuple[str, ...]]
    optional: frozenset[str] = field(default_factory=frozenset)
    measure: Measure = "levels"
    lag: int = 1
    listing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def found_in(self, path: Path, present: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The columns that a file has, by our names.

        Raises
        ------
        DataError
            It lacks one that is needed; those that it has are named.
        """
        there = {
            ours: theirs
            for ours, theirs in self.columns.items()
            if all(column in present for column in theirs)
        }
        lacking = [
            column
            for ours, theirs in self.columns.items()
            if ours not in self.optional
            for column in theirs
            if column not in present
        ]
        if lacking:
            raise DataError(
                f"{str(path)!r} has no column {lacking[0]!r}; it has {', '.join(sorted(present))}",
                hint=f"Say which column is which in a file for --mapping, such as: {_EXAMPLE}",
            )
        return there


def read_mapping(path: Path, base: ColumnMapping | None = None) -> ColumnMapping:
    """Read a mapping: TOML with [columns] or [listing], and `measure` and `lag` where they differ.

    Parameters
    ----------
    base
        What is known of the source; the file's entries replace its own.

    Raises
    ------
    DataError
        The file cannot be read, or names what there is not.
    """
    try:
        raw = parse_toml(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {str(path)!r}: {error}") from error
    if unknown := sorted(raw.keys() - {"columns", "listing", "measure", "lag"}):
        raise DataError(
            f"{str(path)!r} has {unknown[0]!r}, which no mapping has",
            hint="It has measure, lag, [columns] and [listing].",
        )
    mapped, listing = (_columns(path, raw.get(name, {})) for name in ("columns", "listing"))
    base = base or ColumnMapping({})
    measure = raw.get("measure", base.measure)
    if measure not in get_args(Measure):
        raise DataError(f"{str(path)!r} has measure = {measure!r}, not levels, steps or days")
    lag = raw.get("lag", base.lag if "measure" not in raw else int(measure != "days"))
    if type(lag) is not int:
        raise DataError(f"{str(path)!r} has lag = {lag!r}, which is no number of days")
    merged = {**base.columns, **mapped}
    mapping = ColumnMapping(merged, base.optional - mapped.keys(), measure, lag, listing)
    _check(path, mapping)
    return mapping


def _columns(path: Path, columns: object) -> dict[str, tuple[str, ...]]:
    """A table of a mapping: their names by ours."""
    if not isinstance(columns, dict) or columns.keys() - set(OURS):
        unknown = sorted(set(columns) - set(OURS))[0] if isinstance(columns, dict) else columns
        raise DataError(
            f"{str(path)!r} maps {unknown!r}, which is no column of ours",
            hint=f"Ours are {', '.join(OURS)}.",
        )
    return {ours: _texts(path, ours, theirs) for ours, theirs in columns.items()}


def _texts(path: Path, ours: str, theirs: object) -> tuple[str, ...]:
    columns = [theirs] if isinstance(theirs, str) else theirs
    if isinstance(columns, list) and columns and all(isinstance(c, str) for c in columns):
        return tuple(columns)
    raise DataError(f"{str(path)!r} has {ours} = {theirs!r}, which is no column's name")


def _check(path: Path, mapping: ColumnMapping) -> None:
    columns = mapping.columns.keys()
    of_days = {"new_downloads"} if mapping.measure != "levels" else _COUNTS - {"new_downloads"}
    if not columns & {"id", "hub_id"}:
        raise DataError(f"{str(path)!r} maps neither id nor hub_id", hint=f"Such as: {_EXAMPLE}")
    if not columns & of_days:
        wanted = " or ".join(sorted(of_days))
        raise DataError(f"{str(path)!r} maps no count: {wanted}", hint=f"Such as: {_EXAMPLE}")
