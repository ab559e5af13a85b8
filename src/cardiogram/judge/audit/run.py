"""A whole audit: cards drawn and changed, a model asked once about all, effects measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cardiogram.cards import Card
from cardiogram.collect import draw_cards, read_cards
from cardiogram.judge.audit.effects import Audit, audit
from cardiogram.judge.audit.preference import find_written, measure_preference
from cardiogram.judge.audit.probes import Probe, probes
from cardiogram.judge.gold import training_set_of
from cardiogram.judge.llm import InItsName, LLMJudge, Terms, answers_folder, ask_kept, show
from cardiogram.judge.rating import Judge, Rating
from cardiogram.text import sha256


@dataclass(frozen=True, slots=True)
class Plan:
    """What an audit looks at.

    Attributes
    ----------
    source
        A study folder, or a file or folder of cards.
    sample
        Cards to change, drawn by seed.
    gold, gold_judge, written_by, family
        For self-preference: what cards are worth, who wrote them, and whose the judge may prefer;
        see :func:`~cardiogram.judge.audit.preference.find_written`.
    answers
        Folder for a language model's answers; by default that of the study.
    draws, seed
        Of the author-cluster bootstrap.
    named
        The judge as it was asked for: with its folder, where it is one's own.
    """

    source: Path
    sample: int = 100
    gold: Path | None = None
    gold_judge: str | None = None
    written_by: Path | None = None
    family: str = ""
    answers: Path | None = None
    draws: int = 1000
    seed: int = 0
    named: str = ""


def run_audit(judge: Judge, plan: Plan, terms: Terms | None = None) -> Audit:
    """Audit a judge; a language model with an estimate first, and with answers that are kept.

    A second run asks for nothing that was answered, and a card that was rated in its study has its
    answer already.

    Parameters
    ----------
    terms
        Of a language model: budget, way of asking, who is told.

    Raises
    ------
    JudgeError
        The budget or the provider left cards without an answer.
    DataError
        There are no cards, or the judge rated none of them.
    """
    terms = terms or Terms()
    everything = list(read_cards(plan.source))
    cards = draw_cards(everything, plan.sample, plan.seed, plan.source)
    writing = find_written(
        judge, everything, plan.gold, plan.written_by, plan.family, plan.gold_judge
    )
    written = [item.card for item in writing.cards]
    asked = probes()
    rater, unseen = judge, dict[str, int]()
    if isinstance(judge, LLMJudge):
        changed = list(_changed(cards, asked))
        rater = answered = _ask(
            judge, [*cards, *(card for *_, card in changed), *written], plan, terms
        )
        unseen = answered.count_unseen(changed)
    found = audit(
        rater, cards, asked, draws=plan.draws, seed=plan.seed, on_progress=terms.on_progress
    )
    drawn = {"draws": plan.draws, "seed": plan.seed}
    effects, missing = measure_preference(writing, rater.rate(written), **drawn)
    return replace(
        found,
        effects=(*found.effects, *effects),
        unseen=unseen,
        seen=int(training_set_of(plan.named or judge.id, judge.version).find(cards).sum()),
        unmeasured=tuple(f"self-preference: {why}" for why in missing),
    )


def _changed(cards: Sequence[Card], asked: Sequence[Probe]) -> Iterator[tuple[str, Card, Card]]:
    """Every change of every card: the probe's name, the card, and the card changed."""
    for probe in asked:
        for card in cards:
            if (changed := probe.change(card)) is not None:
                yield probe.name, card, changed


def _ask(judge: LLMJudge, cards: Sequence[Card], plan: Plan, terms: Terms) -> Answered:
    """Ask once about all cards that are shown differently."""
    folder = answers_folder(plan.source, plan.answers)
    found = Answered(judge)
    distinct: dict[str, Card] = {}
    for card in cards:
        distinct.setdefault(found.shown(card), card)
    ratings = ask_kept({judge.id: judge}, list(distinct.values()), folder, terms)[judge.id]
    found.ratings.update(zip(distinct, ratings, strict=True))
    return found


@dataclass(frozen=True, slots=True)
class Answered(InItsName):
    """A language model that was asked: cards that it is shown in the same words share a rating."""

    ratings: dict[str, Rating] = field(default_factory=dict)

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        """The ratings that its answers make."""
        return [self.ratings[self.shown(card)] for card in cards]

    def shown(self, card: Card) -> str:
        """Hash of what the model is shown of a card."""
        shown = show(card, self.judge.max_chars)
        return sha256(f"{shown.metadata}\n\0\n{shown.body}")

    def count_unseen(self, changed: Sequence[tuple[str, Card, Card]]) -> dict[str, int]:
        """Cards on which a change is not shown to the model, by probe."""
        found: dict[str, int] = {}
        for name, before, after in changed:
            if self.shown(before) == self.shown(after):
                found[name] = found.get(name, 0) + 1
        return found
