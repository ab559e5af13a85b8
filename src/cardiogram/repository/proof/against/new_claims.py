"""What an edit brings to a card: it must be proven, or its author must have said it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cardiogram.cards import Card, is_placeholder
from cardiogram.repository.fact import RepositoryFacts
from cardiogram.repository.proof.against.already_said import AlreadySaid
from cardiogram.repository.proof.against.new_lines import lines_in_words, new_lines
from cardiogram.repository.proof.against.new_values import SHORT, find_new_values
from cardiogram.repository.proof.anchors import AnchoredText
from cardiogram.repository.proof.verified import Verified
from cardiogram.repository.statements import Statement, read_statements

_MOST_LINES = 200


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
    answered: Sequence[Statement] = (),
) -> Brought:
    """Refuse what is new and in doubt, changed answers, and what is new and without a proof.

    Parameters
    ----------
    answered
        Statements that answers of the author make.
    """
    answers = [(s.name, s.sentence) for s in sentences if s.answered and s.state != "edited"]
    said = AlreadySaid(before, facts, answers, answered)
    again = {(each.kind, each.line) for each in read_statements(card) if said.has(each)}
    verified = [_refused(each, said, again) for each in sentences]
    text = AnchoredText(card)
    verified += [_refuse(each, text) for each in unproven if not said.has(each)]
    known = [each for each in verified if each.state in ("holds", "moved") and each.line]
    settled = {each.sentence for each in known}
    proven = {each.sentence for each in known if each.claimed}
    refused = {each.line for each in verified if each.state in ("contradicted", "unproven")}
    for values in find_new_values(card, said, proven):
        if values.line not in refused:
            named = ", ".join(values.shown[:5])
            why = f"No file has {named}, and nobody has answered for it."
            verified.append(Verified("unproven", "value", values.line, values.text, why))
    shown = {each.line for each in verified if each.state in _SHOWN}
    unread = new_lines(card, before, settled, {each.line for each in known})
    was = before.text.split("\n")
    gone = [n for n in lines_in_words(before, card) if not is_placeholder(was[n - 1])]
    return Brought(
        verified,
        [statement for statement in unproven if said.has(statement)],
        tuple([line for line in unread if line not in shown][:_MOST_LINES]),
        tuple(gone[:_MOST_LINES]),
    )


_SHOWN = frozenset({"contradicted", "unproven", "doubtful"})


def _refused(verified: Verified, said: AlreadySaid, again: set[tuple[str, int]]) -> Verified:
    """What was not there before is refused where it is in doubt; and so is a changed answer."""
    if not verified.line or verified.sentence in said.before.text:
        return verified
    if verified.state == "edited" and verified.answered:
        why = f"The author’s answer was another. {verified.why}"
        return replace(verified, state="unproven", why=why)
    sentence = verified.sentence
    long = [answer for answer in said.answers if len(answer) >= SHORT]
    is_said = any(sentence in answer or answer in sentence for answer in long)
    is_said = is_said or (verified.name, verified.line) in again
    in_doubt = verified.state == "doubtful" and verified.rule and not is_said
    return replace(verified, state="unproven") if in_doubt else verified


def _refuse(statement: Statement, text: AnchoredText) -> Verified:
    """A statement that was not there before, and that no file proves."""
    anchor = text.sentence_of(statement)
    sentence = text.text[anchor.start : anchor.end]
    why = "No file proves it, and nobody has answered for it."
    about = " ".join(filter(None, statement.about.split("|")))
    return Verified("unproven", statement.kind, statement.line, sentence, why, about=about)
