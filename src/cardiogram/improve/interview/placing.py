"""Where an answer goes: below the title, or into the section of the card that speaks of it."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.improve.additions import below_title, into_section
from cardiogram.improve.operations import Operation
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
    if topic == "identity" and (operation := below_title(view, lines)) is not None:
        return operation
    return into_section(view, topic, lines, answered)
