"""A study's tables as columns, shard by shard: models, ratings, and what is in the cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.analysis.columns.card_columns import read_problem_counts, read_traits
    from cardiogram.analysis.columns.each_shard import each_shard
    from cardiogram.analysis.columns.id_index import IdIndex
    from cardiogram.analysis.columns.model_columns import NONE, ModelColumns, read_models
    from cardiogram.analysis.columns.rating_columns import RatingColumns, read_ratings
    from cardiogram.analysis.columns.sign_texts import sign
    from cardiogram.analysis.columns.text_columns import read_signatures

attach(__name__)
