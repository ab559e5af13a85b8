"""A draft: its ratings before and after, what was done and by what proof, what is asked, a diff."""

from __future__ import annotations

from itertools import islice

from cardiogram.improve import Draft, DraftChange
from cardiogram.report.markup import Markup, count_of, el
from cardiogram.report.notebook.fragment import cut, frame, head, more, table
from cardiogram.report.terminal.improvement import (
    VERBS,
    count_lines,
    diff_lines,
    expected_of,
    gain_of,
    places_of,
    touched,
    what_of,
)

_CHANGES, _QUESTIONS, _LINES = 12, 6, 200


def show_draft(draft: Draft) -> Markup:
    """Write a draft as a fragment of HTML."""
    before, after = expected_of(draft)
    answer = f"{before:.1f} → {after:.1f} of 5" if draft.changes else f"{after:.1f} of 5"
    return frame(
        head(draft.id or draft.target, answer, _moves(draft), *map(cut, draft.unused)),
        _done(draft),
        _asked(draft),
        _diff(draft),
    )


def _moves(draft: Draft) -> str:
    """The criteria that changes are on and that move."""
    moved = []
    for name in touched(draft):
        before, after = expected_of(draft, name)
        if abs(after - before) >= 0.05:
            moved.append(f"{name} {before:.1f} → {after:.1f}")
    return ", ".join(moved)


def _done(draft: Draft) -> list[Markup | None]:
    rows = [
        (VERBS[change.kind], cut(what_of(change)), cut(_proof_of(change)))
        for change in draft.changes[:_CHANGES]
    ]
    if not rows:
        return [el("p", "Nothing that its files prove is missing: the card stays as it is.")]
    return [
        table(["", "what", "proven by"], rows, ["short"]),
        more(len(draft.changes) - _CHANGES, "change", ".changes"),
    ]


def _proof_of(change: DraftChange) -> str:
    return "you say so" if change.kind == "answer" else places_of(change)


def _asked(draft: Draft) -> list[Markup | None]:
    rows = [
        (el("code", cut(question.id, 60)), cut(question.ask), gain_of(question))
        for question in draft.questions[:_QUESTIONS]
    ]
    if not rows:
        return []
    heads = ["question", "only you know", "an answer gains up to"]
    return [
        table(heads, rows, ["short", None, "short"]),
        more(len(draft.questions) - _QUESTIONS, "question", ".questions"),
    ]


def _diff(draft: Draft) -> list[Markup | None]:
    """Every line that changes, behind one line."""
    added, removed = count_lines(draft)
    if not added + removed:
        return []
    lines = list(islice(diff_lines(draft), 2, _LINES + 3))
    painted = [_paint(line) for line in lines[:_LINES]]
    summary = f"{count_of(added, 'line')} added, {removed:,} taken away"
    left = more(len(lines) - _LINES, "line", ".after.text") if len(lines) > _LINES else None
    return [el("details", el("summary", summary), el("pre", painted), left)]


def _paint(line: str) -> Markup:
    kind = {"+": "ins", "-": "del"}.get(line[:1], "span")
    return el(kind, f"{line[:400]}\n")
