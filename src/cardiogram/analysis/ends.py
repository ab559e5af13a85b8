"""How the ratings of a study ended, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cardiogram.judge import Status


def ends_in_words(cover: Mapping[str, Any]) -> str:
    """Why models have no rating, who answered in a cascade, and what it cost; or nothing.

    Examples
    --------
    >>> ends_in_words({"ends": {"rated": 4, "refused": 2}, "calls": 6, "cost_usd": 0.5})
    ' (2 refused); 6 calls, 0.5 US dollars'
    """
    ends = {name: n for name, n in cover.get("ends", {}).items() if name != "rated"}
    said = ", ".join(f"{n:,} {name}" for name, n in sorted(ends.items()))
    said = f" ({said})" if said else ""
    by = cover.get("answered_by", {})
    if len(by) > 1:
        said += "; " + ", ".join(f"{n:,} by {judge}" for judge, n in sorted(by.items()))
    if cover.get("calls"):
        cost = cover.get("cost_usd")
        said += f"; {cover['calls']:,} calls"
        said += f", {cost:.4g} US dollars" if cost is not None else ", price not known"
    return said


def notes_of_ends(ends: Mapping[Status, int]) -> tuple[str, ...]:
    """What follows where a language model has not rated every card."""
    notes = []
    if ends.get("failed"):
        notes.append(
            f"{ends['failed']:,} cards have not been answered for. Models are asked about in the "
            "order of the list, so those rated are no random part of the study: run `rate` again "
            "before you read an association."
        )
    silent = {name: ends[name] for name in ("abstained", "refused", "unparsed") if ends.get(name)}
    if silent:
        said = ", ".join(f"{count:,} {name}" for name, count in silent.items())
        notes.append(
            f"The judge gave no rating of {said} cards; nothing is filled in. They may be of one "
            "kind: long, in another language, or about what a model will not speak of."
        )
    return tuple(notes)
