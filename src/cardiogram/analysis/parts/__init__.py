"""The parts of an analysis, each from loaded columns to numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.analysis.parts.extended import extended
    from cardiogram.analysis.parts.rank_parts import (
        associations,
        dose,
        gaps,
        groups,
        largest_correlations,
        links,
        means_differ,
        partials,
        within_organisation,
    )
    from cardiogram.analysis.parts.slope_parts import (
        ALL_ROWS,
        WITHOUT,
        curve,
        robustness,
        times,
        within,
    )
    from cardiogram.analysis.parts.subject import (
        MAIN,
        MANY,
        STATED,
        Subject,
        adjusted_for,
        covariate_names,
        number_authors,
        prepare,
        without_outliers,
    )
    from cardiogram.analysis.parts.text_parts import describe_duplicates, odds
    from cardiogram.analysis.parts.two_forms import correct, relate
    from cardiogram.analysis.parts.work_parts import find_changes, mend, missed, work_list

attach(__name__)
