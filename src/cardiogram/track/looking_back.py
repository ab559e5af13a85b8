"""A study looking back: what followed the changes of many cards, from series that exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from cardiogram.errors import DataError
from cardiogram.progress import Progress, silent
from cardiogram.stats.resampling import Resampling
from cardiogram.track.effect import (
    Effect,
    EffectPanel,
    EffectPlan,
    LeftOut,
    Outcome,
    SingleModel,
    WindowChoice,
    choose_window,
    compare_models,
    compare_single,
    find_effect,
    fixed_panel,
    panel_of,
    plan_models,
)
from cardiogram.track.history import CardEvent
from cardiogram.track.series import ModelSeries

OUTCOMES: tuple[Outcome, ...] = ("downloads", "likes")
PLANNED = 0.2
"""The gain for which the number of models is stated."""

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class ChangedModel:
    """A changed model that an effect was read from.

    Attributes
    ----------
    day
        Of the change, in UTC.
    rise
        How much the card's overall rating rose; None where it is not known.
    change, change_of_others
        Change of the log of new downloads a day from before to after, and that of models like it.
    """

    model: str
    day: date
    rise: float | None
    change: float
    change_of_others: float


@dataclass(frozen=True, slots=True)
class LookBack:
    """What a look back found, and all that it rests on.

    Attributes
    ----------
    first_day, last_day
        Of activity.
    models
        Models whose series were read.
    events, usable
        Changes of cards, without their creation, and those that an effect may be looked for after.
    reasons
        Why not after the others, with how many there are.
    effects
        One an outcome.
    plan
        What fewer and more changed models would show.
    changed
        The changed models, by day.
    left_out
        Other changed models, each with the reason why it is not among them.
    singles
        A few of the changed models, drawn by lot, each alone.
    """

    first_day: date
    last_day: date
    models: int
    events: int
    usable: int
    reasons: Mapping[str, int]
    choice: WindowChoice
    effects: tuple[Effect, ...]
    plan: EffectPlan
    changed: tuple[ChangedModel, ...]
    left_out: tuple[LeftOut, ...]
    singles: tuple[SingleModel, ...]
    seed: int

    @property
    def main(self) -> Effect:
        """That on downloads."""
        return self.effects[0]


def look_back(
    series: Sequence[ModelSeries],
    events: Sequence[CardEvent],
    *,
    ledger: Path | None = None,
    seed: int = 0,
    on_progress: Progress = silent,
) -> LookBack:
    """Find what followed changes of cards.

    Parameters
    ----------
    series
        Of the models that were changed and of many that were not.
    events
        Changes of cards; those of models without a series are counted, and not used.
    ledger
        Where the window is kept before a changed model is read, and a draw of who changes first;
        without it the window is chosen anew.
    seed
        Of the randomisation, of placebo dates, and of the models that are shown.

    Raises
    ------
    DataError
        There are no series, or no changes of the models in them.
    """
    if not series:
        raise DataError("there are no series of models", hint="cardiogram track backfill --help")
    known = frozenset[str]().union(*(model.every_name for model in series))
    if not any(event.repo in known for event in events):
        raise DataError(
            f"none of the {len(events):,} changes of cards is of a model in the series",
            hint="The same models must be in both: track backfill and track history take ids.",
        )
    if ledger:
        panel, choice = fixed_panel(ledger, series, events)
    else:
        panel = panel_of(series, events)
        choice = choose_window(panel.only_donors)
    resampling = Resampling(draws=999, seed=seed)
    effects = []
    for done, outcome in enumerate(OUTCOMES):
        on_progress("effect", done, len(OUTCOMES))
        effects.append(find_effect(panel, choice, outcome, resampling))
    on_progress("effect", len(OUTCOMES), len(OUTCOMES))
    changed = _changed(panel, choice, seed)
    changes = [event for event in events if event.is_change]
    return LookBack(
        first_day=panel.first_day,
        last_day=panel.first_day + timedelta(max(0, panel.days - 1)),
        models=len(series),
        events=len(changes),
        usable=sum(event.usable for event in changes),
        reasons=dict(Counter(event.reasons[0] for event in changes if event.reasons)),
        choice=choice,
        effects=tuple(replace(effect, left_out=()) for effect in effects),
        plan=plan_models(panel.only_donors, choice, PLANNED),
        changed=changed,
        left_out=effects[0].left_out,
        singles=_draw_singles(panel, choice, changed, seed),
        seed=seed,
    )


def _changed(panel: EffectPanel, choice: WindowChoice, seed: int) -> tuple[ChangedModel, ...]:
    """Each changed model with its own change and that of the models like it."""
    comparison = compare_models(panel, choice.window, "downloads", seed)
    treated = comparison.treated
    rows = [
        ChangedModel(
            panel.models[row],
            panel.first_day + timedelta(int(panel.edit[row])),
            float(panel.dose[row]) if np.isfinite(panel.dose[row]) else None,
            float(own),
            float(others),
        )
        for row, own, others in zip(treated.rows, treated.own, treated.compared, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (row.day, row.model)))


def _draw_singles(
    panel: EffectPanel, choice: WindowChoice, changed: Sequence[ChangedModel], seed: int
) -> tuple[SingleModel, ...]:
    """A few changed models, each alone, by lot: not those that rose most."""
    order = np.random.default_rng(seed).permutation(len(changed))[:_SHOWN]
    drawn = sorted(changed[place].model for place in order)
    return tuple(compare_single(panel, model, choice) for model in drawn)
