"""What stands below the associations: each further part of the results, where there is one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cardiogram.analysis import ratio, ratios
from cardiogram.report.markup import (
    Child,
    FittedLine,
    Markup,
    against,
    by_author,
    column,
    draw_interval,
    el,
    fold,
    format_ends,
    format_number,
    format_p_value,
    format_percent,
    format_share,
    format_signed,
    items,
    join,
    join_words,
    keep_units,
    name_outcome,
    overall,
    part,
    read_bounds,
    scroller,
    table,
    text_of,
    value,
)
from cardiogram.report.page.copies import copies
from cardiogram.report.page.slopes import other_models
from cardiogram.report.page.within import gaps_within, within

Item = Mapping[str, Any]

Q_LIMIT = 0.05
"""A trait is marked where its q value, the p value corrected for all tests, is below this."""

_HELD = {"created": "age", "task": "task", "library": "library", "size": "size"}
"""What an association is adjusted for: the covariate's first word, and how the page calls it."""

_TRAIT_OUTCOMES = ("downloads", "likes")


def further(results: Item) -> Markup:
    """Everything after the table of associations; a part that the results lack leaves no trace."""
    found = [
        _adjusted(results),
        _outliers(results),
        _duplicates(results),
        *(_traits(results, outcome) for outcome in _TRAIT_OUTCOMES),
        copies(results),
        _power(results),
    ]
    title = "How far this can be trusted, and what popular models have"
    heading = el("h3", title) if any(found) else None
    return join(_effects(results), within(results), _comparisons(results), heading, found)


# Shown openly --------------------------------------------------------------------------------


def _effects(results: Item) -> Markup | None:
    """Effects in the words of the analysis; the report adds no number of its own."""
    said = [
        text_of(item, "words") or f"{name_outcome(text_of(item, 'outcome'))}: {item['reason']}"
        for item in overall(results, "regressions")
        if item.get("words") or (item.get("main") and item.get("reason"))
    ]
    if not said:
        return other_models(results)
    sentences = el("ul", [el("li", keep_units(sentence)) for sentence in said], class_="effects")
    return join(
        el("h3", "How many times the downloads and likes go with a better card"),
        sentences,
        other_models(results),
    )


def _comparisons(results: Item) -> Markup | None:
    found = [item for item in overall(results, "comparisons") if item.get("by", "all") == "all"]
    if not found:
        return None
    answer = found[0].get("words") or found[0].get("reason")
    rows = [
        [
            against(item),
            format_number(item.get("n")),
            format_signed(item.get("first_rho")),
            format_signed(item.get("second_rho")),
            value(item),
            by_author(item),
            format_ends(read_bounds(part(item, "interval"))),
            _tests(item),
        ]
        for item in found
    ]
    heads = (
        "ρ with the first",
        "ρ with the second",
        "Difference",
        "95 % by author",
        "95 % plain",
        "Williams’ p",
    )
    return join(
        el("h3", "Is the link stronger with likes than with downloads?"),
        el("p", keep_units(str(answer))) if answer else None,
        table("Difference of two correlations", ("Compared", "n", *heads), rows),
        gaps_within(results),
    )


def _tests(item: Item) -> Child:
    """The p values of three tests that take models as independent."""
    found = {name: part(item, name).get("p_value") for name in ("williams", "steiger", "meng")}
    if found["williams"] is None:
        return "–"
    more = ", ".join(
        f"{name.title()} {format_p_value(found[name])}" for name in ("steiger", "meng")
    )
    return join(format_p_value(found["williams"]), el("span", more, class_="sub"))


# Behind a line each --------------------------------------------------------------------------


def _adjusted(results: Item) -> Markup | None:
    plain = {item.get("outcome"): item for item in overall(results, "associations")}
    partial = {item.get("outcome"): item for item in overall(results, "partial")}
    left_out = [name for name, item in plain.items() if part(item, "leave_one_author_out")]
    outcomes = list(dict.fromkeys([*partial, *left_out]))
    if not outcomes:
        return None
    rows = [
        [
            name_outcome(str(name)).capitalize(),
            format_number((partial.get(name) or plain[name]).get("n")),
            format_signed(plain.get(name, {}).get("estimate")),
            value(partial.get(name, {})),
            by_author(partial.get(name, {})),
            _without_one(part(plain.get(name, {}), "leave_one_author_out")),
        ]
        for name in outcomes
    ]
    heads = ("With", "n", "ρ", "ρ, adjusted", "95 % by author", "ρ, one author left out")
    held = _held(partial.values())
    names = f"Adjusted for {join_words(held)}" if held else "Adjusted"
    first = f"{names}, and " if partial else "Associations "
    missing = join_words([name for name in _HELD.values() if name not in held])
    but = f" These data did not allow to adjust for {missing}." if missing else ""
    methods = [text_of(part(item, "leave_one_author_out"), "method") for item in plain.values()]
    tried = next(filter(None, methods), "one author left out at a time")
    return fold(
        f"{first}with one author left out",
        el("p", f"An adjusted ρ compares models of like {join_words(held)}.{but}")
        if held
        else None,
        el("p", f"The last column is the range of the plain ρ, {tried}.") if left_out else None,
        table("Adjusted associations", heads, rows),
    )


