"""One checked card on one screen: the rating, what would help most, what the Hub refuses."""

from __future__ import annotations

from typing import Literal

from cardiogram.cards.lint import Finding
from cardiogram.check import Checked
from cardiogram.judge.expectations import Gap
from cardiogram.report.markup import count_of, printable, wrap_lines
from cardiogram.report.terminal.checked.phrases import (
    GAPS_SHOWN,
    NOT_ENGLISH,
    Places,
    capitalised,
    contradicted,
    describe_change,
    describe_neighbour,
    describe_no_gaps,
    describe_rank,
    describe_shortfall,
    gain_of,
    grade_of,
    interval_of,
    judged_by,
    line_of,
    lines_of,
    name_of,
    other_findings,
    others_near,
    range_of,
    refusals,
    scores_of,
    shows,
    spread_of,
    untold,
)
from cardiogram.report.terminal.paint import paint, paint_level, shorten_name
from cardiogram.report.terminal.writing import (
    SCREEN,
    Look,
    height_of,
    join_parts,
    one_line,
    quote_name,
)

_INDENT = " " * 6
_SAID_BY = {
    "license": "CG110",
    "task": "CG113",
    "library": "CG115",
    "language": "CG117",
    "base_model": "CG120",
    "fences": "CG304",
}
"""Rules that say the same as a gap, by its key: a screen says it once."""

_GAIN = 9
"""Width of each of the two columns of gains."""


def render_card(checked: Checked, places: Places | None, look: Look) -> str:
    """Everything on one screen, or all of it."""
    parts = [
        [*_title(checked, look), "", *_criteria(checked, look), *_language(checked, look)],
        _refused(checked, look),
        _advice(checked, look),
        _contradicted(checked, look),
        _others(checked, look),
        _shows(checked, look),
        _place(checked, places, look),
        _next(checked, look),
        [paint(line, "bold", look) for line in describe_shortfall([checked], look.minimum)],
    ]
    if look.detail == "all":
        parts[-2] = wrap_lines(f"Rated by {judged_by(checked)}.", width=look.width)
    else:
        _fit(checked, parts, look)
    return join_parts(parts)


def _fit(checked: Checked, parts: list[list[str]], look: Look) -> None:
    """Leave out what has no room, and say so: some findings, then the map, the third advice."""

    def free() -> int:
        return SCREEN - height_of(parts)

    others, parts[4], parts[5] = parts[4], _errors(checked, look), []
    hidden = _count_others(checked) - bool(parts[4])
    if hidden:
        parts[7] = _next(checked, look, hidden)
    if free() < 0:
        parts[6] = []
    if free() < 0:
        parts[2] = _advice(checked, look, GAPS_SHOWN - 1)
    if free() < 0:
        parts[1] = _refused(checked, look, 1)
    if free() < 0:
        parts[3] = _contradicted(checked, look, 1)
    if free() < 0:
        parts[2] = _advice(checked, look, 1)
    if free() < 0:
        parts[7] = _next(checked, look, hidden, has_room=False)
    if 0 < len(others) - len(parts[4]) < free():
        parts[4], parts[7] = others, _next(checked, look)


# The rating ------------------------------------------------------------------------------------


def _title(checked: Checked, look: Look) -> list[str]:
    overall = checked.rating.scores["overall"]
    number, grade = f"{overall.expected:.1f}", grade_of(checked)
    answer = f"{number} of 5  {grade}"
    name, file = name_of(checked), ""
    if checked.path and checked.card.id:
        name, file = one_line(checked.card.id), one_line(checked.path)
    name = shorten_name(name, look.width - len(answer) - 2)
    gap = " " * (look.width - len(name) - len(answer))
    colour = paint_level(paint(answer, "bold", look), overall.expected, look)
    lines = [paint(name, "bold", look) + gap + colour]
    say = interval_of(overall)
    say = f"90 % interval {say}" if say else ""
    file = shorten_name(file, look.width - len(say) - 2)
    if file or say:
        lines.append(paint((file + f"{say:>{look.width - len(file)}}").rstrip(), "dim", look))
    if change := describe_change(checked):
        lines += wrap_lines(change, width=look.width)
    return lines


