"""A study folder becomes results.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.analysis.analyze import analyze as analyze
    from cardiogram.analysis.compare import (
        COMPARED as COMPARED,
        Change as Change,
        Side as Side,
        StudyComparison as StudyComparison,
        compare_studies as compare_studies,
    )
    from cardiogram.analysis.results import (
        AssociationNumber as AssociationNumber,
        ChangeResults as ChangeResults,
        ComparisonNumber as ComparisonNumber,
        CopyNumber as CopyNumber,
        CopyShare as CopyShare,
        CorrectedResults as CorrectedResults,
        DuplicateNumber as DuplicateNumber,
        GapReach as GapReach,
        GroupNumber as GroupNumber,
        JudgeUsed as JudgeUsed,
        KendallNumber as KendallNumber,
        Number as Number,
        OfOutcome as OfOutcome,
        OutlierResults as OutlierResults,
        PartialNumber as PartialNumber,
        RatioEnds as RatioEnds,
        ReachNumber as ReachNumber,
        RefusedRule as RefusedRule,
        RegressionNumber as RegressionNumber,
        Results as Results,
        RuleRank as RuleRank,
        RuleSlope as RuleSlope,
        SegmentNumber as SegmentNumber,
        SlopeNumber as SlopeNumber,
        StrataNumber as StrataNumber,
        StratumNumber as StratumNumber,
        StudyCoverage as StudyCoverage,
        TraitNumber as TraitNumber,
        TraitRank as TraitRank,
        TraitResults as TraitResults,
        WithoutAuthor as WithoutAuthor,
        from_association as from_association,
        lay_out_number as lay_out_number,
    )
    from cardiogram.analysis.rounding import (
        round_figure as round_figure,
        round_p_value as round_p_value,
        round_ratio as round_ratio,
        round_ratios as round_ratios,
    )
    from cardiogram.analysis.sentences import (
        describe_coverage as describe_coverage,
        describe_finding as describe_finding,
        put_outcome as put_outcome,
    )

attach(__name__)
