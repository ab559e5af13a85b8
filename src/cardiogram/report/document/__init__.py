"""HTML documents: a head with its policy, a card as its page looks, a checked card for paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.document.checked_page import render_checked_page
    from cardiogram.report.document.html_document import (
        PULSE,
        SERVED_POLICY,
        Home,
        ServedPage,
        read_static,
        write_document,
    )
    from cardiogram.report.document.rendered import draw_card

attach(__name__)
