"""Rank correlations: associations, partial, dependent, and how far one author moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.ranks.associations import (
        ABSURD,
        MINIMUM_PAIRS,
        Association,
        CompleteBlock,
        Formulas,
        associate_pair,
        blocks,
        bonett_wright,
        check_level,
        clean_counts,
        clean_numbers,
        correlate_ranks,
        refuse_pair,
        spearman,
        spearman_pairs,
    )
    from cardiogram.stats.ranks.coded_design import CodedDesign, solve
    from cardiogram.stats.ranks.dependent import (
        CorrelationComparison,
        Correlations,
        DifferenceTest,
        compare_correlations,
    )
    from cardiogram.stats.ranks.jackknife import jackknife_test
    from cardiogram.stats.ranks.labels import Labels, number_labels
    from cardiogram.stats.ranks.partial import (
        OTHER,
        Covariates,
        build_covariates,
        drop_redundant,
        partial_of,
        partial_spearman,
    )
    from cardiogram.stats.ranks.relate import (
        LeaveOneOut,
        RatingRelations,
        RatingTable,
        associable,
        leave_authors_out,
        relate_ratings,
    )
    from cardiogram.stats.ranks.simultaneous import (
        GroupRho,
        GroupRhos,
        OneGroup,
        max_t_groups,
        move_whole,
    )

attach(__name__)
