"""Statistics: arrays in, frozen dataclasses out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.agreement import (
        LEVELS as LEVELS,
        Floats as Floats,
        WholeNumbers as WholeNumbers,
        alpha_of_coincidences as alpha_of_coincidences,
        alpha_of_counts as alpha_of_counts,
        confusion_cells as confusion_cells,
        count_coincidences as count_coincidences,
        count_confusion as count_confusion,
        kappa_of_counts as kappa_of_counts,
        krippendorff_alpha as krippendorff_alpha,
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
        GroupSummary as GroupSummary,
        describe_groups as describe_groups,
    )
    from cardiogram.stats.outliers import (
        OUTLIER_RULE_WORDS as OUTLIER_RULE_WORDS,
        OUTLIER_RULES as OUTLIER_RULES,
        WHY_NO_OUTLIERS as WHY_NO_OUTLIERS,
        OutlierRule as OutlierRule,
        find_outliers as find_outliers,
    )
    from cardiogram.stats.power import (
        Power as Power,
        detectable_difference as detectable_difference,
        measure_power as measure_power,
    )
    from cardiogram.stats.ppi import (
        CorrectedEstimate as CorrectedEstimate,
        CorrectedStatistic as CorrectedStatistic,
        correct_by_gold as correct_by_gold,
    )
    from cardiogram.stats.prevalence import (
        ODDS_CALL as ODDS_CALL,
        ODDS_METHOD as ODDS_METHOD,
        TOP_SHARE as TOP_SHARE,
        Decile as Decile,
        Odds as Odds,
        benjamini_hochberg as benjamini_hochberg,
        find_popular as find_popular,
        measure_deciles as measure_deciles,
        odds_ratio as odds_ratio,
    )
    from cardiogram.stats.strata import (
        SUMMARY_CALL as SUMMARY_CALL,
        SUMMARY_METHOD as SUMMARY_METHOD,
        StrataSummary as StrataSummary,
        find_strata as find_strata,
        summarise_strata as summarise_strata,
    )

attach(__name__)
