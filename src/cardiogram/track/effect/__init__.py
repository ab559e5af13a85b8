"""What a change of the card did: one estimator, its checks, and the plan of an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.track.effect.effect import (
        CrossCheck,
        DayPoint,
        Dose,
        DoseGroup,
        Effect,
        EffectVerdict,
        PlaceboDates,
        SelectionCheck,
        SingleModel,
        VerdictKind,
    )
    from cardiogram.track.effect.effect_panel import EffectPanel, LeftOut, Outcome, Unit
    from cardiogram.track.effect.effect_plan import (
        DetectableEffect,
        DrawnModel,
        EffectPlan,
        PlanDraw,
        WindowChoice,
    )

attach(__name__)
