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
    GroupSummary,
    Power,
    StrataSummary,
)
from cardiogram.stats.ranks import Association, CorrelationComparison, DifferenceTest, LeaveOneOut
from cardiogram.stats.regression import Regression
from cardiogram.stats.resampling import Interval, PairName, Resampling

SPEARMAN = "scipy.stats.spearmanr"
PARTIAL = "numpy.linalg.lstsq of scipy.stats.rankdata on the covariates, residuals correlated"
KENDALL = "scipy.stats.kendalltau(variant='b')"
DIFFERENCE = "cardiogram.stats.ranks.dependent.compare of scipy.stats.spearmanr"

_POWER = "scipy.stats.norm.ppf"

Made = TypeVar("Made")


def fill_from(kind: type[Made], statistic: object, /, **others: object) -> Made:
    """Make a number: `others` as they are, every other field from the statistic's of its name."""
    shared: dict[str, Any] = {
        field.name: getattr(statistic, field.name)
        for field in fields(kind)  # type: ignore[arg-type]
        if field.name not in others and hasattr(statistic, field.name)
    }
    return kind(**shared, **others)


def from_association(kind: type[Made], association: Association, **about: object) -> Made:
    """A rank correlation as a number of some kind."""
    interval = association.cluster_interval
    made = {"method": "spearman", "call": SPEARMAN, "seed": interval.seed if interval else None}
    return fill_from(kind, association, **made | about)


def from_partial(kind: type[Made], association: Association, **about: object) -> Made:
    """A partial rank correlation as a number of some kind."""
    return from_association(kind, association, method="partial spearman", call=PARTIAL, **about)


def from_regression(kind: type[Made], model: Regression, **about: object) -> Made:
    """A slope as a number of some kind, with the ratio that it stands for."""
    return fill_from(
        kind,
        model,
        ratio_interval=ratio_ends(model.interval),
        ratio_cluster_interval=ratio_ends(model.cluster_interval),
        left_out=model.dropped,
        **about,
    )


def from_comparison(compared: CorrelationComparison, **about: object) -> ComparisonNumber:
    """A difference of two correlations as a number, with all tests of it."""
    rhos, by_author, williams = compared.correlations, compared.by_author, compared.williams
    williams_test = williams and WilliamsTest(
        t=williams.statistic, p_value=williams.p_value, degrees_of_freedom=compared.n - 3
    )
    return fill_from(
        ComparisonNumber,
        compared,
        method="difference of two dependent Spearman correlations",
        call=DIFFERENCE,
        estimate=rhos.difference if rhos else None,
        p_value=williams.p_value if williams else None,
        cluster_p_value=by_author.p_value,
        interval=compared.zou,
        cluster_interval=by_author.interval,
        seed=by_author.interval.seed if by_author.interval else None,
        first_rho=rhos.first if rhos else None,
        second_rho=rhos.second if rhos else None,
        between_rho=rhos.between if rhos else None,
        williams=williams_test,
        steiger=_normal(compared.steiger),
        meng=_normal(compared.meng),
        cluster_reason=by_author.reason,
        **about,
    )


def from_summary(
    summary: StrataSummary, strata: tuple[StratumNumber, ...], **about: object
) -> StrataNumber:
    """A random-effects mean as a number, with the groups under it."""
    return fill_from(
        StrataNumber,
        summary,
        method=SUMMARY_METHOD,
        call=SUMMARY_CALL,
        p_value=None,
        interval=None,
        cluster_interval=summary.interval,
        cluster_p_value=summary.p_value,
        groups=summary.strata,
        strata=strata,
        **about,
    )


def from_group(by: str, group: GroupSummary) -> GroupNumber:
    """The mean rating of a group as a number, with its histogram and shares."""
    return GroupNumber(
        by=by,
        group=group.name,
        method=GROUP_METHOD,
        call=GROUP_CALL,
        n=group.n,
        estimate=group.mean,
        cluster_interval=group.interval,
        seed=group.interval.seed if group.interval else None,
        authors=group.authors,
        histogram=dict(enumerate(group.histogram.counts, 1)),
        shares=dict(group.shares),
        cluster_reason=group.reason,
    )


def from_power(pair: PairName, power: Power, resampling: Resampling) -> ReachNumber:
    """The smallest correlation that a study shows as a number."""
    by_author = power.detectable_by_author
    return fill_from(
        ReachNumber,
        power,
        predictor=pair[0],
        outcome=pair[1],
        method="smallest |rho| shown with a power of 80 %, by author where there are enough",
        call=_POWER,
        estimate=power.detectable if by_author is None else by_author,
        seed=None if by_author is None else resampling.seed,
        if_independent=power.detectable,
        effective_models=power.effective,
    )


def from_gap(
    contrast: tuple[str, str, str],
    compared: CorrelationComparison,
    gap: float | None,
    resampling: Resampling,
) -> GapReach:
    """The smallest difference of two correlations that a study shows as a number."""
    predictor, first, second = contrast
    return GapReach(
        predictor=predictor,
        outcome=f"{first} - {second}",
        method="smallest difference of rho shown with a power of 80 %, by author",
        call=_POWER,
        n=compared.n,
        estimate=gap,
        seed=None if gap is None else resampling.seed,
        reason=(compared.reason or compared.by_author.reason) if gap is None else None,
    )


def from_concordance(association: Association) -> KendallNumber | None:
    """Kendall's tau-b and Somers' D of the same pairs."""
    tau = association.concordance
    return (
        None
        if tau is None
        else fill_from(
            KendallNumber,
            tau,
            n=association.n,
            estimate=tau.tau_b,
            method="Kendall's tau-b",
            call=KENDALL,
        )
    )


def from_influence(moved: LeaveOneOut | None, authors: Mapping[int, str]) -> AuthorOut | None:
    """The range of a correlation with one author less, authors by name."""
    return (
        None
        if moved is None
        else fill_from(
            AuthorOut,
            moved,
            low_without=authors[moved.low_author],
            high_without=authors[moved.high_author],
            method="every author left out in turn"
            if moved.tried == moved.authors
            else f"the {moved.tried} most influential authors left out in turn",
        )
    )


def _normal(test: DifferenceTest | None) -> NormalTest | None:
    return None if test is None else NormalTest(z=test.statistic, p_value=test.p_value)


def ratio_ends(interval: Interval | None) -> RatioEnds | None:
    """The ratios that the ends of a slope's interval stand for."""
    if interval is None:
        return None
    low, high = (math.exp(min(end, 700.0)) for end in (interval.low, interval.high))
    return RatioEnds(low=low, high=high)
