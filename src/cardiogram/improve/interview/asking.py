"""Questions that only the author can answer, those first that help readers most."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import NamedTuple

from cardiogram.cards import Block, is_placeholder, topics_of
from cardiogram.errors import CardiogramError
from cardiogram.improve.draft import Audience, Question, Sentence
from cardiogram.improve.interview.answers_file import is_no_answer
from cardiogram.improve.interview.plain_text import fence_code, plain_lines
from cardiogram.improve.view import README, DraftView
from cardiogram.judge.expectations import EXPECTATIONS, Gap
from cardiogram.lazy import regex
from cardiogram.names import DATA
from cardiogram.repository import Contradiction
from cardiogram.repository.facts import Files

_NUMBERS = 3
_ENDS = (".", "!", "?", ":", "…")
"""How sentences end."""
_NAME = regex(r"[\w.-]{2,96}(?:/[\w.-]{1,96})?")
_PEFT_TASKS = {
    "CAUSAL_LM": "text-generation",
    "SEQ_2_SEQ_LM": "translation",
    "SEQ_CLS": "text-classification",
    "TOKEN_CLS": "token-classification",
    "QUESTION_ANS": "question-answering",
    "FEATURE_EXTRACTION": "feature-extraction",
}
"""A task of the Hub that may be meant by PEFT's word, which is of the kind of model: one that reads
pictures is CAUSAL_LM, too."""
_LIKE = "text-classification"
_LEAST = 0.02
"""Gain of a question that is worth an author's time."""
_WHOLE: Mapping[str, str] = {
    "identity": "purpose",
    "intended": "intended-use",
    "data": "training-data",
    "training": "training-settings",
    "evaluation": "results",
    "limitations": "limitations",
}
"""The question that a section of each topic answers before all others."""
_LITTLE = 3.0
"""A criterion rated below has too little of what a section left unfilled would say."""
_WEIGHTS: Mapping[Audience, Mapping[str, float]] = {
    "user": {},
    "reproducer": {"training": 4, "data": 3, "evaluation": 2},
    "risk": {"limitations": 4, "data": 2, "evaluation": 1.5},
    "newcomer": {"identity": 4, "usage": 4},
}
"""What an audience looks for, by criterion: gains are multiplied with it."""


class Wanted(NamedTuple):
    """A thing to ask for; its words are data (data/improve/questions.json).

    Attributes
    ----------
    gap
        Key of the expectation that its answer meets.
    topic
        Of the section where an answer goes; "" where it is a value of the metadata.
    key
        The metadata key, where its answer is a value there.
    label
        What stands before an answer that is no sentence, in English.
    """

    id: str
    gap: str
    ask: str
    why: str
    topic: str = ""
    key: str = ""
    label: str = ""


@cache
def wanted() -> dict[str, Wanted]:
    """All that authors are asked for, by id."""
    entries = json.loads((DATA / "improve" / "questions.json").read_text("utf-8"))
    return {id: Wanted(id, **entry) for id, entry in entries.items()}


def find_questions(
    view: DraftView,
    from_repairs: Iterable[Question] = (),
    answered: Iterable[str] = (),
    audience: Audience = "user",
) -> tuple[Question, ...]:
    """What is still to be asked of a card as it is now, the most worth asking first.

    Parameters
    ----------
    from_repairs
        Questions that repairs left, of this card.
    answered
        Ids that are not asked again.
    """
    gains = {gap.key: gap for gap in view.gaps}
    questions = {each.id: _with_gain(each, gains) for each in from_repairs}
    settled = [each.contradiction for each in questions.values() if each.contradiction]
    for question in _contradicted(view, settled):
        questions.setdefault(question.id, question)
    if "base-model-contradicted" in questions:
        questions.pop("base-model", None)  # it is the same, and says which one the Hub lacks
    unfilled = dict(_unfilled(view))
    for each in map(partial(_what_lacks, view), wanted().values()):
        gap = gains.get(each.gap)
        asked = each.id in unfilled or has_todo(view, each.ask)
        if asked or (gap is not None and _is_worth(gap) and not _is_labelled(view, each)):
            criterion = gap.criterion if gap else unfilled.get(each.id, "")
            question = Question(each.id, each.ask, each.why, criterion)
            questions.setdefault(each.id, _with_gain(question, gains))
    left = [each for id, each in questions.items() if id not in set(answered)]
    return tuple(sorted(left, key=lambda each: _rank(each, audience)))


