"""Checked cards as a page to print or to send: the rating, what would help, and the card itself."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.cards.lint import Finding
from cardiogram.check import Checked
from cardiogram.judge import Evidence
from cardiogram.judge.expectations import Gap
from cardiogram.report.document.html_document import write_document
from cardiogram.report.document.rendered import draw_card
from cardiogram.report.markup import (
    Child,
    Markup,
    breakable,
    column,
    count_of,
    draw_rating_range,
    el,
    join,
    level_of,
    scroller,
    section,
)
from cardiogram.report.terminal import checked as words
from cardiogram.repository.access import withhold_logins

_LETTERS, _CODE_LETTERS = 60_000, 6_000
"""Letters of a card, about twenty sheets of paper, and of one of its blocks of code."""
_FACTS = 8
"""Of what it shows, the strongest: the sheet of most cards is one page of paper."""


def render_checked_page(
    checked: Sequence[Checked],
    places: words.Places | None = None,
    minimum: float | None = None,
) -> str:
    """One HTML file of checked cards: no script, no request, and its policy says so.

    Of one card the text is in it, as its page looks. Several begin with a list, the worst first,
    and each with a sheet of its own.

    Parameters
    ----------
    places
        By target, where each card falls on a map.
    minimum
        The bar of a gate, if there is one.
    """
    ordered = sorted(checked, key=lambda card: card.rating.scores["overall"].expected)
    many = len(ordered) != 1
    cards = [_card(card, places or {}, minimum) for card in ordered]
    text = None if many else _text(ordered[0])
    main = el("main", _list(ordered) if many else None, cards, text, id="report")
    skip = el("a", "Skip to the report", href="#report", class_="skip")
    title = f"{count_of(len(ordered), 'card')}, rated" if many else f"{_name(ordered[0])}: its card"
    return write_document(title, join(skip, main), home="sheet")


def _name(card: Checked) -> str:
    return card.card.id or words.name_of(card)


def _list(cards: Sequence[Checked]) -> Markup:
    """Every card with its rating and what to do first."""
    rows = [
        el(
            "tr",
            el("th", el("bdi", breakable(_name(card))), scope="row"),
            el("td", _chip(card.rating.scores["overall"].expected)),
            el("td", words.grade_of(card)),
            el("td", words.capitalised(words.first_to_mend(card)), class_="prose"),
        )
        for card in cards
    ]
    heads = [column(head) for head in ("Card", "1 to 5", "", "First thing to mend")]
    return el(
        "header",
        el("p", "Checked cards", class_="kicker"),
        el("h1", count_of(len(cards), "card"), ", the worst first"),
        scroller("Cards", heads, rows),
        class_="title",
    )


_REFUSED = "The Hub refuses this card"


def _card(card: Checked, places: words.Places, minimum: float | None) -> Markup:
    overall = card.rating.scores["overall"]
    place, refused = places.get(card.target), words.refusals(card)
    about = [
        f"90 % interval {said}." if (said := words.interval_of(overall)) else "",
        words.describe_rank(place) if place else "",
        f"{said}." if (said := words.describe_change(card)) else "",
        "" if card.in_english else words.NOT_ENGLISH,
        *words.describe_shortfall([card], minimum),
    ]
    return el(
        "article",
        el("p", f"{card.of.capitalize()} card", class_="kicker"),
        el("h1", el("bdi", breakable(_name(card)))),
        el(
            "p",
            *(_chip(overall.expected), f" of 5, {words.grade_of(card)}. "),
            " ".join(filter(None, about)),
            class_="lede",
        ),
        el("p", f"Rated by {words.judged_by(card)}.", class_="sub"),
        _findings(_REFUSED, list(map(_wrong, refused))) if refused else None,
        _ratings(card),
        _advice(card),
        *(_findings(title, group) for title, group in _grouped(card).items() if group),
        _shown(card),
        class_="sheet",
    )


def _chip(rating: float) -> Markup:
    return el("span", f"{rating:.1f}", class_=f"chip s{level_of(rating)}")


def _ratings(card: Checked) -> Markup:
    rows = [
        el(
            "tr",
            el("th", name.capitalize(), scope="row"),
            el("td", _chip(score.expected)),
            el("td", draw_rating_range(score)),
            el("td", words.interval_of(score), class_="quiet"),
        )
        for name, score in words.scores_of(card).items()
    ]
    heads = [column(head) for head in ("Criterion", "1 to 5", "", "90 % interval")]
    return scroller("Ratings", heads, rows)


# What to do --------------------------------------------------------------------------------------


def _advice(card: Checked) -> Markup:
    gaps = card.gaps
    title = el("h2", "What would raise the rating most")
    if not gaps:
        return join(title, el("p", words.describe_no_gaps(card)))
    points = [el("li", _point(card, gap)) for gap in gaps]
    ranges = (
        "In brackets: the 90 % interval of the gain." if any(map(words.range_of, gaps)) else None
    )
    return join(title, el("ol", points), el("p", ranges, class_="quiet"))


def _point(card: Checked, gap: Gap) -> Markup:
    where = words.line_of(card, gap)
    where = "to add" if where == "add" else f"line {where}"
    own, overall = words.gain_of(gap.criterion_gain), words.gain_of(gap.gain)
    told = [f"{gap.criterion} {own}{words.range_of(gap)}"] if own else []
    told += [f"overall {overall}"] if overall else []
    sub = ", ".join([where, *(told or [gap.criterion])])
    return join(
        el("b", f"{words.capitalised(gap.missing)}."),
        " ",
        _with_code(words.capitalised(gap.advice)),
        el("span", sub, class_="sub"),
    )


def _with_code(text: str) -> list[Child]:
    """A sentence with what stands between backticks as code."""
    return [el("code", part) if at % 2 else part for at, part in enumerate(text.split("`"))]


def _grouped(card: Checked) -> dict[str, list[tuple[str, str, str]]]:
    """What is wrong, under its headings: line, rule and message."""
    problems = [("", "", f"{problem}.") for problem in words.untold(card)]
    return {
        "The files say something else": list(map(_wrong, words.contradicted(card))),
        "Also to mend": [*problems, *map(_wrong, words.other_findings(card))],
    }


def _wrong(finding: Finding) -> tuple[str, str, str]:
    return str(finding.line), finding.rule, finding.message


def _findings(title: str, wrong: Sequence[tuple[str, str, str]]) -> Markup:
    rows = [
        el(
            "tr",
            el("td", line, class_="number"),
            el("td", rule),
            el("td", _with_code(words.capitalised(message))),
        )
        for line, rule, message in wrong
    ]
    heads = [column("Line", "number"), column("Rule"), column("")]
    return join(el("h3", title), scroller(title, heads, rows))


def _shown(card: Checked) -> Child:
    rows = [_fact(fact) for fact in words.shows(card)[:_FACTS]]
    if not rows:
        return None
    heads = [column("Where"), column("Criterion"), column("What"), column("Without it", "number")]
    title = "What it shows, and what it would lose without"
    return [el("h3", title), scroller(title, heads, rows)]


def _fact(fact: Evidence) -> Markup:
    lost = f"−{fact.effect:.1f}"
    cells = [el("td", text) for text in (words.lines_of(fact), fact.criterion, fact.fact)]
    return el("tr", cells, el("td", lost, class_="number"))


def _text(card: Checked) -> Markup | None:
    """The card as its page looks, from a new sheet of paper on."""
    drawn = draw_card(withhold_logins(card.card.text), _LETTERS, _CODE_LETTERS)
    if drawn is None:
        return None
    left_out = el("p", "Pictures and the addresses of links are left out.", class_="quiet")
    title = "What its visitors read"
    return el("div", section("text", "The card", title, left_out, drawn), class_="whole")
