"""The report as one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.page.compare import (
        draw_comparison,
        render_comparison,
        render_comparison_page,
    )
    from cardiogram.report.page.drawings import (
        Drawing,
        draw_curves,
        draw_groups,
        draw_scatters,
        draw_shares_of_traits,
        draw_traits,
    )
    from cardiogram.report.page.explore import island
    from cardiogram.report.page.first_screen import draw_dose
    from cardiogram.report.page.html import (
        render_html,
        render_page,
        write_report,
    )
    from cardiogram.report.page.look_back import draw_look_back, render_look_back
    from cardiogram.report.page.pairs import describe_pair
    from cardiogram.report.page.summary import describe_ratings

attach(__name__)
