"""Several judges together: panels and cascades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.ensemble.cascade import (
        CascadeJudge,
        Ensemble,
        UnsureCards,
        rate_ensemble,
    )
    from cardiogram.judge.ensemble.derived import apply_calibration
    from cardiogram.judge.ensemble.panel import JudgePanel, measure_panel, write_panel
    from cardiogram.judge.ensemble.tolerance import CascadeTable, ToleranceStep, choose_tolerance

attach(__name__)
