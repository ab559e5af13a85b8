"""Cards by themselves: open one, rate it, and what the linter says of it."""

from __future__ import annotations

from dataclasses import dataclass

from cardiogram.app.api.at_hand import ScoreAnswer
from cardiogram.cards.lint import Severity
from cardiogram.names import CardType


@dataclass(frozen=True, slots=True)
class RateQuestion:
    """A card as text.

    Attributes
    ----------
    id
        OWNER/NAME on the Hub; "" where it has none.
    of
        Whose card it is.
    """

    text: str
    id: str = ""
    of: CardType = "model"


@dataclass(frozen=True, slots=True)
class EvidenceAnswer:
    """A fact that moved a score.

    Attributes
    ----------
    first, last
        Lines of the card, from 1; null where it has no place in the text.
    effect
        How far it moves its criterion; null where that was not measured.
    """

    criterion: str
    words: str
    first: int | None
    last: int | None
    effect: float | None


@dataclass(frozen=True, slots=True)
class GapAnswer:
    """What a reader misses, and what mending it would gain.

    Attributes
    ----------
    line
        Where it is missing, from 1.
    gain, criterion_gain
        What it would gain overall, and in its criterion.
    low, high
        Of the criterion's gain, in nine of ten cards.
    """

    key: str
    criterion: str
    missing: str
    advice: str
    line: int
    gain: float
    criterion_gain: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """Text to replace.

    Attributes
    ----------
    start, end
        In UTF-16 code units of the text that was sent, as JavaScript counts.
    """

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class FindingAnswer:
    """A rule that the card breaks.

    Attributes
    ----------
    why
        Why the rule is there; a sentence.
    line
        From 1.
    fixes
        The edits that mend it safely, all of them together; none where only the author can.
    """

    rule: str
    name: str
    severity: Severity
    line: int
    message: str
    why: str
    fixes: tuple[EditAnswer, ...]


@dataclass(frozen=True, slots=True)
class RateAnswer:
    """The rating of a card.

    Attributes
    ----------
    scores
        Overall first, then the criteria.
    evidence
        What carries the rating.
    gaps
        What is missing, the costliest first.
    problems
        What could not be read, a sentence each.
    """

    scores: tuple[ScoreAnswer, ...]
    evidence: tuple[EvidenceAnswer, ...]
    gaps: tuple[GapAnswer, ...]
    findings: tuple[FindingAnswer, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LintQuestion:
    """A card as text, and the rules to look at.

    Attributes
    ----------
    select, ignore
        What the ids of rules start with, with commas; "" for all and for none.
    """

    text: str
    id: str = ""
    of: CardType = "model"
    select: str = ""
    ignore: str = ""


@dataclass(frozen=True, slots=True)
class LintAnswer:
    """Every rule that the card breaks, the worst first."""

    findings: tuple[FindingAnswer, ...]


@dataclass(frozen=True, slots=True)
class FixAnswer:
    """A card in which all that is safe was mended.

    Attributes
    ----------
    mended
        What was mended.
    left
        What only the author can mend.
    """

    text: str
    mended: tuple[FindingAnswer, ...]
    left: tuple[FindingAnswer, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What to open.

    Attributes
    ----------
    target
        OWNER/NAME or its address on the Hub, or a README.md or folder within the workspace.
    """

    target: str
    of: CardType = "model"


@dataclass(frozen=True, slots=True)
class CardInWorkspace:
    """A card that lies in the workspace."""

    path: str
    id: str


@dataclass(frozen=True, slots=True)
class WorkspaceAnswer:
    """The cards of the workspace.

    Attributes
    ----------
    is_cut
        Whether there are more than are listed.
    """

    cards: tuple[CardInWorkspace, ...]
    is_cut: bool
