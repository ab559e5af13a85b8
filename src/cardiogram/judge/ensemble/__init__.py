"""Several judges together: panels and cascades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.ensemble.derived import apply_calibration as apply_calibration
    from cardiogram.judge.ensemble.panel import Panel as Panel, convene as convene
    from cardiogram.judge.ensemble.together import (
        Together as Together,
        rate_together as rate_together,
    )
    from cardiogram.judge.ensemble.tolerance import CascadeTable as CascadeTable, Step as Step
    from cardiogram.judge.ensemble.tune import tune_cascade as tune_cascade

attach(__name__)
