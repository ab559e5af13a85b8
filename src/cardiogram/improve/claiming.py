"""What a draft claims: what files prove of it, and what its author answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from cardiogram.cards import parse_card
from cardiogram.errors import CardiogramError
from cardiogram.improve.draft import Draft, DraftChange, Sentence
from cardiogram.improve.interview import Answers, answer_sentences, standing_lines, wanted
from cardiogram.improve.view import README, DraftView
from cardiogram.repository import Claim, Fact, FactSource, Repository
from cardiogram.repository.access import withhold
from cardiogram.repository.proof import (
    PROOF,
    AnchoredText,
    Proof,
    QuoteSelector,
    prove,
    read_proof,
    write_proof,
)

_LONGEST = 4000


def make_claims(
    view: DraftView,
    changes: Sequence[DraftChange],
    answers: Answers,
    before: Sequence[Claim] = (),
) -> tuple[Claim, ...]:
    """Claims for the sentences of a card as it is after these changes.

    Parameters
    ----------
    before
        Claims of the same card with other changes: kept where their words still stand.
    """
    text = AnchoredText(view.card)
    made = [*prove(view.card, view.facts, view.contradictions), *_kept(text, view)]
    for claim in before:
        if (anchor := next(text.find(claim.quote), None)) is not None:
            made.append(replace(claim, quote=text.select(anchor)))
    for change in changes:
        for sentence in change.sentences:
            made += _of_sentence(text, sentence, answers, view.facts.repo)
    claims: dict[tuple[object, ...], Claim] = {}
    for claim in made:
        claims.setdefault(_key(claim), claim)
    return tuple(sorted(claims.values(), key=lambda claim: (claim.quote.start, claim.name)))


def proof_beside(repository: Repository) -> Proof | None:
    """The proof that lies beside a card; None where there is none that can be read."""
    try:
        return read_proof(repository.read(PROOF)) if PROOF in repository.files else None
    except CardiogramError:
        return None


def proof_of(draft: Draft) -> bytes:
    """README.proof.json of a draft."""
    card = parse_card(draft.after.encode(), id=draft.id)
    return write_proof(Proof(card.sha256, draft.claims, draft.id, "model", draft.facts.commit))


def _of_sentence(
    text: AnchoredText, sentence: Sentence, answers: Answers, repo: str
) -> Iterator[Claim]:
    quote = _select(text, sentence.text)
    if quote is None or withhold(quote.exact) != quote.exact:
        return
    for fact in sentence.facts:
        sources = _elsewhere(fact, repo)
        if sources:
            yield Claim(quote, fact.name, fact.value, sources, fact.how, fact.unit, fact.about)
    if sentence.answered:
        id = sentence.answered
        yield Claim(
            quote, id, sentence.text, (), "answered", rule=id,
            answered_by=answers.by, answered_at=answers.at,
        )  # fmt: skip


def _elsewhere(fact: Fact, repo: str) -> tuple[FactSource, ...]:
    """The places that prove a fact and are not the card itself."""
    return tuple(s for s in fact.sources if s.path != README or s.repo not in ("", repo))


def _select(text: AnchoredText, words: str) -> QuoteSelector | None:
    if not words.strip() or len(words) > _LONGEST:
        return None
    anchor = next(text.find(QuoteSelector(words)), None)
    return None if anchor is None else text.select(anchor)


def _kept(text: AnchoredText, view: DraftView) -> Iterator[Claim]:
    """What the proof beside the card claims of words that still stand, if files say it as then."""
    proof = proof_beside(view.repository)
    for claim in proof.claims if proof else ():
        anchor = next(text.find(claim.quote), None)
        if anchor is None:
            if claim.how == "answered" and text.find_changed(claim.quote) is not None:
                yield claim  # an answer that was changed stays a changed answer
            continue
        sources = claim.sources
        if claim.how != "answered":
            facts = view.facts.named(claim.name, claim.about)
            fact = next((each for each in facts if str(each.value) == str(claim.value)), None)
            if fact is None:
                continue
            sources = _elsewhere(fact, view.facts.repo)
        yield replace(claim, quote=text.select(anchor), sources=sources)


def answered_before(view: DraftView) -> Iterator[str]:
    """Questions whose answers the proof beside a card has, where these still stand, or changed."""
    text, proof = AnchoredText(view.card), proof_beside(view.repository)
    for claim in proof.claims if proof else ():
        stands = next(text.find(claim.quote), None) or text.find_changed(claim.quote)
        if claim.how == "answered" and stands is not None:
            yield claim.name


def _answered(id: str, text: str, view: DraftView) -> tuple[Sentence, ...]:
    """The lines of an answer, as they stand in a card."""
    known = wanted().get(id)
    if known is not None and known.key:
        return ()
    return answer_sentences(id, standing_lines(id, text, view))


def _key(claim: Claim) -> tuple[object, ...]:
    return claim.quote.start, claim.name, claim.about, str(claim.value)


def standing_answers(answers: Answers, view: DraftView) -> Iterable[DraftChange]:
    """Answers as changes that were made before: their lines may stand in the card already."""
    for id, text in answers.texts.items():
        sentences = _answered(id, text, view)
        yield DraftChange(f"answer:{id}", "answer", "", (), sentences)
