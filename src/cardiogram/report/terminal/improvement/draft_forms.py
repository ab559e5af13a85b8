"""The forms in which `cardiogram improve` prints drafts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from cardiogram.improve import Draft, DraftChange, Question, Rewriting
from cardiogram.judge import Rating
from cardiogram.report.markup import count_of
from cardiogram.report.terminal.improvement.done_and_asked import (
    VERBS,
    count_lines,
    diff_lines,
    expected_of,
    gain_of,
    proofs_of,
    rewriting_of,
    touched,
    unreworded_of,
    what_of,
)
from cardiogram.report.terminal.improvement.draft_screen import render_diff, render_draft
from cardiogram.report.terminal.paint import paint, paint_level, shorten, shorten_name
from cardiogram.report.terminal.short_markdown import (
    MOST_BYTES,
    NAME,
    MarkdownPart,
    bound,
    write_parts,
)
from cardiogram.report.terminal.writing import Look, escape, inline, one_line, write_json
from cardiogram.repository import Contradiction
from cardiogram.repository.access import withhold, withhold_logins
from cardiogram.repository.proof import claim_as_json, fact_as_json, source_as_json

DraftForm = Literal["text", "diff", "markdown", "json"]


def render_drafts(
    drafts: Sequence[Draft],
    form: DraftForm = "text",
    look: Look | None = None,
    *,
    ends: bool = False,
) -> str:
    """Drafts in one of the forms that `cardiogram improve` prints.

    Parameters
    ----------
    ends
        Whether this run writes, sends or asks, or has no command line: then nothing is said of
        what comes next.
    """
    look = look or Look()
    if form == "json":
        return write_json([_as_object(draft) for draft in drafts])
    if form == "markdown":
        return "\n".join(_render_markdown(draft, look, ends=ends) for draft in drafts)
    if form == "diff":
        return "".join(render_diff(draft, look) for draft in drafts)
    if len(drafts) == 1:
        return render_draft(drafts[0], look, ends=ends)
    if look.detail == "all":
        return "\n\n".join(render_draft(draft, look) for draft in drafts)
    return _render_list(drafts, look)


# A work list -----------------------------------------------------------------------------------


def worth(draft: Draft) -> float:
    """Readers times gain, with what answers would gain."""
    asked = sum(question.gain for question in draft.questions[:5])
    return max(1, draft.readers) * (draft.gain + asked / 2)


def _render_list(drafts: Sequence[Draft], look: Look) -> str:
    """A line each, those first that are worth most."""
    head = f"{'readers':>9}  {'rating':<10}{'changes':>8}  "
    wide = max(20, min(38, max((len(one_line(each.target)) for each in drafts), default=0)))
    lines = [paint(f"{head}{'card':<{wide}}  first question", "dim", look)]
    for draft in sorted(drafts, key=worth, reverse=True):
        before, after = expected_of(draft)
        readers = f"{draft.readers:,}" if draft.readers else "-"
        rating = paint_level(f"{before:.1f} -> {after:.1f}", after, look)
        start = f"{readers:>9}  {rating}{len(draft.changes):>8}  "
        name = f"{shorten_name(one_line(draft.target), wide):<{wide}}"
        first = draft.questions[0].id if draft.questions else ""
        room = max(0, look.width - len(head) - wide - 2)
        lines.append(f"{start}{name}  {shorten(first, room)}".rstrip())
    changed = sum(bool(draft.changes) for draft in drafts)
    total = f"{changed} of {count_of(len(drafts), 'card')} can be better with what files prove."
    return "\n".join([*lines, "", total]) + "\n"


# JSON ------------------------------------------------------------------------------------------


def _as_object(draft: Draft) -> dict[str, object]:
    before, after = draft.ratings
    return {
        "target": one_line(draft.target),
        "id": draft.id,
        "commit": draft.facts.commit,
        "restored": draft.restored and draft.restored.commit.id,
        "facts": [fact_as_json(fact) for fact in draft.facts.facts],
        "contradictions": [_contradiction(each) for each in draft.contradictions],
        "left": [_contradiction(each) for each in draft.left],
        "repairs": [_change(each) for each in draft.changes],
        "refused": [{**_change(each), "reason": one_line(why)} for each, why in draft.refused],
        "questions": [_question(each) for each in draft.questions],
        "draft": draft.after.text,
        "rewriting": _rewriting(draft.rewriting) if draft.rewriting else None,
        "claims": [claim_as_json(claim) for claim in draft.claims],
        "rating": {"before": _rating(before), "after": _rating(after)},
        "problems": [one_line(problem) for problem in draft.problems],
    }


def _contradiction(each: Contradiction) -> dict[str, object]:
    said = each.statement
    card: dict[str, object] = {"path": "README.md", "line": said.line}
    card["quote"] = withhold_logins(said.quote)
    if said.pointer:
        card["pointer"] = said.pointer
    return {
        "kind": each.kind,
        "rule": each.rule,
        "severity": each.severity,
        "why": one_line(each.why),
        "card": card | {"value": withhold(said.value)},
        "other": [source_as_json(source) for source in each.others],
    }


def _change(change: DraftChange) -> dict[str, object]:
    return {
        "id": change.id,
        "kind": change.kind,
        "criterion": change.criterion,
        "why": one_line(change.why),
        "sentences": [
            {
                "text": sentence.text,
                "facts": [fact_as_json(fact) for fact in sentence.facts],
                "answered": sentence.answered,
            }
            for sentence in change.sentences
        ],
    }


def _rewriting(said: Rewriting) -> dict[str, object]:
    return {
        "model": one_line(said.model),
        "reworded": [{"was": was, "now": now} for was, now in said.reworded],
        "kept": [{"text": text, "reason": one_line(why)} for text, why in said.kept],
        "cost_usd": said.cost_usd,
        "problem": one_line(said.problem),
    }


def _question(question: Question) -> dict[str, object]:
    return {
        "id": question.id,
        "ask": one_line(question.ask),
        "why": question.why,
        "criterion": question.criterion,
        "gain": question.gain,
        "criterion_gain": question.criterion_gain,
    }


def _rating(rating: Rating) -> dict[str, object]:
    """As `check` writes it."""
    return {
        "judge": {"id": rating.judge, "version": rating.judge_version},
        "rubric": rating.rubric_version,
        "status": rating.status,
        "scores": {name: score._asdict() for name, score in rating.scores.items()},
        "evidence": [fact._asdict() for fact in rating.evidence],
    }


# Markdown --------------------------------------------------------------------------------------


def _render_markdown(draft: Draft, look: Look, *, ends: bool) -> str:
    """For an agent or a pull request: what was done with its proof, what is asked, the diff."""
    before, after = expected_of(draft)
    title = f"### {inline(bound(draft.target, look, NAME))}: {before:.1f} -> {after:.1f} of 5"
    ratings = [
        _rating_row(draft, name)
        for name in ("overall", *touched(draft))
        if look.detail == "all" or _moves(draft, name)
    ]
    said = [f"- not taken: {inline(bound(each, look))}" for each in draft.unused]
    said += [
        f"- {inline(bound(each, look))}" for each in draft.problems if each not in draft.unused
    ]
    said += [f"- not done: {inline(bound(why, look))}" for _, why in draft.refused]
    said += [f"- {escape(bound(each, look))}" for each in unreworded_of(draft)]
    questions = [_asked(question, look) for question in draft.questions]
    proven = f"Proven by the files, or answered{'; `--write` edits the card so' * (not ends)}:"
    parts = [
        MarkdownPart([], [title]),
        MarkdownPart(["| | before | after |", "|---|---|---|"], ratings, len(ratings)),
        MarkdownPart([], [] if draft.changes else ["Nothing that its files prove is missing."]),
        MarkdownPart([proven, ""], _done(draft, look)),
        MarkdownPart(["Only the author knows; ask, and do not answer for them:", ""], questions, 3),
        MarkdownPart([], [_ANSWERS] if questions and not ends else []),
        MarkdownPart([], said, 1, "remarks"),
    ]
    lines = write_parts(parts, look, taken=60)  # a line on the diff
    if ends:
        return "\n".join(lines)
    return "\n".join([*lines, *_fenced_diff(draft, look, len("\n".join(lines).encode()))])


_ANSWERS = (
    "Their words, by these ids in a YAML file: `--answers FILE --write`. What they do not know is "
    "left out."
)


def _rating_row(draft: Draft, name: str) -> str:
    before, after = expected_of(draft, name)
    return f"| {name} | {before:.1f} | {after:.1f} |"


def _moves(draft: Draft, name: str) -> bool:
    before, after = (f"{number:.1f}" for number in expected_of(draft, name))
    return before != after


def _done(draft: Draft, look: Look) -> list[str]:
    lines = []
    for change in draft.changes:
        proofs = [inline(bound(proof, look, 80)) for proof in proofs_of(change)]
        shown = proofs if look.detail == "all" else proofs[:2]
        proven = f" ({', '.join(shown)}{' ...' * (len(shown) < len(proofs))})" if shown else ""
        lines.append(f"- {VERBS[change.kind]}: {inline(bound(what_of(change), look))}{proven}")
    words = rewriting_of(draft)
    return [*lines, *([f"- reworded: {escape(words)}"] if words else [])]


def _asked(question: Question, look: Look) -> str:
    gain = gain_of(question)
    return f"- `{question.id}` {inline(bound(question.ask, look))}" + f" ({gain})" * bool(gain)


def _fenced_diff(draft: Draft, look: Look, taken: int) -> list[str]:
    """The diff where it has room, else how long it is."""
    if not draft.changes:
        return []
    diff = "\n".join(diff_lines(draft))
    longest = max(map(len, re.findall("`+", diff)), default=0)
    fence = "`" * max(3, longest + 1)
    if look.detail == "all" or taken + len(diff.encode()) + 2 * len(fence) + 8 <= MOST_BYTES:
        return [f"{fence}diff", diff, fence, ""]
    added, removed = count_lines(draft)
    return [f"The diff has +{added} -{removed} lines: `--format diff`.", ""]
