"""What a terminal shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.terminal.checked import Form, render_checked
    from cardiogram.report.terminal.coverage import (
        coverage_as_dict,
        render_coverage,
        render_estimates,
    )
    from cardiogram.report.terminal.forecast_lines import render_forecast
    from cardiogram.report.terminal.improvement import (
        DraftForm,
        render_drafts,
        render_proposal,
        render_sent,
        what_of,
    )
    from cardiogram.report.terminal.judges import (
        describe_audit,
        render_audit,
        render_calibration,
        render_cascade,
        render_drift,
        render_panel,
    )
    from cardiogram.report.terminal.map import render_map
    from cardiogram.report.terminal.proven import VerifiedForm, render_facts, render_verified
    from cardiogram.report.terminal.published import render_plan
    from cardiogram.report.terminal.study_screen import pick_sentences, render_screen, render_study
    from cardiogram.report.terminal.tracked import (
        name_ledger,
        render_added,
        render_backfill,
        render_effect,
        render_experiment,
        render_history,
        render_snapshot,
        say_set_aside,
    )
    from cardiogram.report.terminal.validation import (
        format_figure,
        format_interval,
        render_self_agreement,
        render_validation,
    )
    from cardiogram.report.terminal.work_lines import say_gained
    from cardiogram.report.terminal.writing import Look, inline, one_line, quote_name

attach(__name__)
