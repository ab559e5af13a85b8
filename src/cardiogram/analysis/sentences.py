"""The sentences that the numbers allow, and no more: associated, never caused."""

from __future__ import annotations

import math
from collections.abc import Mapping

from cardiogram.analysis.changes import CHANGES, kind_of
from cardiogram.analysis.load import OUTCOMES
from cardiogram.analysis.results import StudyCoverage
from cardiogram.analysis.rounding import READABLE, SMALL, round_figure, round_ratio, round_ratios
from cardiogram.judge import Status
from cardiogram.stats import StrataSummary
from cardiogram.stats.ranks import Association, CorrelationComparison
from cardiogram.stats.regression import Regression
from cardiogram.stats.resampling import Interval

_GROUPS = {"library": "libraries", "task": "tasks", "segment": "segments"}

_OUTCOMES = {**OUTCOMES, **CHANGES}


def put_outcome(outcome: str) -> str:
    """Put an outcome in words."""
    return _OUTCOMES.get(outcome, outcome)


def describe_finding(predictor: str, outcome: str, association: Association) -> str:
    """Say what an association allows to be said, and nothing more.

    Examples
    --------
    >>> describe_finding("usage_expected", "likes", Association(3, reason="only 3 models"))
    'No association of the rating of usage with likes can be told from these data: only 3 models.'
    """
    name, counted = predictor.removesuffix("_expected"), put_outcome(outcome)
    none = f"No association of {_rating(name)} with {counted} can be told from these data"
    if association.estimate is None:
        return f"{none}: {association.reason}."
    rho, interval = f"rho {round_figure(association.estimate)}", association.cluster_interval
    if interval is None:
        return f"{none} ({rho}, no interval by author: {association.cluster_reason})."
    bounds = f"{round_figure(interval.low)} to {round_figure(interval.high)} by author"
    numbers = f"({rho}, {interval.level * 100:g} % interval {bounds})"
    if not interval.excludes_zero:
        return f"{none} {numbers}."
    more, fewer = ("stronger", "weaker") if kind_of(outcome) == "log ratio" else ("more", "fewer")
    direction = more if interval.low > 0 else fewer
    return f"{_subject(name)} are associated with {direction} {counted} {numbers}."


def describe_effect(predictor: str, outcome: str, model: Regression) -> str:
    """Say what a slope means: how many times the outcome a point of the rating goes with."""
    name, counted = predictor.removesuffix("_expected"), put_outcome(outcome)
    on = "" if name == "overall" else f" on {name}"
    better, apart = f"A card one point better{on}", f"cards one point apart{on}"
    none = f"How {counted} differ between {apart} cannot be told from these data"
    if model.estimate is None or model.ratio is None:
        return f"{none}: {model.reason}."
    interval, times = model.cluster_interval, f"{round_ratio(model.ratio)} times"
    if interval is None:
        return f"{none} (estimate {times}, no interval by author: {model.cluster_reason})."
    low, high = ends(interval)
    evidence = (
        f"{interval.level * 100:g} % interval {round_ratios(low, high)} by author; {model.method}"
    )
    if is_absurd(low, high):
        way = "more" if interval.low > 0 else "fewer"
        some = f"{better} is associated with {way} {counted}, how many times as many"
        start = f"{some} cannot be told" if interval.excludes_zero else none
        return f"{start} ({evidence})."
    if not interval.excludes_zero:
        return f"{none} (estimate {times}, {evidence})."
    return f"{better} is associated with {times} the {counted} ({evidence})."


def describe_without(author: str, share: float, model: Regression) -> str:
    """Say what a slope is without the author who has most of the outcome."""
    start = f"Without {author}, who has {100 * share:.0f} % of them"
    if model.ratio is None:
        return f"{start}: {model.reason}."
    if model.cluster_interval is None:
        return f"{start}: {round_ratio(model.ratio)} times, no interval by author."
    low, high = ends(model.cluster_interval)
    if is_absurd(low, high):
        return f"{start}: cannot be told (interval {round_ratios(low, high)})."
    return f"{start}: {round_ratio(model.ratio)} times ({round_ratios(low, high)})."


def turns_the_sign(model: Regression, without: Regression) -> bool:
    """Whether the author who was left out decides which way the slope goes."""
    return (
        model.estimate is not None
        and without.estimate is not None
        and model.estimate * without.estimate < 0
    )


