"""A pull request before and after it is sent."""

from __future__ import annotations

from collections.abc import Mapping

from cardiogram.improve import Proposal, Sent
from cardiogram.report.markup import printable
from cardiogram.report.terminal.paint import paint
from cardiogram.report.terminal.writing import Look, one_line, quote_name

_WORDS: Mapping[str, str] = {
    "sent": "sent",
    "open": "is open already",
    "declined": "was declined",
    "nothing": "nothing left to send",
}


def render_proposal(proposal: Proposal, look: Look) -> str:
    """What would be sent, with its description as it stands there."""
    files = ", ".join(proposal.files)
    lines = [
        paint(f"pull request to {one_line(proposal.repo)}, holding {files}", "bold", look),
        "",
        f"  {one_line(proposal.title)}",
        "",
        *(f"  {printable(line)}".rstrip() for line in proposal.text.rstrip().split("\n")[:-1]),
    ]
    while not lines[-1]:
        lines.pop()
    command = f"cardiogram improve {quote_name(proposal.repo)} --send"
    lines += ["", f"Nothing was sent. next: {command}     --format diff for every line"]
    return "\n".join(lines) + "\n"


def render_sent(sent: Sent) -> str:
    """One line: what became of it, and where it is."""
    words = [one_line(sent.repo), _WORDS[sent.state]]
    words += [f"#{sent.number} {sent.address}"] if sent.number else []
    return "  ".join([*words, *([sent.note] if sent.note else [])])
