"""results.json as dataclasses: its numbers, its parts, and how numbers are made of statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.analysis.results.conclusion import (
        About,
        Branch,
        Conclusion,
        Design,
        DoseLevel,
        GroupLink,
        MeansDiffer,
        Robustness,
        SelfTest,
        SelfTestEntry,
        Specification,
        StatedNumber,
        TraitOdds,
        WithinAuthors,
    )
    from cardiogram.analysis.results.from_statistics import (
        SPEARMAN,
        fill_from,
        from_association,
        from_comparison,
        from_concordance,
        from_gap,
        from_group,
        from_influence,
        from_partial,
        from_power,
        from_regression,
        from_summary,
        ratio_ends,
    )
    from cardiogram.analysis.results.numbers import (
        AllCards,
        AssociationNumber,
        AuthorOut,
        ComparisonNumber,
        CopyNumber,
        CorrectedNumber,
        DuplicateNumber,
        GapReach,
        GroupNumber,
        KendallNumber,
        NormalTest,
        Number,
        PartialNumber,
        RankNumber,
        RatioEnds,
        RawNumber,
        ReachNumber,
        RefusedRule,
        RegressionNumber,
        RuleRank,
        RuleSlope,
        SegmentNumber,
        SlopeNumber,
        StrataNumber,
        StratumNumber,
        TraitRankNumber,
        WilliamsTest,
        lay_out_number,
    )
    from cardiogram.analysis.results.results import (
        CardCluster,
        ChangedOutcome,
        ChangeResults,
        CopyMedian,
        CopyResults,
        CopyShare,
        CorrectedResults,
        DuplicateResults,
        ExtendedResults,
        JudgeUsed,
        OfOutcome,
        OutlierResults,
        RatingNumbers,
        Results,
        StudyCoverage,
    )
    from cardiogram.analysis.results.work import (
        CardToMend,
        KnownCard,
        MendList,
        MissedNumber,
        Readers,
        Since,
        WorkList,
    )

attach(__name__)
