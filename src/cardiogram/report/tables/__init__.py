"""Results as tables: text, Markdown, CSV, HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.tables.cells import Cell, Chapter, Kind, Sheet, write_form
    from cardiogram.report.tables.html_tables import write_html, write_html_table
    from cardiogram.report.tables.number_cells import (
        MAIN,
        PLURALS,
        author_cell,
        by_outcome,
        estimate_cell,
        gap_cell,
        interval_cell,
        is_printed,
        reason_cell,
        slope_cells,
        williams_cell,
    )
    from cardiogram.report.tables.views import Format, render_results
    from cardiogram.report.tables.writers import (
        render_table,
        write_csv,
        write_markdown,
        write_screen,
        write_table,
        write_text,
    )

attach(__name__)
