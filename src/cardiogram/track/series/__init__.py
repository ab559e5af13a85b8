"""Downloads of models day by day, as far as they can be known, from counters that were read off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.track.series.day_facts import (
        LARGE,
        DayFacts,
        count_moves,
        facts_of,
        partial_days,
        to_day,
    )
    from cardiogram.track.series.known_models import know_hub_ids
    from cardiogram.track.series.model_series import (
        FlagKind,
        ModelSeries,
        NameSpan,
        SeriesFlag,
        SummedDays,
        UnknownReason,
    )
    from cardiogram.track.series.read_series import read_series
    from cardiogram.track.series.renames import RenameCandidate, find_renames
    from cardiogram.track.series.source_readings import Measure, SourceReadings
    from cardiogram.track.series.stored_readings import StoredSource, read_all

attach(__name__)
