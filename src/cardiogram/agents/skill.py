"""The skill: how an agent writes a card of which every sentence is true."""

from __future__ import annotations

from pathlib import Path

SKILL = Path(__file__).parents[1] / ".agents" / "skills" / "cardiogram" / "SKILL.md"
"""Where a package keeps its skills, as agentskills.io has them."""


def read_skill() -> str:
    """Read the skill that is shipped.

    Examples
    --------
    >>> read_skill().splitlines()[1]
    'name: cardiogram'
    """
    return SKILL.read_text("utf-8")