def _held(partial: Iterable[Item]) -> list[str]:
    """What the covariates really held equal: a size that is unknown everywhere is not among it."""
    given = {str(name).split(" ")[0] for item in partial for name in item.get("given") or []}
    return [name for key, name in _HELD.items() if key in given]


def _without_one(found: Item) -> Child:
    ends = read_bounds(found)
    if not ends:
        return "–"
    who = f"without {found.get('low_without', '–')}, without {found.get('high_without', '–')}"
    return join(format_ends(ends), el("span", who, class_="sub"))


def _outliers(results: Item) -> Markup | None:
    whole = part(results, "outliers")
    found = [item for item in items(whole, "entries") if item.get("method") == "spearman"]
    plain = {item.get("outcome"): item for item in found if item.get("rule") == "none"}
    rows = [
        [
            str(item.get("rule_words") or item.get("rule") or "–"),
            name_outcome(text_of(item, "outcome")),
            format_number(item.get("dropped")),
            format_share(item.get("dropped_above_median_rating")),
            value(plain.get(item.get("outcome"), {})),
            value(item),
        ]
        for item in found
        if item.get("rule") != "none"
    ]
    if not rows:
        return None
    rule = whole.get("rule", "none")
    # The sentences say that nothing was dropped: they are untrue where a rule was asked for.
    why = (
        whole.get("why") or []
        if rule == "none"
        else [f"The numbers of this study leave out outcomes {whole.get('rule_words', rule)}."]
    )
    heads = ("Rule", "Outcome", "Rows dropped", "Rated above the median", "ρ before", "ρ after")
    return fold(
        "Sensitivity to outliers",
        [el("p", str(sentence)) for sentence in why],
        table("Rules for outliers", heads, rows, text=2),
    )


def _duplicates(results: Item) -> Markup | None:
    found = part(results, "duplicates")
    if found.get("cards") is None:
        return None
    cards, total = found["cards"], found.get("n")
    of = f" of {format_number(total)}" if total is not None else ""
    if not cards:
        return fold("Near-duplicate cards", el("p", f"None{of} cards are near-duplicates."))
    told = [
        f"{against(item)} {value(item)} ({format_signed(part(item, 'all_cards').get('estimate'))} "
        "with all cards)"
        for item in overall(found, "entries")
    ]
    kept = f"; with one card of each cluster, ρ is, with {join_words(told)}" if told else ""
    clusters = f" in {format_number(found['clusters'])} clusters" if found.get("clusters") else ""
    sentence = f"{format_number(cards)}{of} cards are near-duplicates{clusters}{kept}."
    return fold("Near-duplicate cards", el("p", sentence))


# The robust line -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RobustLine:
    """A robust line of log(1 + outcome) over the rating, or why there is none."""

    line: FittedLine | None
    words: str


def find_robust_line(results: Item, outcome: str) -> RobustLine:
    """Find the Huber line of one outcome over the overall rating, for the scatter plot."""
    for item in overall(results, "regressions"):
        method = text_of(item, "method")
        if item.get("outcome") != outcome or not method.startswith("Huber"):
            continue
        slope, intercept = item.get("estimate"), item.get("intercept")
        if slope is None or intercept is None:
            return RobustLine(None, f"No robust line is drawn: {item.get('reason') or 'refused'}.")
        ends = read_bounds(part(item, "cluster_interval"))
        spread = f" (slope {format_signed(slope)}, {format_ends(ends)} by author)" if ends else ""
        told = f"The dashed line is Huber’s robust fit of log(1 + {outcome}){spread}."
        return RobustLine(FittedLine(float(intercept), float(slope)), told)
    return RobustLine(None, "")


# Traits --------------------------------------------------------------------------------------


