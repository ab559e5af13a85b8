"""What is learned from: cards, copies of them, and what a copy lost or gained."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.features import read_features
from cardiogram.judge.expectations import mended_features
from cardiogram.judge.gold import PARTIAL, LabelledCards
from cardiogram.stats import Floats, WholeNumbers

COPIES: dict[str, tuple[float, float]] = {
    PARTIAL: (0.3, 0.0),
    "removed": (0.3, 3.0),
    "added": (0.3, 4.0),
    "good": (0.0, 0.0),
    "half": (0.0, 0.0),
}
"""Weights of a copy as a card of its own, and of its difference from the card it was made of, by
kind or else by change; a card's is 1. Sections with the names adapted, good ones and halves, are
left out: counts do not tell them from a card's own, which would be held lower for them."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of features and labels, the cards first, then copies of them.

    Attributes
    ----------
    x, labels, row
        Features, labels and weights, shapes (rows, features), (rows, 9) and (rows,).
    origin, copy, pair
        Rows of a card and of its copy, and the weight of their difference, shape (copies,).
    mended
        Features of the copies with what they lack mended, shape (copies, features).
    cards
        How many rows are cards.
    """

    x: NDArray[np.float32]
    labels: Floats
    row: Floats
    origin: WholeNumbers
    copy: WholeNumbers
    pair: Floats
    mended: NDArray[np.float32]
    cards: int

    @property
    def pull(self) -> Floats:
        """Sum of the weights of each row's pairs, shape (rows,)."""
        sums = np.zeros(len(self.x))
        np.add.at(sums, self.origin, self.pair)
        np.add.at(sums, self.copy, self.pair)
        return sums

    def of(self, chosen: NDArray[np.bool_]) -> Examples:
        """Chosen cards, shape (cards,), and their copies."""
        rows = np.r_[chosen, chosen[self.origin]]
        place = np.cumsum(rows) - 1
        kept = chosen[self.origin]
        return replace(
            self,
            x=self.x[rows],
            labels=self.labels[rows],
            row=self.row[rows],
            origin=place[self.origin[kept]],
            copy=place[self.copy[kept]],
            pair=self.pair[kept],
            mended=self.mended[kept],
            cards=int(chosen.sum()),
        )


def make_examples(data: LabelledCards) -> Examples:
    """Count the features of labelled cards and of their copies."""
    copies, cards = data.copies, len(data.cards)
    weights = np.array(
        [
            COPIES[kind if kind in COPIES else change]
            for kind, change in zip(copies.kinds, copies.changes, strict=True)
        ]
    ).reshape(-1, 2)
    read = read_features([*data.cards, *copies.cards])
    x = np.vstack([card.vector for card in read])
    mended = [
        mended_features(copy, criterion) if change == "removed" and criterion else copy.vector
        for copy, change, criterion in zip(
            read[cards:], copies.changes, copies.criteria, strict=True
        )
    ]
    return Examples(
        x=x,
        labels=np.vstack([data.labels, copies.labels]),
        row=np.r_[np.ones(cards), weights[:, 0]],
        origin=copies.origin,
        copy=cards + np.arange(len(copies.cards)),
        pair=weights[:, 1],
        mended=np.array(mended, np.float32).reshape(-1, x.shape[1]),
        cards=cards,
    )
