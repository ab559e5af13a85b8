"""Card texts for the page: all of them where they fit, else cut, else the most wanted only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardiogram.cards import whole_text
from cardiogram.store import Row, Study

CUTS = (60_000, 30_000, 16_000, 8_000, 4_000)
"""Where a card's text may be cut (bytes of UTF-8): at the first of these by which all fit."""

MAX_TEXT_BYTES = 40_000_000
"""All card texts of a page together (bytes of UTF-8, before they are compressed)."""


@dataclass(frozen=True, slots=True)
class CardText:
    """A card's source from its first line, perhaps cut; `bytes` is its whole size."""

    text: str
    bytes: int
    cut: bool


@dataclass(frozen=True, slots=True)
class ShownTexts:
    """Card texts by card hash, the most wanted first, each cut at `limit` bytes of UTF-8."""

    by_sha: Mapping[str, CardText]
    limit: int

    def left_out(self, wanted: Sequence[str | None]) -> Iterator[str]:
        """Say in sentences what of the wanted texts is not here."""
        missing = sum(1 for sha in wanted if sha and sha not in self.by_sha)
        if missing:
            yield (
                f"The texts of {missing:,} cards are not in this file, which carries at most "
                f"{MAX_TEXT_BYTES // 10**6} MB of text: the compared pair and the most downloaded."
            )
        cut = sum(text.cut for text in self.by_sha.values())
        if cut:
            texts_are = "text is" if cut == 1 else "texts are"
            yield f"{cut:,} long card {texts_are} cut at {self.limit // 1000} kB."


def read_texts(study: Study, wanted: Sequence[str]) -> ShownTexts:
    """Read card texts, as many and as much of each as the page may carry.

    Parameters
    ----------
    wanted
        Card hashes without repeats, the most wanted first.
    """
    rows = study.cards.rows_with("card_sha256", wanted, ["card_sha256", "bytes"])
    sizes = {row["card_sha256"]: row["bytes"] or 0 for row in rows}
    limit = _limit([sizes.get(sha, 0) for sha in wanted])
    affordable = set(_affordable(wanted, sizes, limit))
    cards = {
        row["card_sha256"]: cut_text(row, limit)
        for row in study.cards.rows_with("card_sha256", affordable)
    }
    kept: dict[str, CardText] = {}
    total = 0
    for sha in wanted:
        if sha in cards:
            total += len(cards[sha].text.encode())
            if total > MAX_TEXT_BYTES:
                break
            kept[sha] = cards[sha]
    return ShownTexts(kept, limit)


def _limit(sizes: Sequence[int]) -> int:
    for limit in CUTS:
        if sum(min(size, limit) for size in sizes) <= MAX_TEXT_BYTES:
            return limit
    return CUTS[-1]


def _affordable(wanted: Sequence[str], sizes: Mapping[str, int], limit: int) -> Iterator[str]:
    """Hashes whose texts may fit, by the sizes alone: no body is read to be thrown away."""
    total = 0
    for sha in wanted:
        total += min(sizes.get(sha, 0), limit)
        if total > MAX_TEXT_BYTES:
            return
        yield sha


def cut_text(row: Row, limit: int) -> CardText:
    """The text of a row of `cards/`, cut at `limit` bytes of UTF-8."""
    source, size = whole_text(row), row["bytes"] or 0
    data = source.encode()
    if len(data) <= limit:
        return CardText(source, max(size, len(data)), False)
    return CardText(data[:limit].decode("utf-8", "ignore"), max(size, len(data)), True)
