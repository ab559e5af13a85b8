"""How outcomes, numbers and lists are put in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cardiogram.analysis.changes import CHANGES
from cardiogram.analysis.load import OUTCOMES
from cardiogram.analysis.results import Branch, StatedNumber
from cardiogram.analysis.rounding import round_figure, round_ratio

NOUNS = {
    "downloads": "downloads",
    "likes": "likes",
    "downloads_all_time": "downloads of all time",
    "likes_change": "new likes",
    "downloads_all_time_change": "new downloads",
    "downloads_change": "growth of the monthly downloads",
}
"""An outcome in a sentence, after "more" and "the"."""


def put_outcome(outcome: str) -> str:
    """Put an outcome in words."""
    return {**OUTCOMES, **CHANGES}.get(outcome, outcome)


def noun(outcome: str) -> str:
    """An outcome in as few words as a sentence needs."""
    return NOUNS.get(outcome, outcome)


def amount(branch: Branch, outcome: str) -> str:
    """More of an outcome, or fewer: "more downloads".

    Examples
    --------
    >>> amount("fewer", "likes"), amount("fewer", "downloads_change")
    ('fewer likes', 'less growth of the monthly downloads')
    """
    fewer = "less" if outcome == "downloads_change" else "fewer"
    return f"{'more' if branch == 'more' else fewer} {noun(outcome)}"


def enumerate_words(words: Iterable[str], last: str = "and") -> str:
    """A list as one says it: "a, b and c"; "" of none."""
    *others, end = tuple(words) or ("",)
    return f"{', '.join(others)} {last} {end}" if others else end


def rho_words(number: StatedNumber) -> str:
    """An estimate of a correlation and its interval: "0.32, 0.21 to 0.40"."""
    if number.low is None or number.high is None:
        return "" if number.estimate is None else round_figure(number.estimate)
    bounds = f"{round_figure(number.low)} to {round_figure(number.high)}"
    return bounds if number.estimate is None else f"{round_figure(number.estimate)}, {bounds}"


def bounds_of_ratio(number: StatedNumber) -> str:
    """The interval of a ratio, with one more figure where rounding would reach 1.

    Examples
    --------
    >>> bounds_of_ratio(StatedNumber(name="times", n=9, estimate=1.3, low=1.004, high=1.76))
    '1.004 to 1.76'
    """
    assert number.low is not None
    assert number.high is not None
    low, high = (_apart_from_1(end) for end in (number.low, number.high))
    return f"{low} to {high}"


def _apart_from_1(ratio: float) -> str:
    rounded = round_ratio(ratio)
    return f"{ratio:.4g}" if rounded == "1.00" and ratio != 1 else rounded


def by_outcome(numbers: Iterable[StatedNumber]) -> Mapping[str, StatedNumber]:
    """Numbers by what they are of."""
    return {number.outcome: number for number in numbers}
