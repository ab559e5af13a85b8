"""What a terminal shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.terminal.checked import render_checked as render_checked
    from cardiogram.report.terminal.coverage import (
        coverage_as_dict as coverage_as_dict,
        render_coverage as render_coverage,
        render_estimates as render_estimates,
    )
    from cardiogram.report.terminal.judges import (
        render_audit as render_audit,
        render_calibration as render_calibration,
        render_cascade as render_cascade,
        render_drift as render_drift,
        render_panel as render_panel,
    )
    from cardiogram.report.terminal.map import render_map as render_map
    from cardiogram.report.terminal.published import render_plan as render_plan
    from cardiogram.report.terminal.validation import (
        format_figure as format_figure,
        format_interval as format_interval,
        render_self_agreement as render_self_agreement,
        render_validation as render_validation,
    )

attach(__name__)
