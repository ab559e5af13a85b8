"""The estimator: change of log new downloads after an edit, less that of donors on the same days.

Windows lie before the edit and after it; its own day and the next are in neither, since caches
fetch a repository anew after any commit. Units are authors, or models where the dates were drawn
by lot. Whatever is found, the verdict is one of three.
"""

from __future__ import annotations

import math
from collections import Counter as Tally
from dataclasses import replace

import numpy as np

from cardiogram.stats import (
    ClusteredDifference,
    clustered_difference,
    randomisation_p,
    reach_of,
)
from cardiogram.stats.resampling import MINIMUM_CLUSTERS, Interval, Resampling
from cardiogram.track.effect.comparison import ModelComparison, compare_models
from cardiogram.track.effect.dose import relate_dose
from cardiogram.track.effect.effect import Effect, EffectVerdict
from cardiogram.track.effect.effect_checks import (
    SIGNIFICANT,
    check_placebo_dates,
    check_selection,
    cross_check,
)
from cardiogram.track.effect.effect_panel import EffectPanel, Outcome
from cardiogram.track.effect.event_study import study_days
from cardiogram.track.effect.planning import WindowChoice

DEFAULT = Resampling(draws=999, seed=0)
_LARGEST = 20.0  # of a log: beyond it an exponential says nothing


def find_effect(
    panel: EffectPanel,
    choice: WindowChoice,
    outcome: Outcome = "downloads",
    resampling: Resampling = DEFAULT,
) -> Effect:
    """What followed the edits of a panel, with everything that it rests on.

    Parameters
    ----------
    choice
        The days compared, as donors chose them before a changed model was read.
    resampling
        Level of the interval, draws and seed of the randomisation.

    Returns
    -------
    Effect
        Never an error: where nothing is identified its verdict says why.
    """
    comparison = compare_models(panel, choice.window, outcome, resampling.seed)
    effect = estimate_effect(comparison, resampling)
    if effect.estimate is None:
        return effect
    seed = resampling.seed
    effect = replace(
        effect,
        placebo=check_placebo_dates(comparison, seed),
        days=study_days(comparison, seed),
        cross_check=cross_check(comparison, resampling.draws, seed),
        dose=relate_dose(comparison, resampling.draws, seed, resampling.level),
    )
    return replace(effect, verdict=judge_effect(effect))


def estimate_effect(comparison: ModelComparison, resampling: Resampling = DEFAULT) -> Effect:
    """The estimate, both p-values and the check of selection, without what else is printed."""
    treated, cluster = comparison.treated, comparison.cluster
    units = int(np.unique(cluster[treated.rows]).size)
    nothing = EffectVerdict("not identified", "", "")
    effect = Effect(
        comparison.outcome,
        nothing,
        comparison.window,
        comparison.counter,
        comparison.unit,
        models=int(treated.rows.size),
        authors=int(np.unique(comparison.panel.author[treated.rows]).size),
        donors=int(np.unique(treated.near[treated.weights > 0]).size),
        left_out=comparison.left_out,
    )
    reason = _refuse(comparison, units)
    if reason is None:
        near = cluster[treated.near]
        gap = clustered_difference(
            treated.own,
            cluster[treated.rows],
            treated.changes,
            treated.weights,
            near,
            resampling.level,
        )
        reason = None if gap.interval else "all models changed alike: there is no spread"
    if reason is not None:
        return replace(effect, verdict=_not_identified(reason))
    effect = replace(
        effect,
        estimate=gap.estimate,
        se=gap.se,
        free=gap.free,
        interval=gap.interval,
        p_value=gap.p_value,
        randomisation_p=_draw_lots(comparison, resampling),
        detectable=detectable_share(gap),
        selection=check_selection(comparison),
    )
    return replace(effect, verdict=judge_effect(effect))


def _draw_lots(comparison: ModelComparison, resampling: Resampling) -> float | None:
    """The p-value by which units were changed; None where there are too few others."""
    treated, placebo, cluster = comparison.treated, comparison.placebo, comparison.cluster
    apart = ~np.isin(cluster[placebo.models.rows], cluster[treated.rows])
    drawn = randomisation_p(
        treated.excess,
        cluster[treated.rows],
        placebo.models.excess[apart],
        cluster[placebo.models.rows[apart]],
        placebo.means[apart],
        resampling.draws,
        resampling.seed,
    )
    return None if math.isnan(drawn) else drawn


