"""How far a judge can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.validation.calibration import (
        SavedCalibration as SavedCalibration,
        author_folds as author_folds,
        load_calibration as load_calibration,
        make_calibration as make_calibration,
        save_calibration as save_calibration,
    )
    from cardiogram.judge.validation.drift import Drift as Drift, find_drift as find_drift
    from cardiogram.judge.validation.gap import GapTable as GapTable, ask_both_ways as ask_both_ways
    from cardiogram.judge.validation.metrics import (
        AuthorDraws as AuthorDraws,
        Figure as Figure,
        Measured as Measured,
        draw_authors as draw_authors,
    )
    from cardiogram.judge.validation.reliability import (
        Reliability as Reliability,
        reliability as reliability,
    )
    from cardiogram.judge.validation.self_agreement import (
        Stability as Stability,
        measure_stability as measure_stability,
        read_repeats as read_repeats,
    )
    from cardiogram.judge.validation.validate import (
        Calibration as Calibration,
        GoldCards as GoldCards,
        calibrate as calibrate,
        consensus as consensus,
        gold_hash as gold_hash,
        pair as pair,
        pair_files as pair_files,
    )

attach(__name__)
