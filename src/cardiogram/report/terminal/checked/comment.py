"""Checked cards as Markdown: a comment on a pull request, or the summary of a job."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from cardiogram.cards.lint import Finding
from cardiogram.check import Checked
from cardiogram.judge.expectations import Gap
from cardiogram.report.terminal.checked.phrases import (
    GAPS_SHOWN,
    Places,
    change_of,
    describe_change,
    describe_neighbour,
    describe_rank,
    describe_shortfall,
    first_to_mend,
    grade_of,
    interval_of,
    judged_by,
    line_of,
    lines_of,
    name_of,
    named_scores,
    refusals,
    sentences_of,
    shows,
    untold,
)
from cardiogram.report.terminal.writing import Look, cell, escape, inline

_SHOWN = 3


def render_markdown(
    checked: Sequence[Checked], places: Places | None = None, look: Look | None = None
) -> str:
    """A table of several cards, the worst first; all that helps where there is one."""
    look = look or Look()
    if len(checked) == 1 or look.detail == "all":
        lines = [line for card in checked for line in _one_card(card, places)]
    else:
        lines = _table(checked)
    called = {card.target: inline(name_of(card)) for card in checked}
    short = describe_shortfall(checked, look.minimum, called)
    if short:
        lines += [f"**{short[0]}**", "", *(f"- {line}" for line in short[1:])]
        lines += [""] if len(short) > 1 else []
    return "\n".join(lines)


def _table(checked: Sequence[Checked]) -> list[str]:
    if not checked:
        return []
    ordered = sorted(checked, key=lambda card: card.rating.scores["overall"].expected)
    compared = [card.earlier for card in checked if card.earlier]
    at = f"since {inline(compared[0].at)}" if compared else ""
    heads = ["card", "rating", *([at] if at else []), *ordered[0].rating.scores]
    heads.remove("overall")
    rows = []
    for card in ordered:
        scores = card.rating.scores
        numbers = [f"{scores[name].expected:.1f}" for name in scores if name != "overall"]
        first = escape(first_to_mend(card))
        change = [change_of(card)] if at else []
        rating = f"**{scores['overall'].expected:.1f}**"
        rows.append([cell(name_of(card)), rating, *change, *numbers, first])
    table = [[*heads, "first thing to mend"], ["---"] * (len(heads) + 1), *rows]
    return [*(f"| {' | '.join(row)} |" for row in table), ""]


def _one_card(card: Checked, places: Places | None) -> list[str]:
    overall = card.rating.scores["overall"]
    range_ = interval_of(overall)
    rows = [
        f"| {name} | {score.expected:.1f} | {word} | {interval_of(score, 1)} |"
        for name, score, word in named_scores(card)
        if name != "overall"
    ]
    gaps = [_advice(card, gap) for gap in card.gaps[:GAPS_SHOWN]]
    shown = [
        f"1. {lines_of(fact).capitalize()}, {fact.criterion}: {escape(fact.fact)} "
        f"(without it {fact.criterion} -{fact.effect:.1f})."
        for fact in shows(card)[:_SHOWN]
    ]
    about = [f"Readers would say {range_}."] if range_ else []
    if change := describe_change(card):
        about.append(f"{escape(change)}.")
    return [
        f"### {inline(name_of(card))}: {overall.expected:.1f} of 5, {grade_of(card)}",
        "",
        *([" ".join(about), ""] if about else []),
        *["| criterion | rating | | readers would say |", "|---|---|---|---|", *rows, ""],
        *_listed("What would help readers most:", gaps),
        *_listed("What it shows:", shown),
        *_listed("Problems:", [f"- {inline(problem)}" for problem in untold(card)]),
        *_findings(card),
        *_place(card, places),
        f"*Rated by {judged_by(card)}.*",
        "",
    ]


def _advice(card: Checked, gap: Gap) -> str:
    where = line_of(card, gap)
    where = "At the end" if where == "add" else f"Line {where}"
    return f"1. {where}, {gap.criterion}: {escape(sentences_of(gap))}"


def _listed(title: str, points: Sequence[str]) -> list[str]:
    return [title, "", *points, ""] if points else []


def _findings(card: Checked) -> list[str]:
    refused = refusals(card)
    rows = [_finding_row(finding, refused) for finding in card.findings]
    return ["| line | rule | | |", "|---|---|---|---|", *rows, ""] if rows else []


def _finding_row(finding: Finding, refused: Sequence[Finding]) -> str:
    severity = "the Hub refuses it" if finding in refused else finding.severity
    return f"| {finding.line} | {finding.rule} | {severity} | {cell(finding.message)} |"


def _place(card: Checked, places: Places | None) -> list[str]:
    place = (places or {}).get(card.target)
    if place is None:
        return []
    sentences = [escape(describe_rank(place))]
    for near in place.neighbours:
        link = f"[{escape(near.id)}](https://huggingface.co/{quote(near.id)})"
        sentences.append(
            f"A good card near it: {link} ({near.rating:.1f}), {describe_neighbour(near)}."
        )
    return [" ".join(filter(None, sentences)), ""] if any(sentences) else []
