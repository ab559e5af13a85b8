"""Words for verified cards that every form of them shares."""

from __future__ import annotations

from collections.abc import Mapping

from cardiogram.report.markup import count_of
from cardiogram.report.terminal.writing import one_line
from cardiogram.repository.proof import State, Verification, Verified

HEADINGS: Mapping[State, str] = {
    "contradicted": "Contradicted",
    "doubtful": "In doubt",
    "gone": "Proof gone",
    "edited": "Edited since it was proven",
    "moved": "Still true, its proof has moved",
    "holds": "Holds",
}
LEVELS: Mapping[State, str] = {
    "contradicted": "error",
    "doubtful": "warning",
    "gone": "warning",
    "edited": "note",
    "moved": "note",
}
"""As SARIF has them; what holds is no result."""


def answer_of(verified: Verification) -> str:
    """The answer in a line: how many statements are false, in doubt, and proven."""
    false, doubtful = len(verified.of("contradicted")), len(verified.of("doubtful"))
    proven = count_proven(verified)
    if false:
        return f"{count_of(false, 'statement')} contradicted"
    if doubtful:
        return f"{count_of(doubtful, 'statement')} in doubt"
    if gone := len(verified.of("gone")):
        return f"{count_of(gone, 'statement')} without a proof now"
    if proven:
        return f"nothing contradicted, {count_of(proven, 'statement')} proven"
    return "nothing to compare"


def count_proven(verified: Verification) -> int:
    """Statements that files prove now."""
    return sum(bool(each.sources) for state in ("holds", "moved") for each in verified.of(state))


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
