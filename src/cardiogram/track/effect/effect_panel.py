"""The panel that an effect is looked for in: counters of models, day by day, and who was edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np

from cardiogram.stats.resampling import Floats, Integers

Outcome = Literal["downloads", "likes"]
Unit = Literal["author", "model"]

DONOR, SET_ASIDE = -1, -2
"""What `EffectPanel.edit` holds for models that were never edited, and for those that were edited
but neither show an effect nor may stand in for models that were not."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A changed model that no effect is read from, and why."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class EffectPanel:
    """Counters of n models at the start of each of `days` days and at the end of the last.

    Attributes
    ----------
    models
        Their present names.
    first_day
        Day of activity 0, in UTC; column n of a counter is what it showed at the start of day n.
    all_time, rolling, likes
        Shape (n, days + 1); NaN where a counter is not known. `rolling` is the Hub's count of the
        last 30 days.
    segment
        Shape (n, days + 1): all-time counts of different segments cannot be subtracted, since a
        step between them belongs to no day (a recount, a fall).
    edit
        Day of activity on which each model's card was changed; `DONOR` where it never was,
        `SET_ASIDE` where it was and no effect can be read.
    author
        Code of each model's author, 0, 1, 2, ...
    created
        Ordinal of the day on which each repository was made; NaN where it is not known.
    task
        Code of each model's task; -1 where it is not known.
    dose
        By how much each edit changed the card's overall rating; NaN where it is not known.
    left_out
        Changed models of which nothing can be read, each with its reason.
    drawn
        Whether the dates were drawn by lot: then models are the units, otherwise authors.
    """

    models: tuple[str, ...]
    first_day: date
    all_time: Floats
    rolling: Floats
    likes: Floats
    segment: Integers
    edit: Integers
    author: Integers
    created: Floats
    task: Integers
    dose: Floats
    left_out: tuple[LeftOut, ...] = field(default=())
    drawn: bool = False

    def __post_init__(self) -> None:
        rows = {len(column) for column in (self.models, self.edit, self.author, self.created)}
        rows |= {len(column) for column in (self.task, self.dose)}
        shapes = {c.shape for c in (self.all_time, self.rolling, self.likes, self.segment)}
        if len(rows) != 1 or len(shapes) != 1 or self.all_time.shape[0] not in rows:
            raise ValueError("every column must have one row a model, every counter the same days")

    @property
    def days(self) -> int:
        """Days of activity between the first and the last reading."""
        return max(0, int(self.all_time.shape[1]) - 1)

    @property
    def treated(self) -> Integers:
        """Rows of the models whose cards were changed and may show an effect."""
        return np.flatnonzero(self.edit >= 0).astype(np.int64)

    @property
    def donors(self) -> Integers:
        """Rows of the models whose cards were never changed."""
        return np.flatnonzero(self.edit == DONOR).astype(np.int64)

    def rows(self, wanted: Integers | Sequence[int]) -> EffectPanel:
        """The panel of some models, in the order given."""
        rows = np.asarray(wanted, np.int64)
        arrays = ("all_time", "rolling", "likes", "segment", "edit", "author", "created", "task")
        changed = {name: getattr(self, name)[rows] for name in (*arrays, "dose")}
        return replace(self, models=tuple(self.models[row] for row in rows), **changed)
