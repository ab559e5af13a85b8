"""Why no effect of a change of a card can be told from others, and what else changed near it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from itertools import chain
from typing import Generic, TypeVar

from cardiogram.repository.access import GitCommit
from cardiogram.repository.facts import purpose_of
from cardiogram.track.history.card_event import OtherChange, OtherKind
from cardiogram.track.history.card_past import CardPast
from cardiogram.track.history.card_steps import SESSION, CardStep, PastTexts

UNDONE = timedelta(days=30)
"""A change that does not last so long has no effect to look for."""
WEIGHTS = timedelta(days=7)
"""New weights so near may have moved what an effect is looked for in."""
NEAR = timedelta(days=14)
_MOST_OTHERS, _MOST_NAMES, _MOST_PAPERS = 5, 3, 10
_UNDOABLE = ("created", "edited", "metadata", "deleted")

T = TypeVar("T")


@dataclass(frozen=True)
class InTime(Generic[T]):
    """Values in the order of their moments."""

    moments: Sequence[datetime]
    values: Sequence[T]

    @classmethod
    def of(cls, values: Iterable[T], moment: Callable[[T], datetime]) -> InTime[T]:
        """Put values in order."""
        ordered = sorted(values, key=moment)
        return cls([moment(value) for value in ordered], ordered)

    def near(self, moment: datetime, within: timedelta, limit: int = 1) -> Sequence[T]:
        """Those at most so far from a moment, the nearest where there are more than a limit."""
        start = bisect_left(self.moments, moment - within)
        stop = bisect_right(self.moments, moment + within)
        while stop - start > limit:
            here = min(max(bisect_left(self.moments, moment), start), stop - 1)
            start, stop = max(start, here - limit), min(stop, here + limit + 1)
            first_is_far = moment - self.moments[start] > self.moments[stop - 1] - moment
            start, stop = (start + 1, stop) if first_is_far else (start, stop - 1)
        return self.values[start:stop]


@dataclass(frozen=True)
class Surroundings:
    """All that happened in a repository while its card changed."""

    past: CardPast
    steps: Sequence[CardStep]
    texts: PastTexts

    @cached_property
    def weights(self) -> InTime[GitCommit]:
        """Commits that changed weights."""
        made = (commit for commit in self.past.commits if _weights(commit))
        return InTime.of(made, lambda commit: commit.at)

    @cached_property
    def unread(self) -> InTime[GitCommit]:
        """Commits of which it is not known what else they changed."""
        unread = (commit for commit in self.past.commits if commit.id in self.past.unread)
        return InTime.of(unread, lambda commit: commit.at)

    @cached_property
    def changes(self) -> Mapping[OtherKind, InTime[_Moment]]:
        """What may have moved downloads, beside the text of the card, by what it is."""
        moments: dict[OtherKind, list[_Moment]] = {}
        named = (self._of_files(), self._of_cards(), self._of_tags(), self._of_papers())
        for moment in chain.from_iterable(named):
            moments.setdefault(moment.kind, []).append(moment)
        if self.past.whole and self.past.commits:
            begun = self.past.commits[0].at
            moments["beginning"] = [_Moment(begun, "beginning", "the repository was made")]
        return {kind: InTime.of(those, lambda each: each.at) for kind, those in moments.items()}

    def reasons(self, number: int) -> Iterator[str]:
        """Why no effect of a change can be told from others; none where one can."""
        step = self.steps[number]
        if step.files:
            yield "with other files"
        if step.kind == "restored":
            yield "README returns to an earlier blob"
        elif step.kind == "wiped":
            yield "a generated card replaces a written one"
        elif step.kind == "whitespace":
            yield f"no word changed ({self._only(step)} only)"
        if step.head is not None:
            ago = _long(step.commit.at - self.steps[number - 1].commit.at)
            yield f"same session as the commit before ({ago}): one event, text after the last"
        if step.files:
            return
        own = [*self._library(step), *_undone(step), *self._dated(step), *self._weights(step)]
        if not own and step.kind in ("metadata", "deleted"):
            own = ["only the metadata changed" if step.kind == "metadata" else "the card is gone"]
        yield from own
        if any(blob not in self.texts for blob in (step.before, step.after) if blob):
            yield "its text was not read"

    def others(self, step: CardStep) -> tuple[OtherChange, ...]:
        """What else changed within 14 days, in order; of each kind the nearest."""
        day = step.commit.at.date()
        changes = (c.near(step.commit.at, NEAR, _MOST_OTHERS) for c in self.changes.values())
        near = [m for those in changes for m in those]
        near = [m for m in near if m.kind != "beginning" or m.at <= step.commit.at]
        near.sort(key=lambda moment: moment.at)
        return tuple(OtherChange(m.kind, (m.at.date() - day).days, m.what) for m in near)

    def _only(self, step: CardStep) -> str:
        same = self.texts[step.before].lines == self.texts[step.after].lines
        return "line ends" if same else "white space"

    def _library(self, step: CardStep) -> Iterator[str]:
        texts = (self.texts.get(blob) for blob in (step.before, step.settled))
        before, after = (text.library if text else "" for text in texts)
        verb = "appears" if not before else "disappears" if not after else "changes"
        if before != after:
            yield f"library_name {verb}: downloads are recounted"

    def _dated(self, step: CardStep) -> Iterator[str]:
        if step.place and step.commit.at < self.past.commits[step.place - 1].at:
            yield "dated before its parent: the day of the change is not known"
        if step.commit.is_merge:
            yield "came with a merge: the day of the change is not known"
        if step.last is not None and step.last.commit.at - step.commit.at > SESSION:
            yield f"edited on and on for {_long(step.last.commit.at - step.commit.at)}"

    def _weights(self, step: CardStep) -> Iterator[str]:
        if self.weights.near(step.commit.at, WEIGHTS):
            yield "weights changed within 7 days"
        elif self.unread.near(step.commit.at, WEIGHTS):
            yield "what else changed within 7 days is not known"

    def _of_files(self) -> Iterator[_Moment]:
        for commit in self.weights.values:
            yield _Moment(commit.at, "weights", _names(_weights(commit)))

    def _of_tags(self) -> Iterator[_Moment]:
        days = {commit.id: commit.at for commit in self.past.commits}
        for name, commit in self.past.tags.items():
            if commit in days:
                yield _Moment(days[commit], "release", name[:100])

    def _of_papers(self) -> Iterator[_Moment]:
        """When papers came out that the card names."""
        papers = {paper for text in self.texts.values() for paper in text.papers}
        for paper in sorted(papers, reverse=True)[:_MOST_PAPERS]:
            with suppress(ValueError):
                day = datetime.fromisoformat(self.past.paper_day(paper))
                yield _Moment(day.replace(tzinfo=timezone.utc), "paper", f"arXiv {paper} came out")

    def _of_cards(self) -> Iterator[_Moment]:
        """What changed in metadata and papers of the card."""
        for step in self.steps:
            before, after = self.texts.get(step.before), self.texts.get(step.after)
            if after is None or (before is None and step.before is not None):
                continue
            libraries = [before.library if before else "", after.library]
            if libraries[0] != libraries[1]:
                what = " to ".join(library or "none" for library in libraries)
                yield _Moment(step.commit.at, "library_name", what)
            tags = after.tags ^ (before.tags if before else frozenset())
            if tags and before is not None:
                signs = (f"{'+' if tag in after.tags else '-'}{tag}" for tag in sorted(tags))
                yield _Moment(step.commit.at, "tags", _names(tuple(signs)))
            papers = after.papers - (before.papers if before else frozenset())
            if papers:
                named = _names(tuple(f"arXiv {paper}" for paper in sorted(papers)))
                yield _Moment(step.commit.at, "paper", f"{named} (named in the card)")


@dataclass(frozen=True, slots=True)
class _Moment:
    at: datetime
    kind: OtherKind
    what: str


def _undone(step: CardStep) -> Iterator[str]:
    if step.undone is None or step.kind not in _UNDOABLE:
        return
    if step.undone.commit.at - step.commit.at <= UNDONE:
        days = (step.undone.commit.at.date() - step.commit.at.date()).days
        after = f"after {days} day{'s' * (days > 1)}" if days > 0 else "the same day"
        yield f"undone {after}"


def _weights(commit: GitCommit) -> tuple[str, ...]:
    """Files of weights that a commit changed."""
    paths = (change.path for change in commit.changes)
    return tuple(p for p in paths if purpose_of(p) in ("weights", "adapter weights"))


def _names(texts: Sequence[str]) -> str:
    """A few names, and how many others there are."""
    shown = ", ".join(name[:80] for name in texts[:_MOST_NAMES])
    return shown + (f" and {len(texts) - _MOST_NAMES} more" if len(texts) > _MOST_NAMES else "")


def _long(gap: timedelta) -> str:
    """A length of time in whole minutes, hours or days."""
    minutes = round(gap.total_seconds() / 60)
    for size, name in ((1440, "day"), (60, "hour")):
        if minutes >= 2 * size:
            return f"{minutes // size} {name}s"
    return f"{minutes} minute{'s' * (minutes != 1)}"
