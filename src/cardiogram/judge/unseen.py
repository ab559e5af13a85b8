"""Ratings of the built-in judge on its training cards, by trees that saw none of their authors.

A cascade must not be tuned on ratings that the judge has learned by heart.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.card import Card
from cardiogram.judge.rubric import DEFAULT_RUBRIC
from cardiogram.store import SCORES, write_atomically

JUDGE = "embedded-unseen"


@dataclass(frozen=True, slots=True)
class Unseen:
    """Out-of-fold whole numbers, expected values and intervals.

    Attributes
    ----------
    whole, expected, bounds
        Shapes (cards, 9), (cards, 9) and (cards, 9, 2).
    """

    whole: NDArray[np.int64]
    expected: NDArray[np.float64]
    bounds: NDArray[np.float64]


def write_unseen(path: Path, cards: Sequence[Card], found: Unseen, version: str) -> None:
    """Write the ratings as JSON lines: ids, hashes and numbers, no text."""
    rows = [_row(card, place, found, version) for place, card in enumerate(cards)]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_atomically(path, text.encode())


def _row(card: Card, place: int, found: Unseen, version: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": card.id,
        "card_sha256": card.sha256,
        "judge": JUDGE,
        "judge_version": version,
        "rubric_version": DEFAULT_RUBRIC,
        "status": "rated",
    }
    bounds = np.clip(found.bounds, 1.0, 5.0)
    for j, name in enumerate(SCORES):
        row |= {
            name: int(found.whole[place, j]),
            f"{name}_expected": round(float(found.expected[place, j]), 4),
            f"{name}_low": round(float(bounds[place, j, 0]), 4),
            f"{name}_high": round(float(bounds[place, j, 1]), 4),
        }
    return row
