"""A checked card as text, JSON, SARIF, Markdown or annotations; nothing here computes anything."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from cardiogram.cards import explain_problem
from cardiogram.cards.lint import RULES, Finding
from cardiogram.check import Checked
from cardiogram.judge import DEFAULT_RUBRIC, RUBRIC_OF, Evidence, Score, load_rubric
from cardiogram.judge.expectations import EXPECTATIONS, Gap, Wording
from cardiogram.report.markup import printable, wrap_lines

if TYPE_CHECKING:
    from cardiogram.maps import Place

Form = Literal["text", "json", "sarif", "markdown", "github"]
Places = Mapping[str, "Place"]
"""Where cards fall on a map, by the target that was checked."""

GAPS_SHOWN = 3
FINDINGS_SHOWN = 5
EVIDENCE_SHOWN = 3
_INDENT = " " * 12
_BAR = 20
_SHOWN_EFFECT = 0.05


def render_checked(
    checked: Sequence[Checked], form: Form = "text", places: Places | None = None
) -> str:
    """Checked cards in one of the forms that `cardiogram check` prints.

    Parameters
    ----------
    places
        By target, where each card falls on a map; shown as text, JSON and Markdown.
    """
    if form == "text":
        return "\n".join(render_text(card, places) for card in checked)
    if form == "json":
        return render_json(checked, places)
    if form == "markdown":
        return render_markdown(checked, places)
    return render_sarif(checked) if form == "sarif" else render_github(checked)


# Text ----------------------------------------------------------------------------------------


def render_text(checked: Checked, places: Places | None = None) -> str:
    """The rating as a picture in words, for a terminal 80 characters wide.

    Plain text without colour, so that it can be piped and compared.
    """
    overall, *criteria = (_score_line(*score) for score in _named_scores(checked))
    lines = [printable(_name(checked)), "", overall, "", *criteria]
    for problem in _untold(checked, FINDINGS_SHOWN):
        lines += ["", *wrap_lines(printable(problem), "  ! ", "    ")]
    lines += ["", *_gap_lines(checked.gaps[:GAPS_SHOWN])]
    lines += _evidence_lines(_strongest(checked))
    lines += _finding_lines(checked.findings)
    lines += _place_lines((places or {}).get(checked.target))
    measured = checked.rating.scores["overall"].low is not None
    interval = "brackets: 90 % interval" if measured else "no measured agreement"
    about = f"{_judged_by(checked)}; {interval}"
    lines += ["", *wrap_lines(f"judge {about}", "  ")]
    return "\n".join(lines) + "\n"


def _judged_by(checked: Checked) -> str:
    rating = checked.rating
    return f"{rating.judge} {rating.judge_version}, rubric {rating.rubric_version}"


def _named_scores(checked: Checked) -> Iterator[tuple[str, Score, str]]:
    """Each of the nine numbers with the rubric's word for it."""
    rubric = load_rubric(checked.rating.rubric_version)
    grades = {score: name.split()[0].lower() for score, name in rubric.overall_names.items()}
    for name, score in checked.rating.scores.items():
        yield name, score, (grades if name == "overall" else rubric.level_names)[score.value]


def _score_line(name: str, score: Score, word: str) -> str:
    filled = round(score.expected / 5 * _BAR)
    bar = "█" * filled + "░" * (_BAR - filled)
    interval = f"  ({_interval(score)})" if _interval(score) else ""
    return f"  {name:<12}{bar}  {score.value}  {word:<10}{score.expected:.1f}{interval}"


def _interval(score: Score) -> str:
    """The interval; "" where the judge's errors were never measured."""
    if score.low is None or score.high is None:
        return ""
    return f"{score.low:.1f}-{score.high:.1f}"


def _untold(checked: Checked, shown: int | None = None) -> list[str]:
    """Problems of the card in words, without those that a finding tells with its line."""
    messages = {finding.message for finding in checked.findings[:shown]}
    words = map(explain_problem, checked.card.problems)
    return [problem for problem in words if f"{problem}." not in messages]


def _name(checked: Checked) -> str:
    if checked.target == "-":
        return checked.card.id or "standard input"
    return checked.target


def _gap_lines(gaps: Sequence[Gap]) -> list[str]:
    if not gaps:
        return ["  Nothing that a reader would miss was found."]
    lines = ["  What would help a reader most"]
    for gap in gaps:
        lines += wrap_lines(f"{gap.criterion}: {gap.missing}", f"  line {gap.line:<5}", _INDENT)
        lines += wrap_lines(f"{gap.advice}{_gain(gap)}", _INDENT)
    return lines


def _gain(gap: Gap) -> str:
    gains = ((gap.criterion, gap.criterion_gain), ("overall", gap.gain))
    shown = [f"{name} +{gain:.1f}" for name, gain in gains if gain >= _SHOWN_EFFECT]
    return f" ({', '.join(shown)})" if shown else ""


