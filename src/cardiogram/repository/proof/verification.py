"""Verify a card: its sentences against the files as they are now.

A proof says which sentences to look at, and what was true when it was written. None of its values
is believed, and no file is opened because a proof names it: facts are read anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cardiogram.cards import Card, explain_problem, problem_code
from cardiogram.errors import CardiogramError
from cardiogram.repository.access import Repository
from cardiogram.repository.contradictions import Contradiction, find_contradictions
from cardiogram.repository.fact import Fact, FactSource, RepositoryFacts
from cardiogram.repository.facts import NAMES, read_facts
from cardiogram.repository.proof.against import compare_with
from cardiogram.repository.proof.anchors import Anchor, AnchoredText
from cardiogram.repository.proof.claim import Claim
from cardiogram.repository.proof.layout import cut, format_value, name_place
from cardiogram.repository.proof.proving import facts_named, facts_on, proof_of, prove
from cardiogram.repository.proof.sidecar import Proof
from cardiogram.repository.proof.speaking import agrees, speaks_to, stands_in
from cardiogram.repository.proof.verified import STATES, Verification, Verified
from cardiogram.repository.statements import Statement, find_unread, read_statements

_NO_CLAIMS = frozenset({"repository", "file", "setting", "log"})
"""Kinds of statements that only name a place, or that a tool has written out."""


def verify(
    card: Card,
    repository: Repository,
    proof: Proof | None = None,
    facts: RepositoryFacts | None = None,
    before: Card | None = None,
) -> Verification:
    """Compare the sentences of a card with the files of its repository.

    Parameters
    ----------
    proof
        Claims that were written earlier. Each is looked for by its words, then by what stands
        around it, and read anew; without a proof every sentence is looked at that can be read.
    facts
        What the files prove; read unless given.
    before
        The card as it was: what it did not say must be proven, or answered.
    """
    facts = facts or read_facts(repository, card)
    contradictions = find_contradictions(card, facts, repository)
    work = _Work(card, repository, facts, contradictions)
    claims = proof.claims if proof else ()
    work.assign(claims)
    sentences = [work.verify(claim) for claim in claims]
    sentences += work.unclaimed(contradictions)
    unproven = sorted(work.unproven(), key=lambda each: each.line)
    unread: tuple[int, ...] = ()
    taken_out: tuple[int, ...] = ()
    if before is not None:
        brought = compare_with(before, card, facts, sentences, unproven, [*work.answers()])
        sentences, unproven = brought.sentences, brought.unproven
        unread, taken_out = brought.unread, brought.taken_out
    cut_off = [each for each in card.problems if problem_code(each) == "oversized"]
    problems = [*(f"README.md: {explain_problem(each)}" for each in cut_off), *facts.problems]
    if line := find_unread(card):
        problems.insert(0, f"README.md: too long to be read whole; nothing from line {line} on is")
    if proof is not None:
        problems = [*_other_repository(proof, repository), *work.altered, *problems]
        edited = [sentence for sentence in sentences if sentence.claimed and not sentence.line]
        if claims and len(edited) == len(claims):
            problems.insert(0, "No sentence of the proof stands in this card.")
    sentences.sort(key=lambda each: (STATES.index(each.state), each.line, each.name))
    return Verification(
        facts.repo,
        facts.commit,
        card.sha256,
        tuple(sentences),
        proof,
        tuple(problems),
        tuple(unproven),
        unread,
        taken_out,
    )


def make_proof(
    card: Card,
    repository: Repository,
    before: Proof | None = None,
    facts: RepositoryFacts | None = None,
) -> Proof:
    """A proof of all sentences of a card that files prove.

    Parameters
    ----------
    before
        An earlier proof: where a sentence of it still stands, what its author answered is kept, and
        so is what files still prove of it.
    facts
        What the files prove; read unless given.
    """
    facts = facts or read_facts(repository, card)
    contradictions = [*find_contradictions(card, facts, repository)]
    claims = prove(card, facts, contradictions)
    text = AnchoredText(card)
    doubted = [text.sentence_of(each.statement) for each in contradictions]
    known = {(claim.quote.start, claim.name, claim.about) for claim in claims}
    kept = []
    for claim in before.claims if before else ():
        anchor = next(text.find(claim.quote), None)
        if anchor is None:
            if claim.how == "answered" and text.find_changed(claim.quote) is not None:
                kept.append(claim)  # an answer that was changed stays a changed answer
            continue
        claim = replace(claim, quote=text.select(anchor))
        if claim.how != "answered":
            clear = not any(anchor.start < d.end and d.start < anchor.end for d in doubted)
            fact = _still_proven(claim, facts) if clear else None
            if fact is None or (claim.quote.start, claim.name, claim.about) in known:
                continue
            claim = replace(claim, sources=fact.sources, how=fact.how, unit=fact.unit)
        kept.append(claim)
    return Proof(card.sha256, (*claims, *kept), repository.id, repository.of, repository.commit)


def _still_proven(claim: Claim, facts: RepositoryFacts) -> Fact | None:
    """The fact that proves a claim which no reader of sentences sees by itself."""
    for fact in facts_named(claim.name, claim.about, facts):
        if fact.value == claim.value and stands_in(
            claim.name, fact.value, claim.quote.exact, fact.about
        ):
            return fact
    return None


def _other_repository(proof: Proof, repository: Repository) -> list[str]:
    """What to say where a proof was written for a repository of another name."""
    if not (proof.repo and repository.id) or proof.repo == repository.id:
        return []
    try:
        other = repository.other(proof.repo, proof.of)
    except CardiogramError:
        other = None
    if other is not None and other.id == repository.id:
        return [f"The proof was written when {repository.id} was called {proof.repo}."]
    return [f"The proof was written for {proof.repo}, and this is {repository.id}."]


class _Work:
    """A card read once, for all claims on it."""

    def __init__(
        self,
        card: Card,
        repository: Repository,
        facts: RepositoryFacts,
        contradictions: Sequence[Contradiction],
    ) -> None:
        self.card, self.repository, self.facts = card, repository, facts
        self.text = AnchoredText(card)
        self.read = [(each, self.text.sentence_of(each)) for each in read_statements(card)]
        self.contradicted = {_key(each.statement): each for each in reversed(contradictions)}
        self.seen: set[tuple[object, ...]] = set()
        self.altered: list[str] = []
        self.answered: list[Anchor] = []
        self.owners: dict[tuple[str, str, str, int], Claim] = {}

    def assign(self, claims: Sequence[Claim]) -> None:
        """Give each place of words that several claims have to the one that stood there."""
        words = Counter(claim.quote.exact for claim in claims)
        again = [claim for claim in claims if words[claim.quote.exact] > 1]
        places = [(claim, anchor) for claim in again for anchor in self.text.find(claim.quote)]
        places.sort(key=lambda pair: -self.text.likeness(pair[1], pair[0].quote))
        for claim, anchor in places:
            self.owners.setdefault(_place_of(claim, anchor), claim)

    # Claims --------------------------------------------------------------------------------------

    def verify(self, claim: Claim) -> Verified:
        """One claim of a proof."""
        anchor, statement, edited = self._anchor(claim)
        if anchor is None:
            why = "It was taken out of the card since."
            return Verified("edited", claim.name, 0, claim.quote.exact, why, claimed=True)
        sentence = self.text.text[anchor.start : anchor.end]
        base = Verified(
            "holds", claim.name, anchor.line, sentence, about=claim.about, claimed=True,
            answered=claim.how == "answered",
        )  # fmt: skip
        if claim.how == "answered" and not edited:
            self.answered.append(anchor)
        if edited:
            base = replace(base, state="edited", why=f"It was “{claim.quote.exact}”.")
        if statement is None:
            return self._unread(base, claim)
        self.seen.add(_key(statement))
        if not edited and claim.how != "answered" and not agrees(statement, claim.value):
            self._alter(
                anchor.line, f"the sentence says {statement.value}, the proof {claim.value}"
            )
        if contradiction := self.contradicted.get(_key(statement)):
            return _contradicted(base, contradiction)
        fact = proof_of(statement, self.facts)
        if fact is None:
            on_it = list(facts_on(statement, self.facts))
            return self._unproven(base, claim, on_it, certain=statement.certain)
        return self._proven(base, claim, fact)

    def _anchor(self, claim: Claim) -> tuple[Anchor | None, Statement | None, bool]:
        """Where a claim stands now, what is read there, and whether it was edited."""
        first = None
        for anchor in self.text.find(claim.quote):
            if self.owners.get(_place_of(claim, anchor), claim) is not claim:
                continue  # the same words twice: that place is another claim's
            first = first or anchor
            if statement := self._statement(claim, anchor):
                return anchor, statement, False
        between = self.text.find_edited(claim.quote)
        if first is not None:
            stands = between is None or between.start <= first.start < first.end <= between.end
            if stands or self.text.is_alike(first, claim.quote):
                return first, None, False
        if between is None and claim.how == "answered":
            between = self.text.find_changed(claim.quote)
        if between is None:
            near = self._nearest(claim)
            return (*near, True) if near else (None, None, True)
        return between, self._statement(claim, between), True

    def _statement(self, claim: Claim, anchor: Anchor) -> Statement | None:
        """What the sentence says of the claim's subject: its value where several stand there."""
        there = [
            statement
            for statement, place in self.read
            if speaks_to(claim.name, claim.about, statement)
            and place.start < anchor.end
            and anchor.start < place.end
        ]
        there.sort(key=lambda statement: not agrees(statement, claim.value))
        return there[0] if there else None

    def _nearest(self, claim: Claim) -> tuple[Anchor, Statement] | None:
        """A sentence on the same subject that is much like one that was edited."""
        from difflib import SequenceMatcher

        matcher = SequenceMatcher(None, b=claim.quote.exact, autojunk=False)
        best, likest = None, 0.6
        for statement, anchor in self.read:
            if not speaks_to(claim.name, claim.about, statement):
                continue
            matcher.set_seq1(self.text.text[anchor.start : anchor.end])
            if matcher.real_quick_ratio() > likest and (ratio := matcher.ratio()) > likest:
                best, likest = (anchor, statement), ratio
        return best

    def _unread(self, base: Verified, claim: Claim) -> Verified:
        if base.state == "edited":
            return base
        if claim.how == "answered":
            who = f" by {claim.answered_by}" if claim.answered_by else ""
            return replace(base, why=f"Answered{who}; no file proves it.")
        same = list(facts_named(claim.name, claim.about, self.facts))
        same.sort(key=lambda fact: fact.value != claim.value)
        for fact in same:
            if stands_in(claim.name, fact.value, base.sentence, fact.about):
                return self._proven(base, claim, fact)
        if stands_in(claim.name, claim.value, base.sentence, claim.about):
            return self._unproven(base, claim, same, certain=True)
        subject = NAMES.get(claim.name, claim.name).partition(" (about")[0]
        return replace(base, state="doubtful", why=f"It is not plain that it says: {subject}.")

    def _unproven(
        self, base: Verified, claim: Claim, same: Sequence[Fact], *, certain: bool
    ) -> Verified:
        """A sentence that no fact agrees with, and that no rule contradicts."""
        if claim.how == "answered":
            return self._unread(base, claim)
        for fact in same:
            places = {_place(source) for source in fact.sources}
            if certain and places & {_place(source) for source in claim.sources}:
                why = f"{name_place(fact.sources[0])} says {format_value(fact.value)}."
                return replace(
                    base, state="contradicted", why=why, value=fact.value, sources=fact.sources
                )
        if same:
            fact = same[0]
            why = f"{name_place(fact.sources[0])} says {format_value(fact.value)}."
            return replace(base, state="doubtful", why=why, value=fact.value, sources=fact.sources)
        if base.state == "edited":
            return base
        return self._gone(base, claim)

    def _gone(self, base: Verified, claim: Claim) -> Verified:
        if claim.name == "name" and claim.value == self.facts.repo:  # its own id, wherever it is
            own = FactSource(claim.value, info="/id", commit=self.facts.commit)
            return replace(base, value=claim.value, sources=(own,))
        for source in claim.sources:
            unread = [text for text in self.facts.problems if source.path and source.path in text]
            if unread:
                return replace(base, state="doubtful", why=unread[0])
        for source in claim.sources:
            if source.path and not source.repo and source.path not in self.repository.files:
                return replace(base, state="gone", why=f"{source.path} is not there any more.")
        places = " or ".join(name_place(source) for source in claim.sources[:2])
        return replace(base, state="gone", why=f"Nothing in {places or 'the files'} says it now.")

    def _proven(self, base: Verified, claim: Claim, fact: Fact) -> Verified:
        base = replace(base, value=fact.value, sources=fact.sources)
        now = {_place(source): source for source in fact.sources}
        same = [(now[_place(old)], old) for old in claim.sources if _place(old) in now]
        for new, old in same:
            stands = new.pointer or new.line  # else it is computed, by what may have changed
            if stands and new.digest == old.digest != "" and cut(new.value) != old.value:
                says = f"{name_place(new)} has {format_value(new.value)}"
                self._alter(base.line, f"{says}, the proof {format_value(old.value)}")
        if base.state == "edited":
            subject = claim.name.replace("_", " ")
            return replace(base, why=f"{base.why} The files prove its {subject} now.")
        if claim.how == "answered":
            return base
        if any(not _changed(new.digest, old.digest) for new, old in same):
            return base
        if same:
            why = f"{same[0][0].path or 'Its source'} changed, and says the same of this."
        else:
            why = f"{name_place(fact.sources[0])} proves it now."
        return replace(base, state="moved", why=why)

    def _alter(self, line: int, what: str) -> None:
        self.altered.append(f"The proof was altered (line {line}): {what}.")

    # Sentences without a claim -------------------------------------------------------------------

    def unclaimed(self, contradictions: Sequence[Contradiction]) -> Iterator[Verified]:
        """What the proof has not: all contradictions, and what the files prove."""
        for contradiction in contradictions:
            statement = contradiction.statement
            if _key(statement) not in self.seen:
                self.seen.add(_key(statement))
                anchor = self.text.sentence_of(statement)
                sentence = self.text.text[anchor.start : anchor.end]
                base = Verified("holds", statement.kind, statement.line, sentence)
                yield _contradicted(base, contradiction)
        for statement, anchor in self.read:
            fact = None if _key(statement) in self.seen else proof_of(statement, self.facts)
            if fact is not None and statement.certain:
                sentence = self.text.text[anchor.start : anchor.end]
                yield Verified(
                    "holds", fact.name, statement.line, sentence, "", fact.value, fact.sources,
                    about=fact.about,
                )  # fmt: skip

    def unproven(self) -> Iterator[Statement]:
        """Statements that no file proves, and for which nobody has answered."""
        for statement, place in self.read:
            is_name = statement.about == "code" or statement.place == "title"
            claims = statement.kind not in _NO_CLAIMS and not is_name
            settled = _key(statement) in self.seen or self._is_answered(place)
            if claims and not settled and proof_of(statement, self.facts) is None:
                yield statement

    def answers(self) -> Iterator[Statement]:
        """Statements that answers of the author make."""
        return (statement for statement, place in self.read if self._is_answered(place))

    def _is_answered(self, place: Anchor) -> bool:
        return any(each.start < place.end and place.start < each.end for each in self.answered)


def _contradicted(base: Verified, contradiction: Contradiction) -> Verified:
    sources = contradiction.others
    return replace(
        base,
        state="contradicted" if contradiction.severity == "error" else "doubtful",
        why=contradiction.why,
        value=contradiction.value
        if contradiction.value is not None or not sources
        else sources[0].value,
        sources=sources,
        rule=contradiction.rule,
    )


def _changed(digest: str, before: str) -> bool:
    """Whether two digests are of other bytes; a blob of Git and a hash of bytes do not tell."""
    return digest != before and digest.partition(":")[0] == before.partition(":")[0]


def _place_of(claim: Claim, anchor: Anchor) -> tuple[str, str, str, int]:
    """What a claim says at a place: a sentence may state two values of one name."""
    return claim.name, claim.about, str(claim.value), anchor.start


def _place(source: FactSource) -> tuple[object, ...]:
    return (
        source.repo, source.path, source.pointer, source.header, source.line and source.quote,
        source.counted, source.size, source.info, source.absent,
    )  # fmt: skip


def _key(statement: Statement) -> tuple[object, ...]:
    return statement.kind, statement.line, statement.quote, statement.about
