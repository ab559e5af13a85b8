"""What every form says of a draft."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from cardiogram.improve import Draft, DraftChange, Question, generator_lines, kept_words
from cardiogram.judge import Score
from cardiogram.names import CRITERIA
from cardiogram.report.markup import count_of, level_of
from cardiogram.report.terminal.paint import shorten
from cardiogram.report.terminal.writing import one_line
from cardiogram.repository.access import withhold_logins
from cardiogram.repository.proof import name_place

VERBS = {
    "repair": "mended",
    "correction": "corrected",
    "metadata": "added",
    "section": "added",
    "answer": "answered",
    "todo": "to do",
}
"""What was done, by the kind of a change."""


def what_of(change: DraftChange) -> str:
    """What a change did, in a few words; for repairs and corrections why."""
    key = change.id.partition(":")[2]
    if change.kind == "answer":
        return f"{key}: your words"
    if key == "model-index":
        count = sum(len(getattr(edit, "results", ())) for edit in change.operations)
        return f"model-index: results on {count_of(count, 'data set')}"
    if change.kind == "metadata" and change.sentences:
        return one_line(change.sentences[0].text)
    if change.added:
        edits = ((getattr(e, "lines", ()), getattr(e, "was", ())) for e in change.operations)
        lines = sum(line not in was for new, was in edits for line in new)
        return f"{change.added} ({count_of(lines, 'line')})" if lines > 1 else change.added
    return one_line(change.why)


def expected_of(draft: Draft, name: str = "overall") -> tuple[float, float]:
    """One of the nine numbers before and after."""
    before, after = (rating.scores[name].expected for rating in draft.ratings)
    return before, after


def touched(draft: Draft) -> list[str]:
    """The criteria that a change is on: that others move is the judge's reading, and no promise.

    All, where it is not known of an answer.
    """
    named = {change.criterion for change in draft.changes}
    unknown = any(not each.criterion and each.kind == "answer" for each in draft.changes)
    return [name for name in CRITERIA if unknown or name in named]


def interval_of(score: Score) -> str:
    """The 90 % interval of a number: "1.6 to 3.4"."""
    if score.low is None or score.high is None:
        return ""
    return f"{score.low:.1f} to {score.high:.1f}"


def places_of(change: DraftChange, limit: int = 2) -> str:
    """The files that prove a change."""
    places = dict.fromkeys(
        one_line(f"{source.repo} {source.path or source.absent}".strip())
        for sentence in change.sentences
        for fact in sentence.facts
        for source in fact.sources
        if (source.path and (source.path != "README.md" or source.repo)) or source.absent
    )
    shown = list(places)[:limit]
    return ", ".join(shown) + (" ..." if len(places) > limit else "")


def proofs_of(change: DraftChange) -> Iterator[str]:
    """What proves a change, a place each."""
    lines = (
        one_line(f"{name_place(source)}")
        for sentence in change.sentences
        for fact in sentence.facts
        for source in fact.sources[:1]
    )
    yield from dict.fromkeys(lines)


def count_lines(draft: Draft) -> tuple[int, int]:
    """Lines added and taken away."""
    lines = [*diff_lines(draft)][2:]
    return (
        sum(line.startswith("+") for line in lines),
        sum(line.startswith("-") for line in lines),
    )


def count_template_lines(draft: Draft) -> int:
    """Of the lines taken away, those that a template left and that were to be cleared."""
    if not any(change.id == "repair:template" for change in draft.changes):
        return 0
    left = generator_lines(draft.replaced) | {""}
    lines = [*diff_lines(draft)][2:]
    return sum(line.startswith("-") and line[1:].strip() in left for line in lines)


def diff_lines(draft: Draft) -> Iterator[str]:
    """A unified diff of the card, without line ends, and without logins that it may hold."""
    before = draft.replaced.text.splitlines()
    after = draft.after.text.splitlines()
    lines = unified_diff(before, after, "a/README.md", "b/README.md", lineterm="")
    yield from map(withhold_logins, lines)


def kept_share(draft: Draft) -> float:
    """Share of the author's words that stand as they did; a generator's are not among them."""
    replaced = {
        line.strip()
        for change in draft.changes
        if change.kind != "correction"
        for operation in change.operations
        for line in getattr(operation, "was", ())
    }
    return kept_words(draft.before.text, draft.after.text, replaced)


def rewriting_of(draft: Draft) -> str:
    """How many sentences a language model reworded; "" where none was asked."""
    said = draft.rewriting
    if said is None or said.problem:
        return ""
    if not said.reworded:
        return f"nothing, by {one_line(said.model)}"
    total = len(said.reworded) + len(said.kept)
    words = count_of(len(said.reworded), "sentence")
    words += f" of {total}" * bool(said.kept)
    return f"{words}, by {one_line(said.model)}; each checked against its facts"


def unreworded_of(draft: Draft) -> Iterator[str]:
    """Why sentences stay as the draft has them, though a language model had other words."""
    said = draft.rewriting
    for text, why in said.kept if said else ():
        yield f"not reworded: {one_line(why)} ({shorten(one_line(text), 60)})"


def is_excellent(draft: Draft) -> bool:
    """Whether a card was left as it is because it needs nothing."""
    return not (draft.changes or draft.restored) and level_of(expected_of(draft)[0]) >= 4


def gain_of(question: Question) -> str:
    """What an answer would gain: in its criterion, or overall where that is not known."""
    gain = question.criterion_gain
    return f"{question.criterion} {gain:+.1f}" if gain >= 0.05 else ""
