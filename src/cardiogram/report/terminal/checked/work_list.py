"""Several checked cards: one line each, the worst first, and who is under the bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cardiogram.check import Checked, MissingCard
from cardiogram.names import CRITERIA
from cardiogram.report.markup import level_of, wrap_lines
from cardiogram.report.terminal.checked.phrases import (
    change_of,
    describe_shortfall,
    first_to_mend,
    name_of,
)
from cardiogram.report.terminal.paint import paint, paint_level, shorten, shorten_name
from cardiogram.report.terminal.writing import Look, one_line

_LEAST = 26
"""Characters of a name, however long what to mend is."""
_README = "/README.md"


def render_list(checked: Sequence[Checked], look: Look, missing: Sequence[MissingCard] = ()) -> str:
    """A work list, which models without a card lead.

    A digit a criterion, in its colour, under the first letter of its name.
    """
    if not (checked or missing):
        return ""
    ordered = sorted(checked, key=lambda card: card.rating.scores["overall"].expected)
    called = _short_called(checked, missing)
    changes = {card.target: change_of(card) for card in ordered}
    compared = any(card.earlier for card in ordered)
    scores = ordered[0].rating.scores if ordered else CRITERIA
    criteria = [name for name in scores if name != "overall"]
    before = f" {'rating':>6}  {'change  ' if compared else ''}{' '.join(n[0] for n in criteria)}  "
    room = look.width - len(before)
    longest = max(map(len, called.values()))
    free = room - 2 - max((len(first_to_mend(card, 1)) for card in ordered), default=0)
    wide = min(longest, max(free, min(_LEAST, room // 2)))
    head = f"{before}{'card':<{wide}}  mend first"
    lines = [paint(shorten(head, look.width), "dim", look)]
    lines += [
        _missing_row(called[each.name], wide, len(criteria), compared, look) for each in missing
    ]
    under = bool(missing)
    for card in ordered:
        short = card.rating.scores["overall"].expected < (look.minimum or 0)
        if look.minimum and under and not short:
            lines.append(paint(f" {look.minimum:>6.1f}  {'-' * (look.width - 9)}", "dim", look))
        under = short
        lines.append(_row(card, called[card.target], wide, changes if compared else {}, look))
    legend = f"{' '.join(name[0] for name in criteria)}: {', '.join(criteria)}"
    lines += ["", *(paint(line, "dim", look) for line in wrap_lines(legend, width=look.width))]
    end = describe_shortfall(checked, look.minimum, called, missing)
    if end:
        lines += ["", paint(end[0], "bold", look), *_in_lines(end[1:], look)]
    return "\n".join(lines) + "\n"


def _row(card: Checked, name: str, wide: int, changes: Mapping[str, str], look: Look) -> str:
    scores = card.rating.scores
    overall = scores["overall"].expected
    digits = " ".join(
        paint_level(str(level_of(score.expected)), score.expected, look)
        for criterion, score in scores.items()
        if criterion != "overall"
    )
    change = f"{changes[card.target]:>6}  " if changes else ""
    number = paint_level(paint(f"{overall:>6.1f}", "bold", look), overall, look)
    width = 9 + len(change) + 2 * len(scores) - 1 + wide + 2
    room = max(0, look.width - width)
    words = first_to_mend(card)
    words = words if len(words) <= room else shorten(first_to_mend(card, 1), room)
    return f" {number}  {change}{digits}  {shorten_name(name, wide):<{wide}}  {words}".rstrip()


def _missing_row(name: str, wide: int, count: int, compared: bool, look: Look) -> str:
    number = paint("     -", "bold", look)
    digits = f"{' ' * 8 * compared}{' '.join('-' * count)}"
    return f" {number}  {digits}  {shorten_name(name, wide):<{wide}}  no card"


def _in_lines(short: Sequence[str], look: Look) -> list[str]:
    return wrap_lines(f"{', '.join(short)}.", "  ", width=look.width) if short else []


def _short_called(checked: Sequence[Checked], missing: Sequence[MissingCard]) -> dict[str, str]:
    """What to call the cards: without owners and folders where all called differ without them."""
    called = {card.target: name_of(card).removesuffix(_README).rstrip("/") for card in checked}
    called |= {each.name: one_line(each.name) for each in missing}
    short = {target: name.rpartition("/")[2] for target, name in called.items()}
    return short if len(set(short.values())) == len(short) and all(short.values()) else called
