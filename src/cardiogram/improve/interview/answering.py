"""An author's answer as a change of the card, in the section that speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from cardiogram.cards import load_vocabulary
from cardiogram.improve.additions import heading_over
from cardiogram.improve.corrections import correct, is_kept, line_at
from cardiogram.improve.draft import DraftChange, Question, Sentence
from cardiogram.improve.interview.answers_file import Answers
from cardiogram.improve.interview.asking import (
    Wanted,
    answer_lines,
    answer_sentences,
    find_questions,
    standing_lines,
    todo_line,
    wanted,
)
from cardiogram.improve.interview.metadata_answers import into_metadata, set_licence
from cardiogram.improve.interview.placing import place_answer
from cardiogram.improve.operations import Operation, ReplaceLines
from cardiogram.improve.view import DraftView
from cardiogram.repository import Contradiction, Value

_TOPICS = {
    "identity": "identity",
    "usage": "usage",
    "data": "data",
    "training": "training",
    "evaluation": "evaluation",
    "limitations": "limitations",
}
"""Section for the answer to a question of a criterion."""


def apply_answers(
    view: DraftView, answers: Answers, from_repairs: Iterable[Question] = ()
) -> Iterator[DraftChange | str]:
    """Changes that put answers into the card as it is now; what is there already is left alone.

    Parameters
    ----------
    from_repairs
        Questions that repairs left, of this card.

    Yields
    ------
    DraftChange or str
        A sentence in the place of an answer that has no place in the card.
    """
    questions = {each.id: each for each in find_questions(view, from_repairs)}
    for id, text in answers.texts.items():
        question, known = questions.get(id), wanted().get(id)
        if question is None and id.partition("-contradicted")[1]:
            continue  # it was settled before
        if question is None and known is None:
            near = get_close_matches(id, [*questions, *wanted()], 1)
            meant = f": do you mean {near[0]!r}?" if near else ", so that its answer is not used."
            yield f"No question has the id {id!r:.60}{meant}"
            continue
        made = _change(view, id, text, question, known)
        if made is not None:
            yield made


def explain_refusal(view: DraftView, question: Question, text: str) -> str:
    """Why an answer to a question is not taken; "" where it is.

    Parameters
    ----------
    view
        The card of which the question is asked.
    """
    asked = replace(view, contradictions=())  # the question may have another id than here
    said = apply_answers(asked, Answers({question.id: text}), [question])
    return next((each for each in said if isinstance(each, str)), "")


def leave_todos(view: DraftView, questions: Sequence[Question]) -> Iterator[DraftChange]:
    """A visible line in the card for each question that is not answered."""
    for question in questions:
        known = wanted().get(question.id)
        line = todo_line(question.ask)
        if question.contradiction or question.place or line in view.readme.text:
            continue
        if known is not None and known.key:
            continue
        topic = _topic(question, known)
        operation = place_answer(view, topic, (line,), question.id) if topic else None
        if operation is not None:
            id = f"todo:{question.id}"
            yield DraftChange(id, "todo", question.ask, (operation,), (), question.criterion)


def _change(
    view: DraftView, id: str, text: str, question: Question | None, known: Wanted | None
) -> DraftChange | str | None:
    if question is not None and question.contradiction:
        return _settle(view, id, text, question.contradiction)
    if known is not None and known.key:
        return into_metadata(view, known, text)
    present = {line.strip() for line in view.readme.text.splitlines()}
    if present.issuperset(line.strip() for line in standing_lines(id, text, view)):
        return None
    topic = _topic(question, known)
    is_placed = question is not None and bool(question.place)
    below = heading_over(view, topic, id) if topic and not is_placed else ""
    lines = answer_lines(id, text, view.language, below)
    operations = _place(view, id, lines, question, known)
    if not operations:
        return f"The answer {id!r} has no place in the card, of which a part is left open."
    sentences = answer_sentences(id, lines)
    criterion = question.criterion if question else ""
    why = question.ask if question else known.ask if known else ""
    return DraftChange(f"answer:{id}", "answer", why, operations, sentences, criterion)


def _place(
    view: DraftView,
    id: str,
    lines: tuple[str, ...],
    question: Question | None,
    known: Wanted | None,
) -> tuple[Operation, ...]:
    ask = question.ask if question else known.ask if known else ""
    if todo_line(ask) in view.readme.text.splitlines():
        return (ReplaceLines((todo_line(ask),), lines),)
    if question is not None and question.place:
        return (ReplaceLines(question.place, lines),)
    topic = _topic(question, known)
    operation = place_answer(view, topic, lines, id) if topic else None
    return () if operation is None else (operation,)


def _topic(question: Question | None, known: Wanted | None) -> str:
    """The section where an answer goes; "" where the question names its place."""
    return known.topic if known else _TOPICS.get(question.criterion if question else "", "")


# Contradictions --------------------------------------------------------------------------------


def _settle(
    view: DraftView, id: str, text: str, contradiction: Contradiction
) -> DraftChange | str | None:
    """The author says which side is true, that the card is right, or that the line may go."""
    if is_kept(text):
        return None
    said = contradiction.statement
    line = line_at(view, said.line)
    answered = Sentence("", answered=id)
    if text.strip().lower() in ("remove", "take it out"):
        if not may_remove(line):
            return f"Line {said.line} is no row or entry of a list: take its words out by hand."
        operation = ReplaceLines((line,))
        return DraftChange(f"answer:{id}", "answer", contradiction.why, (operation,), (), "")
    if contradiction.kind == "licence" and said.pointer == "/license":
        licence = text.strip().lower()
        if licence not in load_vocabulary().licenses:
            return f"The answer {id!r} is no licence of the Hub's list: {text!r:.60}."
        edits = set_licence(view, licence)
        sentence = Sentence(licence, answered=id)
        why = contradiction.why
        return DraftChange(f"answer:{id}", "answer", why, edits, (sentence,), "metadata")
    change = correct(view, contradiction, _value(text, said.value), answered)
    if change is None:
        return f"The answer {id!r} could not be put into line {said.line}: edit it by hand."
    return DraftChange(
        f"answer:{id}", "answer", change.why, change.operations, change.sentences, change.criterion
    )


def may_remove(line: str) -> bool:
    """Whether a line can go by itself: a row of a table, or an entry of a list."""
    return line.lstrip().startswith(("|", "-", "*", "+"))


def _value(text: str, like: Value) -> Value:
    """An answer as a number, where the card has one."""
    if isinstance(like, int | float) and not isinstance(like, bool):
        try:
            return float(text.replace(",", "").replace("_", ""))
        except ValueError:
            return text
    return text.strip()
