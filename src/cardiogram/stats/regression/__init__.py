"""Robust lines and models of counts, with tests that hold where authors are few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.regression.counts import (
        fit_hurdle as fit_hurdle,
        negative_binomial as negative_binomial,
        ppml as ppml,
    )
    from cardiogram.stats.regression.regression import (
        Regression as Regression,
        RowMask as RowMask,
        SlopeEstimate as SlopeEstimate,
        author_test as author_test,
        few_authors as few_authors,
        least_squares as least_squares,
        m_estimator as m_estimator,
        robust_refusal as robust_refusal,
        theil_sen as theil_sen,
    )

attach(__name__)
