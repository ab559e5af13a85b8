"""An owner's cards in the order in which they are worth mending: readers times gain."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cardiogram.errors import CardiogramError
from cardiogram.hub import HubSession, Query, list_pages
from cardiogram.improve.draft import Draft
from cardiogram.progress import Progress, silent

_AT_ONCE = 4  # drafts whose requests wait beside each other


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One card of a work list.

    Attributes
    ----------
    readers
        Downloads of the last 30 days.
    draft, problem
        One of both: the draft, or why there is none.
    """

    id: str
    readers: int
    draft: Draft | None = None
    problem: CardiogramError | None = None

    @property
    def gain(self) -> float:
        """What the draft adds to the overall rating; 0 without one."""
        if self.draft is None:
            return 0.0
        before, after = (rating.scores.get("overall") for rating in self.draft.ratings)
        return after.expected - before.expected if before and after else 0.0

    @property
    def worth(self) -> float:
        """Readers times gain; a card that nobody reads yet counts as read once."""
        return max(self.readers, 1) * self.gain


def draft_owner(
    owner: str,
    make: Callable[[str], Draft],
    session: HubSession | None = None,
    *,
    on_progress: Progress = silent,
) -> list[WorkItem]:
    """Draft every card of a user or organisation.

    Parameters
    ----------
    make
        Makes the draft of a repository by its id.

    Returns
    -------
    list of WorkItem
        What is worth most first; those without a draft last.

    Raises
    ------
    HubError
        The Hub does not list the owner's models.
    """
    pages = list_pages(session or HubSession(), Query(author=owner), fields=("downloads",))
    readers = {str(r["id"]): r["downloads"] or 0 for page in pages for r in page.rows if r["id"]}

    def one(id: str) -> WorkItem:
        try:
            return WorkItem(id, readers[id], make(id))
        except CardiogramError as error:
            return WorkItem(id, readers[id], problem=error)

    work: list[WorkItem] = []
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="cardiogram-draft") as pool:
        try:
            for each in pool.map(one, readers):
                work.append(each)
                on_progress("draft", len(work), len(readers))
        except BaseException:  # also an interrupt: what waits is not begun
            pool.shutdown(cancel_futures=True)
            raise
    return sorted(work, key=lambda each: (each.draft is None, -each.worth, each.id))
