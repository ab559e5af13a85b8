"""Checked cards as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.cards.lint import RULES
from cardiogram.check import Checked
from cardiogram.judge import DEFAULT_RUBRIC, RUBRIC_OF, load_rubric
from cardiogram.judge.expectations import EXPECTATIONS, Wording
from cardiogram.report.markup import printable
from cardiogram.report.terminal.checked.phrases import sentences_of
from cardiogram.report.terminal.writing import sarif_contradictions, sarif_result, write_sarif


def render_sarif(checked: Sequence[Checked]) -> str:
    """Gaps and findings as SARIF 2.1.0 results, for code scanning and editors."""
    rubric = checked[0].rating.rubric_version if checked else DEFAULT_RUBRIC
    rules = _sarif_rules(rubric)
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    results = []
    for card in checked:
        file = card.path or f"{card.card.id or card.target}/README.md"
        for gap in card.gaps:
            strong = gap.gain >= 0.2 or gap.criterion_gain >= 1
            level, key = "warning" if strong else "note", f"{gap.criterion}/{gap.key}"
            result = sarif_result(file, key, places[key], level, sentences_of(gap), gap.line)
            gains = {"gain": gap.gain, "criterionGain": gap.criterion_gain}
            results.append({**result, "properties": gains})
        for finding in card.findings:
            index, message = places[finding.rule], printable(finding.message)
            results.append(
                sarif_result(file, finding.rule, index, finding.severity, message, finding.line)
            )
    return write_sarif(rules, results)


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
    return [*expected, *linted, *sarif_contradictions()]
