"""The past of a card on the Hub, by its API, or by git where that asks for less."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from cardiogram.errors import CardiogramError
from cardiogram.hub import (
    Failure,
    HubSession,
    ask_all_commits,
    ask_info,
    ask_paper_day,
    ask_past_file,
    ask_past_files,
    ask_tags,
    read_readme,
)
from cardiogram.names import CardType
from cardiogram.repository.access import FileChange, GitCommit, cloned, has_git
from cardiogram.track.history.card_past import README, CardPast, Texts, past_of_clone

MAX_COMMITS = 10_000
MAX_STEPS = 400
"""Revisions of README.md that are asked for one by one."""
MAX_TREES = 300
"""Commits whose files are asked for one by one."""
LONG = 40
"""Commits from which on git asks for less than the API."""
NEAR = timedelta(days=14)


@contextmanager
def past_on_hub(session: HubSession, id: str, of: CardType) -> Iterator[CardPast]:
    """The past of a card on the Hub, for one `with` block.

    Raises
    ------
    HubError
        There is no such repository, or the Hub does not give its commits.
    """
    info = ask_info(session, id, of)
    if isinstance(info, Failure):
        raise info.error
    id = str(info["id"])
    rows = ask_all_commits(session, id, of, MAX_COMMITS)
    if isinstance(rows, Failure):
        raise rows.error
    if len(rows) > LONG and has_git() and not (info.get("private") or info.get("gated")):
        place = f"{session.endpoint}/{'' if of == 'model' else 'datasets/'}{id}"
        protocol = place.partition("://")[0]
        try:  # without a login: what only a login may read is asked of the API
            with cloned(place, protocol) as clone:
                past = past_of_clone(clone, id, of)
        except CardiogramError:
            pass
        else:
            texts = _texts(session, id, of, _places(past))
            yield replace(past, texts=texts, paper_day=partial(ask_paper_day, session))
            return
    walk = _Walk(session, id, of, [_commit(row) for row in rows])
    yield walk.past()


@dataclass
class _Walk:
    """Asks the API for one commit after another.

    Attributes
    ----------
    commits
        Newest first.
    """

    session: HubSession
    id: str
    of: CardType
    commits: list[GitCommit]
    problems: list[str] = field(default_factory=list)
    trees: dict[int, Mapping[str, str] | None] = field(default_factory=dict)

    def past(self) -> CardPast:
        blobs = self._blobs()
        whole = len(self.commits) < MAX_COMMITS
        known = len(blobs)
        if not whole or known < len(self.commits):
            known -= 1  # what the oldest of them changed is not known
        events = [n for n in range(known) if blobs[n] != self._earlier(blobs, n)]
        changes = {place: self._files(place) for place in self._near(events)}
        commits = []
        for place, commit in enumerate(self.commits):
            files = [c for c in changes.get(place) or () if c.path != README]
            if place in events:
                files.append(FileChange(README, self._earlier(blobs, place), blobs[place]))
            commits.append(replace(commit, changes=tuple(files)))
        unread = [place for place, files in changes.items() if files is None]
        if unread:
            self.problems.append(
                f"what else {len(unread)} commits changed was not asked for"
                + ("" if has_git() else ": with git here, it would be")
            )
        places = {blob: self.commits[n].id for n, blob in enumerate(blobs) if blob}
        return CardPast(
            self.id,
            self.of,
            tuple(reversed(commits)),
            _texts(self.session, self.id, self.of, places),
            unread=frozenset(commits[place].id for place in unread),
            tags=ask_tags(self.session, self.id, self.of),
            problems=tuple(self.problems),
            whole=whole,
            paper_day=partial(ask_paper_day, self.session),
        )

    def _blobs(self) -> list[str | None]:
        """README.md at each commit, newest first, as far as the bound."""
        number = {commit.id: place for place, commit in enumerate(self.commits)}
        blobs: list[str | None] = []
        for _ in range(MAX_STEPS):
            place = len(blobs)
            if place == len(self.commits):
                return blobs
            file = ask_past_file(self.session, self.id, self.of, self.commits[place].id, README)
            if isinstance(file, Failure):
                raise file.error
            wrote = number.get(file.commit, place) if file else place
            blobs += [file.blob if file else None] * (max(wrote, place) + 1 - place)
        if len(blobs) < len(self.commits):
            self.problems.append(
                f"commits before {self.commits[len(blobs) - 1].at:%Y-%m-%d} were not asked for"
            )
        return blobs

    def _earlier(self, blobs: list[str | None], place: int) -> str | None:
        """README.md before a commit."""
        return blobs[place + 1] if place + 1 < len(blobs) else None

    def _near(self, events: list[int]) -> list[int]:
        """Changes of the card, and commits within 14 days of one: the nearest first."""
        moments = sorted(self.commits[place].at for place in events)
        far = dict.fromkeys(events, timedelta(-1))
        for place, commit in enumerate(self.commits):
            right = bisect_left(moments, commit.at)
            beside = moments[max(right - 1, 0) : right + 1]
            near = min((abs(commit.at - moment) for moment in beside), default=2 * NEAR)
            if near <= NEAR:
                far.setdefault(place, near)
        return sorted(far, key=lambda place: (far[place], place))

    def _files(self, place: int) -> tuple[FileChange, ...] | None:
        """What a commit changed; None where that is not known."""
        after, before = self._tree(place), self._tree(place + 1)
        if after is None or before is None:
            return None
        return tuple(
            FileChange(path, before.get(path), after.get(path))
            for path in sorted({*before, *after})
            if before.get(path) != after.get(path)
        )

    def _tree(self, place: int) -> Mapping[str, str] | None:
        if place == len(self.commits):
            return {} if place < MAX_COMMITS else None
        if place not in self.trees:
            if len(self.trees) == MAX_TREES:
                return None
            files = ask_past_files(self.session, self.id, self.of, self.commits[place].id)
            self.trees[place] = None if isinstance(files, Failure) else files
        return self.trees[place]


def _commit(row: Mapping[str, Any]) -> GitCommit:
    try:
        at = datetime.fromisoformat(str(row.get("date")).replace("Z", "+00:00"))
    except ValueError:
        at = datetime.fromtimestamp(0, timezone.utc)
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return GitCommit(str(row.get("id")), at.astimezone(timezone.utc), str(row.get("title") or ""))


def _places(past: CardPast) -> dict[str, str]:
    """A commit at which each text stands, by git's ids of the texts."""
    return {
        change.after: commit.id
        for commit in past.commits
        for change in commit.changes
        if change.path == README and change.after
    }


def _texts(session: HubSession, id: str, of: CardType, places: Mapping[str, str]) -> Texts:
    def ask(blob: str) -> tuple[str, bytes | None]:
        return blob, read_readme(session, id, places[blob], of).data

    def texts(ids: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        with ThreadPoolExecutor(8, thread_name_prefix="cardiogram-history") as pool:
            yield from pool.map(ask, ids)

    return texts
