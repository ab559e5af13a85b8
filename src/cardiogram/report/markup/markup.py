"""HTML and SVG as values: everything is escaped unless it is Markup already."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import TypeAlias

from cardiogram.lazy import regex

_HIDDEN = regex("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Controls that reorder or hide text: every bidi control, separators, C0 and C1 without tab, LF."""

_VOID = frozenset({"br", "img", "input", "link", "meta", "wbr"})


class Markup(str):
    """Text that is HTML already and must not be escaped again."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"
Attribute: TypeAlias = "str | int | float | bool | None"


def visible(text: str) -> str:
    r"""Show the controls that could make text look like something that it is not.

    Examples
    --------
    >>> visible("a\u202eb")
    'a⟦U+202E⟧b'
    """
    return _HIDDEN.sub(lambda match: f"⟦U+{ord(match[0]):04X}⟧", text)


def escape(text: object) -> Markup:
    """Write text as HTML, for an element's content and for a quoted attribute alike."""
    return Markup(html.escape(visible(str(text)), quote=True))


def join(*children: Child) -> Markup:
    """Put children one after the other: Markup as it is, text escaped, None as nothing."""
    return Markup("".join(_pieces(children)))


def _pieces(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, Markup):
            yield child
        elif isinstance(child, (str, int)):
            yield escape(child)
        else:
            yield from _pieces(child)


def el(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """Make one element.

    Parameters
    ----------
    name
        The element's name.
    children
        Markup, or anything else, which is escaped.
    attributes
        ``class_`` stands for ``class``, ``aria_label`` for ``aria-label``; None and False leave
        the attribute out, True writes it without a value.

    Examples
    --------
    >>> el("p", "a < b", class_="lede")
    '<p class="lede">a &lt; b</p>'
    """
    opening = f"<{name}{''.join(_attributes(attributes))}>"
    return Markup(opening if name in _VOID else f"{opening}{join(*children)}</{name}>")


def _attributes(attributes: dict[str, Attribute]) -> Iterable[str]:
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        key = name.rstrip("_").replace("_", "-")
        if value is True:
            yield f" {key}"
        else:
            yield f' {key}="{escape(f"{value:g}" if isinstance(value, float) else value)}"'


def breakable(name: str) -> Markup:
    """A name that may go on in the next line after its signs, and never within a word."""
    parts = re.split("([/_.-])", name)
    return join([part, el("wbr")] if part in "/_.-" else part for part in parts)


def section(key: str, kicker: str, headline: str, *children: Child) -> Markup:
    """Open a section with what it is about and, as its heading, what it found."""
    return el(
        "section",
        el("p", kicker, class_="kicker"),
        el("h2", headline, id=f"{key}-heading"),
        *children,
        id=key,
        aria_labelledby=f"{key}-heading",
    )


def scroller(label: str, heads: Child, rows: Child, key: str | None = None) -> Markup:
    """Make a table that scrolls sideways by itself where the page is narrow; `key` of its rows."""
    table = el("table", el("thead", el("tr", heads)), el("tbody", rows, id=key))
    return el("div", table, class_="scroll", tabindex=0, role="region", aria_label=label)


def fold(summary: str, *children: Child) -> Markup:
    """Hide what few readers need behind one line; the browser opens it without a script."""
    return el("details", el("summary", summary), el("div", *children))


def column(text: str, class_: str | None = None) -> Markup:
    """Make a column's heading."""
    return el("th", text, scope="col", class_=class_)
