"""Send a proposal as a pull request, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cardiogram.errors import AccessDenied, ConfigError, HubError
from cardiogram.hub import (
    MARK,
    Account,
    HubSession,
    PullRequest,
    ask_account,
    ask_pull_requests,
    open_pull_request,
)
from cardiogram.improve.sending.proposal import Proposal
from cardiogram.improve.sending.sent_log import SentLog
from cardiogram.improve.view import README

MOST_A_DAY = 20
_DRAFTS = 4  # how often a draft is made anew while somebody else pushes

Again = Callable[[], Proposal | None]
"""Makes the draft anew on the repository as it is now; None where nothing is left to change."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a proposal.

    Attributes
    ----------
    state
        ``sent``; ``open`` where a pull request of ours is open already; ``declined`` where one was
        closed without a merge; ``nothing`` where the repository has all of it by now.
    number, address
        Of the pull request; 0 and "" where there is none.
    note
        What the sender should know, in a sentence; "" for nothing.
    """

    state: Literal["sent", "open", "declined", "nothing"]
    repo: str
    number: int = 0
    address: str = ""
    note: str = ""


def send(
    proposal: Proposal,
    session: HubSession,
    *,
    others: bool = False,
    again: Again | None = None,
    log: SentLog | None = None,
) -> Sent:
    """Open a pull request, unless one of ours is there.

    An answer that was lost, and a process that was killed, send nothing twice: the Hub is asked
    for a pull request with the marker of this one before each try.

    Parameters
    ----------
    others
        Whether it may go to a repository of somebody else.
    again
        Makes the draft anew where the main branch has moved on; without it that is an error.
    log
        What was sent lately; the user's own unless given.

    Raises
    ------
    AccessDenied
        There is no login, it may not write, or the repository takes no pull request of it.
    ConfigError
        The repository is another's, or too many were sent today.
    HubError
        The Hub did not take it, or did not say whether it did; the same again sends nothing twice.
    """
    log = log or SentLog()
    account = ask_account(session)
    _check(account, proposal, others)
    with log.alone():
        for _ in range(_DRAFTS):
            there = _ours(session, account, proposal)
            if there is not None:
                return there
            log.check(MOST_A_DAY)
            opened = _open(session, account, proposal, log)
            if opened is not None:
                return _sent(proposal, opened)
            if again is None:
                break
            anew = again()
            if anew is None:
                return Sent("nothing", proposal.repo)
            proposal = anew
    raise HubError(
        f"{proposal.repo!r} was changed by somebody else since the draft was made",
        hint="Run the same command again: the draft is made anew.",
    )


def _check(account: Account, proposal: Proposal, others: bool) -> None:
    """Refuse what can be refused before anything is sent."""
    if not account.may_write:
        raise AccessDenied(
            f"the login of {account.name!r} may only read",
            hint="Log in with a token that may write: hf auth login",
        )
    if not others and not account.owns(proposal.repo):
        raise ConfigError(
            f"{proposal.repo!r} is not yours ({account.name})",
            hint="Look at the whole draft first; then --others sends it to its owner.",
        )


def _ours(session: HubSession, account: Account, proposal: Proposal) -> Sent | None:
    """A pull request of ours that makes this one superfluous."""
    for pull in ask_pull_requests(session, proposal.repo, account.name):
        if MARK not in pull.text:
            continue
        if pull.status in ("open", "draft"):
            same = proposal.digest in pull.text
            note = "" if same else "It proposes another text: merge or close it, then send again."
            return Sent("open", proposal.repo, pull.number, pull.address, note)
        same = proposal.digest in pull.text or not account.owns(proposal.repo)
        if pull.status == "closed" and same:
            note = "It was closed without a merge, so it is not sent again."
            return Sent("declined", proposal.repo, pull.number, pull.address, note)
    return None


def _open(
    session: HubSession, account: Account, proposal: Proposal, log: SentLog
) -> PullRequest | None:
    """Open it, and keep count; what may have been sent counts."""
    log.begin(proposal.repo, proposal.marker)
    try:
        opened = open_pull_request(session, proposal.as_request(), account)
    except AccessDenied:
        log.end(proposal.repo, proposal.marker, 0)
        raise
    log.end(proposal.repo, proposal.marker, opened.number if opened else 0)
    return opened


def _sent(proposal: Proposal, opened: PullRequest) -> Sent:
    note = ""
    if README in opened.conflicts:
        note = "The card was changed at the same moment: the owner sees a conflict."
    return Sent("sent", proposal.repo, opened.number, opened.address, note)