def _strongest(checked: Checked) -> list[Evidence]:
    """What the rating would lose most by, the most first."""
    evidence = [fact for fact in checked.rating.evidence if (fact.effect or 0) >= _SHOWN_EFFECT]
    evidence.sort(key=lambda fact: -(fact.effect or 0))
    places: dict[tuple[str, int, int], Evidence] = {}
    for fact in evidence:  # of several facts on the same lines the strongest speaks
        places.setdefault((fact.criterion, fact.first_line, fact.last_line), fact)
    return list(places.values())[:EVIDENCE_SHOWN]


def _evidence_lines(evidence: Sequence[Evidence]) -> list[str]:
    if not evidence:
        return []
    lines = ["", "  What carries the rating"]
    for fact in evidence:
        text = f"{fact.criterion}: {fact.fact}{_loss(fact)}"
        lines += wrap_lines(text, f"  {_lines_of(fact):<13} ", _INDENT)
    return lines


def _lines_of(evidence: Evidence) -> str:
    if not evidence.first_line:
        return "its tags"
    if evidence.first_line == evidence.last_line:
        return f"line {evidence.first_line}"
    return f"lines {evidence.first_line}-{evidence.last_line}"


def _loss(evidence: Evidence) -> str:
    return f" (without it {evidence.criterion} -{evidence.effect:.1f})"


def _finding_lines(findings: Sequence[Finding]) -> list[str]:
    """The worst findings, and how many more there are."""
    if not findings:
        return []
    lines = ["", "  What the linter found"]
    for finding in findings[:FINDINGS_SHOWN]:
        mend = " (--fix mends it)" if finding.edits else ""
        text = f"{finding.rule} {finding.severity}: {printable(finding.message)}{mend}"
        lines += wrap_lines(text, f"  line {finding.line:<5}", _INDENT)
    more = len(findings) - FINDINGS_SHOWN
    if more > 0:
        lines.append(f"{_INDENT}and {more} more: --format json shows all")
    return lines


def _describe_place(place: Place) -> str:
    """Segment and rank in one sentence."""
    if place.segment is None:
        return f"In no segment: {place.reason}."
    sure = "" if place.strength >= 0.5 else ", though not firmly"
    rank = "" if place.rank is None else f" It ranks {place.rank} of {place.of} there."
    return f"Among {place.segment}{sure}.{rank}"


def _place_lines(place: Place | None) -> list[str]:
    if place is None:
        return []
    lines = ["", "  Where it stands", *wrap_lines(_describe_place(place), _INDENT)]
    if place.neighbours:
        cards = ", ".join(f"{card.id} ({card.rating:.1f})" for card in place.neighbours)
        lines += wrap_lines(f"Good cards near it: {cards}", _INDENT)
    return lines


# JSON ----------------------------------------------------------------------------------------


def render_json(checked: Sequence[Checked], places: Places | None = None) -> str:
    """Everything that is known, one object a card."""
    known = places or {}
    cards = [
        as_json(card) | ({"place": asdict(known[card.target])} if card.target in known else {})
        for card in checked
    ]
    return _json(cards)


