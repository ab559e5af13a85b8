"""Where an answer goes: below the title, or into the section of the card that speaks of it."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.improve.additions import into_section
from cardiogram.improve.operations import InsertLines, Operation
from cardiogram.improve.view import DraftView

_OPEN = ("unclosed_fence", "front_matter_unclosed", "too_many_blocks")


def place_answer(
    view: DraftView, topic: str, lines: Sequence[str], answered: str
) -> Operation | None:
    """The edit that puts lines into a card; None where what is left open would take them up.

    Parameters
    ----------
    topic
        Of :data:`cardiogram.cards.TOPICS`.
    answered
        The question's id.
    """
    if any(problem.startswith(_OPEN) for problem in view.card.problems):
        return None
    title = next((s.heading for s in view.sections if s.heading is not None), None)
    if topic != "identity" or title is None:
        return into_section(view, topic, lines, answered)
    places = view.readme.lines()[: title.last_line]
    texts = [view.readme.text[slice(*place)] for place in places]
    above = tuple(texts[title.line - 1 :])
    size = len(above)
    nth = sum(tuple(texts[n : n + size]) == above for n in range(title.line - 1))
    return InsertLines(tuple(lines), above, nth)