def describe_comparison(
    predictor: str, first: str, second: str, compared: CorrelationComparison, stratum: str = ""
) -> str:
    """Say whether the ratings go with one outcome more closely than with another."""
    name = predictor.removesuffix("_expected")
    closer, other = put_outcome(first), put_outcome(second)
    where = f" ({stratum})" if stratum else ""
    subject = f"Whether {_rating(name)} goes with {closer} more closely than with {other}{where}"
    if compared.correlations is None:
        return f"{subject} cannot be told from these data: {compared.reason}."
    gap, interval = compared.correlations.difference, compared.by_author.interval
    if interval is None:
        return f"{subject} cannot be told from these data: {compared.by_author.reason}."
    bounds = f"{round_figure(interval.low)} to {round_figure(interval.high)} by author"
    numbers = f"difference of rho {round_figure(gap)}, {interval.level * 100:g} % interval {bounds}"
    if is_impossible(interval.low, interval.high):
        return f"{subject} cannot be told from these data (any difference fits them)."
    if not interval.excludes_zero:
        return f"{subject} cannot be told from these data ({numbers})."
    more = "more" if gap > 0 else "less"
    start = _rating(name)[0].upper() + _rating(name)[1:]
    return f"{start} goes with {closer} {more} closely than with {other}{where} ({numbers})."


def describe_summary(predictor: str, outcome: str, by: str, summary: StrataSummary) -> str:
    """Say what the groups of one kind have in common, and how far they differ."""
    name, counted = predictor.removesuffix("_expected"), put_outcome(outcome)
    groups = _GROUPS.get(by, by)
    none = f"Whether {_rating(name)} goes with {counted} within {groups} cannot be told"
    if summary.estimate is None or summary.interval is None:
        return f"{none}: {summary.reason}."
    interval = summary.interval
    numbers = (
        f"mean rho {round_figure(summary.estimate)} of {summary.strata} {groups}, "
        f"{interval.level * 100:g} % interval {round_figure(interval.low)} to "
        f"{round_figure(interval.high)}"
    )
    if summary.i2 is not None:
        numbers += f"; of their differences {100 * summary.i2:.0f} % is more than chance, I2"
    if not interval.excludes_zero:
        return f"{none} ({numbers})."
    direction = "more" if interval.low > 0 else "fewer"
    subject = _subject(name)[0].lower() + _subject(name)[1:]
    return f"Within {groups}, {subject} are associated with {direction} {counted} ({numbers})."


def ends(interval: Interval) -> tuple[float, float]:
    """The ratios that the ends of a slope's interval stand for."""
    return math.exp(min(700.0, interval.low)), math.exp(min(700.0, interval.high))


def is_absurd(low: float, high: float) -> bool:
    """Whether an interval of ratios is too wide for its estimate to be worth a word.

    Examples
    --------
    >>> is_absurd(0.2, 5.1), is_absurd(0.1, 90.0), is_absurd(0.1, 2000.0), is_absurd(2.0, 5e3)
    (False, False, True, True)
    """
    return high > READABLE or low < SMALL or high / low > READABLE


def is_impossible(low: float, high: float) -> bool:
    """Whether an interval holds differences that two correlations cannot have."""
    return low < -2 or high > 2


def describe_coverage(cover: StudyCoverage) -> str:
    """Why models have no rating, who answered in a cascade, and what it cost; or nothing.

    Examples
    --------
    >>> ended = {"rated": 4, "refused": 2}
    >>> describe_coverage(StudyCoverage(outcomes_by_status=ended, calls=6, cost_usd=0.5))
    ' (2 refused); 6 calls, 0.5 US dollars'
    """
    unrated = {name: n for name, n in cover.outcomes_by_status.items() if name != "rated"}
    said = ", ".join(f"{n:,} {name}" for name, n in sorted(unrated.items()))
    said = f" ({said})" if said else ""
    if len(cover.answered_by) > 1:
        judges = sorted(cover.answered_by.items())
        said += "; " + ", ".join(f"{n:,} by {judge}" for judge, n in judges)
    if cover.calls:
        cost = cover.cost_usd
        said += f"; {cover.calls:,} calls"
        said += f", {cost:.4g} US dollars" if cost is not None else ", price not known"
    return said


def note_unrated(by_status: Mapping[Status, int]) -> tuple[str, ...]:
    """What follows where a language model has not rated every card."""
    notes = []
    if by_status.get("failed"):
        notes.append(
            f"{by_status['failed']:,} cards have not been answered for. Models are asked about in "
            "the order of the list, so those rated are no random part of the study: run `rate` "
            "again before you read an association."
        )
    kinds: tuple[Status, ...] = ("abstained", "refused", "unparsed")
    silent = {name: by_status[name] for name in kinds if by_status.get(name)}
    if silent:
        said = ", ".join(f"{count:,} {name}" for name, count in silent.items())
        notes.append(
            f"The judge gave no rating of {said} cards; nothing is filled in. They may be of one "
            "kind: long, in another language, or about what a model will not speak of."
        )
    return tuple(notes)


def _rating(name: str) -> str:
    return "the overall rating" if name == "overall" else f"the rating of {name}"


def _subject(name: str) -> str:
    return "Better rated cards" if name == "overall" else f"Cards rated better on {name}"
