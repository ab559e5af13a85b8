"""HTML and SVG as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.markup.charts import (
        MAX_POINTS,
        ScatterPoint,
        draw_distribution,
        draw_dot,
        draw_dumbbell,
        draw_interval,
        draw_line,
        draw_rating_range,
        draw_scatter,
        draw_share,
        draw_share_range,
        draw_shares,
        draw_svg,
        draw_text,
    )
    from cardiogram.report.markup.day_charts import (
        BeforeAfter,
        DayMark,
        RatedDay,
        draw_days,
        draw_history,
    )
    from cardiogram.report.markup.effect_charts import (
        DayChange,
        draw_detectable,
        draw_event_study,
        format_change,
        make_change_axis,
    )
    from cardiogram.report.markup.markup import (
        Child,
        Markup,
        breakable,
        column,
        el,
        fold,
        join,
        scroller,
        section,
    )
    from cardiogram.report.markup.study_charts import (
        RATINGS,
        Axis,
        CurvePoint,
        ForestRow,
        RatingBar,
        ShareRow,
        draw_curve,
        draw_forest,
        draw_ratings,
        draw_two_shares,
        make_correlation_axis,
        make_ratio_axis,
    )
    from cardiogram.report.markup.words import (
        Bounds,
        Ends,
        count_of,
        format_day,
        format_number,
        format_percent,
        format_share,
        format_signed,
        join_words,
        keep_units,
        level_of,
        printable,
        read_bounds,
        wrap_lines,
    )

attach(__name__)
