"""Charts in a fragment."""

from __future__ import annotations

import base64

from cardiogram.report.figures import draw_alone
from cardiogram.report.markup import Markup, el
from cardiogram.report.page import Drawing


def picture(drawing: Drawing, source: str) -> Markup:
    """A chart as an image, in which nothing can run, and which has its style to itself."""
    svg = draw_alone(drawing, source).svg.encode("utf-8", "replace")
    data = base64.b64encode(svg).decode()
    return el("p", el("img", src=f"data:image/svg+xml;base64,{data}", alt=drawing.title))
