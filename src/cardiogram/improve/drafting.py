"""From a repository to a draft: repairs, corrections, additions, answers, until nothing is left.

Every step sees the card as the steps before it left it, and all of them are taken again until none
of them finds a change: so a second run on the result changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, get_args

from cardiogram.check import as_target, name_by_folder, refuse_folder_of_many
from cardiogram.errors import CardNotFound, ConfigError
from cardiogram.improve.additions import find_additions, find_unwritten
from cardiogram.improve.claiming import answered_before, make_claims, standing_answers
from cardiogram.improve.corrections import find_corrections
from cardiogram.improve.draft import (
    Audience,
    Draft,
    DraftChange,
    Handwritten,
    Question,
    apply_changes,
)
from cardiogram.improve.editing import ReadmeText
from cardiogram.improve.interview import (
    Answers,
    apply_answers,
    find_questions,
    has_todo,
    leave_todos,
)
from cardiogram.improve.operations import InsertLines, ReplaceLines
from cardiogram.improve.repairs import clear_templates, find_repairs
from cardiogram.improve.sending import with_readme
from cardiogram.improve.settled import Settled, is_of_contradiction
from cardiogram.improve.view import README, DraftView, find_refusals, read_features, view_card
from cardiogram.judge.embedded import EmbeddedJudge, embedded_judge, no_evidence
from cardiogram.repository import Repository, open_folder, open_repository
from cardiogram.repository.access import name_folder

if TYPE_CHECKING:
    from cardiogram.hub import HubSession

Found: TypeAlias = "Iterable[DraftChange | Question]"

LOSS = 0.05
"""What a change may take from the overall rating."""
_ROUNDS, _ATTEMPTS = 4, 4
_LONG = 200_000
"""Characters of a card in which a few lines more or less cost no reader anything."""
_FAULT = "The Hub may refuse this card"
_NAMELESS = "Its id on the Hub is not known: --id OWNER/NAME adds the code that loads it."


def improve(
    target: str | os.PathLike[str] | Repository,
    *,
    id: str = "",
    session: HubSession | None = None,
    answers: Answers | Mapping[str, str] | None = None,
    audience: Audience = "user",
    todo: bool = False,
    clear_template: bool = False,
    restored: Handwritten | None = None,
    readme: ReadmeText | None = None,
    leave: Collection[str] = (),
    judge: EmbeddedJudge | None = None,
) -> Draft:
    """Draft a better card.

    Parameters
    ----------
    target
        An id or address on the Hub, a folder, a README.md in one, or a repository.
    id
        The model's id on the Hub, where the target is a folder or file that does not say it;
        ``OWNER/*`` is the name of the folder.
    session
        Where the Hub is asked; without one a folder is all that is looked at.
    answers
        What the author said, by the ids of the questions.
    audience
        Who is to read the card: what they look for is added and asked first.
    todo
        Leave a visible line for each question that is not answered.
    clear_template
        Take away what a template left and nobody filled, with the template's headings.
    restored
        The earlier card to go on from in the place of the present one.
    readme
        The card as its author has it now, in the place of the one that lies there.
    leave
        Ids of changes that are left alone: the draft is made without them.

    Raises
    ------
    ConfigError
        The target names nothing.
    CardNotFound
        There is no README and no other file, and nothing is answered.
    CardiogramError
        The README cannot be read or is no text.
    """
    if isinstance(target, (str, os.PathLike)) or not hasattr(target, "files"):
        target = as_target(target)
    if audience not in (known := get_args(Audience)):
        raise ConfigError(f"no audience {audience!r}", hint=f"Use one of: {', '.join(known)}.")
    repository, raw, path = _open(target, id, session)
    said = (answers if isinstance(answers, Answers) else Answers(answers or {})).given()
    present = ReadmeText.of(raw, path or README)
    readme = restored.readme if restored else readme or present
    if readme != present:
        repository = with_readme(repository, readme)
    judge = judge or embedded_judge()
    keeps = Settled.of(repository).keeps
    name = target if isinstance(target, str) else repository.id
    if not (readme.text.strip() or repository.files.keys() - {README} or said.texts):
        raise CardNotFound(
            f"no card in {name!r}, and no file that one could be written of",
            hint="Give a folder with the model's files, or with a README.md.",
        )
    first = view_card(repository, readme, judge, keeps=keeps)
    banned: set[str] = set()
    for _ in range(_ATTEMPTS):
        work = _Work(
            first, judge, said, frozenset(banned), frozenset(leave), clear_template, audience
        )
        unstable = work.run()
        if not unstable:
            break
        banned |= unstable
    return replace(work.finish(name, path, todo=todo), restored=restored, present=present)


def _open(
    target: str | Repository, id: str, session: HubSession | None
) -> tuple[Repository, bytes, str]:
    """The repository, its README, and where that lies."""
    path = ""
    if not isinstance(target, str):
        repository = target
    elif target and os.path.isfile(target):
        file = Path(target)
        id = name_by_folder(id, file) or name_folder(file.parent, file.stem).id
        repository = open_folder(file.parent, session, id=id)
        try:
            return repository, file.read_bytes(), target
        except OSError as error:
            raise ConfigError(f"cannot read {target!r}: {error.strerror}") from error
    elif target and os.path.isdir(target):
        path = str(Path(target) / README)
        id = name_by_folder(id, Path(path))
        refuse_folder_of_many(target, id)
        repository = open_folder(target, session, id=id)
        if README not in repository.files and os.path.lexists(path):
            raise ConfigError(
                f"{path!r} is no file of this folder",
                hint="A link out of it, a folder or a pipe is left alone: give the file itself.",
            )
    else:
        repository = open_repository(target, session)
    raw = repository.read(README) if README in repository.files else b""
    return repository, raw, path


@dataclass(slots=True)
class _Work:
    """One attempt at a draft, change by change."""

    first: DraftView
    judge: EmbeddedJudge
    answers: Answers
    banned: frozenset[str]
    leave: frozenset[str]
    clear_template: bool
    audience: Audience
    changes: list[DraftChange] = field(default_factory=list)
    left_alone: dict[str, DraftChange] = field(default_factory=dict)
    refused: dict[str, tuple[DraftChange, str]] = field(default_factory=dict)
    open: dict[str, Question] = field(default_factory=dict)
    settled: Settled = field(init=False)
    unused: dict[str, str] = field(default_factory=dict)
    view: DraftView = field(init=False)

    def run(self) -> frozenset[str]:
        """Take all steps until none changes anything; gives the changes that never end."""
        self.view, self.settled = self.first, Settled.of(self.first.repository)
        last: set[str] = set()
        for number in range(_ROUNDS):
            self.open.clear()
            before = len(self.changes)
            if number:
                self._look(self.view.readme, anew=True)
            for find in self._steps():
                self._step(find)
            last = {change.id for change in self.changes[before:]}
            if not last:
                return self._contradicted()
        return frozenset(last)

    def _contradicted(self) -> frozenset[str]:
        """Additions that say what the repository contradicts."""
        new = {c.statement.quote for c in self.view.contradictions} - {""}
        new = {quote for quote in new if quote not in self.first.readme.text}
        return frozenset(
            change.id
            for change in self.changes
            for operation in change.operations
            if change.kind == "section" and isinstance(operation, InsertLines | ReplaceLines)
            if any(quote in line for quote in new for line in operation.lines)
        )

    def finish(self, target: str, path: str, *, todo: bool) -> Draft:
        """The draft, with what is still to be asked."""
        view, first = self.view, self.first
        answered = [id for id in self._given() if id not in self.unused]
        answered += [id for id in answered_before(view) if not is_of_contradiction(id)]
        questions = find_questions(view, self.open.values(), answered, self.audience)
        self.settled.ask(questions)
        questions = tuple(map(self.settled.named, questions))
        made = [
            *self.changes,
            *self.settled.changes,
            *standing_answers(self.answers, view),
        ]
        claims = make_claims(view, made, self.answers)
        after = view.readme
        if todo and not any(has_todo(view, question.ask) for question in questions):
            for question in questions:
                now = view_card(view.repository, after, self.judge, view.facts)
                left = [*leave_todos(now, [question])]
                after, _ = apply_changes(after, left)
                self.changes += left
        refused = (self.unused[id] for id in self.answers.texts if id in self.unused)
        unused = (*self.answers.problems, *refused)
        unwritten = {each[0].id: each for each in find_unwritten(view, self.audience)}
        is_nameless = path and not view.repository.id and "add:code" not in unwritten
        nameless = [_NAMELESS] * bool(is_nameless)
        faults = (f"{_FAULT}: {each.message}" for each in find_refusals(view))
        problems = (*unused, *first.facts.problems, *nameless, *faults)
        downloads = view.repository.info.get("downloads")
        return Draft(
            target=target,
            id=view.repository.id,
            before=first.readme,
            after=after,
            facts=first.facts,
            ratings=(first.rating, view.rating),
            changes=tuple(self.changes),
            questions=questions,
            contradictions=first.contradictions,
            left=view.contradictions,
            refused=tuple((self.refused | unwritten).values()),
            claims=claims,
            problems=tuple(dict.fromkeys(problems)),
            unused=unused,
            path=path,
            readers=downloads if isinstance(downloads, int) else 0,
            repository=view.repository,
            left_alone=tuple(self.left_alone.values()),
            disputed=self.settled.asked,
        )

    def _given(self) -> list[str]:
        """Ids of answers to questions that no contradiction raised."""
        return [id for id in self.answers.texts if not is_of_contradiction(id)]

    def _steps(self) -> tuple[Callable[[DraftView], Found], ...]:
        return (
            _title,
            find_repairs,
            self._corrections,
            partial(find_additions, audience=self.audience),
            *(
                partial(self._answer, id) for id in reversed(list(self.answers.texts))
            ),  # each on top
            *([clear_templates] if self.clear_template else []),
        )

    def _corrections(self, view: DraftView) -> Found:
        stands = {words for words in self.settled.said if words in view.readme.text}
        return find_corrections(view, {*self.answers.texts.values(), *stands})

    def _answer(self, id: str, view: DraftView) -> Found:
        if is_of_contradiction(id):
            question = self.settled.question(view, id)
            kept = self.settled.take(view, id, self.answers.texts[id])
            if kept is not None:
                self.view = kept
            if question is None or kept is not None:
                return ()
            view, asked = replace(view, contradictions=()), [question]
        else:
            asked = list(self.open.values())
        answer = replace(self.answers, texts={id: self.answers.texts[id]})
        made = list(apply_answers(view, answer, asked))
        self.unused.pop(id, None)
        self.unused.update((id, each) for each in made if isinstance(each, str))
        return (each for each in made if not isinstance(each, str))

    def _step(self, find: Callable[[DraftView], Found]) -> None:
        readme, before = self.view.readme, len(self.changes)
        for each in find(self.view):
            if isinstance(each, Question):
                self.open.setdefault(each.id, each)
            elif not (each.id in self.banned or self._is_left_alone(each)):
                readme = self._take(readme, each)
        if readme != self.view.readme:
            mended = any(c.kind in ("repair", "correction") for c in self.changes[before:])
            self._look(readme, anew=mended)

    def _is_left_alone(self, change: DraftChange) -> bool:
        """Whether it is to be left out; one of several has another number when one is made."""
        same = (each.id for each in self.left_alone.values() if _does_the_same(each, change))
        id = next(same, change.id)
        if id not in self.leave:
            return False
        self.left_alone[id] = replace(change, id=id)
        return True

    def _take(self, readme: ReadmeText, change: DraftChange) -> ReadmeText:
        """Make one change, where it is safe and of use."""
        after, refused = apply_changes(readme, [change])
        reason = refused[0][1] if refused else self._is_no_use(readme, after, change)
        if reason:
            self.refused[change.id] = change, reason
            return readme
        if after == readme:
            return readme
        self.refused.pop(change.id, None)
        self.changes.append(change)
        return after

    def _is_no_use(self, readme: ReadmeText, after: ReadmeText, change: DraftChange) -> str:
        """Why an addition is left out: it costs readers more than it gives them."""
        if change.kind not in ("metadata", "section") or len(readme.text) > _LONG:
            return ""
        is_loss = self._rate(after) < self._rate(readme) - LOSS
        return "it would cost readers more than it gives" if is_loss else ""

    def _rate(self, readme: ReadmeText) -> float:
        read = read_features(readme, self.first.repository.id)
        (rating,) = self.judge.rate_read([read], no_evidence)
        return rating.scores["overall"].expected

    def _look(self, readme: ReadmeText, *, anew: bool = False) -> None:
        facts = None if anew else self.view.facts
        keeps = self.settled.keeps
        self.view = view_card(self.first.repository, readme, self.judge, facts, keeps)


def _does_the_same(change: DraftChange, other: DraftChange) -> bool:
    return change.kind == other.kind and change.operations == other.operations


def _title(view: DraftView) -> Iterator[DraftChange]:
    """A title for a card that says nothing: the name of the model, or of its folder."""
    name = view.facts.repo.rstrip("/").rpartition("/")[2]
    if not view.card.body.strip() and name.isprintable() and name:
        title = InsertLines((f"# {name}",))
        yield DraftChange("add:title", "section", "A title: its name.", (title,), (), "structure")
