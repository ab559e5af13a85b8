"""What a card says, kind by kind."""

from __future__ import annotations

from cardiogram.cards import Card
from cardiogram.repository.statements.card_view import CardView
from cardiogram.repository.statements.passages import MAX_PASSAGES, read_passages
from cardiogram.repository.statements.readers import READERS
from cardiogram.repository.statements.statement import Statement
from cardiogram.repository.statements.whose import names_of

MAX_STATEMENTS = 3_000
"""Statements of a card; a table of more rows says nothing that a fact could answer."""

_latest: list[tuple[tuple[str, str], tuple[Statement, ...]]] = []


def read_statements(card: Card) -> tuple[Statement, ...]:
    r"""What a card says that a fact can speak to, in the order of its lines.

    Where the subject of some words is not clear, they give no statement, or one that is not
    certain. Examples, citations and what stands under another model's heading give none.

    Examples
    --------
    >>> from cardiogram.cards import parse_card
    >>> card = parse_card("# Osprey\n\nThis model has 7B parameters.\n")
    >>> [(s.kind, s.value, s.quote) for s in read_statements(card)]
    [('parameters', 7000000000, 'This model has 7B parameters.')]
    """
    key_of_card = card.id, card.input_sha256
    for key, known in list(_latest):  # the same card is asked for several times in a row
        if key == key_of_card:
            return known
    view = CardView(card)
    kept: dict[tuple[object, ...], Statement] = {}
    for read in READERS:
        for statement in read(view):
            part = statement.about.partition("|")[0]
            place = (statement.kind, statement.line, str(statement.value), part)
            if place not in kept or (statement.certain and not kept[place].certain):
                kept[place] = statement
            if len(kept) >= MAX_STATEMENTS:
                break
    statements = tuple(sorted(kept.values(), key=lambda each: each.line))
    _latest[:] = [(key_of_card, statements)]
    return statements


def find_unread(card: Card) -> int:
    """The line from which on a card is too long to be read; 0 where all of it is."""
    if len(card.text) < MAX_PASSAGES:
        return 0
    passages = read_passages(card, names_of(card))
    return passages[-1].last + 1 if len(passages) >= MAX_PASSAGES else 0
