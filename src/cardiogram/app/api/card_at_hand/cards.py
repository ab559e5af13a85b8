"""Cards by themselves: open one, rate it, and what the linter says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from cardiogram.app.api.card_at_hand.at_hand import (
    MAX_NAME,
    CardAtHand,
    ScoreAnswer,
    check_text,
    show_scores,
)
from cardiogram.app.api.card_at_hand.opened import open_target
from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.cards import explain_problem, parse_card
from cardiogram.cards.lint import Finding, Severity, lint, load_rule_words
from cardiogram.check import Checked, Lint, check, look_for_cards, rate_alone
from cardiogram.errors import DataError
from cardiogram.judge.expectations import Gap
from cardiogram.names import CardType
from cardiogram.repository.access import name_folder

_MOST_CARDS, _MOST_FOLDERS = 500, 5000


@dataclass(frozen=True, slots=True)
class RateQuestion:
    """A card as text.

    Attributes
    ----------
    id
        OWNER/NAME on the Hub; "" where it has none.
    of
        Whose card it is.
    detail
        `short`: its scores and what carries them, in a part of the time; no gaps, no findings.
    """

    text: str
    id: str = ""
    of: CardType = "model"
    detail: Literal["short", "all"] = "all"


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
        90 % interval of the criterion's gain.
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
        Whether there may be more than are listed.
    """

    cards: tuple[CardInWorkspace, ...]
    is_cut: bool


def rate_card(app: App, question: RateQuestion) -> RateAnswer:
    """Rate a card: its scores, what carries them, what is missing, and what the linter says."""
    data = check_text(question.text, question.id)
    if question.detail == "all":
        checked = check("-", data=data, id=question.id, judge=app.judge, of=question.of)
    else:
        card = parse_card(data, id=question.id)
        checked = Checked("-", card, rate_alone(card, question.of, app.judge), ())
    rating = checked.rating
    problems = (*checked.card.problems, *rating.problems)
    return RateAnswer(
        scores=show_scores(rating),
        evidence=tuple(
            EvidenceAnswer(
                each.criterion, each.fact, each.first_line or None, each.last_line or None,
                each.effect,
            )
            for each in rating.evidence
        ),
        gaps=tuple(map(_gap, checked.gaps)),
        findings=_show(checked.findings, data),
        problems=tuple(explain_problem(problem) for problem in problems),
    )  # fmt: skip


def lint_card(app: App, question: LintQuestion) -> LintAnswer:
    """Find the rules that a card breaks."""
    data = check_text(question.text, question.id)
    rules = Lint.of(question.select, question.ignore)
    findings = lint(parse_card(data, id=question.id), data, of=question.of)
    return LintAnswer(_show(rules.choose(findings), data))


def open_card_at(app: App, question: OpenQuestion) -> CardAtHand:
    """Open a card by its id or address on the Hub, or by its path in the workspace."""
    if len(question.target) > 4 * MAX_NAME:
        raise DataError(f"a target has at most {4 * MAX_NAME} characters")
    return open_target(app, question.target, question.of)


def list_cards(app: App) -> WorkspaceAnswer:
    """List the cards of the workspace."""
    root = app.workspace.root
    folders = [*islice(look_for_cards(root), _MOST_FOLDERS)]
    paths = [path for path in folders if path is not None]
    cards = tuple(
        CardInWorkspace(path.relative_to(root).as_posix(), name_folder(path.parent).id)
        for path in paths[:_MOST_CARDS]
    )
    return WorkspaceAnswer(cards, len(cards) < len(paths) or len(folders) == _MOST_FOLDERS)


def _gap(gap: Gap) -> GapAnswer:
    return GapAnswer(
        gap.key, gap.criterion, gap.missing, gap.advice, gap.line, gap.gain, gap.criterion_gain,
        gap.low, gap.high,
    )  # fmt: skip


def _show(findings: Sequence[Finding], data: bytes) -> tuple[FindingAnswer, ...]:
    """Findings with their edits in the units of JavaScript."""
    edits = [edit for finding in findings for edit in finding.edits]
    units = count_units(data, {place for edit in edits for place in (edit.start, edit.end)})
    words = load_rule_words()
    return tuple(
        FindingAnswer(
            rule=finding.rule,
            name=finding.name,
            severity=finding.severity,
            line=finding.line,
            message=finding.message,
            why=words[finding.rule].why,
            fixes=tuple(
                EditAnswer(units[edit.start], units[edit.end], edit.new.decode("utf-8", "replace"))
                for edit in finding.edits
            ),
        )
        for finding in findings
    )


def count_units(data: bytes, places: set[int]) -> dict[int, int]:
    """UTF-16 code units before places of a UTF-8 text, given in bytes.

    Examples
    --------
    >>> count_units("aé😀b".encode(), {0, 3, 7, 8})
    {0: 0, 3: 2, 7: 4, 8: 5}
    """
    units, last, count = {}, 0, 0
    for place in sorted(places):
        part = data[last:place].decode("utf-8", "surrogatepass")
        count += len(part) + sum(character > "\uffff" for character in part)
        units[place], last = count, place
    return units


CARD_ENDPOINTS = (
    Endpoint("POST", "/api/rate", rate_card, "Rate a card", public=True),
    Endpoint("POST", "/api/lint", lint_card, "Find what the linter says of a card", public=True),
    Endpoint("POST", "/api/open", open_card_at, "Open a card", public=True, heavy=True),
    Endpoint("GET", "/api/cards", list_cards, "List the cards of the workspace"),
)
