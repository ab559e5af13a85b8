"""A verified card: its sentences, the worst first, each with what decides about it."""

from __future__ import annotations

from cardiogram.check import VerifiedCard
from cardiogram.report.markup import Markup, el
from cardiogram.report.notebook.fragment import cut, frame, head, more, table
from cardiogram.report.terminal.proven import HEADINGS, answer_of, subject_of
from cardiogram.repository.proof import State, Verification, Verified, name_place

_SENTENCES, _UNPROVEN = 12, 6
_REFUSED: tuple[State, ...] = ("contradicted", "unproven")


def show_verified(verified: VerifiedCard) -> Markup:
    """Write a verified card as a fragment of HTML."""
    said = verified.verification
    answer = el("span", answer_of(said), class_="bad" if said.is_refused else None)
    rows = [_row(sentence) for sentence in said.sentences[:_SENTENCES]]
    heads = ["", "line", "sentence", "why"]
    return frame(
        head(verified.name, answer, *(cut(problem) for problem in said.problems[:3])),
        table(heads, rows, ["short", "n"]) if rows else None,
        more(len(said.sentences) - _SENTENCES, "sentence", ".verification.sentences"),
        _unproven(said),
    )


def _unproven(said: Verification) -> list[Markup | None]:
    """What no file proves, and none contradicts."""
    rows = [*dict.fromkeys((str(each.line), cut(each.quote)) for each in said.unproven)]
    if not rows:
        return []
    heads = ["line", "on the writer's word alone: no file proves it"]
    return [
        table(heads, rows[:_UNPROVEN], ["n"]),
        more(len(rows) - _UNPROVEN, "statement", ".verification.unproven"),
    ]


def _row(sentence: Verified) -> tuple[Markup, str, Markup, str]:
    state = HEADINGS[sentence.state]
    why = sentence.why
    if not why and sentence.sources:
        why = f"{subject_of(sentence)}: {name_place(sentence.sources[0])}"
    return (
        el("span", state, class_="bad" if sentence.state in _REFUSED else None),
        str(sentence.line or "–"),
        el("q", cut(sentence.sentence)),
        cut(why or "on the author's word alone"),
    )
