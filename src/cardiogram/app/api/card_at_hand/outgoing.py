"""Where drafts go: into their folder, or to the Hub, each by a consent of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from cardiogram.app.api.card_at_hand.drafts import DraftQuestion, make_shown_draft
from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.errors import AccessDenied, ConfigError, DataError
from cardiogram.hub import Account, ask_account
from cardiogram.improve import Proposal, prepare, save_draft, send
from cardiogram.text import sha256

_OPEN_AGAIN = "Open it again."


@dataclass(frozen=True, slots=True)
class WriteQuestion:
    """A draft to write into its folder.

    Attributes
    ----------
    sha256
        Of the draft that was shown: another one is not written.
    """

    draft: DraftQuestion
    sha256: str


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """What was written.

    Attributes
    ----------
    paths
        Within the workspace; none where the folder has all of it.
    revision
        Of the card as it is now.
    """

    paths: tuple[str, ...]
    revision: str


@dataclass(frozen=True, slots=True)
class PullRequestQuestion:
    """A draft to show as a pull request.

    Attributes
    ----------
    with_proof
        Whether README.proof.json goes along.
    """

    draft: DraftQuestion
    with_proof: bool = False


@dataclass(frozen=True, slots=True)
class UploadAnswer:
    """A file of a pull request, with its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class PullRequestAnswer:
    """A pull request as it would be sent; nothing was sent.

    Attributes
    ----------
    parent
        The commit that it is made for.
    text
        The description, in Markdown.
    digest
        Names what is shown here: only this is sent.
    account
        Whose login would send it; "" where there is none that may.
    is_owner
        Whether the repository is that account's, or one of its organisations'.
    problem
        Why it cannot be sent now; "" where it can.
    """

    repo: str
    parent: str
    title: str
    text: str
    files: tuple[UploadAnswer, ...]
    digest: str
    account: str
    is_owner: bool
    problem: str


@dataclass(frozen=True, slots=True)
class SendQuestion:
    """The consent to send a pull request that was shown.

    Attributes
    ----------
    digest
        Of what was shown: another one is not sent.
    others
        Whether it may go to a repository of somebody else.
    """

    draft: DraftQuestion
    digest: str
    with_proof: bool = False
    others: bool = False


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """What became of a pull request.

    Attributes
    ----------
    state
        `sent`; `open` where one is open already; `declined` where one was closed without a merge;
        `nothing` where the repository has all of it.
    number, address
        Of the pull request; 0 and "" where there is none.
    note
        What the sender should know; "" for nothing.
    """

    state: Literal["sent", "open", "declined", "nothing"]
    repo: str
    number: int
    address: str
    note: str


def write_draft(app: App, question: WriteQuestion) -> WriteAnswer:
    """Write a draft that was shown into its folder, its proof beside it."""
    if question.draft.card.source != "folder":
        raise ConfigError("only a card of the workspace can be written there")
    opened, draft = make_shown_draft(app, question.draft)
    if opened.revision != question.draft.card.revision:
        raise DataError("the card was changed on the disk since it was opened", hint=_OPEN_AGAIN)
    if sha256(draft.after.encode()) != question.sha256:
        raise DataError("this draft is not the one that was shown", hint="Look at it once more.")
    root = app.workspace.root
    written = tuple(path.resolve().relative_to(root).as_posix() for path in save_draft(draft))
    return WriteAnswer(written, question.sha256)


def show_pull_request(app: App, question: PullRequestQuestion) -> PullRequestAnswer:
    """Show the pull request of a draft as it would be sent; nothing is sent."""
    proposal = _propose(app, question.draft, with_proof=question.with_proof)
    account, problem = None, ""
    try:
        account = ask_account(app.session())
    except AccessDenied as error:
        problem = f"{error.message}. {error.hint}"
    if account is not None and not account.may_write:
        problem = f"the login of {account.name!r} may only read"
    return PullRequestAnswer(
        repo=proposal.repo,
        parent=proposal.parent,
        title=proposal.title,
        text=proposal.text.replace(proposal.marker, "").rstrip(),
        files=tuple(UploadAnswer(path, len(data)) for path, data in proposal.files.items()),
        digest=_digest(proposal),
        account=account.name if account else "",
        is_owner=_owns(account, proposal),
        problem=problem,
    )


def send_pull_request(app: App, question: SendQuestion) -> SendAnswer:
    """Send the pull request that was shown, and no other."""
    proposal = _propose(app, question.draft, with_proof=question.with_proof)
    if _digest(proposal) != question.digest:
        raise DataError("this is not the pull request that was shown", hint="Look at it once more.")
    session = app.session()
    if not question.others and not _owns(account := ask_account(session), proposal):
        raise ConfigError(
            f"{proposal.repo!r} is not yours ({account.name})",
            hint="Say that it may go to its owner.",
        )
    sent = send(proposal, session, others=question.others, again=_moved)
    return SendAnswer(sent.state, sent.repo, sent.number, sent.address, sent.note)


def _propose(app: App, question: DraftQuestion, *, with_proof: bool) -> Proposal:
    if question.card.source != "hub":
        raise ConfigError("a pull request goes to a repository on the Hub, and this card is none's")
    _, draft = make_shown_draft(app, question)
    proposal = prepare(draft, with_proof=with_proof)
    if proposal is None:
        raise DataError("there is nothing to send: the repository has all of it")
    return proposal


def _moved() -> None:
    """Refuse to send what nobody saw: the draft would be made of another card."""
    raise DataError("the card was changed on the Hub since it was opened", hint=_OPEN_AGAIN)


def _owns(account: Account | None, proposal: Proposal) -> bool:
    return account is not None and account.owns(proposal.repo)


def _digest(proposal: Proposal) -> str:
    """What names everything that would be sent."""
    files = {path: sha256(data) for path, data in proposal.files.items()}
    said = (proposal.repo, proposal.parent, proposal.title, proposal.text, files)
    return sha256(json.dumps(said))


OUTGOING_ENDPOINTS = (
    Endpoint(
        "POST", "/api/improve/write", write_draft, "Write a draft into its folder",
        act=True, heavy=True,
    ),
    Endpoint(
        "POST", "/api/improve/pull-request", show_pull_request, "Show a pull request", heavy=True
    ),
    Endpoint(
        "POST", "/api/improve/send", send_pull_request, "Send a pull request that was shown",
        act=True, heavy=True,
    ),
)  # fmt: skip
