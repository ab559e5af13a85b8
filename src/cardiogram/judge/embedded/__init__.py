"""The shipped judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.embedded.decision import Decision
    from cardiogram.judge.embedded.gain_factors import SMALL, GainFactors
    from cardiogram.judge.embedded.intervals import decide, learn_decision
    from cardiogram.judge.embedded.judge import (
        OWN,
        AgreementRecord,
        EmbeddedJudge,
        Record,
        TrainingRecord,
        embedded_judge,
        no_evidence,
        own_id,
        own_judge,
    )
    from cardiogram.judge.embedded.model import (
        Forest,
        Kernel,
        Model,
        answer_overall,
        measure_likeness,
        to_steps,
    )
    from cardiogram.judge.embedded.units import (
        GRAINS,
        LEAF_UNIT,
        LIKENESS_UNIT,
        STEPS,
        WEIGHT_UNIT,
    )

attach(__name__)
