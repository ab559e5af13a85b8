"""Rank correlations: associations, partial, dependent, and how far one author moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.ranks.associations import (
        ABSURD as ABSURD,
        MINIMUM_PAIRS as MINIMUM_PAIRS,
        Association as Association,
        check_level as check_level,
        clean_counts as clean_counts,
        clean_numbers as clean_numbers,
        refuse_pair as refuse_pair,
        spearman as spearman,
        spearman_pairs as spearman_pairs,
    )
    from cardiogram.stats.ranks.dependent import (
        CorrelationComparison as CorrelationComparison,
        DifferenceTest as DifferenceTest,
        compare_correlations as compare_correlations,
    )
    from cardiogram.stats.ranks.influence import LeaveOneOut as LeaveOneOut
    from cardiogram.stats.ranks.partial import (
        Covariates as Covariates,
        build_covariates as build_covariates,
        drop_redundant as drop_redundant,
        partial_spearman as partial_spearman,
    )
    from cardiogram.stats.ranks.relate import (
        RatingRelations as RatingRelations,
        RatingTable as RatingTable,
        leave_authors_out as leave_authors_out,
        relate_ratings as relate_ratings,
    )

attach(__name__)
