"""HTML and SVG as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.markup.cells import (
        absent as absent,
        against as against,
        by_author as by_author,
        items as items,
        listed as listed,
        overall as overall,
        present as present,
        share as share,
        spaced as spaced,
        table as table,
        text_of as text_of,
        value as value,
    )
    from cardiogram.report.markup.markup import (
        Child as Child,
        Markup as Markup,
        column as column,
        el as el,
        fold as fold,
        join as join,
        percent as percent,
        scroller as scroller,
        section as section,
    )
    from cardiogram.report.markup.words import (
        between as between,
        bounds as bounds,
        number as number,
        part as part,
        signed as signed,
    )

attach(__name__)
