"""Tracked models: what followed the changes of their cards, and what is counted of each."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.report.data import say_rest, say_verdict
from cardiogram.report.markup import Markup, count_of, el, format_number
from cardiogram.report.notebook.chart_image import picture
from cardiogram.report.notebook.fragment import cut, frame, head, more, table
from cardiogram.report.page import draw_look_back
from cardiogram.track import LedgerView, LookBack, WatchedCard

_CARDS, _LAST = 10, 30


def show_tracked(
    name: str, view: LedgerView, back: LookBack | None, unknown: str, problems: Sequence[str]
) -> Markup:
    """Write what a ledger holds as a fragment of HTML.

    Parameters
    ----------
    unknown
        Why nothing can be said of what followed, where `back` is None.
    problems
        What the Hub did not give.
    """
    days = f", {view.first_day} to {view.last_day}" if view.first_day else ""
    watched = f"{count_of(view.models, 'model')}{days}"
    others = f"{count_of(view.donors, 'model')} to compare with" if view.donors else ""
    return frame(
        head(name, watched, others),
        _followed(back) if back else el("p", f"What followed is not known yet: {unknown}."),
        _cards(view),
        [el("p", cut(problem), class_="bad") for problem in problems[:3]],
        more(len(problems) - 3, "problem", ".problems"),
    )


def _followed(back: LookBack) -> list[Markup]:
    main = back.main
    charts = draw_look_back(back)[:1] if main.models else []
    verdict = el("p", el("strong", f"{say_verdict(main)}."))
    return [verdict, *(picture(drawing, say_rest(main)) for drawing in charts)]


def _cards(view: LedgerView) -> list[Markup | None]:
    rows = [_row(card) for card in view.cards[:_CARDS]]
    if not rows:
        return []
    heads = ["watched", f"new downloads, last {_LAST} days", "likes", "rating", "card changed"]
    return [
        table(heads, rows, [None, "n", "n", "short", "short"]),
        more(view.models - len(rows), "model", ".view.cards"),
    ]


def _row(card: WatchedCard) -> tuple[str, str, str, str, str]:
    known = [count for count in card.new[-_LAST:] if count is not None]
    rating = "–" if card.rating is None else f"{card.rating:.1f}"
    if card.first_rating is not None and card.rating is not None:
        was = f"{card.first_rating:.1f}"
        rating = rating if was == rating else f"{was} → {rating}"
    return (
        cut(card.id),
        format_number(sum(known)) if known else "–",
        format_number(card.likes),
        rating,
        f"{card.last_change}" if card.last_change else "–",
    )
