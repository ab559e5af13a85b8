"""Drafts of better cards as a terminal, a pull request and programs are shown them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.terminal.improvement.done_and_asked import (
        VERBS,
        count_lines,
        diff_lines,
        expected_of,
        gain_of,
        places_of,
        proofs_of,
        touched,
        what_of,
    )
    from cardiogram.report.terminal.improvement.draft_forms import DraftForm, render_drafts
    from cardiogram.report.terminal.improvement.proposal_screen import (
        render_proposal,
        render_sent,
    )

attach(__name__)
