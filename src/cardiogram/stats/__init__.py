"""Statistics: arrays in, frozen dataclasses out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.agreement import (
        LEVELS as LEVELS,
        Floats as Floats,
        Whole as Whole,
        alpha_of_coincidences as alpha_of_coincidences,
        alpha_of_counts as alpha_of_counts,
        cells_of as cells_of,
        coincidences as coincidences,
        confusion as confusion,
        kappa_of_counts as kappa_of_counts,
        quadratic_kappa as quadratic_kappa,
    )
    from cardiogram.stats.describe import (
        OutcomeSummary as OutcomeSummary,
        RatingSummary as RatingSummary,
        describe_outcome as describe_outcome,
        describe_ratings as describe_ratings,
    )
    from cardiogram.stats.distributions import (
        normal_p_value as normal_p_value,
        normal_quantile as normal_quantile,
        student_p_value as student_p_value,
        student_quantile as student_quantile,
    )
    from cardiogram.stats.groups import (
        GROUP_CALL as GROUP_CALL,
        GROUP_METHOD as GROUP_METHOD,
        Group as Group,
        describe_groups as describe_groups,
    )
    from cardiogram.stats.outliers import (
        RULES as RULES,
        WHY as WHY,
        WORDS as WORDS,
        Rule as Rule,
        find_outliers as find_outliers,
    )
    from cardiogram.stats.power import (
        Power as Power,
        detectable_difference as detectable_difference,
        power_of as power_of,
    )
    from cardiogram.stats.ppi import (
        Corrected as Corrected,
        Statistic as Statistic,
        correct as correct,
    )
    from cardiogram.stats.prevalence import (
        ODDS_CALL as ODDS_CALL,
        ODDS_METHOD as ODDS_METHOD,
        TOP_SHARE as TOP_SHARE,
        Decile as Decile,
        Odds as Odds,
        benjamini_hochberg as benjamini_hochberg,
        deciles as deciles,
        odds_ratio as odds_ratio,
        popular as popular,
    )
    from cardiogram.stats.strata import (
        SUMMARY_CALL as SUMMARY_CALL,
        SUMMARY_METHOD as SUMMARY_METHOD,
        Summary as Summary,
        strata_of as strata_of,
        summarise as summarise,
    )

attach(__name__)
