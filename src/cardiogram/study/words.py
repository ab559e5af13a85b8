"""The sentences that the numbers allow, and no more: associated, never caused."""

from __future__ import annotations

import math

from cardiogram.study.associations import Association
from cardiogram.study.changes import CHANGES, kind_of
from cardiogram.study.dependent import Comparison
from cardiogram.study.load import OUTCOMES
from cardiogram.study.regression import Regression
from cardiogram.study.resample import Interval

NAMES = {**OUTCOMES, **CHANGES}
"""Every outcome in words."""


def describe_finding(predictor: str, outcome: str, found: Association) -> str:
    """Say what an association allows to be said, and nothing more.

    Examples
    --------
    >>> describe_finding("usage_expected", "likes", Association(3, reason="only 3 models"))
    'No association of the rating of usage with likes can be told from these data: only 3 models.'
    """
    name, counted = predictor.removesuffix("_expected"), NAMES.get(outcome, outcome)
    none = f"No association of {_rating(name)} with {counted} can be told from these data"
    if found.estimate is None:
        return f"{none}: {found.reason}."
    rho, interval = f"rho {figure(found.estimate)}", found.cluster_interval
    if interval is None:
        return f"{none} ({rho}, no interval by author: {found.cluster_reason})."
    bounds = f"{figure(interval.low)} to {figure(interval.high)} by author"
    numbers = f"({rho}, {interval.level * 100:g} % interval {bounds})"
    if not interval.excludes_zero:
        return f"{none} {numbers}."
    more, fewer = ("stronger", "weaker") if kind_of(outcome) == "log ratio" else ("more", "fewer")
    direction = more if interval.low > 0 else fewer
    return f"{_subject(name)} are associated with {direction} {counted} {numbers}."


def describe_effect(predictor: str, outcome: str, found: Regression) -> str:
    """Say what a slope means: how many times the outcome a point of the rating goes with."""
    name, counted = predictor.removesuffix("_expected"), NAMES.get(outcome, outcome)
    none = f"No ratio of {counted} to {_rating(name)} can be told from these data"
    if found.estimate is None or found.ratio is None:
        return f"{none}: {found.reason}."
    interval = found.cluster_interval
    if interval is None:
        return (
            f"{none} ({ratio(found.ratio)} times, no interval by author: {found.cluster_reason})."
        )
    bounds = f"{ratio(math.exp(interval.low))} to {ratio(math.exp(min(700, interval.high)))}"
    numbers = f"{ratio(found.ratio)} times"
    level = f"{interval.level * 100:g} % interval {bounds} by author; {found.method}"
    if not interval.excludes_zero:
        return f"{none} ({numbers}, {level})."
    better = "A card one point better" + ("" if name == "overall" else f" on {name}")
    return f"{better} is associated with {numbers} the {counted} ({level})."


def describe_without(author: str, share: float, found: Regression) -> str:
    """Say what a slope is without the author who has most of the outcome."""
    start = f"Without {author}, who has {share:.0%} of them"
    if found.ratio is None:
        return f"{start}: {found.reason}."
    interval = found.cluster_interval
    if interval is None:
        return f"{start}: {ratio(found.ratio)} times."
    low, high = math.exp(interval.low), math.exp(min(700, interval.high))
    return f"{start}: {ratio(found.ratio)} times ({ratio(low)} to {ratio(high)})."


def turns_the_sign(found: Regression, without: Regression) -> bool:
    """Whether the author who was left out decides which way the slope goes."""
    return (
        found.estimate is not None
        and without.estimate is not None
        and found.estimate * without.estimate < 0
    )


def describe_comparison(
    predictor: str, first: str, second: str, found: Comparison, stratum: str = ""
) -> str:
    """Say whether the ratings go with one outcome more closely than with another."""
    name = predictor.removesuffix("_expected")
    one, two = NAMES.get(first, first), NAMES.get(second, second)
    where = f" ({stratum})" if stratum else ""
    subject = f"Whether {_rating(name)} goes with {one} more closely than with {two}{where}"
    if found.correlations is None:
        return f"{subject} cannot be told from these data: {found.reason}."
    gap, interval = found.correlations.difference, found.by_author.interval
    if interval is None:
        return f"{subject} cannot be told from these data: {found.by_author.reason}."
    bounds = f"{figure(interval.low)} to {figure(interval.high)} by author"
    numbers = f"difference of rho {figure(gap)}, {interval.level * 100:g} % interval {bounds}"
    if not interval.excludes_zero:
        return f"{subject} cannot be told from these data ({numbers})."
    more = "more" if gap > 0 else "less"
    start = _rating(name)[0].upper() + _rating(name)[1:]
    return f"{start} goes with {one} {more} closely than with {two}{where} ({numbers})."


def figure(value: float) -> str:
    """Two decimals, or one figure where these would show a 0 that is none."""
    return f"{value:.2f}" if abs(value) >= 0.005 or value == 0 else f"{value:.1g}"


def ratio(value: float) -> str:
    """A ratio to three figures, without an exponent where it can be read."""
    return f"{value:.3g}" if 1e-3 < value < 1e4 else f"{value:.1e}"


def bounds(interval: Interval | None, reason: str | None) -> str:
    """An interval, or why there is none."""
    if interval is None:
        return reason or ""
    return f"{figure(interval.low)} to {figure(interval.high)}"


def _rating(name: str) -> str:
    return "the overall rating" if name == "overall" else f"the rating of {name}"


def _subject(name: str) -> str:
    return "Better rated cards" if name == "overall" else f"Cards rated better on {name}"
