"""A pull request before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cardiogram.errors import ConfigError
from cardiogram.hub import MARK, NewPullRequest, Upload, is_repo_id
from cardiogram.improve.claiming import proof_of
from cardiogram.improve.draft import Draft
from cardiogram.improve.sending.description import describe, make_title
from cardiogram.improve.view import README
from cardiogram.repository.proof import PROOF
from cardiogram.text import sha256


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be sent.

    Attributes
    ----------
    parent
        The commit that the draft was made for.
    text
        The description, in Markdown.
    digest
        Of the README that it proposes.
    """

    repo: str
    parent: str
    title: str
    text: str
    files: Mapping[str, bytes]
    digest: str

    @property
    def marker(self) -> str:
        """The last line of the description, by which this pull request is known again."""
        return marker(self.parent, self.digest)

    def as_request(self) -> NewPullRequest:
        """For the Hub."""
        uploads = tuple(Upload(path, data) for path, data in self.files.items())
        return NewPullRequest(self.repo, self.parent, self.title, self.text, self.marker, uploads)


def prepare(draft: Draft, *, with_proof: bool = False) -> Proposal | None:
    """Put a draft in the form of a pull request; nothing is sent.

    Parameters
    ----------
    with_proof
        Whether README.proof.json goes along.

    Returns
    -------
    Proposal or None
        None where the draft changes nothing.

    Raises
    ------
    ConfigError
        The draft was not made of a repository on the Hub.
    """
    repo, commit = draft.id, draft.facts.commit
    if not commit or not is_repo_id(repo):
        raise ConfigError(
            f"{draft.target!r} is on this disk; a pull request goes to a repository on the Hub",
            hint="Give its id, OWNER/NAME, or edit the file with --write.",
        )
    readme = draft.after.encode()
    if readme == draft.replaced.encode():
        return None
    digest = sha256(readme)
    files = {README: readme}
    if with_proof:
        files[PROOF] = proof_of(draft)
    text = describe(draft, marker(commit, digest))
    day = draft.restored.day if draft.restored else ""
    title = f"Restore the model card of {day}" if day else make_title(draft)
    return Proposal(repo, commit, title, text, files, digest)


def marker(parent: str, digest: str) -> str:
    """What tells a pull request of ours from all others; it holds no secret."""
    return f"{MARK}parent={parent} readme={digest} -->"