def _is_labelled(view: DraftView, known: Wanted) -> bool:
    """Whether the card has an answer behind the label that it would get."""
    start = f"{known.label}: "
    said = (block.text for block in view.card.document.blocks if known.label)
    return any(text.startswith(start) and not _is_empty(text[len(start) :]) for text in said)


def _is_empty(text: str) -> bool:
    return is_placeholder(text) or is_no_answer(text)


def _unfilled(view: DraftView) -> Iterator[tuple[str, str]]:
    """Questions of sections that hold only a placeholder, with the criterion that is poor in it."""
    gap_of = {known.gap: known.id for known in wanted().values()}
    criteria = {gap_of[e.key]: e.criterion for e in EXPECTATIONS if e.key in gap_of}
    for section in view.sections:
        if section.heading and section.blocks and all(map(_is_left, section.blocks)):
            for topic in topics_of(section.heading.text) & _WHOLE.keys():
                id = _WHOLE[topic]
                if view.rating.scores[criteria[id]].expected < _LITTLE:
                    yield id, criteria[id]


def _is_left(block: Block) -> bool:
    return block.kind == "paragraph" and is_placeholder(block.text)


def _what_lacks(view: DraftView, known: Wanted) -> Wanted:
    """A question without what files or the card say already."""
    if known.id == "hardware" and view.facts.named("training_seconds"):
        return known._replace(ask="On what hardware was it trained?")
    if known.id == "training-data":
        ids = dict.fromkeys(str(fact.value) for fact in view.facts.named("dataset"))
        asked = {
            str(each.statement.value) for each in view.contradictions if each.kind == "dataset"
        }
        named = ", ".join(id for id in ids if _NAME.fullmatch(id) and id not in asked)
        if named:
            return known._replace(ask=f"{named}: whose data is it, from where, how much was used?")
    if known.id in ("base-model", "task"):
        return _with_named(view, known)
    return _with_numbers(view, known)


def _with_named(view: DraftView, known: Wanted) -> Wanted:
    """A question for an id that says what a file names, which alone does not prove it."""
    for fact in view.facts.named(known.key if known.id == "base-model" else "task"):
        places = [s for s in fact.sources if s.path not in ("", README) and not s.repo]
        value = str(fact.value)
        like = _PEFT_TASKS.get(value, "")
        if places and _NAME.fullmatch(value) and (like or known.id == "base-model"):
            ask = f"{places[0].path} names {value}. {known.ask}"
            return known._replace(ask=ask.replace(_LIKE, like) if like else ask)
    missing = _missing_base(view) if known.id == "base-model" else ""
    return known._replace(ask=f"{missing} {known.ask}") if missing else known


def _missing_base(view: DraftView) -> str:
    """What an adapter says of its base model where the Hub shows no such model."""
    path = "adapter_config.json"
    id = Files(view.repository, view.card).value(path, "base_model_name_or_path")
    if not isinstance(id, str) or "/" not in id or not _NAME.fullmatch(id):
        return ""
    try:
        is_missing = view.repository.other(id) is None
    except CardiogramError:
        return ""
    return f"{path} names {id}, which the Hub does not show." if is_missing else ""


def _with_numbers(view: DraftView, known: Wanted) -> Wanted:
    """A question on results that names those of files, whose data no file names."""
    facts = [
        fact
        for fact in view.facts.named("metric")
        if "," not in fact.about and fact.note and not fact.sources[0].is_own_word
        and isinstance(fact.value, int | float)
    ]  # fmt: skip
    if known.id != "results" or not facts:
        return known
    numbers = ", ".join(f"{fact.about} {fact.value:.4g}" for fact in facts[:_NUMBERS])
    path = facts[0].sources[0].path
    return known._replace(
        ask=f"{path} gives {numbers}, and no file says of what: "
        "on which data set and split was it measured?"
    )


