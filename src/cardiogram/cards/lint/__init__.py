"""The linter: rules, findings and fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.lint.linter import (
        RULES as RULES,
        Finding as Finding,
        apply_fixes as apply_fixes,
        choose_findings as choose_findings,
        lint as lint,
    )
    from cardiogram.cards.lint.rules_metadata import WORDLESS as WORDLESS

attach(__name__)
