"""Cards read blind in a browser: by keyboard alone, through a server that is away, and hostile."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from chromium import faults, needs_chromium, sync_api, visiting
from running_app import running_app

from hostile import PAYLOADS

expect = sync_api.expect
pytestmark = [pytest.mark.browser, needs_chromium]
CARDS = 6


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("workspace")
    hostile = "\n\n".join((*PAYLOADS, "Colour: \u202egnp.exe\u202c"))
    texts = [
        f"---\nlicense: mit\n---\n# Gadget {n}\n\nBy maker{n}. {hostile}\n" for n in range(CARDS)
    ]
    rows = [{"id": f"maker{n}/gadget-{n}", "text": text} for n, text in enumerate(texts)]
    (folder / "cards.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with running_app(folder) as address:
        yield address


def test_cards_are_read_by_keyboard_alone(browser: sync_api.Browser, address: str) -> None:
    with visiting(browser, f"{address}#read") as visit:
        page = visit.page
        page.wait_for_selector(".begin")
        _fill(page, "first", "cards.jsonl", "6", "2")
        page.keyboard.press("Enter")
        page.wait_for_selector(".row")
        assert faults(page) == []
        page.get_by_label("Your name").focus()
        page.keyboard.type("ann")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Begin to read"
        page.keyboard.press("Enter")
        page.wait_for_selector(".reader .drawn")
        assert faults(page) == []
        assert page.inner_text("[aria-current=step] .name").startswith("Identity")
        page.keyboard.type("s")
        source = page.inner_text(".source")
        assert "⟦U+202E⟧" in source
        assert "maker" not in source
        assert "gadget" not in source.lower()
        page.keyboard.type("s")
        page.keyboard.type("3")
        page.click(".drawn .heading")  # who scrolls with the mouse goes on with the keys
        page.keyboard.type("4")
        page.keyboard.press("Enter")  # seven are missing: nothing is saved
        assert page.inner_text("[aria-current=step] .name").startswith("Data")
        assert page.inner_text("h1") == "Card 1 of 8"
        page.keyboard.type("2222221")
        _answer(page)
        page.keyboard.press("p")
        expect(page.locator("h1")).to_have_text("Card 1 of 8")
        pressed = page.locator(".levels [aria-pressed=true]").all_inner_texts()
        assert pressed == list("342222221")
        _answer(page)
        page.keyboard.press("x")
        expect(page.locator("h1")).to_have_text("Card 3 of 8")
        for _ in range(6):
            page.keyboard.type("432123451")
            _answer(page)
        assert page.inner_text("h1") == "All 8 cards are read"
        expect(page.locator("h1")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.click("text=Agreement")
        page.wait_for_selector(".agreement table")
        assert page.inner_text("h1").startswith("The judge agrees with the reader by ")
        assert page.locator(".readers tbody tr").inner_text().split("\t")[:2] == ["ann", "8 of 8"]
        assert faults(page) == []


def test_a_server_that_is_away_costs_no_answer(browser: sync_api.Browser, address: str) -> None:
    options = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}
    with visiting(browser, f"{address}#read", **options) as visit:
        page = visit.page
        page.wait_for_selector(".begin")
        _fill(page, "second", "cards.jsonl", "6", "0")
        page.keyboard.press("Enter")
        page.get_by_label("Your name").fill("bob")
        page.locator(".row", has_text="second").get_by_role("button").click()
        page.wait_for_selector(".reader .drawn")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert faults(page) == []
        page.keyboard.type("432123451")
        page.route("**/save", lambda route: route.abort())
        page.keyboard.press("Enter")
        page.wait_for_selector(".wrong:has-text('The app does not answer')")
        page.unroute("**/save")
        _answer(page)
        assert page.inner_text("h1") == "Card 2 of 6"
        assert page.inner_text(".reader .wrong") == ""
        page.reload()
        page.wait_for_selector(".reader .drawn")
        assert page.inner_text("h1") == "Card 2 of 6"
        visit.messages = [words for words in visit.messages if "ERR_FAILED" not in words]


def _fill(page: sync_api.Page, *values: str) -> None:
    """Fill the form of a new reading by keyboard."""
    page.locator(".begin input").first.focus()
    for value in values:
        page.keyboard.press("Control+a")
        page.keyboard.type(value)
        page.keyboard.press("Tab")


def _answer(page: sync_api.Page) -> None:
    """Save, and wait for what is next."""
    before = page.inner_text("h1")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).not_to_have_text(before)
