"""Draws of whole authors, and what a draw does to a statistic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.resampling.cluster_bootstrap import (
        DEFAULT_RESAMPLING,
        LARGE_SHARE,
        MINIMUM_CLUSTERS,
        MINIMUM_DRAWS,
        BootstrapRhos,
        ClusteredColumns,
        ClusterTest,
        Floats,
        Integers,
        Interval,
        PairName,
        Resampling,
        WeightedRanks,
        author_codes,
        build_correlator,
        cluster_test,
        degrees_of_freedom,
        draw_rhos,
        draw_times,
        effective_clusters,
        is_linear,
    )
    from cardiogram.stats.resampling.linearised import draw_linear, linear_part

attach(__name__)
