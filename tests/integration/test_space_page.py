"""The page that rates by itself, as a person meets it: in Chromium, at 400 and 1440 pixels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chromium import Visit, faults, needs_chromium, noting, sync_api
from stand_in import StandIn
from test_app_card import CARD, LIMITS, PASTE
from test_app_improve import CONFIG
from test_app_journeys import tab

from cardiogram.app.in_page import answer
from hostile import PAYLOADS

expect = sync_api.expect
pytestmark = [pytest.mark.browser, needs_chromium]
PATIENCE = 60_000.0
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 400, "height": 860}
EXAMPLE = Path(__file__).parents[2] / "examples/sample/mergewright/Ember-Stew-8B/README.md"
HUB = "https://huggingface.co/**"
DROP = """count => {
  const dataTransfer = new DataTransfer();
  for (let n = 0; n < count; n += 1) dataTransfer.items.add(new File(["{}"], `${n}.json`));
  dataTransfer.items.add(new File(["# Heron\\n\\nIt fishes."], "README.md"));
  document.querySelector(".editor").dispatchEvent(
    new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def context(browser: sync_api.Browser, space: str) -> Iterator[sync_api.BrowserContext]:
    """One visitor, whose browser keeps what it has loaded from test to test."""
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@contextmanager
def visiting_space(
    context: sync_api.BrowserContext, space: str, *, size: Any = WIDE, scheme: Any = "light"
) -> Iterator[Visit]:
    page = context.new_page()
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    with noting(page, space) as visit:
        page.goto(space)
        page.locator(".cm-content").wait_for()
        yield visit


def text_of(page: sync_api.Page) -> sync_api.Locator:
    return page.get_by_label("The card’s text")


def shown(page: sync_api.Page, part: str = ".summary") -> list[str]:
    """The nine numbers on the page, overall first."""
    page.locator(f"{part} .criteria").wait_for()
    texts: list[str] = page.locator(f"{part} .chip").all_inner_texts()
    return texts


def scored(text: str, id: str = "") -> list[str]:
    """The nine numbers that a card has."""
    rated = json.loads(answer("/api/rate", json.dumps({"text": text, "id": id, "detail": "short"})))
    return [f"{score['expected']:.1f}" for score in rated["scores"]]


def test_a_first_visit_and_one_without_a_network(
    context: sync_api.BrowserContext, space: str
) -> None:
    with visiting_space(context, space) as visit:
        page = visit.page
        expect(page.get_by_role("heading", level=1)).to_have_text("How good is your model card?")
        page.get_by_text("Nothing that you paste leaves this browser").wait_for()
        example = EXAMPLE.read_text("utf-8")
        assert shown(page, ".example") == scored(example, "mergewright/Ember-Stew-8B")
        page.get_by_text("Getting ready to rate").wait_for()
        text_of(page).click()
        page.keyboard.insert_text(CARD)  # while nobody rates yet
        assert shown(page) == scored(CARD)
        page.get_by_text("Getting ready to rate").wait_for(state="detached")
        text_of(page).press("Control+End")
        page.keyboard.insert_text(f"\n{LIMITS}")
        page.locator(".criteria tr", has_text="Limitations").locator(".up").wait_for()
        assert shown(page) == scored(f"{CARD}\n{LIMITS}")
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    context.set_offline(True)
    with visiting_space(context, space) as visit:
        page = visit.page
        page.get_by_role("button", name="Open this card").click()
        assert shown(page) == scored(example, "mergewright/Ember-Stew-8B")
        text_of(page).press("Control+End")
        page.keyboard.insert_text(f"\n{LIMITS}")
        page.locator(".criteria tr", has_text="Limitations").locator(".up").wait_for()
        assert shown(page) == scored(f"{example}\n{LIMITS}", "mergewright/Ember-Stew-8B")
        page.get_by_role("button", name="Begin another").click()
        page.get_by_role("button", name="Back to mergewright/Ember-Stew-8B").wait_for()
        page.get_by_label("Open a model").fill("acme/otter")
        page.keyboard.press("Enter")
        page.get_by_text("You are offline").wait_for()
        assert page.get_by_role("link", name="Open its text").count() == 0
        visit.messages.clear()  # Chromium's own line
        visit.requests[:] = [each for each in visit.requests if "huggingface" not in each]
    context.set_offline(False)


@pytest.mark.parametrize(("size", "scheme"), [(NARROW, "dark"), (WIDE, "light")])
def test_a_card_is_mended_by_keyboard_on_a_slow_machine(
    context: sync_api.BrowserContext, space: str, size: Any, scheme: Any
) -> None:
    with visiting_space(context, space, size=size, scheme=scheme) as visit:
        page = visit.page
        line = context.new_cdp_session(page)
        line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.keyboard.press("Tab")
        while not page.evaluate("document.activeElement.matches('.editor')"):
            page.keyboard.press("Tab")
        page.keyboard.insert_text(CARD)
        page.locator(".findings-list").wait_for()
        for _ in range(5):
            page.keyboard.press("F8")
            if page.locator(".line-notes").get_by_role("button", name="Fix").count():
                break
        page.keyboard.press("Escape")
        tab(page, "Fix")
        text_of(page).get_by_text("```python").wait_for()
        tab(page, "Improve this card")
        tab(page, "Where does it fail.*", "")
        page.keyboard.type("It takes egrets for herons at dusk.")
        page.get_by_text("In the draft.").wait_for()
        for absent in ("Write into the folder", "Show the pull request"):
            assert page.get_by_role("button", name=absent).count() == 0
        with page.expect_download() as download:
            tab(page, "Download README.md")
        draft = Path(download.value.path()).read_text("utf-8")
        assert "It takes egrets for herons at dusk." in draft
        assert "```python" in draft
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_hostile_words_and_large_folders_stay_what_they_are(
    context: sync_api.BrowserContext, space: str, tmp_path: Path
) -> None:
    folder = tmp_path / "heron"
    folder.mkdir()
    card = "---\nlicense: mit\n---\n# Heron \u202e\n\nIt reads 4096 tokens.\n\n"
    (folder / "README.md").write_text(card + "\n\n".join(PAYLOADS), "utf-8")
    name = "<img src=x onerror=window.__pwned=1>"
    config = CONFIG | {"architectures": [name]}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / f"{name}.json").write_text("{}")
    with visiting_space(context, space) as visit:
        page = visit.page
        page.get_by_label("Folder", exact=True).set_input_files(folder)
        page.locator(".findings-list").wait_for()
        page.locator(".advice summary").click()
        page.get_by_role("link", name="Improve this card").click()
        page.locator(".draft ins").first.wait_for()
        page.get_by_role("link", name="Card", exact=True).click()
        page.locator(".cm-content").wait_for()
        page.evaluate(DROP, 5000)
        page.get_by_text("Of its 5,001 files, 2,000 are looked at.").wait_for()
        expect(text_of(page)).to_contain_text("It fishes.")
        assert shown(page) == scored("# Heron\n\nIt fishes.")
        page.evaluate(PASTE, "x" * 200_001)
        page.get_by_text("longer than 200,000 bytes").wait_for()
        page.get_by_label("File", exact=True).set_input_files(
            {"name": "a.bin", "mimeType": "", "buffer": bytes(9)}
        )
        page.get_by_role("alert").get_by_text("There is no text in a.bin").wait_for()
        assert shown(page) == scored("# Heron\n\nIt fishes.")


def test_a_card_of_the_hub_is_read_where_the_browser_may(
    browser: sync_api.Browser, space: str, hub: StandIn
) -> None:
    files = {"config.json": json.dumps(CONFIG)}
    hub.add({"id": "acme/heron", "readme": CARD, "files": files})
    is_open = [True]
    context = browser.new_context(locale="en-GB", service_workers="block")  # they hide requests
    context.set_default_timeout(PATIENCE)

    def forward(route: sync_api.Route) -> None:
        asked = route.request
        assert "authorization" not in asked.headers
        if not is_open:
            route.abort()  # as where the Hub lets no other page read it
            return
        found = route.fetch(url=asked.url.replace("https://huggingface.co", hub.url))
        route.fulfill(response=found, headers=found.headers | {"access-control-allow-origin": "*"})

    context.route(HUB, forward)
    beside = {"version": "", "files": {}, "report": "acme <b>"}  # a study that was put up with it
    context.route("**/files.json", lambda route: route.fulfill(json=beside))
    with visiting_space(context, space, size=NARROW) as visit:
        page = visit.page
        assert not any("huggingface.co" in each for each in visit.requests)  # unasked
        beside_it = page.get_by_role("link", name="All cards of acme <b>")
        assert beside_it.get_attribute("href") == "./report.html"
        text_of(page).click()
        page.keyboard.insert_text("https://huggingface.co/acme/heron")
        page.get_by_role("button", name="Open https://huggingface.co/acme/heron").click()
        page.get_by_role("heading", name="acme/heron").wait_for()
        page.get_by_text("From the Hub, at").wait_for()
        assert shown(page) == scored(CARD, "acme/heron")
        page.get_by_role("link", name="Improve this card").click()
        page.locator(".draft ins").first.wait_for()
        page.get_by_role("link", name="Card", exact=True).click()
        page.locator(".cm-content").wait_for()
        for words in ("shows nobody", "could not be read from this page"):
            page.get_by_label("Open a model").fill("acme/egret")
            page.keyboard.press("Enter")
            page.get_by_role("alert").get_by_text(words).wait_for()
            is_open.clear()
        page.get_by_role("heading", name="acme/heron").wait_for()
        asked = {each for each in visit.requests if not each.startswith(space)}
        assert all(each.startswith("https://huggingface.co/") for each in asked)
        visit.messages.clear()  # Chromium's own lines
        visit.requests.clear()
    context.close()


def test_axe_finds_no_serious_fault(browser: sync_api.Browser, space: str) -> None:
    page = browser.new_page(bypass_csp=True)  # axe is a foreign script
    page.set_default_timeout(PATIENCE)
    page.goto(space)
    page.locator(".cm-content").wait_for()
    for looks in (((360, "dark"), (1440, "light")), ((400, "light"), (1440, "dark"))):
        for width, scheme in looks:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        if page.locator(".example").count():
            page.get_by_role("button", name="Open this card").click()
            page.locator(".advice .gaps").wait_for()
    page.close()
