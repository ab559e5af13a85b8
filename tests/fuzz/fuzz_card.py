"""Coverage-guided fuzzing of everything that reads a card: python tests/fuzz/fuzz_card.py FOLDER.

Needs atheris. Not collected by pytest; findings become ordinary tests.
"""

import sys

import atheris

with atheris.instrument_imports(include=["cardiogram"]):
    from cardiogram.cards.card import parse_card
    from cardiogram.cards.features import count_facts, vector
    from cardiogram.cards.lint import lint
    from cardiogram.judge.embedded import embedded_judge


def read_card(data: bytes) -> None:
    """Parse, count, rate and lint; nothing may raise, whatever the bytes."""
    card = parse_card(data, id="owner/name")
    vector(count_facts(card))
    embedded_judge().rate([card])
    lint(card, data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, read_card)
    atheris.Fuzz()
