"""How long work tells what it has done, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Told of the step, how much of it is done, and how much there is (None while unknown)."""


STEP_NAMES = {
    "list": "listing models",
    "read": "reading cards",
    "join": "joining by id",
    "backfill": "reading rows",
    "pilot": "asking about a few first",
    "ask": "asking models",
    "history": "rating earlier texts",
    "draft": "drafting cards",
    "reword": "rewording drafts",
    "count": "counting features",
    "rate": "rating cards",
    "embed": "embedding cards",
    "map": "comparing words",
    "project": "drawing the map",
    "place": "placing cards",
    "analyze": "statistics",
    "self-test": "placebo studies",
    "effect": "looking for effects",
    "report": "writing the report",
    "audit": "auditing",
}
"""What each step is called, no two the same."""


def silent(step: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""
