"""Rank correlations: associations, partial, dependent, and how far one author moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.ranks.associations import (
        ABSURD,
        MINIMUM_PAIRS,
        Association,
        Formulas,
        bonett_wright,
        check_level,
        clean_counts,
        clean_numbers,
        refuse_pair,
        spearman,
        spearman_pairs,
    )
    from cardiogram.stats.ranks.dependent import (
        CorrelationComparison,
        DifferenceTest,
        compare_correlations,
    )
    from cardiogram.stats.ranks.partial import (
        OTHER,
        Covariates,
        build_covariates,
        drop_redundant,
        partial_spearman,
    )
    from cardiogram.stats.ranks.relate import (
        LeaveOneOut,
        RatingRelations,
        RatingTable,
        leave_authors_out,
        relate_ratings,
    )
    from cardiogram.stats.ranks.simultaneous import GroupRho, GroupRhos, max_t_groups

attach(__name__)
