"""What a terminal shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.terminal.asked import render_self_agreement as render_self_agreement
    from cardiogram.report.terminal.calibration import render_calibration as render_calibration
    from cardiogram.report.terminal.checked import render_checked as render_checked
    from cardiogram.report.terminal.judges import (
        render_audit as render_audit,
        render_cascade as render_cascade,
        render_drift as render_drift,
        render_panel as render_panel,
        render_saved as render_saved,
    )
    from cardiogram.report.terminal.map import render_map as render_map
    from cardiogram.report.terminal.published import render_plan as render_plan

attach(__name__)
