"""Words for verified cards that every form of them shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cardiogram.report.markup import count_of, join_words
from cardiogram.report.terminal.writing import Look, one_line
from cardiogram.repository.proof import State, Verification, Verified

HEADINGS: Mapping[State, str] = {
    "contradicted": "Contradicted",
    "unproven": "New, and not proven",
    "doubtful": "In doubt",
    "gone": "Proof gone",
    "edited": "Edited since it was proven",
    "moved": "Still true, its proof has moved",
    "holds": "Holds",
}
LEVELS: Mapping[State, str] = {
    "contradicted": "error",
    "unproven": "error",
    "doubtful": "warning",
    "gone": "warning",
    "edited": "note",
    "moved": "note",
}
"""As SARIF has them; what holds is no result."""
_SUBJECTS, _PLACES, _UNREAD = 8, 4, 12
"""Subjects that are named, and lines of one that stands on many."""


def answer_of(verified: Verification) -> str:
    """The answer in a line: how many statements are false, in doubt, and proven."""
    false, doubtful = len(verified.of("contradicted")), len(verified.of("doubtful"))
    proven = count_proven(verified)
    if false:
        return f"{count_of(false, 'statement')} contradicted"
    if unproven := len(verified.of("unproven")):
        return f"{count_of(unproven, 'new statement')} without a proof"
    if doubtful:
        return f"{count_of(doubtful, 'statement')} in doubt"
    if gone := len(verified.of("gone")):
        return f"{count_of(gone, 'statement')} without a proof now"
    said = count_said(verified)
    if not said:
        return "nothing to compare"
    share = f"{proven} of " if proven < said else ""
    return f"nothing contradicted, {share}{count_of(said, 'statement')} proven"


def count_said(verified: Verification) -> int:
    """Statements that files could prove, whether they do or not."""
    return len(verified.sentences) + len(verified.unproven)


def count_proven(verified: Verification) -> int:
    """Statements that files prove now."""
    return sum(bool(each.sources) for state in ("holds", "moved") for each in verified.of(state))


def describe_unproven(verified: Verification, look: Look) -> str:
    """What the card says that no file proves, and where; "" where there is nothing."""
    subjects: dict[str, list[int]] = {}
    for each in verified.unproven:
        lines = subjects.setdefault(each.kind.replace("_", " "), [])
        if each.line not in lines:
            lines.append(each.line)
    words = [f"{subject} (line {_some(lines, look)})" for subject, lines in subjects.items()]
    if not words:
        return ""
    if look.detail == "short" and len(words) > _SUBJECTS:
        words = [*words[:_SUBJECTS], f"{len(words) - _SUBJECTS} more"]
    return f"On the writer's word alone, no file proves it: {join_words(words)}. {_WORD}"


_WORD = "What was there before stays; what you added and the author did not say comes out."


def describe_unread(verified: Verification, look: Look) -> str:
    """Lines that an edit brought, of which nothing is known; "" where there are none."""
    if not verified.unread:
        return ""
    lines = _numbered(verified.unread, look)
    return f"New, and nothing to prove it with: {lines}. Read each: did the author say it?"


def describe_taken_out(verified: Verification, look: Look) -> str:
    """Lines of the card as it was that an edit took out or changed; "" where there are none."""
    if not verified.taken_out:
        return ""
    lines = _numbered(verified.taken_out, look)
    return f"Taken out or changed, of the card as it was: {lines}. Does its author agree?"


def _numbered(lines: Sequence[int], look: Look) -> str:
    shown = lines if look.detail == "all" else lines[:_UNREAD]
    more = f" and {len(lines) - len(shown)} more" * (len(shown) < len(lines))
    return f"{'line' if len(lines) == 1 else 'lines'} {', '.join(map(str, shown))}{more}"


def _some(lines: Sequence[int], look: Look) -> str:
    shown = lines if look.detail == "all" else lines[:_PLACES]
    return ", ".join(map(str, shown)) + " ..." * (len(shown) < len(lines))


def subject_of(sentence: Verified) -> str:
    """What a sentence is about."""
    name = sentence.name.replace("_", " ")
    return one_line(f"{name} of {sentence.about}" if sentence.about else name)


def rule_of(sentence: Verified) -> str:
    """The id of a result: that of the rule, or of the state."""
    return sentence.rule or f"proof/{sentence.state}"


def message_of(sentence: Verified) -> str:
    """The sentence and what decides about it."""
    return f"“{one_line(sentence.sentence)}”: {one_line(sentence.why)}"
