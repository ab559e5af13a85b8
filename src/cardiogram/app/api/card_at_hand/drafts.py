"""Better cards: drafts, what is asked, and where they go."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from cardiogram.app.api.card_at_hand.at_hand import (
    MAX_NAME,
    CardAtHand,
    FactAnswer,
    ScoreAnswer,
    SourceAnswer,
    show_fact,
    show_scores,
    show_sources,
)
from cardiogram.app.api.card_at_hand.opened import OpenedCard, open_card
from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.errors import ConfigError, DataError
from cardiogram.improve import (
    Audience,
    Draft,
    DraftChange,
    Sentence,
    improve,
    make_answers,
    may_remove,
    proof_of,
    trace_lines,
)
from cardiogram.report.terminal import what_of
from cardiogram.repository import Contradiction
from cardiogram.repository.proof import format_value
from cardiogram.text import decode, sha256

_MOST_ANSWERS, _MOST_LEFT = 100, 1000
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """The card to make better, and what its author says.

    Attributes
    ----------
    answers
        By the id of the question. Of a contradiction: the true value, `keep` or `remove`.
    by
        Who answers; goes into the proof.
    leave
        Ids of changes that are left alone.
    audience
        Who is to read it: what they look for is added and asked first.
    clear_template
        Whether to take away what a template left and nobody filled.
    """

    card: CardAtHand
    answers: dict[str, str] = field(default_factory=dict)
    by: str = ""
    leave: tuple[str, ...] = ()
    audience: Audience = "user"
    clear_template: bool = False


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """A line of the draft as a diff.

    Attributes
    ----------
    state
        `left`: what a change that is left alone would add.
    change
        Id of the change that made it; "" for a line that was there.
    """

    text: str
    state: Literal["kept", "added", "removed", "left"]
    change: str = ""


@dataclass(frozen=True, slots=True)
class DraftedSentence:
    """One thing that a change says.

    Attributes
    ----------
    text
        A part of what the change adds.
    facts
        What proves it.
    answered
        Id of the question whose answer it is; "" where facts prove it.
    """

    text: str
    facts: tuple[FactAnswer, ...]
    answered: str


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """One edit, which can be accepted or left alone by itself.

    Attributes
    ----------
    what
        What it does, in a few words.
    why
        A sentence for the author.
    criterion
        Where it counts most; "" for none.
    is_left
        Whether it is left alone.
    """

    id: str
    kind: Literal["repair", "correction", "metadata", "section", "answer", "todo"]
    what: str
    why: str
    criterion: str
    sentences: tuple[DraftedSentence, ...]
    is_left: bool


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change that was not made, and the reason."""

    id: str
    why: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """What only the author knows.

    Attributes
    ----------
    ask, why
        The question, and why a reader wants to know.
    gain, criterion_gain
        What an answer would gain overall, and in its criterion.
    is_contradiction
        Whether it asks which side of a contradiction is true.
    """

    id: str
    ask: str
    why: str
    criterion: str
    gain: float
    criterion_gain: float
    is_contradiction: bool


@dataclass(frozen=True, slots=True)
class ContradictionAnswer:
    """Two places that cannot both be true.

    Attributes
    ----------
    question
        Id under which an answer settles it, or did; "" where a change corrects it.
    change
        Id of the change that corrects or settles it; "" for none.
    severity
        `error` where one of both must be false, `warning` for a question.
    line, quote, value
        What the card says and where.
    others
        The other side, the strongest place first.
    may_remove
        Whether `remove` is an answer.
    """

    question: str
    change: str
    rule: str
    kind: str
    severity: Literal["error", "warning"]
    why: str
    line: int
    quote: str
    value: str
    others: tuple[SourceAnswer, ...]
    may_remove: bool


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """A better card, and all that was done and left.

    Attributes
    ----------
    repo, commit
        What was read: OWNER/NAME at a commit; "" where there is none.
    readers
        Downloads in 30 days; 0 where the Hub does not say it.
    text
        The card with the changes.
    sha256
        Of the file with them: names what was shown when it is written.
    lines
        Both cards as one diff.
    before, after
        The nine numbers of both cards.
    changes
        All of them, those that are left alone too.
    questions
        What is still to be answered, the most worth answering first.
    problems
        What could not be read or used, a sentence each.
    unused
        Those of them that are answers which were not taken.
    proof
        README.proof.json of the draft.
    """

    repo: str
    commit: str
    readers: int
    text: str
    sha256: str
    lines: tuple[LineAnswer, ...]
    before: tuple[ScoreAnswer, ...]
    after: tuple[ScoreAnswer, ...]
    changes: tuple[ChangeAnswer, ...]
    refused: tuple[RefusedChange, ...]
    questions: tuple[QuestionAnswer, ...]
    contradictions: tuple[ContradictionAnswer, ...]
    problems: tuple[str, ...]
    unused: tuple[str, ...]
    proof: str


