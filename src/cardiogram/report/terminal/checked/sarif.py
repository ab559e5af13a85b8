"""Checked cards as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import quote

from cardiogram.cards.lint import RULES
from cardiogram.check import Checked
from cardiogram.judge import DEFAULT_RUBRIC, RUBRIC_OF, load_rubric
from cardiogram.judge.expectations import EXPECTATIONS, Wording
from cardiogram.report.markup import printable
from cardiogram.report.terminal.checked.phrases import sentences_of, write_json


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
            result = _sarif_result(card, key, places[key], level, sentences_of(gap), gap.line)
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
    return write_json({"$schema": schema, "version": "2.1.0", "runs": [run]})


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
