"""Measure how wide characters are, for badges: writes data/badge-widths.json.

The font is DejaVu Sans at 11 px, whose advance widths are those of Verdana within a few per cent;
these two are what browsers show a badge in. Needs Chromium and the font on this machine.
"""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import sync_playwright

TARGET = Path(__file__).parents[1] / "src/cardiogram/data/badge-widths.json"
CHARACTERS = "".join(map(chr, range(32, 127))) + "\u00a0–—…×·%éèüöäßñçåøŁłšž"
_MEASURE = """characters => {
    const context = document.createElement('canvas').getContext('2d');
    context.font = "110px 'DejaVu Sans'";
    return [...characters].map(c => Math.round(context.measureText(c).width * 10));
}"""


def main() -> None:
    """Measure and write."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium")
        widths: list[int] = browser.new_page().evaluate(_MEASURE, CHARACTERS)
        browser.close()
    table = {
        "about": "Advance widths of DejaVu Sans in hundredths of a pixel at 11 px, measured by "
        "tools/measure_badge_font.py",
        "widths": dict(zip(CHARACTERS, widths, strict=True)),
    }
    TARGET.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
