"""A real headless Chromium, and pages that note everything they do unasked."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]


@dataclass
class Visit:
    """An open page and everything that it did unasked."""

    page: sync_api.Page
    address: str
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def assert_clean(self) -> None:
        """Nothing of a card ran, nothing went wrong, and nobody else was asked for anything."""
        assert self.page.evaluate("window.__pwned") is None
        assert self.messages == []
        own = urlsplit(self.address)
        for request in self.requests:
            asked = urlsplit(request)
            if asked.scheme in ("data", "blob"):
                continue
            assert (asked.scheme, asked.netloc) == (own.scheme, own.netloc)
            if asked.scheme == "file":
                assert request.partition("#")[0] == self.address


@contextmanager
def running_browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@contextmanager
def noting(page: sync_api.Page, address: str) -> Iterator[Visit]:
    """Note what a page does from now on, look at it at the end, and close the page."""
    made = Visit(page, address)
    page.on("console", lambda message: made.messages.append(message.text))
    page.on("pageerror", lambda error: made.messages.append(str(error)))
    page.on("request", lambda request: made.requests.append(request.url))
    page.on("dialog", lambda dialog: (made.messages.append("dialog"), dialog.dismiss()))
    yield made
    made.assert_clean()
    page.close()


@contextmanager
def visiting(browser: sync_api.Browser, address: str, **options: Any) -> Iterator[Visit]:
    """Open a page, and at the end look at what it did."""
    settings = {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}, **options}
    page = browser.new_page(locale="en-GB", **settings)
    with noting(page, address) as made:
        page.goto(address)
        if page.locator("[data-island=table]").count():
            page.wait_for_selector(".ready")
        yield made


SETTLE = """
() => new Promise((done) => {
  let frames = 0;
  const next = () => (++frames < 10 ? requestAnimationFrame(next) : done());
  next();
})
"""


def settle(page: sync_api.Page) -> None:
    """Wait ten frames: what follows from a change of size is drawn by then, however slow."""
    page.evaluate(SETTLE)


COMPARE = """
async ([one, other]) => {
  const load = async (data) => {
    const answer = await fetch("data:image/png;base64," + data);
    const image = await createImageBitmap(await answer.blob());
    const canvas = new OffscreenCanvas(image.width >> 1, image.height >> 1);
    const brush = canvas.getContext("2d");
    brush.drawImage(image, 0, 0, canvas.width, canvas.height);
    return brush.getImageData(0, 0, canvas.width, canvas.height);
  };
  const [a, b] = await Promise.all([load(one), load(other)]);
  if (a.width !== b.width || a.height !== b.height) return [a.width, a.height, b.width, b.height];
  let far = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    const difference = [0, 1, 2].map((k) => Math.abs(a.data[i + k] - b.data[i + k]));
    if (Math.max(...difference) > 40) far += 1;
  }
  return far / (a.data.length / 4);
}
"""


def difference(browser: sync_api.Browser, one: bytes, other: bytes) -> Any:
    """Part of two pictures that differs, half as large so that glyphs' edges do not count.

    Gives both sizes where they are not the same.
    """
    page = browser.new_page()
    page.goto("about:blank")
    found = page.evaluate(COMPARE, [base64.b64encode(data).decode() for data in (one, other)])
    page.close()
    return found


def faults(page: sync_api.Page) -> list[str]:
    """Serious and critical faults that axe finds, each with the elements that have it.

    Where axe is not, as where Node is not, the test goes no further.
    """
    if not AXE.exists():
        pytest.skip("axe-core is not here: make viewer installs it")
    page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(
        """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations
        .filter(({impact}) => ["serious", "critical"].includes(impact))
        .map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html.slice(0, 160)).join(" | ")}`))"""
    )
    return found
