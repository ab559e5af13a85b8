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
        counts as counts,
        numbers as numbers,
        refusal as refusal,
        spearman_pairs as spearman_pairs,
    )
    from cardiogram.stats.ranks.dependent import Comparison as Comparison, Tested as Tested
    from cardiogram.stats.ranks.influence import LeaveOneOut as LeaveOneOut
    from cardiogram.stats.ranks.partial import (
        Covariates as Covariates,
        covariates as covariates,
        independent as independent,
    )
    from cardiogram.stats.ranks.relate import (
        Related as Related,
        Table as Table,
        influences as influences,
        relate as relate,
    )

attach(__name__)
