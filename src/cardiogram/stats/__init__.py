"""Statistics: arrays in, frozen dataclasses out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.agreement import (
        LEVELS,
        Floats,
        WholeNumbers,
        alpha_of_coincidences,
        alpha_of_counts,
        confusion_cells,
        count_coincidences,
        count_confusion,
        kappa_of_counts,
        krippendorff_alpha,
        quadratic_kappa,
    )
    from cardiogram.stats.clustered_difference import (
        WITHIN,
        ClusteredDifference,
        clustered_difference,
        randomisation_p,
        weigh_clusters,
    )
    from cardiogram.stats.describe import (
        OutcomeSummary,
        RatingSummary,
        describe_outcome,
        describe_ratings,
    )
    from cardiogram.stats.distributions import (
        normal_p_value,
        normal_quantile,
        student_p_value,
        student_quantile,
    )
    from cardiogram.stats.groups import (
        GROUP_CALL,
        GROUP_METHOD,
        GroupSummary,
        MeanComparison,
        MeanDifference,
        compare_means,
        describe_groups,
    )
    from cardiogram.stats.outliers import (
        OUTLIER_RULE_WORDS,
        OUTLIER_RULES,
        OutlierRule,
        find_outliers,
    )
    from cardiogram.stats.placebo import confounded_ratings, permute_ratings
    from cardiogram.stats.power import Power, detectable_difference, measure_power, reach_of
    from cardiogram.stats.ppi import CorrectedEstimate, CorrectedStatistic, correct_by_gold
    from cardiogram.stats.prevalence import (
        TOP_SHARE,
        Decile,
        Deciles,
        Odds,
        Popular,
        benjamini_hochberg,
        bound_odds,
        find_popular,
        odds_ratios,
    )
    from cardiogram.stats.strata import (
        SUMMARY_CALL,
        SUMMARY_METHOD,
        StrataSummary,
        find_strata,
        summarise_strata,
    )
    from cardiogram.stats.within_authors import (
        WithinCorrelation,
        WithinEstimate,
        permute_within,
        within_authors,
    )

attach(__name__)
