"""Robust lines and models of counts, with tests that hold where authors are few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.regression.counts import (
        fit_any,
        fit_hurdle,
        informative_rows,
        negative_binomial,
        ppml,
    )
    from cardiogram.stats.regression.regression import (
        SAID_BY_COVARIATES,
        ByAuthor,
        Regression,
        RowMask,
        SlopeEstimate,
        bootstrap_by_author,
        combine_regression,
        few_authors,
        least_squares,
        m_estimator,
        refuse_line,
        refuse_slope,
    )
    from cardiogram.stats.regression.restricted_fits import (
        LOSSES,
        Norm,
        RestrictedGlm,
        by_influence,
    )
    from cardiogram.stats.regression.score_bootstrap import (
        crossing,
        no_slope_p_value,
        no_slope_p_values,
    )
    from cardiogram.stats.regression.sensitivity import (
        Benchmark,
        SlopeRobustness,
        robustness_value,
    )
    from cardiogram.stats.regression.specification import (
        ESTIMATORS,
        SpecificationPoint,
        specification_curve,
    )
    from cardiogram.stats.regression.theil_sen import theil_sen

attach(__name__)
