"""What there is to do in a study: the cards to mend first, what is missing, where they stand."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.analysis import CardToMend, MendList, MissedNumber, Results
from cardiogram.maps import Standing
from cardiogram.report.data import Payload
from cardiogram.report.markup import (
    Markup,
    count_of,
    el,
    fold,
    format_day,
    format_share,
    join,
    keep_units,
    section,
)
from cardiogram.report.page.explore import hub_link
from cardiogram.report.tables import READERS, Cell, Sheet, write_html_table
from cardiogram.report.terminal import say_gained


def work_list(payload: Payload) -> Markup | None:
    """Which cards to mend and what they lack; None where no card was rated or missing."""
    results = payload.results
    if results.mend is None or not results.mend.n:
        return None
    return section(
        "work",
        "What to do",
        _headline(results.mend),
        _changed(results),
        _mend(payload),
        _missing(results),
        _draw_standing(payload.standing) if payload.standing else None,
        _popularity(results) if results.is_work_list else None,
    )


def _headline(mend: MendList) -> str:
    if not mend.low:
        return f"None of {count_of(mend.n, 'card')} is rated under 4"
    are = "is" if mend.low == 1 else "are"
    none = f", {mend.without_card:,} of them without a card" if mend.without_card else ""
    return f"{mend.low:,} of {count_of(mend.n, 'model')} {are} rated under 4{none}"


def _mend(payload: Payload) -> Markup | None:
    cards = _draw_cards(payload)
    if cards is None:
        return None
    if payload.results.is_work_list:
        return join(el("h3", "Mend first"), cards)
    return fold("The cards to mend first", cards)


def _popularity(results: Results) -> Markup | None:
    """The one sentence on popularity that there is of few authors."""
    said = [el("p", keep_units(c.words)) for c in results.conclusions if c.about == "adjusted"]
    return join(el("h3", "Rating and popularity"), *said) if said else None


def _draw_cards(payload: Payload) -> Markup | None:
    """The cards worth mending first, with what each lacks and its readers; None where none is."""
    mend = payload.results.mend
    if mend is None or not mend.cards:
        return None
    rows = [_card_row(payload, card) for card in mend.cards]
    heads = ("Model", "Rating", "Downloads", "Likes")
    some = f"{len(rows):,} of {mend.low:,}" if len(rows) < mend.low else f"{mend.low:,}"
    ordered = f"{some} rated under 4 or without a card, by {READERS[mend.readers]}."
    return join(
        write_html_table(Sheet(heads, rows), "Cards to mend first"),
        el("p", ordered, class_="quiet"),
    )


def _card_row(payload: Payload, card: CardToMend) -> tuple[Cell, ...]:
    return (
        Cell(hub_link(payload, card.id), below=", ".join(card.lacks)),
        Cell(card.rating, "number", form=".1f"),
        Cell(card.downloads, "count"),
        Cell(card.likes, "count"),
    )


def _missing(results: Results) -> Markup | None:
    """What texts and metadata lack, each thing once; every expectation behind a line."""
    if not results.missed:
        return None
    every = write_html_table(_missed_sheet(results.missed), "Every expectation")
    parts = [
        join(el("h4", title), _draw_missing(numbers))
        for title, numbers in (
            ("In the text", results.gaps),
            ("In the metadata", results.tags_missed),
        )
        if numbers
    ]
    if not results.is_work_list:
        return fold("What is missing, in how many cards", *parts, el("h4", "Every one"), every)
    return join(el("h3", "Missing in how many cards"), *parts, fold("Every expectation", every))


def _draw_missing(numbers: Sequence[MissedNumber]) -> Markup:
    return write_html_table(_missed_sheet(numbers), "What is missing")


def _missed_sheet(numbers: Sequence[MissedNumber]) -> Sheet:
    rows = [
        (
            Cell(number.name),
            Cell(f"{number.missed:,} of {number.n:,}", "count"),
            Cell(number.share, "share"),
        )
        for number in numbers
    ]
    return Sheet(("Missing", "Cards", "Share"), rows)


def describe_standing(standing: Standing) -> str:
    """Say where the cards stand beside all of the shipped map."""
    whole = standing.whole
    share = format_share(whole.below)
    return (
        f"A card here is rated above {share} of {whole.reference:,} {whole.name}, by other "
        f"authors{', on average' * (whole.cards > 1)}."
    )


def _draw_standing(standing: Standing) -> Markup:
    """Where the cards stand beside those of the shipped map, by kind where there are enough."""
    said = describe_standing(standing)
    rows = [
        (
            Cell(kind.name),
            Cell(kind.cards, "count"),
            Cell(kind.reference, "count"),
            Cell(kind.below, "share"),
        )
        for kind in standing.kinds
    ]
    heads = ("Kind", "Cards here", "There", "Rated below these")
    table = write_html_table(Sheet(heads, rows), "By kind") if rows else None
    return join(el("h3", "Beside the Hub’s"), el("p", keep_units(said)), table)


def _changed(results: Results) -> Markup | None:
    """What changed since an earlier study of the same folder, and between its snapshots."""
    since, gained = (results.work.since if results.work else None), say_gained(results)
    grown = el("p", f"{gained[:1].upper()}{gained[1:]}.") if gained else None
    if since is None:
        return grown
    said = f"Since {format_day(since.day)} {count_of(len(since.changed), 'card')} changed"
    if since.before is not None and since.after is not None:
        said += f", rated {since.before:.1f} then and {since.after:.1f} now"
    listed = [
        f"{what}: {', '.join(ids[:20])}{' …' * (len(ids) > 20)}"
        for what, ids in (("Changed", since.changed), ("New", since.new), ("Gone", since.gone))
        if ids
    ]
    return join(el("p", f"{said}."), el("ul", [el("li", line) for line in listed]), grown)
