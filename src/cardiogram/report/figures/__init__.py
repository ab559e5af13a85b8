"""Charts as files of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.figures.badge import (
        badge_markdown,
        endpoint_address,
        make_badge,
        render_badge,
        render_endpoint,
        with_trend,
    )
    from cardiogram.report.figures.figures import (
        FIGURE_FORMATS,
        draw_alone,
        write_drawings,
        write_figures,
    )
    from cardiogram.report.figures.map_figure import write_map_figure

attach(__name__)
