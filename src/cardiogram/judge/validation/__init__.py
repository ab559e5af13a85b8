"""How far a judge can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.validation.calibration import (
        Calibration,
        author_folds,
        calibrate,
        load_calibration,
        save_calibration,
    )
    from cardiogram.judge.validation.drift import Drift, find_drift
    from cardiogram.judge.validation.metrics import (
        AuthorDraws,
        GoldAgreement,
        Measurement,
        count_cells,
        draw_authors,
        measure_against_gold,
    )
    from cardiogram.judge.validation.reliability import Reliability, measure_reliability
    from cardiogram.judge.validation.self_agreement import SelfAgreement, measure_self_agreement
    from cardiogram.judge.validation.validate import (
        GoldCards,
        PairedReadings,
        Validation,
        consensus,
        pair_readings,
        validate,
    )

attach(__name__)
