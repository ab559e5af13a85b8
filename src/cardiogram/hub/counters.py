"""What the Hub counts of a model today, by the id that it keeps when its name changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from cardiogram.hub.address import is_repo_id
from cardiogram.hub.listing import Page, Query, ask_model, list_pages, model_row
from cardiogram.hub.session import Failure, HubSession
from cardiogram.lazy import regex

if TYPE_CHECKING:
    from cardiogram.store import Row

LISTED_COUNTERS = (
    "createdAt",
    "downloads",
    "downloadsAllTime",
    "library_name",
    "likes",
    "pipeline_tag",
    "private",
    "sha",
    "tags",
    "trendingScore",
)
"""What is asked of each model of a list, by the Hub's names."""

COUNTERS = (*LISTED_COUNTERS, "childrenModelCount", "spaces")
"""The same of one model: the list does not know the first of the last two, the other is long."""

_HUB_ID = regex("[0-9a-f]{24}")
_SHARED = (
    "id",
    "downloads",
    "downloads_all_time",
    "likes",
    "trending_score",
    "sha",
    "library_name",
    "tags",
    "created_at",
    "pipeline_tag",
    "problems",
)  # columns of the listing and of a snapshot


class Discussed(NamedTuple):
    """How many discussions and pull requests a repository has had."""

    discussions: int
    pull_requests: int


def list_counters(session: HubSession, query: Query) -> Iterator[Page]:
    """Walk a list; rows have the columns of a snapshot: see :func:`read_counters`."""
    return list_pages(session, query, fields=LISTED_COUNTERS, as_row=counter_row)


def read_counters(session: HubSession, repo_id: str) -> Row:
    """Counters of one model; whatever is wrong with it is in its `problems`.

    Returns
    -------
    dict
        Columns of :data:`cardiogram.store.SNAPSHOTS`. `id` is the model's present name, which is
        another one behind a rename.

    Raises
    ------
    AccessDenied
        The Hub refused the login itself.
    """
    data = ask_model(session, repo_id, COUNTERS) if is_repo_id(repo_id) else "not_found"
    if isinstance(data, str):
        return {**counter_row({}), "id": repo_id, "problems": [data]}
    return counter_row(data)


def counter_row(data: Mapping[str, object]) -> Row:
    """One model as the Hub describes it, as a row of a snapshot. Never raises.

    Examples
    --------
    >>> row = counter_row({"_id": "65f1a2b3c4d5e6f708192a3b", "id": "a/b", "likes": 3})
    >>> row["hub_id"], row["likes"], row["downloads"]
    ('65f1a2b3c4d5e6f708192a3b', 3, None)
    """
    from cardiogram.store import SNAPSHOTS  # it needs pyarrow, which a check of a card has not

    listed, hub_id, spaces = model_row(data), data.get("_id"), data.get("spaces")
    derived = data.get("childrenModelCount")
    row: Row = dict.fromkeys(SNAPSHOTS.names)
    row |= {name: listed[name] for name in _SHARED}
    row |= {
        "hub_id": hub_id if isinstance(hub_id, str) and _HUB_ID.fullmatch(hub_id) else None,
        "derived": derived if type(derived) is int and 0 <= derived < 10**9 else None,
        "spaces": len(spaces) if isinstance(spaces, list) else None,
    }
    if row["id"] is not None and not is_repo_id(row["id"]):
        row |= {"id": None, "problems": [*row["problems"], "no_id"]}
    if data.get("private") is True:
        row["problems"].append("private")
    return row


def ask_discussed(session: HubSession, repo_id: str) -> Discussed | None:
    """Count discussions and pull requests, open and closed; None where the Hub does not say."""
    path = f"/api/models/{repo_id}/discussions"
    every = session.ask(path, wanted="json")
    if isinstance(every, Failure):
        return Discussed(0, 0) if every.problem == "disabled" else None
    count = _count(every.data)
    rows = every.data.get("discussions") if isinstance(every.data, Mapping) else None
    if count is None or not isinstance(rows, list):
        return None
    pulls: int | None = sum(
        isinstance(row, Mapping) and row.get("isPullRequest") is True for row in rows
    )
    if count > len(rows):  # there are further pages
        answer = session.ask(path, [("type", "pull_request")], wanted="json")
        pulls = None if isinstance(answer, Failure) else _count(answer.data)
    return None if pulls is None or pulls > count else Discussed(count - pulls, pulls)


def _count(data: object) -> int | None:
    count = data.get("count") if isinstance(data, Mapping) else None
    return count if type(count) is int and count >= 0 else None
