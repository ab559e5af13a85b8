"""Model cards with their counts, what people coded of them, and what a reader rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiogram.cards import Card, metadata_from_tags, parse_card
from cardiogram.cards.features import count_words, is_machine_made
from cardiogram.judge.gold import read_rows
from cardiogram.names import SCORES
from cardiogram.stats.ranks import RatingTable
from cardiogram.stats.resampling import Floats, Integers, author_codes

SOURCE = "hub-2023"
"""Where the cards with counts and coding come from."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sample:
    """Cards with their counts and their coding, one row a model.

    Attributes
    ----------
    authors
        By name; as 0, 1, 2, ... in `codes`.
    outcomes
        Downloads of 30 days and likes, shape (n,) each.
    copies
        Whether the model is a converted or quantised copy.
    high
        1 where the published rule calls the card one of high quality.
    what, how
        Whether people gave one of its headings this category.
    unfilled
        Whether they marked it as an uncompleted template.
    reader
        Overall rating by the language model that the built-in judge imitates.
    """

    cards: tuple[Card, ...]
    authors: NDArray[np.str_]
    codes: Integers
    outcomes: Mapping[str, Floats]
    tasks: tuple[str | None, ...]
    copies: Mask
    high: Floats
    what: Mask
    how: Mask
    unfilled: Mask
    reader: Floats

    def table(self, x: ArrayLike) -> RatingTable:
        """A column beside the counts."""
        return RatingTable({"x": np.asarray(x, float)}, self.outcomes, self.codes)

    @property
    def words(self) -> list[int]:
        """Words of each card's body."""
        return [count_words(card.body) for card in self.cards]

    @property
    def code_blocks(self) -> list[int]:
        """Code blocks of each card."""
        return [count_blocks(card, "code") for card in self.cards]


def count_blocks(card: Card, kind: str) -> int:
    """Blocks of a kind in a card."""
    return sum(block.kind == kind for block in card.document.blocks)


def name_task(tags: Sequence[str]) -> str | None:
    """The task among a model's tags."""
    task = metadata_from_tags(tags).values.get("pipeline_tag")
    return task if isinstance(task, str) else None


def read_sample(corpus: Path) -> Sample:
    """Read the cards that have counts, and what people and the reader said of them."""
    cards, coded, read = (
        {row[key]: dict[str, Any](row) for row in read_rows(corpus / name)}
        for name, key in (
            ("cards-dev.jsonl.gz", "key"),
            ("headings-dev.jsonl", "id"),
            ("labels-dev.jsonl", "key"),
        )
    )
    rows = [row for row in cards.values() if row["source"] == SOURCE]
    coding = [coded[row["id"]] for row in rows]
    categories = [
        {name for one in code["headings"] for name in (one["category"] or "").split(",")}
        for code in coding
    ]
    authors = [row["id"].partition("/")[0] for row in rows]
    return Sample(
        cards=tuple(parse_card(row["text"], id=row["id"], tags=row["tags"]) for row in rows),
        authors=np.array(authors),
        codes=author_codes(authors),
        outcomes={
            name: np.array([row[name] for row in rows], float) for name in ("downloads", "likes")
        },
        tasks=tuple(name_task(row["tags"]) for row in rows),
        copies=np.array([is_machine_made(row["id"], row["tags"]) for row in rows]),
        high=np.array([code["high_quality"] for code in coding], float),
        what=np.array(["what" in names for names in categories]),
        how=np.array(["how" in names for names in categories]),
        unfilled=np.array([code["unfilled_template"] for code in coding]),
        reader=np.array([read[row["key"]]["first"]["overall"] for row in rows], float),
    )


def read_out_of_fold(path: Path, cards: Sequence[Card]) -> dict[str, Floats]:
    """Ratings of each card by a model that has not seen its author, by column."""
    rated = {(row["id"], row["card_sha256"]): row for row in read_rows(path)}
    rows = [rated[card.id, card.sha256] for card in cards]
    names = ["overall", *(f"{name}_expected" for name in SCORES)]
    return {name: np.array([row[name] for row in rows], float) for name in names}
