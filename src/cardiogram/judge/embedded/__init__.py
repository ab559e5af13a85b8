"""The shipped judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.embedded.gain_factors import GainFactors, learn_gain_factors
    from cardiogram.judge.embedded.intervals import Decision, decide, learn_decision
    from cardiogram.judge.embedded.judge import (
        OWN,
        AgreementRecord,
        EmbeddedJudge,
        Record,
        TrainingRecord,
        embedded_judge,
        own_id,
        own_judge,
        pack_weights,
    )
    from cardiogram.judge.embedded.model import (
        GRAINS,
        LEAF_UNIT,
        LIKENESS_UNIT,
        STEPS,
        WEIGHT_UNIT,
        Forest,
        Kernel,
        Model,
        answer_overall,
        measure_likeness,
        to_steps,
    )

attach(__name__)
