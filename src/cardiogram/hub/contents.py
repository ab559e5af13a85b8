"""What is in a repository at one commit: its files by name and size, and their bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from huggingface_hub import constants, try_to_load_from_cache

from cardiogram.errors import CardNotFound, ConfigError, HubError
from cardiogram.hub.address import is_repo_id
from cardiogram.hub.session import Failure, HubAnswer, HubSession, check_address
from cardiogram.lazy import regex
from cardiogram.text import blob_id, sha256

HubRepoType = Literal["model", "dataset", "space"]
_AGAIN = "Run the same command again."
_SHA = regex("[0-9a-f]{40}")
_PART = regex(r"bytes (\d+)-(\d+)/(\d+|\*)")


def ask_info(
    session: HubSession, repo_id: str, of: HubRepoType = "model", revision: str = "main"
) -> dict[str, Any] | Failure:
    """What the Hub says of a repository, its files with their sizes and digests among it.

    Returns
    -------
    dict or Failure
        Behind a rename, of the repository under its present name, which is `id`. `sha` is the
        commit.
    """
    if not is_repo_id(repo_id):
        words = f"{repo_id[:120]!r} can be no repository"
        return Failure("not_found", CardNotFound(words, hint="Check the name: OWNER/NAME"))
    path = f"/api/{of}s/{repo_id}"
    path += "" if revision == "main" else f"/revision/{quote(revision, safe='')}"
    answer = session.ask(path, [("blobs", "true")], wanted="json")
    if isinstance(answer, Failure):
        return answer
    data = answer.data
    if (
        not isinstance(data, dict)
        or not is_repo_id(str(data.get("id")))
        or not _SHA.fullmatch(str(data.get("sha")))
        or not isinstance(data.get("siblings"), list)
    ):
        return _no_answer("unreachable", f"the answer to GET {path!r} describes no repository")
    return data


def ask_field(session: HubSession, repo_id: str, name: str) -> object:
    """A field of a model that the Hub gives only by its name; None where it has none."""
    answer = session.ask(f"/api/models/{repo_id}", [("expand", name)], wanted="json")
    if isinstance(answer, Failure) or not isinstance(answer.data, dict):
        return None
    return answer.data.get(name)


def ask_file(
    session: HubSession,
    repo_id: str,
    of: HubRepoType,
    commit: str,
    path: str,
    limit: int,
    *,
    cached: bool = True,
) -> bytes | Failure:
    """A whole file that git holds itself.

    Parameters
    ----------
    cached
        Ask the Hub's cache of small files, to which the file's own address only leads: one request
        in place of two.
    """
    place = f"/api/resolve-cache/{of}s/{repo_id}/{commit}/{quote(path)}"
    answer = session.ask(
        place if cached else _resolve(repo_id, of, commit, path), max_bytes=limit + 1
    )
    if isinstance(answer, Failure):
        return answer
    if answer.truncated_at is not None:
        return _no_answer("unreachable", f"{path!r} is longer than the Hub says")
    return answer.body


def ask_part(
    session: HubSession,
    repo_id: str,
    of: HubRepoType,
    commit: str,
    path: str,
    span: tuple[int, int],
    place: str = "",
) -> HubAnswer | Failure:
    """Bytes of a large file. `url` of the answer is where it lies: give it as `place` next time."""
    start, stop = span
    resolve, length = _resolve(repo_id, of, commit, path), stop - start
    answer = session.ask(place or resolve, span=span, max_bytes=length)
    if isinstance(answer, Failure) and place:  # its signature has run out
        answer = session.ask(resolve, span=span, max_bytes=length)
    if isinstance(answer, Failure):
        return answer
    part = _PART.fullmatch(answer.headers.get("content-range", ""))
    if answer.status == 200 and start == 0:  # a server that gives no parts gives the whole
        whole = "html" not in answer.headers.get("content-type", "")
    else:
        whole = answer.status == 206 and part is not None and int(part[1]) == start
    if not whole or not answer.body:
        return _no_answer("unreachable", f"the Hub gives no part of {path!r} in {repo_id!r}")
    return answer


def ask_places(
    session: HubSession, repo_id: str, of: HubRepoType, files: Mapping[str, int]
) -> dict[str, str]:
    """Where large files lie, many in one request, as git-lfs asks; none where the Hub is silent.

    Parameters
    ----------
    files
        Sizes by sha256.

    Returns
    -------
    dict
        Addresses by sha256, signed for a while: keep them in memory.
    """
    prefix = "" if of == "model" else f"/{of}s"
    objects = [{"oid": digest, "size": size} for digest, size in files.items()]
    question = {"operation": "download", "transfers": ["basic"], "objects": objects}
    path = f"{prefix}/{repo_id}.git/info/lfs/objects/batch"
    answer = session.ask(path, wanted="json", post=question)
    places: dict[str, str] = {}
    if isinstance(answer, Failure) or not isinstance(answer.data, dict):
        return places
    for row in answer.data.get("objects") or ():
        try:
            place = row["actions"]["download"]
            if row["oid"] in files and not place.get("header"):  # a header may hold a login
                check_address(place["href"])
                places[row["oid"]] = place["href"]
        except (KeyError, TypeError, AttributeError, ConfigError):
            continue
    return places


def ask_commits(
    session: HubSession, repo_id: str, of: HubRepoType, commit: str
) -> list[Mapping[str, Any]] | Failure:
    """The newest commits, and the oldest where there are more than one page."""
    path = f"/api/{of}s/{repo_id}/commits/{commit}"
    answer = session.ask(path, wanted="json")
    if isinstance(answer, Failure):
        return answer
    rows = rows_of(answer.data)
    total = answer.headers.get("x-total-count", "")
    if rows and total.isdigit() and len(rows) < int(total) < 10**6:
        last = session.ask(path, [("p", str((int(total) - 1) // len(rows)))], wanted="json")
        rows += [] if isinstance(last, Failure) else rows_of(last.data)
    return rows


def ask_children(
    session: HubSession, repo_id: str, relation: str, limit: int
) -> Sequence[str] | Failure:
    """Models whose cards name this one as their base, the most downloaded first."""
    params = [("filter", f"base_model:{relation}:{repo_id}"), ("sort", "downloads")]
    answer = session.ask("/api/models", [*params, ("limit", str(limit))], wanted="json")
    if isinstance(answer, Failure):
        return answer
    ids = (str(row.get("id")) for row in rows_of(answer.data))
    return [id for id in ids if is_repo_id(id)][:limit]


def is_content(data: bytes, digest: str) -> bool:
    """Whether bytes are those of a digest: ``git:…`` or ``sha256:…``; True where it says nothing.

    Examples
    --------
    >>> is_content(b"", "git:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
    True
    """
    kind, _, wanted = digest.partition(":")
    if kind == "git":
        return blob_id(data) == wanted
    return kind != "sha256" or sha256(data) == wanted


def downloaded_file(repo_id: str, of: HubRepoType, commit: str, path: str) -> Path | None:
    """A file of a commit that the client has in its own cache."""
    file = try_to_load_from_cache(repo_id, path, revision=commit, repo_type=of)
    return Path(file) if isinstance(file, str) else None


def downloaded_snapshot(repo_id: str, of: HubRepoType, revision: str) -> tuple[Path, str] | None:
    """The folder of the client's cache that holds a revision, and its commit."""
    if not is_repo_id(repo_id) or ".." in revision or revision.startswith("/"):
        return None
    name = "--".join([f"{of}s", *repo_id.split("/")])
    folder = Path(constants.HF_HUB_CACHE) / name
    commit = revision
    if not _SHA.fullmatch(revision):
        try:
            commit = (folder / "refs" / revision).read_text("utf-8").strip()
        except (OSError, ValueError):
            return None
    snapshot = folder / "snapshots" / commit
    return (snapshot, commit) if _SHA.fullmatch(commit) and snapshot.is_dir() else None


def is_offline() -> bool:
    """Whether the user said that the Hub is not to be asked."""
    return bool(constants.HF_HUB_OFFLINE)


def _resolve(repo_id: str, of: HubRepoType, commit: str, path: str) -> str:
    prefix = "" if of == "model" else f"/{of}s"
    return f"{prefix}/{repo_id}/resolve/{commit}/{quote(path)}"


def rows_of(data: object) -> list[Mapping[str, Any]]:
    """The objects of a list that the Hub gave; none of anything else."""
    return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []


def _no_answer(problem: str, words: str) -> Failure:
    return Failure(problem, HubError(words, hint=_AGAIN))
