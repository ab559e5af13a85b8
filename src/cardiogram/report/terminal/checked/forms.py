"""The forms in which `cardiogram check` prints cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cardiogram.check import Checked, DeletedCard
from cardiogram.report.terminal.checked.phrases import Places, describe_shortfall
from cardiogram.report.terminal.writing import Look

Form = Literal["text", "json", "sarif", "markdown", "github"]


def render_checked(
    checked: Sequence[Checked],
    form: Form = "text",
    places: Places | None = None,
    look: Look | None = None,
    deleted: Sequence[DeletedCard] = (),
) -> str:
    """Checked cards in one of the forms that `cardiogram check` prints.

    Parameters
    ----------
    places
        By target, where each card falls on a map; shown as text, JSON and Markdown.
    look
        Width, colour and detail of text, and the bar.
    deleted
        Cards that are no more, for annotations and Markdown.
    """
    look = look or Look()
    if form == "text":
        return _render_text(checked, places, look)
    if form == "json":
        from cardiogram.report.terminal.checked.as_objects import render_json

        return render_json(checked, places, look.minimum)
    if form == "markdown":
        from cardiogram.report.terminal.checked.comment import render_markdown

        return render_markdown(checked, places, look, deleted)
    if form == "sarif":
        from cardiogram.report.terminal.checked.sarif import render_sarif

        return render_sarif(checked)
    from cardiogram.report.terminal.checked.annotations import render_github

    return render_github(checked, look.minimum, deleted)


def _render_text(checked: Sequence[Checked], places: Places | None, look: Look) -> str:
    from cardiogram.report.terminal.checked.one_card import render_card

    if len(checked) == 1:
        return render_card(checked[0], places, look)
    if look.detail == "short":
        from cardiogram.report.terminal.checked.work_list import render_list

        return render_list(checked, look)
    cards = [render_card(card, places, look) for card in checked]
    return "\n\n".join([*cards, *_end(checked, look)])


def _end(checked: Sequence[Checked], look: Look) -> list[str]:
    return ["\n".join(describe_shortfall(checked, look.minimum)) + "\n"] if look.minimum else []
