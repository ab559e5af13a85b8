"""Results as tables: text, Markdown, CSV, HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.tables.cells import (
        PLURALS,
        Cell,
        Chapter,
        Kind,
        Sheet,
        by_outcome,
        write_form,
    )
    from cardiogram.report.tables.effect_views import (
        changed_sheet,
        effect_sheet,
        left_out_sheet,
        reason_sheet,
    )
    from cardiogram.report.tables.html_tables import write_html, write_html_table
    from cardiogram.report.tables.views import (
        KINDS,
        Format,
        conclusion_paragraphs,
        describe_judge,
        describe_models,
        render_corrected,
        render_results,
        result_chapters,
        say_absent,
    )
    from cardiogram.report.tables.work_views import READERS, work_chapters
    from cardiogram.report.tables.writers import (
        render_table,
        write_csv,
        write_markdown,
        write_screen,
        write_table,
        write_text,
    )

attach(__name__)
