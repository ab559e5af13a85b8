"""One card: its rating, and why."""

from __future__ import annotations

from dataclasses import dataclass

from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.cards import explain_problem
from cardiogram.check import Checked, check
from cardiogram.errors import ConfigError
from cardiogram.judge import Score
from cardiogram.names import SCORES
from cardiogram.text import decode

MAX_CARD_BYTES = 200_000
"""Of a card that is asked about."""


@dataclass(frozen=True, slots=True)
class CardQuestion:
    """A card, and the id of its model where it has one."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredScore:
    """One of the nine numbers, with the interval of what readers would say."""

    name: str
    score: int
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AnsweredEvidence:
    """Lines that carry a rating; None where it is no single place."""

    criterion: str
    words: str
    first: int | None
    last: int | None
    effect: float | None


@dataclass(frozen=True, slots=True)
class AnsweredGap:
    """What a reader misses, and what it would gain overall."""

    criterion: str
    missing: str
    advice: str
    line: int
    gain: float


@dataclass(frozen=True, slots=True)
class AnsweredFinding:
    """A finding of the linter."""

    id: str
    message: str
    line: int


@dataclass(frozen=True, slots=True)
class RatedCard:
    """A card's rating; lines are those of `text`."""

    scores: tuple[AnsweredScore, ...]
    facts: tuple[AnsweredEvidence, ...]
    gaps: tuple[AnsweredGap, ...]
    findings: tuple[AnsweredFinding, ...]
    problems: tuple[str, ...]
    text: str


def rate(app: App, question: CardQuestion) -> RatedCard:
    """Rate a card by the built-in judge."""
    data = question.text.encode("utf-8", "surrogatepass")
    if len(data) > MAX_CARD_BYTES or len(question.id) > 200:
        raise ConfigError(
            f"the card has {len(data):,} bytes, and this page rates up to {MAX_CARD_BYTES:,}",
            hint="Rate it by a command: cardiogram check README.md",
        )
    return _answer(
        check("-", data=data, id=question.id, judge=app.judge), decode(question.text).text
    )


def _answer(checked: Checked, text: str) -> RatedCard:
    rating = checked.rating
    scores = [(name, rating.scores.get(name)) for name in SCORES]
    problems = (*checked.card.problems, *rating.problems)
    return RatedCard(
        scores=tuple(
            AnsweredScore(name, score.value, *_interval(score))
            for name, score in scores
            if score is not None
        ),
        facts=tuple(
            AnsweredEvidence(
                proof.criterion,
                proof.fact,
                proof.first_line or None,
                proof.last_line or None,
                proof.effect,
            )
            for proof in rating.evidence
        ),
        gaps=tuple(
            AnsweredGap(gap.criterion, gap.missing, gap.advice, gap.line, gap.gain)
            for gap in checked.gaps
        ),
        findings=tuple(
            AnsweredFinding(finding.rule, finding.message, finding.line)
            for finding in checked.findings
        ),
        problems=tuple(explain_problem(problem) for problem in problems),
        text=text,
    )


def _interval(score: Score) -> tuple[float, float, float]:
    """Expectation and bounds; a judge that gives none gives its whole number."""
    ends = (score.expected, score.low, score.high)
    first, second, third = (score.value if end is None else end for end in ends)
    return first, second, third


ENDPOINTS = (Endpoint("POST", "/api/rate", rate, "A card's rating, and why.", public=True),)
