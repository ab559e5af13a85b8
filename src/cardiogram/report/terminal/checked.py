"""A checked card as text, JSON, SARIF, Markdown or annotations; nothing here computes anything."""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any, Literal
from urllib.parse import quote

from cardiogram.cards import explain_problem
from cardiogram.cards.lint import RULES, Finding
from cardiogram.check import Checked
from cardiogram.judge import DEFAULT_RUBRIC, RUBRIC_OF, Evidence, Score, load_rubric
from cardiogram.judge.dataset_cards import ITEMS, UNMEASURED, Item
from cardiogram.judge.expectations import CLAIMS, Claim, Gap
from cardiogram.report.terminal.placed import Places, place_lines, place_markdown

Form = Literal["text", "json", "sarif", "markdown", "github"]

GAPS_SHOWN = 3
FINDINGS_SHOWN = 5
EVIDENCE_SHOWN = 3
_WIDTH = 80
_INDENT = " " * 12
_BAR = 20
_SHOWN_EFFECT = 0.05
_WORDS = ("absent", "token", "partial", "good", "excellent")
_OVERALL = ("empty", "minimal", "adequate", "good", "excellent")
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""A text from outside, without the control characters that steer a terminal.

    Examples
    --------
    >>> printable("a\x1b[2Jb")
    'a?[2Jb'
    """
    return _UNPRINTABLE.sub("?", text)


def render_text(checked: Checked, places: Places | None = None) -> str:
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
    for problem in _untold(checked, FINDINGS_SHOWN):
        lines += ["", *_wrap("  ! ", printable(problem), "    ")]
    lines += ["", *_gap_lines(checked.gaps[:GAPS_SHOWN])]
    lines += _evidence_lines(_strongest(checked))
    lines += _finding_lines(checked.findings)
    lines += place_lines((places or {}).get(checked.target))
    judge = f"{checked.rating.judge} {checked.rating.judge_version}"
    sure = UNMEASURED if overall.low is None else "brackets: 90 % interval"
    about = f"judge {judge}, rubric {checked.rating.rubric_version}; {sure}"
    lines += ["", *_wrap("  ", about, "  ")]
    return "\n".join(lines) + "\n"


def _untold(checked: Checked, shown: int | None = None) -> list[str]:
    """Problems of the card in words, without those that a finding tells with its line."""
    told = {item.message for item in checked.findings[:shown]}
    words = map(explain_problem, checked.card.problems)
    return [problem for problem in words if f"{problem}." not in told]


def _wrap(first: str, text: str, indent: str = _INDENT) -> list[str]:
    """Lines of at most 80 characters; a word that is longer is left whole."""
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _name(checked: Checked) -> str:
    if checked.target == "-":
        return checked.card.id or "standard input"
    return checked.target


def _bar(score: Score) -> str:
    """20 cells from 0 to 5, filled up to the expected value."""
    filled = round(score.expected / 5 * _BAR)
    return "█" * filled + "░" * (_BAR - filled)


def _range(score: Score) -> str:
    between = _between(score)
    return f"{score.expected:.1f}  ({between})" if between else f"{score.expected:.1f}"


def _between(score: Score) -> str:
    """The interval; "" where the judge's errors were never measured."""
    if score.low is None or score.high is None:
        return ""
    return f"{score.low:.1f}-{score.high:.1f}"


def _gap_lines(gaps: Sequence[Gap]) -> list[str]:
    if not gaps:
        return ["  Nothing that a reader would miss was found."]
    lines = ["  What would help a reader most"]
    for gap in gaps:
        lines += _wrap(f"  line {gap.line:<5}", f"{gap.criterion}: {gap.missing}")
        lines += _wrap(_INDENT, f"{gap.advice}{_gain(gap)}")
    return lines


def _strongest(checked: Checked) -> list[Evidence]:
    """What the rating would lose most by, the most first."""
    found = [item for item in checked.rating.evidence if (item.effect or 0) >= _SHOWN_EFFECT]
    found.sort(key=lambda item: -(item.effect or 0))
    places: dict[tuple[str, int, int], Evidence] = {}
    for item in found:  # of several facts on the same lines the strongest speaks
        places.setdefault((item.criterion, item.first_line, item.last_line), item)
    return list(places.values())[:EVIDENCE_SHOWN]


def _evidence_lines(evidence: Sequence[Evidence]) -> list[str]:
    if not evidence:
        return []
    lines = ["", "  What carries the rating"]
    for item in evidence:
        lines += _wrap(f"  {_place(item):<13} ", f"{item.criterion}: {item.fact}{_loss(item)}")
    return lines


