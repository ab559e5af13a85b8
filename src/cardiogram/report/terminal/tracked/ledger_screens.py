"""What a ledger has taken in: who is watched, what a day's snapshot holds, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.cards import explain_problem
from cardiogram.report.markup import count_of, wrap_lines
from cardiogram.report.terminal.paint import paint, shorten_name
from cardiogram.report.terminal.writing import Look, join_parts, one_line, quote_name

if TYPE_CHECKING:
    from cardiogram.track.ledger import Added, Snapshot
    from cardiogram.track.sources import Backfilled

_SHOWN = 4
"""Names and files that a screen has room for, of each kind."""

_LONG = 30
"""Days after which an effect can be looked for."""


def render_added(added: Added, look: Look) -> str:
    """Who is watched from now on, and why others are not."""
    donors = f", {count_of(added.donors, 'model')} to compare with" if added.donors else ""
    answer = f"{count_of(added.watched, 'model')} watched in {added.root}"
    new = f"added: {count_of(len(added.models), 'model')}{donors}"
    if added.authors:
        new += f"; all that {_some(added.authors, look)} have, and will have"
    problems = [
        line
        for name, why in list(added.problems.items())[: _SHOWN * 2]
        for line in _wrapped(f"{name}: {explain_problem(why)}", look)
    ]
    more = len(added.problems) - _SHOWN * 2
    problems += [f"  and {more:,} more: --json"] * (more > 0)
    head = [f"not added: {len(added.problems):,}"] if problems else []
    following = f"next: cardiogram track snapshot{name_ledger(added.root)}    (once a day)"
    if added.models and added.watched == len(added.models):
        said = _ONE if added.watched == 1 else _OWN
        alone = wrap_lines(said.format(name_ledger(added.root)), width=look.width)
        head = [*alone, *([""] if head else []), *head]
    new_lines = wrap_lines(new, width=look.width)
    last = [following] if added.models or added.donors or added.authors else []
    return join_parts([[paint(answer, "bold", look), *new_lines], [*head, *problems], last])


_ONE = (
    "There is nothing to compare with yet. Add models whose cards stay as they are with cardiogram "
    "track add --study FOLDER{0}, and their past days with cardiogram track backfill{0}."
)
_OWN = (
    "A changed card is compared with those here that stay as they are: cardiogram track plan{0} "
    "says whether they are enough, and draws which change first. cardiogram track add --study "
    "FOLDER{0} adds others to compare with."
)


def render_snapshot(taken: Snapshot, look: Look) -> str:
    """What a day's snapshot holds, and what it lacks."""
    missing = sum(map(len, taken.problems.values()))
    answer = f"{taken.day}: {count_of(taken.models, 'model')} counted"
    answer += f", {missing:,} not" if missing else ""
    since = f"{count_of(taken.days, 'day')} since {taken.first_day}" if taken.first_day else ""
    since += f"; {count_of(taken.holes, 'day')} before this one missed" if taken.holes else ""
    said = [*([since] if since else []), f"file: {taken.path}"]
    following = "next: the same command tomorrow"
    if not taken.is_complete:
        following = "next: the same command again, for what is missing"
    elif taken.days > _LONG:
        following = f"next: cardiogram track effect{name_ledger(taken.path.parents[1])}"
    return join_parts([[paint(answer, "bold", look), *said], [*_changes(taken, look)], [following]])


def render_backfill(taken: Backfilled, look: Look, ledger: Path) -> str:
    """What was taken of a source, and which days it does not know."""
    answer = f"{count_of(taken.models, 'model')} with {taken.days:,} days"
    if taken.first_day:
        answer += f", {taken.first_day} to {taken.last_day}"
    read = f"{taken.rows:,} of {taken.rows_read:,} rows of {count_of(taken.files, 'file')} taken"
    days = [
        (taken.holes, "without a row: nothing is guessed for them"),
        (taken.stood_still, "on which the Hub's counters stood still: only their sums are known"),
        (taken.rolled_back, "on which many counters were set back: left out"),
        (taken.partial, "with a part of the models: the others are holes"),
    ]
    said = [
        line
        for which, what in days
        if which
        for line in _wrapped(f"{count_of(len(which), 'day')} {what} ({_days(which)})", look)
    ]
    for name, n in taken.absent.items():
        said += _wrapped(f"{count_of(n, 'file')} without the column {name}", look)
    said += [
        line for what, n in taken.problems.items() for line in _wrapped(f"{what}: {n:,}", look)
    ]
    said += [
        line
        for pair in taken.candidates[:_SHOWN]
        for line in _wrapped(f"{pair.appeared} may be {pair.gone}, renamed on {pair.day}", look)
    ]
    if taken.missing:
        said += _wrapped(f"nothing of {len(taken.missing):,}: {_some(taken.missing, look)}", look)
    head = [paint(answer, "bold", look), *wrap_lines(read, width=look.width)]
    return join_parts([head, said, [f"next: cardiogram track effect{name_ledger(ledger)}"]])


def _days(days: Sequence[date]) -> str:
    """The first of them, and how many more there are."""
    more = len(days) - 2
    shown = ", ".join(str(day) for day in days[:2])
    return f"{shown} and {more:,} more" if more > 0 else shown


def _changes(taken: Snapshot, look: Look) -> Iterator[str]:
    """Models that are missing, were renamed or joined, and shards that cannot be used."""
    for problem, ids in taken.problems.items():
        yield from _wrapped(f"{explain_problem(problem)}: {_some(ids, look)}", look)
    if taken.renamed:
        yield from _wrapped(f"renamed: {_some(_arrows(taken.renamed), look)}", look)
    if taken.added:
        yield from _wrapped(f"new: {_some(taken.added, look)}", look)
    for shard in taken.damaged[:_SHOWN]:
        yield from _wrapped(f"damaged, left out: {shard}", look)


def _arrows(renamed: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{old} -> {new}" for old, new in renamed.items())


def _wrapped(words: str, look: Look) -> list[str]:
    return wrap_lines(one_line(words), "  ", "    ", look.width)


def _some(values: tuple[str, ...], look: Look) -> str:
    """A few of them, and how many more there are."""
    shown = values if look.detail == "all" else values[:_SHOWN]
    words = ", ".join(shorten_name(one_line(value), 60) for value in shown)
    more = len(values) - len(shown)
    return f"{words} and {more:,} more" if more else words


def name_ledger(root: Path) -> str:
    """The option that names a ledger which is not where a command looks."""
    from cardiogram.track.ledger import DEFAULT_LEDGER

    return "" if root == DEFAULT_LEDGER else f" --ledger {quote_name(str(root))}"
