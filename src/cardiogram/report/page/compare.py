"""Two studies side by side, as an HTML page in the report's style or as text."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Sequence
from importlib import resources

from cardiogram.analysis import OUTCOMES, Change, Comparison, Side
from cardiogram.names import CRITERIA
from cardiogram.report.markup import (
    Markup,
    column,
    draw_histogram,
    draw_interval,
    el,
    format_number,
    format_percent,
    format_signed,
    join,
    scroller,
    section,
)
from cardiogram.report.tables import render_table

_OVER = {
    "all": "all models of each",
    "common": "models in both",
    "same text": "models in both whose card has not changed",
    "changed text": "models in both whose card has changed",
}


# Words ---------------------------------------------------------------------------------------


def findings(found: Comparison) -> list[str]:
    """What can be told, and what cannot, one sentence each."""
    sentences = [_overlap(found)]
    sentences += [
        _shift(found, over)
        for over in ("same text", "changed text", "all")
        if found.change("mean overall rating", over).difference is not None
    ]
    sentences += [_correlation(found, name) for name in OUTCOMES]
    return sentences


def _overlap(found: Comparison) -> str:
    here, both = found.overlap, found.overlap.common
    if not both:
        return "The two studies have no model in common."
    shares = [format_percent(both, side.models) for side in (found.first, found.second)]
    same = f"{here.same_text:,} of them have the same card" if both > 1 else "it is in both"
    return (
        f"{both:,} models are in both studies ({shares[0]} of the first, {shares[1]} of the "
        f"second); {same}."
    )


def _shift(found: Comparison, over: str) -> str:
    change = found.change("mean overall rating", over)
    of = {
        "same text": f"The {change.n[0]:,} cards with the same text in both",
        "changed text": f"The {change.n[0]:,} cards whose text changed",
        "all": "The cards of the two studies, all together,",
    }[over]
    assert change.difference is not None
    if over == "same text" and change.difference == 0 == change.low == change.high:
        return f"{of} have the same mean rating."
    if not change.told:
        of = of.rstrip(",")
        return f"{of}: no difference of the mean rating can be told ({_spread(change)})."
    word = "higher" if change.difference > 0 else "lower"
    size = f"{abs(change.difference):.2f}"
    because = ""
    if over == "same text":
        because = " As the texts are the same, this is the judge or the rubric, not the cards."
    elif over == "all":
        because = " The two hold different models, so this need not be a change of any card."
        if not (found.overlap.first_only or found.overlap.second_only):
            because = ""
    return (
        f"{of} are on average rated {size} {word} in the second study ({_interval(change)})."
        f"{because}"
    )


def _correlation(found: Comparison, outcome: str) -> str:
    change = found.change(f"rho overall {outcome}", "all")
    if change.first is None or change.second is None:
        return f"The correlations with {outcome} cannot be compared: {change.reason}."
    first, second = format_signed(change.first), format_signed(change.second)
    both = f"{first} in the first study and {second} in the second"
    if change.low is None:
        return f"Rating and {outcome} correlate by {both}; {change.reason} for an interval."
    if not change.told:
        return (
            f"Rating and {outcome} correlate by {both}; that they differ cannot be told "
            f"({_spread(change)})."
        )
    word = "stronger" if abs(change.second) > abs(change.first) else "weaker"
    if change.first * change.second < 0:
        word = "another way round"
    return f"Rating and {outcome} correlate by {both}: {word} ({_interval(change)})."


def _headline(sentence: str) -> str:
    """A sentence without its interval, which stands in the table below."""
    return sentence.partition(" (")[0].rstrip(".")


def _interval(change: Change) -> str:
    return f"95 % interval of the difference {_ends(change)} by author"


def _spread(change: Change) -> str:
    ends = f", 95 % interval {_ends(change)} by author" if change.low is not None else ""
    return f"difference {format_signed(change.difference)}{ends}"


def _ends(change: Change) -> str:
    return (
        f"{format_signed(change.low)} to {format_signed(change.high)}"
        if change.low is not None
        else "–"
    )


def title(found: Comparison) -> str:
    """Say what the studies differ in."""
    if "judge" in found.differs or "judge version" in found.differs:
        return "Two judges"
    if found.overlap.first_only or found.overlap.second_only:
        return "Two samples" if found.first.days == found.second.days else "Two studies"
    return "Two dates" if found.first.days != found.second.days else "The same study twice"


# Text ----------------------------------------------------------------------------------------


def render_comparison(found: Comparison) -> str:
    """The comparison as text for a terminal."""
    sides = (found.first, found.second)
    asked = [
        {
            "": key,
            "first": found.first.asked.get(key, ""),
            "second": found.second.asked.get(key, ""),
        }
        for key in (*found.differs, *found.same)
    ]
    facts = [
        {"": what, "first": values[0], "second": values[1]}
        for what, values in (
            ("study", [side.name for side in sides]),
            ("cards read", [_days(side) for side in sides]),
            ("models", [f"{side.models:,}" for side in sides]),
            ("rated", [f"{side.rated:,}" for side in sides]),
        )
    ]
    rows = [
        {
            "number": item.what,
            "over": item.over,
            "n": f"{item.n[0]:,} / {item.n[1]:,}",
            "first": item.first,
            "second": item.second,
            "difference": item.difference,
            "95 % by author": _ends(item) if item.low is not None else item.reason,
            "told": "yes" if item.told else "",
        }
        for item in found.changes
    ]
    sentences = "\n".join(f"- {sentence}" for sentence in findings(found))
    return (
        f"{title(found)}\n\n{render_table([*facts, *asked])}\n{sentences}\n\n{render_table(rows)}"
    )


# Page ----------------------------------------------------------------------------------------


def render_comparison_page(found: Comparison) -> str:
    """One HTML file: no script, no request, and its policy says so."""
    style = Markup((resources.files("cardiogram.report") / "static" / "report.css").read_text())
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", f"{found.first.name} and {found.second.name}: two studies of model cards"),
        el("style", style),
    )
    main = el(
        "main",
        _header(found),
        _asked(found),
        _overlaps(found),
        _ratings(found),
        _popularity(found),
        _methods(found),
        id="report",
    )
    body = el("body", el("a", "Skip to the comparison", href="#report", class_="skip"), main)
    return f"<!doctype html>\n{el('html', head, body, lang='en')}\n"


def _header(found: Comparison) -> Markup:
    return el(
        "header",
        el("p", "Two model card studies", class_="kicker"),
        el(
            "h1",
            f"{title(found)}: ",
            el("bdi", found.first.name),
            " and ",
            el("bdi", found.second.name),
        ),
        el("ul", [el("li", sentence) for sentence in findings(found)], class_="findings"),
        class_="title",
    )


def _days(side: Side) -> str:
    return " to ".join(dict.fromkeys(side.days))


def _asked(found: Comparison) -> Markup:
    facts = [
        ("cards read", *(_days(side) for side in (found.first, found.second))),
        ("models", *(format_number(side.models) for side in (found.first, found.second))),
        ("rated", *(format_number(side.rated) for side in (found.first, found.second))),
        *(
            (key, found.first.asked.get(key, ""), found.second.asked.get(key, ""))
            for key in (*found.differs, *found.same)
        ),
    ]
    rows = [
        el(
            "tr",
            el("th", name.capitalize(), scope="row"),
            el("td", el("bdi", first or "–")),
            el("td", el("bdi", second or "–")),
            el("td", "" if first == second else "differs"),
        )
        for name, first, second in facts
    ]
    heads = [column(""), column(found.first.name), column(found.second.name), column("")]
    headline = (
        f"They differ in {_list(found.differs)}" if found.differs else "The same was asked of both"
    )
    return section(
        "asked",
        "What is compared",
        headline,
        scroller("The two studies", el("thead", el("tr", heads)), el("tbody", rows)),
    )


def _list(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _overlaps(found: Comparison) -> Markup:
    here = found.overlap
    pairs = [
        ("in both", here.common),
        ("of these, same card", here.same_text),
        ("in the first only", here.first_only),
        ("in the second only", here.second_only),
    ]
    numbers = [el("div", el("dt", name), el("dd", format_number(value))) for name, value in pairs]
    return section(
        "overlap", "Models", _overlap(found), el("dl", numbers, class_="numbers"), _moves(found)
    )


def _moves(found: Comparison) -> Markup | None:
    """Common cards by both ratings, where there are any."""
    if not found.overlap.both_rated:
        return None
    heads = [column("In the first"), *(column(f"now {score}", "number") for score in range(1, 6))]
    rows = [
        el(
            "tr",
            el("th", f"rated {score}", scope="row"),
            [el("td", format_number(n) if n else "·", class_="number") for n in counts],
        )
        for score, counts in enumerate(found.moves, 1)
    ]
    stayed = sum(found.moves[i][i] for i in range(5))
    kappa = (
        ""
        if found.kappa is None
        else f" Over cards with the same text, the quadratic-weighted kappa of the two is "
        f"{found.kappa:.2f}."
    )
    words = (
        f"{format_number(stayed)} of {format_number(found.overlap.both_rated)} kept their "
        f"rating.{kappa}"
    )
    return join(
        el("h3", "How the common cards moved"),
        el("p", words),
        scroller("Ratings of the common cards", el("thead", el("tr", heads)), el("tbody", rows)),
    )


def _ratings(found: Comparison) -> Markup:
    names = {score: "" for score in range(1, 6)}
    figures = [
        el(
            "figure",
            draw_histogram(side.histogram, names),
            el("figcaption", el("bdi", side.name), f": mean {format_number(side.mean, 2)}"),
        )
        for side in (found.first, found.second)
    ]
    changes = [
        found.change(f"mean {name} rating", over)
        for over in ("common", "all")
        for name in ("overall", *CRITERIA)
    ]
    extra = [found.change("mean overall rating", over) for over in ("same text", "changed text")]
    enough = found.change("mean overall rating", "all").difference is not None
    return section(
        "ratings",
        "Ratings",
        _headline(_shift(found, "all")) if enough else "There are too few ratings to compare",
        el("div", figures, class_="pair"),
        el("h3", "Mean expected ratings"),
        _table([*changes[:9], *extra, *changes[9:]]),
    )


def _popularity(found: Comparison) -> Markup:
    rows = [
        found.change(f"rho overall {name}", over) for over in ("all", "common") for name in OUTCOMES
    ]
    counts = [found.change(f"log {name}", "common") for name in OUTCOMES]
    lines = [el("li", sentence) for item in counts if (sentence := _growth(item))]
    return section(
        "popularity",
        "Rating and popularity",
        _headline(_correlation(found, "downloads")),
        _table(rows),
        join(el("h3", "Counts of the models in both"), el("ul", lines)) if lines else None,
    )


def _growth(change: Change) -> str:
    """How a count changed, as a factor of 1 + count."""
    if change.difference is None or change.low is None or change.high is None:
        return ""
    name = change.what.removeprefix("log ")
    factor, low, high = (math.exp(v) for v in (change.difference, change.low, change.high))
    told = "" if change.told else ", which cannot be told from no change"
    return (
        f"{name.capitalize()}: times {factor:.2f} in the middle (geometric mean of 1 + count, "
        f"{change.n[0]:,} models; 95 % interval {low:.2f} to {high:.2f} by author{told})."
    )


def _table(changes: Sequence[Change]) -> Markup:
    values = [v for item in changes for v in (item.low, item.high, item.difference)]
    reach = max([0.1, *(abs(value) for value in values if value is not None)])
    heads = [
        column("Number"),
        column("Over"),
        column("n", "number"),
        column("First", "number"),
        column("Second", "number"),
        column("Difference", "number"),
        column("Around zero"),
        column("95 % by author", "number"),
    ]
    rows = [_row(item, reach) for item in changes]
    return scroller("Differences", el("thead", el("tr", heads)), el("tbody", rows))


def _row(item: Change, reach: float) -> Markup:
    ends = {} if item.low is None or item.high is None else {"low": item.low, "high": item.high}
    drawn = None if item.difference is None else draw_interval(item.difference, {}, ends, reach)
    n = format_number(item.n[0]) if item.n[0] == item.n[1] else f"{item.n[0]:,} / {item.n[1]:,}"
    name = item.what.replace("rho overall", "ρ of the rating with").replace(" rating", "")
    return el(
        "tr",
        el("th", name[:1].upper() + name[1:], scope="row"),
        el("td", _OVER[item.over]),
        el("td", n, class_="number"),
        el("td", format_number(item.first, 2), class_="number"),
        el("td", format_number(item.second, 2), class_="number"),
        el("td", format_signed(item.difference), class_="number"),
        el("td", drawn),
        el("td", _ends(item) if ends else item.reason or "–", class_="number"),
        class_="certain" if item.told else None,
    )


def _methods(found: Comparison) -> Markup:
    return section(
        "methods",
        "Methods and limits",
        "A difference of two studies is not yet a change in the world",
        el(
            "p",
            "Every difference is the second study minus the first. Its interval comes from "
            f"{format_number(found.draws)} draws of whole authors over both studies together (seed "
            f"{found.seed}), so that an author who is in both moves both. A difference is called "
            "told where the interval lies on one side of 0; many are shown, so that about one in "
            "twenty would be told by chance.",
        ),
        el(
            "p",
            "Models in both studies are compared in pairs. Where a card’s text is the same in "
            "both, a shift of its rating is the judge’s or the rubric’s; where the text changed, "
            "it may be either’s. Over all models, other models make other numbers. Downloads are "
            "those of the last 30 days before each study.",
        ),
    )