def _place(item: Evidence) -> str:
    """Lines of a piece of evidence in words."""
    if not item.first_line:
        return "its tags"
    if item.first_line == item.last_line:
        return f"line {item.first_line}"
    return f"lines {item.first_line}-{item.last_line}"


def _loss(item: Evidence) -> str:
    return f" (without it {item.criterion} -{item.effect:.1f})"


def _finding_lines(findings: Sequence[Finding]) -> list[str]:
    """The worst findings, and how many more there are."""
    if not findings:
        return []
    lines = ["", "  What the linter found"]
    for item in findings[:FINDINGS_SHOWN]:
        mend = " (--fix mends it)" if item.edits else ""
        words = f"{item.rule} {item.severity}: {printable(item.message)}{mend}"
        lines += _wrap(f"  line {item.line:<5}", words)
    more = len(findings) - FINDINGS_SHOWN
    if more > 0:
        lines.append(f"{_INDENT}and {more} more: --format json shows all")
    return lines


def _gain(gap: Gap) -> str:
    parts = []
    if gap.criterion_gain >= 0.05:
        parts.append(f"{gap.criterion} +{gap.criterion_gain:.1f}")
    if gap.gain >= 0.05:
        parts.append(f"overall +{gap.gain:.1f}")
    return f" ({', '.join(parts)})" if parts else ""


def render_json(checked: Sequence[Checked], places: Places | None = None) -> str:
    """Everything that is known, one object a card."""
    found = [
        as_json(item) | ({"place": places[item.target].as_dict()} if item.target in places else {})
        for places in (places or {},)
        for item in checked
    ]
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def as_json(checked: Checked) -> dict[str, Any]:
    """One checked card as plain values."""
    rating = checked.rating
    return {
        "target": printable(checked.target),
        "id": checked.card.id,
        "card_sha256": checked.card.sha256,
        "judge": {"id": rating.judge, "version": rating.judge_version},
        "rubric": rating.rubric_version,
        "status": rating.status,
        "scores": {name: score._asdict() for name, score in rating.scores.items()},
        "problems": [{"code": p, "words": explain_problem(p)} for p in checked.card.problems],
        "gaps": [asdict(gap) for gap in checked.gaps],
        "findings": [_finding_json(item) for item in checked.findings],
        "evidence": [item._asdict() for item in rating.evidence],
    }


def _finding_json(item: Finding) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "name": item.name,
        "severity": item.severity,
        "line": item.line,
        "message": printable(item.message),
        "fixable": bool(item.edits),
    }


def render_markdown(checked: Sequence[Checked], places: Places | None = None) -> str:
    """A comment for a pull request."""
    parts = []
    for item in checked:
        scores = item.rating.scores
        overall = scores["overall"]
        rows = [
            f"| {name} | {score.value} | {_WORDS[score.value - 1]} "
            f"| {_between(score) or 'not measured'} |"
            for name, score in scores.items()
            if name != "overall"
        ]
        gaps = [
            f"1. Line {gap.line}, {gap.criterion}: {gap.missing}. {gap.advice}"
            for gap in item.gaps[:GAPS_SHOWN]
        ]
        evidence = [
            f"1. {_place(one).capitalize()}, {one.criterion}: {one.fact}{_loss(one)}."
            for one in _strongest(item)
        ]
        problems = [f"- {_inline(problem)}" for problem in _untold(item)]
        parts += [
            f"### {_inline(_name(item))}: {overall.value} of 5, {_OVERALL[overall.value - 1]}",
            "",
            "| criterion | score | | 90 % interval |",
            "|---|---|---|---|",
            *rows,
            "",
            *(["What would help a reader most:", "", *gaps, ""] if gaps else []),
            *(["What carries the rating:", "", *evidence, ""] if evidence else []),
            *(["Problems:", "", *problems, ""] if problems else []),
            *_markdown_findings(item.findings),
            *place_markdown((places or {}).get(item.target)),
            f"*Judge {item.rating.judge} {item.rating.judge_version}, rubric "
            f"{item.rating.rubric_version}.*",
            "",
        ]
    return "\n".join(parts)


