"""The linter: rules, findings and fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.lint.findings import SEVERITIES, Severity, load_rule_words
    from cardiogram.cards.lint.linter import RULES, Finding, apply_fixes, choose_findings, lint
    from cardiogram.cards.lint.rules_metadata import WORDLESS
    from cardiogram.cards.lint.rules_results import find_faults

attach(__name__)
