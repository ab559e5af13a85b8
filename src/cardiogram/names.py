"""Names that every part of cardiogram shares: the nine numbers of a rating, and types of cards."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

DATA = Path(__file__).parent / "data"
"""Rubrics, weights, phrases and vocabularies."""

CRITERIA = (
    "identity",
    "usage",
    "data",
    "training",
    "evaluation",
    "limitations",
    "metadata",
    "structure",
)
SCORES = ("overall", *CRITERIA)
"""The nine numbers of a rating, overall first."""

CardType = Literal["model", "dataset"]
"""Whose card it is; a study is of one type."""

SCORES_OF: dict[CardType, tuple[str, ...]] = {
    "model": SCORES,
    "dataset": (
        "overall",
        "identity",
        "composition",
        "collection",
        "usage",
        "rights",
        "limitations",
        "metadata",
        "structure",
    ),
}
"""The nine numbers by type of card, as its rubric names them."""
