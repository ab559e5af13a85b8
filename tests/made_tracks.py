"""Made values of what a model's days, its card's history and an effect are: no estimator runs."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from cardiogram.report.data import WatchedModel, watch_model
from cardiogram.stats.resampling import Interval
from cardiogram.track import ChangedModel, LookBack
from cardiogram.track.effect import (
    CrossCheck,
    DayPoint,
    DetectableEffect,
    Dose,
    DoseGroup,
    DrawnModel,
    Effect,
    EffectPlan,
    EffectVerdict,
    LeftOut,
    PlaceboDates,
    PlanDraw,
    SelectionCheck,
    SingleModel,
    WindowChoice,
)
from cardiogram.track.history import CardEvent, CardHistory, LostCard, write_events
from cardiogram.track.ledger import ModelLedger, Watched
from cardiogram.track.series import ModelSeries, NameSpan, SeriesFlag

FIRST = date(2026, 1, 1)
NAME = "wildspire/otter-7b"
POOR = {"overall": 2.1, "usage": 1.0, "limitations": 1.2, "data": 2.0}
GOOD = {"overall": 4.0, "usage": 3.1, "limitations": 3.4, "data": 2.2}


def make_series(name: str = NAME) -> ModelSeries:
    """120 days with a hole of five, a burst on the day of the edit, and a recount at the end."""
    rng = np.random.default_rng(0)
    counts = rng.poisson(np.exp(4 + np.cumsum(rng.normal(0, 0.07, 120)))).astype(float)
    counts[70] *= 6
    counts[30:35] = np.nan
    unknown = np.full(120, np.nan)
    flags = (SeriesFlag(date(2026, 4, 20), "recount", 9000, "gguf", "transformers"),)
    spans = (NameSpan(name, FIRST, None),)
    return ModelSeries("k", spans, FIRST, counts, np.nancumsum(counts), unknown, unknown, (), flags)


def make_event(
    month: int,
    day: int,
    kind: str = "edited",
    before: dict[str, float] | None = None,
    after: dict[str, float] | None = None,
    files: tuple[str, ...] = (),
    reasons: tuple[str, ...] = (),
    pull_request: int | None = None,
    repo: str = NAME,
) -> CardEvent:
    """One commit of 2026."""
    at = datetime(2026, month, day, 12, tzinfo=timezone.utc)
    words = (f"{month:02}{day:02}abcdef", at, "Update README.md", kind, files, "a", "b", "b")
    return CardEvent(repo, *words, reasons, before, after, after, (), pull_request)  # type: ignore[arg-type]


EVENTS = (
    make_event(1, 20, "created", None, POOR, ("config.json", "model.gguf"), ("other files",)),
    make_event(3, 11, "edited", POOR, GOOD),
    make_event(4, 2, "wiped", GOOD, POOR, ("model.gguf",), ("other files",)),
    make_event(4, 10, "restored", POOR, GOOD, (), ("an earlier text again",), 7),
)
HISTORY = CardHistory(
    NAME,
    "model",
    EVENTS,
    (LostCard(EVENTS[1].commit, EVENTS[1].at, EVENTS[2].commit, EVENTS[2].at, EVENTS[3].commit),),
)


def make_ledger(root: Path, days: int = 10, hole: int = 4) -> Path:
    """So many days of one model but one, a model of no counts, a donor, and the one's history."""
    ledger, first = ModelLedger(root), date(2026, 3, 1)
    own = Watched(NAME, "a" * 24), Watched("wildspire/heron")
    ledger.watch([*own, Watched("x/donor", "d" * 24, "donor")])
    for number in range(days):
        if number != hole:
            day = first + timedelta(number)
            counts = {"downloads_all_time": 100 + 7 * number, "likes": 3, "day": day}
            rows = [{"hub_id": "a" * 24, "id": NAME}, {"hub_id": "d" * 24, "id": "x/donor"}]
            ledger.write_day(day, [{**row, **counts} for row in rows])
    write_events(root, HISTORY)
    return root


def make_single(after: float = 71.0, **others: object) -> SingleModel:
    values: dict[str, object] = {
        "before": 59.0,
        "after": after,
        "donors": 208,
        "expected": 61.0,
        "chance_low": 28.0,
        "chance_high": 134.0,
        "detectable": 2.2,
        **others,
    }
    return SingleModel(NAME, "downloads", 14, 70, **values)  # type: ignore[arg-type]


def make_watched(single: SingleModel | None = None) -> WatchedModel:
    return watch_model(make_series(), EVENTS, single or make_single(), date(2025, 12, 31))


def interval(low: float, high: float) -> Interval:
    return Interval(0.95, math.log1p(low), math.log1p(high), "t by author")


def make_days() -> tuple[DayPoint, ...]:
    """Changes by day: none before the edit, a burst on its day, +12 % after."""
    rng = np.random.default_rng(1)
    moved = [
        float(rng.normal(0, 0.06)) + (1.5 if d == 0 else 0.11 * (d > 0)) for d in range(-30, 31)
    ]
    return tuple(
        DayPoint(d, m, m - 0.1, m + 0.1, -0.12, 0.12, 24)
        for d, m in zip(range(-30, 31), moved, strict=True)
    )


UNSEEN = EffectVerdict(
    "none seen", "No effect on new downloads that this design could see: +12 % (-3 to +29 %)."
)
DOWNLOADS = Effect(
    "downloads",
    UNSEEN,
    14,
    "all-time",
    "author",
    24,
    9,
    208,
    math.log1p(0.12),
    0.05,
    8.0,
    interval(-0.03, 0.29),
    0.1,
    0.12,
    0.22,
    SelectionCheck(0.01, interval(-0.04, 0.06), 0.6),
    PlaceboDates(60, 3),
    make_days(),
    CrossCheck(0.1, 0.21, 24),
    Dose(
        24,
        0.08,
        interval(-0.02, 0.19),
        0.1,
        (DoseGroup(-0.5, 0.9, 12, 0.02, interval(-0.2, 0.3)), DoseGroup(0.9, 2.4, 12, 0.2, None)),
    ),
)
LIKES = Effect(
    "likes",
    EffectVerdict("effect", "An effect on likes: +31 % (+8 to +60 %)."),
    14,
    "all-time",
    "author",
    24,
    9,
    208,
    math.log1p(0.31),
    0.05,
    8.0,
    interval(0.08, 0.6),
    0.01,
    0.01,
    0.22,
)
PLAN = EffectPlan(
    0.2,
    14,
    30,
    "author",
    208,
    0.58,
    77,
    tuple(DetectableEffect(n, math.expm1(1.62 / math.sqrt(n))) for n in (5, 10, 20, 40, 77, 160)),
)
DRAW = PlanDraw(
    7, tuple(DrawnModel(f"wildspire/m{i}", "first" if i % 2 else "later") for i in range(24))
)
BACK = LookBack(
    FIRST,
    date(2026, 4, 30),
    232,
    512,
    31,
    {"other files in the commit": 301, "<b>": 180},
    WindowChoice(14, {7: 0.41, 14: 0.39, 30: 0.55}, 208, "abcdef0123456789"),
    (DOWNLOADS, LIKES),
    PLAN,
    (ChangedModel("=a/b", date(2026, 3, 1), 1.9, 0.12, 0.03),),
    (LeftOut("a/quiet", "fewer than 3 downloads in 14 days"),),
    (make_single(),),
    0,
)
