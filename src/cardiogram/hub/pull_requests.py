"""Pull requests and discussions on the Hub: whose login this is, those there are, a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from huggingface_hub.errors import HfHubHTTPError

from cardiogram.errors import AccessDenied, HubError
from cardiogram.hub.contents import HubRepoType, ask_info
from cardiogram.hub.hub_writer import AGAIN, HubWriter, Upload, quiet_client, switched_off
from cardiogram.hub.session import LOGIN, Failure, HubSession

MARK = "<!-- cardiogram:improve "
"""How each of our pull requests is recognised; what follows tells them apart."""

MOST_READ = 20
"""Pull requests of one author that are read in full, the newest first."""
MOST_DISCUSSIONS = 100
"""Discussions of one author that are read in full: those with the title first, then the newest."""
_PAGES = 20


@dataclass(frozen=True, slots=True)
class Account:
    """Whose login this is.

    Attributes
    ----------
    organisations
        Those that it belongs to.
    may_write
        False for a token that may only read.
    """

    name: str
    organisations: frozenset[str]
    may_write: bool = True

    def owns(self, repo_id: str) -> bool:
        """Whether a repository is this person's or one of the organisations'."""
        owner, slash, _ = repo_id.partition("/")
        return bool(slash) and owner in {self.name, *self.organisations}


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as it is now.

    Attributes
    ----------
    status
        ``open``, ``draft``, ``closed`` or ``merged``.
    text
        Its first comment, as it was written.
    conflicts
        Files that were changed on both sides.
    """

    number: int
    status: str
    author: str
    text: str
    address: str
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPullRequest:
    """What a pull request is made of.

    Attributes
    ----------
    parent
        The commit that its files were made for: where the main branch has moved on, none is opened.
    text
        Its first comment, with the `marker` by which it is recognised.
    """

    repo_id: str
    parent: str
    title: str
    text: str
    marker: str
    uploads: tuple[Upload, ...]
    of: HubRepoType = "model"


@dataclass(frozen=True, slots=True)
class NewDiscussion:
    """What a discussion says.

    Attributes
    ----------
    text
        Its first comment, which starts with the `marker` by which it is recognised.
    """

    repo_id: str
    title: str
    text: str
    marker: str
    of: HubRepoType = "model"


@dataclass(frozen=True, slots=True)
class PutDiscussion:
    """A discussion, and what was done to it; "closed" is nothing."""

    address: str
    what: Literal["opened", "updated", "closed"]


def ask_account(session: HubSession) -> Account:
    """Whose login this is.

    Raises
    ------
    AccessDenied
        There is no login, or the Hub does not know it.
    """
    answer = session.ask("/api/whoami-v2", wanted="json")
    if isinstance(answer, Failure):
        if answer.problem.startswith("unreachable"):
            raise answer.error
        raise AccessDenied("there is no login", hint=LOGIN)
    data = _map(answer.data)
    name = data.get("name")
    if not isinstance(name, str) or not name:
        raise HubError("the Hub does not say whose login this is", hint=AGAIN)
    orgs = data.get("orgs")
    members = (_map(each).get("name") for each in (orgs if isinstance(orgs, list) else ()))
    role = _map(_map(data.get("auth")).get("accessToken")).get("role")
    return Account(name, frozenset(n for n in members if isinstance(n, str)), role != "read")


def ask_pull_requests(
    session: HubSession, repo_id: str, author: str, of: HubRepoType = "model"
) -> Iterator[PullRequest]:
    """Pull requests of one author, whatever became of them, the newest first.

    Raises
    ------
    HubError
        The Hub does not list them.
    """
    for row in islice(_ask_rows(session, repo_id, author, of, "pull_request"), MOST_READ):
        yield ask_pull_request(session, repo_id, row["num"], of)


def _ask_rows(
    session: HubSession,
    repo_id: str,
    author: str,
    of: HubRepoType,
    kind: Literal["pull_request", "discussion"],
) -> Iterator[Mapping[str, Any]]:
    """An author's discussions of a kind as they are listed, the newest first."""
    path, start = f"/api/{of}s/{repo_id}/discussions", 0
    for page in range(_PAGES):
        wanted = {"type": kind, "status": "all", "author": author, "p": str(page)}
        answer = session.ask(path, list(wanted.items()), wanted="json")
        if isinstance(answer, Failure):
            raise switched_off(answer.error.message, f"the list of {repo_id!r}") or answer.error
        data = _map(answer.data)
        rows = data.get("discussions")
        rows = rows if isinstance(rows, list) else []
        for row in map(_map, rows):
            is_of_kind = bool(row.get("isPullRequest")) == (kind == "pull_request")
            ours = _map(row.get("author")).get("name") == author and is_of_kind
            if ours and isinstance(row.get("num"), int):
                yield row
        start += len(rows)
        if not rows or start >= int(data.get("count") or 0):
            return


