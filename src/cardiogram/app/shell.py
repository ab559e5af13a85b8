"""The page that all views live in, and its script."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cardiogram.report.document import ServedPage
from cardiogram.report.markup import el
from cardiogram.report.page import render_page

STATIC = Path(__file__).parent / "static"
VIEWS = {
    "card": "Card",
    "improve": "Improve",
    "work": "Work list",
    "read": "Read",
    "studies": "Studies",
    "time": "Over time",
    "jobs": "Jobs",
}
"""Names of the views in the bar, by their addresses in the page."""
PUBLIC = ("card", "improve", "studies")
"""Those that strangers have."""
_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file of the front end, as it is sent."""

    kind: str
    body: bytes
    gzipped: bytes


@cache
def static_files() -> Mapping[str, StaticFile]:
    """The front end's files by name: what is not one of them is not served."""
    return {
        path.name: StaticFile(
            _KINDS[path.suffix], path.read_bytes(), gzip.compress(path.read_bytes(), mtime=0)
        )
        for path in STATIC.iterdir()
        if path.suffix in _KINDS
    }


def bar_links(is_public: bool = False) -> dict[str, str]:
    """The views by their addresses."""
    return {f"/#{key}": name for key, name in VIEWS.items() if not is_public or key in PUBLIC}


def served_page(links: dict[str, str], blocks_at: str | None = None) -> ServedPage:
    """How a page of the app finds its script and style."""
    entry = json.loads((STATIC / "manifest.json").read_text("utf-8"))["src/app/main.tsx"]
    styles = tuple(f"/static/{name}" for name in entry.get("css", ()))
    return ServedPage(f"/static/{entry['file']}", styles, links, blocks_at)


def render_shell(is_public: bool = False) -> str:
    """Write the page that all views live in."""
    place = el(
        "div",
        el("noscript", el("p", "This page needs JavaScript.")),
        id="view",
        data_public=is_public,
    )
    return render_page("cardiogram", {}, place, home=served_page(bar_links(is_public)))
