"""The report as one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.page.chapters import scatter_points as scatter_points
    from cardiogram.report.page.compare import (
        render_comparison as render_comparison,
        render_comparison_page as render_comparison_page,
    )
    from cardiogram.report.page.explore import island as island
    from cardiogram.report.page.groups import (
        GROUPS_SHOWN as GROUPS_SHOWN,
        describe_groups as describe_groups,
    )
    from cardiogram.report.page.html import (
        content_policy as content_policy,
        read_static as read_static,
        render_html as render_html,
        render_page as render_page,
        write_report as write_report,
    )
    from cardiogram.report.page.links import (
        draw_within as draw_within,
        within_forests as within_forests,
    )
    from cardiogram.report.page.statistics import find_robust_line as find_robust_line
    from cardiogram.report.page.summary import (
        describe_ratings as describe_ratings,
        is_certain as is_certain,
        shorten_finding as shorten_finding,
    )

attach(__name__)
