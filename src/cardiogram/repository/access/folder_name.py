"""Which repository of the Hub a folder is: what its place, git, or the proof in it says."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from cardiogram.lazy import regex
from cardiogram.repository.access.repository import RepositoryType

_SNAPSHOT = regex(r"(model|dataset|space)s--([^/]+?)--([^/]+)/snapshots/([0-9a-f]{40})$")
_REMOTE = regex(r"^\s*url\s*=\s*(\S+)\s*$", re.MULTILINE)
_SSH = regex(r"git@(hf\.co|huggingface\.co):(.+)")
_HOSTS = ("huggingface.co", "hf.co")
_PART = regex(r"[\w-][\w.-]{0,95}")
_MOST_CONFIG, _MOST_PROOF = 1 << 16, 2 << 20


class FolderName(NamedTuple):
    """A repository of the Hub; `id` is "" where a folder does not say it.

    Attributes
    ----------
    commit
        Where the folder is that of a download, which is of one commit.
    """

    id: str = ""
    of: RepositoryType = "model"
    commit: str = ""


def name_folder(folder: Path, stem: str = "README") -> FolderName:
    """The repository that a folder is a copy of: by the client's cache, its git remote, its proof.

    Nothing but names is taken from these files.

    Parameters
    ----------
    stem
        Of the card's file, beside which its proof lies.
    """
    snapshot = _SNAPSHOT.search(folder.resolve().as_posix())
    if snapshot:
        of = cast(RepositoryType, snapshot[1])
        return FolderName(f"{snapshot[2]}/{snapshot[3]}", of, snapshot[4])
    for url in _REMOTE.findall(_text(folder / ".git" / "config", _MOST_CONFIG)):
        parts = _remote(url)
        of = "model"
        if parts and parts[0] in ("datasets", "spaces"):
            of = "dataset" if parts[0] == "datasets" else "space"
            parts = parts[1:]
        if len(parts) == 2:
            return FolderName("/".join(parts), of)
    return read_name(_text(folder / f"{stem}.proof.json", _MOST_PROOF))


def read_name(text: str) -> FolderName:
    """The repository for which a proof was written, from the proof's text."""
    try:
        where = json.loads(text)["predicate"]["repository"]
        id, of = where["id"], where.get("type", "model")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return FolderName()
    parts = id.split("/") if isinstance(id, str) else []
    named = len(parts) == 2 and all(_PART.fullmatch(part) for part in parts)
    return FolderName(id, of) if named and of in ("model", "dataset", "space") else FolderName()


def _text(path: Path, limit: int) -> str:
    """A small regular file as text; "" for everything else."""
    try:
        status = path.stat()
        small = stat.S_ISREG(status.st_mode) and status.st_size < limit
        return path.read_text("utf-8") if small else ""
    except (OSError, ValueError):
        return ""


def _remote(url: str) -> list[str]:
    """The parts of the name in a remote's address on the Hub; a login in it is not read."""
    ssh = _SSH.fullmatch(url)
    try:
        split = urlsplit(url)
        own = urlsplit(os.environ.get("HF_ENDPOINT", "")).hostname
        known = split.hostname in {*_HOSTS, own} - {None}
    except ValueError:
        return []
    path = ssh[2] if ssh else split.path if known else ""
    parts = path.removesuffix(".git").strip("/").split("/")
    return parts if all(re.fullmatch(r"[\w.-]{1,96}", part) for part in parts) else []
