"""The command that drafts better cards."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import hub
from cardiogram.cli.cards.interviewing import agrees, hold_interview
from cardiogram.cli.cards.pull_requests import PullRequests
from cardiogram.cli.judge_options import rewriting_options
from cardiogram.cli.options import PATH, id_option, make_said_option
from cardiogram.cli.printing import look_of, print_error
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.errors import CardiogramError, ConfigError
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.improve import Answers, Audience, Draft, Handwritten, Question
    from cardiogram.judge.llm import AskedModel


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
    "--clear-template",
    is_flag=True,
    help="Take away what a template left and nobody filled, with the template's headings.",
)
@click.option(
    "--audience",
    type=click.Choice(["user", "reproducer", "risk", "newcomer"]),
    default="user",
    help="Who is to read it: what they look for is added and asked first.",
)
@click.option("--pull-request", is_flag=True, help="Show the pull request that would be sent.")
@make_said_option("--send", "sends", "Send it.")
@click.option("--with-proof", is_flag=True, help="README.proof.json goes along.")
@make_said_option("--others", "others", "Send to repositories that are not yours, too.")
@click.option("--restore", is_flag=True, help="Go on from the last card that a person wrote.")
@rewriting_options
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
    clear_template: bool,
    audience: Audience,
    pull_request: bool,
    sends: bool,
    with_proof: bool,
    others: bool,
    restore: bool,
    rewriter: AskedModel | None,
    verbose: bool,
    form: terminal.DraftForm,
    model_id: str,
    as_json: bool,
) -> None:
    """Draft a better card of what the files prove, and ask for the rest.

    TARGETS are folders, README.md files, or models on the Hub: ids, addresses, or an owner's name
    for a work list. Your words stay as they are; nothing is written unless you say so. Exits with 1
    where an answer was not taken, or a model could not be asked: the draft is there without that.
    """
    from cardiogram.improve import Answers, read_answers

    _refuse_several(targets, model_id, "--interview" * interview or "--out" * bool(out))
    is_form = answers_file is not None and not answers_file.exists()
    answers = read_answers(answers_file) if answers_file and not is_form else Answers()
    run = _Run(
        hub.HubSession(), model_id, answers, audience, todo, clear_template, restore, rewriter
    )
    drafts = [*run.draft(targets)]
    drafts = run.reword([run.interview(drafts[0])] if interview and drafts else drafts)
    if answers_file and is_form:
        run.write_form(answers_file, drafts)
    form = "json" if as_json else form
    look = look_of("text" if form == "diff" else form, verbose)
    requests = PullRequests(run.session, run.draft_again, with_proof, others)
    pull_request = pull_request and form == "text"
    ends = form == "text" and (interview or write or sends or out is not None)
    if (drafts or form == "json") and not (pull_request and (len(drafts) == 1 or verbose)):
        click.echo(terminal.render_drafts(drafts, form, look, ends=ends), nl=False, color=True)
    run.remark(drafts, form)
    if pull_request:
        requests.show(drafts, look)
    if sends:
        requests.send(drafts)
    if interview and not (write or sends or out):
        write = run.offer_to_keep(drafts, answers_file)
    if write or out is not None:
        run.save(drafts, out)
    sys.exit(2 if run.failed or requests.failed else int(run.lacking))


def _refuse_several(targets: tuple[str, ...], id: str, option: str) -> None:
    from cardiogram.check import refuse_one_id

    if len(targets) > 1:
        refuse_one_id(id, f"{len(targets)} targets are given")
    if len(targets) > 1 and option:
        raise ConfigError(f"{option} is for one card, and {len(targets)} are given")


class _Run:
    """What is asked of every target, and whether one could not be drafted, or not in full."""

    def __init__(
        self,
        session: hub.HubSession,
        id: str,
        answers: Answers,
        audience: Audience,
        todo: bool,
        clear_template: bool,
        restore: bool,
        rewriter: AskedModel | None,
    ) -> None:
        self.session, self.id, self.answers = session, id, answers
        self.audience, self.todo, self.restore = audience, todo, restore
        self.clear_template, self.rewriter = clear_template, rewriter
        self.failed = self.lacking = False

    def draft(self, targets: tuple[str, ...]) -> Iterator[Draft]:
        """A draft of each card; what cannot be read is said on stderr."""
        for target in targets:
            try:
                yield from self._cards(target)
            except CardiogramError as error:
                if len(targets) == 1:
                    raise
                self.failed = True
                print_error(error)

    def interview(self, draft: Draft) -> Draft:
        """Ask what only the author knows, and then what the answers contradict."""
        from dataclasses import replace

        seen: set[str] = set()
        while questions := [q for q in draft.questions if not seen or _is_new(q, seen)]:
            said = hold_interview(questions, _refusals_of(draft), explains=not seen)
            seen.update(question.id for question in questions)
            if not said:
                break
            self.answers = replace(self.answers, texts={**self.answers.texts, **said})
            if not self.answers.at:
                self.answers = replace(self.answers, at=_today())
            draft = self.draft_one(draft.target)
        return draft

    def reword(self, drafts: list[Draft]) -> list[Draft]:
        """The drafts as a language model words them, where one is named; its cost is said first."""
        if self.rewriter is None or not drafts:
            return drafts
        from cardiogram.improve import estimate_rewriting, rewrite_drafts

        estimate = {self.rewriter.id: estimate_rewriting(drafts, self.rewriter)}
        click.echo(terminal.render_estimates(estimate, self.rewriter.budget), err=True, nl=False)
        with progress_bars() as on_progress:
            drafts = rewrite_drafts(drafts, self.rewriter, on_progress=on_progress)
        problems = [d.rewriting.problem for d in drafts if d.rewriting and d.rewriting.problem]
        self.lacking = self.lacking or bool(problems)
        for problem in dict.fromkeys(problems):
            cards = f" ({problems.count(problem)} cards)" * (len(problems) > 1)
            click.echo(f"not reworded{cards}: {terminal.one_line(problem)}", err=True)
        return drafts

    def draft_again(self, target: str) -> Draft:
        """The same as before on a head that moved; what a model said of it is not asked again."""
        from cardiogram.improve import rewrite_draft

        draft = self.draft_one(target)
        return rewrite_draft(draft, self.rewriter) if self.rewriter else draft

    def write_form(self, path: Path, drafts: list[Draft]) -> None:
        """Write what is asked of the first card, and what was answered."""
        from cardiogram.improve import write_form

        for draft in drafts[:1]:
            write_form(path, draft.questions, self.answers)
            click.echo(f"wrote {path}: fill it in, and run this again", err=True)

    def offer_to_keep(self, drafts: list[Draft], answers_file: Path | None) -> bool:
        """Ask whether to write the card, or else the answers: they would be lost."""
        from cardiogram.improve import write_form

        if any(_wants_to_write(draft) for draft in drafts):
            return True
        for draft in drafts if self.answers.texts and not answers_file else ():
            path = Path(f"{draft.id.rpartition('/')[2] or 'README'}.answers.yaml")
            if not path.exists() and agrees(f"Keep your answers in {path}?"):
                write_form(path, draft.questions, self.answers)
                click.echo(f"wrote {path}: --answers {path} takes them up", err=True)
        return False

    def save(self, drafts: list[Draft], out: Path | None) -> None:
        """Write every draft, and say where."""
        from cardiogram.improve import save_draft

        for draft in drafts:
            written = save_draft(draft, out)
            for path in written:
                click.echo(f"wrote {path}", err=True)
            if not written:
                click.echo(f"{draft.target}: nothing to write", err=True)
            elif out is None and len(drafts) == 1:
                name, program = terminal.quote_name(draft.target), look_of("text", False).program
                click.echo(f"next: {program} verify {name}", err=True)

    def draft_one(self, target: str) -> Draft:
        """The draft of one card."""
        from cardiogram.improve import improve

        draft = improve(
            target,
            id=self.id,
            session=self.session,
            answers=self.answers,
            audience=self.audience,
            todo=self.todo,
            clear_template=self.clear_template,
            restored=self._restored(target) if self.restore else None,
        )
        self.lacking = self.lacking or bool(draft.unused)
        return draft

    def remark(self, drafts: list[Draft], form: str) -> None:
        """Say on stderr what a screen or a diff has no line for."""
        if form == "text":
            self.offer(drafts)
        for draft in drafts if form == "diff" else ():
            for problem in draft.unused:
                click.echo(f"{draft.target}: {terminal.one_line(problem)}", err=True)

    def offer(self, drafts: list[Draft]) -> None:
        """Say of one card that an earlier one, by a person, could come back."""
        from cardiogram.improve import is_handwritten

        (draft,) = drafts if len(drafts) == 1 else (None,)
        if draft is None or self.restore or is_handwritten(draft.before):
            return
        with contextlib.suppress(CardiogramError):  # an offer, and no more
            written = self._handwritten(draft.target)
            if written is not None:
                said = f"A generated card took the place of one by a person ({written.day})"
                click.echo(f"{said}: --restore goes on from that", err=True)

    def _handwritten(self, target: str) -> Handwritten | None:
        """The last card that a person wrote and a generator's took the place of."""
        from cardiogram.improve import find_handwritten
        from cardiogram.repository import open_repository

        return find_handwritten(open_repository(target, self.session))

    def _restored(self, target: str) -> Handwritten:
        """The card to go on from, which must be there."""
        written = self._handwritten(target)
        if written is None:
            raise ConfigError(
                f"{target!r} has no card that a person wrote and a generator's took the place of",
                hint=f"cardiogram improve {target}",
            )
        return written

    def _cards(self, target: str) -> Iterator[Draft]:
        """Drafts of an owner's models; any other target is one card."""
        from cardiogram.check import is_owner
        from cardiogram.errors import CardNotFound

        try:
            yield self.draft_one(target)
        except CardNotFound:
            if not is_owner(target):
                raise
            from cardiogram.improve import draft_owner

            with progress_bars() as on_progress:
                drafts, errors = draft_owner(
                    target, self.draft_one, self.session, on_progress=on_progress
                )
            if not drafts and not errors:
                raise
            for error in errors:
                self.failed = True
                click.echo(f"cardiogram: {error.message}", err=True)
            yield from drafts


def _is_new(question: Question, seen: set[str]) -> bool:
    return question.contradiction is not None and question.id not in seen


def _refusals_of(draft: Draft) -> Callable[[Question, str], str]:
    """Why answers to the questions of a draft are not taken."""
    from cardiogram.improve import explain_refusal, view_card

    if draft.repository is None:
        return lambda question, text: ""
    return partial(explain_refusal, view_card(draft.repository, draft.after, facts=draft.facts))


def _wants_to_write(draft: Draft) -> bool:
    """Ask whether the card is to be edited in its place."""
    if not (draft.path and (draft.changes or draft.restored)):
        return False
    return agrees(f"Write {draft.path}?")


def _today() -> str:
    import datetime

    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()
