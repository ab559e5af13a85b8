"""What a pull request says of itself: what changed and why, the rating, and the proof.

Values come from cards and files that anybody wrote: they stand in code, name nobody, and hold no
login, e-mail address or local path.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff

from cardiogram.improve.draft import Draft, DraftChange, Handwritten
from cardiogram.improve.operations import ReplaceLines
from cardiogram.improve.tracing import trace_lines
from cardiogram.judge import Rating
from cardiogram.lazy import regex
from cardiogram.names import CRITERIA
from cardiogram.repository.access import withhold
from cardiogram.repository.proof import name_place

_MOST_CHANGES, _MOST_SENTENCES, _MOST_PLACES, _LONGEST = 40, 60, 3, 200
_MARKUP = regex(r"([\\`*_{}\[\]<>|#!~$])")
_KINDS = {
    "repair": "Mended",
    "correction": "Corrected",
    "metadata": "Added",
    "section": "Added",
    "answer": "Answered by the author",
    "todo": "Left open",
}
_WHAT = {
    "repair": "repairs",
    "correction": "corrections",
    "metadata": "metadata",
    "answer": "answers",
    "todo": "open questions",
}


def make_title(draft: Draft) -> str:
    """A line of at most 72 characters: what the changes are, the most frequent first."""
    sections = [change.criterion for change in draft.changes if change.kind == "section"]
    others = [_WHAT[change.kind] for change in draft.changes if change.kind in _WHAT]
    words = list(dict.fromkeys([*(name or "text" for name in sections), *others]))
    start = "Improve the model card" if draft.before.text.strip() else "Add a model card"
    title = f"{start}: {', '.join(words)}" if words else start
    return title if len(title) <= 72 else title[:71].rpartition(",")[0]


def describe(draft: Draft, marker: str) -> str:
    """The first comment of a pull request, in Markdown.

    Where the draft goes on from another card than the one that lies there, the ratings, which are
    of that one, are left out.
    """
    restored = draft.restored
    ordered = _in_card_order(draft)
    changes = ["**What changes, and why**", "", *_changes(ordered)]
    parts = [
        _restored(restored) if restored else "",
        _opening(draft) if draft.changes else "",
        "" if restored else _by_hand(draft),
        "" if draft.replaced != draft.before else "\n".join(_ratings(draft)),
        "\n".join(changes) if draft.changes else "",
        "\n".join(_proofs(ordered)),
        "\n".join(_left(draft)),
        marker,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _in_card_order(draft: Draft) -> list[DraftChange]:
    """The changes as the card has them, from its top; last what a later change wrote over."""
    lines = trace_lines(draft)
    first = {line.change: place for place, line in reversed([*enumerate(lines)])}
    return sorted(draft.changes, key=lambda change: first.get(change.id, len(lines)))


def _opening(draft: Draft) -> str:
    """Whose words the changes are, and what became of those that were there."""
    new = not draft.before.text.strip()
    sentences = [each for change in draft.changes for each in change.sentences]
    sources = [source for each in sentences for fact in each.facts for source in fact.sources[:1]]
    read = f"the files of this repository (read at commit {draft.facts.commit[:7]}) prove"
    grounds = [read] if sources or not sentences else []
    if any(source.repo for source in sources):
        grounds.append("the cards of its base model or data sets say")
    if any(each.answered for each in sentences):
        grounds.append("its author answered")
    start = "This model card states" if new else "These changes to the model card state"
    kept = " The words that were there are kept"
    gone = [
        *(["what a template left unfilled"] if any(map(_fills, draft.changes)) else []),
        *(["what the files contradict"] if any(map(_corrects, draft.changes)) else []),
    ]
    if gone:
        kept += f", but for {' and '.join(gone)}"
    states = ", and what ".join(grounds)
    return f"{start} only what {states}.{'' if new else f'{kept}.'}{_reworded(draft)}"


def _fills(change: DraftChange) -> bool:
    """Whether a change takes the place of a template's text, or takes that away."""
    if change.id == "repair:template":
        return True
    edits = (edit for edit in change.operations if isinstance(edit, ReplaceLines))
    says = change.kind in ("section", "answer") and not _corrects(change)
    return says and any(set(edit.was) - set(edit.lines) for edit in edits)


def _corrects(change: DraftChange) -> bool:
    return change.kind == "correction" or "-contradicted" in change.id


