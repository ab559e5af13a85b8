"""Results as tables: text, Markdown, CSV, HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.tables.tables import render_table as render_table
    from cardiogram.report.tables.views import Format as Format, render_results as render_results

attach(__name__)
