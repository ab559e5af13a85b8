"""What the files of a repository contradict in its card, as findings beside the linter's.

A folder is compared with itself, without a network; the Hub is asked for a model that is checked
by itself, and for none of an owner's many. A card that says nothing that a file could speak to
costs no request. `cardiogram verify` asks for more: the base model of a folder, too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.cards.lint import Finding
from cardiogram.check.folders import READ
from cardiogram.check.targets import Target
from cardiogram.errors import CardiogramError

if TYPE_CHECKING:
    from cardiogram.hub import HubSession
    from cardiogram.repository import Repository

_PROOF = "README.proof.json"


def find_contradicted(target: Target, session: HubSession | None = None) -> tuple[Finding, ...]:
    """Where files contradict a card; nothing where no repository is at hand."""
    if target.of != "model" or not (target.revision or _has_files(target.path)):
        return ()
    from cardiogram.repository import read_facts
    from cardiogram.repository.contradictions import CONTRADICTION_RULES, find_contradictions
    from cardiogram.repository.statements import read_statements

    if not read_statements(target.card):
        return ()
    try:
        repository = _open(target, session)
        facts = read_facts(repository, target.card)
        contradictions = find_contradictions(target.card, facts, repository)
    except CardiogramError:  # gated, gone, no network: the card itself was read
        return ()
    called = {rule.id: rule.name for rule in CONTRADICTION_RULES}
    return tuple(
        Finding(each.rule, called[each.rule], each.severity, each.statement.line, each.why)
        for each in contradictions
    )


def _has_files(path: str) -> bool:
    """Whether a file lies beside a card that could say something about its model."""
    if not path:
        return False
    try:
        with os.scandir(Path(path).parent) as entries:
            return any(
                entry.name.endswith(READ) and entry.name != _PROOF and entry.is_file()
                for entry in entries
            )
    except OSError:
        return False


def _open(target: Target, session: HubSession | None) -> Repository:
    from cardiogram.repository import open_folder, open_on_hub

    if target.path:
        return open_folder(Path(target.path).parent, id=target.card.id)
    return open_on_hub(session, target.card.id, revision=target.revision)
