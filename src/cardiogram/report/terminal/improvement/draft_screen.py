"""One draft on one screen: its ratings, what was done, what only the author knows."""

from __future__ import annotations

from cardiogram.improve import Draft, DraftChange, Handwritten
from cardiogram.report.markup import count_of, wrap_lines
from cardiogram.report.terminal.improvement.done_and_asked import (
    VERBS,
    count_lines,
    count_template_lines,
    diff_lines,
    expected_of,
    gain_of,
    interval_of,
    is_excellent,
    kept_share,
    places_of,
    proofs_of,
    rewriting_of,
    touched,
    unreworded_of,
    what_of,
)
from cardiogram.report.terminal.paint import paint, paint_level, shorten, shorten_name
from cardiogram.report.terminal.writing import (
    SCREEN,
    Look,
    height_of,
    join_parts,
    one_line,
)

_CHANGES, _QUESTIONS, _LEFT = 8, 5, 2


def render_draft(draft: Draft, look: Look, *, ends: bool = False) -> str:
    """Everything on one screen, or all of it; where there is no room, lists are cut."""
    if look.detail == "all":
        return join_parts(_parts(draft, look, 1000, 1000, 1000))
    follows = [] if ends else _next(draft, look)
    limits = [_CHANGES, _QUESTIONS, _LEFT]
    parts = [*_parts(draft, look, *limits), follows]
    while height_of(parts) > SCREEN and max(limits) > 1:
        cut = 0 if limits[0] >= limits[1] else 1 if limits[1] > 1 else 2
        limits[cut] -= 1
        parts = [*_parts(draft, look, *limits), follows]
    return join_parts(parts)


def render_diff(draft: Draft, look: Look) -> str:
    """The whole diff, for people in colour."""
    return "".join(f"{_painted(line, look)}\n" for line in diff_lines(draft))


def _painted(line: str, look: Look) -> str:
    line = line if not look.colour else "".join(c if c.isprintable() else "?" for c in line)
    if line.startswith("@@") or line.startswith(("---", "+++")):
        return paint(line, "dim", look)
    if line.startswith("+"):
        return paint(line, "added", look)
    return paint(line, "removed", look) if line.startswith("-") else line


def _parts(draft: Draft, look: Look, changes: int, questions: int, left: int) -> list[list[str]]:
    return [
        _title(draft, look),
        _unused(draft, look),
        _criteria(draft, look),
        _done(draft, look, changes),
        _asked(draft, look, questions),
        _open(draft, look, left),
        [line.rstrip("\n") for line in render_diff(draft, look).splitlines()]
        if look.detail == "all"
        else [],
    ]


def _title(draft: Draft, look: Look) -> list[str]:
    before, after = expected_of(draft)
    same = f"{before:.1f}" == f"{after:.1f}"
    answer = f"{after:.1f} of 5" if same else f"{before:.1f} -> {after:.1f} of 5"
    name = shorten_name(one_line(draft.target), look.width - len(answer) - 2)
    gap = " " * (look.width - len(name) - len(answer))
    lines = [paint(name, "bold", look) + gap + paint_level(answer, after, look)]
    if within := interval_of(draft.ratings[1].scores["overall"]):
        lines.append(paint(f"90 % interval {within}".rjust(look.width), "dim", look))
    return lines


def _unused(draft: Draft, look: Look) -> list[str]:
    """Answers that were not taken, before all else: their author thinks that they are in."""
    lines: list[str] = []
    for problem in draft.unused:
        lines += wrap_lines(one_line(problem), "  not taken  ", " " * 13, look.width)
    return lines