def as_json(checked: Checked) -> dict[str, object]:
    """One checked card as plain values."""
    rating = checked.rating
    problems = checked.card.problems
    return {
        "target": printable(checked.target),
        "id": checked.card.id,
        "card_sha256": checked.card.sha256,
        "judge": {"id": rating.judge, "version": rating.judge_version},
        "rubric": rating.rubric_version,
        "status": rating.status,
        "scores": {name: score._asdict() for name, score in rating.scores.items()},
        "problems": [{"code": code, "words": explain_problem(code)} for code in problems],
        "gaps": [asdict(gap) for gap in checked.gaps],
        "findings": [
            {
                "rule": finding.rule,
                "name": finding.name,
                "severity": finding.severity,
                "line": finding.line,
                "message": printable(finding.message),
                "fixable": bool(finding.edits),
            }
            for finding in checked.findings
        ],
        "evidence": [fact._asdict() for fact in rating.evidence],
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


# Markdown ------------------------------------------------------------------------------------


def render_markdown(checked: Sequence[Checked], places: Places | None = None) -> str:
    """A comment for a pull request."""
    lines: list[str] = []
    for card in checked:
        (_, overall, grade), *criteria = _named_scores(card)
        rows = [
            f"| {name} | {score.value} | {word} | {_interval(score) or 'not measured'} |"
            for name, score, word in criteria
        ]
        gaps = [
            f"1. Line {gap.line}, {gap.criterion}: {_sentences(gap)}"
            for gap in card.gaps[:GAPS_SHOWN]
        ]
        evidence = [
            f"1. {_lines_of(fact).capitalize()}, {fact.criterion}: {fact.fact}{_loss(fact)}."
            for fact in _strongest(card)
        ]
        problems = [f"- {_inline(problem)}" for problem in _untold(card)]
        lines += [
            f"### {_inline(_name(card))}: {overall.value} of 5, {grade}",
            "",
            *["| criterion | score | | 90 % interval |", "|---|---|---|---|", *rows, ""],
            *_listed("What would help a reader most:", gaps),
            *_listed("What carries the rating:", evidence),
            *_listed("Problems:", problems),
            *_markdown_findings(card.findings),
            *_markdown_place((places or {}).get(card.target)),
            f"*Judge {_judged_by(card)}.*",
            "",
        ]
    return "\n".join(lines)


def _listed(title: str, points: Sequence[str]) -> list[str]:
    return [title, "", *points, ""] if points else []


def _sentences(gap: Gap) -> str:
    return f"{gap.missing}. {gap.advice}"


def _markdown_findings(findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    rows = [
        f"| {finding.line} | {finding.rule} | {finding.severity} | {_cell(finding.message)} |"
        for finding in findings
    ]
    return ["| line | rule | | |", "|---|---|---|---|", *rows, ""]


def _markdown_place(place: Place | None) -> list[str]:
    if place is None:
        return []
    near = ", ".join(
        f"[{card.id}](https://huggingface.co/{card.id}) ({card.rating:.1f})"
        for card in place.neighbours
    )
    return [_describe_place(place) + (f" Good cards near it: {near}." if near else ""), ""]


def _cell(text: str) -> str:
    """A code span that cannot leave its table's cell."""
    return _inline(text).replace("|", "\\|")


def _inline(text: str) -> str:
    """A text from outside as a Markdown code span that it cannot leave."""
    return "`" + printable(text).replace("`", "'").replace("\n", " ") + "`"


# SARIF ---------------------------------------------------------------------------------------


def render_sarif(checked: Sequence[Checked]) -> str:
    """Gaps and findings as SARIF 2.1.0 results, for code scanning and editors."""
    rubric = checked[0].rating.rubric_version if checked else DEFAULT_RUBRIC
    rules = _sarif_rules(rubric)
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    results = []
    for card in checked:
        for gap in card.gaps:
            strong = gap.gain >= 0.2 or gap.criterion_gain >= 1
            level, key = "warning" if strong else "note", f"{gap.criterion}/{gap.key}"
            result = _sarif_result(card, key, places[key], level, _sentences(gap), gap.line)
            gains = {"gain": gap.gain, "criterionGain": gap.criterion_gain}
            results.append({**result, "properties": gains})
        for finding in card.findings:
            index, message = places[finding.rule], printable(finding.message)
            results.append(
                _sarif_result(card, finding.rule, index, finding.severity, message, finding.line)
            )
    from importlib.metadata import version

    driver = {"name": "cardiogram", "version": version("cardiogram"), "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return _json({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _sarif_rules(rubric: str) -> list[dict[str, object]]:
    """Every expectation of a rubric, and every rule of the linter."""
    questions = load_rubric(rubric).questions
    wordings: Sequence[Wording] = EXPECTATIONS
    if rubric == RUBRIC_OF["dataset"]:
        from cardiogram.judge.dataset_cards import CHECKLIST

        wordings = CHECKLIST
    expected: list[dict[str, object]] = [
        {
            "id": f"{wording.criterion}/{wording.key}",
            "shortDescription": {"text": wording.missing},
            "fullDescription": {"text": f"{questions[wording.criterion]} {wording.advice}"},
            "help": {"text": wording.advice},
        }
        for wording in wordings
    ]
    linted: list[dict[str, object]] = [
        {
            "id": rule.id,
            "name": rule.name,
            "shortDescription": {"text": rule.words.what},
            "fullDescription": {"text": f"{rule.words.what} {rule.words.why}"},
            "help": {
                "text": " ".join(
                    filter(None, (rule.words.why, rule.words.fix and f"--fix: {rule.words.fix}"))
                )
            },
            "defaultConfiguration": {"level": rule.severity},
        }
        for rule in RULES
    ]
    return [*expected, *linted]


def _sarif_result(
    checked: Checked, rule: str, index: int, level: str, message: str, line: int
) -> dict[str, object]:
    address = checked.path or f"{checked.card.id or checked.target}/README.md"
    place = {
        "artifactLocation": {"uri": quote(os.fsencode(address))},
        "region": {"startLine": line},
    }
    return {
        "ruleId": rule,
        "ruleIndex": index,
        "level": level,
        "message": {"text": message},
        "locations": [{"physicalLocation": place}],
    }


# Annotations ---------------------------------------------------------------------------------

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(checked: Sequence[Checked]) -> str:
    """Findings and the costliest gaps as workflow commands, which GitHub shows on their lines."""
    lines = []
    for card in checked:
        file = _property(printable(card.path or card.card.id or card.target))
        for finding in card.findings:
            level, title = _LEVELS[finding.severity], f"{finding.rule} {finding.name}"
            message = printable(finding.message)
            lines.append(_annotation(level, file, finding.line, title, message))
        for gap in card.gaps[:GAPS_SHOWN]:
            title = f"{gap.criterion}/{gap.key}"
            lines.append(_annotation("notice", file, gap.line, title, _sentences(gap)))
    return "".join(f"{line}\n" for line in lines)


def _annotation(level: str, file: str, line: int, title: str, message: str) -> str:
    return f"::{level} file={file},line={line},title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    """A text that cannot leave its workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
