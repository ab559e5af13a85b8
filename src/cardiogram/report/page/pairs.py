"""Poor and good cards side by side, as pages, with what each shows."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.judge import Evidence
from cardiogram.report.data import CardPair, Payload, ShownModel
from cardiogram.report.document import draw_card
from cardiogram.report.markup import (
    Markup,
    draw_dumbbell,
    el,
    fold,
    format_number,
    format_signed,
    join,
    section,
)
from cardiogram.report.page.explore import hub_link

MOST_FACTS = 8


def compared(payload: Payload) -> Markup | None:
    """Set poor and good cards of similar downloads side by side, one pair at a time."""
    if not payload.pairs:
        return None
    leaves = [_leaf(payload, i, pair) for i, pair in enumerate(payload.pairs, 1)]
    return section(
        "pair",
        "Poor beside good",
        describe_pair(payload.pairs[0]),
        el("div", _picker(payload), leaves, class_="leaves"),
    )


def describe_pair(pair: CardPair) -> str:
    """Say what two models have in common, and how their cards are rated."""
    poor, good = pair.poor, pair.good
    tasks = {poor.pipeline_tag, good.pipeline_tag}
    task = f"{poor.pipeline_tag} " if len(tasks) == 1 and poor.pipeline_tag else ""
    ratings = f"one card is rated {poor.overall}, the other {good.overall}"
    counts = [format_number(model.downloads) for model in (poor, good)]
    return f"Two {task}models with {counts[0]} and {counts[1]} downloads: {ratings}"


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
        el("div", _side(payload, poor, "poor"), _side(payload, good, "good"), class_="pair"),
        fold(
            "Why they are rated so",
            el(
                "figure",
                draw_dumbbell(poor.scores, good.scores, f"pair-{i}"),
                el(
                    "figcaption",
                    el("span", el("span", class_="swatch poor"), hub_link(payload, poor.id)),
                    el("span", el("span", class_="swatch good"), hub_link(payload, good.id)),
                    class_="legend",
                ),
                class_="dumbbell",
            ),
            el("div", _shown(payload, poor), _shown(payload, good), class_="pair"),
        ),
        class_="leaf",
        id=f"pair-{i}",
        role="group",
        aria_label=f"Pair {i} of {len(payload.pairs)}",
    )


def _side(payload: Payload, model: ShownModel, kind: str) -> Markup:
    text = payload.text(model)
    chip = el("span", model.overall, class_=f"chip s{model.overall}")
    about = [
        f"{format_number(model.downloads)} downloads",
        f"{format_number(model.likes)} likes",
        model.pipeline_tag,
        model.library_name,
    ]
    return el(
        "article",
        el("h3", chip, " ", hub_link(payload, model.id)),
        el("p", " · ".join(filter(None, about)), class_="quiet"),
        (draw_card(text.text) if text else None) or el("p", "There is no text.", class_="quiet"),
        class_=kind,
    )


def _shown(payload: Payload, model: ShownModel) -> Markup:
    facts = sorted(payload.evidence_of(model), key=lambda fact: -abs(fact.effect or 0))
    return el(
        "div",
        el("h4", f"What {model.id} shows"),
        _facts(facts[:MOST_FACTS]) if facts else el("p", "The judge did not say.", class_="quiet"),
        _problems(model),
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
