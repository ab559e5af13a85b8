"""What an edit brings to a card: it must be proven, or its author must have said it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cardiogram.cards import Card, is_placeholder
from cardiogram.lazy import regex
from cardiogram.repository.fact import RepositoryFacts
from cardiogram.repository.proof.anchors import AnchoredText
from cardiogram.repository.proof.new_values import find_new_values, prose_lines
from cardiogram.repository.proof.verified import Verified
from cardiogram.repository.statements import Statement, read_statements

_SENTENCE_END = regex(r"(?<=[.!?:])\s+")
_WORD = regex(r"[^\W\d_]{2,}")
_FEW = 3
"""Words that are no sentence."""
_MOST_UNREAD, _MOST_LINES = 200, 2_000


@dataclass(frozen=True, slots=True)
class Brought:
    """A card compared with what it was.

    Attributes
    ----------
    sentences
        All that were there, and those that are refused.
    unproven
        Statements that the card made before, too, and that no file proves.
    unread
        Lines of new prose that are neither proven nor answered.
    taken_out
        Lines of prose of the card as it was that say what stands nowhere now.
    """

    sentences: list[Verified]
    unproven: list[Statement]
    unread: tuple[int, ...]
    taken_out: tuple[int, ...]


def compare_with(
    before: Card,
    card: Card,
    facts: RepositoryFacts,
    sentences: Sequence[Verified],
    unproven: Sequence[Statement],
) -> Brought:
    """Refuse what is new and in doubt, changed answers, and what is new and without a proof."""
    said = {_words(statement) for statement in read_statements(before)}
    answered = [each.sentence for each in sentences if each.answered and each.state != "edited"]
    verified = [_refused(each, before.text, answered) for each in sentences]
    new = [statement for statement in unproven if _words(statement) not in said]
    text = AnchoredText(card)
    verified += [_refuse(statement, text) for statement in new]
    settled = {each.sentence for each in verified if each.state in ("holds", "moved") and each.line}
    proven = {each.sentence for each in verified if each.claimed and each.sentence in settled}
    refused = {each.line for each in verified if each.state in ("contradicted", "unproven")}
    for values in find_new_values(card, before, facts, proven):
        if values.line not in refused:
            named = ", ".join(values.shown[:5])
            why = f"No file has {named}, and nobody has answered for it."
            verified.append(Verified("unproven", "value", values.line, values.text, why))
    refused |= {each.line for each in verified if each.state == "unproven"}
    unread = [line for line in _new_prose(card, before, settled) if line not in refused]
    standing = [statement for statement in unproven if _words(statement) in said]
    was = before.text.split("\n")
    gone = [n for n in _new_prose(before, card, set()) if not is_placeholder(was[n - 1])]
    return Brought(verified, standing, tuple(unread[:_MOST_UNREAD]), tuple(gone[:_MOST_UNREAD]))


def _refused(verified: Verified, before: str, answered: Sequence[str]) -> Verified:
    """What was not there before is refused where it is in doubt; and so is a changed answer."""
    if not verified.line or verified.sentence in before:
        return verified
    if verified.state == "edited" and verified.answered:
        why = f"The author’s answer was another. {verified.why}"
        return replace(verified, state="unproven", why=why)
    is_said = any(verified.sentence in said or said in verified.sentence for said in answered)
    in_doubt = verified.state == "doubtful" and verified.rule and not is_said
    return replace(verified, state="unproven") if in_doubt else verified


def _refuse(statement: Statement, text: AnchoredText) -> Verified:
    """A statement that was not there before, and that no file proves."""
    anchor = text.sentence_of(statement)
    sentence = text.text[anchor.start : anchor.end]
    why = "No file proves it, and nobody has answered for it."
    about = " ".join(filter(None, statement.about.split("|")))
    return Verified("unproven", statement.kind, statement.line, sentence, why, about=about)


def _new_prose(card: Card, before: Card, settled: set[str]) -> Iterator[int]:
    """Lines that say in words what stood nowhere before, and is neither proven nor answered."""
    was, searches = _flat(before.text), _MOST_LINES
    stood = set(map(_flat, before.text.split("\n")))
    for number, line in prose_lines(card):
        if searches and (flat := _flat(line)) not in stood and flat not in was:
            searches -= 1
            for sentence in settled:
                line = line.replace(sentence, " ")
            left = [part for part in _SENTENCE_END.split(line.rstrip()) if _is_new(part, was)]
            if len(_WORD.findall(" ".join(left))) >= _FEW:
                yield number


def _is_new(sentence: str, was: str) -> bool:
    """Whether it stood nowhere; what leads to a list or code says nothing by itself."""
    return not sentence.endswith(":") and _flat(sentence) not in was


def _flat(text: str) -> str:
    return re.sub(r"[\s>*_|#-]+", " ", text).strip()


def _words(statement: Statement) -> tuple[str, str, str]:
    """What a statement says, wherever it stands."""
    return statement.kind, statement.about, str(statement.value)
