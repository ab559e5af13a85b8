"""Series of models from what was read off: the fifteen rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from cardiogram.track.series.model_series import ModelSeries
from cardiogram.track.series.source_readings import SourceReadings


def read_series(
    source: Path | Sequence[SourceReadings], ids: Collection[str] | None = None
) -> tuple[ModelSeries, ...]:
    """Read the series of models, each day's downloads as far as they can be known.

    Parameters
    ----------
    source
        Folder of a ledger, or what several sources have; they are joined by the Hub's id.
    ids
        Models wanted, by the Hub's id or any name that they bore; by default all.
    """
    raise NotImplementedError
