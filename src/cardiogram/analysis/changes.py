"""What changed between two snapshots: new likes, new downloads, and the growth of a month's.

Downloads are a count of the last 30 days, so two of them overlap unless they lie 30 days apart.
Nothing is scaled to 30 days: a pair that lies further from that than a few days is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cardiogram.analysis.results import ChangedOutcome, ChangeResults
from cardiogram.collect import Dated
from cardiogram.stats.ranks import ABSURD, MINIMUM_PAIRS, clean_counts, clean_numbers
from cardiogram.stats.regression import Regression
from cardiogram.stats.resampling import Floats

Kind = Literal["count", "net", "log ratio"]
"""A count is never negative, a net count may be; a log ratio is a difference of logarithms."""

WANTED = 30
"""Days between two snapshots that are compared."""

FEWEST, MOST = 25, 35
"""Pairs that lie closer together or further apart are refused."""

CHANGES = {
    "likes_change": "new likes between the snapshots",
    "downloads_all_time_change": "new downloads between the snapshots",
    "downloads_change": "growth of the 30-day downloads between the snapshots",
}
"""Outcomes of two snapshots, and their words."""

MOST_LOST = 0.05
"""Share of models that may have lost likes for the Poisson model of the others to be told."""

_KINDS: Mapping[str, Kind] = {"likes_change": "net", "downloads_change": "log ratio"}
_OF = {name: name.removesuffix("_change") for name in CHANGES}


@dataclass(frozen=True, slots=True)
class Span:
    """Two days whose counts are compared."""

    before: date
    after: date

    @property
    def days(self) -> int:
        """Days between them."""
        return (self.after - self.before).days


@dataclass(frozen=True, slots=True)
class Changed:
    """Changes of models between two days, or the reason why there are none.

    Attributes
    ----------
    known
        Days of which there are counts.
    columns
        Changes by name, shape (n,) each; NaN where a model lacks one of the two counts.
    fell
        Models whose count fell, by count.
    missing
        Models without any count on the earlier and on the later day.
    faults
        What was left out while the counts were read.
    """

    known: tuple[date, ...]
    span: Span | None = None
    columns: Mapping[str, Floats] | None = None
    fell: Mapping[str, int] | None = None
    missing: tuple[int, int] = (0, 0)
    faults: Mapping[str, int] | None = None

    @property
    def words(self) -> str:
        """One or two sentences: which days are compared, or why none are."""
        if self.span is None:
            return " ".join([_no_span(self.known), *_left_out(self.faults or {})])
        spared = (
            f" Of {len(self.known)} days with counts these two lie nearest to {WANTED} days apart."
            if len(self.known) > 2
            else ""
        )
        return (
            f"Changes are from {self.span.before} to {self.span.after}, {self.span.days} days; "
            f"nothing is scaled to {WANTED}.{spared}"
        )


def changes_of(dated: Dated) -> Changed:
    """Choose two days and subtract.

    Returns
    -------
    Changed
        All-time downloads that fell are negative: errors of the data, which :func:`clean` drops.
    """
    days = tuple(dated.days)
    columns = [dated.days[day] for day in days]
    present = (
        np.array([_any_count(counted) for counted in columns]) if columns else np.zeros((0, 0))
    )
    span = choose_span(days, present.astype(bool))
    if span is None:
        return Changed(days, faults=dated.faults)
    before, after = dated.days[span.before], dated.days[span.after]
    changes = {name: change(name, before[of], after[of]) for name, of in _OF.items()}
    return Changed(
        days,
        span,
        changes,
        {of: int((after[of] < before[of]).sum()) for of in _OF.values() if of != "downloads"},
        (int((~_any_count(before)).sum()), int((~_any_count(after)).sum())),
        dated.faults,
    )


def describe_changes(changed: Changed) -> ChangeResults | None:
    """The part `changes` of results.json; None where no two days are compared."""
    if changed.span is None or changed.columns is None:
        return None
    fell, faults = dict(changed.fell or {}), dict(changed.faults or {})
    return ChangeResults(
        before=changed.span.before.isoformat(),
        after=changed.span.after.isoformat(),
        days=changed.span.days,
        wanted_days=WANTED,
        tolerated_days=(FEWEST, MOST),
        days_with_counts=len(changed.known),
        missing_before=changed.missing[0],
        missing_after=changed.missing[1],
        fell=fell,
        left_out=faults,
        outcomes={
            name: ChangedOutcome(
                words=CHANGES[name],
                kind=kind_of(name),
                n=int(np.isfinite(clean(name, column)).sum()),
            )
            for name, column in changed.columns.items()
        },
        words=(changed.words, *_fallen(fell), *_left_out(faults)),
    )


def choose_span(days: Sequence[date], present: NDArray[np.bool_]) -> Span | None:
    """Choose the two days that lie nearest to 30 days apart.

    Parameters
    ----------
    days
        In their order.
    present
        Which models have counts on each day, shape (days, n).

    Returns
    -------
    Span or None
        None where no two days lie 25 to 35 days apart. Pairs with 8 models or more go before
        others; of those as near, that with the most models, then the latest.

    Examples
    --------
    >>> days = [date(2026, 9, 1), date(2026, 9, 3), date(2026, 10, 2)]
    >>> choose_span(days, np.ones((3, 20), bool))
    Span(before=datetime.date(2026, 9, 3), after=datetime.date(2026, 10, 2))
    """
    best: tuple[bool, int, int, date] | None = None
    chosen = None
    for i, first in enumerate(days):
        for j in range(i + 1, len(days)):
            apart = (days[j] - first).days
            if not FEWEST <= apart <= MOST:
                continue
            both = int((present[i] & present[j]).sum())
            rank = (both >= MINIMUM_PAIRS, -abs(apart - WANTED), both, days[j])
            if best is None or rank > best:
                best, chosen = rank, Span(first, days[j])
    return chosen


def change(name: str, before: Floats, after: Floats) -> Floats:
    """One change: a difference, or for a log ratio log((1 + after) / (1 + before)).

    Examples
    --------
    >>> change("likes_change", np.array([3.0]), np.array([5.0]))
    array([2.])
    """
    if kind_of(name) == "log ratio":
        return np.asarray(np.log1p(after) - np.log1p(before))
    return np.asarray(after - before)


def kind_of(outcome: str) -> Kind:
    """What an outcome is: most are counts."""
    return _KINDS.get(outcome, "count")


def clean(outcome: str, values: Floats) -> Floats:
    """An outcome with NaN for errors of the data; only a count may not be negative."""
    if kind_of(outcome) == "count":
        return clean_counts(values)
    column = clean_numbers(values)
    column[np.abs(column) > ABSURD] = np.nan
    return column


def before_log1p(outcome: str, values: Floats) -> Floats:
    """What a line of log1p takes so that it runs through the outcome on its own log scale.

    For counts that scale is log1p; for net counts its mirror image below 0, sign(y) log1p(abs(y));
    a log ratio is on it already.

    Examples
    --------
    >>> np.log1p(before_log1p("likes_change", np.array([-3.0, 3.0]))).round(3).tolist()
    [-1.386, 1.386]
    """
    if kind_of(outcome) == "log ratio":
        return np.asarray(np.expm1(values))
    lost = np.minimum(values, 0.0)
    return np.asarray(np.where(values < 0, lost / (1 - lost), values))


def scale_of(outcome: str) -> str:
    """An outcome's log scale in words."""
    return {"log ratio": "the log ratio", "net": "signed log1p"}.get(kind_of(outcome), "log1p")


