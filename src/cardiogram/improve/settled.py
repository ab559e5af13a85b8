"""Contradictions that an author settled: what was answered in this run, and in the proof."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cardiogram.improve.claiming import proof_beside
from cardiogram.improve.corrections import is_kept, line_at
from cardiogram.improve.draft import DraftChange, Question, Sentence, contradiction_key
from cardiogram.improve.interview import find_questions
from cardiogram.improve.view import DraftView
from cardiogram.lazy import regex
from cardiogram.repository import Contradiction, Repository

_ID = regex(r"([a-z-]+)-contradicted(?:-\d+)?")


@dataclass(slots=True)
class Settled:
    """What an author said of contradictions; where they say that the card is right, it is.

    Attributes
    ----------
    words
        Kinds of contradictions, and words of the card that its author stands by.
    used
        Ids of questions that were answered in an earlier run.
    said
        Words of the card that its author answered in an earlier run.
    asked
        The contradictions by the ids under which they were asked for.
    changes
        What was kept in this run: nothing is edited, and a proof says who said so.
    """

    words: list[tuple[str, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    asked: dict[str, Contradiction] = field(default_factory=dict)
    changes: list[DraftChange] = field(default_factory=list)

    @classmethod
    def of(cls, repository: Repository) -> Settled:
        """What the proof beside a card says that its author answered."""
        settled = cls()
        proof = proof_beside(repository)
        for claim in proof.claims if proof else ():
            match = _ID.fullmatch(claim.name)
            if claim.how == "answered":
                settled.said.add(claim.quote.exact)
            if match and claim.how == "answered":
                settled.words.append((match[1].replace("-", "_"), claim.quote.exact))
                settled.used.add(claim.name)
        return settled

    def keeps(self, contradiction: Contradiction) -> bool:
        """Whether the author stands by what the card says there."""
        said = contradiction.statement
        words = said.quote or str(said.value)
        return any(kind == contradiction.kind and words in kept for kind, kept in self.words)

    def ask(self, questions: Iterable[Question]) -> None:
        """Name all contradictions once: a later one keeps its id when an earlier one is gone."""
        for each in questions:
            if each.contradiction and self._id(each.contradiction) is None:
                id, number = each.id, 2
                while id in self.used or id in self.asked:
                    id = re.sub(r"(-contradicted)(?:-\d+)?$", rf"\1-{number}", each.id)
                    number += 1
                self.asked[id] = each.contradiction

    def named(self, question: Question) -> Question:
        """A question by the id under which it was asked first."""
        id = self._id(question.contradiction) if question.contradiction else None
        return question if id is None else replace(question, id=id)

    def question(self, view: DraftView, id: str) -> Question | None:
        """The question of an id, where its contradiction is still there."""
        self.ask(find_questions(view))
        wanted = self.asked.get(id)
        for each in view.contradictions:
            if wanted and contradiction_key(each) == contradiction_key(wanted):
                return Question(id, each.why, "", "", contradiction=each)
        return None

    def take(self, view: DraftView, id: str, text: str) -> DraftView | None:
        """The card as its author stands by it; None where the answer is another than that."""
        question = self.question(view, id) if is_kept(text) else None
        if question is None or question.contradiction is None:
            return None
        kept = question.contradiction
        line = line_at(view, kept.statement.line).strip()
        self.words.append((kept.kind, line))
        sentence = Sentence(line, answered=id)
        self.changes.append(DraftChange(f"answer:{id}", "answer", kept.why, (), (sentence,)))
        others = tuple(each for each in view.contradictions if not self.keeps(each))
        return replace(view, contradictions=others, kept=(*view.kept, kept))

    def _id(self, contradiction: Contradiction) -> str | None:
        key = contradiction_key(contradiction)
        same = (id for id, each in self.asked.items() if contradiction_key(each) == key)
        return next(same, None)


def is_of_contradiction(id: str) -> bool:
    """Whether an answer's id is that of a contradiction."""
    return _ID.fullmatch(id) is not None
