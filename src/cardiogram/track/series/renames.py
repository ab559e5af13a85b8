"""Models that may be one under two names, where no source has the Hub's ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cardiogram.track.series.model_series import ModelSeries

LIKENESS, NEAR = 0.03, 3


@dataclass(frozen=True, slots=True)
class RenameCandidate:
    """A model that went, and one that came on about that day with about its count.

    Nothing is joined for it: a stranger's model may look like that.
    """

    gone: str
    appeared: str
    day: date


def find_renames(series: Sequence[ModelSeries]) -> tuple[RenameCandidate, ...]:
    """Find pairs of series without the Hub's ids that may be one model under two names.

    A pair is one where the first count of the one lies within 3 % of the last count of the other,
    and within 3 days of it.
    """
    ends, begins = [], []
    for own in series:
        if own.key != own.name:
            continue
        counts = own.all_time if np.isfinite(own.all_time).any() else own.rolling
        known = np.flatnonzero(np.isfinite(counts))
        if known.size:
            if any(flag.kind == "gone" for flag in own.flags):
                ends.append((int(known[-1]), float(counts[known[-1]]), own))
            if known[0] > 0:
                begins.append((int(known[0]), float(counts[known[0]]), own))
    return tuple(
        RenameCandidate(old.name, new.name, new.first_day + timedelta(first))
        for last, before, old in ends
        for first, after, new in begins
        if 0 < first - last <= NEAR and abs(after - before) <= LIKENESS * max(before, 1)
    )
