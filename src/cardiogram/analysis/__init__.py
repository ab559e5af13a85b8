"""A study folder becomes results.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.analysis.analyze import analyze
    from cardiogram.analysis.compare import COMPARED, Change, Side, StudyComparison, compare_studies
    from cardiogram.analysis.conclusions import noun, put_outcome
    from cardiogram.analysis.exploration import Explorable, Exploration, Looked
    from cardiogram.analysis.notes import describe_coverage, describe_finding, note_unrated
    from cardiogram.analysis.parts import find_changes
    from cardiogram.analysis.results import (
        About,
        AssociationNumber,
        Branch,
        CardToMend,
        ChangeResults,
        ComparisonNumber,
        Conclusion,
        CopyNumber,
        CopyShare,
        CorrectedResults,
        Design,
        DoseLevel,
        DuplicateNumber,
        ExtendedResults,
        GapReach,
        GroupLink,
        GroupNumber,
        JudgeUsed,
        KendallNumber,
        KnownCard,
        MeansDiffer,
        MendList,
        MissedNumber,
        Number,
        OfOutcome,
        OutlierResults,
        PartialNumber,
        RatioEnds,
        ReachNumber,
        Readers,
        RefusedRule,
        RegressionNumber,
        Results,
        Robustness,
        RuleRank,
        RuleSlope,
        SegmentNumber,
        SelfTest,
        SelfTestEntry,
        Since,
        SlopeNumber,
        Specification,
        StatedNumber,
        StrataNumber,
        StratumNumber,
        StudyCoverage,
        TraitOdds,
        TraitRankNumber,
        WithinAuthors,
        WorkList,
        from_association,
        lay_out_number,
    )
    from cardiogram.analysis.rounding import (
        round_count,
        round_figure,
        round_p_value,
        round_ratio,
        round_ratios,
    )

attach(__name__)
