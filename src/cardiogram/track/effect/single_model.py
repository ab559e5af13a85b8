"""One model beside models like it: what could have been seen, and no p-value."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from cardiogram.stats import student_quantile
from cardiogram.stats.resampling import Integers
from cardiogram.track.effect.effect import SingleModel
from cardiogram.track.effect.effect_panel import EffectPanel, Outcome
from cardiogram.track.effect.matching import match_models
from cardiogram.track.effect.planning import WindowChoice
from cardiogram.track.effect.window_counts import WindowCounts

_POWER = 0.8
_LARGEST = 20.0


def compare_single(
    panel: EffectPanel, model: str, choice: WindowChoice, outcome: Outcome = "downloads"
) -> SingleModel:
    """A changed model's days before and after its edit, beside its donors'.

    Parameters
    ----------
    model
        Its name in the panel.

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
        left_out = {gone.model: gone.reason for gone in panel.left_out}
        return replace(single, reason=left_out.get(model, "its card was not changed"))
    rows, dates = np.array([row]), np.array([edit])
    counts = WindowCounts.of(panel, outcome, "all-time")
    bounds = counts.bounds(rows, dates, choice.window)
    if bounds[0, 0] < 0 and outcome == "downloads":
        counts = WindowCounts.of(panel, outcome, "rolling")
        bounds = counts.bounds(rows, dates, choice.window)
    if bounds[0, 0] < 0:
        return replace(single, reason="its counter is not known around the edit")
    before, after = (float(rate) for rate in counts.counted(rows, bounds)[0])
    single = replace(single, before=before, after=after)
    return _beside_donors(single, panel, counts, rows, bounds)


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
        return replace(single, reason="too few models like it were not changed")
    near = matched.near[0, used]
    rates = counts.counted(near, np.repeat(bounds, near.size, axis=0))
    changes = matched.changes[0, used]
    mean, spread = float(changes.mean()), float(changes.std(ddof=1))
    error, free = spread * math.sqrt(1 + 1 / used.size), used.size - 1
    half = student_quantile(0.95, free) * error
    reach = half + student_quantile(2 * _POWER - 1, free) * error
    before = single.before or 0.0
    return replace(
        single,
        donors=int(used.size),
        donors_before=float(np.median(rates[:, 0])),
        donors_after=float(np.median(rates[:, 1])),
        chance_low=before * math.exp(max(mean - half, -_LARGEST)),
        chance_high=before * math.exp(min(mean + half, _LARGEST)),
        detectable=math.exp(min(reach, _LARGEST)),
    )
