"""A checked card as text, JSON, SARIF or Markdown; nothing here computes anything."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from cardiogram.cards.problems import explain
from cardiogram.judge.check import Checked
from cardiogram.judge.claims import CLAIMS
from cardiogram.judge.explain import Gap
from cardiogram.judge.rating import Score
from cardiogram.judge.rubric import load_rubric

GAPS_SHOWN = 3
_BAR = 20
_WORDS = ("absent", "token", "partial", "good", "excellent")
_OVERALL = ("empty", "minimal", "adequate", "good", "excellent")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""A text from outside, without the control characters that steer a terminal.

    Examples
    --------
    >>> printable("a\x1b[2Jb")
    'a?[2Jb'
    """
    return _UNPRINTABLE.sub("?", text)


def render_text(checked: Checked) -> str:
    """The rating as a picture in words, for a terminal 80 characters wide.

    Plain text without colour, so that it can be piped and compared.
    """
    scores = checked.rating.scores
    overall = scores["overall"]
    lines = [
        printable(_name(checked)),
        "",
        f"  {'overall':<12}{_bar(overall)}  {overall.value}  {_OVERALL[overall.value - 1]:<10}"
        f"{_range(overall)}",
        "",
    ]
    for name, score in scores.items():
        if name != "overall":
            word = _WORDS[score.value - 1]
            lines.append(f"  {name:<12}{_bar(score)}  {score.value}  {word:<10}{_range(score)}")
    for problem in checked.card.problems:
        lines += ["", f"  ! {printable(explain(problem))}"]
    lines += ["", *_gap_lines(checked.gaps[:GAPS_SHOWN])]
    lines += ["", f"  judge {checked.rating.judge} {checked.rating.judge_version}, rubric "
              f"{checked.rating.rubric_version}; in brackets the 90 % interval"]  # fmt: skip
    return "\n".join(lines) + "\n"


def _name(checked: Checked) -> str:
    if checked.target == "-":
        return checked.card.id or "standard input"
    return checked.target


def _bar(score: Score) -> str:
    """20 cells from 0 to 5, filled up to the expected value."""
    filled = round(score.expected / 5 * _BAR)
    return "█" * filled + "░" * (_BAR - filled)


def _range(score: Score) -> str:
    return f"{score.expected:.1f}  ({score.low:.1f}-{score.high:.1f})"


def _gap_lines(gaps: Sequence[Gap]) -> list[str]:
    if not gaps:
        return ["  Nothing that a reader would miss was found."]
    lines = ["  What would help a reader most"]
    for gap in gaps:
        lines += [
            f"  line {gap.line:<5}{gap.criterion}: {gap.missing}",
            f"            {gap.advice}{_gain(gap)}",
        ]
    return lines


def _gain(gap: Gap) -> str:
    parts = []
    if gap.criterion_gain >= 0.05:
        parts.append(f"{gap.criterion} +{gap.criterion_gain:.1f}")
    if gap.gain >= 0.05:
        parts.append(f"overall +{gap.gain:.1f}")
    return f" ({', '.join(parts)})" if parts else ""


def render_json(checked: Sequence[Checked]) -> str:
    """Everything that is known, one object a card."""
    return json.dumps([as_json(item) for item in checked], indent=2, ensure_ascii=False) + "\n"


def as_json(checked: Checked) -> dict[str, Any]:
    """One checked card as plain values."""
    rating = checked.rating
    return {
        "target": checked.target,
        "id": checked.card.id,
        "card_sha256": checked.card.sha256,
        "judge": {"id": rating.judge, "version": rating.judge_version},
        "rubric": rating.rubric_version,
        "status": rating.status,
        "scores": {name: asdict(score) for name, score in rating.scores.items()},
        "problems": [{"code": p, "words": explain(p)} for p in checked.card.problems],
        "gaps": [asdict(gap) for gap in checked.gaps],
        "evidence": [asdict(item) for item in rating.evidence],
    }


def render_markdown(checked: Sequence[Checked]) -> str:
    """A comment for a pull request."""
    parts = []
    for item in checked:
        scores = item.rating.scores
        overall = scores["overall"]
        rows = [
            f"| {name} | {score.value} | {_WORDS[score.value - 1]} "
            f"| {score.low:.1f}-{score.high:.1f} |"
            for name, score in scores.items()
            if name != "overall"
        ]
        gaps = [
            f"1. Line {gap.line}, {gap.criterion}: {gap.missing}. {gap.advice}"
            for gap in item.gaps[:GAPS_SHOWN]
        ]
        problems = [f"- {_inline(explain(problem))}" for problem in item.card.problems]
        parts += [
            f"### {_inline(_name(item))}: {overall.value} of 5, {_OVERALL[overall.value - 1]}",
            "",
            "| criterion | score | | 90 % interval |",
            "|---|---|---|---|",
            *rows,
            "",
            *(["What would help a reader most:", "", *gaps, ""] if gaps else []),
            *(["Problems:", "", *problems, ""] if problems else []),
            f"*Judge {item.rating.judge} {item.rating.judge_version}, rubric "
            f"{item.rating.rubric_version}.*",
            "",
        ]
    return "\n".join(parts)


def _inline(text: str) -> str:
    """A text from outside as a Markdown code span that it cannot leave."""
    return "`" + printable(text).replace("`", "'").replace("\n", " ") + "`"


def render_sarif(checked: Sequence[Checked]) -> str:
    """Gaps as SARIF 2.1.0 results, for code scanning and editors."""
    rubric = load_rubric()
    questions = {criterion.key: criterion.question for criterion in rubric.criteria}
    rules = [
        {
            "id": f"{claim.criterion}/{claim.key}",
            "shortDescription": {"text": claim.missing},
            "fullDescription": {"text": f"{questions[claim.criterion]} {claim.advice}"},
            "help": {"text": claim.advice},
        }
        for claim in CLAIMS
    ]
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    results = [
        _sarif_result(item, gap, places[f"{gap.criterion}/{gap.key}"])
        for item in checked
        for gap in item.gaps
    ]
    driver = {
        "name": "cardiogram",
        "version": version("cardiogram"),
        "rules": rules,
    }
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _sarif_result(item: Checked, gap: Gap, rule: int) -> dict[str, Any]:
    strong = gap.gain >= 0.2 or gap.criterion_gain >= 1
    address = item.path or f"{item.card.id or item.target}/README.md"
    return {
        "ruleId": f"{gap.criterion}/{gap.key}",
        "ruleIndex": rule,
        "level": "warning" if strong else "note",
        "message": {"text": f"{gap.missing}. {gap.advice}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(address)},
                    "region": {"startLine": gap.line},
                }
            }
        ],
        "properties": {"gain": gap.gain, "criterionGain": gap.criterion_gain},
    }
