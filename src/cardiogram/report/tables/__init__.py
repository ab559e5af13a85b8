"""Results as tables: text, Markdown, CSV, HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.tables.cells import (
        Cell as Cell,
        Kind as Kind,
        Section as Section,
        Table as Table,
        write_form as write_form,
    )
    from cardiogram.report.tables.html_tables import (
        write_html as write_html,
        write_html_table as write_html_table,
    )
    from cardiogram.report.tables.views import Format as Format, render_results as render_results
    from cardiogram.report.tables.writers import (
        render_table as render_table,
        write_csv as write_csv,
        write_markdown as write_markdown,
        write_screen as write_screen,
        write_table as write_table,
        write_text as write_text,
    )

attach(__name__)
