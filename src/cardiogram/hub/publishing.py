"""Datasets and Spaces on the Hub: read what is published, and send a revision in one commit.

Reads go through :class:`HubSession`. Writes are the client's own (its uploads know Xet and Git
LFS), tried again where that is safe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from cardiogram.errors import ConfigError, HubError
from cardiogram.hub.address import is_repo_id
from cardiogram.hub.hub_writer import AGAIN, HubWriter, Upload, quiet_client
from cardiogram.hub.session import Failure, HubSession
from cardiogram.lazy import regex

PublishedType: TypeAlias = Literal["dataset", "space"]
"""What a study is published as."""

_FIRST = "initial commit"
"""Title of what the Hub commits when a repository is made."""

_SENT = regex("Files: [0-9a-f]{64}")
"""What the message of every commit of this package has, with the digest of its files."""

History: TypeAlias = Literal["new", "sent", "edited", "other"]
"""What is published was left by: the Hub, when it made the repository; this package; somebody
after this package; somebody else."""

_MADE: dict[PublishedType, frozenset[str]] = {
    "dataset": frozenset({".gitattributes"}),
    "space": frozenset({".gitattributes", "README.md", "index.html", "style.css"}),
}
"""Files that the Hub may put there then: a new static Space shows a page of the Hub's."""


@dataclass(frozen=True, slots=True)
class Published:
    """A dataset or a Space as it is on the Hub.

    Attributes
    ----------
    sha
        Commit of its main branch.
    files
        Path to what tells its content: sha256 of a large file, git's blob id of a small one.
    tags
        Names of its revisions.
    history
        Who left it as it is.
    sdk
        Of a Space: what it runs, such as static, gradio or docker.
    """

    id: str
    sha: str
    private: bool
    files: Mapping[str, str] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    history: History = "other"
    sdk: str = ""


def read_published(
    session: HubSession, repo_id: str, of: PublishedType = "dataset"
) -> Published | None:
    """What is published under an id; None where there is nothing, or nothing to be seen.

    Raises
    ------
    HubError
        The Hub does not answer, or does not let this login in.
    """
    path = f"/api/{of}s/{repo_id}"
    info = session.ask(path, wanted="json")
    if isinstance(info, Failure):
        if info.problem == "not_found":
            return None
        raise info.error
    data = info.data if isinstance(info.data, dict) else {}
    card = data.get("cardData")
    card = card if isinstance(card, dict) else {}
    tree = session.get_json(f"{path}/tree/main", [("recursive", "true")]).data
    refs = session.get_json(f"{path}/refs").data
    files = {
        entry["path"]: str((entry.get("lfs") or {}).get("oid") or entry.get("oid"))
        for entry in tree or ()
        if entry.get("type") == "file"
    }
    return Published(
        id=repo_id,
        sha=str(data.get("sha") or ""),
        private=bool(data.get("private")),
        files=files,
        tags=frozenset(str(tag.get("name")) for tag in (refs or {}).get("tags") or ()),
        history=_read_history(session, path, files.keys() <= _MADE[of]),
        sdk=str(data.get("sdk") or card.get("sdk") or ""),
    )


def _read_history(session: HubSession, path: str, is_bare: bool) -> History:
    """Who wrote to a repository, by its newest commits."""
    rows = session.get_json(f"{path}/commits/main", [("limit", "20")]).data or ()
    if is_bare and {str(row.get("title")) for row in rows} <= {_FIRST}:
        return "new"
    ours = [bool(_SENT.search(str(row.get("message")))) for row in rows]
    return "other" if not any(ours) else "sent" if ours[0] else "edited"


def read_file(
    session: HubSession,
    repo_id: str,
    path: str,
    revision: str = "main",
    of: PublishedType = "dataset",
) -> bytes:
    """The bytes of one file of a dataset or a Space.

    Raises
    ------
    HubError
        There is no such file, or the Hub does not give it.
    """
    return session.get(f"/{of}s/{repo_id}/resolve/{revision}/{path}").body


