"""What followed a change, from counts of many models over time: differences in differences.

Three estimators of one average effect, because they lean on different comparisons and a reader
should see whether they agree. Differences that rest on few authors, or on one day of one author,
are no effect, whatever the standard error: see docs/explanation/statistics-methods.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cardiogram.optional import diff_diff, statsmodels
from cardiogram.stats import normal_p_value, normal_quantile
from cardiogram.stats.resampling import Floats, Integers, Interval


@dataclass(frozen=True, slots=True)
class Panel:
    """Models over time, one row a model and moment.

    Attributes
    ----------
    outcome
        Shape (n,), complete: usually log1p of a count.
    unit, time
        Model and moment of each row; moments are whole numbers in their order.
    changed
        Moment of each row's model at which it was changed; 0 for a model that never was.
    """

    outcome: Floats
    unit: Integers
    time: Integers
    changed: Integers

    def __post_init__(self) -> None:
        lengths = {column.size for column in (self.outcome, self.unit, self.time, self.changed)}
        if len(lengths) != 1:
            raise ValueError("outcome, unit, time and changed must be of one length")

    @property
    def treated(self) -> Floats:
        """1 from the change on, else 0."""
        return ((self.changed > 0) & (self.time >= self.changed)).astype(np.float64)

    @property
    def refusal(self) -> str | None:
        """Why there is no effect to be told; None where there may be one."""
        if not self.treated.any():
            return "no model was changed while it was watched"
        if not (self.changed == 0).any():
            return "every model was changed: there is nothing to compare with"
        first = np.unique(self.unit[self.time < np.where(self.changed > 0, self.changed, 0)])
        if not first.size:
            return "no changed model was watched before its change"
        return None

    def columns(self) -> Mapping[str, object]:
        """The panel by the names that the libraries are told."""
        return {"y": self.outcome, "unit": self.unit, "t": self.time, "g": self.changed}


@dataclass(frozen=True, slots=True)
class Effect:
    """The average effect on the changed models after their change, or why there is none.

    Attributes
    ----------
    n
        Rows used.
    estimate, se, interval, p_value
        With models as clusters, by the normal distribution.
    """

    method: str
    call: str
    n: int
    estimate: float | None = None
    se: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    reason: str | None = None


def two_way(panel: Panel, level: float = 0.95) -> Effect:
    """Least squares with an effect for every model and moment.

    Where models change at different times it compares late changes with early ones, and weighs
    some effects negatively: it is here for comparison with older studies.

    References
    ----------
    Goodman-Bacon (2021), Journal of Econometrics 225(2), 254-277.
    """
    method, call = "two-way fixed effects", "statsmodels.api.OLS.fit(cov_type='cluster')"
    if panel.refusal:
        return Effect(method, call, panel.outcome.size, reason=panel.refusal)
    units, times = _indicators(panel.unit), _indicators(panel.time)
    design = np.column_stack([panel.treated, np.ones(panel.outcome.size), units, times])
    fit = (
        statsmodels()
        .OLS(panel.outcome, design)
        .fit(cov_type="cluster", cov_kwds={"groups": panel.unit})
    )
    # Effects within a cluster are no free parameters of its sums (Cameron and Miller 2015).
    n, free = design.shape[0], 1 + 1 + times.shape[1]
    se = float(fit.bse[0]) * math.sqrt((n - design.shape[1]) / (n - free))
    return _effect(method, call, n, float(fit.params[0]), se, level)


def two_stage(panel: Panel, level: float = 0.95) -> Effect:
    """Effects of model and moment from the unchanged rows, then the mean of what is left.

    References
    ----------
    Gardner (2022), arXiv 2207.05943; Borusyak, Jaravel and Spiess (2024), Review of Economic
    Studies 91(6), 3253-3285.
    """
    return _by_library("two-stage differences in differences", "TwoStageDiD", {}, panel, level)


def group_time(panel: Panel, level: float = 0.95) -> Effect:
    """Mean of the differences from the moment before the change, against models never changed.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225(2), 200-230.
    """
    how = {"control_group": "never_treated"}
    return _by_library("group-time average, never changed", "CallawaySantAnna", how, panel, level)


def _by_library(
    method: str, name: str, how: Mapping[str, object], panel: Panel, level: float
) -> Effect:
    options = ", ".join(f"{key}={value!r}" for key, value in how.items())
    call, n = f"diff_diff.{name}({options}).fit", int(panel.outcome.size)
    if panel.refusal:
        return Effect(method, call, n, reason=panel.refusal)
    library, frame = diff_diff()
    estimator = getattr(library, name)(**how)
    columns = {"outcome": "y", "unit": "unit", "time": "t", "first_treat": "g"}
    fit = estimator.fit(frame(panel.columns()), **columns)
    return _effect(method, call, n, float(fit.overall_att), float(fit.overall_se), level)


def _effect(method: str, call: str, n: int, estimate: float, se: float, level: float) -> Effect:
    if not math.isfinite(estimate) or not math.isfinite(se) or se <= 0:
        return Effect(method, call, n, reason="the panel does not tell the effect from the rest")
    half = normal_quantile(level) * se
    interval = Interval(level, estimate - half, estimate + half, "normal, models as clusters")
    return Effect(method, call, n, estimate, se, interval, normal_p_value(estimate / se))


def _indicators(labels: Integers) -> Floats:
    """A column of 0 and 1 for every label but the first."""
    indicators: Floats = np.equal.outer(labels, np.unique(labels)[1:]).astype(np.float64)
    return indicators
