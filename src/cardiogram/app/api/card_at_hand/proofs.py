"""Cards against their files: what the files prove, and which sentences they contradict."""

from __future__ import annotations

from dataclasses import dataclass

from cardiogram.app.api.card_at_hand.at_hand import (
    CardAtHand,
    FactAnswer,
    SourceAnswer,
    show_fact,
    show_sources,
)
from cardiogram.app.api.card_at_hand.opened import OpenedCard, open_card
from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.cards import Card, parse_card
from cardiogram.repository import read_facts
from cardiogram.repository.access import withhold
from cardiogram.repository.proof import (
    PROOF,
    Proof,
    State,
    Verified,
    format_value,
    read_proof,
    verify,
)


@dataclass(frozen=True, slots=True)
class FactsQuestion:
    """Whose files to read."""

    card: CardAtHand


@dataclass(frozen=True, slots=True)
class FactsAnswer:
    """Everything that the files of a repository prove.

    Attributes
    ----------
    repo
        OWNER/NAME; "" where a folder has none.
    commit
        That was read; "" for a folder.
    problems
        What could not be read, a sentence each.
    """

    repo: str
    commit: str
    facts: tuple[FactAnswer, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerifyQuestion:
    """The card to verify against its files."""

    card: CardAtHand


@dataclass(frozen=True, slots=True)
class SentenceAnswer:
    """What the files say of one sentence.

    Attributes
    ----------
    line
        Where it stands, from 1; 0 where it stands there no more.
    why
        What decides the state; "" where it holds.
    value
        What the files say, for reading; "" for nothing.
    rule
        Of the contradiction; "" where there is none.
    """

    state: State
    name: str
    about: str
    line: int
    sentence: str
    why: str
    value: str
    rule: str
    sources: tuple[SourceAnswer, ...]


@dataclass(frozen=True, slots=True)
class VerifyAnswer:
    """A card and what the files say of its sentences.

    Attributes
    ----------
    sentences
        The worst first, then by line.
    problems
        What could not be read, a sentence each.
    """

    repo: str
    commit: str
    sentences: tuple[SentenceAnswer, ...]
    problems: tuple[str, ...]


def find_facts(app: App, question: FactsQuestion) -> FactsAnswer:
    """Read what the files of a repository prove."""
    opened, card = _open(app, question.card)
    facts = read_facts(opened.repository, card)
    endpoint = app.endpoint
    shown = (show_fact(fact, facts.repo, endpoint) for fact in facts.facts)
    return FactsAnswer(withhold(facts.repo), facts.commit, tuple(shown), facts.problems)


def verify_card(app: App, question: VerifyQuestion) -> VerifyAnswer:
    """Compare the sentences of a card with the files of its repository."""
    opened, card = _open(app, question.card)
    verified = verify(card, opened.repository, _proof_beside(opened))
    repo, endpoint = verified.repo, app.endpoint
    sentences = (_sentence(each, repo, endpoint) for each in verified.sentences)
    return VerifyAnswer(
        withhold(repo), verified.commit, tuple(sentences), tuple(withhold(verified.problems))
    )


def _open(app: App, at_hand: CardAtHand) -> tuple[OpenedCard, Card]:
    opened = open_card(app, at_hand)
    data = opened.raw if at_hand.text is None else opened.edited(at_hand.text).encode()
    return opened, parse_card(data, id=opened.repository.id)


def _proof_beside(opened: OpenedCard) -> Proof | None:
    path = PROOF if opened.file is None else f"{opened.file.stem}.proof.json"
    files = opened.repository.files
    return read_proof(opened.repository.read(path)) if path in files else None


def _sentence(each: Verified, repo: str, endpoint: str) -> SentenceAnswer:
    return SentenceAnswer(
        state=each.state,
        name=each.name,
        about=withhold(each.about),
        line=each.line,
        sentence=each.sentence,
        why=withhold(each.why),
        value=format_value(each.value, 200) if each.sources else "",
        rule=each.rule,
        sources=show_sources(each.sources, repo, endpoint),
    )


PROOF_ENDPOINTS = (
    Endpoint("POST", "/api/facts", find_facts, "Read what files prove", public=True, heavy=True),
    Endpoint(
        "POST", "/api/verify", verify_card, "Verify a card by its files", public=True, heavy=True
    ),
)
