"""The past of a repository: its commits, and what was in it at each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from cardiogram.errors import HubError
from cardiogram.hub.contents import HubRepoType, rows_of
from cardiogram.hub.session import Failure, HubSession
from cardiogram.lazy import regex

_PAGE = 1000
_TREE_PAGES = 20
_CURSOR = regex(r'[?&]cursor=([^&>"]+)[^<>]*>\s*;[^,<>]*\brel="?next\b')
_NUMBER = regex(r'[?&]p=(\d{1,9})\b[^<>]*>\s*;[^,<>]*\brel="?next\b')


@dataclass(frozen=True, slots=True)
class PastFile:
    """A file at a revision: git's id of it, and the commit that wrote it."""

    blob: str
    commit: str


def ask_all_commits(
    session: HubSession, repo_id: str, of: HubRepoType, limit: int
) -> list[Mapping[str, Any]] | Failure:
    """The commits of the main branch, newest first, as far as a limit."""
    path, rows = f"/api/{of}s/{repo_id}/commits/main", []
    for page in range(-(-limit // 50)):  # the Hub may give fewer a page than it is asked for
        answer = session.ask(path, [("limit", str(_PAGE)), ("p", str(page))], wanted="json")
        if isinstance(answer, Failure):
            return answer
        here = rows_of(answer.data)
        rows += here
        total = answer.headers.get("x-total-count", "")
        enough = len(rows) >= (min(limit, int(total)) if total.isdigit() else limit)
        if not here or enough or 'rel="next"' not in answer.headers.get("link", ""):
            break
    return rows[:limit]


def ask_past_file(
    session: HubSession, repo_id: str, of: HubRepoType, revision: str, path: str
) -> PastFile | Failure | None:
    """A file at a revision; None where there was none."""
    place = f"/api/{of}s/{repo_id}/paths-info/{quote(revision, safe='')}"
    answer = session.ask(place, wanted="json", post={"paths": [path], "expand": True})
    if isinstance(answer, Failure):
        return answer
    for row in rows_of(answer.data):
        commit = row.get("lastCommit")
        if row.get("path") == path and row.get("type") == "file":
            wrote = commit.get("id") if isinstance(commit, dict) else ""
            return PastFile(str(row.get("oid") or ""), str(wrote or ""))
    return None


def ask_last_change(
    session: HubSession, repo_id: str, of: HubRepoType, revision: str, path: str
) -> str:
    """The commit that wrote a file as it is at a revision; "" where the Hub does not say."""
    file = ask_past_file(session, repo_id, of, revision, path)
    return file.commit if isinstance(file, PastFile) else ""


def ask_past_files(
    session: HubSession, repo_id: str, of: HubRepoType, revision: str
) -> dict[str, str] | Failure:
    """Git's ids of all files at a revision, by path; more than 20,000 are a failure."""
    path = f"/api/{of}s/{repo_id}/tree/{quote(revision, safe='')}"
    params = [("recursive", "true"), ("limit", str(_PAGE))]
    ids: dict[str, str] = {}
    following: list[tuple[str, str]] = []
    for _ in range(_TREE_PAGES):
        answer = session.ask(path, [*params, *following], wanted="json")
        if isinstance(answer, Failure):  # the Hub has no page for a tree without a file
            return {} if answer.problem == "no_readme" else answer
        for row in rows_of(answer.data):
            if row.get("type") == "file":
                ids[str(row.get("path"))] = str(row.get("oid"))
        following = _next(answer.headers.get("link", ""))
        if not following:
            return ids
    error = HubError(f"{repo_id!r} has more files at {revision[:7]} than are read")
    return Failure("unreachable: too many files", error)


def ask_tags(session: HubSession, repo_id: str, of: HubRepoType) -> dict[str, str]:
    """The commits that git's tags name, by the names of the tags; none where it is not known."""
    answer = session.ask(f"/api/{of}s/{repo_id}/refs", wanted="json")
    if isinstance(answer, Failure) or not isinstance(answer.data, dict):
        return {}
    rows = rows_of(answer.data.get("tags"))
    return {str(row.get("name")): str(row.get("targetCommit")) for row in rows}


def ask_paper_day(session: HubSession, paper: str) -> str:
    """The day on which a paper came out, ``2024-12-01``; "" where the Hub does not know it."""
    answer = session.ask(f"/api/papers/{quote(paper, safe='')}", wanted="json")
    if isinstance(answer, Failure) or not isinstance(answer.data, dict):
        return ""
    return str(answer.data.get("publishedAt") or "")[:10]


def _next(link: str) -> list[tuple[str, str]]:
    """The place of the next page: only it is taken from a link, which could lead elsewhere."""
    cursor, number = _CURSOR.search(link), _NUMBER.search(link)
    if cursor:
        return [("cursor", unquote(cursor[1]))]
    return [("p", number[1])] if number else []