def _markdown_findings(findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    rows = [
        f"| {item.line} | {item.rule} | {item.severity} | {_cell(item.message)} |"
        for item in findings
    ]
    return ["| line | rule | | |", "|---|---|---|---|", *rows, ""]


def _cell(text: str) -> str:
    """A code span that cannot leave its table's cell."""
    return _inline(text).replace("|", "\\|")


def _inline(text: str) -> str:
    """A text from outside as a Markdown code span that it cannot leave."""
    return "`" + printable(text).replace("`", "'").replace("\n", " ") + "`"


def render_sarif(checked: Sequence[Checked]) -> str:
    """Gaps as SARIF 2.1.0 results, for code scanning and editors."""
    version_of = checked[0].rating.rubric_version if checked else DEFAULT_RUBRIC
    questions = {item.key: item.question for item in load_rubric(version_of).criteria}
    claims: Sequence[Claim | Item] = ITEMS if version_of == RUBRIC_OF["dataset"] else CLAIMS
    rules: list[dict[str, Any]] = [
        {
            "id": f"{claim.criterion}/{claim.key}",
            "shortDescription": {"text": claim.missing},
            "fullDescription": {"text": f"{questions[claim.criterion]} {claim.advice}"},
            "help": {"text": claim.advice},
        }
        for claim in claims
    ]
    rules += [
        {
            "id": rule.id,
            "name": rule.name,
            "shortDescription": {"text": rule.what},
            "fullDescription": {"text": f"{rule.what} {rule.why}"},
            "help": {"text": " ".join(filter(None, (rule.why, rule.fix and f"--fix: {rule.fix}")))},
            "defaultConfiguration": {"level": rule.severity},
        }
        for rule in RULES
    ]
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    results = [
        result
        for item in checked
        for result in (
            *(_sarif_gap(item, gap, places[f"{gap.criterion}/{gap.key}"]) for gap in item.gaps),
            *(_sarif_finding(item, found, places[found.rule]) for found in item.findings),
        )
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


def _sarif_gap(item: Checked, gap: Gap, rule: int) -> dict[str, Any]:
    strong = gap.gain >= 0.2 or gap.criterion_gain >= 1
    return {
        "ruleId": f"{gap.criterion}/{gap.key}",
        "ruleIndex": rule,
        "level": "warning" if strong else "note",
        "message": {"text": f"{gap.missing}. {gap.advice}"},
        "locations": [_sarif_place(item, gap.line)],
        "properties": {"gain": gap.gain, "criterionGain": gap.criterion_gain},
    }


def _sarif_finding(item: Checked, found: Finding, rule: int) -> dict[str, Any]:
    return {
        "ruleId": found.rule,
        "ruleIndex": rule,
        "level": found.severity,
        "message": {"text": printable(found.message)},
        "locations": [_sarif_place(item, found.line)],
    }


def _sarif_place(item: Checked, line: int) -> dict[str, Any]:
    address = item.path or f"{item.card.id or item.target}/README.md"
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(os.fsencode(address))},
            "region": {"startLine": line},
        }
    }


_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(checked: Sequence[Checked]) -> str:
    """Findings and the costliest gaps as workflow commands, which GitHub shows on their lines."""
    lines = []
    for item in checked:
        file = printable(item.path or item.card.id or item.target)
        lines += [
            _command(
                _LEVELS[found.severity],
                file,
                found.line,
                f"{found.rule} {found.name}",
                printable(found.message),
            )
            for found in item.findings
        ]
        lines += [
            _command(
                "notice",
                file,
                gap.line,
                f"{gap.criterion}/{gap.key}",
                f"{gap.missing}. {gap.advice}",
            )
            for gap in item.gaps[:GAPS_SHOWN]
        ]
    return "".join(f"{line}\n" for line in lines)


def _command(level: str, file: str, line: int, title: str, message: str) -> str:
    properties = f"file={_property(file)},line={line},title={_property(title)}"
    return f"::{level} {properties}::{_data(message)}"


def _data(text: str) -> str:
    """A text that cannot leave its workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def render(checked: Sequence[Checked], form: Form = "text", places: Places | None = None) -> str:
    """Checked cards in one of the forms that `cardiogram check` prints.

    Parameters
    ----------
    places
        By target, where each card falls on a map; shown as text, JSON and Markdown.
    """
    if form == "text":
        return "\n".join(render_text(item, places) for item in checked)
    if form == "json":
        return render_json(checked, places)
    if form == "markdown":
        return render_markdown(checked, places)
    return _RENDERERS[form](checked)


_RENDERERS: dict[str, Callable[[Sequence[Checked]], str]] = {
    "sarif": render_sarif,
    "github": render_github,
}
