"""The commits that touched a card, in order: what each did, and which of them are one session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cardiogram.repository.access import GitCommit
from cardiogram.track.history.card_event import CardEventKind, LostCard
from cardiogram.track.history.card_past import CardPast
from cardiogram.track.history.past_text import PastText

SESSION = timedelta(hours=24)
"""Edits that follow each other within it are one event."""
_SHRINKS = 3
_GOES_ON = ("edited", "metadata", "whitespace", "restored")

PastTexts = Mapping["str | None", PastText]
"""Texts by git's ids of them; those that could not be read are not there."""


@dataclass(slots=True)
class CardStep:
    """A commit that touched the card.

    Attributes
    ----------
    place
        Its number among all commits.
    files
        What else it changed.
    head
        The first commit of its session, where that is another one.
    last
        The last commit of the session that begins with it, where that is another one.
    undone
        The first later commit that takes back what it did.
    """

    commit: GitCommit
    place: int
    before: str | None
    after: str | None
    files: tuple[str, ...]
    kind: CardEventKind = "edited"
    head: CardStep | None = None
    last: CardStep | None = field(default=None, repr=False)
    undone: CardStep | None = field(default=None, repr=False)

    @property
    def settled(self) -> str | None:
        """The text after the last commit of its session."""
        return (self.last or self).after


def steps_of(past: CardPast, texts: PastTexts) -> list[CardStep]:
    """The commits that touched the card, oldest first, with what each did."""
    steps: list[CardStep] = []
    seen: set[str | None] = set()
    for place, commit in enumerate(past.commits):
        mine = next((change for change in commit.changes if change.path == past.path), None)
        if mine is None or mine.before == mine.after:
            continue
        files = tuple(change.path for change in commit.changes if change.path != past.path)
        step = CardStep(commit, place, mine.before, mine.after, files)
        step.kind = _kind(step, seen, texts)
        seen |= {mine.before, mine.after}
        if steps:
            _join(steps[-1], step)
        steps.append(step)
    _undo(steps)
    return steps


def _kind(step: CardStep, seen: set[str | None], texts: PastTexts) -> CardEventKind:
    """What a commit did, by the first rule that fits."""
    if step.after is None:
        return "deleted"
    if step.before is None:
        return "restored" if step.after in seen else "created"
    before, after = texts.get(step.before), texts.get(step.after)
    if before is None or after is None:
        return "restored" if step.after in seen else "edited"
    if step.files and after.size * _SHRINKS < before.size:
        return "wiped"
    if before.words == after.words:
        return "whitespace"
    if step.after in seen:
        return "restored"
    return "metadata" if before.body == after.body else "edited"


def _join(earlier: CardStep, step: CardStep) -> None:
    """Let a step go on with the session of the one before."""
    gap = step.commit.at - earlier.commit.at
    begun = earlier.head is not None or earlier.kind in ("created", "edited")
    if begun and step.kind in _GOES_ON and timedelta(0) <= gap <= SESSION:
        step.head = earlier.head or earlier
        step.head.last = step


def _undo(steps: Sequence[CardStep]) -> None:
    """Find what takes each step back: its text before, a wiped card, none; of none, any."""
    later: dict[str | None, int] = {}
    gone = there = len(steps)
    for number in range(len(steps) - 1, -1, -1):
        step = steps[number]
        ends = later.get(step.before, len(steps))
        ends = min(ends, there if step.kind == "deleted" else gone)
        step.undone = steps[ends] if ends < len(steps) else None
        later[step.after] = number
        gone = number if step.kind in ("deleted", "wiped") else gone
        there = number if step.after is not None else there


def lost_of(steps: Sequence[CardStep], texts: PastTexts) -> Iterator[LostCard]:
    """Cards by hand that a generator's took the place of, the oldest first."""
    wrote: dict[str | None, GitCommit] = {}
    waiting: LostCard | None = None
    for step in steps:
        before, after = texts.get(step.before), texts.get(step.after)
        if waiting is not None and after is not None and after.by_hand:
            yield LostCard(*_parts(waiting), step.commit.id)
            waiting = None
        made = after is not None and after.is_made and not after.by_hand
        if made and before is not None and before.by_hand and step.before in wrote:
            by = wrote[step.before]
            waiting = LostCard(by.id, by.at, step.commit.id, step.commit.at)
        wrote[step.after] = step.commit
    if waiting is not None:
        yield waiting


def _parts(lost: LostCard) -> tuple[str, datetime, str, datetime]:
    return lost.commit, lost.at, lost.taken_by, lost.taken_at
