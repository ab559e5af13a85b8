"""Plan an experiment: how many models for how long, and which go first, by lot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cardiogram.track.effect.effect_panel import Unit

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
        Models to change, with as many or more left as they are; None where `reason` says why.
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
