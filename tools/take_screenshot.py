"""Take the README's picture: what a study's report shows first, in headless Chromium.

::

    cardiogram study demo-study --from examples/sample
    python tools/take_screenshot.py demo-study/report.html
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

OUT = Path(__file__).parents[1] / "docs" / "images" / "report.png"
WIDTH = 1280
SPACE = 32  # pixels below the last column
LARGEST = 400_000  # bytes; the picture is the first thing that a visitor loads
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def take(report: Path, out: Path) -> None:
    """Write a picture of a report's first screen, 1280 pixels wide."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not here: install it with the system's packages")
    out.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page(
            viewport={"width": WIDTH, "height": WIDTH},
            color_scheme="light",
            locale="en-GB",
        )
        page.goto(report.resolve().as_uri())
        page.locator(".ready").wait_for()
        page.wait_for_timeout(300)  # the map is drawn
        last = page.locator("header.title").bounding_box()
        assert last is not None
        height = last["y"] + last["height"] + SPACE
        page.screenshot(
            path=str(out),
            full_page=True,
            clip={"x": 0, "y": 0, "width": WIDTH, "height": height},
        )
        browser.close()
    if out.stat().st_size > LARGEST:
        sys.exit(f"{out} has {out.stat().st_size:,} bytes, more than {LARGEST:,}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("report", type=Path, help="report.html of a study")
    parser.add_argument("--out", type=Path, default=OUT, help="the picture")
    options = parser.parse_args(arguments)
    take(options.report, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