def _criteria(checked: Checked, look: Look) -> list[str]:
    """One number a criterion, in its colour; with `-v` a line each."""
    criteria = scores_of(checked)
    if look.detail == "all":
        is_known = any(map(interval_of, criteria.values()))
        lines = [paint(f"{'90 % interval':>30}", "dim", look)] if is_known else []
        for name, score in criteria.items():
            number = paint_level(f"{score.expected:.1f}", score.expected, look)
            lines.append(f"{name:<11} {number}  {interval_of(score)}".rstrip())
        return lines
    wide = max(map(len, criteria)) + 4
    columns = min(4, (look.width + 3) // (wide + 3))
    cells = []
    for name, score in criteria.items():
        number = paint_level(f"{score.expected:.1f}", score.expected, look)
        cells.append(f"{name} {number}" + " " * (wide - len(name) - 4))
    rows = [cells[first : first + columns] for first in range(0, len(cells), columns)]
    return ["   ".join(row).rstrip() for row in rows]


def _language(checked: Checked, look: Look) -> list[str]:
    lines = [] if checked.in_english else wrap_lines(NOT_ENGLISH, width=look.width)
    return [paint(line, "dim", look) for line in lines]


# Advice ----------------------------------------------------------------------------------------


def _advice(checked: Checked, look: Look, shown: int = GAPS_SHOWN) -> list[str]:
    gaps = checked.gaps[: None if look.detail == "all" else shown]
    if not gaps:
        return wrap_lines(describe_no_gaps(checked), width=look.width)
    title = "What would raise the rating most"
    heads = f"{'criterion':>{_GAIN + 1}}{'overall':>{_GAIN}}"
    room = look.width - len(title) - len(heads)
    lines = [paint(title, "bold", look) + " " * room + paint(heads, "dim", look)]
    for gap in gaps:
        lines += _one_advice(checked, gap, look)
    ranges = "In brackets: the 90 % interval of the gain in the criterion."
    spread = ranges if look.detail == "all" and any(map(range_of, gaps)) else spread_of(gaps)
    wrapped = wrap_lines(spread, _INDENT, width=look.width)
    return lines + [paint(line, "dim", look) for line in wrapped]


def _one_advice(checked: Checked, gap: Gap, look: Look) -> list[str]:
    room = look.width - 2 * _GAIN - 1
    where = f"{line_of(checked, gap):>5} "
    words = f"{capitalised(gap.missing)}."
    first, *wrapped = wrap_lines(words, f"{where}{gap.criterion:<12} ", " " * 19, room)
    gains = f"{gain_of(gap.criterion_gain):>{_GAIN}}{gain_of(gap.gain):>{_GAIN}}"
    head = where + paint(first[len(where) :], "bold", look)
    lines = [f"{head}{' ' * (look.width - len(first) - len(gains))}{gains}".rstrip()]
    lines += [paint(line, "bold", look) for line in wrapped]
    advice = printable(gap.advice) + (range_of(gap) if look.detail == "all" else "")
    return lines + wrap_lines(advice, _INDENT, width=look.width - 2)


# Findings --------------------------------------------------------------------------------------


def _refused(checked: Checked, look: Look, shown: int = 3) -> list[str]:
    findings = refusals(checked)
    if not findings:
        return []
    limit = len(findings) if look.detail == "all" else shown
    lines = [paint("The Hub refuses this card", "refused", look)]
    for finding in findings[:limit]:
        lines += _finding(finding, look)
    return lines + _more(len(findings) - limit)


def _contradicted(checked: Checked, look: Look, shown: int = 3) -> list[str]:
    """What files contradict; the rest is for the command that says it with its proof."""
    findings = contradicted(checked)
    if not findings:
        return []
    lines = [paint("The files say something else", "refused", look)]
    limit = len(findings) if look.detail == "all" else shown
    for finding in findings[:limit]:
        lines += _finding(finding, look)
    if (more := len(findings) - limit) > 0:
        target = quote_name(one_line(checked.target))
        lines.append(f"{_INDENT}and {more} more: {look.program} verify {target}")
    return lines


def _others(checked: Checked, look: Look) -> list[str]:
    """Problems, and findings that the Hub takes; notes with `-v` only."""
    points = [
        wrap_lines(f"{capitalised(problem)}.", _INDENT, width=look.width)
        for problem in untold(checked)
    ]
    points += [_finding(finding, look) for finding in _other_findings(checked, look.detail)]
    lines = [line for point in points for line in point]
    return [paint("Also to mend", "bold", look), *lines] if lines else []


def _errors(checked: Checked, look: Look) -> list[str]:
    """The first of these that is an error: there is always room for it."""
    errors = [each for each in _other_findings(checked, "short") if each.severity == "error"]
    lines = _finding(errors[0], look) if errors else []
    return [paint("Also to mend", "bold", look), *lines] if lines else []


def _count_others(checked: Checked) -> int:
    return len(untold(checked)) + len(_other_findings(checked, "short"))


def _other_findings(checked: Checked, detail: Literal["short", "all"]) -> list[Finding]:
    gaps = checked.gaps if detail == "all" else checked.gaps[:GAPS_SHOWN]
    advised = {_SAID_BY[gap.key] for gap in gaps if gap.key in _SAID_BY}
    return [
        finding
        for finding in other_findings(checked)
        if (detail == "all" or finding.severity != "note") and finding.rule not in advised
    ]


def _finding(finding: Finding, look: Look) -> list[str]:
    mend = " (--fix mends it)" if finding.edits else ""
    text = f"{capitalised(one_line(finding.message))}{mend}"
    return wrap_lines(text, f"{finding.line:>5} {finding.rule}  ", " " * 13, look.width)


def _more(count: int) -> list[str]:
    return [f"{_INDENT}and {count} more: -v shows them"] if count > 0 else []


# What carries it, where it stands ----------------------------------------------------------------


def _shows(checked: Checked, look: Look) -> list[str]:
    facts = shows(checked)
    if not facts:
        return []
    lines = [paint("What it shows, and what it would lose without", "bold", look)]
    for fact in facts:
        text = f"{fact.criterion}: {printable(fact.fact)} ({fact.criterion} -{fact.effect:.1f})"
        lines += wrap_lines(text, f"  {lines_of(fact):<15} ", " " * 18, look.width)
    return lines


def _place(checked: Checked, places: Places | None, look: Look) -> list[str]:
    place = (places or {}).get(checked.target)
    if place is None:
        return []
    lines = wrap_lines(describe_rank(place), width=look.width)
    if look.detail == "all" and place.kind:
        lines += wrap_lines(f"It reads most like {one_line(place.kind)}.", width=look.width)
    for card in others_near(checked, place):
        name = one_line(card.id)
        words = f"A good one to look at: {name} ({card.rating:.1f}), {describe_neighbour(card)}."
        lines += wrap_lines(words, width=look.width)
    return lines


def _next(checked: Checked, look: Look, hidden: int = 0, *, has_room: bool = True) -> list[str]:
    """What to run next.

    Parameters
    ----------
    hidden
        Findings that there was no room for.
    has_room
        Whether there is a line for the command that drafts a card.
    """
    name = quote_name(one_line(checked.target))
    if name.startswith("-") or look.detail == "all":
        return []
    mended = sum(bool(finding.edits) for finding in checked.findings) if checked.path else 0
    if not all(finding.edits for finding in refusals(checked)):
        mended = 0  # what it mends is not what the Hub refuses
    runs = [("-v", f"shows {hidden} more" if hidden else "shows all of it")]
    if mended:
        runs.insert(0, ("--fix", f"mends {count_of(mended, 'line')}"))
    command = f"next: {look.program} check {name} "
    wide = max(len(option) for option, _ in runs)
    rows = [f"{option:<{wide}}  {what}" for option, what in runs]
    if len(command) + max(map(len, rows)) > look.width:
        command = "next: the same with "  # a command that is cut would be of no use
    starts = (command, " " * len(command))
    lines = [f"{start}{row}" for start, row in zip(starts, rows, strict=False)]
    draft = f"      {look.program} improve {name}"
    if has_room and checked.gaps and checked.of == "model" and len(draft) <= look.width:
        what = "  drafts from its files"
        lines.append(draft + what if len(draft + what) <= look.width else draft)
    return [paint(line, "dim", look) for line in lines]
