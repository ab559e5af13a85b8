"""What may be said of the models themselves: who carries the numbers, and what is in the cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cardiogram.analysis.conclusions.popularity_rules import SIGNIFICANT, decide, decide_both
from cardiogram.analysis.conclusions.wording import (
    amount,
    bounds_of_ratio,
    enumerate_words,
    noun,
)
from cardiogram.analysis.results import Branch, Conclusion, GroupLink, StatedNumber, TraitOdds
from cardiogram.analysis.rounding import round_figure, round_ratio
from cardiogram.stats.ranks import MINIMUM_PAIRS
from cardiogram.stats.resampling import MINIMUM_CLUSTERS

MINIMUM_RATED, MINIMUM_AUTHORS = 30, 20
"""With fewer rated models, or fewer authors, nothing is said of popularity."""

MINIMUM_TASKS = 4
"""With fewer tasks of 15 models nothing is said of them."""

MANY_DUPLICATES = 0.10
"""From this share of the cards on the correlations are said without near-duplicates."""

LARGE_MOVE = 0.05
"""An author is named whose models move a correlation by more, or over 0."""

_NOT_TOLD = {"cannot be told"}

NO_TRAIT = "No trait that a writer can add can be told apart from chance."

_MOST = {"downloads": "most downloaded", "likes": "most liked"}


def conclude_ratings(histogram: Mapping[int, int]) -> Conclusion:
    """Say how the cards are rated.

    Parameters
    ----------
    histogram
        Cards by their whole overall rating.
    """
    cards = sum(histogram.values())
    low = sum(count for rating, count in histogram.items() if rating <= 2) / max(1, cards)
    high = sum(count for rating, count in histogram.items() if rating >= 4) / max(1, cards)
    ends = ((low, "1 or 2"), (high, "4 or 5"))
    (larger, these), (smaller, those) = sorted(ends, key=lambda end: -end[0])
    said = f"{_percent(larger)} of the cards are rated {these}"
    return Conclusion(
        about="ratings",
        branches={"": "stated"},
        words=f"{said}, {_percent(smaller)} {those}.",
        short=said,
        evidence=(
            StatedNumber(name="share rated 1 or 2", n=cards, estimate=low),
            StatedNumber(name="share rated 4 or 5", n=cards, estimate=high),
        ),
        rule="A count, always stated.",
    )


def conclude_too_few(rated: int, authors: int) -> Conclusion:
    """Say why nothing is said of popularity."""
    models = "1 rated model is" if rated == 1 else f"{rated} rated models are"
    short = models if rated < MINIMUM_RATED else f"{authors} authors are"
    return Conclusion(
        about="too_few",
        branches={"": "cannot be told"},
        words=f"{short} too few for a statement on popularity: "
        f"{MINIMUM_RATED} rated models by {MINIMUM_AUTHORS} authors are needed.",
        evidence=(
            StatedNumber(name="rated models", n=rated, estimate=float(rated)),
            StatedNumber(name="authors", n=rated, estimate=float(authors)),
        ),
        rule=f"Fewer than {MINIMUM_RATED} rated models or {MINIMUM_AUTHORS} authors; of fewer than "
        f"{MINIMUM_CLUSTERS} authors, fewer than {MINIMUM_PAIRS} rated models.",
    )


def conclude_tasks(links: Sequence[GroupLink]) -> Conclusion | None:
    """Say in how many tasks alone better rated cards go with more downloads and likes.

    Returns
    -------
    Conclusion or None
        None where fewer than 4 tasks have 15 models.
    """
    by_outcome: dict[str, list[GroupLink]] = {}
    for link in links:
        if link.simultaneous is not None:
            by_outcome.setdefault(link.outcome, []).append(link)
    parts, branches, evidence = list[str](), dict[str, Branch](), list[StatedNumber]()
    told = 0
    for outcome, tasks in by_outcome.items():
        if len(tasks) < MINIMUM_TASKS:
            continue
        signs = [task.simultaneous for task in tasks if task.simultaneous is not None]
        more, fewer = sum(s.low > 0 for s in signs), sum(s.high < 0 for s in signs)
        branches[outcome] = _of_counts(more, fewer)
        models = sum(task.n for task in tasks)
        for name, count in (("tasks", len(tasks)), ("with more", more), ("with fewer", fewer)):
            number = StatedNumber(name=name, outcome=outcome, n=models, estimate=float(count))
            evidence.append(number)
        same = bool(parts) and len(tasks) == told
        told = len(tasks)
        of = "" if same else f"of {told}, " if parts else f"Of {told} tasks alone "
        parts.append(of + _shown(more, fewer, outcome))
    if not branches:
        return None
    return Conclusion(
        about="tasks",
        branches=branches,
        words=f"{'; '.join(parts)}.",
        evidence=tuple(evidence),
        rule="Tasks whose correlation has an interval above or below 0, all intervals at once "
        f"(max-t by author), from {MINIMUM_TASKS} tasks of 15 models up.",
    )


def _shown(more: int, fewer: int, outcome: str) -> str:
    """How many tasks show more of an outcome, and how many fewer."""
    least = amount("fewer", outcome).split()[0]
    if not more and not fewer:
        return f"none shows more or {least} {noun(outcome)}"
    verb = "show" if more > 1 else "shows"
    return f"{more or 'none'} {verb} {amount('more', outcome)}, {fewer or 'none'} {least}"


def _of_counts(more: int, fewer: int) -> Branch:
    if more and fewer:
        return "stated"
    return "more" if more else "fewer" if fewer else "cannot be told"


def conclude_near_duplicates(
    share: float, every: Sequence[StatedNumber], single: Sequence[StatedNumber]
) -> Conclusion:
    """Say what is left of the correlations with one card of each near-duplicate text.

    Parameters
    ----------
    share
        Of the cards that are near-duplicates, 0-1.
    every, single
        Plain rank correlations of all cards, and with one card of each text.
    """
    cards = max((number.n for number in every), default=0)
    words = f"{_percent(share)} of the cards are near-duplicates of another."
    known = [
        (whole, alone)
        for whole, alone in zip(every, single, strict=True)
        if whole.estimate is not None and alone.estimate is not None
    ]
    if not share:
        words = "No card is a near-duplicate of another."
    elif share >= MANY_DUPLICATES and known:
        without = enumerate_words(round_figure(alone.estimate or 0.0) for _, alone in known)
        whole = enumerate_words(round_figure(number.estimate or 0.0) for number, _ in known)
        words = f"One card of each near-duplicate text: {without}, not {whole}."
    return Conclusion(
        about="near_duplicates",
        branches={"": "stated"},
        words=words,
        evidence=(
            StatedNumber(name="share of near-duplicates", n=cards, estimate=share),
            *every,
            *single,
        ),
        rule=f"Both numbers where {MANY_DUPLICATES:.0%} or more of the cards are near-duplicates.",
    )


@dataclass(frozen=True, slots=True)
class AuthorMove:
    """How far the author who moves it most moves one plain rank correlation.

    Attributes
    ----------
    share
        Of the models that are the author's, 0-1.
    whole, without
        The correlation of all models, and without the author.
    """

    outcome: str
    author: str
    share: float
    n: int
    whole: float
    without: float

    @property
    def is_large(self) -> bool:
        """Whether it is by more than `LARGE_MOVE`, or over 0."""
        return abs(self.whole - self.without) > LARGE_MOVE or self.whole * self.without < 0


def conclude_one_author(moves: Sequence[AuthorMove]) -> Conclusion:
    """Say how far one author moves the correlations.

    Parameters
    ----------
    moves
        One an outcome.
    """
    by_author: dict[str, list[AuthorMove]] = {}
    for move in moves:
        if move.is_large:
            by_author.setdefault(move.author, []).append(move)
    largest = max((abs(move.whole - move.without) for move in moves), default=0.0)
    words = f"Without any one author they move by {round_figure(largest)} at most."
    if by_author:
        words = " ".join(_without_author(name, moved) for name, moved in by_author.items())
    return Conclusion(
        about="one_author",
        branches={"": "stated"},
        words=words,
        evidence=tuple(number for move in moves for number in _moved(move)),
        rule=f"The author is named where a correlation moves by more than {LARGE_MOVE} or over 0.",
    )


def _without_author(author: str, moves: Sequence[AuthorMove]) -> str:
    which = enumerate_words(noun(move.outcome) for move in moves)
    without = enumerate_words(round_figure(move.without) for move in moves)
    share = _percent(moves[0].share)
    return f"Without {author} ({share} of the models) {without} with {which}."


def _moved(move: AuthorMove) -> tuple[StatedNumber, ...]:
    without = f"rank correlation without {move.author}"
    share = f"share of the models by {move.author}"
    by = abs(move.whole - move.without)
    return (
        StatedNumber(name="largest move", outcome=move.outcome, n=move.n, estimate=by),
        StatedNumber(name=without, outcome=move.outcome, n=move.n, estimate=move.without),
        StatedNumber(name=share, outcome=move.outcome, n=move.n, estimate=move.share),
    )


def conclude_between_authors(
    within: float | None,
    authors: int,
    times: Sequence[StatedNumber],
    p_values: Mapping[str, float | None],
) -> Conclusion:
    """Say how far this compares authors, and what is seen within them.

    Parameters
    ----------
    within
        Share of the ratings' variance within authors with two models or more, 0-1; None where
        such models are all rated alike, or there are none.
    authors
        Authors with two models or more.
    times
        Ratios per point among the models of the same author, one an outcome.
    p_values
        By permutation within authors, by outcome.
    """
    between = None if within is None else 1 - within
    words = (
        "No author has cards that are rated apart"
        if between is None
        else f"{_percent(between)} of what tells ratings apart lies between authors"
    )
    words += ": an association, not what a better card would bring."
    branches: dict[str, Branch] = {}
    if authors >= MINIMUM_AUTHORS and times:
        branches = {
            number.outcome: decide_both(decide(number, 1.0), p_values.get(number.outcome))
            for number in times
        }
        words += f" {_within_words(authors, times, branches)}"
    models = max((number.n for number in times), default=0)
    return Conclusion(
        about="between_authors",
        branches=branches or {"": "stated"},
        words=words,
        evidence=(
            StatedNumber(name="share of variance between authors", n=models, estimate=between),
            StatedNumber(name="authors with several models", n=models, estimate=float(authors)),
            *times,
        ),
        rule="The share is always stated; a ratio within authors where "
        f"{MINIMUM_AUTHORS} authors have several models, its interval excludes 1, and a "
        "permutation within authors has p < .05.",
    )


def _within_words(
    authors: int, times: Sequence[StatedNumber], branches: Mapping[str, Branch]
) -> str:
    start = f"Within the {authors} authors with several models:"
    seen = [number for number in times if branches[number.outcome] in ("more", "fewer")]
    unseen = [noun(number.outcome) for number in times if number not in seen]
    parts = []
    if seen:
        listed = enumerate_words(
            f"{round_ratio(number.estimate or 0)} times the {noun(number.outcome)} "
            f"({bounds_of_ratio(number)})"
            for number in seen
        )
        parts.append(f"{listed} per point")
    if unseen:
        parts.append(f"of {enumerate_words(unseen, 'or')} it cannot be told")
    return f"{start} {'; '.join(parts)}."


def conclude_traits(odds: Sequence[TraitOdds], outcomes: Sequence[str]) -> Conclusion:
    """Say what, of all that a writer can add, cards of the most popular quarter have more often.

    Parameters
    ----------
    odds
        Every trait with every outcome; those of other kinds are not named.
    outcomes
        Those that are said.
    """
    given = next((number.given for number in odds if number.given), ())
    branches, parts, evidence = dict[str, Branch](), list[str](), list[StatedNumber]()
    for outcome in (name for name in outcomes if any(n.outcome == name for n in odds)):
        seen = [number for number in odds if number.outcome == outcome and _is_seen(number)]
        seen.sort(key=_surest_first)
        higher = sum(_is_higher(number) for number in seen)
        branches[outcome] = _of_counts(higher, len(seen) - higher)
        popular = _MOST.get(outcome, noun(outcome))
        said = f"{popular}: {_counted(seen)}" if parts else f"{popular} quarter: {_named(seen)}"
        parts.append(said)
        for name, count in (("higher", higher), ("lower", len(seen) - higher)):
            number = StatedNumber(name=f"traits with {name} odds", outcome=outcome, n=odds[0].n)
            evidence.append(replace(number, estimate=float(count)))
        evidence += [_stated(number) for number in seen]
    said = "; ".join(parts)
    return Conclusion(
        about="traits",
        branches=branches,
        words=f"Adjusted odds in the {said}." if set(branches.values()) - _NOT_TOLD else NO_TRAIT,
        evidence=tuple(evidence),
        held_equal=given,
        rule="Of the traits that a writer can add, those with q < .05 by random signs, one an "
        "author, over all traits and outcomes.",
    )


def _is_seen(number: TraitOdds) -> bool:
    q_value, interval = number.q_value, number.cluster_interval
    agrees = interval is None or interval.low > 1 or interval.high < 1
    told = q_value is not None and q_value < SIGNIFICANT and number.estimate is not None
    return told and agrees and number.kind == "writer"


def _stated(number: TraitOdds) -> StatedNumber:
    interval = number.cluster_interval
    stated = StatedNumber(
        name=f"odds of {number.words}", outcome=number.outcome, n=number.n, estimate=number.estimate
    )
    return replace(stated, low=interval.low, high=interval.high) if interval else stated


def _is_higher(number: TraitOdds) -> bool:
    return (number.estimate or 0.0) > 1


def _surest_first(number: TraitOdds) -> tuple[bool, float, float]:
    """Higher odds first, by their q, and those of one q by their size."""
    odds = number.estimate or 1.0
    return not _is_higher(number), number.q_value or 0.0, -max(odds, 1 / odds)


def _named(seen: Sequence[TraitOdds]) -> str:
    """The surest trait with its odds, and how many more are told apart from chance."""
    if not seen:
        return "no trait told apart from chance"
    first = seen[0]
    bounds = f" ({bounds_of_ratio(_stated(first))})" if first.cluster_interval else ""
    said = f"{first.words} {round_ratio(first.estimate or 0)}{bounds}"
    return f"{said}; {_counted(seen)} in all" if seen[1:] else said


def _counted(seen: Sequence[TraitOdds]) -> str:
    """How many traits have higher odds and how many lower."""
    higher = sum(_is_higher(number) for number in seen)
    return f"{higher or 'none'} higher, {len(seen) - higher or 'none'} lower"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
