"""Sixty days of a made-up Hub, as rows of the stand-in, and what truly happened in them.

Day n is read off early on the n-th day, so its counters hold what happened up to the day before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST = date(2026, 1, 1)
DAYS = 60
BEFORE = 35  # days that the counters had run when the first snapshot was taken
HOLE = range(51, 56)
GAIN = 1.3

Counts = NDArray[np.int64]

TODO = "# Parrot\n\nTODO\n"
BETTER = (
    "# Parrot\n\nRepeats what it hears, in 12 languages.\n\n## Usage\n\n```python\n"
    "from transformers import pipeline\nsay = pipeline('text-generation', model='acme/parrot')\n"
    "print(say('Hello'))\n```\n\n## Limitations\n\nIt makes facts up, and it was never tested on "
    "poems.\n\n## Training\n\n40,000 hours of speech, for 3 days on 8 GPUs.\n"
)


def day(number: int) -> date:
    """The date of a day, from 0."""
    return FIRST + timedelta(days=number)


def morning(number: int) -> datetime:
    """When its snapshot is taken."""
    return datetime.combine(day(number), time(4), timezone.utc)


@dataclass
class MadeModel:
    """A model and its downloads on each day, the 35 before the first snapshot among them."""

    id: str
    daily: Counts
    likes: Counts
    edit: int | None = None
    gain: float = 1.0
    events: list[dict[str, Any]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    shift: dict[int, int] = field(default_factory=dict)  # steps of the counter that nobody loaded

    def new(self, number: int) -> int:
        """What its counter should gain from the snapshot of the day before to that of a day."""
        return int(self.daily[BEFORE + number - 1])

    def row(self) -> dict[str, Any]:
        """Its row for the stand-in."""
        whole = np.concatenate([[0], np.cumsum(self.daily)])
        steps = np.zeros(DAYS, dtype=np.int64)
        for number, step in self.shift.items():
            steps[number:] += step
        dates = [day(number).isoformat() for number in range(DAYS)]
        now = BEFORE + np.arange(DAYS)
        series = {
            "downloads": whole[now] - whole[now - 30],
            "downloadsAllTime": whole[now] + 5000 + steps,
            "likes": np.cumsum(self.likes)[now],
        }
        edit = self.edit
        card = [] if edit is None else [_event(edit, {"title": "Write the card", "readme": BETTER})]
        return {
            "id": self.id,
            "readme": TODO,
            "createdAt": "2025-03-01T12:00:00.000Z",
            "lastModified": "2025-03-01T12:00:00.000Z",
            "pipeline_tag": "text-generation",
            "series": {k: dict(zip(dates, v.tolist(), strict=True)) for k, v in series.items()},
            "events": [*card, *self.events],
            **self.extra,
        }


def _event(number: int, commit: dict[str, Any]) -> dict[str, Any]:
    return {"date": f"{day(number)}T12:00:00Z", "commit": commit}


def _set(number: int, **metadata: Any) -> dict[str, Any]:
    return {"date": f"{day(number)}T12:00:00Z", **metadata}


def made_models(seed: int = 1) -> dict[str, MadeModel]:
    """All models of the world by id."""
    rng = np.random.default_rng(seed)
    week = 1 + 0.15 * np.cos(np.arange(BEFORE + DAYS) * 2 * np.pi / 7)
    ids = [
        *(f"better-{n // 2}/m{n % 2}" for n in range(20)),
        *(f"same-{n // 2}/m{n % 2}" for n in range(20)),
        *(f"quiet-{n // 2}/m{n % 2}" for n in range(40)),
        *(f"tester/{name}" for name in ("owl", "rail", "heron", "dodo", "wren", "swan")),
        "someone/finch",
    ]
    models = {}
    for number, id in enumerate(ids):
        level = np.exp(rng.normal(5.5, 0.6))
        drift = np.exp(np.cumsum(rng.normal(0, 0.01, BEFORE + DAYS)))
        expected = level * week * drift
        edit, gain = None, 1.0
        if id.startswith(("better", "same", "tester/owl")):
            edit, gain = 24 + number % 9, GAIN if id.startswith("better") else 1.0
            expected[BEFORE + edit + 1 :] *= gain
        daily = rng.poisson(expected * rng.gamma(60, 1 / 60, expected.size))
        models[id] = MadeModel(id, daily, rng.poisson(0.6, daily.size), edit, gain)
    _happenings(models)
    return models


def _happenings(models: dict[str, MadeModel]) -> None:
    """What befalls the models that are watched one by one."""
    rail = "---\nlibrary_name: transformers\n---\n"
    models["tester/rail"].events = [
        _event(27, {"title": "Register the library", "readme": rail + TODO})
    ]
    models["tester/rail"].shift = {29: 60_000}
    models["tester/heron"].events = [_set(33, renamed_to="tester/grey-heron")]
    models["tester/dodo"].events = [_set(40, deleted=True)]
    models["tester/wren"].events = [_set(36, set={"private": True})]
    models["tester/swan"].shift = {44: -4000}
    models["someone/finch"].events = [
        _set(38, set={"private": True}),
        _set(46, set={"private": False}),
    ]
