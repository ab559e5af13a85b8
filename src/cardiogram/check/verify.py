"""Verify cards: each against the files of its repository, and against the proof beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.cards import Card, parse_card
from cardiogram.check.earlier import read_earlier
from cardiogram.check.targets import (
    Target,
    as_target,
    is_owner,
    name_by_folder,
    only_card,
    read_targets,
)
from cardiogram.errors import CardiogramError, ConfigError
from cardiogram.in_notebook import Shown
from cardiogram.lazy import regex
from cardiogram.names import CardType
from cardiogram.repository import Repository, open_folder, open_repository, read_facts
from cardiogram.repository.proof import (
    PROOF,
    Claim,
    Proof,
    QuoteSelector,
    Verification,
    make_proof,
    read_proof,
    verify as verify_sentences,
    write_proof,
)
from cardiogram.store import write_atomically

if TYPE_CHECKING:
    from cardiogram.hub import HubSession


@dataclass(frozen=True, slots=True)
class VerifiedCard(Shown):
    """A card that was verified.

    Attributes
    ----------
    name
        What to call it: what was asked for, or the path or id that was found for it.
    path
        The file, where there is one.
    """

    name: str
    verification: Verification
    path: str = ""

    def __repr__(self) -> str:
        counts = Counter(sentence.state for sentence in self.verification.sentences)
        said = ", ".join(f"{n} {state}" for state, n in counts.items())
        return f"<VerifiedCard {self.name!r}: {said or 'no sentences'}>"

    @property
    def file(self) -> str:
        """The file that its lines are of."""
        return self.path or f"{self.verification.repo}/README.md"


def verify(
    target: str | PathLike[str],
    *,
    id: str = "",
    session: HubSession | None = None,
    of: CardType = "model",
    data: bytes | str | None = None,
    answers: Mapping[str, str] | None = None,
) -> VerifiedCard:
    """Compare the sentences of one card with the files of its repository.

    Parameters
    ----------
    target
        A README file or a folder with one, or the id of a model on the Hub or its address.
    id
        The model's id, where `target` is not it.
    session
        Where the Hub is asked; without one a folder is all that is looked at.
    of
        Whose card it is.
    data
        The card as it is to be, in the place of the one that lies there: what is new in it must be
        proven, or answered.
    answers
        What the author said, with `data`, by the ids of the questions of a draft.

    Raises
    ------
    ConfigError
        The target is neither a file nor a model's id, or is many cards.
    NoCard
        The file is no card: a picture, a project's README.
    HubError
        The Hub has no such card, or does not give it.
    """
    target = as_target(target, of)
    if data is not None:
        data = data.encode() if isinstance(data, str) else data
        return _verify_planned(target, data, answers or {}, id, session, of)
    return only_card(verify_all(target, id=id, session=session, of=of), target)


def verify_all(
    target: str,
    *,
    id: str = "",
    session: HubSession | None = None,
    of: CardType = "model",
    write: bool = False,
    against: str | None = None,
) -> Iterator[VerifiedCard | CardiogramError]:
    """Verify every card that a target names.

    Parameters
    ----------
    target
        A README file, a folder with one or with cards below it, the id of a model or its address
        on the Hub, or an owner's name.
    id
        The model's id, where the target is a file; ``OWNER/*`` is the name of each card's folder.
    session
        With which base models are read, too; without one a folder is all that is looked at.
    write
        First write the proof beside the card.
    against
        A file or a revision of git: what the card did not say there must be proven, or answered.

    Yields
    ------
    VerifiedCard or CardiogramError
        The error in the place of a card that is one of several and cannot be read.

    Raises
    ------
    ConfigError
        The target names nothing, a proof cannot be written there, or `against` is neither.
    HubError
        The Hub has no such card, or does not give it.
    """
    if Path(target).exists() or is_owner(target):
        for read in read_targets(target, id=id, session=session, of=of):
            try:
                yield (
                    read
                    if isinstance(read, CardiogramError)
                    else _verify(read, session, write, against=against)
                )
            except CardiogramError as error:
                yield error
        return
    repository = open_repository(target, session, of=of)
    card = parse_card(repository.read("README.md"), id=repository.id)
    yield _verify(Target(target, card, of), session, write, repository, against)


def _verify(
    target: Target,
    session: HubSession | None,
    write: bool,
    repository: Repository | None = None,
    against: str | None = None,
) -> VerifiedCard:
    if write and not target.path:
        raise ConfigError(
            f"--write makes a file beside a card, and {target.name!r} is no file",
            hint="Give a README.md, or a folder with one.",
        )
    path = Path(target.path)
    before = None if against is None else _read_before(target, against)
    if repository is None:
        repository = (
            open_folder(path.parent, session, of=target.of, id=target.card.id)
            if target.path
            else open_repository(target.name, session, of=target.of)
        )
    beside = f"{path.stem}.proof.json" if target.path else PROOF
    proof = None
    if beside in repository.files:
        try:
            proof = read_proof(repository.read(beside))
        except CardiogramError:
            if not write:
                raise
    facts = read_facts(repository, target.card)
    if write:
        proof = make_proof(target.card, repository, proof, facts)
        write_atomically(path.with_name(beside), write_proof(proof))
    said = verify_sentences(target.card, repository, proof, facts, before)
    return VerifiedCard(target.name, said, target.path)


def _verify_planned(
    target: str,
    data: bytes,
    answers: Mapping[str, str],
    id: str,
    session: HubSession | None,
    of: CardType,
) -> VerifiedCard:
    """A card that is not written yet, beside the files and the card that are there."""
    folder = Path(target) if Path(target).is_dir() else Path(target).parent
    id = name_by_folder(id, folder / PROOF)
    repository = (
        open_folder(folder, session, of=of, id=id)
        if Path(target).exists()
        else open_repository(target, session, of=of)
    )
    here = [repository.read(path) if path in repository.files else b"" for path in _BOTH]
    before, after = (parse_card(text, id=repository.id) for text in (here[0], data))
    proof = read_proof(here[1]) if here[1] else None
    if answered := tuple(islice(_answered(answers, after.text), _MOST_ANSWERED)):
        proof = proof or Proof(after.sha256, (), repository.id, repository.of, repository.commit)
        proof = replace(proof, claims=(*proof.claims, *answered))
    facts = read_facts(repository, after)
    return VerifiedCard(target, verify_sentences(after, repository, proof, facts, before))


def _answered(answers: Mapping[str, str], text: str) -> Iterator[Claim]:
    """The sentences of answers that stand in a card as they were said."""
    for id, said in answers.items():
        for sentence in map(str.strip, _SENTENCE_END.split(said)):
            if id not in ("by", "at") and sentence and sentence in text:
                by = answers.get("by", "")
                quote = QuoteSelector(sentence)
                yield Claim(quote, id, sentence, (), "answered", rule=id, answered_by=by)


_SENTENCE_END = regex(r"(?<=[.!?])\s+|\n+")
_MOST_ANSWERED = 1000
"""Sentences of answers that are looked for: as many as a proof has."""
_BOTH = ("README.md", PROOF)


def _read_before(target: Target, against: str) -> Card:
    """The card as it was; an empty one where it was not there."""
    if not target.path:
        raise ConfigError(
            f"--against compares a file, and {target.name!r} is none",
            hint="Give a README.md, or a folder with one.",
        )
    return parse_card(read_earlier(Path(target.path), against) or b"", id=target.card.id)
