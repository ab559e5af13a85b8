"""The report as one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.page.chapters import scatter_points
    from cardiogram.report.page.compare import render_comparison, render_comparison_page
    from cardiogram.report.page.explore import island
    from cardiogram.report.page.groups import GROUPS_SHOWN, describe_groups
    from cardiogram.report.page.html import (
        content_policy,
        read_static,
        render_html,
        render_page,
        write_report,
    )
    from cardiogram.report.page.links import draw_within, within_forests
    from cardiogram.report.page.statistics import find_robust_line
    from cardiogram.report.page.summary import describe_ratings, is_certain, shorten_finding

attach(__name__)
