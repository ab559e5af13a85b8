"""What a visitor of a card's page sees of it: elements and properties as a browser resolves them.

::

    events of the parser -> page (HTML, with its places in the source) -> tokens -> open elements
                                                                                    |
    declarations (of a style) -> lengths, colours -> look (what an element draws) <-+
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.visibility.page import has_footnotes
    from cardiogram.cards.visibility.plain import is_plain_tag
    from cardiogram.cards.visibility.shown import show_source
    from cardiogram.cards.visibility.undrawn import View, view_page

attach(__name__)
