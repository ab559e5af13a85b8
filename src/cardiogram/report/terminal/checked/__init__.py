"""Checked cards as a terminal, a pull request and programs are shown them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.terminal.checked.forms import Form, render_checked

attach(__name__)