def detectable_share(gap: ClusteredDifference) -> float:
    """Smallest gain, as a share, that four of five such designs show."""
    return math.expm1(min(reach_of(0.95, gap.free) * gap.se, _LARGEST))


def judge_effect(effect: Effect) -> EffectVerdict:
    """The one thing that may be said of an estimate."""
    assert effect.share is not None
    assert effect.detectable is not None
    selection, placebo = effect.selection, effect.placebo
    if selection is not None and selection.differs:
        way = "rising" if selection.estimate > 0 else "falling"
        return _not_identified(f"edited while {way}")
    if placebo is not None and placebo.too_many:
        share = f"{placebo.crossed} of {placebo.runs}"
        return _not_identified(f"placebo dates cross the line too often ({share})")
    interval = effect.share_interval
    assert interval is not None
    figures = f"{_percent(effect.share)} ({_range(interval)})"
    lot = effect.randomisation_p
    if (effect.p_value or 0) < SIGNIFICANT and (lot is None or lot < SIGNIFICANT):
        return EffectVerdict("effect", f"An effect on new {effect.outcome}: {figures}.")
    said = f"No effect on new {effect.outcome} that this design could see: {figures}"
    return EffectVerdict("none seen", f"{said}; {_percent(effect.detectable)} would show.")


def _refuse(comparison: ModelComparison, units: int) -> str | None:
    """Why nothing can be estimated; None where something can."""
    panel, treated = comparison.panel, comparison.treated
    changed = int(panel.treated.size) + len(panel.left_out)
    if not changed:
        return "no card was changed in the days that are counted"
    if not panel.donors.size:
        return "every model watched was changed: there is nothing to compare with"
    if not treated.rows.size:
        return _reasons(comparison)
    if _stand_alone(comparison):
        return "most changed models are larger, or smaller, than all that were not changed"
    if units < MINIMUM_CLUSTERS:
        number = f"too few: {units} {_noun(comparison, units)} of {MINIMUM_CLUSTERS} that it takes"
        return f"{number}; left out: {_reasons(comparison)}" if comparison.left_out else number
    near = np.unique(comparison.cluster[treated.near[treated.weights > 0]]).size
    if near < MINIMUM_CLUSTERS:
        return f"too few to compare with: {near} of {MINIMUM_CLUSTERS} {comparison.unit}s"
    return None


def _stand_alone(comparison: ModelComparison) -> bool:
    """Whether most changed models lie outside the levels of those that they are compared with.

    The nearest of these are then those that chance lifted just before the edit, and that fall back.
    """
    treated = comparison.treated
    ends, place = np.unique(treated.bounds[:, 1], return_inverse=True)
    levels = comparison.counts.levels(ends)
    others, own = levels[:, comparison.panel.donors], levels[place, treated.rows]
    high, low = np.fmax.reduce(others, axis=1)[place], np.fmin.reduce(others, axis=1)[place]
    return bool(2 * np.count_nonzero((own > high) | (own < low)) > own.size)


def _noun(comparison: ModelComparison, number: int) -> str:
    return comparison.unit if number == 1 else f"{comparison.unit}s"


def _reasons(comparison: ModelComparison) -> str:
    """The reason that most of those left out share, and how many that are."""
    tally = Tally(gone.reason for gone in comparison.left_out)
    if not tally:
        return "no changed model can be compared"
    reason, number = tally.most_common(1)[0]
    return f"{reason} ({number} of {sum(tally.values())} models)"


def _not_identified(reason: str) -> EffectVerdict:
    return EffectVerdict("not identified", f"Not identified: {reason}.", reason)


def _percent(share: float | None) -> str:
    """A share gained, with its sign: 0.12 is +12 %."""
    value = 100 * (share or 0.0)
    return f"{value:+,.0f} %" if abs(value) < 1000 else f"{1 + value / 100:,.0f} times"


def _range(interval: Interval) -> str:
    low, high = _percent(interval.low), _percent(interval.high)
    return f"{low.removesuffix(' %') if high.endswith('%') else low} to {high}"
