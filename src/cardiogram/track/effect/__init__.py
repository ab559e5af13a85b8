"""What a change of the card did: one estimator, its checks, and the plan of an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.track.effect.comparison import ModelComparison, compare_models
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
    from cardiogram.track.effect.effect_design import (
        EffectDesign,
        count_set_aside,
        due_on,
        experiment_of,
        find_edited,
        fix_window,
        fixed_panel,
        keep_draw,
        read_design,
    )
    from cardiogram.track.effect.effect_panel import (
        EffectPanel,
        LeftOut,
        Outcome,
        Unit,
        panel_of,
    )
    from cardiogram.track.effect.find_effect import estimate_effect, find_effect
    from cardiogram.track.effect.planning import (
        FEWEST_DONORS,
        DetectableEffect,
        DrawnModel,
        EffectPlan,
        PlanDraw,
        WindowChoice,
        choose_window,
        draw_turns,
        gain_of_draw,
        plan_models,
    )
    from cardiogram.track.effect.single_model import compare_single

attach(__name__)
