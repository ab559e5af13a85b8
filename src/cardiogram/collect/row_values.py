"""What the columns of public dumps are called, and one value of them as one of ours."""

from __future__ import annotations

import contextlib
import math
import re
from datetime import datetime, timezone

COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "modelId", "model_id", "repo_id"),
    "text": ("text", "card", "readme", "content"),
    "downloads": ("downloads",),
    "downloads_all_time": ("downloads_all_time", "downloadsAllTime"),
    "likes": ("likes",),
    "tags": ("tags",),
    "pipeline_tag": ("pipeline_tag", "task"),
    "library_name": ("library_name", "library"),
    "created_at": ("created_at", "createdAt", "created"),
    "last_modified": ("last_modified", "lastModified"),
    "author": ("author",),
    "sha": ("sha",),
    "gated": ("gated",),
    "parameters": ("parameters", "safetensors"),
    "trending_score": ("trending_score", "trendingScore"),
    "disabled": ("disabled",),
}
"""Our columns, and what the public dumps call them."""

ABSURD = 10**15
"""A count from here on is a mistake."""
YEARS = range(2000, 2101)
"""Years that a date may have; another is a mistake."""


def read_text(value: object) -> str | None:
    """A text that can be stored: lone surrogates, which JSON allows, become question marks."""
    if not isinstance(value, str) or not value:
        return None
    return value.encode("utf-8", "replace").decode()


def read_texts(value: object) -> list[str] | None:
    """A list of texts; some dumps write it as the text of a Python list."""
    if isinstance(value, str):
        value = re.findall(r"'([^']*)'|\"([^\"]*)\"", value) or value.split(",")
        value = [part if isinstance(part, str) else part[0] or part[1] for part in value]
    if isinstance(value, list | tuple):
        return [text.strip() for part in value if (text := read_text(part)) and text.strip()]
    return None


def read_count(value: object, problems: list[str]) -> int | None:
    """A whole number; what cannot be a count is none, and a problem."""
    if value is None:
        return None
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < ABSURD:
        if not (isinstance(value, float) and math.isnan(value)):
            problems.append(f"bad_count: {shown(value)}")
        return None
    return int(value)


def read_date(value: object, problems: list[str]) -> datetime | None:
    """A moment in UTC; one that cannot be true is none."""
    if value is None:
        return None
    try:
        moment = value
        if not isinstance(moment, datetime):
            moment = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        moment = moment.replace(tzinfo=moment.tzinfo or timezone.utc).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.year not in YEARS:
        problems.append(f"bad_date: {shown(value)}")
        return None
    return moment


def shown(value: object) -> str:
    """The start of a value, for a problem's detail."""
    return read_text(repr(value)[:40] if isinstance(value, float) else str(value)[:40]) or "''"


def owner_of(name: str) -> str | None:
    """Whose a model is, by its id."""
    owner, slash, _ = name.partition("/")
    return owner if slash and owner else None


def first_tag(tags: list[str], prefix: str) -> str | None:
    """What stands behind a prefix in the first tag that has it."""
    return next((tag[len(prefix) :] for tag in tags if tag.startswith(prefix)), None)
