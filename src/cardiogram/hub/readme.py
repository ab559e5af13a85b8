"""Read README.md of many repositories at once, in order; a repository can fail, the run goes on."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Literal
from urllib.parse import quote

from cardiogram.errors import HubError
from cardiogram.hub.address import is_repo_id
from cardiogram.hub.session import Failure, HubAnswer, HubSession
from cardiogram.lazy import regex
from cardiogram.text import MAX_CARD_BYTES

RepoType = Literal["model", "dataset"]
PLACES: dict[RepoType, str] = {"model": "", "dataset": "/datasets"}
"""What the address of a repository starts with."""

READ_BYTES = MAX_CARD_BYTES + 1  # one more than is kept, so that a longer card shows
AHEAD = 4  # cards in flight for each worker
_SHA256 = regex('(?:W/)?"?[0-9a-f]{64}"?')
SILENCE = 40  # unreachable cards in a row after which the Hub is taken to be down


@dataclass(frozen=True, slots=True)
class Readme:
    """README.md as it came.

    Attributes
    ----------
    data
        At most 1 MiB and one byte; None where there is a problem.
    size
        Bytes of the whole file, where the Hub said so.
    sha
        The commit that it was read from.
    problem
        no_readme, gated, not_found, disabled, or ``unreachable: cause``; None where it was read.
    in_lfs
        Whether Git LFS holds the file, so that the Hub reads no metadata of it.
    """

    id: str
    data: bytes | None = None
    size: int | None = None
    sha: str | None = None
    problem: str | None = None
    in_lfs: bool = False


def read_readme(
    session: HubSession,
    repo_id: str,
    revision: str = "main",
    of: RepoType = "model",
    stop: threading.Event | None = None,
) -> Readme:
    """Read one README.md.

    Parameters
    ----------
    repo_id
        ``owner/name``; the new place of a renamed repository is found.
    revision
        Branch, tag or commit.
    of
        What the repository is; datasets have an address space of their own.
    stop
        When set by another thread, the call ends with `CancelledError` instead of waiting.

    Raises
    ------
    AccessDenied
        The Hub refused the login itself. Everything else is a `problem`.
    """
    if not is_repo_id(repo_id):
        return Readme(repo_id, problem="not_found")
    path = f"{PLACES[of]}/{repo_id}/resolve/{quote(revision, safe='')}/README.md"
    answer = session.ask(path, max_bytes=READ_BYTES, stop=stop)
    if isinstance(answer, Failure):
        return Readme(repo_id, problem=answer.problem)
    if _is_page(answer):
        return Readme(repo_id, problem="unreachable: a web page came in place of the file")
    commit, linked = (answer.headers.get(f"x-{name}") for name in ("repo-commit", "linked-etag"))
    in_lfs = _SHA256.fullmatch(linked or "") is not None  # a hash of Git's own has 40 digits
    return Readme(repo_id, answer.body, _size(answer), commit, in_lfs=in_lfs)


def read_readmes(session: HubSession, ids: Iterable[str], workers: int = 16) -> Iterator[Readme]:
    """Read many README.md at once, and give them in the order of the ids.

    Parameters
    ----------
    ids
        Read lazily: at most ``4 * workers`` are taken before their cards are given.

    Yields
    ------
    Readme
        One for each id.

    Raises
    ------
    AccessDenied
        The Hub refused the login itself.
    HubError
        40 cards in a row were unreachable; a later run should go on from there.
    """
    stop = threading.Event()
    waiting = iter(ids)
    pending: deque[Future[Readme]] = deque()
    silent = 0
    pool = ThreadPoolExecutor(workers, thread_name_prefix="cardiogram-hub")
    try:
        while True:
            for repo_id in islice(waiting, AHEAD * workers - len(pending)):
                pending.append(pool.submit(read_readme, session, repo_id, stop=stop))
            if not pending:
                return
            readme = pending.popleft().result()
            lost = (readme.problem or "").startswith("unreachable")
            silent = silent + 1 if lost else 0
            yield readme
            if silent >= SILENCE:
                raise HubError(
                    f"the Hub stopped answering: the last {silent} cards were unreachable "
                    f"({readme.problem})",
                    hint="Run the same command again later; it goes on where it stopped.",
                )
    finally:  # also when the caller stops early: what waits ends at once, what runs ends its call
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _is_page(answer: HubAnswer) -> bool:
    """Whether another server answered, such as one that asks for a login to the network.

    The Hub names the commit of every file, and gives none as a page.
    """
    kind = answer.headers.get("content-type", "").lower()
    return "html" in kind or not answer.headers.get("x-repo-commit")


def _size(answer: HubAnswer) -> int | None:
    """Bytes of the whole file; a packed body's Content-Length would be that of the packing."""
    if answer.truncated_at is None:
        return len(answer.body)
    headers = ["x-linked-size"]
    if "content-encoding" not in answer.headers:
        headers.append("content-length")
    told = (answer.headers.get(name, "") for name in headers)
    return next((int(text) for text in told if text.isascii() and text.isdigit()), None)
