"""Judges: what rates a card by the rubric, and how a study is rated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.ask_study import OnEstimate, count_answers
    from cardiogram.judge.catalog import describe_judges, list_judges
    from cardiogram.judge.forecast import (
        Forecast,
        costs_by_sample,
        forecast_study,
        seconds_after_rating,
    )
    from cardiogram.judge.load import load_judge
    from cardiogram.judge.rate import count_cards, estimate_models, rate_study
    from cardiogram.judge.rated_counts import Coverage, read_coverage
    from cardiogram.judge.rating import Evidence, Judge, Rating, Score, Status
    from cardiogram.judge.reliance import describe_reliance
    from cardiogram.judge.rubric import DEFAULT_RUBRIC, RUBRIC_OF, Criterion, Rubric, load_rubric

attach(__name__)