def _criteria(draft: Draft, look: Look) -> list[str]:
    """The criteria that changes are on, those that move most first."""
    changed = sorted(touched(draft), key=lambda name: -abs(_gain(draft, name)))
    if look.detail == "short":
        answered = {each.criterion for each in draft.changes if each.kind == "answer"}
        moved = [name for name in changed if abs(_gain(draft, name)) >= 0.05 or name in answered]
        changed = moved if answered else moved[:6]
    wide, cells = 21, []
    for name in changed:
        before, after = expected_of(draft, name)
        number = paint_level(f"{before:.1f} -> {after:.1f}", after, look)
        cells.append(f"{name} {number}" + " " * max(2, wide + 3 - len(name) - 11))
    columns = max(1, look.width // (wide + 3))
    rows = [cells[first : first + columns] for first in range(0, len(cells), columns)]
    return ["".join(row).rstrip() for row in rows]


def _gain(draft: Draft, name: str) -> float:
    before, after = expected_of(draft, name)
    return after - before


def _done(draft: Draft, look: Look, limit: int) -> list[str]:
    if not (draft.changes or draft.restored):
        if is_excellent(draft):
            words = "A good card: nothing that its files prove is missing. It stays as it is."
        else:
            words = "Nothing that its files prove is missing. The card stays as it is."
        return wrap_lines(words, width=look.width)
    lines = _restored(draft.restored, look) if draft.restored else []
    for change in draft.changes[:limit]:
        lines += _change(change, look)
    if (more := len(draft.changes) - limit) > 0:
        lines.append(f"  and {count_of(more, 'change')} more: -v shows them")
    if words := rewriting_of(draft):
        lines += wrap_lines(words, f"  {'reworded':<11}", " " * 13, look.width)
    added, removed = count_lines(draft)
    if not draft.before.text.strip():
        return [*lines, f"  {'new':<11}a first card of {count_of(added, 'line')}"]
    kept = f"{int(100 * kept_share(draft))}% of your words"
    removed -= (template := count_template_lines(draft))
    counts = f"{paint(f'+{added}', 'added', look)} {paint(f'-{removed}', 'removed', look)} lines"
    counts += f"; {count_of(template, 'line')} of the template gone" * bool(template)
    return [*lines, f"  {'kept':<11}{kept}; {counts}"]


def _restored(written: Handwritten, look: Look) -> list[str]:
    commit = f"commit {written.commit.id[:7]} {one_line(written.commit.title)}".strip()
    words = f"the card that a person wrote, of {written.day} ({commit})"
    return wrap_lines(words, f"  {'restored':<11}", " " * 13, look.width)


def _change(change: DraftChange, look: Look) -> list[str]:
    verb = f"  {VERBS[change.kind]:<11}"
    why = what_of(change)
    if look.detail == "all":
        lines = wrap_lines(why, verb, " " * len(verb), look.width)
        if why != one_line(change.why):
            lines += wrap_lines(one_line(change.why), " " * len(verb), width=look.width)
        for proof in proofs_of(change):
            wrapped = wrap_lines(proof, " " * (len(verb) + 2), width=look.width)
            lines += [paint(line, "dim", look) for line in wrapped]
        return lines
    room = look.width - len(verb)
    left = room - len(why) - 2
    places = shorten(places_of(change), left)
    if places and left > 12:
        gap = " " * (room - len(why) - len(places))
        return [f"{verb}{why}{gap}{paint(places, 'dim', look)}"]
    wrapped = wrap_lines(why, verb, " " * len(verb), look.width)
    return wrapped if len(wrapped) < 3 else [wrapped[0], shorten(f"{wrapped[1]} ...", look.width)]


def _asked(draft: Draft, look: Look, limit: int) -> list[str]:
    questions = draft.questions[:limit]
    if not questions:
        return []
    title = "Only you know"
    if len(questions) < len(draft.questions):
        title += f" ({len(questions)} of {len(draft.questions)} shown)"
    gains = "an answer gains up to" if any(map(gain_of, questions)) else ""
    gap = " " * (look.width - len(title) - len(gains))
    lines = [(paint(title, "bold", look) + gap + paint(gains, "dim", look)).rstrip()]
    for number, question in enumerate(questions, 1):
        gain = gain_of(question)
        room = look.width - len(gain) - 2
        head = f"{number:>3}  "
        wrapped = wrap_lines(one_line(question.ask), head, " " * len(head), room)
        if look.detail == "short" and len(wrapped) > 2:
            wrapped = [wrapped[0], shorten(f"{wrapped[1]} ...", room)]
        lines += [f"{wrapped[0]:<{room}}  {gain}".rstrip(), *wrapped[1:]]
        if look.detail == "all":
            text = f"{question.why}  {question.id}:"
            why = wrap_lines(text, " " * len(head), width=room)
            lines += [paint(line, "dim", look) for line in why]
    return lines


def _open(draft: Draft, look: Look, limit: int) -> list[str]:
    """What was refused, and what could not be read."""
    said = [f"not done: {one_line(c.why)} ({one_line(why)})" for c, why in draft.refused]
    said += unreworded_of(draft)
    said += [one_line(each) for each in draft.problems if each not in draft.unused]
    shown = said if look.detail == "all" else said[:limit]
    lines = []
    for text in shown:
        lines += wrap_lines(text, "  ", "    ", look.width)
    if len(shown) < len(said):
        lines.append(f"  and {len(said) - len(shown)} more: -v shows them")
    return lines


def _next(draft: Draft, look: Look) -> list[str]:
    """What to do with it."""
    runs = ["--interview to answer"] if draft.questions else []
    if draft.changes or draft.restored:
        runs.append("--format diff to see every line")
        act = "--write to edit the file" if draft.path else "--pull-request to propose it"
        runs.append(act)
    words = f"{', '.join(runs[:-1])} or {runs[-1]}" if runs[1:] else "".join(runs)
    lines = wrap_lines(f"next: the same with {words}", "", "      ", look.width) if runs else []
    return [paint(line, "dim", look) for line in lines]
