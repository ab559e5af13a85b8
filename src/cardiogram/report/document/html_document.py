"""A whole HTML document with its style in it, and a policy: nothing else runs or is asked for."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from cardiogram.report.markup import Child, Markup, el


@dataclass(frozen=True, slots=True)
class ServedPage:
    """Where a page of the app has its parts: addresses of its own server.

    Attributes
    ----------
    links
        Names of the app's views by their addresses.
    blocks_at
        Address, relative to the page, below which its data blocks are.
    """

    script: str
    styles: tuple[str, ...]
    links: dict[str, str]
    blocks_at: str | None = None


Home: TypeAlias = 'Literal["file", "sheet"] | ServedPage'
"""Where a page lives: a file holds its data and asks for nothing; a served one may ask its server;
a sheet has no script either."""

PULSE = "M1 13h7l3-8 5 15 4-10 2 3h9"
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 24'%3E%3Cpath "
    f"d='{PULSE}' fill='none' stroke='%231f5f8b' stroke-width='2.5'/%3E%3C/svg%3E"
)


def write_document(title: str, body: Child, *, home: Home) -> str:
    """Write a whole HTML document in the report's style, with a policy that fits its home."""
    parts: Child = el("style", read_static("report.css"))
    blocks_at = None
    if isinstance(home, ServedPage):
        blocks_at = home.blocks_at
        parts = [
            *(el("link", rel="stylesheet", href=style) for style in home.styles),
            el("script", type="module", src=home.script),
        ]
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=content_policy(home)),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        None if home == "sheet" else el("link", rel="icon", href=_ICON),
        parts,
    )
    html = el("html", head, el("body", body), lang="en", data_blocks=blocks_at)
    return f"<!doctype html>\n{html}\n"


SERVED_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page of the app may do."""


def content_policy(home: Home) -> str:
    """What the page may do, for its own head and for the app's answer."""
    if isinstance(home, ServedPage):
        return SERVED_POLICY
    script = f" script-src '{_hash(read_static('report.js'))}';" if home != "sheet" else ""
    images = " img-src data:;" if home != "sheet" else ""
    style = f" style-src '{_hash(read_static('report.css'))}';"
    return f"default-src 'none';{script}{style}{images} base-uri 'none'; form-action 'none'"


@cache
def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def read_static(name: str) -> Markup:
    """Read a file of ours, which stands in the page as it is."""
    path = Path(__file__).parents[1] / "static" / name
    return Markup(path.read_text("utf-8"))
