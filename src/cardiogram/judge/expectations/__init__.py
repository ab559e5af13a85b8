"""What a reader expects of a card, which of it is missing, and what it would gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.expectations.contributions import measure_contributions
    from cardiogram.judge.expectations.expectations import (
        EXPECTATIONS,
        Expectation,
        Wording,
        read_entries,
    )
    from cardiogram.judge.expectations.gaps import (
        Gain,
        Gap,
        explain,
        find_gaps,
        lines_of_topic,
        mended_features,
        name_lacks,
        sort_gaps,
    )
    from cardiogram.judge.expectations.hints import is_english
    from cardiogram.judge.expectations.predicates import all_of, any_of
    from cardiogram.judge.expectations.verdicts import decide_expectations, name_missed

attach(__name__)
