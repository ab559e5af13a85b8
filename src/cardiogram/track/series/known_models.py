"""What sources say of models besides counts: names, libraries, when they went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

import numpy as np

from cardiogram.cards import problem_code
from cardiogram.track.series.counter_rules import LibraryChange
from cardiogram.track.series.day_facts import ordinal, to_day
from cardiogram.track.series.hub_ids import HubIds, Sighting
from cardiogram.track.series.model_series import NameSpan
from cardiogram.track.series.source_readings import SourceReadings
from cardiogram.track.series.source_rows import days_of

_GONE = frozenset({"not_found", "disabled", "replaced"})
_TEXTS = ("hub_id", "id", "library_name", "pipeline_tag", "created_at", "problems")


@dataclass(slots=True)
class KnownModel:
    """One model.

    Attributes
    ----------
    name_on, libraries
        By day, as days since 1970.
    gone
        Days on which the Hub said that it is not there.
    """

    name_on: dict[int, str] = field(default_factory=dict)
    libraries: dict[int, str | None] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    created: date | None = None
    task: str | None = None

    def spans(self) -> tuple[NameSpan, ...]:
        """Its names in their order."""
        spans: list[tuple[str, int]] = []
        for day in sorted(self.name_on):
            if not spans or spans[-1][0] != self.name_on[day]:
                spans.append((self.name_on[day], day))
        ends = [to_day(day - 1) for _, day in spans[1:]]
        return tuple(
            NameSpan(name, to_day(day), last)
            for (name, day), last in zip(spans, [*ends, None], strict=True)
        )

    def library_changes(self) -> list[LibraryChange]:
        """When its library_name became another."""
        days = sorted(self.libraries)
        return [
            LibraryChange(a, b, self.libraries[a], self.libraries[b])
            for a, b in pairwise(days)
            if self.libraries[a] != self.libraries[b]
        ]

    def libraries_by_day(self) -> dict[date, str | None]:
        """Its library_name where it was first read off, and where it became another."""
        changes = {c.last: c.after for c in self.library_changes()}
        first = {day: self.libraries[day] for day in sorted(self.libraries)[:1]}
        return {to_day(day): library for day, library in {**first, **changes}.items()}


def know_hub_ids(readings: Sequence[SourceReadings]) -> HubIds:
    """Gather which repository bore which name on which day."""
    sightings: dict[Sighting, None] = {}
    created: dict[str, int] = {}
    for source in readings:
        columns = source.rows.select(["hub_id", "id", "created_at"]).to_pydict()
        days = days_of(source.rows).tolist()
        for hub_id, name, made, day in zip(*columns.values(), days, strict=True):
            if hub_id and name:
                sightings[Sighting(hub_id, name, day)] = None
                if made is not None:
                    created[hub_id] = ordinal(made.date())
    return HubIds.of(sightings, created)


def know_models(
    readings: Sequence[SourceReadings], keys: Sequence[Sequence[str]]
) -> dict[str, KnownModel]:
    """Gather what is known of each model, by its key.

    Parameters
    ----------
    keys
        Of each source's rows.
    """
    models: defaultdict[str, KnownModel] = defaultdict(KnownModel)
    for source, its_keys in zip(readings, keys, strict=True):
        for key, day, row in _rows(source, its_keys):
            _note(models[key], source, day, row)
    return dict(models)


def _rows(
    source: SourceReadings, keys: Sequence[str]
) -> Iterator[tuple[str, int, dict[str, object]]]:
    columns = source.rows.select(_TEXTS).to_pydict()
    days = days_of(source.rows).tolist()
    for place in np.argsort(days, kind="stable").tolist():
        yield keys[place], days[place], {name: columns[name][place] for name in _TEXTS}


def _note(model: KnownModel, source: SourceReadings, day: int, row: dict[str, object]) -> None:
    problems = row["problems"] or ()
    codes = {problem_code(p): p for p in problems}  # type: ignore[attr-defined]
    name = str(row["id"] or "")
    if "renamed" in codes:
        name = codes["renamed"].partition(": ")[2] or name
    if name and source.measure == "levels":
        model.name_on.setdefault(day, name)
    elif name and not model.name_on:
        model.name_on[day] = name
    library = row["library_name"]
    is_read = source.is_own and row["hub_id"] and codes.keys() <= {"renamed"}
    if library is not None or is_read:
        model.libraries.setdefault(day, str(library) if library else None)
    if isinstance(row["created_at"], datetime):
        model.created = row["created_at"].date()
    model.task = str(row["pipeline_tag"]) if row["pipeline_tag"] else model.task
    if not _GONE.isdisjoint(codes):
        model.gone.add(day)
