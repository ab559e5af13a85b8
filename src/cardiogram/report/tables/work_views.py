"""What there is to do as chapters: what is missing in the cards, and which to mend first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cardiogram.report.tables.cells import Cell, Chapter, Sheet

if TYPE_CHECKING:
    from cardiogram.analysis import Results

READERS = {
    "downloads": "downloads times points under 4",
    "likes": "likes times points under 4; no downloads are known",
    "cards": "points under 4; no downloads are known",
}
"""What the cards to mend are sorted by."""

_MISSED = (
    "Cards with nothing of it, for certain; one with a little of it, one that is not asked for it, "
    "and one of which it cannot be decided count as not missing it."
)


def work_chapters(results: Results) -> Iterator[Chapter]:
    """What is missing in how many cards, and the cards to mend."""
    if results.missed:
        rows = [
            (
                Cell(number.criterion),
                Cell(number.name),
                Cell(number.missed, "count"),
                Cell(number.n, "count"),
                Cell(number.share, "share"),
            )
            for number in results.missed
        ]
        heads = ("criterion", "expectation", "missed", "n", "share")
        yield Chapter("What is missing", [Sheet(heads, rows)], [_MISSED])
    if results.mend and results.mend.cards:
        mend = results.mend
        sheet = Sheet.of(
            [
                {
                    "model": Cell(card.id, "name"),
                    "rating": Cell(card.rating, "number", form=".1f"),
                    "downloads": Cell(card.downloads, "count"),
                    "mend first": Cell(card.lacks[0] if card.lacks else None),
                }
                for card in mend.cards
            ]
        )
        said = (
            f"The first {len(mend.cards)} of {mend.low:,} models that are rated under 4 or have "
            f"no card, by {READERS[mend.readers]}."
        )
        yield Chapter("Cards to mend first", [sheet], [said])
