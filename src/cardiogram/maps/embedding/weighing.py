"""What the terms of a card weigh, before a fitted embedder makes vectors of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterator
from typing import Literal, TypeAlias

from cardiogram.cards.features import CardTerms, load_shapes

View: TypeAlias = Literal["models", "templates"]
"""What a map is of: the models, or the templates that their cards were made from."""

QUIET = 0.2
"""What a word counts in a block that the view looks past."""

LENGTHS = (1.0, 0.65)
"""Lengths of a card's words and of its metadata: see decision 18."""


def bags_of(
    card: CardTerms, known: Container[str], shared: frozenset[int], view: View
) -> Iterator[tuple[dict[str, float], float]]:
    """The known words of a card and those of its metadata, with their weights and lengths."""
    words, fields = weigh(card, shared, view), dict.fromkeys(card.fields, 1.0)
    for bag, length in zip((words, fields), LENGTHS, strict=True):
        yield {term: weight for term, weight in bag.items() if term in known}, length


def weigh(card: CardTerms, shared: frozenset[int], view: View = "models") -> dict[str, float]:
    """Sublinear weights of a card's words, those of shared blocks turned down.

    In a shared block, what is no plain word (a model's name, a size) was filled in for this
    card, and counts in full. The view `templates` turns down everything else instead.
    """
    counts: Counter[str] = Counter()
    known = load_shapes().shapes
    for piece in card.pieces:
        is_shared = piece.shape in shared or piece.shape in known
        quiet = is_shared == (view == "models")
        for word in piece.words:
            plain = word.isalpha() or view == "templates"
            counts[word] += QUIET if quiet and plain and piece.shape else 1.0  # type: ignore[assignment]
    return {word: math.log1p(count) for word, count in counts.items()}
