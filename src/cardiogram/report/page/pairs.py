"""Poor and good cards side by side, with what moved each rating marked in the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from cardiogram.judge import Evidence
from cardiogram.report.data import CardPair, CardText, Payload, ShownModel
from cardiogram.report.markup import (
    Markup,
    draw_dumbbell,
    el,
    format_number,
    format_signed,
    join,
    section,
)
from cardiogram.report.page.explore import hub_link

EXCERPT_LINES = 80
EXCERPT_COLUMNS = 300
"""How much of a compared card's source stands in the page itself."""

MOST_FACTS = 8

MOST_MARKED = 40
"""Lines from which on a piece of evidence is of the whole card, and marks nothing."""


def compared(payload: Payload) -> Markup | None:
    """Set poor and good cards of similar downloads side by side, one pair at a time."""
    if not payload.pairs:
        return None
    kicker = "Two cards compared"
    leaves = [_leaf(payload, i, pair) for i, pair in enumerate(payload.pairs, 1)]
    return section(
        "pair",
        kicker,
        _headline(payload),
        el(
            "p",
            "Each pair is a card rated 1 or 2 and one rated 4 or 5, of models with the closest "
            "downloads there are and by authors who stand in no other pair. The marked lines are "
            "what the judge took each card to show.",
        ),
        el("div", _picker(payload), leaves, class_="leaves"),
    )


def _headline(payload: Payload) -> str:
    poor, good = payload.pairs[0].poor, payload.pairs[0].good
    ratings = f"one card is rated {poor.overall}, the other {good.overall}"
    return f"{_closeness(poor, good)}: {ratings}"


def _picker(payload: Payload) -> Markup | None:
    """Radio buttons: the arrow keys leaf through the pairs, and no script is needed."""
    if len(payload.pairs) == 1:
        return None
    choices = []
    for i, pair in enumerate(payload.pairs, 1):
        name = f"Pair {i}: {pair.poor.id} and {pair.good.id}"
        choices += [
            el("input", type="radio", name="pair", id=f"pick-{i}", checked=i == 1, aria_label=name),
            el("label", i, for_=f"pick-{i}", title=name),
        ]
    return el("fieldset", el("legend", "Pairs"), choices, class_="picker")


def _leaf(payload: Payload, i: int, pair: CardPair) -> Markup:
    poor, good = pair.poor, pair.good
    return el(
        "div",
        el(
            "figure",
            draw_dumbbell(poor.scores, good.scores, f"pair-{i}"),
            el(
                "figcaption",
                el("span", el("span", class_="swatch poor"), el("bdi", poor.id)),
                el("span", el("span", class_="swatch good"), el("bdi", good.id)),
                class_="legend",
            ),
            class_="dumbbell",
        ),
        el("div", _side(payload, poor, "poor"), _side(payload, good, "good"), class_="pair"),
        class_="leaf",
        id=f"pair-{i}",
        role="group",
        aria_label=f"Pair {i} of {len(payload.pairs)}",
    )


def _closeness(poor: ShownModel, good: ShownModel) -> str:
    """Say how similar the downloads are, and no more than is true."""
    low, high = sorted((poor.downloads or 0, good.downloads or 0))
    return "Much the same downloads" if high <= 1.25 * low else "The closest downloads there are"


def _side(payload: Payload, model: ShownModel, kind: str) -> Markup:
    evidence = payload.evidence_of(model)
    facts = sorted(evidence, key=lambda fact: -abs(fact.effect or 0))
    return el(
        "article",
        el("p", f"The {kind} card, rated {model.overall}", class_=f"kicker {kind}"),
        el("h3", hub_link(payload, model.id)),
        el(
            "p",
            f"{format_number(model.downloads)} downloads · {format_number(model.likes)} likes"
            f"{f' · {model.pipeline_tag}' if model.pipeline_tag else ''}",
            class_="quiet",
        ),
        el("h4", "What it shows"),
        _facts(facts[:MOST_FACTS]) if facts else el("p", "The judge did not say.", class_="quiet"),
        _problems(model),
        el("h4", "The card’s source"),
        _excerpt(payload.text(model), _marks(evidence), f"Source of {model.id}"),
    )


def _facts(facts: Sequence[Evidence]) -> Markup:
    measured = any(fact.effect is not None for fact in facts)
    return el(
        "ul",
        [
            el(
                "li",
                el("span", format_signed(fact.effect), class_="number effect")
                if measured
                else None,
                el(
                    "span",
                    fact.fact,
                    el("span", f"{fact.criterion}{_lines(fact)}", class_="sub"),
                ),
            )
            for fact in facts
        ],
        class_="facts" if measured else "facts plain",
    )


def _lines(fact: Evidence) -> str:
    if not fact.first_line:
        return ""
    if not fact.last_line or fact.last_line == fact.first_line:
        return f", line {fact.first_line}"
    return f", lines {fact.first_line}–{fact.last_line}"


def _problems(model: ShownModel) -> Markup | None:
    if not model.problems:
        return None
    return join(el("h4", "Problems"), el("ul", [el("li", text) for text in model.problems]))


def _marks(evidence: Sequence[Evidence]) -> Mapping[int, list[str]]:
    """What to say at each marked line: the facts that begin there, nothing where one goes on."""
    marks: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for fact in evidence:
        first, last = fact.first_line, fact.last_line or fact.first_line
        if not first or last - first >= MOST_MARKED:
            continue  # what is true of the whole card is marked nowhere
        marks[first][fact.criterion].append(fact.fact)
        for line in range(first + 1, last + 1):
            marks[line].update()
    return {
        line: [f"{criterion}: {', '.join(facts)}" for criterion, facts in by.items()]
        for line, by in marks.items()
    }


def _excerpt(text: CardText | None, marks: Mapping[int, list[str]], label: str) -> Markup:
    if text is None or not text.text.strip():
        return el("p", "There is no text.", class_="quiet")
    lines = text.text.split("\n")
    more = len(lines) - EXCERPT_LINES
    items = [_line(line, marks.get(i)) for i, line in enumerate(lines[:EXCERPT_LINES], 1)]
    hidden = f"{more:,} more lines{' (the text is cut)' if text.cut else ''}." if more > 0 else None
    return join(
        el("ol", items, class_="source", tabindex=0, aria_label=label),
        el("p", hidden, class_="quiet") if hidden else None,
    )


def _line(line: str, notes: list[str] | None) -> Markup:
    if notes is None:
        return el("li", el("span", _clip(line)))
    note = el("em", "; ".join(notes), class_="note") if notes else None
    return el("li", el("span", el("mark", _clip(line)), note), class_="marked")


def _clip(line: str) -> str:
    left = len(line) - EXCERPT_COLUMNS
    return line if left <= 0 else f"{line[:EXCERPT_COLUMNS]}… ({left:,} more characters)"
