"""What there is to do, as lines of a screen: gaps, cards to mend, standing, changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardiogram.analysis import CardToMend, MissedNumber, Readers, Results, Since, noun
from cardiogram.maps import KindStanding, Standing
from cardiogram.report.markup import count_of, format_day, format_number, format_share, wrap_lines
from cardiogram.report.tables import READERS

_WIDTH, _LINES = 80, 3
_INDENT = "  "


def list_gaps(gaps: Sequence[MissedNumber]) -> list[str]:
    """The commonest gaps with the share of the cards that have them."""
    if not gaps:
        return []
    shares = ", ".join(f"{gap.name} {format_share(gap.share)}" for gap in gaps)
    return wrap_lines(f"missing most, of {count_of(gaps[0].n, 'card')}: {shares}", "", _INDENT)


def list_missed(results: Results) -> list[str]:
    """Every gap of few authors with the number of the cards that have it; keys apart."""
    cards = results.missed[0].n if results.missed else 0
    lines = []
    several = cards > 1
    for head, gaps in (
        (f"missing in how many of {cards:,} cards" if several else "missing", results.gaps),
        ("in the metadata" + " of how many" * several, results.tags_missed),
    ):
        if gaps:
            counted = [f"{gap.name}{f' {gap.missed:,}' * several}" for gap in gaps]
            lines += next(said for said in _shorter(head, counted) if len(said) <= _LINES)
    return lines or ["nothing that is looked for is missing in any card"] * bool(cards)


def _shorter(head: str, counted: Sequence[str]) -> Iterator[list[str]]:
    """Lines with all of them, then with fewer and how many more there are."""
    for shown in range(len(counted), 0, -1):
        more = len(counted) - shown
        said = ", ".join(counted[:shown]) + f" and {more} more" * (more > 0)
        yield wrap_lines(f"{head}: {said}", "", _INDENT)


def list_cards(results: Results, limit: int) -> list[str]:
    """The cards worth mending first: readers, rating, id, and what each lacks."""
    if results.mend is None:
        return []
    if not results.mend.cards:
        return ["no card is rated under 4"] * (results.coverage.rated > 0)
    mend, cards = results.mend, results.mend.cards[:limit]
    rated = f"{mend.low - mend.without_card:,} rated under 4"
    none = f", {mend.without_card:,} without card" * (mend.without_card > 0)
    order = READERS[mend.readers].partition(";")[0]
    head = f"worth mending first, by {order}, of {rated}{none}:"
    counts = [_count(card, mend.readers) for card in cards]
    wide, shown = max(map(len, counts)), max(len(card.id) for card in cards)
    lines = wrap_lines(head, "", _INDENT)
    for card, count in zip(cards, counts, strict=True):
        rating = "  –" if card.rating is None else f"{card.rating:.1f}"
        start = f"{_INDENT}{f'{count:>{wide}}  ' * (wide > 0)}{rating}  "
        lines += _line_of(card, start, min(shown, 34))
    return lines


def _count(card: CardToMend, readers: Readers) -> str:
    value = card.downloads if readers == "downloads" else card.likes
    return "" if readers == "cards" else format_number(value)


def _line_of(card: CardToMend, start: str, wide: int) -> list[str]:
    """One line where id and what it lacks have room, else two."""
    for some in (card.lacks, card.lacks[:1]):
        line = f"{start}{card.id:<{wide}}  {', '.join(some)}".rstrip()
        if len(line) <= _WIDTH:
            return [line]
    return [f"{start}{card.id}", f"{' ' * len(start)}{', '.join(card.lacks)}"]


def list_standing(standing: Standing, kinds: int) -> list[str]:
    """Where the cards stand beside those of the shipped map, overall and in some kinds."""
    whole = standing.whole
    said = (
        f"beside {whole.reference:,} {whole.name}: a card here is rated above "
        f"{format_share(whole.below)} of them{' on average' * (whole.cards > 1)}"
    )
    if of_kinds := "; ".join(map(_say_kind, standing.kinds[:kinds])):
        said += f"; of its own kind, {of_kinds}"
    return wrap_lines(said, "", _INDENT)


def _say_kind(kind: KindStanding) -> str:
    return f"{kind.cards} {kind.name} above {format_share(kind.below)} of {kind.reference}"


def list_changes(results: Results) -> list[str]:
    """What changed since an earlier study of the same folder, and between its snapshots."""
    since, said = (results.work.since if results.work else None), say_gained(results)
    return [*(_since(since) if since else ()), *wrap_lines(said, "", _INDENT)]


def say_gained(results: Results) -> str:
    """What all models together gained between two snapshots; "" where there are none."""
    if results.work is None or results.changes is None or not results.work.gained:
        return ""
    counts = [f"{count:,} {noun(name)}" for name, count in results.work.gained.items()]
    days = f"{format_day(results.changes.before)} to {format_day(results.changes.after)}"
    return f"from {days}: {', '.join(counts)}"


def _since(since: Since) -> list[str]:
    said = f"since {format_day(since.day)}: {count_of(len(since.changed), 'card')} changed"
    if since.before is not None and since.after is not None:
        said += f" (rated {since.before:.1f} then, {since.after:.1f} now)"
    for ids, what in ((since.new, "new"), (since.gone, "gone")):
        said += f", {len(ids):,} {what}" if ids else ""
    return wrap_lines(said, "", _INDENT)
