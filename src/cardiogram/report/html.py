"""One HTML file from a payload: no request to any host, and nothing of a card ever runs."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources

from cardiogram.report import sections
from cardiogram.report.markup import Markup, el, join
from cardiogram.report.pairs import compared
from cardiogram.report.payload import Payload
from cardiogram.report.trust import trust

_UNSAFE = {
    ord(character): f"\\u{ord(character):04x}"
    for character in "<>&\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    "\u2066\u2067\u2068\u2069"
}
"""Characters that could end the script element, or reorder the file in an editor."""

_NAVIGATION = {
    "ratings": "Ratings",
    "pair": "Two cards",
    "popularity": "Popularity",
    "trust": "The judge",
    "models": "All models",
    "methods": "Methods",
}

_PULSE = "M1 13h7l3-8 5 15 4-10 2 3h9"
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 24'%3E%3Cpath "
    f"d='{_PULSE}' fill='none' stroke='%231f5f8b' stroke-width='2.5'/%3E%3C/svg%3E"
)


def render_html(payload: Payload) -> str:
    """Render the report's page.

    Parameters
    ----------
    payload
        Everything that the page shows; the same payload gives the same bytes.

    Returns
    -------
    str
        A whole HTML document. Its policy lets the two inline blocks of this file run, by their
        hashes, and nothing else: no request, no other script, no style attribute, no form.
    """
    style, script = _static("report.css"), _static("report.js")
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", f"{payload.folder}: a study of model cards"),
        el("link", rel="icon", href=_ICON),
        el("style", style),
    )
    data = Markup(embed(payload.for_browser()))
    body = el(
        "body",
        el("a", "Skip to the report", href="#report", class_="skip"),
        _bar(),
        el("main", _sections(payload), id="report"),
        el("dialog", id="viewer", aria_labelledby="viewer-title"),
        el("div", id="tip", hidden=True, aria_hidden="true"),
        el("script", data, type="application/json", id="payload"),
        el("script", script),
    )
    return f"<!doctype html>\n{el('html', head, body, lang='en')}\n"


def _sections(payload: Payload) -> Markup:
    return join(
        sections.header(payload),
        sections.coverage(payload),
        sections.ratings(payload),
        compared(payload),
        sections.popularity(payload),
        trust(payload),
        sections.models(payload),
        sections.methods(payload),
    )


def _bar() -> Markup:
    pulse = el("svg", el("path", d=_PULSE), viewBox="0 0 32 24", aria_hidden="true")
    links = [el("a", name, href=f"#{key}") for key, name in _NAVIGATION.items()]
    return el(
        "div",
        el("span", pulse, "cardiogram", class_="brand"),
        el("nav", links, aria_label="Sections"),
        el("button", "Dark", type="button", id="theme", aria_pressed="false", hidden=True),
        class_="bar",
    )


def embed(value: object) -> str:
    r"""JSON that cannot end its script element.

    Examples
    --------
    >>> embed("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_UNSAFE)


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _static(name: str) -> Markup:
    """Read a file of ours, which stands in the page as it is."""
    path = resources.files("cardiogram.report") / "static" / name
    return Markup(path.read_text("utf-8"))
