"""What each published column means, and its unit: the words of the dataset's card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from cardiogram.names import DATA, SCORES


class Field(NamedTuple):
    """A column in words; `unit` is a unit, a range or a form, "" where there is none."""

    meaning: str
    unit: str = ""


@cache
def describe_columns(table: str) -> Mapping[str, Field]:
    """Columns of `models`, `ratings`, `map` or `cards` that are published, in their order.

    `kept_back` are columns of the ratings that are not published, and why.

    Examples
    --------
    >>> describe_columns("ratings")["usage_low"].unit
    '1 to 5'
    """
    columns = json.loads((DATA / "published-columns.json").read_text("utf-8"))[table]
    return {
        name.replace("{score}", score): Field(*words)
        for name, words in columns.items()
        for score in (SCORES if "{score}" in name else ("",))
    }
