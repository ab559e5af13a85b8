"""From a draft to the same draft in smoother words: two questions a card, and the checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cardiogram.errors import CardiogramError
from cardiogram.improve.draft import Draft, Rewriting
from cardiogram.improve.rewriting.masked_sentences import MaskedSentence, find_sentences
from cardiogram.improve.rewriting.reworded_checks import CardChecks, find_fault
from cardiogram.improve.rewriting.rewriting_prompts import (
    ask_to_check,
    ask_to_reword,
    read_refusals,
    read_texts,
)
from cardiogram.judge.llm import AskedModel, Budget, CostEstimate, ModelQuestion
from cardiogram.progress import Progress, silent

_MOST_FAILURES = 3
_TOKENS = 60
"""Of the answers to both questions on a sentence, about."""


def rewrite_drafts(
    drafts: Sequence[Draft], model: AskedModel, *, on_progress: Progress = silent
) -> list[Draft]:
    """Let a language model smooth the sentences that drafts added, one draft after the other.

    Where it could not be asked several times in a row, the others stay without a question.
    """
    made: list[Draft] = []
    failures = 0
    for draft in drafts:
        if failures < _MOST_FAILURES:
            made.append(rewrite_draft(draft, model))
        else:
            made.append(replace(draft, rewriting=made[-1].rewriting))
        rewriting = made[-1].rewriting
        failures = failures + 1 if rewriting and rewriting.problem else 0
        on_progress("reword", len(made), len(drafts))
    return made


def rewrite_draft(draft: Draft, model: AskedModel) -> Draft:
    """Let a language model smooth the sentences that a draft added.

    Only prose that the draft wrote itself is reworded, and its values stay as they are. A sentence
    in new words counts only where rules, a second question to the model, `verify` and a second run
    of the draft find nothing against it; otherwise the one before stays, with the reason
    (`Draft.rewriting`).

    Returns
    -------
    Draft
        The same without a new word where the model cannot be asked.
    """
    work = _Work.of(draft, model)
    try:
        return work.run(draft)
    except CardiogramError as error:  # of the model, or of the folder of its answers
        hint = f" {error.hint}" if error.hint else ""
        said = Rewriting(model.id, cost_usd=work.cost_usd, problem=f"{error.message}.{hint}")
        return replace(draft, rewriting=said)


def estimate_rewriting(drafts: Sequence[Draft], model: AskedModel) -> CostEstimate:
    """What rewording these drafts will take, where no answers are kept: two questions a card."""
    unpaid = replace(model, budget=Budget(max_calls=0))
    questions, sentences = list[ModelQuestion](), 0
    cards = 0
    for work in (_Work.of(draft, unpaid) for draft in drafts):
        left = work.questions_left()
        questions += left
        cards += bool(left)
        sentences += len(work.sentences) * bool(left)
    estimate = model.estimate(questions, _TOKENS * sentences)
    return replace(estimate, cards=cards)


@dataclass(slots=True)
class _Work:
    """One draft that is being reworded.

    Attributes
    ----------
    sentences
        By their numbers in the questions.
    said
        Those in new words that passed, by the same numbers.
    kept
        Why others stay as they were.
    """

    model: AskedModel
    checks: CardChecks | None = None
    sentences: Mapping[int, MaskedSentence] = field(default_factory=dict)
    said: dict[int, str] = field(default_factory=dict)
    kept: dict[int, str] = field(default_factory=dict)
    cost_usd: float | None = 0.0

    @classmethod
    def of(cls, draft: Draft, model: AskedModel) -> _Work:
        """Read the card of a draft, where it has changes."""
        if draft.repository is None or not draft.changes:
            return cls(model)
        checks = CardChecks(draft, draft.repository)
        return cls(model, checks, dict(enumerate(find_sentences(draft, checks.language), 1)))

    @property
    def language(self) -> str:
        """That of the card."""
        return self.checks.language if self.checks else ""

    def questions_left(self) -> list[ModelQuestion]:
        """What has no answer yet; the second question is about as long as what is known of it."""
        if not self.sentences:
            return []
        try:
            proposed = self._proposed()
            second = ask_to_check(self.sentences, proposed, self.language)
            return [] if not proposed or self.model.has_answer(second) else [second]
        except CardiogramError:
            same = {number: each.text for number, each in self.sentences.items()}
            first = ask_to_reword(self.sentences, self.language)
            return [first, ask_to_check(self.sentences, same, self.language)]

    def run(self, draft: Draft) -> Draft:
        """Ask twice, and take what passes."""
        proposed = self._proposed() if self.sentences else {}
        if proposed:
            answer = self._ask(ask_to_check(self.sentences, proposed, self.language))
            self.kept |= read_refusals(answer, [*proposed])
        for number in (each for each in proposed if each not in self.kept):
            draft = self._take(draft, number, proposed[number])
        before = {number: each.sentence.text for number, each in self.sentences.items()}
        said = Rewriting(
            self.model.id,
            tuple((before[number], text) for number, text in self.said.items()),
            tuple((before[number], self.kept[number]) for number in sorted(self.kept)),
            self.cost_usd,
        )
        return replace(draft, rewriting=said)

    def _proposed(self) -> dict[int, str]:
        """What the model would say instead, where the rules have nothing against it."""
        texts = read_texts(self._ask(ask_to_reword(self.sentences, self.language)))
        proposed = {}
        for number, masked in self.sentences.items():
            text = texts.get(number)
            if isinstance(text, str) and text.strip() == masked.text:
                continue
            if fault := find_fault(masked, text, self.language):
                self.kept[number] = fault
            else:
                proposed[number] = str(text).strip()
        return proposed

    def _ask(self, question: ModelQuestion) -> Mapping[str, object]:
        answer = self.model.ask(question)
        known = self.cost_usd is not None and answer.cost_usd is not None
        self.cost_usd = (self.cost_usd or 0.0) + (answer.cost_usd or 0.0) if known else None
        return answer.answer

    def _take(self, draft: Draft, number: int, text: str) -> Draft:
        """The draft with one sentence more in new words, where the card has nothing against it."""
        assert self.checks is not None
        masked = self.sentences[number]
        said = {**self.said, number: masked.fill(text)}
        tried = self.checks.reword([(self.sentences[n], said[n]) for n in said])
        fault = "another change builds on it"
        if tried is not None:
            fault = self.checks.find_fault(tried, masked, said[number])
        if tried is None or fault:
            self.kept[number] = fault
            return draft
        self.said = said
        return tried.draft
