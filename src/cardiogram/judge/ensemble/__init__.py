"""Several judges together: panels and cascades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.ensemble.cascade import (
        CascadeJudge as CascadeJudge,
        Ensemble as Ensemble,
        rate_ensemble as rate_ensemble,
    )
    from cardiogram.judge.ensemble.derived import apply_calibration as apply_calibration
    from cardiogram.judge.ensemble.panel import (
        JudgePanel as JudgePanel,
        measure_panel as measure_panel,
        write_panel as write_panel,
    )
    from cardiogram.judge.ensemble.tolerance import (
        CascadeTable as CascadeTable,
        ToleranceStep as ToleranceStep,
        choose_tolerance as choose_tolerance,
    )

attach(__name__)
