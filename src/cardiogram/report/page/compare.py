"""Two studies side by side, as an HTML page in the report's style or as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from cardiogram.analysis import COMPARED, Change, StudyComparison
from cardiogram.names import CRITERIA
from cardiogram.report.document import write_document
from cardiogram.report.markup import (
    Markup,
    RatingBar,
    draw_interval,
    draw_ratings,
    el,
    format_number,
    format_percent,
    format_signed,
    join,
    join_words,
    read_bounds,
    section,
)
from cardiogram.report.tables import Cell, Sheet, write_html_table, write_table

_OVER = {
    "all": "all models of each",
    "common": "models in both",
    "same text": "models in both whose card has not changed",
    "changed text": "models in both whose card has changed",
}


# Words ---------------------------------------------------------------------------------------


def findings(both: StudyComparison) -> list[str]:
    """What can be told, and what cannot, one sentence each."""
    sentences = [_overlap(both)]
    sentences += [
        _shift(both, over)
        for over in ("same text", "changed text", "all")
        if both.change("mean overall rating", over).difference is not None
    ]
    sentences += [_correlation(both, name) for name in COMPARED]
    return sentences


def _overlap(both: StudyComparison) -> str:
    here, shared = both.overlap, both.overlap.common
    if not shared:
        return "The two studies have no model in common."
    shares = [format_percent(shared, side.models) for side in (both.first, both.second)]
    same = f"{here.same_text:,} of them have the same card" if shared > 1 else "it is in both"
    return (
        f"{shared:,} models are in both studies ({shares[0]} of the first, {shares[1]} of the "
        f"second); {same}."
    )


def _shift(both: StudyComparison, over: str) -> str:
    change = both.change("mean overall rating", over)
    of = {
        "same text": f"The {change.n[0]:,} cards with the same text in both",
        "changed text": f"The {change.n[0]:,} cards whose text changed",
        "all": "The cards of the two studies, all together,",
    }[over]
    assert change.difference is not None
    if over == "same text" and change.difference == 0 == change.low == change.high:
        return f"{of} have the same mean rating."
    if not change.is_certain:
        of = of.rstrip(",")
        return f"{of}: no difference of the mean rating can be told ({_spread(change)})."
    word = "higher" if change.difference > 0 else "lower"
    size = f"{abs(change.difference):.2f}"
    because = ""
    if over == "same text":
        because = " As the texts are the same, this is the judge or the rubric, not the cards."
    elif over == "all":
        because = " The two hold different models, so this need not be a change of any card."
        if not (both.overlap.first_only or both.overlap.second_only):
            because = ""
    return (
        f"{of} are on average rated {size} {word} in the second study ({_interval(change)})."
        f"{because}"
    )


def _correlation(both: StudyComparison, outcome: str) -> str:
    change = both.change(f"rho overall {outcome}", "all")
    if change.first is None or change.second is None:
        return f"The correlations with {outcome} cannot be compared: {change.reason}."
    first, second = format_signed(change.first), format_signed(change.second)
    values = f"{first} in the first study and {second} in the second"
    if change.low is None:
        return f"Rating and {outcome} correlate by {values}; {change.reason} for an interval."
    if not change.is_certain:
        return (
            f"Rating and {outcome} correlate by {values}; that they differ cannot be told "
            f"({_spread(change)})."
        )
    word = "stronger" if abs(change.second) > abs(change.first) else "weaker"
    if change.first * change.second < 0:
        word = "another way round"
    return f"Rating and {outcome} correlate by {values}: {word} ({_interval(change)})."


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


def title(both: StudyComparison) -> str:
    """Say what the studies differ in."""
    if "judge" in both.differs or "judge version" in both.differs:
        return "Two judges"
    if both.overlap.first_only or both.overlap.second_only:
        return "Two samples" if both.first.days == both.second.days else "Two studies"
    return "Two dates" if both.first.days != both.second.days else "The same study twice"


# Tables --------------------------------------------------------------------------------------


def _asked(both: StudyComparison) -> Iterator[tuple[str, str, str]]:
    """What the two studies are made of: a name, and what each of them has."""
    sides = (both.first, both.second)
    days = [" to ".join(dict.fromkeys(side.days)) for side in sides]
    yield "cards read", days[0], days[1]
    yield "models", f"{sides[0].models:,}", f"{sides[1].models:,}"
    yield "rated", f"{sides[0].rated:,}", f"{sides[1].rated:,}"
    for key in (*both.differs, *both.same):
        yield key, sides[0].asked.get(key, ""), sides[1].asked.get(key, "")


def render_comparison(both: StudyComparison) -> str:
    """The comparison as text for a terminal."""
    folders = ("study", both.first.name, both.second.name)
    settings = [list(map(Cell, row)) for row in (folders, *_asked(both))]
    sentences = "\n".join(f"- {sentence}" for sentence in findings(both))
    studies = write_table(Sheet(("", "first", "second"), settings))
    changes = write_table(_change_table(both.changes))
    return f"{title(both)}\n\n{studies}\n{sentences}\n\n{changes}"


def _change_table(changes: Sequence[Change]) -> Sheet:
    ends = [v for change in changes for v in (change.low, change.high, change.difference)]
    reach = max([0.1, *(abs(value) for value in ends if value is not None)])
    heads = ("number", "over", "n", "first", "second", "difference", "around zero")
    return Sheet(
        (*heads, "95 % by author", "told"),
        [_change(change, reach) for change in changes],
        certain={place for place, change in enumerate(changes) if change.is_certain},
    )


def _change(change: Change, reach: float) -> list[Cell]:
    first, second = change.n
    return [
        Cell(_number_name(change.what)),
        Cell(_OVER[change.over]),
        Cell(f"{first:,}" if first == second else f"{first:,} / {second:,}", "count"),
        Cell(change.first, "number"),
        Cell(change.second, "number"),
        Cell(change.difference, "difference"),
        Cell(_draw(change, reach), "picture"),
        Cell(change.reason if change.low is None else _ends(change), "interval"),
        Cell("yes" if change.is_certain else ""),
    ]


def _number_name(what: str) -> str:
    if what.startswith("rho overall "):
        return what.replace("rho overall", "rho of the rating with")
    return what.removesuffix(" rating")


def _draw(change: Change, reach: float) -> Markup | None:
    if change.difference is None:
        return None
    return draw_interval(change.difference, None, read_bounds(change), reach)


# Page ----------------------------------------------------------------------------------------


def draw_comparison(both: StudyComparison) -> Markup:
    """All of the comparison, from its title on."""
    return join(
        _header(both),
        _asked_section(both),
        _overlaps(both),
        _ratings(both),
        _popularity(both),
        _methods(both),
    )


def render_comparison_page(both: StudyComparison) -> str:
    """One HTML file: no script, no request, and its policy says so."""
    main = el("main", draw_comparison(both), id="report")
    name = f"{both.first.name} and {both.second.name}: two studies of model cards"
    skip = el("a", "Skip to the comparison", href="#report", class_="skip")
    return write_document(name, join(skip, main), home="sheet")


def _header(both: StudyComparison) -> Markup:
    return el(
        "header",
        el("p", "Two model card studies", class_="kicker"),
        el(
            "h1",
            f"{title(both)}: ",
            el("bdi", both.first.name),
            " and ",
            el("bdi", both.second.name),
        ),
        el("ul", [el("li", sentence) for sentence in findings(both)], class_="findings"),
        class_="title",
    )


def _asked_section(both: StudyComparison) -> Markup:
    rows = [
        [
            Cell(name.capitalize()),
            Cell(first or "–", "name"),
            Cell(second or "–", "name"),
            Cell("" if first == second else "differs"),
        ]
        for name, first, second in _asked(both)
    ]
    headline = (
        f"They differ in {join_words(both.differs)}"
        if both.differs
        else "The same was asked of both"
    )
    table = Sheet(("", both.first.name, both.second.name, ""), rows)
    studies = write_html_table(table, "The two studies")
    return section("asked", "What is compared", headline, studies)


def _overlaps(both: StudyComparison) -> Markup:
    here = both.overlap
    pairs = [
        ("in both", here.common),
        ("of these, same card", here.same_text),
        ("in the first only", here.first_only),
        ("in the second only", here.second_only),
    ]
    numbers = [el("div", el("dt", name), el("dd", format_number(value))) for name, value in pairs]
    return section(
        "overlap",
        "Models",
        _overlap(both),
        el("dl", numbers, class_="numbers"),
        _moves(both),
    )


def _moves(both: StudyComparison) -> Markup | None:
    """Common cards by both ratings, where there are any."""
    if not both.overlap.both_rated:
        return None
    rows = [
        [Cell(f"rated {score}"), *(Cell(n or "·", "count") for n in counts)]
        for score, counts in enumerate(both.moves, 1)
    ]
    heads = ("In the first", *(f"now {score}" for score in range(1, 6)))
    stayed = sum(both.moves[i][i] for i in range(5))
    kappa = (
        ""
        if both.kappa is None
        else f" Over cards with the same text, the quadratic-weighted kappa of the two is "
        f"{both.kappa:.2f}."
    )
    words = (
        f"{format_number(stayed)} of {format_number(both.overlap.both_rated)} kept their "
        f"rating.{kappa}"
    )
    return join(
        el("h3", "How the common cards moved"),
        el("p", words),
        write_html_table(Sheet(heads, rows), "Ratings of the common cards"),
    )


def _ratings(both: StudyComparison) -> Markup:
    figures = [
        el(
            "figure",
            draw_ratings([RatingBar(str(i), "", (i, i), n) for i, n in side.histogram.items()]),
            el("figcaption", el("bdi", side.name), f": mean {format_number(side.mean, 2)}"),
        )
        for side in (both.first, both.second)
    ]
    changes = [
        both.change(f"mean {name} rating", over)
        for over in ("common", "all")
        for name in ("overall", *CRITERIA)
    ]
    extra = [both.change("mean overall rating", over) for over in ("same text", "changed text")]
    enough = both.change("mean overall rating", "all").difference is not None
    return section(
        "ratings",
        "Ratings",
        _headline(_shift(both, "all")) if enough else "There are too few ratings to compare",
        el("div", figures, class_="pair"),
        el("h3", "Mean expected ratings"),
        write_html_table(_change_table([*changes[:9], *extra, *changes[9:]]), "Mean ratings"),
    )


def _popularity(both: StudyComparison) -> Markup:
    rows = [
        both.change(f"rho overall {name}", over) for over in ("all", "common") for name in COMPARED
    ]
    counts = [both.change(f"log {name}", "common") for name in COMPARED]
    lines = [el("li", sentence) for change in counts if (sentence := _growth(change))]
    return section(
        "popularity",
        "Rating and popularity",
        _headline(_correlation(both, "downloads")),
        write_html_table(_change_table(rows), "Correlations"),
        join(el("h3", "Counts of the models in both"), el("ul", lines)) if lines else None,
    )


def _growth(change: Change) -> str:
    """How a count changed, as a factor of 1 + count."""
    if change.difference is None or change.low is None or change.high is None:
        return ""
    name = change.what.removeprefix("log ")
    factor, low, high = (math.exp(v) for v in (change.difference, change.low, change.high))
    proviso = "" if change.is_certain else ", which cannot be told from no change"
    return (
        f"{name.capitalize()}: times {factor:.2f} in the middle (geometric mean of 1 + count, "
        f"{change.n[0]:,} models; 95 % interval {low:.2f} to {high:.2f} by author{proviso})."
    )


def _methods(both: StudyComparison) -> Markup:
    return section(
        "methods",
        "Methods and limits",
        "A difference of two studies is not yet a change in the world",
        el(
            "p",
            "Every difference is the second study minus the first. Its interval comes from "
            f"{format_number(both.draws)} draws of whole authors over both studies together (seed "
            f"{both.seed}), so that an author who is in both moves both. A difference is called "
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
