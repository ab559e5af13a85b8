"""What is known of a card and its sentences once they were compared with files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from cardiogram.repository.fact import FactSource, Value
from cardiogram.repository.proof.claim import State
from cardiogram.repository.proof.sidecar import Proof
from cardiogram.repository.statements import Statement

STATES: tuple[State, ...] = get_args(State)
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of one sentence.

    Attributes
    ----------
    name, about
        What it is about, by the name of a fact.
    line, sentence
        Where it stands now, and its words; 0 and the words of the proof where it does not.
    why
        What decides the state, in one or two sentences; "" where it holds.
    value, sources
        What the files say now, and where; `sources` is empty where they say nothing.
    rule
        Of the contradiction, "" where there is none.
    claimed
        Whether the proof has it.
    answered
        Whether it is its author's word, or was until it was edited.
    """

    state: State
    name: str
    line: int
    sentence: str
    why: str = ""
    value: Value = None
    sources: tuple[FactSource, ...] = ()
    rule: str = ""
    about: str = ""
    claimed: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """A card and what the files say of its sentences.

    Attributes
    ----------
    repo, commit, sha256
        What was read: the repository at a commit, the card by its hash.
    sentences
        The worst first, then by line.
    proof
        What it was compared with; None without a proof.
    problems
        What could not be read, and what is wrong with the proof.
    unproven
        What the card says that could be proven, and no file proves: its writer's word alone.
    unread
        Lines of prose that an edit brought and that are neither proven nor answered.
    taken_out
        Lines of prose of the card as it was that say what stands nowhere now.
    """

    repo: str
    commit: str
    sha256: str
    sentences: tuple[Verified, ...]
    proof: Proof | None = None
    problems: tuple[str, ...] = ()
    unproven: tuple[Statement, ...] = ()
    unread: tuple[int, ...] = ()
    taken_out: tuple[int, ...] = ()

    def of(self, state: State) -> tuple[Verified, ...]:
        """Sentences in a state."""
        return tuple(sentence for sentence in self.sentences if sentence.state == state)

    @property
    def is_refused(self) -> bool:
        """Whether a sentence is false, or new and without a proof."""
        return bool(self.of("contradicted") or self.of("unproven"))

    @property
    def edited(self) -> bool:
        """Whether the card is another than the one that the proof was written for."""
        return self.proof is not None and self.proof.sha256 != self.sha256
