"""Drafts of an owner's cards in the order in which they are worth sending: readers times gain."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor

from cardiogram.errors import CardiogramError
from cardiogram.hub import HubSession, Query, list_pages
from cardiogram.improve.draft import Draft
from cardiogram.progress import Progress, silent

_AT_ONCE = 4  # drafts whose requests wait beside each other


def draft_owner(
    owner: str,
    make: Callable[[str], Draft],
    session: HubSession | None = None,
    *,
    skip: Collection[str] = (),
    on_progress: Progress = silent,
) -> tuple[list[Draft], list[CardiogramError]]:
    """Draft every card of a user or organisation.

    Parameters
    ----------
    make
        Makes the draft of a repository by its id.
    skip
        Ids of which there is a draft already.

    Returns
    -------
    tuple
        The drafts, those first that are worth most; a card that nobody reads yet counts as read
        once. And the errors of cards that have none.

    Raises
    ------
    HubError
        The Hub does not list the owner's models.
    """
    pages = list_pages(session or HubSession(), Query(author=owner), fields=("downloads",))
    listed = dict.fromkeys(str(row["id"]) for page in pages for row in page.rows if row["id"])
    ids = [id for id in listed if id not in skip]
    done = len(listed) - len(ids)

    def one(id: str) -> Draft | CardiogramError:
        try:
            return make(id)
        except CardiogramError as error:
            return error

    drafts: list[Draft] = []
    errors: list[CardiogramError] = []
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="cardiogram-draft") as pool:
        try:
            for count, each in enumerate(pool.map(one, ids), done + 1):
                if isinstance(each, Draft):
                    drafts.append(each)
                else:
                    errors.append(each)
                on_progress("draft", count, len(listed))
        except BaseException:  # also an interrupt: what waits is not begun
            pool.shutdown(cancel_futures=True)
            raise
    drafts.sort(key=lambda draft: (-max(draft.readers, 1) * draft.gain, draft.id))
    return drafts, errors
