"""Draws of whole authors, and what a draw does to a statistic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.resampling.cluster_bootstrap import (
        DEFAULT_RESAMPLING as DEFAULT_RESAMPLING,
        LARGE_SHARE as LARGE_SHARE,
        MINIMUM_CLUSTERS as MINIMUM_CLUSTERS,
        MINIMUM_DRAWS as MINIMUM_DRAWS,
        BootstrapRhos as BootstrapRhos,
        ClusteredColumns as ClusteredColumns,
        ClusterTest as ClusterTest,
        Floats as Floats,
        Integers as Integers,
        Interval as Interval,
        PairName as PairName,
        Resampling as Resampling,
        author_codes as author_codes,
        build_correlator as build_correlator,
        cluster_test as cluster_test,
        degrees_of_freedom as degrees_of_freedom,
        draw_rhos as draw_rhos,
        draw_times as draw_times,
        effective_clusters as effective_clusters,
        is_linear as is_linear,
    )
    from cardiogram.stats.resampling.linearised import draw_linear as draw_linear

attach(__name__)
