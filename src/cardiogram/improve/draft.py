"""A better card: the changes that make it, each with its proof, and what only the author knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cardiogram.improve.editing import EditRefused, ReadmeText
from cardiogram.improve.operations import Operation
from cardiogram.in_notebook import Shown
from cardiogram.judge import Rating
from cardiogram.repository import Claim, Contradiction, Fact, Repository, RepositoryFacts
from cardiogram.repository.access import RepositoryCommit

Audience = Literal["user", "reproducer", "risk", "newcomer"]
ChangeKind = Literal["repair", "correction", "metadata", "section", "answer", "todo"]

_ADDED = {
    "title": "its name as a title",
    "identity": "what it is and was made from",
    "usage": "how to run it",
    "files": "what each file is for",
    "data": "what it was trained on",
    "training": "training settings",
    "quantisation": "how it was quantised",
    "evaluation": "results",
    "limitations": "limits of the base model, cited",
    "citation": "how to cite it",
}
"""What a section says, by the id of a change."""


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
    kind: ChangeKind
    why: str
    operations: tuple[Operation, ...]
    sentences: tuple[Sentence, ...] = ()
    criterion: str = ""

    @property
    def added(self) -> str:
        """What a section says, in a few words; "" for what is no section."""
        return _ADDED.get(self.id.partition(":")[2], "") if self.kind == "section" else ""


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
    criterion_gain
        What it would gain in its criterion.
    contradiction
        The contradiction that it settles, where it is one.
    place
        Consecutive lines of the card in whose place the answer goes; none for the section of the
        card that speaks of it.
    """

    id: str
    ask: str
    why: str
    criterion: str
    gain: float = 0.0
    criterion_gain: float = 0.0
    contradiction: Contradiction | None = None
    place: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What a language model did to the sentences of a draft.

    Attributes
    ----------
    model
        `PROVIDER/MODEL`.
    reworded
        Sentences as they were and as they are; both state the same facts.
    kept
        Sentences that stay as they were though the model had another, and why.
    cost_usd
        Of this run; None where the price is not known.
    problem
        Why it was not done, or not to the end: then all sentences stay.
    """

    model: str
    reworded: tuple[tuple[str, str], ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    cost_usd: float | None = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Handwritten:
    """A card that a person wrote, and the commit that still has it."""

    commit: RepositoryCommit
    readme: ReadmeText

    @property
    def day(self) -> str:
        """When it was committed: ``2024-12-01``."""
        return self.commit.date[:10]


@dataclass(frozen=True, slots=True)
class Draft(Shown):
    """A card before and after, with all that was done and left.

    Attributes
    ----------
    target, id
        What was asked for, and the repository's id; "" where a folder has none.
    facts
        What the repository proves, at which commit.
    ratings
        Of the card before and after.
    changes
        In the order in which they were made; `apply_changes` makes the card after of them.
    questions
        What is still to be answered, the most worth asking first.
    contradictions, left
        Those of the card before, and those that it still has.
    refused
        Changes that were not made, with the reason.
    claims
        What is proven in the card after, and what the author answered.
    problems
        What could not be read or used, a short sentence each.
    unused
        Those of the problems that are answers which were not taken.
    path
        The file, where there is one.
    readers
        Downloads in 30 days, where the Hub says it.
    repository
        What was read; None for a draft made by hand.
    rewriting
        What a language model reworded; None where none was asked.
    restored
        The earlier card that it goes on from; None for the present one.
    left_alone
        Changes that were not to be made, as they would be.
    disputed
        Contradictions by the id of the question that settles them, or did.
    present
        The card that lies in the repository, where the draft goes on from another one.
    """

    target: str
    id: str
    before: ReadmeText
    after: ReadmeText
    facts: RepositoryFacts
    ratings: tuple[Rating, Rating]
    changes: tuple[DraftChange, ...] = ()
    questions: tuple[Question, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    left: tuple[Contradiction, ...] = ()
    refused: tuple[tuple[DraftChange, str], ...] = ()
    claims: tuple[Claim, ...] = ()
    problems: tuple[str, ...] = ()
    path: str = ""
    readers: int = 0
    repository: Repository | None = field(default=None, repr=False, compare=False)
    unused: tuple[str, ...] = ()
    rewriting: Rewriting | None = None
    restored: Handwritten | None = None
    left_alone: tuple[DraftChange, ...] = ()
    disputed: Mapping[str, Contradiction] = field(default_factory=dict)
    present: ReadmeText | None = None

    def __repr__(self) -> str:
        before, after = (rating.scores["overall"].expected for rating in self.ratings)
        return f"<Draft {self.target!r}: {before:.1f} -> {after:.1f} of 5>"

    def question_of(self, contradiction: Contradiction) -> str:
        """Id of the question that settles a contradiction; "" where none was asked."""
        key = contradiction_key(contradiction)
        same = (id for id, each in self.disputed.items() if contradiction_key(each) == key)
        return next(same, "")

    @property
    def replaced(self) -> ReadmeText:
        """The card in whose place the draft goes."""
        return self.before if self.present is None else self.present

    @property
    def gain(self) -> float:
        """What the changes gain overall."""
        before, after = (rating.scores["overall"].expected for rating in self.ratings)
        return after - before


def contradiction_key(contradiction: Contradiction) -> tuple[object, ...]:
    """What a contradiction is known by when lines have moved."""
    said = contradiction.statement
    return contradiction.kind, said.place, str(said.value), said.quote


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
