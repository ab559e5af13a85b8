"""Drafts of better cards as a terminal, a pull request and programs are shown them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.terminal.improvement.draft_forms import DraftForm, render_drafts

attach(__name__)
