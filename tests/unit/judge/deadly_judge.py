"""A judge that ends the process on a marked card; a light module, since every worker loads it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from cardiogram.cards import Card
from cardiogram.judge.rating import Rating, Score
from cardiogram.names import SCORES

MARK = "this card ends whoever rates it"


@dataclass(frozen=True)
class DeadlyJudge:
    """Gives everybody a 3, who has no mark."""

    id: str = "deadly"
    version: str = "1"
    rubric_version: str = "r1"

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        if any(MARK in card.text for card in cards):
            os._exit(1)
        scores = dict.fromkeys(SCORES, Score(3, 3, 3, 3))
        key = self.id, self.version, self.rubric_version
        return [Rating(*key, card.input_sha256, scores=scores) for card in cards]
