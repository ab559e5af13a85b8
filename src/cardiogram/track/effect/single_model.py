"""One model beside models like it: what could have been seen, and no p-value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from cardiogram.stats import reach_of, student_quantile
from cardiogram.stats.resampling import Integers
from cardiogram.track.effect.effect import SingleModel
from cardiogram.track.effect.effect_panel import ALONE, EffectPanel, Outcome, choose_edit, day_of
from cardiogram.track.effect.matching import match_models
from cardiogram.track.effect.planning import WindowChoice
from cardiogram.track.effect.window_counts import MARGIN, SKIPPED, WindowCounts
from cardiogram.track.history import CardEvent

_LARGEST = 20.0


def compare_single(
    panel: EffectPanel,
    model: str,
    choice: WindowChoice,
    outcome: Outcome = "downloads",
    events: Sequence[CardEvent] = (),
) -> SingleModel:
    """A changed model's days before and after its edit, beside its donors'.

    Parameters
    ----------
    model
        Its name in the panel.
    events
        All known changes of its card: they tell why nothing is compared, and when it can be.

    Raises
    ------
    KeyError
        The panel has no such model.
    """
    if model not in panel.models:
        raise KeyError(model)
    row = panel.models.index(model)
    edit = int(panel.edit[row])
    single = SingleModel(model, outcome, choice.window, edit)
    if edit < 0:
        return _not_edited(single, panel, row, events)
    rows, dates = np.array([row]), np.array([edit])
    counts = WindowCounts.of(panel, outcome, "all-time")
    bounds = counts.bounds(rows, dates, choice.window)
    if bounds[0, 0] < 0 and outcome == "downloads":
        counts = WindowCounts.of(panel, outcome, "rolling")
        bounds = counts.bounds(rows, dates, choice.window)
    if bounds[0, 0] < 0:
        return _not_counted(single, panel, row, edit, events)
    before, after = (float(rate) for rate in counts.counted(rows, bounds)[0])
    single = replace(single, before=before, after=after)
    return _beside_donors(single, panel, counts, rows, bounds)


def _not_edited(
    single: SingleModel, panel: EffectPanel, row: int, events: Sequence[CardEvent]
) -> SingleModel:
    """Why no edit is looked at: it may be too fresh to be in the panel."""
    chosen = choose_edit(events, panel.first_day)
    if isinstance(chosen, CardEvent):
        place = (day_of(chosen) - panel.first_day).days
        if place >= panel.days:
            return _not_counted(replace(single, edit=place), panel, row, place, events)
    left_out = {gone.model: gone.reason for gone in panel.left_out}
    reason = left_out.get(single.model) or (chosen if isinstance(chosen, str) else None)
    if reason is None:
        reason = f"its card has not changed since {panel.first_day}, when its counts begin"
        reason = reason if events else "no change of its card is known"
    return _next_edit(replace(single, reason=reason), panel, row, events)


def _not_counted(
    single: SingleModel, panel: EffectPanel, row: int, edit: int, events: Sequence[CardEvent]
) -> SingleModel:
    """Why the days around an edit cannot be compared, and whether they can be later."""
    window = single.window
    first, last = _counted(panel, row)
    day, end = panel.first_day + timedelta(edit), edit + SKIPPED + window
    if first is None or edit - first < window - MARGIN:
        counted = 0 if first is None else max(0, edit - first)
        reason = f"{counted} of the {window} days before the change of {day} are counted"
        return _next_edit(replace(single, reason=reason), panel, row, events)
    if last < end and last >= panel.days:
        counted = max(0, last - edit - SKIPPED)
        reason = f"{counted} of the {window} days after the change of {day} are over"
        return replace(single, reason=reason, again=panel.first_day + timedelta(end))
    around = slice(max(edit - window, 0), end + 1)
    reason = f"days near the change of {day} are not counted"
    if np.unique(panel.segment[row, around]).size > 1:
        reason = f"its downloads were counted anew, or fell, near the change of {day}"
    return _next_edit(replace(single, reason=reason), panel, row, events)


def _next_edit(
    single: SingleModel, panel: EffectPanel, row: int, events: Sequence[CardEvent]
) -> SingleModel:
    """From when on a new edit can be compared: counted before it, and far from all others."""
    first, last = _counted(panel, row)
    days = [last, (last if first is None else first) + single.window]
    days += [(day_of(event) - panel.first_day).days + ALONE + 1 for event in events]
    return replace(single, next_edit=panel.first_day + timedelta(max(days)))


def _counted(panel: EffectPanel, row: int) -> tuple[int | None, int]:
    """The first day at whose start a model's counter was read, and the last."""
    read = np.isfinite(panel.all_time[row]) | np.isfinite(panel.rolling[row])
    days = np.flatnonzero(read)
    return (int(days[0]), int(days[-1])) if days.size else (None, panel.days)


def _beside_donors(
    single: SingleModel,
    panel: EffectPanel,
    counts: WindowCounts,
    rows: Integers,
    bounds: Integers,
) -> SingleModel:
    matched = match_models(panel, counts, rows, bounds, panel.donors)
    used = np.flatnonzero(matched.weights[0] > 0)
    if np.isnan(matched.own[0]):
        return replace(
            single, reason="too few models like it are watched whose cards stayed as they were"
        )
    changes = matched.changes[0, used]
    mean, spread = float(changes.mean()), float(changes.std(ddof=1))
    error, free = spread * math.sqrt(1 + 1 / used.size), used.size - 1
    half = student_quantile(0.95, free) * error
    reach = reach_of(0.95, free) * error
    before = single.before or 0.0
    return replace(
        single,
        donors=int(used.size),
        expected=before * math.exp(max(min(mean, _LARGEST), -_LARGEST)),
        chance_low=before * math.exp(max(mean - half, -_LARGEST)),
        chance_high=before * math.exp(min(mean + half, _LARGEST)),
        detectable=math.exp(min(reach, _LARGEST)),
    )