def _reworded(draft: Draft) -> str:
    """Whose the words are that no template has."""
    said = draft.rewriting
    if said is None or not said.reworded:
        return ""
    count, of = len(said.reworded), _code(said.model)
    which = "One of the added sentences is" if count == 1 else f"{count} of the added sentences are"
    return f" {which} worded by a language model ({of}) and checked against the same proof."


def _restored(restored: Handwritten) -> str:
    commit = restored.commit
    title = f" ({_code(commit.title)})" if commit.title else ""
    return (
        f"The card that stood here on {restored.day}, at commit {commit.id[:7]}{title}, was "
        "written by hand; a generated one took its place since. This brings it back."
    )


def _by_hand(draft: Draft) -> str:
    """What the sender edited before; "" for nothing."""
    before, after = draft.replaced.text.splitlines(), draft.before.text.splitlines()
    signs = Counter(line[0] for line in [*unified_diff(before, after, n=0, lineterm="")][2:])
    if not signs["+"] + signs["-"]:
        return ""
    return (
        f"Lines edited by hand, for which this gives no proof: {signs['+']} added, "
        f"{signs['-']} taken away."
    )


def _ratings(draft: Draft) -> Iterator[str]:
    """A table of the ratings that move, overall first, and of criteria that a change is on.

    Nothing where there is no rating.
    """
    before, after = draft.ratings
    named = {change.criterion for change in draft.changes}
    if "overall" not in before.scores or "overall" not in after.scores:
        return
    yield "| rating by cardiogram, 1 to 5 (90 % interval) | before | after |"
    yield "| --- | --- | --- |"
    yield f"| **overall** | {_score(before, 'overall')} | {_score(after, 'overall')} |"
    for name in filter(named.__contains__, CRITERIA):
        had, has = before.scores.get(name), after.scores.get(name)
        if had and has and f"{has.expected:.1f}" != f"{had.expected:.1f}":
            yield f"| {name} | {had.expected:.1f} | {has.expected:.1f} |"


def _score(rating: Rating, name: str) -> str:
    score = rating.scores[name]
    within = "" if score.low is None else f" ({score.low:.1f} to {score.high:.1f})"
    return f"{score.expected:.1f}{within}"


def _changes(changes: Sequence[DraftChange]) -> Iterator[str]:
    for change in changes[:_MOST_CHANGES]:
        yield f"- {_KINDS[change.kind]}{_what(change)}: {_plain(change.why)}"
    if len(changes) > _MOST_CHANGES:
        yield f"- and {len(changes) - _MOST_CHANGES} more"


def _what(change: DraftChange) -> str:
    """What a change adds, where its reason alone does not tell."""
    if change.kind == "metadata" and change.sentences:
        return f" {_code(change.sentences[0].text)}"
    return f" {change.added}" if change.added else ""


def _proofs(changes: Iterable[DraftChange]) -> Iterator[str]:
    """A table of what is said now, and where the proof stands."""
    sentences = [each for change in changes for each in change.sentences]
    if not sentences:
        return
    yield "| what the card says now | where that stands |"
    yield "| --- | --- |"
    for sentence in sentences[:_MOST_SENTENCES]:
        sources = (source for fact in sentence.facts for source in fact.sources[:1])
        places = list(dict.fromkeys(name_place(source) for source in sources))
        proof = ", ".join(map(_code, places[:_MOST_PLACES]))
        if len(places) > _MOST_PLACES:
            proof += f" and {len(places) - _MOST_PLACES} more"
        yield f"| {_code(sentence.text)} | {proof or 'answered by the author'} |"
    if len(sentences) > _MOST_SENTENCES:
        yield f"| and {len(sentences) - _MOST_SENTENCES} more | |"


def _left(draft: Draft) -> Iterator[str]:
    """Where the card and the files still disagree: that is the owner's to settle."""
    if not draft.left:
        return
    yield "**Left as it is: the card and the files disagree**"
    yield ""
    for each in draft.left[:_MOST_CHANGES]:
        yield f"- line {each.statement.line}: {_plain(each.why)}"


def _plain(text: str) -> str:
    """A text on one line in which nothing is markup and nobody is called."""
    text = " ".join(withhold(text).split())
    return _MARKUP.sub(r"\\\1", text).replace("@", "&#64;")


def _code(text: str) -> str:
    """A text on one line as code, which may stand in a table."""
    text = " ".join(withhold(text).split())
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    text = text.replace("|", "\\|")
    ticks = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (ticks + 1)
    space = " " if ticks else ""
    return f"{fence}{space}{text}{space}{fence}" if text else ""
