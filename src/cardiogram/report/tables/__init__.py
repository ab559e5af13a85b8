"""Results as tables: text, Markdown, CSV, HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.tables.cells import (
        Cell as Cell,
        Chapter as Chapter,
        Kind as Kind,
        Sheet as Sheet,
        write_form as write_form,
    )
    from cardiogram.report.tables.html_tables import (
        write_html as write_html,
        write_html_table as write_html_table,
    )
    from cardiogram.report.tables.number_cells import (
        MAIN as MAIN,
        PLURALS as PLURALS,
        author_cell as author_cell,
        by_outcome as by_outcome,
        estimate_cell as estimate_cell,
        gap_cell as gap_cell,
        interval_cell as interval_cell,
        is_printed as is_printed,
        reason_cell as reason_cell,
        slope_cells as slope_cells,
        williams_cell as williams_cell,
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
