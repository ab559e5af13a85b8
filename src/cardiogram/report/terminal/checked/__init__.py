"""Checked cards as a terminal, a pull request and programs are shown them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.terminal.checked.forms import Form, render_checked
    from cardiogram.report.terminal.checked.phrases import (
        NOT_ENGLISH,
        Places,
        capitalised,
        contradicted,
        describe_change,
        describe_no_gaps,
        describe_rank,
        describe_shortfall,
        first_to_mend,
        gain_of,
        grade_of,
        interval_of,
        judged_by,
        line_of,
        lines_of,
        name_of,
        other_findings,
        range_of,
        refusals,
        scores_of,
        sentences_of,
        shows,
        untold,
    )

attach(__name__)
