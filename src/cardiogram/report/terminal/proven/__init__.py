"""Facts and verified cards as a terminal, a pull request and programs are shown them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.terminal.proven.facts_screen import render_facts
    from cardiogram.report.terminal.proven.verified_forms import VerifiedForm, render_verified
    from cardiogram.report.terminal.proven.verified_words import (
        HEADINGS,
        answer_of,
        subject_of,
    )

attach(__name__)
