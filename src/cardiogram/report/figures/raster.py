"""SVG as PNG, by a package of the extra `figures`."""

from __future__ import annotations

from collections.abc import Callable

from cardiogram.errors import ConfigError
from cardiogram.report.markup import el

SCALE = 2
"""Pixels of the PNG to one unit of the drawing."""

FONTS = "DejaVu Sans, Noto Sans, Arial, Helvetica, Verdana, Liberation Sans, sans-serif"


def load_rasteriser() -> Callable[[str], bytes]:
    """Give what turns SVG into PNG.

    Raises
    ------
    ConfigError
        The package is not installed, or the machine has no font.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise ConfigError(
            "PNG figures need a package that is not installed",
            hint="pip install 'cardiogram[figures]', or draw SVG alone",
        ) from error
    blank, written = (
        svg_to_bytes(
            svg_string=el(
                "svg",
                el("text", text, x=2, y=14, font_family=FONTS),
                xmlns="http://www.w3.org/2000/svg",
                width=60,
                height=20,
            )
        )
        for text in ("", "rating")
    )
    if blank == written:
        raise ConfigError(
            "PNG figures need a font, and this machine has none",
            hint="Install DejaVu Sans, Noto Sans or Arial, or draw SVG alone",
        )
    return lambda svg: bytes(svg_to_bytes(svg_string=svg, zoom=SCALE))
