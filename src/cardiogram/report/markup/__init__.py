"""HTML and SVG as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.markup.charts import (
        MAX_POINTS as MAX_POINTS,
        FittedLine as FittedLine,
        ForestRow as ForestRow,
        ScatterPoint as ScatterPoint,
        draw_distribution as draw_distribution,
        draw_dot as draw_dot,
        draw_dumbbell as draw_dumbbell,
        draw_forest as draw_forest,
        draw_histogram as draw_histogram,
        draw_interval as draw_interval,
        draw_line as draw_line,
        draw_mean_range as draw_mean_range,
        draw_rating_range as draw_rating_range,
        draw_scatter as draw_scatter,
        draw_share_range as draw_share_range,
        draw_shares as draw_shares,
        draw_svg as draw_svg,
        draw_text as draw_text,
    )
    from cardiogram.report.markup.markup import (
        Child as Child,
        Markup as Markup,
        column as column,
        el as el,
        fold as fold,
        join as join,
        scroller as scroller,
        section as section,
    )
    from cardiogram.report.markup.words import (
        METHODS as METHODS,
        Bounds as Bounds,
        Ends as Ends,
        format_day as format_day,
        format_ends as format_ends,
        format_number as format_number,
        format_p_value as format_p_value,
        format_percent as format_percent,
        format_share as format_share,
        format_signed as format_signed,
        join_words as join_words,
        keep_units as keep_units,
        name_outcome as name_outcome,
        name_outcomes as name_outcomes,
        name_predictor as name_predictor,
        printable as printable,
        read_bounds as read_bounds,
        wrap_lines as wrap_lines,
    )

attach(__name__)
