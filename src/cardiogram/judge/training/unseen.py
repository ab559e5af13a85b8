"""Ratings of the built-in judge on its training cards, by trees that saw none of their authors.

A cascade must not be tuned on ratings that the judge has learned by heart.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.judge.gold import UNSEEN, Labelled
from cardiogram.judge.rubric import DEFAULT_RUBRIC
from cardiogram.judge.training.train import honest
from cardiogram.names import SCORES
from cardiogram.stats import Floats, Whole
from cardiogram.store import write_atomically


def write_unseen(
    path: Path, data: Labelled, x: NDArray[np.float32], unseen: Floats, version: str
) -> None:
    """Write ratings of unseen authors as JSON lines: ids, hashes and numbers, no text.

    Parameters
    ----------
    x
        Feature vectors of the cards, shape (cards, features).
    unseen
        Out-of-fold expected values, shape (cards, 9).
    """
    whole, bounds = honest(data, x, unseen)
    rows = [
        _row(card.id, card.sha256, whole[i], unseen[i], np.clip(bounds[i], 1, 5), version)
        for i, card in enumerate(data.cards)
    ]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_atomically(path, text.encode())


def _row(
    id: str, sha256: str, whole: Whole, expected: Floats, bounds: Floats, version: str
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": id,
        "card_sha256": sha256,
        "judge": UNSEEN,
        "judge_version": version,
        "rubric_version": DEFAULT_RUBRIC,
        "status": "rated",
    }
    for place, name in enumerate(SCORES):
        row |= {
            name: int(whole[place]),
            f"{name}_expected": round(float(expected[place]), 4),
            f"{name}_low": round(float(bounds[place, 0]), 4),
            f"{name}_high": round(float(bounds[place, 1]), 4),
        }
    return row
