"""Which sentences of a card the files prove."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cardiogram.cards import Card
from cardiogram.repository.access import withhold
from cardiogram.repository.contradictions import Contradiction
from cardiogram.repository.fact import Fact, FactSource, RepositoryFacts, Value
from cardiogram.repository.proof.anchors import AnchoredText
from cardiogram.repository.proof.claim import Claim
from cardiogram.repository.proof.speaking import agrees, facts_for, speaks_to
from cardiogram.repository.statements import Statement, read_statements

CARD = "README.md"


def prove(
    card: Card, facts: RepositoryFacts, contradictions: Iterable[Contradiction] = ()
) -> tuple[Claim, ...]:
    """Claims for the sentences of a card that facts prove.

    A card is no proof of itself: a fact that stands in its own README alone proves nothing, and a
    sentence that something contradicts is none that is proven.

    Parameters
    ----------
    facts
        Of its repository.
    contradictions
        What is known to be false or in doubt.
    """
    text = AnchoredText(card)
    doubted = [text.sentence_of(contradiction.statement) for contradiction in contradictions]
    claims: dict[tuple[object, ...], Claim] = {}
    for statement in read_statements(card):
        fact = proof_of(statement, facts)
        if fact is None or not statement.certain:
            continue
        anchor = text.sentence_of(statement)
        if any(anchor.start < other.end and other.start < anchor.end for other in doubted):
            continue
        quote = text.select(anchor)
        if withhold(quote.exact) != quote.exact:  # a proof holds no secrets
            continue
        claim = Claim(quote, fact.name, fact.value, fact.sources, fact.how, fact.unit, fact.about)
        claims.setdefault((quote.start, fact.name, fact.about, str(fact.value)), claim)
    return tuple(sorted(claims.values(), key=lambda claim: (claim.quote.start, claim.name)))


def proof_of(statement: Statement, facts: RepositoryFacts) -> Fact | None:
    """The fact that proves a statement: of several within its rounding, the nearest."""
    proofs = [f for f in facts_on(statement, facts) if agrees(statement, f.value)]
    return min(proofs, key=lambda fact: _distance(statement.value, fact.value), default=None)


def _distance(stated: Value, value: Value) -> float:
    """How far a number is from the one that stands there, as a fraction or in per cent."""
    if not isinstance(stated, int | float) or not isinstance(value, int | float):
        return 0.0
    return min(abs(value * scale - stated) for scale in (1.0, 100.0, 0.01))


def facts_on(statement: Statement, facts: RepositoryFacts) -> Iterator[Fact]:
    """Facts on the same subject, with the places that are not the card itself."""
    for name in facts_for(statement.kind):
        for fact in facts_named(name, None, facts):
            if speaks_to(fact.name, fact.about, statement):
                yield fact


def facts_named(name: str, about: str | None, facts: RepositoryFacts) -> Iterator[Fact]:
    """Facts of a name on a subject, with the places that are not the card itself."""
    for fact in facts.named(name, about):
        if sources := tuple(_others(fact.sources, facts.repo)):
            yield replace(fact, sources=sources)


def _others(sources: Iterable[FactSource], repo: str) -> Iterator[FactSource]:
    for source in sources:
        if not source.is_own_word and (source.path != CARD or source.repo != repo or not repo):
            yield source
