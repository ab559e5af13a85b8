"""Rules that call an outcome too extreme, on its log scale: a sensitivity table, not a default.

The models with the most downloads are no errors: nothing is dropped unless it is asked for, and
what is left without them stands beside the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy, sklearn
from cardiogram.stats.resampling import Floats

OutlierRule = Literal["none", "iqr", "mad", "iforest"]

OUTLIER_RULES: tuple[OutlierRule, ...] = ("iqr", "mad", "iforest")
IQR_FENCE = 1.5
MAD_LIMIT = 3.5
CONTAMINATION = 0.05
"""Share of rows that the isolation forest is told to drop; its own guess drops a third."""

OUTLIER_RULE_WORDS: Mapping[OutlierRule, str] = {
    "none": "nothing is dropped but errors of the data",
    "iqr": f"outside {IQR_FENCE} interquartile ranges of log1p(outcome)",
    "mad": f"0.6745 |log1p(outcome) - median| / MAD above {MAD_LIMIT}",
    "iforest": f"the {CONTAMINATION:.0%} that an isolation forest of log1p(outcome) isolates first",
}


@dataclass(frozen=True, slots=True)
class Outliers:
    """Which rows one rule drops, or why it cannot be used.

    Attributes
    ----------
    rule
        Name of the rule.
    dropped
        Shape (n,); None where `reason` says why.
    """

    rule: OutlierRule
    dropped: NDArray[np.bool_] | None
    reason: str | None = None


def find_outliers(outcome: Floats, rule: OutlierRule, seed: int = 0) -> Outliers:
    """Apply a rule to the logarithm of counts.

    Parameters
    ----------
    outcome
        Counts, shape (n,), complete.
    rule
        `iqr` (Tukey's fences), `mad` (Iglewicz and Hoaglin's z) or `iforest`.
    seed
        Of the isolation forest.

    References
    ----------
    Tukey (1977), Exploratory Data Analysis; Iglewicz and Hoaglin (1993), How to Detect and Handle
    Outliers; Liu, Ting and Zhou (2008), Isolation forest, ICDM.

    Examples
    --------
    >>> find_outliers(np.array([1.0, 2, 2, 3, 3, 4, 1e9]), "mad").dropped.sum()
    np.int64(1)
    >>> find_outliers(np.array([0.0, 0, 0, 0, 0, 0, 0, 9]), "mad").reason
    'more than half of the outcomes are equal, so that their median deviation is 0'
    """
    if rule == "none":
        return Outliers(rule, np.zeros(outcome.size, dtype=bool))
    if outcome.size < 8:
        return Outliers(rule, None, f"only {outcome.size} models have this outcome")
    if outcome.min() == outcome.max():
        return Outliers(rule, None, "all outcomes are equal")
    return _RULES[rule](np.log1p(outcome), seed)


def _iqr(values: Floats, seed: int) -> Outliers:
    low, high = (float(bound) for bound in np.quantile(values, (0.25, 0.75)))
    fence = IQR_FENCE * (high - low)
    if fence == 0:
        return Outliers("iqr", None, "half of the outcomes are equal, so that the range is 0")
    return Outliers("iqr", (values < low - fence) | (values > high + fence))


def _mad(values: Floats, seed: int) -> Outliers:
    spread = float(scipy("stats").median_abs_deviation(values))
    if spread == 0:
        reason = "more than half of the outcomes are equal, so that their median deviation is 0"
        return Outliers("mad", None, reason)
    return Outliers("mad", 0.6745 * np.abs(values - np.median(values)) / spread > MAD_LIMIT)


def _forest(values: Floats, seed: int) -> Outliers:
    forest = sklearn("ensemble").IsolationForest(contamination=CONTAMINATION, random_state=seed)
    column = values[:, None]
    return Outliers("iforest", np.asarray(forest.fit(column).predict(column) < 0))


_RULES: Mapping[str, Callable[[Floats, int], Outliers]] = {
    "iqr": _iqr,
    "mad": _mad,
    "iforest": _forest,
}
