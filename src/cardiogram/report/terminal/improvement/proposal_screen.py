"""A pull request before and after it is sent."""

from __future__ import annotations

from collections.abc import Mapping

from cardiogram.improve import Proposal, Sent
from cardiogram.report.markup import printable, wrap_lines
from cardiogram.report.terminal.paint import paint, shorten
from cardiogram.report.terminal.writing import SCREEN, Look, one_line

_WORDS: Mapping[str, str] = {
    "sent": "sent",
    "open": "is open already",
    "declined": "was declined",
    "nothing": "nothing left to send",
}

_LINES = SCREEN - 6  # of a description


def render_proposal(proposal: Proposal, look: Look) -> str:
    """What would be sent: its description as it stands there, or as much of it as has room."""
    files = ", ".join(proposal.files)
    text = proposal.text.rstrip().split("\n")[:-1]  # the last line is a mark that nobody sees
    while text and not text[-1]:
        text.pop()
    end = "Nothing was sent. next: the same with --send, or --format diff to see every line"
    if look.detail == "short":
        wide = look.width - 2
        text = [part for line in text for part in _folded(line, wide)]
        if len(text) > _LINES:
            more = len(text) - _LINES + 1
            text = [*text[: _LINES - 1], f"... and {more} lines more: -v shows them"]
    lines = [
        paint(f"pull request to {one_line(proposal.repo)}, holding {files}", "bold", look),
        "",
        f"  {one_line(proposal.title)}",
        "",
        *(f"  {printable(line)}".rstrip() for line in text),
        "",
        end,
    ]
    return "\n".join(lines) + "\n"


def _folded(line: str, wide: int) -> list[str]:
    """A line of a paragraph or a list on several; of a table, its beginning."""
    if line.startswith("|"):
        return [shorten(line, wide)]
    if line.startswith("- "):
        return wrap_lines(line[2:], "- ", "  ", wide)
    return wrap_lines(line, width=wide) if line else [line]


def render_sent(sent: Sent) -> str:
    """One line: what became of it, and where it is."""
    words = [one_line(sent.repo), _WORDS[sent.state]]
    words += [f"#{sent.number} {sent.address}"] if sent.number else []
    return "  ".join([*words, *([sent.note] if sent.note else [])])
