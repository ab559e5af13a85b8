"""A whole audit: cards drawn and changed, a model asked once about all, effects measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cardiogram.cards import Card
from cardiogram.collect import draw_cards, read_cards
from cardiogram.judge.audit.effects import Audit, audit
from cardiogram.judge.audit.preference import find_attributed, measure_preference
from cardiogram.judge.audit.probes import Probe, list_probes
from cardiogram.judge.gold import training_set_of
from cardiogram.judge.llm import LLMJudge, RunOptions, answers_folder, rate_with_ledgers, show_card
from cardiogram.judge.rating import Judge, Rating
from cardiogram.text import sha256


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """What an audit looks at.

    Attributes
    ----------
    source
        A study folder, or a file or folder of cards.
    sample
        Cards to change, drawn by seed.
    gold, gold_judge, written_by, family
        For self-preference: what cards are worth, who wrote them, and whose the judge may prefer;
        see :func:`~cardiogram.judge.audit.preference.find_attributed`.
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


def run_audit(judge: Judge, options: AuditOptions, run_options: RunOptions | None = None) -> Audit:
    """Audit a judge; a language model with an estimate first, and with answers that are kept.

    A second run asks for nothing that was answered, and a card that was rated in its study has its
    answer already.

    Parameters
    ----------
    run_options
        Of a language model: budget, mode, and what is called with its progress.

    Raises
    ------
    JudgeError
        The budget or the provider left cards without an answer.
    DataError
        There are no cards, or the judge rated none of them.
    """
    run_options = run_options or RunOptions()
    on_progress = run_options.on_progress
    every_card = list(read_cards(options.source))
    cards = draw_cards(every_card, options.sample, options.seed, options.source)
    writing = find_attributed(
        judge, every_card, options.gold, options.written_by, options.family, options.gold_judge
    )
    written = [attributed.card for attributed in writing.cards]
    chosen = list_probes()
    rater, unseen = judge, dict[str, int]()
    if isinstance(judge, LLMJudge):
        changes = list(_change_all(cards, chosen))
        needed = [*cards, *(changed for _, _, changed in changes), *written]
        rater = answered = _ask(judge, needed, options, run_options)
        unseen = answered.count_unseen(changes)
    draws, seed = options.draws, options.seed
    measured = audit(rater, cards, chosen, draws=draws, seed=seed, on_progress=on_progress)
    effects, missing = measure_preference(writing, rater.rate(written), draws=draws, seed=seed)
    return replace(
        measured,
        effects=(*measured.effects, *effects),
        unseen=unseen,
        seen=int(training_set_of(options.named or judge.id, judge.version).find(cards).sum()),
        unmeasured=tuple(f"self-preference: {why}" for why in missing),
    )


def _change_all(cards: Sequence[Card], chosen: Sequence[Probe]) -> Iterator[tuple[str, Card, Card]]:
    """Every change of every card: the probe's name, the card, and the card changed."""
    for probe in chosen:
        for card in cards:
            if (changed := probe.change(card)) is not None:
                yield probe.name, card, changed


def _ask(
    judge: LLMJudge, cards: Sequence[Card], options: AuditOptions, run_options: RunOptions
) -> AnsweredJudge:
    """Ask once about all cards that are shown differently."""
    folder = answers_folder(options.source, options.answers)
    answered = AnsweredJudge(judge.id, judge.version, judge.rubric_version, judge.max_chars)
    distinct: dict[str, Card] = {}
    for card in cards:
        distinct.setdefault(answered.hash_shown(card), card)
    rated = rate_with_ledgers({judge.id: judge}, list(distinct.values()), folder, run_options)
    answered.ratings.update(zip(distinct, rated[judge.id], strict=True))
    return answered


@dataclass(frozen=True, slots=True)
class AnsweredJudge:
    """A language model that was asked: cards that it is shown in the same words share a rating."""

    id: str
    version: str
    rubric_version: str
    max_chars: int
    ratings: dict[str, Rating] = field(default_factory=dict)

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        """The ratings that its answers make."""
        return [self.ratings[self.hash_shown(card)] for card in cards]

    def hash_shown(self, card: Card) -> str:
        """Hash of what the model is shown of a card."""
        text = show_card(card, self.max_chars)
        return sha256(f"{text.metadata}\n\0\n{text.body}")

    def count_unseen(self, changes: Sequence[tuple[str, Card, Card]]) -> dict[str, int]:
        """Cards on which a change is not shown to the model, by probe."""
        return dict(
            Counter(
                probe
                for probe, card, changed in changes
                if self.hash_shown(card) == self.hash_shown(changed)
            )
        )