def on_its_scale(outcome: str, line: Regression) -> Regression:
    """Name a line by the scale that it was drawn on."""
    reason = line.reason
    if reason is not None and kind_of(outcome) != "count":  # no model of counts to be sent to
        reason = reason.partition("; see")[0]
    method = line.method.replace("of log1p", f"of {scale_of(outcome)}")
    return replace(line, method=method, reason=reason)


def no_poisson(outcome: str, values: Floats) -> str | None:
    """Why an outcome has no model of counts; None where it has one."""
    if kind_of(outcome) == "log ratio":
        return "a log ratio is no count: it can be negative"
    lost = int((values < 0).sum())
    if lost > MOST_LOST * values.size:
        share = f"{lost} of {values.size} models lost some"
        return f"{share}: a model of counts has no negative outcome"
    return None


def _any_count(counted: Mapping[str, Floats]) -> NDArray[np.bool_]:
    known = [np.isfinite(column) for column in counted.values()]
    return np.asarray(np.logical_or.reduce(known), dtype=bool)


def _no_span(known: Sequence[date]) -> str:
    needed = f"two that lie {FEWEST} to {MOST} days apart are needed (cardiogram track snapshot)"
    if not known:
        return f"No change over {WANTED} days is told: the counts have no date; {needed}."
    if len(known) == 1:
        return f"No change over {WANTED} days is told: all counts are of {known[0]}; {needed}."
    return (
        f"No change over {WANTED} days is told: there are counts of {len(known)} days from "
        f"{known[0]} to {known[-1]}, and {needed}."
    )


def _fallen(fell: Mapping[str, int]) -> list[str]:
    said = []
    if count := fell.get("downloads_all_time", 0):
        said.append(
            f"The all-time downloads of {_models(count)} fell, which is an error of the Hub's "
            "count: they have no new downloads here."
        )
    if count := fell.get("likes", 0):
        said.append(
            f"{_models(count).capitalize()} lost likes, as they may: the change is below 0."
        )
    return said


def _left_out(faults: Mapping[str, int]) -> list[str]:
    if not faults:
        return []
    return [
        "Left out while counts were read: "
        + ", ".join(f"{count} {words}" for words, count in faults.items())
        + "."
    ]


def _models(count: int) -> str:
    return "one model" if count == 1 else f"{count} models"
