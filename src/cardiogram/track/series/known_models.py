"""What sources say of models besides counts: names, libraries, when they went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow.compute as pc

from cardiogram.cards import problem_code
from cardiogram.track.series.counter_rules import LibraryChange
from cardiogram.track.series.day_facts import to_day
from cardiogram.track.series.hub_ids import HubIds, Sighting
from cardiogram.track.series.keyed_rows import Codes, KeyedRows, days_of, moments_of, turns
from cardiogram.track.series.model_series import NameSpan
from cardiogram.track.series.source_readings import SourceReadings

_GONE = frozenset({"not_found", "disabled", "replaced"})


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
        ends = [*(to_day(day - 1) for _, day in spans[1:]), None]
        return tuple(
            NameSpan(name, to_day(day), last)
            for (name, day), last in zip(spans, ends, strict=False)
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
        key, name = Codes.of(source.rows["hub_id"]), Codes.of(source.rows["id"])
        day, made = days_of(source.rows), moments_of(source.rows)
        both = np.flatnonzero((key.codes >= 0) & (name.codes >= 0))
        for place in both[turns(key.codes[both], day[both], name.codes[both], made[both])]:
            hub_id = key.values[key.codes[place]]
            called = name.values[name.codes[place]]
            sightings[Sighting(hub_id, called, int(day[place]))] = None
            if made[place] > 0:
                created[hub_id] = int(made[place])
    return HubIds.of(sightings, created)


def know_models(sources: Sequence[KeyedRows]) -> dict[str, KnownModel]:
    """Gather what is known of each model, by its key."""
    models: defaultdict[str, KnownModel] = defaultdict(KnownModel)
    for keyed in sources:
        table = keyed.readings.rows
        library, task = Codes.of(table["library_name"]), Codes.of(table["pipeline_tag"])
        made = moments_of(table)
        troubled = pc.fill_null(pc.list_value_length(table["problems"]), 0).to_numpy() > 0
        numbers = np.where(troubled, np.arange(troubled.size), -1)  # each such row is looked at
        known = (keyed.name.codes, library.codes, task.codes, made, numbers)
        for place in keyed.turns(*known).tolist():
            model = models[keyed.key.values[keyed.key.codes[place]]]
            if made[place] > 0:
                model.created = to_day(made[place])
            if task.codes[place] >= 0:
                model.task = task.values[task.codes[place]]
            problems = table["problems"][place].as_py() if troubled[place] else []
            _note(model, keyed, place, library, problems)
    return dict(models)


def _note(
    model: KnownModel, keyed: KeyedRows, place: int, library: Codes, problems: Sequence[str]
) -> None:
    """Write down the name and the library of a row, or that the model is gone."""
    source, day = keyed.readings, int(keyed.day[place])
    codes = {problem_code(p): p for p in problems}
    name = keyed.name.values[keyed.name.codes[place]] if keyed.name.codes[place] >= 0 else ""
    if "renamed" in codes:
        name = codes["renamed"].partition(": ")[2] or name
    if name and (source.measure == "levels" or not model.name_on):
        model.name_on.setdefault(day, name)
    is_read = source.is_own and source.rows["hub_id"][place].is_valid
    if library.codes[place] >= 0:
        model.libraries.setdefault(day, library.values[library.codes[place]] or None)
    elif is_read and codes.keys() <= {"renamed"}:
        model.libraries.setdefault(day, None)
    if not _GONE.isdisjoint(codes):
        model.gone.add(day)
