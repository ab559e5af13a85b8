"""Plan an experiment: how many models for how long, and which go first, by lot."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np

from cardiogram.errors import ConfigError
from cardiogram.stats import reach_of
from cardiogram.stats.resampling import MINIMUM_CLUSTERS, Floats
from cardiogram.track.effect.effect_panel import EffectPanel, Unit
from cardiogram.track.effect.window_counts import FEWEST_COUNTED, SKIPPED, WindowCounts

WINDOWS = (7, 14, 30)
"""Days that may be compared before and after an edit."""

FEWEST_DONORS = 8
"""Fewer donors than these have no spread to choose by."""

_DATES = 7  # days on which a window must fit to be tried
_MOST_DATES, _MOST_READ = 100, 5_000  # days and donors that a spread is taken of
_CURVE = (5, 10, 20, 40, 80, 160, 320)
_MOST_MODELS = 1_000_000

Turn = Literal["first", "later"]


@dataclass(frozen=True, slots=True)
class WindowChoice:
    """The days compared, chosen among donors before a changed model is read.

    Attributes
    ----------
    window
        Days before and after the edit.
    spreads
        Standard deviation of the donors' change of the log, of each window that was tried.
    donors
        How many were read.
    digest
        SHA-256 of what they are called and of their counts.
    """

    window: int
    spreads: dict[int, float]
    donors: int
    digest: str


@dataclass(frozen=True, slots=True)
class DetectableEffect:
    """The smallest gain, as a share, that so many changed models show in four of five studies."""

    models: int
    effect: float


@dataclass(frozen=True, slots=True)
class EffectPlan:
    """How many models to change, and how long to watch, for an effect of a given size.

    Attributes
    ----------
    effect
        The gain to be seen, as a share.
    needed
        Models to change beside the donors that there are; None where `reason` says why.
    days
        Days to watch each: the window before, two days left out, the window after.
    spread
        Standard deviation of the donors' change of the log in such windows.
    curve
        What fewer and more models would show.
    """

    effect: float
    window: int
    days: int
    unit: Unit
    donors: int
    spread: float | None = None
    needed: int | None = None
    curve: tuple[DetectableEffect, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DrawnModel:
    """A model of the portfolio, and whether its card changes first or later."""

    model: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class PlanDraw:
    """Which models' cards change first, by lot.

    Attributes
    ----------
    seed
        Draws the same again from the same models.
    models
        In the order of their names.
    """

    seed: int
    models: tuple[DrawnModel, ...]


def choose_window(donors: EffectPanel) -> WindowChoice:
    """The window in which donors' changes spread least.

    Parameters
    ----------
    donors
        A panel without a single changed model: what is chosen here cannot depend on them.

    Raises
    ------
    ValueError
        A model of the panel was changed.

    Returns
    -------
    WindowChoice
        Of windows that fit into the days that were watched; the longest of those that spread
        alike. The shortest where there is nothing to choose by.
    """
    if (donors.edit >= 0).any():
        raise ValueError("the window is chosen among donors only")
    spreads = {}
    fitting = [w for w in WINDOWS if donors.days >= 2 * w + SKIPPED + _DATES - 1] or [WINDOWS[0]]
    longest = fitting[-1]
    for window in fitting:
        spread = spread_of(donors, window, longest)
        if spread is not None:
            spreads[window] = spread
    window = min(sorted(spreads, reverse=True), key=spreads.__getitem__, default=WINDOWS[0])
    number = int(donors.donors.size)
    return WindowChoice(window, spreads, number, _digest(donors))


def spread_of(donors: EffectPanel, window: int, margin: int | None = None) -> float | None:
    """Standard deviation of donors' change of the log, around their mean of the same days.

    Parameters
    ----------
    margin
        Days to leave at both ends of the panel, so that several windows share their dates.
    """
    rows, room = donors.donors, margin or window
    dates = np.arange(room, donors.days - room - SKIPPED + 1)
    dates = dates[:: max(1, dates.size // _MOST_DATES)]
    if rows.size > _MOST_READ:
        rows = np.random.default_rng(0).choice(rows, _MOST_READ, replace=False)
    counts = WindowCounts.of(donors.rows(rows), "downloads", "all-time")
    if not dates.size or rows.size < FEWEST_DONORS:
        return None
    # The counter's own day: windows that would have to move are not read.
    bounds = np.stack([dates - window, dates, dates + SKIPPED, dates + SKIPPED + window], axis=1)
    changes = counts.changes(bounds.astype(np.int64))
    quiet = np.exp(counts.levels(dates)) * window < FEWEST_COUNTED
    variances = _variances(np.where(quiet, np.nan, changes))
    return math.sqrt(float(variances.mean())) if variances.size else None


def plan_models(
    donors: EffectPanel, choice: WindowChoice, effect: float, level: float = 0.95
) -> EffectPlan:
    """How many models to change, by lot, for an effect of a given size.

    Parameters
    ----------
    effect
        The gain to be seen in four of five such studies, as a share: 0.2 is +20 %.

    Raises
    ------
    ConfigError
        The effect is not above 0.
    """
    if not effect > 0 or not math.isfinite(effect):
        raise ConfigError(f"no effect to plan for: {effect}", hint="a share above 0, as in 0.2")
    window, number = choice.window, int(donors.donors.size)
    days = 2 * window + SKIPPED
    spread = spread_of(donors, window)
    if spread is None or spread <= 0:
        reason = _lacking(donors, window)
        return EffectPlan(effect, window, days, "model", number, reason=reason)
    curve = tuple(
        DetectableEffect(models, math.expm1(_reach(models, number, spread, level)))
        for models in _CURVE
    )
    aim, low, high = math.log1p(effect), MINIMUM_CLUSTERS, _MOST_MODELS
    if _reach(high, number, spread, level) > aim:
        reason = f"no number of models would show it beside {number} that are not changed"
        return EffectPlan(effect, window, days, "model", number, spread, curve=curve, reason=reason)
    while low < high:
        middle = (low + high) // 2
        low, high = (
            (low, middle) if _reach(middle, number, spread, level) <= aim else (middle + 1, high)
        )
    return EffectPlan(effect, window, days, "model", number, spread, low, curve)


def gain_of_draw(plan: EffectPlan, draw: PlanDraw) -> DetectableEffect | None:
    """What models drawn to change first show beside those drawn for later, by a plan's spread.

    None where no spread is known, or where too few are drawn on either side.
    """
    first = sum(model.turn == "first" for model in draw.models)
    later = len(draw.models) - first
    if plan.spread is None or first < MINIMUM_CLUSTERS or not later:
        return None
    return DetectableEffect(first, math.expm1(_reach(first, later, plan.spread, 0.95)))


def _lacking(donors: EffectPanel, window: int) -> str:
    """What a plan takes that is not here, and when it can be."""
    number, days = int(donors.donors.size), 2 * window + SKIPPED
    due = donors.first_day + timedelta(days)
    takes = f"it takes {FEWEST_DONORS} models whose cards stay as they are"
    if donors.days < days or number < FEWEST_DONORS:
        verb, noun = "is" if number == 1 else "are", "day" if donors.days == 1 else "days"
        until = f" (until {due})" if donors.days < days else ""
        return f"{takes}, counted for {days} days{until}; {number} {verb}, for {donors.days} {noun}"
    return f"{takes}, with {FEWEST_COUNTED:.0f} downloads or more in {window} days"


def draw_turns(models: Iterable[str], seed: int, first: int | None = None) -> PlanDraw:
    """Draw which models' cards change first; half of them where no number is given.

    Raises
    ------
    ConfigError
        There are fewer than two models, or none is left for later.

    Examples
    --------
    >>> sorted(drawn.turn for drawn in draw_turns(["a/a", "a/b", "a/c", "a/d"], seed=1).models)
    ['first', 'first', 'later', 'later']
    """
    ordered = sorted(set(models))
    number = len(ordered) // 2 if first is None else first
    if not 0 < number < len(ordered):
        number_of = f"{len(ordered)} model{'s' * (len(ordered) != 1)}"
        drawn = f"and {number} of them cannot go first" if first is not None else "and takes two"
        raise ConfigError(
            f"the draw has {number_of}, {drawn}",
            hint="An experiment needs models that change first and models that change later.",
        )
    chosen = set(np.random.default_rng(seed).permutation(len(ordered))[:number].tolist())
    turns: tuple[Turn, Turn] = ("later", "first")
    return PlanDraw(
        seed, tuple(DrawnModel(name, turns[n in chosen]) for n, name in enumerate(ordered))
    )


def _variances(changes: Floats) -> Floats:
    """Variance among the donors of each date on which enough are known."""
    enough = np.isfinite(changes).sum(axis=1) >= FEWEST_DONORS
    return np.asarray(np.nanvar(changes[enough], axis=1, ddof=1)) if enough.any() else np.empty(0)


def _reach(models: int, donors: int, spread: float, level: float) -> float:
    """Change of the log that so many independent models show with a power of 80 %."""
    reach = reach_of(level, max(models - 1, 1))
    return min(reach * spread * math.sqrt(1 / models + 1 / max(donors, 1)), 20.0)


def _digest(donors: EffectPanel) -> str:
    """SHA-256 of what donors are called and of their counts."""
    digest = hashlib.sha256("\n".join(donors.models).encode())
    digest.update(np.ascontiguousarray(donors.all_time).tobytes())
    return digest.hexdigest()
