"""A card with another body, other metadata or another name, as if it had come so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cardiogram.cards import Card, parse_card, parse_document
from cardiogram.text import sha256

Change = Callable[[Card], "Card | None"]
"""From a card to a changed one; None where the change does not apply."""

BodyChange = Callable[[str], "str | None"]
"""From the body of a card to a changed one; None where the change does not apply."""


def with_body(card: Card, body: str, *, id: str | None = None) -> Card:
    """The card with another body, and with another id where one is given.

    Metadata that came from tags stay as they are.
    """
    head = card.text[: len(card.text) - len(card.body)]
    text = head + body
    name = card.id if id is None else id
    return replace(
        card,
        id=name,
        text=text,
        body=body,
        document=parse_document(body, card.body_line),
        sha256=sha256(text),
        input_sha256=sha256("\n".join([card.input_sha256, name, text])),
    )


def with_front_matter(card: Card, front_matter: str) -> Card:
    """The card with other metadata in its front matter."""
    return parse_card(f"---\n{front_matter}---\n{card.body}", id=card.id)


def changes_body(change: BodyChange) -> Change:
    """A change of cards from one of bodies; what stays the same is no change."""

    def change_card(card: Card) -> Card | None:
        body = change(card.body)
        return None if body is None or body == card.body else with_body(card, body)

    return change_card


def append(body: str, addition: str) -> str:
    """A body with a paragraph more."""
    return f"{body.rstrip()}\n\n{addition.strip()}\n"
