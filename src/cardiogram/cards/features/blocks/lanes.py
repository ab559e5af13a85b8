"""What one block adds to the sums over a card: many counts side by side in one long integer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardiogram.records import NamedTuple

if TYPE_CHECKING:
    from cardiogram.cards.markdown import BlockKind

CONVERTED = 2
"""Different words of quantising from which a block is about that: its numbers are no results."""

COUNTED = ("words", "numbers", "items", "rows", "placeholders", "boilerplate")
DETAILED = (
    "decimals",
    "measures",
    "settings",
    "quantities",
    "hedges",
    "letters",
    "foreign",
    "copied_words",
    "copied_numbers",
    "own_words",
    "own_numbers",
)
LANES = (*COUNTED, *DETAILED)
"""What is counted, each in 32 bits, the first in the lowest."""

ONE = {name: 1 << 32 * place for place, name in enumerate(LANES)}


class Counts(NamedTuple):
    """Numbers of a block.

    Attributes
    ----------
    words, numbers
        How many it has; of words at most 400 count.
    letters, foreign
        Characters, and those of scripts that are neither Latin nor Greek.
    decimals
        Decimal points and per cent signs of its numbers.
    quantities
        Numbers of things to learn from: "104 documents", "850M English tweets".
    measures, settings
        Different names of metrics and of hyperparameters beside its numbers.
    hedges
        Words that make a limit of a sentence: "only", "may", "not".
    conversion
        Different words of how weights were quantised: sizes and bits are no results.
    placeholder, boilerplate
        1 or 0, as in :class:`BlockReading`.
    """

    words: int
    numbers: int
    letters: int
    foreign: int
    decimals: int
    quantities: int
    measures: int
    settings: int
    hedges: int
    conversion: int
    placeholder: int
    boilerplate: int


def sum_up(
    read: Sequence[int], kind: BlockKind = "paragraph", rows: int = 0, copied: bool = False
) -> int:
    """What a block adds, in lanes.

    Parameters
    ----------
    read
        As of :class:`Counts`.
    rows
        Of a table.
    copied
        Whether it came from the original's card.
    """
    counts = Counts(*read)
    if counts.placeholder:
        return ONE["placeholders"]
    words, numbers = counts.words, counts.numbers
    if counts.boilerplate:
        amounts = words * ONE["boilerplate"]
    else:
        amounts = words * ONE["words"] + numbers * ONE["numbers"]
        amounts += counts.letters * ONE["letters"] + counts.foreign * ONE["foreign"]
        if not copied:
            amounts += words * ONE["own_words"] + numbers * ONE["own_numbers"]
        if kind == "item":
            amounts += ONE["items"]
        elif kind == "table":
            amounts += rows * ONE["rows"]
        if counts.hedges and kind != "table":
            amounts += counts.hedges * ONE["hedges"]
    if copied:
        amounts += words * ONE["copied_words"] + numbers * ONE["copied_numbers"]
    if numbers and kind != "table":
        amounts += counts.settings * ONE["settings"] + counts.quantities * ONE["quantities"]
        if counts.conversion < CONVERTED:
            amounts += counts.decimals * ONE["decimals"] + counts.measures * ONE["measures"]
    return amounts