def answer_lines(id: str, text: str, language: str, below: str = "") -> tuple[str, ...]:
    r"""An answer as it stands in a card.

    Code is fenced; what is no sentence is labelled, unless the card is in another language than
    English.

    Parameters
    ----------
    below
        The heading that it stands below: a label does not repeat it.

    Examples
    --------
    >>> answer_lines("hardware", "One NVIDIA T4 on Colab", "en")
    ('**Hardware:** One NVIDIA T4 on Colab',)
    >>> answer_lines("hardware", "It was one NVIDIA T4.", "en")
    ('It was one NVIDIA T4.',)
    >>> answer_lines("intended-use", "- Sorting mail", "en", "Intended uses & limitations")
    ('Intended use:', '', '- Sorting mail')
    >>> answer_lines("how-to-use", "import otter\notter.run()", "en")
    ('```python', 'import otter', 'otter.run()', '```')
    """
    lines, known = plain_lines(fence_code(text)), wanted().get(id)
    label = known.label if known and language in ("en", "") else ""
    if known is None or not label or lines[0].endswith(_ENDS):
        return lines
    heading = below.partition("[")[0].strip(" :").casefold()
    if len(lines) == 1 and lines[0][:1].isalnum():
        return lines if label.casefold() == heading else (f"**{label}:** {lines[0]}",)
    tells = known.topic != "usage" or label.casefold() in heading
    told = tells and topics_of(heading) == {known.topic}
    return lines if told else (f"{label}:", "", *lines)


def standing_lines(id: str, text: str, view: DraftView) -> tuple[str, ...]:
    """An answer as it stands in a card already; with its label where it does not."""
    present = {line.strip() for line in view.readme.text.splitlines()}
    label = wanted()[id].label if id in wanted() else ""
    forms = [answer_lines(id, text, view.language, below) for below in ("", label)]
    return next((lines for lines in forms if {line.strip() for line in lines} <= present), forms[0])


def answer_sentences(id: str, lines: Iterable[str]) -> tuple[Sentence, ...]:
    """The lines of an answer that are its author's words: no fence of code is, and no label."""
    label = f"{wanted()[id].label}:" if id in wanted() else ""
    return tuple(
        Sentence(line.strip(), answered=id)
        for line in lines
        if line.strip() not in ("", label) and not line.lstrip().startswith(("```", "~~~"))
    )


def todo_line(words: str) -> str:
    """The line that stands in a card for what is not answered yet."""
    return f"**TODO:** {words}"


def has_todo(view: DraftView, words: str) -> bool:
    """Whether the card has the line of an unanswered question."""
    return todo_line(words) in view.readme.text


def name_of(contradiction: Contradiction, number: int = 1) -> str:
    """Id of the question that settles a contradiction."""
    tail = f"-{number}" if number > 1 else ""
    return f"{contradiction.kind.replace('_', '-')}-contradicted{tail}"


def _rank(question: Question, audience: Audience) -> tuple[object, ...]:
    weight = _WEIGHTS[audience].get(question.criterion, 1.0)
    cost = weight * (question.gain + question.criterion_gain / 8)
    return not question.contradiction, -cost, question.id


def _is_worth(gap: Gap) -> bool:
    return gap.gain >= _LEAST


def _with_gain(question: Question, gains: Mapping[str, Gap]) -> Question:
    known = wanted().get(question.id)
    gap = gains.get(known.gap) if known else None
    if gap is None:
        return question
    return replace(
        question,
        gain=gap.gain,
        criterion_gain=gap.criterion_gain,
        criterion=question.criterion or gap.criterion,
    )


def _contradicted(view: DraftView, settled: list[Contradiction]) -> Iterator[Question]:
    """A question for each contradiction that the card has and no other question settles."""
    count: dict[str, int] = {}
    for each in view.contradictions:
        if any(_same(each, other) for other in settled):
            continue
        number = count[each.kind] = count.get(each.kind, 0) + 1
        yield Question(
            name_of(each, number),
            f"What is true? {each.why}",
            "A reader who finds one thing wrong trusts nothing else.",
            "metadata" if each.statement.pointer else "",
            contradiction=each,
        )


def _same(contradiction: Contradiction, other: Contradiction) -> bool:
    mine, theirs = contradiction.statement, other.statement
    return (contradiction.kind, mine.line, mine.value) == (other.kind, theirs.line, theirs.value)
