"""The linter: rules with ids, lines, and fixes where these are safe.

A fix is safe where it cannot change what the author meant. :func:`apply_fixes` edits bytes in
place; where the file is not UTF-8, no fix is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from cardiogram.cards.card import Card
from cardiogram.cards.lint import (
    rules_dataset as lint_dataset,
    rules_keys as lint_keys,
    rules_metadata as lint_metadata,
    rules_results as lint_results,
    rules_structure as lint_structure,
    rules_text as lint_text,
)
from cardiogram.cards.lint.findings import SEVERITIES, Finding, LintedCard, Rule, apply_fixes
from cardiogram.errors import ConfigError
from cardiogram.names import CardType

__all__ = ["RULES", "Finding", "Rule", "apply_fixes", "choose_findings", "lint"]

RULES: tuple[Rule, ...] = (
    *lint_metadata.RULES,
    *lint_keys.RULES,
    *lint_results.RULES,
    *lint_dataset.RULES,
    *lint_text.RULES,
    *lint_structure.RULES,
)
"""All rules, by id."""

_MOST = 50
"""Findings of one rule in one card; the rest would tell nothing new."""


def lint(
    card: Card,
    raw: bytes | None = None,
    *,
    exists: Callable[[str], bool] | None = None,
    results: Mapping[str, str] | None = None,
    of: CardType = "model",
) -> tuple[Finding, ...]:
    r"""Look for everything that breaks a rule, the worst first.

    Parameters
    ----------
    raw
        The bytes that the card was parsed from; without them no finding has a fix.
    exists
        Whether a relative path exists beside the card; without it links are not followed.
    results
        Texts of the files of `.eval_results` beside the card, by name.
    of
        Whose card it is.

    Examples
    --------
    >>> from cardiogram.cards.card import parse_card
    >>> data = b"---\nlicense: Apache 2.0\n---\n# Parrot\n"
    >>> findings = [f for f in lint(parse_card(data), data) if f.rule == "CG111"]
    >>> apply_fixes(data, findings)
    b'---\nlicense: apache-2.0\n---\n# Parrot\n'
    """
    source = LintedCard.of(card, raw, exists, results)
    findings = []
    for rule in (rule for rule in RULES if of in rule.of):
        for count, breach in enumerate(rule.find(source)):
            if count == _MOST:
                break
            edits = breach.edits if source.lines else ()
            findings.append(
                Finding(rule.id, rule.name, rule.severity, breach.line, breach.message, edits)
            )
    return tuple(
        sorted(findings, key=lambda each: (SEVERITIES.index(each.severity), each.line, each.rule))
    )


def choose_findings(
    findings: Iterable[Finding],
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    others: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """Keep the findings whose rule is selected and not ignored.

    Parameters
    ----------
    select, ignore
        Ids of rules, or what they start with: ``CG1`` is all rules on the metadata. Nothing
        selected is everything.
    others
        Ids of rules that are not the linter's own.

    Raises
    ------
    ConfigError
        No rule starts so.
    """
    ids = [*(rule.id for rule in RULES), *others]
    for prefix in (*select, *ignore):
        if not any(id.startswith(prefix) for id in ids):
            raise ConfigError(
                f"no rule {prefix!r}", hint=f"Rules: {ids[0]} to {ids[-1]}; CG1 is a group."
            )
    chosen, left_out = tuple(select) or ("CG",), tuple(ignore)
    return tuple(
        finding
        for finding in findings
        if finding.rule.startswith(chosen) and not (left_out and finding.rule.startswith(left_out))
    )
