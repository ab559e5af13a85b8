"""A draft line by line: what stays, what each change adds and takes away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from cardiogram.improve.draft import Draft, apply_changes
from cardiogram.improve.editing import ReadmeText
from cardiogram.repository.access import withhold_logins

LineState = Literal["kept", "added", "removed", "left"]


@dataclass(frozen=True, slots=True)
class TracedLine:
    """A line of the card before or after, as it is shown.

    Attributes
    ----------
    text
        Without its line end, and without logins that it may hold.
    state
        ``left`` is a line that a change would add which is left alone.
    change
        Id of the change that adds it or takes it away; "" for a line that stays.
    """

    text: str
    state: LineState = "kept"
    change: str = ""


def trace_lines(draft: Draft) -> tuple[TracedLine, ...]:
    """Both cards of a draft as one list of lines, each with the change that made it.

    Lines are taken away before those that come in their place. A line that one change adds and a
    later one rewrites is the later one's.
    """
    lines = [TracedLine(text) for text in _split(draft.before)]
    readme = draft.before
    for change in draft.changes:
        readme, _ = apply_changes(readme, [change])
        lines = [*_edited(lines, _split(readme), change.id)]
    for change in draft.left_alone:
        offered, refused = apply_changes(readme, [change])
        if not refused:
            lines = [*_offered(lines, _split(offered), change.id)]
    return tuple(replace(line, text=withhold_logins(line.text)) for line in lines)


def _split(readme: ReadmeText) -> list[str]:
    lines = [readme.text[start:end] for start, end in readme.lines()]
    return lines if lines[-1] else lines[:-1]


def _edited(lines: Sequence[TracedLine], after: list[str], id: str) -> Iterator[TracedLine]:
    """The lines with one more change made."""
    standing = [line for line in lines if line.state != "removed"]
    gone, new = _compare([line.text for line in standing], after)
    place = 0
    for line in lines:
        if line.state != "removed":
            if place not in gone:
                yield from (TracedLine(text, "added", id) for text in new.pop(place, ()))
                yield line
            elif line.state == "kept":
                yield TracedLine(line.text, "removed", id)
            place += 1
            continue
        yield line
    for texts in new.values():
        yield from (TracedLine(text, "added", id) for text in texts)


def _offered(lines: Sequence[TracedLine], after: list[str], id: str) -> Iterator[TracedLine]:
    """The lines with those that a change would add; what it would take away stays."""
    standing = [line.text for line in lines if line.state in ("kept", "added")]
    _, new = _compare(standing, after)
    place = 0
    for line in lines:
        if line.state in ("kept", "added"):
            yield from (TracedLine(text, "left", id) for text in new.pop(place, ()))
            place += 1
        yield line
    for texts in new.values():
        yield from (TracedLine(text, "left", id) for text in texts)


def _compare(before: list[str], after: list[str]) -> tuple[set[int], dict[int, list[str]]]:
    """Places before that are gone, and what is new before which place that stays."""
    size = min(len(before), len(after))
    start = next((n for n in range(size) if before[n] != after[n]), size)
    size -= start
    end = next((n for n in range(size) if before[-1 - n] != after[-1 - n]), size)
    stop, last = len(before) - end, len(after) - end
    matcher = SequenceMatcher(None, before[start:stop], after[start:last], autojunk=False)
    gone: set[int] = set()
    new: dict[int, list[str]] = {}
    # a passage begins with its blank line rather than with that of the next
    for tag, first, behind, low, high in matcher.get_opcodes():
        place, texts = start + behind, after[start + low : start + high]
        while tag == "insert" and place and place - 1 not in gone:
            if texts[-1].strip() or texts[-1] != before[place - 1]:
                break
            place, texts = place - 1, [texts[-1], *texts[:-1]]
        if tag != "equal":
            gone.update(range(start + first, start + behind))
            new.setdefault(place, []).extend(texts)
    return gone, new
