"""Downloads of models day by day, as far as they can be known, from counters that were read off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.track.series.day_facts import DayFacts
    from cardiogram.track.series.model_series import (
        FlagKind,
        ModelSeries,
        NameSpan,
        SeriesFlag,
        SummedDays,
        UnknownReason,
    )
    from cardiogram.track.series.read_series import read_series
    from cardiogram.track.series.source_readings import Measure, SourceReadings

attach(__name__)
