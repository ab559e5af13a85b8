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
        EmbeddedJudge as EmbeddedJudge,
        embedded_judge as embedded_judge,
        own_id as own_id,
        own_judge as own_judge,
    )
    from cardiogram.judge.embedded.kernel import (
        GRAIN as GRAIN,
        LIKENESS as LIKENESS,
        SHARES as SHARES,
        STEP as STEP,
        WEIGHT as WEIGHT,
        Kernel as Kernel,
        likeness as likeness,
        to_steps as to_steps,
    )
    from cardiogram.judge.embedded.model import Model as Model
    from cardiogram.judge.embedded.trees import UNIT as UNIT, Forest as Forest

attach(__name__)
