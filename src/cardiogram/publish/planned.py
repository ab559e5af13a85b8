"""What would be published: every file, and what sending it would change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cardiogram.cards import load_vocabulary
from cardiogram.errors import ConfigError, HubError
from cardiogram.hub import (
    History,
    HubSession,
    Published,
    PublishedType,
    check_published_id,
    read_published,
)
from cardiogram.judge import Score
from cardiogram.text import blob_id, sha256

if TYPE_CHECKING:
    from cardiogram.publish.changes import Revision
    from cardiogram.store import Study

SharedTexts: TypeAlias = Literal["none", "licensed"]
"""Card texts that are passed on: none, or those whose licence allows it."""

PRIVATE_MODELS = (
    "Models that only your login can see would be named: check {place} if you collected "
    "private ones."
)


@dataclass(frozen=True, slots=True)
class Options:
    """How a study is published.

    Attributes
    ----------
    visibility
        Of a repository that is made now; one that is there keeps its own.
    texts
        Which card texts go along.
    license
        Id of the licence that it is published under.
    card
        What happens to a README that somebody edited on the Hub.
    """

    visibility: str = "private"
    texts: SharedTexts = "none"
    license: str = "cc-by-4.0"
    card: str = "keep"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of the repository; `state` is new, changed, same, or kept as it is on the Hub."""

    path: str
    local: Path
    bytes: int
    rows: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be published, before it is sent.

    Attributes
    ----------
    of
        What the study is published as.
    files
        Every file of ours that the repository will hold.
    title
        Of the commit.
    before
        What is published now; None where nothing is, or where it could not be seen.
    notes
        What the user should know, in sentences.
    removed
        Files of an earlier revision that this one has no more.
    revision
        Of a dataset: its name, with what it changes. A Space has no revisions.
    scores
        Of a dataset: its card, rated by the rubric for dataset cards.
    untagged
        Revision that is published and has no tag yet: the run that sent it was interrupted.
    unseen
        Why it is not known what is published; such a plan cannot be sent.
    """

    of: PublishedType
    repo_id: str
    endpoint: str
    private: bool
    files: tuple[PlannedFile, ...]
    title: str
    before: Published | None
    notes: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    revision: Revision | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    untagged: str = ""
    unseen: HubError | None = None

    @property
    def changed(self) -> bool:
        """Whether there is anything to send."""
        return bool(self.removed or self.uploads)

    @property
    def uploads(self) -> list[PlannedFile]:
        """Files that are to be sent."""
        return [file for file in self.files if file.state in ("new", "changed")]

    def state_of(self, file: PlannedFile) -> str:
        """The state of a file, as far as it is known."""
        return "not known" if self.unseen else file.state

    @property
    def bytes(self) -> int:
        """Bytes of all files."""
        return sum(file.bytes for file in self.files)

    @property
    def address(self) -> str:
        """Where it is, or will be."""
        return f"{self.endpoint}/{self.of}s/{self.repo_id}"

    def as_dict(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {
            "repo": self.repo_id,
            "type": self.of,
            "private": self.private,
            "revision": asdict(self.revision) if self.revision else None,
            "changed": None if self.unseen else self.changed,
            "bytes": self.bytes,
            "files": [
                {"path": f.path, "bytes": f.bytes, "rows": f.rows, "state": self.state_of(f)}
                for f in self.files
            ],
            "removed": list(self.removed),
            "card": {name: score._asdict() for name, score in self.scores.items()},
            "notes": list(self.notes),
        }


def check_request(
    study: Study, repo_id: str, folder: Path, options: Options, of: PublishedType
) -> None:
    """Refuse what can be refused before anything is read or asked."""
    check_published_id(repo_id, of)
    if options.license not in load_vocabulary().licenses:
        raise ConfigError(
            f"{options.license!r} is no licence of the Hub's list", hint="Such as cc-by-4.0."
        )
    if (folder / study.manifest_path.name).exists():
        raise ConfigError(
            f"{str(folder)!r} holds a study: what is published would mix with it",
            hint="Give another folder.",
        )


def look(
    session: HubSession, repo_id: str, of: PublishedType
) -> tuple[Published | None, HubError | None]:
    """What is published; where the Hub cannot be asked, a plan is still worth seeing."""
    try:
        return read_published(session, repo_id, of), None
    except HubError as error:
        return None, error


def check_visibility(before: Published | None, options: Options) -> None:
    """Refuse to write privately meant files where anybody can read them."""
    if before is not None and not before.private and options.visibility == "private":
        raise ConfigError(
            f"{before.id!r} is public: whatever is sent can be read by anybody",
            hint="Add --public, or make it private in its settings.",
        )


def check_space(before: Published | None, options: Options, over: Collection[History]) -> None:
    """Refuse to write over a Space that this package did not send, or not as it is now.

    Parameters
    ----------
    over
        Whose states may be written over without being asked.

    Raises
    ------
    ConfigError
        It runs something, holds something else, or was edited.
    """
    if before is None or before.history == "new" or before.files.keys() <= {".gitattributes"}:
        return
    if before.sdk not in ("", "static"):
        raise ConfigError(
            f"{before.id!r} is a Space of another kind: {before.sdk[:20]!r}, not static",
            hint="Choose another name: --repo OWNER/NAME",
        )
    if options.card == "replace" or before.history in over:
        return
    edited = before.history == "edited"
    what = "it was edited on the Hub" if edited else "it holds something else"
    raise ConfigError(
        f"{before.id!r} would be overwritten: {what}",
        hint="Choose another name, or add --replace-card.",
    )


def note_state(
    options: Options, before: Published | None, unseen: HubError | None, of: PublishedType
) -> tuple[str, ...]:
    """What of the published state the user should know."""
    notes = []
    if unseen is not None:
        notes.append(f"What is published could not be seen: {unseen.message}.")
    if before and before.private and options.visibility == "public":
        what = "dataset" if of == "dataset" else "Space"
        notes.append(f"The {what} is private and stays so; its settings on the Hub change that.")
    return tuple(notes)


def plan_file(
    before: Published | None, path: str, local: Path, rows: int | None = None
) -> PlannedFile:
    """A file against what is published."""
    known = before.files.get(path) if before else None
    state = "new" if known is None else "same" if known in content_ids(local) else "changed"
    return PlannedFile(path, local, local.stat().st_size, rows, state)


def content_ids(local: Path) -> tuple[str, str]:
    """What the Hub calls this content: its sha256 in a large file, git's blob id in a small one."""
    data = local.read_bytes()
    return sha256(data), blob_id(data)


def format_bytes(count: int) -> str:
    """Bytes for reading.

    Examples
    --------
    >>> format_bytes(900), format_bytes(12_300), format_bytes(4_500_000)
    ('900 B', '12.3 kB', '4.5 MB')
    """
    for unit, many in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= many:
            return f"{count / many:.1f} {unit}"
    return f"{count} B"
