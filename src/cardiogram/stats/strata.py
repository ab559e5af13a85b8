"""Associations within groups of models, and what they have in common.

A correlation over all models can come from differences between libraries or tasks alone, and
turn round within each of them. The summary is a random-effects mean of artanh(rho), each
weighed by its standard error by author.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from cardiogram.optional import meta_analysis
from cardiogram.stats.distributions import student_p_value, student_quantile
from cardiogram.stats.ranks import Association, Labels, number_labels
from cardiogram.stats.resampling import Integers, Interval

MINIMUM_STRATUM = 15
"""Groups of fewer models are not looked at alone."""

MINIMUM_STRATA = 6
"""The interval of a mean of fewer groups is so wide that it hardly ever excludes 0."""

SUMMARY_METHOD = "random effects, Paule-Mandel with Hartung-Knapp"
SUMMARY_CALL = "statsmodels.stats.meta_analysis.combine_effects(method_re='iterated', use_t=True)"


@dataclass(frozen=True, slots=True)
class StrataSummary:
    """The random-effects mean of correlations within groups.

    Attributes
    ----------
    strata, n
        Groups that have a correlation and a standard error, and their models.
    estimate, interval, p_value
        Of the mean correlation, back on the scale of rho.
    tau
        Standard deviation of the true artanh(rho) between groups.
    prediction
        Where the correlation of one further group of this kind is expected.
    """

    strata: int
    n: int
    estimate: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    tau: float | None = None
    prediction: Interval | None = None
    reason: str | None = None


def find_strata(labels: Iterable[str | None], usable: np.ndarray) -> Mapping[str, Integers]:
    """Rows of each group that is large enough, most models first.

    Parameters
    ----------
    labels
        The group of each row; rows without one are in no group.
    usable
        Which rows count, shape (n,).
    """
    if not isinstance(labels, Labels):
        labels = number_labels(labels)
    codes = np.where(usable, labels.codes, -1)
    rows = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes + 1, minlength=len(labels.labels) + 1)
    starts = np.cumsum(sizes)
    large = {
        name: rows[start : start + size]
        for name, start, size in zip(labels.labels, starts[:-1], sizes[1:], strict=True)
        if name and size >= MINIMUM_STRATUM
    }
    return {name: large[name] for name in sorted(large, key=lambda name: (-large[name].size, name))}


def summarise_strata(associations: Iterable[Association], level: float = 0.95) -> StrataSummary:
    """Combine the correlations of groups.

    References
    ----------
    Paule and Mandel (1982), J. Res. NBS 87(5), 377-385; Hartung and Knapp (2001), Statistics in
    Medicine 20(24), 3875-3889; Roever et al. (2015), BMC Med. Res. Meth. 15, 99 (the width is never
    less than that of a known variance); Higgins, Thompson and Spiegelhalter (2009), JRSS A 172(1),
    137-159, on the prediction interval.
    """
    usable = [group for group in associations if group.estimate is not None and group.cluster_se]
    strata, n = len(usable), sum(group.n for group in usable)
    if strata < MINIMUM_STRATA:
        has = "group" if strata == 1 else "groups"
        too_few = f"only {strata} {has} of {MINIMUM_STRATUM} models with an interval by author"
        return StrataSummary(strata, n, reason=f"{too_few}; at least {MINIMUM_STRATA} are needed")
    z = np.array([math.atanh(group.estimate or 0.0) for group in usable])
    variance = np.array([(group.cluster_se or 0.0) ** 2 for group in usable])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a variance between groups of 0 divides by zero inside
        combined = meta_analysis().combine_effects(z, variance, method_re="iterated", use_t=True)
    mean = float(combined.mean_effect_re)
    # Where the groups agree by luck, Hartung and Knapp's own width is too small (Roever 2015).
    se = max(math.sqrt(max(0.0, float(combined.var_hksj_re))), float(combined.sd_eff_w_re))
    half = student_quantile(level, strata - 1) * se
    between = max(0.0, float(combined.tau2))
    spread = student_quantile(level, strata - 2) * math.sqrt(between + se**2)
    return StrataSummary(
        strata,
        n,
        math.tanh(mean),
        Interval(level, math.tanh(mean - half), math.tanh(mean + half), "hartung-knapp"),
        student_p_value(mean / se, strata - 1),
        math.sqrt(between),
        Interval(level, math.tanh(mean - spread), math.tanh(mean + spread), "prediction"),
    )
