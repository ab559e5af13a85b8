"""Pull requests of drafts: shown first, sent when the user says so."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from cardiogram import hub
from cardiogram.cli.printing import look_of
from cardiogram.errors import CardiogramError
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.improve import Draft, Proposal
    from cardiogram.report.terminal import Look

_ASK = "[y] send  [n] leave it  [v] view it  [a] send all that follow  [q] stop"


@dataclass(slots=True)
class PullRequests:
    """How pull requests are made.

    Attributes
    ----------
    draft_again
        Makes the draft of a repository anew.
    failed
        Whether one of several could not be sent.
    """

    session: hub.HubSession
    draft_again: Callable[[str], Draft]
    with_proof: bool = False
    others: bool = False
    failed: bool = False

    def show(self, drafts: Sequence[Draft], look: Look) -> None:
        """Print what would be sent: one in full, many by a word, or all of them."""
        proposals = [p for draft in drafts if (p := self._prepare(draft))]
        if len(drafts) == 1 or look.detail == "all":
            shown = (terminal.render_proposal(each, look) for each in proposals)
            click.echo("\n".join(shown), nl=False, color=True)
        elif proposals:
            click.echo(f"\n{len(proposals)} pull requests would be sent (-v shows each): --send")

    def send(self, drafts: Sequence[Draft]) -> None:
        """Send them; a person at a terminal is asked for each of several."""
        asks = len(drafts) > 1 and sys.stdin.isatty()
        for draft in drafts:
            try:
                proposal = self._prepare(draft)
                answer = self._ask(draft, proposal) if proposal and asks else "y"
                if answer == "q":
                    return
                asks = asks and answer != "a"
                if proposal and answer != "n":
                    self._send(proposal)
            except CardiogramError as error:
                if len(drafts) == 1:
                    raise
                self.failed = True
                click.echo(f"cardiogram: {error.message}", err=True)

    def _ask(self, draft: Draft, proposal: Proposal) -> str:
        title = f"{proposal.repo}: {proposal.title}"
        click.secho(f"\n{terminal.one_line(title)}", err=True, bold=True)
        choice = click.Choice(["y", "n", "v", "a", "q"])
        answer = "v"
        while answer == "v":
            try:
                answer = click.prompt(_ASK, default="n", type=choice, show_choices=False, err=True)
            except click.Abort:
                return "q"
            if answer == "v":
                shown = terminal.render_drafts([draft], "diff", look_of("text", verbose=True))
                click.echo(shown, nl=False, color=True)
        return answer

    def _send(self, proposal: Proposal) -> None:
        from cardiogram.improve import prepare, send

        def again() -> Proposal | None:
            return prepare(self.draft_again(proposal.repo), with_proof=self.with_proof)

        sent = send(proposal, self.session, others=self.others, again=again)
        click.echo(terminal.render_sent(sent))

    def _prepare(self, draft: Draft) -> Proposal | None:
        """The pull request of a draft; where there is none, a line says so."""
        from cardiogram.improve import prepare

        proposal = prepare(draft, with_proof=self.with_proof)
        if proposal is None:
            click.echo(f"{draft.target}: nothing to send", err=True)
        return proposal
