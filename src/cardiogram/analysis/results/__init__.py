"""results.json as dataclasses: its numbers, its parts, and how numbers are made of statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.analysis.results.from_statistics import (
        SPEARMAN as SPEARMAN,
        fill_from as fill_from,
        from_association as from_association,
        from_comparison as from_comparison,
        from_concordance as from_concordance,
        from_gap as from_gap,
        from_group as from_group,
        from_influence as from_influence,
        from_partial as from_partial,
        from_power as from_power,
        from_regression as from_regression,
        from_summary as from_summary,
    )
    from cardiogram.analysis.results.numbers import (
        AllCards as AllCards,
        AssociationNumber as AssociationNumber,
        AuthorOut as AuthorOut,
        ComparisonNumber as ComparisonNumber,
        CopyNumber as CopyNumber,
        CorrectedNumber as CorrectedNumber,
        DuplicateNumber as DuplicateNumber,
        GapReach as GapReach,
        GroupNumber as GroupNumber,
        KendallNumber as KendallNumber,
        NormalTest as NormalTest,
        Number as Number,
        PartialNumber as PartialNumber,
        RankNumber as RankNumber,
        RatioEnds as RatioEnds,
        RawNumber as RawNumber,
        ReachNumber as ReachNumber,
        RefusedRule as RefusedRule,
        RegressionNumber as RegressionNumber,
        RuleRank as RuleRank,
        RuleSlope as RuleSlope,
        SegmentNumber as SegmentNumber,
        SlopeNumber as SlopeNumber,
        StrataNumber as StrataNumber,
        StratumNumber as StratumNumber,
        TraitNumber as TraitNumber,
        TraitPartial as TraitPartial,
        TraitRank as TraitRank,
        WilliamsTest as WilliamsTest,
        WithoutAuthor as WithoutAuthor,
        lay_out_number as lay_out_number,
    )
    from cardiogram.analysis.results.results import (
        CardCluster as CardCluster,
        ChangedOutcome as ChangedOutcome,
        ChangeResults as ChangeResults,
        CopyMedian as CopyMedian,
        CopyResults as CopyResults,
        CopyShare as CopyShare,
        CorrectedResults as CorrectedResults,
        DuplicateResults as DuplicateResults,
        JudgeUsed as JudgeUsed,
        OfOutcome as OfOutcome,
        OutlierResults as OutlierResults,
        RatingNumbers as RatingNumbers,
        Results as Results,
        StudyCoverage as StudyCoverage,
        TraitResults as TraitResults,
    )

attach(__name__)
