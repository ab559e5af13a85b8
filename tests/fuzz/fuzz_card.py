"""Coverage-guided fuzzing of everything that reads a card: python tests/fuzz/fuzz_card.py FOLDER.

Needs atheris. Not collected by pytest; findings become ordinary tests.
"""

import sys

import atheris

with atheris.instrument_imports(include=["cardiogram"]):
    from cardiogram.cards.card import parse_card
    from cardiogram.cards.features.vector import CardFeatures, count_features, to_vector
    from cardiogram.cards.lint.linter import lint
    from cardiogram.judge.embedded.judge import embedded_judge
    from cardiogram.judge.expectations.contributions import measure_contributions

_SHORT = 300  # bytes; effects take a dozen ratings


def read_card(data: bytes) -> None:
    """Parse, count, rate and lint; nothing may raise, whatever the bytes."""
    card = parse_card(data, id="owner/name")
    to_vector(count_features(card))
    judge = embedded_judge()
    judge.rate([card])
    lint(card, data)
    if len(data) <= _SHORT:
        measure_contributions(CardFeatures.of(card), judge.expect)


if __name__ == "__main__":
    atheris.Setup(sys.argv, read_card)
    atheris.Fuzz()
