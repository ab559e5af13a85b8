"""Cards with another model's limitations, for training: they must not pass for the card's own.

Word lists, hidden text and words to a judge are told apart when features are
counted (cards/features); a well-written section copied from elsewhere can only be learned.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cardiogram.cards import Card, parse_document, split_sections

_MIN_WORDS = 25


@dataclass(frozen=True, slots=True)
class Tampered:
    """A tampered card and the number of the card it was made of."""

    card: Card
    origin: int


def copy_limitations(cards: Sequence[Card], *, seed: int) -> list[Tampered]:
    """Append to each card the limitations of another one, drawn by seed and card.

    Parameters
    ----------
    cards
        Cards whose ratings are known.

    Returns
    -------
    list of Tampered
        One copy a card; none where no card says anything on limits.
    """
    texts = [text for card in cards for text in _limitations(card)]
    made = []
    for number, card in enumerate(cards):
        others = [text for text in texts if text not in card.body]
        if others:
            draw = random.Random(f"{seed}:{card.sha256}")
            addition = f"## Limitations\n\n{draw.choice(others)}"
            made.append(Tampered(_with(card, addition), number))
    return made


def _with(card: Card, addition: str) -> Card:
    body = f"{card.body.rstrip()}\n\n{addition}\n"
    head = card.text[: len(card.text) - len(card.body)]
    document = parse_document(body, card.body_line)
    return replace(card, text=head + body, body=body, document=document)


def _limitations(card: Card) -> list[str]:
    """What a card says under headings on limits, long enough to be worth copying."""
    texts = [
        "\n\n".join(block.text for block in section.blocks if block.kind != "code")
        for section in split_sections(card.document)
        if "limitations" in section.topics
    ]
    return [text for text in texts if len(text.split()) >= _MIN_WORDS]