def draft_card(app: App, question: DraftQuestion) -> DraftAnswer:
    """Draft a better card of what the files prove and what its author answers."""
    _, draft = make_shown_draft(app, question)
    return show_draft(draft, app.endpoint)


def make_shown_draft(app: App, question: DraftQuestion) -> tuple[OpenedCard, Draft]:
    """Make the draft of a question, which is the same each time that nothing has changed."""
    if question.card.of != "model":
        raise ConfigError("drafts are made of models' cards")
    if len(question.answers) > _MOST_ANSWERS or len(question.leave) > _MOST_LEFT:
        raise DataError(f"at most {_MOST_ANSWERS} answers and {_MOST_LEFT} changes to leave alone")
    if any(len(name) > MAX_NAME for name in (question.by, *question.answers, *question.leave)):
        raise DataError(f"an id or a name has at most {MAX_NAME} characters")
    opened = open_card(app, question.card)
    said: dict[object, object] = {id: text for id, text in question.answers.items()}
    said["by"] = question.by
    draft = improve(
        opened.repository,
        session=app.others(),
        answers=make_answers(said),
        audience=question.audience,
        clear_template=question.clear_template,
        readme=opened.edited(question.card.text),
        leave=question.leave,
        judge=app.judge,
    )
    return opened, replace(draft, path=str(opened.file or ""))


def show_draft(draft: Draft, endpoint: str) -> DraftAnswer:
    """A draft as it is sent.

    Parameters
    ----------
    endpoint
        The Hub's address, to which places of proof lead.
    """
    changes = [(change, False) for change in draft.changes]
    changes += [(change, True) for change in draft.left_alone]
    repo = draft.facts.repo
    return DraftAnswer(
        repo=draft.id,
        commit=draft.facts.commit,
        readers=draft.readers,
        text=decode(draft.after.text).text,
        sha256=sha256(draft.after.encode()),
        lines=tuple(LineAnswer(line.text, line.state, line.change) for line in trace_lines(draft)),
        before=show_scores(draft.ratings[0]),
        after=show_scores(draft.ratings[1]),
        changes=tuple(
            _change(change, is_left=is_left, repo=repo, endpoint=endpoint)
            for change, is_left in changes
        ),
        refused=tuple(
            RefusedChange(change.id, change.why, reason) for change, reason in draft.refused
        ),
        questions=tuple(
            QuestionAnswer(
                each.id, each.ask, each.why, each.criterion, each.gain, each.criterion_gain,
                each.contradiction is not None,
            )
            for each in draft.questions
        ),
        contradictions=tuple(
            _contradiction(draft, each, endpoint) for each in draft.contradictions
        ),
        problems=draft.problems,
        unused=draft.unused,
        proof=proof_of(draft).decode(),
    )  # fmt: skip


def _change(change: DraftChange, *, is_left: bool, repo: str, endpoint: str) -> ChangeAnswer:
    return ChangeAnswer(
        id=change.id,
        kind=change.kind,
        what=what_of(change),
        why=change.why,
        criterion=change.criterion,
        sentences=tuple(_sentence(each, repo, endpoint) for each in change.sentences),
        is_left=is_left,
    )


def _sentence(sentence: Sentence, repo: str, endpoint: str) -> DraftedSentence:
    facts = tuple(show_fact(fact, repo, endpoint) for fact in sentence.facts)
    return DraftedSentence(sentence.text, facts, sentence.answered)


def _contradiction(draft: Draft, each: Contradiction, endpoint: str) -> ContradictionAnswer:
    said, question = each.statement, draft.question_of(each)
    changes = (change for change in draft.changes if _settles(change, each, question))
    change = next((change.id for change in changes), "")
    places = draft.before.lines()
    line = draft.before.text[slice(*places[said.line - 1])] if 0 < said.line <= len(places) else ""
    return ContradictionAnswer(
        question=question,
        change=change,
        rule=each.rule,
        kind=each.kind,
        severity=each.severity,
        why=each.why,
        line=said.line,
        quote=said.quote,
        value=format_value(said.value, _LONGEST),
        others=show_sources(each.others, draft.facts.repo, endpoint),
        may_remove=may_remove(line),
    )


def _settles(change: DraftChange, contradiction: Contradiction, question: str) -> bool:
    if question and change.id == f"answer:{question}":
        return True
    if change.id == f"repair:{contradiction.kind.replace('_', '-')}":
        return True
    return change.kind == "correction" and change.why == contradiction.why


DRAFT_ENDPOINTS = (
    Endpoint("POST", "/api/improve", draft_card, "Draft a better card", public=True, heavy=True),
)
