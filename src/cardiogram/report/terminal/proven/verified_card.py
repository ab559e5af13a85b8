"""One verified card on one screen: what is false first, then what nobody knows, then the rest."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.check import VerifiedCard
from cardiogram.report.markup import count_of, join_words, wrap_lines
from cardiogram.report.terminal.paint import Shade, paint, shorten, shorten_name
from cardiogram.report.terminal.proven.verified_words import (
    HEADINGS,
    answer_of,
    describe_taken_out,
    describe_unread,
    subject_of,
)
from cardiogram.report.terminal.writing import SCREEN, Look, height_of, join_parts, one_line
from cardiogram.repository.proof import STATES, State, Verified, name_place

_SHOWN: dict[State, int] = {
    "contradicted": 6,
    "unproven": 4,
    "doubtful": 4,
    "gone": 3,
    "edited": 3,
    "moved": 2,
}
"""Sentences of a state that have a place on one screen."""


def render_card(target: VerifiedCard, look: Look) -> str:
    """Everything on one screen, or all of it; where there is no room, the best state gives way."""
    if look.detail == "all":
        every = dict.fromkeys(_SHOWN, len(target.verification.sentences))
        return join_parts(_parts(target, every, look))
    limits = dict(_SHOWN)
    for state in reversed(list(limits)):
        while limits[state] > (state == "contradicted"):
            parts = _parts(target, limits, look)
            if height_of(parts) <= SCREEN:
                return join_parts(parts)
            limits[state] -= 1
    return join_parts(_parts(target, limits, look))


def _parts(target: VerifiedCard, limits: dict[State, int], look: Look) -> list[list[str]]:
    said = target.verification
    hidden = look.detail == "short" and (
        bool(said.unproven) or any(len(said.of(state)) > limits.get(state, 0) for state in STATES)
    )
    next_ = paint("next: the same with -v  shows every statement and its proof", "dim", look)
    return [
        _title(target, look),
        *(_state(target, state, limits[state], look) for state in limits),
        *_holds_and_not(target, look),
        wrap_lines(describe_unread(said, look), width=look.width),
        wrap_lines(describe_taken_out(said, look), width=look.width),
        _problems(target, look),
        [next_] if hidden else [],
    ]


def _title(target: VerifiedCard, look: Look) -> list[str]:
    answer = answer_of(target.verification)
    shade: Shade = "refused" if target.verification.is_refused else "bold"
    name = shorten_name(one_line(target.name), look.width - len(answer) - 2)
    gap = " " * (look.width - len(name) - len(answer))
    lines = [paint(name, "bold", look) + gap + paint(answer, shade, look)]
    said = target.verification
    if said.proof is not None:
        claims = count_of(len(said.proof.claims), "claim")
        edited = "; the card was edited since it was written" if said.edited else ""
        lines += wrap_lines(f"Its proof has {claims}{edited}.", width=look.width)
    return lines


def _state(target: VerifiedCard, state: State, limit: int, look: Look) -> list[str]:
    groups = _grouped(target.verification.of(state))
    if not groups:
        return []
    shade: Shade = "refused" if state in ("contradicted", "unproven") else "bold"
    shown = groups[:limit]
    heading = HEADINGS[state]
    if len(shown) < len(groups):
        heading += f" ({len(shown)} of {len(groups)} shown)" if shown else f": {len(groups)}"
    lines = [paint(heading, shade, look)]
    for group in shown:
        lines += _sentence(group, look)
    return lines


def _grouped(sentences: Sequence[Verified]) -> list[list[Verified]]:
    """What is said of several subjects of one sentence in the same words."""
    groups: dict[tuple[object, ...], list[Verified]] = {}
    for each in sentences:
        groups.setdefault((each.line, each.sentence, each.why, each.rule), []).append(each)
    return list(groups.values())


def _sentence(group: Sequence[Verified], look: Look) -> list[str]:
    """Its line and words, and what decides it."""
    first = group[0]
    line = f"{first.line or '-':>5} "
    lines = [line + shorten(f"“{one_line(first.sentence)}”", look.width - len(line))]
    subjects = dict.fromkeys(subject_of(each) for each in group)
    start = first.rule or f"{_listed(list(subjects))}:"
    lines += wrap_lines(f"{start} {one_line(first.why)}", "      ", width=look.width)
    if look.detail == "all":
        for source in dict.fromkeys(name_place(each) for each in first.sources):
            wrapped = wrap_lines(one_line(source), "      ", "        ", look.width)
            lines += [paint(text, "dim", look) for text in wrapped]
    return lines


def _holds(target: VerifiedCard, look: Look) -> list[str]:
    holds = target.verification.of("holds")
    answered = [each for each in holds if not each.sources]
    proven = [each for each in holds if each.sources]
    lines = []
    if look.detail == "all" and proven:
        lines = [paint(HEADINGS["holds"], "bold", look)]
        for sentence in proven:
            place = one_line(name_place(sentence.sources[0]))
            text = f"{sentence.line:>5} {subject_of(sentence)}: {place}"
            lines += wrap_lines(text, "", "      ", look.width)
    elif proven:
        subjects = list(dict.fromkeys(each.name.replace("_", " ") for each in proven))
        words = f"{count_of(len(proven), 'statement')} the files prove: {_listed(subjects)}."
        lines = wrap_lines(words, width=look.width)
    if answered:
        words = f"{count_of(len(answered), 'statement')} on the author's word alone."
        lines += wrap_lines(words, width=look.width)
    return lines


def _holds_and_not(target: VerifiedCard, look: Look) -> list[list[str]]:
    """What is proven, and what nothing is known of: one paragraph where both are brief."""
    parts = [_holds(target, look), _unproven(target, look)]
    return parts if look.detail == "all" else [[*parts[0], *parts[1]]]


def _unproven(target: VerifiedCard, look: Look) -> list[str]:
    """What the card says that no file speaks of: nothing is known of it."""
    unproven = target.verification.unproven
    if not unproven:
        return []
    if look.detail == "all":
        lines = [paint("Neither proven nor contradicted", "bold", look)]
        for each in unproven:
            start = f"{each.line or '-':>5} {each.kind.replace('_', ' ')}: "
            lines.append(start + shorten(f"“{one_line(each.quote)}”", look.width - len(start)))
        return lines
    subjects = list(dict.fromkeys(each.kind.replace("_", " ") for each in unproven))
    verb = "is" if len(unproven) == 1 else "are"
    words = f"{count_of(len(unproven), 'statement')} {verb} neither proven nor contradicted"
    return wrap_lines(f"{words}: {_listed(subjects)}.", width=look.width)


def _listed(subjects: Sequence[str], limit: int = 8) -> str:
    left = len(subjects) - limit
    return join_words([*subjects[:limit], *([f"{left} more"] if left > 0 else [])])


def _problems(target: VerifiedCard, look: Look) -> list[str]:
    problems = target.verification.problems
    shown = problems if look.detail == "all" else problems[:2]
    lines = [
        line for problem in shown for line in wrap_lines(one_line(problem), "", "  ", look.width)
    ]
    if len(shown) < len(problems):
        lines.append(f"And {len(problems) - len(shown)} more problems.")
    return lines
