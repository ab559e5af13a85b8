"""Judges: what rates a card by the rubric, and how a study is rated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.catalog import (
        describe_judges as describe_judges,
        list_judges as list_judges,
    )
    from cardiogram.judge.load import load_judge as load_judge
    from cardiogram.judge.rate import (
        Coverage as Coverage,
        OnEstimate as OnEstimate,
        rate_study as rate_study,
        read_coverage as read_coverage,
    )
    from cardiogram.judge.rating import (
        Evidence as Evidence,
        Judge as Judge,
        Rating as Rating,
        Score as Score,
        Status as Status,
    )
    from cardiogram.judge.rubric import (
        DEFAULT_RUBRIC as DEFAULT_RUBRIC,
        RUBRIC_OF as RUBRIC_OF,
        Rubric as Rubric,
        load_rubric as load_rubric,
    )

attach(__name__)
