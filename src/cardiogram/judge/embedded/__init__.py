"""The shipped judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.embedded.intervals import (
        Decision as Decision,
        decide as decide,
        learn_decision as learn_decision,
    )
    from cardiogram.judge.embedded.judge import (
        DECISION_ARRAYS as DECISION_ARRAYS,
        KERNEL_ARRAYS as KERNEL_ARRAYS,
        OWN as OWN,
        TREE_ARRAYS as TREE_ARRAYS,
        AgreementRecord as AgreementRecord,
        EmbeddedJudge as EmbeddedJudge,
        Record as Record,
        TrainingRecord as TrainingRecord,
        embedded_judge as embedded_judge,
        own_id as own_id,
        own_judge as own_judge,
    )
    from cardiogram.judge.embedded.model import (
        GRAINS as GRAINS,
        LEAF_UNIT as LEAF_UNIT,
        LIKENESS_SHARES as LIKENESS_SHARES,
        LIKENESS_UNIT as LIKENESS_UNIT,
        STEPS as STEPS,
        WEIGHT_UNIT as WEIGHT_UNIT,
        Forest as Forest,
        Kernel as Kernel,
        Model as Model,
        measure_likeness as measure_likeness,
        to_steps as to_steps,
    )

attach(__name__)
