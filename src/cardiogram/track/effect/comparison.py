"""Changed models beside donors, and donors that were edited on paper beside other donors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.resampling import Floats, Integers
from cardiogram.track.effect.effect import Counter
from cardiogram.track.effect.effect_panel import EffectPanel, LeftOut, Outcome, Unit
from cardiogram.track.effect.matching import FEWEST, MatchedModels, match_models
from cardiogram.track.effect.window_counts import FEWEST_COUNTED, MONTH, SKIPPED, WindowCounts

MOST_DONORS = 2_000
"""Donors that are edited on paper, and compared with in placebo studies."""

_PAPER_DATES = 4


@dataclass(frozen=True, slots=True)
class PlaceboEdits:
    """Donors that are edited on paper, on days of the changed models' edits.

    Attributes
    ----------
    models, dates
        Each donor beside other donors, and its day, shape (n,).
    means
        Mean excess of each over several such days, shape (n,).
    """

    models: MatchedModels
    dates: Integers
    means: Floats


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """What an effect is read from.

    Attributes
    ----------
    cluster
        Unit of every row of the panel: its author, or itself where dates were drawn by lot.
    treated, dates
        Changed models that can be compared, and the days of their edits, shape (m,).
    placebo
        Donors with days of these edits, compared in the same way.
    left_out
        Changed models that cannot, each with its reason.
    """

    panel: EffectPanel
    outcome: Outcome
    counts: WindowCounts
    window: int
    unit: Unit
    cluster: Integers
    treated: MatchedModels
    dates: Integers
    placebo: PlaceboEdits
    left_out: tuple[LeftOut, ...]

    @property
    def counter(self) -> Counter:
        """All-time or rolling."""
        return self.counts.counter


def compare_models(
    panel: EffectPanel, window: int, outcome: Outcome = "downloads", seed: int = 0
) -> ModelComparison:
    """Count the windows of changed models and of the donors like them.

    Parameters
    ----------
    window
        Days before and after; it is the donors' that chose it (`choose_window`).
    seed
        Of the days on which donors are edited on paper.
    """
    unit: Unit = "model" if panel.drawn else "author"
    rows, donors = panel.treated, panel.donors
    counts, bounds = _choose_counter(panel, window, outcome, rows)
    known = bounds[:, 0] >= 0
    reasons = {int(row): _why_unknown(counts, panel, row, window) for row in rows[~known]}
    rows, bounds = rows[known], bounds[known]
    quiet = _too_quiet(counts, rows, bounds, window)
    sparse = f"fewer than {FEWEST_COUNTED:.0f} {outcome} in {window} days"
    reasons |= dict.fromkeys((int(row) for row in rows[quiet]), sparse)
    rows, bounds = rows[~quiet], bounds[~quiet]
    treated = match_models(panel, counts, rows, bounds, donors)
    lonely = np.isnan(treated.own)
    lonely_reason = f"fewer than {FEWEST} models that were not changed are known on its days"
    reasons |= dict.fromkeys((int(row) for row in rows[lonely]), lonely_reason)
    treated = treated.take(np.flatnonzero(~lonely))
    dates = panel.edit[treated.rows]
    placebo = _edit_on_paper(panel, counts, dates, window, seed)
    cluster = np.arange(len(panel.models)) if panel.drawn else panel.author
    left_out = tuple(LeftOut(panel.models[row], reasons[row]) for row in sorted(reasons))
    return ModelComparison(
        panel,
        outcome,
        counts,
        window,
        unit,
        cluster.astype(np.int64),
        treated,
        dates,
        placebo,
        panel.left_out + left_out,
    )


def _choose_counter(
    panel: EffectPanel, window: int, outcome: Outcome, rows: Integers
) -> tuple[WindowCounts, Integers]:
    """All-time counts, or the rolling one where these are known of less than half as many."""
    dates = panel.edit[rows]
    counts = WindowCounts.of(panel, outcome, "all-time")
    bounds = counts.bounds(rows, dates, window)
    if outcome == "likes":
        return counts, bounds
    rolling = WindowCounts.of(panel, outcome, "rolling")
    others = rolling.bounds(rows, dates, window)
    sparse = 2 * int((bounds[:, 0] >= 0).sum()) < int((others[:, 0] >= 0).sum())
    return (rolling, others) if sparse else (counts, bounds)


def _why_unknown(counts: WindowCounts, panel: EffectPanel, row: int, window: int) -> str:
    edit = int(panel.edit[row])
    around = slice(max(edit - window, 0), edit + window + 3)
    if np.unique(counts.segment[row, around]).size > 1:
        return "its counter was recounted or fell near the edit"
    if edit < window:
        return f"not watched for {window} days before the edit"
    if edit + window + SKIPPED > panel.days:
        return f"the {window} days after the edit are not over"
    return "its counter is not known near the edit"


def _too_quiet(
    counts: WindowCounts, rows: Integers, bounds: Integers, window: int
) -> NDArray[np.bool_]:
    """Whether models have too few downloads before their edits; what is not known is not few."""
    if not rows.size:
        return np.zeros(0, bool)
    ends, place = np.unique(bounds[:, 1], return_inverse=True)
    level = np.exp(counts.levels(ends)[place, rows])
    days = MONTH if counts.counter == "rolling" else window
    return np.asarray(level * days < FEWEST_COUNTED)


def _edit_on_paper(
    panel: EffectPanel, counts: WindowCounts, dates: Integers, window: int, seed: int
) -> PlaceboEdits:
    """Compare donors as if they were changed."""
    donors, rng = panel.donors, np.random.default_rng(seed)
    rows = donors if donors.size <= MOST_DONORS else np.sort(rng.choice(donors, MOST_DONORS, False))
    if not dates.size:
        rows = rows[:0]
    every = np.tile(rows, _PAPER_DATES)
    paper = rng.choice(dates, every.size) if every.size else every
    bounds = counts.bounds(every, paper, window)
    known = np.flatnonzero(bounds[:, 0] >= 0)
    every, paper = every[known], paper[known]
    matched = match_models(panel, counts, every, bounds[known], rows)
    enough = ~_too_quiet(counts, every, bounds[known], window)
    whole = np.flatnonzero(enough & np.isfinite(matched.own))
    first = whole[np.unique(every[whole], return_index=True)[1]]
    code = np.searchsorted(every[first], every[whole])
    mean = np.bincount(code, matched.excess[whole]) / np.bincount(code)
    return PlaceboEdits(matched.take(first), paper[first], np.asarray(mean, np.float64))