def find_pull_request(
    session: HubSession, repo_id: str, author: str, marker: str, of: HubRepoType = "model"
) -> PullRequest | None:
    """The author's newest pull request with a marker in its text."""
    theirs = ask_pull_requests(session, repo_id, author, of)
    return next((each for each in theirs if marker in each.text), None)


def open_pull_request(
    session: HubSession, new: NewPullRequest, account: Account
) -> PullRequest | None:
    """Open a pull request, once: one with its marker is looked for before each try.

    Returns
    -------
    PullRequest or None
        None where the main branch is no more at its parent, so that it was not opened.

    Raises
    ------
    AccessDenied
        The login may not write, the repository is gated, or has pull requests switched off.
    HubError
        The Hub did not take it, or did not say whether it did.
    """
    from huggingface_hub import CommitOperationAdd  # slow to import

    write = HubWriter(session)

    def once() -> PullRequest | int | None:
        there = find_pull_request(session, new.repo_id, account.name, new.marker, new.of)
        if there is not None:
            return there
        info = ask_info(session, new.repo_id, new.of)
        if isinstance(info, Failure):
            raise info.error
        if info["sha"] != new.parent:
            return None
        try:
            made = write.api.create_commit(
                new.repo_id,
                [CommitOperationAdd(upload.path, upload.source) for upload in new.uploads],
                commit_message=new.title,
                commit_description=new.text,
                repo_type=new.of,
                parent_commit=new.parent,
                create_pr=True,
            )
        except HfHubHTTPError as error:
            if error.response.status_code == 412:
                return None
            raise
        return made.pr_num

    with quiet_client():
        made = write.do(f"the pull request to {new.repo_id!r}", once)
    return ask_pull_request(session, new.repo_id, made, new.of) if isinstance(made, int) else made


def ask_pull_request(
    session: HubSession, repo_id: str, number: int, of: HubRepoType = "model"
) -> PullRequest:
    """A pull request by its number.

    Raises
    ------
    HubError
        The Hub does not give it.
    """
    data = _map(session.get_json(f"/api/{of}s/{repo_id}/discussions/{number}").data)
    conflicts = data.get("filesWithConflicts")
    return PullRequest(
        number=number,
        status=str(data.get("status")),
        author=str(_map(data.get("author")).get("name")),
        text=_first_comment(data)[1],
        address=_address(session, repo_id, of, number),
        conflicts=tuple(map(str, conflicts)) if isinstance(conflicts, list) else (),
    )


def put_discussion(
    session: HubSession, new: NewDiscussion, account: Account, *, opens: bool = True
) -> PutDiscussion | None:
    """Write the one discussion with a marker: open it, or edit its first comment.

    One that was closed is left as it is: its owner has read enough. One whose title was changed,
    below `MOST_DISCUSSIONS` newer ones, is not found: another is opened.

    Parameters
    ----------
    opens
        Whether one is opened where there is none.

    Returns
    -------
    PutDiscussion or None
        None where there is none, and none was opened.

    Raises
    ------
    AccessDenied
        The login may not write, or the repository has discussions switched off.
    HubError
        The Hub did not take it, or did not say whether it did.
    """
    if not account.may_write:
        raise AccessDenied("this token may only read", hint="Give one that may write discussions.")
    write = HubWriter(session)

    def once() -> PutDiscussion | None:
        place = new.repo_id, new.of
        rows = list(_ask_rows(session, new.repo_id, account.name, new.of, "discussion"))
        rows.sort(key=lambda row: row.get("title") != new.title)
        for number in [row["num"] for row in rows[:MOST_DISCUSSIONS]]:
            path = f"/api/{new.of}s/{new.repo_id}/discussions/{number}"
            data = _map(session.get_json(path).data)
            comment, text = _first_comment(data)
            if not text.startswith(new.marker):
                continue
            address = _address(session, *place, number)
            if data.get("status") != "open":
                return PutDiscussion(address, "closed")
            if text != new.text:
                write.api.edit_discussion_comment(
                    new.repo_id, number, comment, new.text, repo_type=new.of
                )
            return PutDiscussion(address, "updated")
        if not opens:
            return None
        made = write.api.create_discussion(
            new.repo_id, new.title, description=new.text, repo_type=new.of
        )
        return PutDiscussion(_address(session, *place, made.num), "opened")

    with quiet_client():
        return write.do(f"the discussion of {new.repo_id!r}", once)


def _first_comment(discussion: Mapping[str, Any]) -> tuple[str, str]:
    """The id of its first comment, and the text as it was written."""
    events = discussion.get("events")
    for event in map(_map, events if isinstance(events, list) else ()):
        if event.get("type") == "comment":
            text = _map(_map(event.get("data")).get("latest")).get("raw")
            return str(event.get("id")), str(text or "")
    return "", ""


def _address(session: HubSession, repo_id: str, of: HubRepoType, number: int) -> str:
    place = repo_id if of == "model" else f"{of}s/{repo_id}"
    return f"{session.endpoint}/{place}/discussions/{number}"


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
