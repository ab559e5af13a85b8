"""HTML and SVG as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.markup.charts import (
        MAX_POINTS,
        FittedLine,
        ForestRow,
        ScatterPoint,
        draw_distribution,
        draw_dot,
        draw_dumbbell,
        draw_forest,
        draw_histogram,
        draw_interval,
        draw_line,
        draw_mean_range,
        draw_rating_range,
        draw_scatter,
        draw_share_range,
        draw_shares,
        draw_svg,
        draw_text,
    )
    from cardiogram.report.markup.markup import (
        Child,
        Markup,
        column,
        el,
        fold,
        join,
        scroller,
        section,
    )
    from cardiogram.report.markup.words import (
        METHODS,
        Bounds,
        Ends,
        format_day,
        format_ends,
        format_number,
        format_p_value,
        format_percent,
        format_share,
        format_signed,
        join_words,
        keep_units,
        name_outcome,
        name_outcomes,
        name_predictor,
        printable,
        read_bounds,
        wrap_lines,
    )

attach(__name__)
