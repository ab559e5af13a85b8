"""Rate a pasted card: JSON in, JSON out."""

from __future__ import annotations

import json

from cardiogram.cards import explain_problem
from cardiogram.check import Checked, check
from cardiogram.errors import ConfigError
from cardiogram.judge.embedded import EmbeddedJudge
from cardiogram.names import SCORES
from cardiogram.text import decode

MAX_CARD_BYTES = 200_000
"""Of a pasted card."""


def rate_pasted(body: bytes, judge: EmbeddedJudge) -> dict[str, object]:
    """Rate a card that came as JSON.

    Parameters
    ----------
    body
        An object with `text`, the card, and optionally `id`, the model's id.

    Returns
    -------
    dict
        Scores with their intervals, evidence with its lines, gaps, findings of the linter,
        problems, and the text whose lines they name.

    Raises
    ------
    ConfigError
        The body is not such an object.
    """
    text, id = _read(body)
    checked = check("-", data=text.encode("utf-8", "surrogatepass"), id=id, judge=judge)
    return as_json(checked, decode(text).text)


def _read(body: bytes) -> tuple[str, str]:
    hint = 'Send {"text": "# My model ...", "id": "owner/name"}.'
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ConfigError("the request is not JSON", hint=hint) from error
    if not isinstance(request, dict):
        raise ConfigError("the request is not an object", hint=hint)
    text, id = request.get("text"), request.get("id") or ""
    if not isinstance(text, str) or not isinstance(id, str) or len(id) > 200:
        raise ConfigError("the request has no text of a card", hint=hint)
    if (size := len(text.encode("utf-8", "surrogatepass"))) > MAX_CARD_BYTES:
        raise ConfigError(
            f"the card has {size:,} bytes, and this page rates up to {MAX_CARD_BYTES:,}",
            hint="Rate it by a command: cardiogram check README.md",
        )
    return text, id


def as_json(checked: Checked, text: str) -> dict[str, object]:
    """Write a checked card as the viewer reads it."""
    rating = checked.rating
    scores = [(name, rating.scores.get(name)) for name in SCORES]
    return {
        "scores": [
            {"name": name, "score": score.value, **_pick(score, "expected", "low", "high")}
            for name, score in scores
            if score is not None
        ],
        "facts": [
            {
                "criterion": proof.criterion,
                "words": proof.fact,
                "first": proof.first_line or None,
                "last": proof.last_line or None,
                "effect": proof.effect,
            }
            for proof in rating.evidence
        ],
        "gaps": [
            _pick(gap, "criterion", "missing", "advice", "line", "gain") for gap in checked.gaps
        ],
        "findings": [
            {"id": finding.rule, "message": finding.message, "line": finding.line}
            for finding in checked.findings
        ],
        "problems": [
            explain_problem(problem) for problem in (*checked.card.problems, *rating.problems)
        ],
        "text": text,
    }


def _pick(whole: object, *fields: str) -> dict[str, object]:
    return {field: getattr(whole, field) for field in fields}
