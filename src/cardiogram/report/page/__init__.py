"""The report as one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.page.compare import (
        render_comparison as render_comparison,
        render_comparison_page as render_comparison_page,
    )
    from cardiogram.report.page.explore import island as island
    from cardiogram.report.page.html import (
        policy as policy,
        render_html as render_html,
        render_page as render_page,
    )
    from cardiogram.report.page.write import write_report as write_report

attach(__name__)