def _traits(results: Item, outcome: str) -> Markup | None:
    whole = part(results, "traits")
    found = [item for item in items(whole, "entries") if item.get("outcome") == outcome]
    if not found:
        return None
    # Ratios first, the largest on top; then, in their own order, those that have none.
    found.sort(key=lambda item: -(_ratio(item) or 0.0))
    names = part(whole, "traits")
    ends = [abs(math.log(end)) for item in found for end in _odds_ends(item).values()]
    ends += [abs(math.log(odds)) for odds in map(_ratio, found) if odds]
    reach = min(max([0.1, *ends]), math.log(20))
    tenths = (_tenth_head("Least popular", found, 0), _tenth_head("Most popular", found, -1))
    titles = (*tenths, "ρ", "Odds ratio", "Around 1", "95\u00a0% by author", "q")
    heads = [column("Trait"), *(column(title, "number") for title in titles)]
    rows = [_trait(item, names, reach) for item in found]
    tests = whole.get("tests")
    counted = (
        f" {format_number(tests)} odds ratios were tested in all." if tests is not None else ""
    )
    top = whole.get("top_share")
    upper = f"the upper {format_percent(round(100 * top), 100)}" if top else "the most popular"
    name = name_outcome(outcome)
    return fold(
        f"What models with many {name} have",
        el(
            "p",
            f"Shares of the models with the fewest and with the most {name}, in tenths; equal "
            "counts stay together, so that a tenth can hold more. The odds ratio compares the "
            f"odds of being among {upper} with the trait and without it, adjusted for "
            f"{join_words(_held(found)) or 'nothing'}: what is associated, not what would follow.",
        ),
        el(
            "p",
            f"A full circle and an asterisk mark q < {Q_LIMIT}, which allows for the number of "
            f"tests.{counted} The scale is logarithmic; bars beyond its ends are cut.",
        ),
        scroller(f"Traits and {name}", el("thead", el("tr", heads)), el("tbody", rows)),
    )


def _trait(item: Item, names: Item, reach: float) -> Markup:
    key = text_of(item, "trait")
    tenths = items(item, "prevalence_by_decile")
    shares = [format_share(tenths[place].get("share")) if tenths else "–" for place in (0, -1)]
    first = [el("th", str(names.get(key, key)), scope="row")]
    first += [el("td", told, class_="number") for told in shares]
    first.append(el("td", _rho(part(item, "spearman")), class_="number"))
    odds = _ratio(item)
    if odds is None:
        reason = str(item.get("reason") or "not computed")
        return el("tr", first, el("td", reason, colspan=4, class_="prose"))
    ends, q = _odds_ends(item), item.get("q_value")
    marked = q is not None and q < Q_LIMIT
    logs = {side: math.log(end) for side, end in ends.items()}
    # The picture's label would read out the logarithm; the ratio stands beside it as text.
    picture = el("span", draw_interval(math.log(odds), {}, logs, reach), aria_hidden="true")
    interval = ratios(ends["low"], ends["high"]) if ends else by_author(item)
    return el(
        "tr",
        first,
        el("td", f"{ratio(odds)}{' *' if marked else ''}", class_="number"),
        el("td", picture, class_="number"),
        el("td", interval, class_="number"),
        el("td", format_p_value(q), class_="number"),
        class_="certain" if marked else None,
    )


def _rho(ranks: Item) -> Child:
    """A trait's rank correlation over its interval by author."""
    if ranks.get("estimate") is None:
        return "–"
    ends = read_bounds(part(ranks, "cluster_interval"))
    return join(
        format_signed(ranks["estimate"]),
        el("span", format_ends(ends), class_="sub") if ends else None,
    )


def _ratio(item: Item) -> float | None:
    found = item.get("estimate")
    return float(found) if found is not None and found > 0 else None


def _odds_ends(item: Item) -> dict[str, float]:
    """Both ends of an odds ratio; empty where one has no logarithm."""
    ends = read_bounds(part(item, "cluster_interval"))
    return ends if all(end > 0 for end in ends.values()) else {}


def _tenth_head(name: str, found: Sequence[Item], place: int) -> Markup:
    tenths = items(found[0], "prevalence_by_decile")
    n = tenths[place].get("n") if tenths else None
    return join(name, None if n is None else el("span", f"{format_number(n)} models", class_="sub"))


# Power ---------------------------------------------------------------------------------------


def _power(results: Item) -> Markup | None:
    found = overall(results, "power")
    if not found:
        return None
    simple = [_reach(item) for item in found if " - " not in text_of(item, "outcome")]
    gaps = [_reach(item) for item in found if " - " in text_of(item, "outcome")]
    told = f"an association (|ρ|) of at least {join_words(simple)}" if simple else ""
    if gaps:
        told += f"{', and ' if told else ''}a difference of ρ of at least {join_words(gaps)}"
    start, end = "With a power of 80 %, this study could have shown", "can have been missed."
    sentence = keep_units(f"{start} {told}; what is smaller {end}")
    return fold("What this study could have seen", el("p", sentence))


def _reach(item: Item) -> str:
    """Name one smallest number, or say why there is none."""
    estimate = item.get("estimate")
    told = item.get("reason") or "unknown" if estimate is None else f"{estimate:.2f}"
    return f"{told} ({against(item)})"
