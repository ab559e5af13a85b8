"""How an element is drawn: its declarations, what wins of them, and what is left to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.visibility.style.inheritance import look_inside
    from cardiogram.cards.visibility.style.look import PAGE, Appearance
    from cardiogram.cards.visibility.style.style_names import REPLACED, UNDRAWN

attach(__name__)
