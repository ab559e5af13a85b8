"""The forms in which `cardiogram check` prints cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cardiogram.check import Checked
from cardiogram.report.terminal.checked.phrases import (
    Absent,
    Places,
    describe_shortfall,
    missing_of,
)
from cardiogram.report.terminal.writing import Look

Form = Literal["text", "json", "sarif", "markdown", "github"]


def render_checked(
    checked: Sequence[Checked],
    form: Form = "text",
    places: Places | None = None,
    look: Look | None = None,
    absent: Absent = (),
) -> str:
    """Checked cards in one of the forms that `cardiogram check` prints.

    Parameters
    ----------
    places
        By target, where each card falls on a map; shown as text, JSON and Markdown.
    look
        Width, colour and detail of text, and the bar.
    absent
        Cards that are no more, for annotations and Markdown, and models without one, for text, too.
    """
    look = look or Look()
    if form == "text":
        return _render_text(checked, places, look, absent)
    if form == "json":
        from cardiogram.report.terminal.checked.as_objects import render_json

        return render_json(checked, places, look.minimum)
    if form == "markdown":
        from cardiogram.report.terminal.checked.comment import render_markdown

        return render_markdown(checked, places, look, absent)
    if form == "sarif":
        from cardiogram.report.terminal.checked.sarif import render_sarif

        return render_sarif(checked)
    from cardiogram.report.terminal.checked.annotations import render_github

    return render_github(checked, look.minimum, absent)


def _render_text(
    checked: Sequence[Checked], places: Places | None, look: Look, absent: Absent
) -> str:
    from cardiogram.report.terminal.checked.one_card import render_card

    if len(checked) == 1 and not missing_of(absent):
        return render_card(checked[0], places, look)
    if look.detail == "short":
        from cardiogram.report.terminal.checked.work_list import render_list

        return render_list(checked, look, missing_of(absent))
    cards = [render_card(card, places, look) for card in checked]
    return "\n\n".join([*cards, *_end(checked, look, absent)])


def _end(checked: Sequence[Checked], look: Look, absent: Absent) -> list[str]:
    short = describe_shortfall(checked, look.minimum, absent=absent)
    return ["\n".join(short) + "\n"] if look.minimum else []
