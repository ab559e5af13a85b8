"""The command that drafts better cards."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import hub
from cardiogram.cli.group import print_error
from cardiogram.cli.options import PATH, id_option, look_of
from cardiogram.errors import CardiogramError, ConfigError
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.improve import Answers, Audience, Draft, Question

_AT_ONCE = 5
"""Questions that are asked in a row."""


@click.command("improve")
@click.argument("targets", nargs=-1, required=True)
@click.option("--write", is_flag=True, help="Edit the card in its place, its proof beside it.")
@click.option("--out", type=PATH, help="Folder to write the README.md to, and nothing else.")
@click.option(
    "--answers",
    "answers_file",
    type=PATH,
    help="YAML file: your answers by question; one that is not there is made.",
)
@click.option("--interview", is_flag=True, help="Ask what only you know; Enter skips a question.")
@click.option("--todo", is_flag=True, help="Leave a visible line for what is not answered.")
@click.option(
    "--audience",
    type=click.Choice(["user", "reproducer", "risk", "newcomer"]),
    default="user",
    help="For whom questions come first.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show all of it, the whole diff too.")
@click.option(
    "--format",
    "form",
    default="text",
    help="What to print.",
    type=click.Choice(["text", "diff", "markdown", "json"]),
)
@id_option
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(
    targets: tuple[str, ...],
    write: bool,
    out: Path | None,
    answers_file: Path | None,
    interview: bool,
    todo: bool,
    audience: Audience,
    verbose: bool,
    form: terminal.DraftForm,
    model_id: str,
    as_json: bool,
) -> None:
    """Draft a better card of what the files prove, and ask for the rest.

    TARGETS are folders, README.md files, or models on the Hub: ids, addresses, or an owner's name
    for a work list. Your words stay as they are; nothing is written unless you say so.
    """
    from cardiogram.improve import Answers, read_answers, write_form

    option = "--interview" * interview or "--out" * bool(out)
    if len(targets) > 1 and option:
        raise ConfigError(f"{option} is for one card, and {len(targets)} are given")
    is_form = answers_file is not None and not answers_file.exists()
    answers = read_answers(answers_file) if answers_file and not is_form else Answers()
    run = _Run(hub.HubSession(), model_id, answers, audience, todo)
    drafts = [*run.draft(targets)]
    if interview and drafts:
        drafts = [run.interview(drafts[0])]
    if answers_file and is_form and drafts:
        write_form(answers_file, drafts[0].questions)
        click.echo(f"wrote {answers_file}: fill it in, and run this again", err=True)
    form = "json" if as_json else form
    if drafts or form == "json":
        look = look_of("text" if form == "diff" else form, verbose)
        click.echo(terminal.render_drafts(drafts, form, look), nl=False, color=True)
    if interview and not write and out is None:
        write = any(_wants_to_write(draft) for draft in drafts)
    if write or out is not None:
        run.save(drafts, out)
    sys.exit(2 if run.failed else 0)


class _Run:
    """What is asked of every target, and whether one of them could not be drafted."""

    def __init__(
        self,
        session: hub.HubSession,
        id: str,
        answers: Answers,
        audience: Audience,
        todo: bool,
    ) -> None:
        self.session, self.id, self.answers = session, id, answers
        self.audience, self.todo = audience, todo
        self.failed = False

    def draft(self, targets: tuple[str, ...]) -> Iterator[Draft]:
        """A draft of each card; what cannot be read is said on stderr."""
        for target in targets:
            try:
                each = [*self._cards(target)]
                for name in each:
                    try:
                        yield self._draft(name)
                    except CardiogramError as error:
                        if len(targets) == len(each) == 1:
                            raise
                        self.failed = True
                        click.echo(f"cardiogram: {error.message}", err=True)
            except CardiogramError as error:
                if len(targets) == 1:
                    raise
                self.failed = True
                print_error(error)

    def interview(self, draft: Draft) -> Draft:
        """Ask what only the author knows, at most five questions at a time."""
        from dataclasses import replace

        questions = list(draft.questions)
        said: dict[str, str] = {}
        while questions:
            now, questions = questions[:_AT_ONCE], questions[_AT_ONCE:]
            if not _ask(now, said) or not questions:
                break
            if not _agrees(f"{len(questions)} more questions: go on?"):
                break
        self.answers = replace(self.answers, texts={**self.answers.texts, **said})
        if said and not self.answers.at:
            self.answers = replace(self.answers, at=_today())
        return self._draft(draft.target) if said else draft

    def save(self, drafts: list[Draft], out: Path | None) -> None:
        """Write every draft, and say where."""
        from cardiogram.improve import save_draft

        for draft in drafts:
            written = save_draft(draft, out)
            for path in written:
                click.echo(f"wrote {path}", err=True)
            if not written:
                click.echo(f"{draft.target}: nothing to write", err=True)

    def _draft(self, target: str) -> Draft:
        from cardiogram.improve import make_draft

        return make_draft(
            target,
            id=self.id,
            session=self.session,
            answers=self.answers,
            audience=self.audience,
            todo=self.todo,
        )

    def _cards(self, target: str) -> Iterator[str]:
        """Ids of an owner's models; any other target is one card."""
        from cardiogram.check import is_owner

        if not is_owner(target):
            yield target
            return
        from cardiogram.check import read_targets

        for read in read_targets(target, session=self.session):
            if isinstance(read, CardiogramError):
                self.failed = True
                click.echo(f"cardiogram: {read.message}", err=True)
            else:
                yield read.name


def _ask(questions: list[Question], said: dict[str, str]) -> bool:
    """Ask these; gives whether the author is still there."""
    for question in questions:
        gains = f"{question.criterion} {question.criterion_gain:+.1f}, overall {question.gain:+.1f}"
        gain = f" ({gains})" if question.gain >= 0.05 else ""
        how = "  The true value, `keep` or `remove`." if question.contradiction else ""
        click.secho(f"\n{terminal.one_line(question.ask)}{gain}", err=True, bold=True)
        click.echo(f"  {question.why}{how}", err=True)
        try:
            text = click.prompt("", default="", show_default=False, prompt_suffix="> ", err=True)
        except click.Abort:
            click.echo(err=True)
            return False
        if text.strip():
            said[question.id] = text.strip()
    return True


def _wants_to_write(draft: Draft) -> bool:
    """Ask whether the card is to be edited in its place."""
    if not (draft.path and draft.changes):
        return False
    return _agrees(f"Write {draft.path}?")


def _agrees(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort:  # the end of the input
        click.echo(err=True)
        return False


def _today() -> str:
    import datetime

    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()
