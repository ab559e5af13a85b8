"""One function a sentence: numbers in, a conclusion out, by a rule that is stated with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.analysis.conclusions.popularity_rules import (
        SMALL_LINK,
        HeldEqual,
        conclude_adjusted,
        conclude_gap,
        conclude_in_organisation,
        conclude_times,
        conclude_without_outliers,
        decide,
    )
    from cardiogram.analysis.conclusions.sample_rules import (
        MINIMUM_AUTHORS,
        MINIMUM_RATED,
        MINIMUM_TASKS,
        AuthorMove,
        conclude_between_authors,
        conclude_near_duplicates,
        conclude_one_author,
        conclude_ratings,
        conclude_tasks,
        conclude_too_few,
        conclude_traits,
    )
    from cardiogram.analysis.conclusions.wording import noun, put_outcome

attach(__name__)
