"""One shape for every number of results.json: what it is of, how sure, from how many, by what."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from cardiogram.stats import (
    GROUP_CALL,
    GROUP_METHOD,
    ODDS_CALL,
    ODDS_METHOD,
    SUMMARY_CALL,
    SUMMARY_METHOD,
    Group,
    Odds,
    Summary,
)
from cardiogram.stats.ranks import Association, Comparison, LeaveOneOut, Tested
from cardiogram.stats.regression import Regression
from cardiogram.stats.resampling import Interval

SPEARMAN = "scipy.stats.spearmanr"
PARTIAL = "numpy.linalg.lstsq of scipy.stats.rankdata on the covariates, residuals correlated"
KENDALL = "scipy.stats.kendalltau(variant='b')"
DIFFERENCE = "cardiogram.stats.ranks.dependent.compare of scipy.stats.spearmanr"


@dataclass(frozen=True, slots=True)
class Number:
    """One number of results.json.

    Attributes
    ----------
    about
        What it is of: predictor, outcome, stratum, trait, ...
    method, call
        In words, and the library's function.
    n
        Models it rests on.
    estimate, interval, p_value
        None where `reason` says why; the latter two take models as independent.
    cluster_interval, cluster_p_value
        By author.
    seed
        Of the draws; None where there are none.
    more
        Further keys.
    """

    about: Mapping[str, Any]
    method: str
    call: str
    n: int
    estimate: float | None = None
    interval: Interval | None = None
    cluster_interval: Interval | None = None
    p_value: float | None = None
    cluster_p_value: float | None = None
    seed: int | None = None
    words: str | None = None
    reason: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Lay the number out as `results.json` has it, without a NaN or an infinity."""
        whole: dict[str, Any] = finite(
            {
                **self.about,
                "method": self.method,
                "n": self.n,
                "estimate": self.estimate,
                "p_value": self.p_value,
                "cluster_p_value": self.cluster_p_value,
                "interval": interval_dict(self.interval),
                "cluster_interval": interval_dict(self.cluster_interval),
                "call": self.call,
                "seed": self.seed,
                **self.more,
                "words": self.words,
                "reason": self.reason,
            }
        )
        return whole


def finite(value: Any) -> Any:
    """Replace what JSON cannot hold by None, at any depth."""
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def interval_dict(interval: Interval | None) -> dict[str, Any] | None:
    """Lay an interval out without the keys that it has no use for."""
    if interval is None:
        return None
    return {key: value for key, value in asdict(interval).items() if value is not None}


def kendall_dict(found: Association) -> dict[str, Any] | None:
    """Kendall's tau-b and Somers' D of the same pairs."""
    if found.concordance is None:
        return None
    return {
        "n": found.n,
        "estimate": found.concordance.tau_b,
        "p_value": found.concordance.p_value,
        "interval": interval_dict(found.concordance.interval),
        "cluster_interval": interval_dict(found.concordance.cluster_interval),
        "somers_d": found.concordance.somers_d,
        "method": "Kendall's tau-b",
        "call": KENDALL,
        "seed": None,
    }


def leave_out_dict(found: LeaveOneOut | None, authors: Mapping[int, str]) -> dict[str, Any] | None:
    """The range of a correlation with one author less, authors by name."""
    if found is None:
        return None
    return {
        "low": found.low,
        "high": found.high,
        "low_without": authors[found.low_author],
        "high_without": authors[found.high_author],
        "tried": found.tried,
        "method": "every author left out in turn"
        if found.tried == found.authors
        else f"the {found.tried} most influential authors left out in turn",
    }


def of_association(
    about: Mapping[str, Any], found: Association, method: str = "spearman", call: str = SPEARMAN
) -> Number:
    """A rank correlation as a number."""
    interval = found.cluster_interval
    return Number(
        about,
        method,
        call,
        found.n,
        found.estimate,
        found.interval,
        interval,
        found.p_value,
        found.cluster_p_value,
        interval.seed if interval else None,
        reason=found.reason,
        more={"cluster_reason": found.cluster_reason},
    )


def of_regression(about: Mapping[str, Any], found: Regression, words: str | None) -> Number:
    """A slope as a number, with the ratio that it stands for."""
    ratios = [
        None if side is None else {"low": _exp(side.low), "high": _exp(side.high)}
        for side in (found.interval, found.cluster_interval)
    ]
    return Number(
        about,
        found.method,
        found.call,
        found.n,
        found.estimate,
        found.interval,
        found.cluster_interval,
        found.p_value,
        found.cluster_p_value,
        found.seed,
        words,
        found.reason,
        {
            "se": found.se,
            "cluster_se": found.cluster_se,
            "intercept": found.intercept,
            "scale": found.scale,
            "ratio": found.ratio,
            "ratio_interval": ratios[0],
            "ratio_cluster_interval": ratios[1],
            "left_out": found.dropped,
            "cluster_reason": found.cluster_reason,
        },
    )


def of_comparison(about: Mapping[str, Any], found: Comparison, words: str) -> Number:
    """A difference of two correlations as a number, with all tests of it."""
    rhos, test = found.correlations, found.by_author
    return Number(
        about,
        "difference of two dependent Spearman correlations",
        DIFFERENCE,
        found.n,
        rhos.difference if rhos else None,
        found.zou,
        test.interval,
        found.williams.p_value if found.williams else None,
        test.p_value,
        test.interval.seed if test.interval else None,
        words,
        found.reason,
        {
            "first_rho": rhos.first if rhos else None,
            "second_rho": rhos.second if rhos else None,
            "between_rho": rhos.between if rhos else None,
            "williams": _tested(found.williams, "t", found.n - 3),
            "steiger": _tested(found.steiger, "Z"),
            "meng": _tested(found.meng, "Z"),
            "cluster_reason": test.reason,
        },
    )


def of_summary(about: Mapping[str, Any], found: Summary, strata: list[dict[str, Any]]) -> Number:
    """A random-effects mean as a number, with the groups under it."""
    return Number(
        about,
        SUMMARY_METHOD,
        SUMMARY_CALL,
        found.n,
        found.estimate,
        cluster_interval=found.interval,
        cluster_p_value=found.p_value,
        reason=found.reason,
        more={"groups": found.strata, "tau": found.tau, "i2": found.i2, "strata": strata},
    )


def of_group(about: Mapping[str, Any], found: Group) -> Number:
    """The mean rating of a group as a number, with its histogram and shares."""
    return Number(
        about,
        GROUP_METHOD,
        GROUP_CALL,
        found.n,
        found.mean,
        cluster_interval=found.interval,
        seed=found.interval.seed if found.interval else None,
        more={
            "authors": found.authors,
            "histogram": found.histogram.by_score(),
            "shares": dict(found.shares),
            "cluster_reason": found.reason,
        },
    )


def of_odds(about: Mapping[str, Any], found: Odds, q_value: float | None) -> Number:
    """An adjusted odds ratio as a number."""
    return Number(
        about,
        ODDS_METHOD,
        ODDS_CALL,
        found.n,
        found.estimate,
        cluster_interval=found.interval,
        cluster_p_value=found.p_value,
        reason=found.reason,
        more={"with": found.held, "q_value": q_value},
    )


def _tested(found: Tested | None, name: str, free: int | None = None) -> dict[str, Any] | None:
    if found is None:
        return None
    answer: dict[str, Any] = {name: found.statistic, "p_value": found.p_value}
    return answer if free is None else {**answer, "degrees_of_freedom": free}


def _exp(value: float) -> float:
    return math.exp(min(value, 700.0))