def send_files(
    session: HubSession,
    repo_id: str,
    uploads: Sequence[Upload],
    deletions: Sequence[str],
    *,
    before: Published | None,
    title: str,
    private: bool,
    of: PublishedType = "dataset",
) -> str:
    """Send files as one commit; a reader sees all of them or none.

    Parameters
    ----------
    before
        What was published when the files were made; nothing is written over anything else.
    title
        The commit's title. A commit that is there already with these very files, by the digest in
        its message, is taken for this one: its answer was lost.
    private
        Visibility of a repository that is made here; one that is there keeps its own.

    Returns
    -------
    str
        The commit's id.

    Raises
    ------
    AccessDenied
        The login may not write there.
    HubError
        The Hub did not take it. Nothing is half published: run the same again.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete  # slow to import

    write = HubWriter(session)
    write.do(
        f"making {repo_id!r}",
        lambda: write.api.create_repo(
            repo_id,
            repo_type=of,
            private=private,
            exist_ok=True,
            space_sdk="static" if of == "space" else None,
        ),
    )
    parent = before.sha if before else _first_commit(session, repo_id, of)

    message = f"Files: {digest_of(uploads, deletions)}"

    def commit() -> str:
        rows = session.get_json(f"/api/{of}s/{repo_id}/commits/main", [("limit", "1")]).data
        head = rows[0] if isinstance(rows, list) and rows else {}
        if (sha := str(head.get("id") or "")) != parent:
            if message in str(head.get("message")):
                return sha
            raise HubError(f"{repo_id!r} was changed by somebody else meanwhile", hint=AGAIN)
        additions = [CommitOperationAdd(upload.path, upload.source) for upload in uploads]
        removals = [CommitOperationDelete(path) for path in deletions]
        info = write.api.create_commit(
            repo_id,
            [*additions, *removals],
            commit_message=title,
            commit_description=message,
            repo_type=of,
            parent_commit=parent or None,
        )
        return str(info.oid)

    with quiet_client():
        return write.do(f"the commit to {repo_id!r}", commit)


def digest_of(uploads: Sequence[Upload], deletions: Sequence[str]) -> str:
    """One hash of what a commit puts there and takes away.

    Examples
    --------
    >>> digest_of([Upload("a", b"1")], []) == digest_of([Upload("a", b"2")], [])
    False
    """
    whole = hashlib.sha256()
    for upload in sorted(uploads, key=lambda upload: upload.path):
        source = upload.source
        data = source if isinstance(source, bytes) else source.read_bytes()
        whole.update(f"+{upload.path}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    for path in sorted(deletions):
        whole.update(f"-{path}\n".encode())
    return whole.hexdigest()


def tag_dataset(session: HubSession, repo_id: str, tag: str, revision: str) -> None:
    """Name a commit; a name that is there already stays."""
    write = HubWriter(session)
    write.do(
        f"the tag {tag!r} of {repo_id!r}",
        lambda: write.api.create_tag(
            repo_id, tag=tag, revision=revision, repo_type="dataset", exist_ok=True
        ),
    )


def _first_commit(session: HubSession, repo_id: str, of: PublishedType) -> str:
    """The commit that making a repository leaves; more than that was somebody else."""
    made = read_published(session, repo_id, of)
    if made is None or ("README.md" in made.files and made.history != "new"):
        raise HubError(f"{repo_id!r} was changed by somebody else meanwhile", hint=AGAIN)
    return made.sha


def check_published_id(repo_id: str, of: PublishedType = "dataset") -> str:
    """An id that a dataset or a Space can be published under.

    Raises
    ------
    ConfigError
        It is not OWNER/NAME.
    """
    if not is_repo_id(repo_id) or repo_id.count("/") != 1:
        raise ConfigError(f"{repo_id!r} is no id of a {of}", hint="--repo OWNER/NAME")
    return repo_id
