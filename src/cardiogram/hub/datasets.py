"""Datasets on the Hub: read what is published, and send a new revision in one commit.

Reads go through :class:`HubSession`. Writes are the client's own (its uploads know Xet and Git
LFS), tried again where that is safe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cardiogram.errors import ConfigError, HubError
from cardiogram.hub.hub_writer import AGAIN, HubWriter, Upload, quiet_client
from cardiogram.hub.listing import is_repo_id
from cardiogram.hub.session import Failure, HubSession


@dataclass(frozen=True, slots=True)
class Published:
    """A dataset as it is on the Hub.

    Attributes
    ----------
    sha
        Commit of its main branch.
    files
        Path to what tells its content: sha256 of a large file, git's blob id of a small one.
    tags
        Names of its revisions.
    """

    id: str
    sha: str
    private: bool
    files: Mapping[str, str] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()


def read_dataset(session: HubSession, repo_id: str) -> Published | None:
    """What is published under an id; None where there is nothing, or nothing to be seen.

    Raises
    ------
    HubError
        The Hub does not answer, or does not let this login in.
    """
    info = session.ask(f"/api/datasets/{repo_id}", wanted="json")
    if isinstance(info, Failure):
        if info.problem == "not_found":
            return None
        raise info.error
    data = info.data if isinstance(info.data, dict) else {}
    tree = session.get_json(f"/api/datasets/{repo_id}/tree/main", [("recursive", "true")]).data
    refs = session.get_json(f"/api/datasets/{repo_id}/refs").data
    return Published(
        id=repo_id,
        sha=str(data.get("sha") or ""),
        private=bool(data.get("private")),
        files={
            entry["path"]: str((entry.get("lfs") or {}).get("oid") or entry.get("oid"))
            for entry in tree or ()
            if entry.get("type") == "file"
        },
        tags=frozenset(str(tag.get("name")) for tag in (refs or {}).get("tags") or ()),
    )


def read_file(session: HubSession, repo_id: str, path: str, revision: str = "main") -> bytes:
    """The bytes of one file of a dataset.

    Raises
    ------
    HubError
        There is no such file, or the Hub does not give it.
    """
    return session.get(f"/datasets/{repo_id}/resolve/{revision}/{path}").body


def send_dataset(
    session: HubSession,
    repo_id: str,
    uploads: Sequence[Upload],
    deletions: Sequence[str],
    *,
    before: Published | None,
    title: str,
    tag: str,
    private: bool,
) -> str:
    """Send files as one commit and give it a tag; a reader sees all of them or none.

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
        lambda: write.api.create_repo(repo_id, repo_type="dataset", private=private, exist_ok=True),
    )
    parent = before.sha if before else _first_commit(session, repo_id)

    message = f"Files: {digest_of(uploads, deletions)}"

    def commit() -> str:
        rows = session.get_json(f"/api/datasets/{repo_id}/commits/main", [("limit", "1")]).data
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
            repo_type="dataset",
            parent_commit=parent or None,
        )
        return str(info.oid)

    with quiet_client():
        sha = write.do(f"the commit to {repo_id!r}", commit)
    tag_dataset(session, repo_id, tag, sha)
    return sha


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


def _first_commit(session: HubSession, repo_id: str) -> str:
    """The commit that making a dataset leaves; more than that was somebody else."""
    made = read_dataset(session, repo_id)
    if made is None or "README.md" in made.files:
        raise HubError(f"{repo_id!r} was changed by somebody else meanwhile", hint=AGAIN)
    return made.sha


def check_dataset_id(repo_id: str) -> str:
    """An id that a dataset can be published under.

    Raises
    ------
    ConfigError
        It is not OWNER/NAME.
    """
    if not is_repo_id(repo_id) or repo_id.count("/") != 1:
        raise ConfigError(f"{repo_id!r} is no id of a dataset", hint="--repo OWNER/NAME")
    return repo_id
