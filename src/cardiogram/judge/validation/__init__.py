"""How far a judge can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.validation.calibration import (
        Calibration as Calibration,
        author_folds as author_folds,
        calibrate as calibrate,
        load_calibration as load_calibration,
        save_calibration as save_calibration,
    )
    from cardiogram.judge.validation.drift import Drift as Drift, find_drift as find_drift
    from cardiogram.judge.validation.metrics import (
        AuthorDraws as AuthorDraws,
        GoldAgreement as GoldAgreement,
        Measurement as Measurement,
        count_cells as count_cells,
        draw_authors as draw_authors,
        measure_against_gold as measure_against_gold,
    )
    from cardiogram.judge.validation.reliability import (
        Reliability as Reliability,
        measure_reliability as measure_reliability,
    )
    from cardiogram.judge.validation.self_agreement import (
        SelfAgreement as SelfAgreement,
        measure_self_agreement as measure_self_agreement,
    )
    from cardiogram.judge.validation.validate import (
        GoldCards as GoldCards,
        PairedReadings as PairedReadings,
        Validation as Validation,
        consensus as consensus,
        pair_readings as pair_readings,
        validate as validate,
    )

attach(__name__)
