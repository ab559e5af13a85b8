"""A study folder becomes results.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.analysis.analyze import Results as Results, analyze as analyze, render as render
    from cardiogram.analysis.compare import (
        OUTCOMES as OUTCOMES,
        Change as Change,
        Comparison as Comparison,
        Side as Side,
        compare_studies as compare_studies,
    )
    from cardiogram.analysis.ends import ends_in_words as ends_in_words
    from cardiogram.analysis.results import finite as finite, of_association as of_association
    from cardiogram.analysis.rounding import (
        figure as figure,
        p_value as p_value,
        ratio as ratio,
        ratios as ratios,
    )
    from cardiogram.analysis.sentences import (
        NAMES as NAMES,
        describe_finding as describe_finding,
        is_impossible as is_impossible,
    )

attach(__name__)
