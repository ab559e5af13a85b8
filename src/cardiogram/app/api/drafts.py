"""Better cards: drafts, what is asked, and where they go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cardiogram.app.api.at_hand import CardAtHand, FactAnswer, ScoreAnswer, SourceAnswer
from cardiogram.improve import Audience


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """The card to make better, and what its author says.

    Attributes
    ----------
    answers
        By the id of the question. Of a contradiction: the true value, `keep` or `remove`.
    by
        Who answers; goes into the proof.
    leave
        Ids of changes that are left alone.
    audience
        Who is to read it: what they look for is added and asked first.
    clear_template
        Whether to take away what a template left and nobody filled.
    """

    card: CardAtHand
    answers: dict[str, str] = field(default_factory=dict)
    by: str = ""
    leave: tuple[str, ...] = ()
    audience: Audience = "user"
    clear_template: bool = False


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """A line of the draft as a diff.

    Attributes
    ----------
    state
        `left`: what a change that is left alone would add.
    change
        Id of the change that made it; "" for a line that was there.
    """

    text: str
    state: Literal["kept", "added", "removed", "left"]
    change: str = ""


@dataclass(frozen=True, slots=True)
class DraftedSentence:
    """One thing that a change says.

    Attributes
    ----------
    text
        A part of what the change adds.
    facts
        What proves it.
    answered
        Id of the question whose answer it is; "" where facts prove it.
    """

    text: str
    facts: tuple[FactAnswer, ...]
    answered: str


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """One edit, which can be accepted or left alone by itself.

    Attributes
    ----------
    what
        What it does, in a few words.
    why
        A sentence for the author.
    criterion
        Where it counts most; "" for none.
    is_left
        Whether it is left alone.
    """

    id: str
    kind: Literal["repair", "correction", "metadata", "section", "answer", "todo"]
    what: str
    why: str
    criterion: str
    sentences: tuple[DraftedSentence, ...]
    is_left: bool


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change that was not made, and the reason."""

    id: str
    why: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """What only the author knows.

    Attributes
    ----------
    ask, why
        The question, and why a reader wants to know.
    gain, criterion_gain
        What an answer would gain overall, and in its criterion.
    is_contradiction
        Whether it asks which side of a contradiction is true.
    """

    id: str
    ask: str
    why: str
    criterion: str
    gain: float
    criterion_gain: float
    is_contradiction: bool


@dataclass(frozen=True, slots=True)
class ContradictionAnswer:
    """Two places that cannot both be true.

    Attributes
    ----------
    question
        Id under which an answer settles it, or did; "" where a change corrects it.
    change
        Id of the change that corrects or settles it; "" for none.
    severity
        `error` where one of both must be false, `warning` for a question.
    line, quote, value
        What the card says and where.
    others
        The other side, the strongest place first.
    may_remove
        Whether `remove` is an answer.
    """

    question: str
    change: str
    rule: str
    kind: str
    severity: Literal["error", "warning"]
    why: str
    line: int
    quote: str
    value: str
    others: tuple[SourceAnswer, ...]
    may_remove: bool


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """A better card, and all that was done and left.

    Attributes
    ----------
    repo, commit
        What was read: OWNER/NAME at a commit; "" where there is none.
    readers
        Downloads in 30 days; 0 where the Hub does not say it.
    text
        The card with the changes.
    sha256
        Of the file with them: names what was shown when it is written.
    lines
        Both cards as one diff.
    before, after
        The nine numbers of both cards.
    changes
        All of them, those that are left alone too.
    questions
        What is still to be answered, the most worth answering first.
    problems
        What could not be read or used, a sentence each.
    unused
        Those of them that are answers which were not taken.
    proof
        README.proof.json of the draft.
    """

    repo: str
    commit: str
    readers: int
    text: str
    sha256: str
    lines: tuple[LineAnswer, ...]
    before: tuple[ScoreAnswer, ...]
    after: tuple[ScoreAnswer, ...]
    changes: tuple[ChangeAnswer, ...]
    refused: tuple[RefusedChange, ...]
    questions: tuple[QuestionAnswer, ...]
    contradictions: tuple[ContradictionAnswer, ...]
    problems: tuple[str, ...]
    unused: tuple[str, ...]
    proof: str


@dataclass(frozen=True, slots=True)
class WriteQuestion:
    """A draft to write into its folder.

    Attributes
    ----------
    sha256
        Of the draft that was shown: another one is not written.
    """

    draft: DraftQuestion
    sha256: str


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """What was written.

    Attributes
    ----------
    paths
        Within the workspace; none where the folder has all of it.
    revision
        Of the card as it is now.
    """

    paths: tuple[str, ...]
    revision: str


@dataclass(frozen=True, slots=True)
class PullRequestQuestion:
    """A draft to show as a pull request.

    Attributes
    ----------
    with_proof
        Whether README.proof.json goes along.
    """

    draft: DraftQuestion
    with_proof: bool = False


@dataclass(frozen=True, slots=True)
class UploadAnswer:
    """A file of a pull request, with its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class PullRequestAnswer:
    """A pull request as it would be sent; nothing was sent.

    Attributes
    ----------
    parent
        The commit that it is made for.
    text
        The description, in Markdown.
    digest
        Names what is shown here: only this is sent.
    account
        Whose login would send it; "" where there is none that may.
    is_owner
        Whether the repository is that account's, or one of its organisations'.
    problem
        Why it cannot be sent now; "" where it can.
    """

    repo: str
    parent: str
    title: str
    text: str
    files: tuple[UploadAnswer, ...]
    digest: str
    account: str
    is_owner: bool
    problem: str


@dataclass(frozen=True, slots=True)
class SendQuestion:
    """The consent to send a pull request that was shown.

    Attributes
    ----------
    digest
        Of what was shown: another one is not sent.
    others
        Whether it may go to a repository of somebody else.
    """

    draft: DraftQuestion
    digest: str
    with_proof: bool = False
    others: bool = False


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """What became of a pull request.

    Attributes
    ----------
    state
        `sent`; `open` where one is open already; `declined` where one was closed without a merge;
        `nothing` where the repository has all of it.
    number, address
        Of the pull request; 0 and "" where there is none.
    note
        What the sender should know; "" for nothing.
    """

    state: Literal["sent", "open", "declined", "nothing"]
    repo: str
    number: int
    address: str
    note: str
