"""A better card: the changes that make it, each with its proof, and what only the author knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cardiogram.improve.editing import EditRefused, ReadmeText
from cardiogram.improve.operations import Operation
from cardiogram.judge import Rating
from cardiogram.repository import Contradiction, Fact

Audience = Literal["user", "reproducer", "risk", "newcomer"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that a change says: a sentence, a row of a table, a line of metadata or code.

    Attributes
    ----------
    text
        A part of what the change adds, as it stands there.
    facts
        What proves it; empty where `answered` is set.
    answered
        Id of the question whose answer it is.
    """

    text: str
    facts: tuple[Fact, ...] = ()
    answered: str = ""


@dataclass(frozen=True, slots=True)
class DraftChange:
    """One edit, which can be taken or left alone by itself.

    Attributes
    ----------
    id
        Stable within a draft: ``repair:licence-key``, ``add:usage`` ...
    why
        One plain sentence for the author.
    criterion
        Where it counts most.
    """

    id: str
    kind: Literal["repair", "metadata", "section", "correction"]
    why: str
    operations: tuple[Operation, ...]
    sentences: tuple[Sentence, ...] = ()
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What only the author knows.

    Attributes
    ----------
    id
        ``limitations``, ``training-data`` ...: the key in a file of answers.
    ask, why
        The question, and why a reader wants it; a sentence each.
    gain
        What the answer would gain by the judge, overall.
    contradiction
        The doubtful contradiction that it settles, where it is one.
    """

    id: str
    ask: str
    why: str
    criterion: str
    gain: float = 0.0
    contradiction: Contradiction | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A card before and after, with all that was done and left.

    Attributes
    ----------
    refused
        Changes that could not be made safely, with the reason.
    left
        Contradictions that were not settled.
    """

    target: str
    before: ReadmeText
    after: ReadmeText
    changes: tuple[DraftChange, ...] = ()
    questions: tuple[Question, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    left: tuple[Contradiction, ...] = ()
    refused: tuple[tuple[DraftChange, str], ...] = ()
    ratings: tuple[Rating, Rating] | None = None


def apply_changes(
    readme: ReadmeText, changes: Sequence[DraftChange]
) -> tuple[ReadmeText, tuple[tuple[DraftChange, str], ...]]:
    """Apply changes one after the other; one that is refused is left out whole.

    Returns
    -------
    tuple
        The README with the changes, and those that were refused with the reason.
    """
    refused: list[tuple[DraftChange, str]] = []
    for change in changes:
        after = readme
        try:
            for operation in change.operations:
                after = operation.apply(after)
        except EditRefused as error:
            refused.append((change, error.message))
        else:
            readme = after
    return readme, tuple(refused)
