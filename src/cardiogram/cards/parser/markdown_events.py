"""The events of Markdown: of pyromark where it is installed, else of markdown-it-py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

try:
    import pyromark
except ImportError:  # no wheel for this machine, as in a browser
    pyromark = None  # type: ignore[assignment]


if TYPE_CHECKING:
    from cardiogram.cards.parser.parser_event import Event


def read_events(body: str, footnotes: bool = False) -> Iterator[Event]:
    """Parse Markdown with tables and what is struck out, and with footnotes if asked.

    Returns
    -------
    What begins and ends, words, code and HTML, each with its place, in the shape of pyromark. The
    events are the caller's own.
    """
    if pyromark is None:
        from cardiogram.cards.parser.python_events import parse_events

        return parse_events(body, footnotes)
    options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
    if footnotes:
        options |= pyromark.Options.ENABLE_FOOTNOTES
    events = pyromark.events_with_range(body, options=options)
    return iter(cast("Iterator[Event]", events))  # a tuple in older versions of the parser


def name_parser() -> str:
    """Say which parser is used, with its version."""
    from importlib.metadata import version

    package = "markdown-it-py" if pyromark is None else "pyromark"
    return f"{package} {version(package)}"
