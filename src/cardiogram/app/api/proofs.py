"""Cards against their files: what the files prove, and which sentences they contradict."""

from __future__ import annotations

from dataclasses import dataclass

from cardiogram.app.api.at_hand import CardAtHand, FactAnswer, SourceAnswer
from cardiogram.repository.proof import State


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
