"""The page that rates by itself where something is missing, lost or new."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import needs_chromium, sync_api
from made_space import serving
from test_app_card import CARD

expect = sync_api.expect
pytestmark = [pytest.mark.browser, needs_chromium]
READY = "navigator.serviceWorker.ready.then(() => null)"
DAMAGE = """async () => {
  const cache = await caches.open("cardiogram-start");
  let key;
  while (!(key = (await cache.keys())[0])) await new Promise((done) => setTimeout(done, 50));
  const kept = await cache.match(key);
  const memory = new Uint8Array(await kept.arrayBuffer()).fill(7, 9_000_000);
  await cache.put(key, new Response(memory, {headers: kept.headers}));
  const page = (await caches.keys()).find((name) => name.startsWith("cardiogram-page-"));
  await (await caches.open(page)).delete("index.html");
  for (const {url} of await (await caches.open(page)).keys())
    if (url.includes("stdlib")) await (await caches.open(page)).delete(url);
}"""
WHOLE = """async () => {
  const page = (await caches.keys()).filter((name) => name.startsWith("cardiogram-page-"));
  const kept = await (await caches.open(page[0])).keys();
  return [page.length, kept.some(({url}) => url.includes("stdlib"))];
}"""


@pytest.fixture
def page(browser: sync_api.Browser) -> Iterator[sync_api.Page]:
    """A visitor in whose browser no service worker stands before what a test does."""
    page = browser.new_page(locale="en-GB", service_workers="block")
    page.set_default_timeout(60_000)
    yield page
    page.close()


def rate(page: sync_api.Page) -> None:
    """Write a card, and wait for its rating."""
    page.get_by_label("The card’s text").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(CARD)
    page.locator(".summary .criteria").wait_for()


def test_a_judge_that_does_not_come_is_begun_again(page: sync_api.Page, space: str) -> None:
    page.route("**/stdlib.zip.gz", lambda route: route.abort())
    page.goto(space)
    page.get_by_text("The judge could not be loaded: stdlib.zip.gz does not come").wait_for()
    page.get_by_label("The card’s text").click()
    page.keyboard.insert_text("# Otter")  # the page stays usable
    page.unroute("**/stdlib.zip.gz")
    page.get_by_role("button", name="Try again").click()
    rate(page)


def test_a_browser_without_workers_or_webassembly_is_told(page: sync_api.Page, space: str) -> None:
    strict = {"Content-Type": "text/javascript", "Content-Security-Policy": "script-src 'self'"}
    page.route(
        "**/worker-*.js", lambda route: route.fulfill(response=route.fetch(), headers=strict)
    )
    page.goto(space)
    page.get_by_text("The judge could not be loaded").wait_for()
    expect(page.get_by_text("WebAssembly").first).to_be_visible()
    page.add_init_script("delete window.Worker")
    page.reload()
    page.get_by_text("Worker is not defined").wait_for()


def test_what_is_lost_is_fetched_again_and_a_new_version_comes_whole(
    browser: sync_api.Browser, space_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "space"
    shutil.copytree(space_folder, folder)
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(60_000)
    with serving(folder) as address:
        page = context.new_page()
        page.goto(address)
        rate(page)
        page.evaluate(READY)
        page.evaluate(DAMAGE)
        page.reload()
        rate(page)
        assert page.evaluate(WHOLE) == [1, True]
        renew(folder)
        page.evaluate("navigator.serviceWorker.ready.then((kept) => kept.update())")
        page.wait_for_function(
            "navigator.serviceWorker.getRegistration().then((kept) => kept.waiting !== null)"
        )
        page.reload()
        page.locator(".cm-content").wait_for()
        assert page.locator("meta[name=renewed]").count() == 0  # as long as the old page is open
        page.close()
        context.set_offline(True)
        for _ in range(20):  # the new version takes over a moment after the old page has gone
            page = context.new_page()
            page.goto(address)
            if page.locator("meta[name=renewed]").count():
                break
            page.close()
        rate(page)
    context.close()


def renew(folder: Path) -> None:
    """Another version of the page."""
    index, script = folder / "index.html", folder / "sw.js"
    index.write_text(index.read_text().replace("<title>", '<meta name="renewed"><title>'))
    first, _, rest = script.read_text().partition("\n")
    files = json.loads(first.removeprefix("const FILES=").removesuffix(";"))
    files["index.html"] = hashlib.sha256(index.read_bytes()).hexdigest()
    script.write_text(f"const FILES={json.dumps(files)};\n{rest}")
