"""From what statistics give to the numbers of results.json; keywords say what each is of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from cardiogram.analysis.results.numbers import (
    AuthorOut,
    ComparisonNumber,
    GapReach,
    GroupNumber,
    KendallNumber,
    NormalTest,
    RatioEnds,
    ReachNumber,
    StrataNumber,
    StratumNumber,
    WilliamsTest,
)
from cardiogram.stats import (
    GROUP_CALL,
    GROUP_METHOD,
    SUMMARY_CALL,
    SUMMARY_METHOD,
    Group,
    Power,
    Summary,
)
from cardiogram.stats.ranks import Association, Comparison, LeaveOneOut, Tested
from cardiogram.stats.regression import Regression
from cardiogram.stats.resampling import Interval, Pair, Resampling

SPEARMAN = "scipy.stats.spearmanr"
PARTIAL = "numpy.linalg.lstsq of scipy.stats.rankdata on the covariates, residuals correlated"
KENDALL = "scipy.stats.kendalltau(variant='b')"
DIFFERENCE = "cardiogram.stats.ranks.dependent.compare of scipy.stats.spearmanr"

_POWER = "scipy.stats.norm.ppf"

Made = TypeVar("Made")


def fill_from(kind: type[Made], statistic: object, **others: object) -> Made:
    """Make a number: `others` as they are, every other field from the statistic's of its name."""
    shared: dict[str, Any] = {
        item.name: getattr(statistic, item.name)
        for item in fields(kind)  # type: ignore[arg-type]
        if item.name not in others and hasattr(statistic, item.name)
    }
    return kind(**shared, **others)


def from_association(kind: type[Made], found: Association, **about: object) -> Made:
    """A rank correlation as a number of some kind."""
    interval = found.cluster_interval
    made = {"method": "spearman", "call": SPEARMAN, "seed": interval.seed if interval else None}
    return fill_from(kind, found, **made | about)


def from_partial(kind: type[Made], found: Association, **about: object) -> Made:
    """A partial rank correlation as a number of some kind."""
    return from_association(kind, found, method="partial spearman", call=PARTIAL, **about)


def from_regression(kind: type[Made], found: Regression, **about: object) -> Made:
    """A slope as a number of some kind, with the ratio that it stands for."""
    return fill_from(
        kind,
        found,
        ratio_interval=_ratio_ends(found.interval),
        ratio_cluster_interval=_ratio_ends(found.cluster_interval),
        left_out=found.dropped,
        **about,
    )


def from_comparison(found: Comparison, **about: object) -> ComparisonNumber:
    """A difference of two correlations as a number, with all tests of it."""
    rhos, by_author, williams = found.correlations, found.by_author, found.williams
    told = williams and WilliamsTest(
        t=williams.statistic, p_value=williams.p_value, degrees_of_freedom=found.n - 3
    )
    return fill_from(
        ComparisonNumber,
        found,
        method="difference of two dependent Spearman correlations",
        call=DIFFERENCE,
        estimate=rhos.difference if rhos else None,
        p_value=williams.p_value if williams else None,
        cluster_p_value=by_author.p_value,
        interval=found.zou,
        cluster_interval=by_author.interval,
        seed=by_author.interval.seed if by_author.interval else None,
        first_rho=rhos.first if rhos else None,
        second_rho=rhos.second if rhos else None,
        between_rho=rhos.between if rhos else None,
        williams=told,
        steiger=_normal(found.steiger),
        meng=_normal(found.meng),
        cluster_reason=by_author.reason,
        **about,
    )


def from_summary(
    found: Summary, strata: tuple[StratumNumber, ...], **about: object
) -> StrataNumber:
    """A random-effects mean as a number, with the groups under it."""
    return fill_from(
        StrataNumber,
        found,
        method=SUMMARY_METHOD,
        call=SUMMARY_CALL,
        p_value=None,
        interval=None,
        cluster_interval=found.interval,
        cluster_p_value=found.p_value,
        groups=found.strata,
        strata=strata,
        **about,
    )


def from_group(by: str, found: Group) -> GroupNumber:
    """The mean rating of a group as a number, with its histogram and shares."""
    return GroupNumber(
        by=by,
        group=found.name,
        method=GROUP_METHOD,
        call=GROUP_CALL,
        n=found.n,
        estimate=found.mean,
        cluster_interval=found.interval,
        seed=found.interval.seed if found.interval else None,
        authors=found.authors,
        histogram=dict(enumerate(found.histogram.counts, 1)),
        shares=dict(found.shares),
        cluster_reason=found.reason,
    )


def from_power(pair: Pair, found: Power, resampling: Resampling) -> ReachNumber:
    """The smallest correlation that a study shows as a number."""
    by_author = found.detectable_by_author
    return fill_from(
        ReachNumber,
        found,
        predictor=pair[0],
        outcome=pair[1],
        method="smallest |rho| shown with a power of 80 %, by author where there are enough",
        call=_POWER,
        estimate=found.detectable if by_author is None else by_author,
        seed=None if by_author is None else resampling.seed,
        if_independent=found.detectable,
        effective_models=found.effective,
    )


def from_gap(
    contrast: tuple[str, str, str], found: Comparison, gap: float | None, resampling: Resampling
) -> GapReach:
    """The smallest difference of two correlations that a study shows as a number."""
    predictor, first, second = contrast
    return GapReach(
        predictor=predictor,
        outcome=f"{first} - {second}",
        method="smallest difference of rho shown with a power of 80 %, by author",
        call=_POWER,
        n=found.n,
        estimate=gap,
        seed=None if gap is None else resampling.seed,
        reason=(found.reason or found.by_author.reason) if gap is None else None,
    )


def from_concordance(found: Association) -> KendallNumber | None:
    """Kendall's tau-b and Somers' D of the same pairs."""
    tau = found.concordance
    return (
        None
        if tau is None
        else fill_from(
            KendallNumber,
            tau,
            n=found.n,
            estimate=tau.tau_b,
            method="Kendall's tau-b",
            call=KENDALL,
        )
    )


def from_influence(found: LeaveOneOut | None, authors: Mapping[int, str]) -> AuthorOut | None:
    """The range of a correlation with one author less, authors by name."""
    return (
        None
        if found is None
        else fill_from(
            AuthorOut,
            found,
            low_without=authors[found.low_author],
            high_without=authors[found.high_author],
            method="every author left out in turn"
            if found.tried == found.authors
            else f"the {found.tried} most influential authors left out in turn",
        )
    )


def _normal(found: Tested | None) -> NormalTest | None:
    return None if found is None else NormalTest(z=found.statistic, p_value=found.p_value)


def _ratio_ends(interval: Interval | None) -> RatioEnds | None:
    if interval is None:
        return None
    low, high = (math.exp(min(end, 700.0)) for end in (interval.low, interval.high))
    return RatioEnds(low=low, high=high)
