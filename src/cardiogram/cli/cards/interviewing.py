"""The interview: what only an author knows, asked on the terminal a question at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from cardiogram.report import terminal
from cardiogram.report.markup import wrap_lines

if TYPE_CHECKING:
    from cardiogram.improve import Question

_AT_ONCE = 5
"""Questions that are asked in a row."""
_FENCE = "```"
_HOW = (
    "Enter alone skips a question. A line that ends with \\ goes on below, and code stands "
    "between two lines of ```. Nothing is written before the last question."
)

Refusal = Callable[["Question", str], str]
"""Why an answer to a question is not taken; "" where it is."""


def hold_interview(
    questions: Sequence[Question], why_refused: Refusal, *, explains: bool = True
) -> dict[str, str]:
    """Ask, at most five questions at a time; gives the answers by question.

    Parameters
    ----------
    explains
        Whether it is said first how to answer.
    """
    from cardiogram.improve import is_no_answer

    said: dict[str, str] = {}
    if explains and questions:
        click.echo("\n" + _wrapped(_HOW), err=True)
    for number, question in enumerate(questions):
        left = len(questions) - number
        if number and number % _AT_ONCE == 0 and not agrees(f"{left} more: go on?"):
            break
        _show(question)
        while (text := _typed()) and not is_no_answer(text):
            refusal = why_refused(question, text)
            if not refusal:
                said[question.id] = text
                break
            click.echo(_wrapped(terminal.one_line(refusal)), err=True)
        if text is None:
            break
    return said


def agrees(question: str) -> bool:
    """Whether `y` is answered; anything that is neither yes nor no is asked again."""
    while True:
        text = _line(f"{question} [y/N] ")
        word = (text or "").strip().lower()
        if word in ("", "n", "no", "y", "yes"):
            return word in ("y", "yes")
        click.echo("y for yes; n, or Enter alone, for no", err=True)


def _show(question: Question) -> None:
    gains = f"{question.criterion} {question.criterion_gain:+.1f}, overall {question.gain:+.1f}"
    gain = f" (up to {gains})" if question.gain >= 0.05 else ""
    how = "  The true value, `keep` or `remove`." if question.contradiction else ""
    click.secho(f"\n{terminal.one_line(question.ask)}{gain}", err=True, bold=True)
    click.echo(f"  {question.why}{how}", err=True)


def _typed() -> str | None:
    """An answer of one line or more; None at the end of the input."""
    text = _line("> ")
    if text is not None and text.lstrip().startswith(_FENCE):
        while (below := _line("| ")) is not None:
            text += f"\n{below}"
            if below.strip() == _FENCE:
                break
    while text is not None and text.endswith("\\"):
        text = text[:-1].rstrip() + "\n" + (_line("| ") or "")
    return text if text is None else text.strip()


def _line(prompt: str) -> str | None:
    try:
        return str(click.prompt("", "", show_default=False, prompt_suffix=prompt, err=True))
    except click.Abort:  # the end of the input
        click.echo(err=True)
        return None


def _wrapped(text: str) -> str:
    return "\n".join(wrap_lines(text))
