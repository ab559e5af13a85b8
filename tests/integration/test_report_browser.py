"""The report in a real browser: nothing hostile runs, nothing is requested, everything works."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cardiogram.report import write_report
from studies import HOSTILE_ROWS, Row, make_study

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium"),
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """An open report and everything that it did unasked."""

    page: sync_api.Page
    address: str
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    more = [Row(f"more/{i:02}", 3, 30 - i, text=f"# {i}\n") for i in range(30)]
    return write_report(make_study(tmp_path_factory.mktemp("study"), [*HOSTILE_ROWS, *more]))


@pytest.fixture
def visit(browser: sync_api.Browser, report: Path) -> Iterator[Visit]:
    page = browser.new_page(color_scheme="light")
    made = Visit(page, report.as_uri())
    page.on("console", lambda message: made.messages.append(message.text))
    page.on("pageerror", lambda error: made.messages.append(str(error)))
    page.on("request", lambda request: made.requests.append(request.url))
    page.on("dialog", lambda dialog: (made.messages.append("dialog"), dialog.dismiss()))
    page.goto(made.address)
    yield made
    assert page.evaluate("window.__pwned") is None
    assert made.messages == []
    assert [url for url in made.requests if not url.startswith("data:")] == [made.address]
    page.close()


def first_ids(page: sync_api.Page) -> list[str]:
    return page.locator("#rows .id").all_inner_texts()[:3]


def test_sorts_by_click_and_by_keyboard(visit: Visit) -> None:
    page = visit.page
    head = page.locator("#table th[data-key=overall]")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert first_ids(page)[0] == "beta/good"
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert first_ids(page)[0] == "alpha/poor"
    page.locator("#table th[data-key=id] button").click()
    assert head.get_attribute("aria-sort") is None
    assert first_ids(page)[0] == "alpha/poor"


def test_models_without_a_value_go_last_in_both_directions(visit: Visit) -> None:
    page = visit.page
    for _ in range(2):
        page.locator("#table th[data-key=overall] button").click()
        page.locator("#next").click()
        assert page.locator("#rows .id").all_inner_texts()[-1] == "eta/none"


def test_filters_by_text_rating_and_task(visit: Visit) -> None:
    page = visit.page
    page.locator("#search").fill("more/1 TRANSFORMERS")
    assert page.locator("#count").inner_text() == "10 of 37 models"
    page.locator("#search").fill("")
    page.locator("#lowest").select_option("4")
    assert sorted(first_ids(page)) == ["beta/good", 'eps/"onmouseover="window.__pwned=6']
    page.locator("#task").select_option("fill-mask")
    assert first_ids(page) == ["beta/good"]
    page.locator("#highest").select_option("4")
    assert page.locator("#rows tr").count() == 0


def test_pages_hold_all_models(visit: Visit) -> None:
    page = visit.page
    assert page.locator("#rows tr").count() == 25
    page.locator("#next").click()
    assert page.locator("#rows tr").count() == 12
    assert page.locator("#next").is_disabled()


def test_opens_a_card_by_keyboard_and_closes_it(visit: Visit) -> None:
    page = visit.page
    button = page.locator("#rows button", has_text="alpha/poor")
    button.focus()
    page.keyboard.press("Enter")
    viewer = page.locator("#viewer")
    assert viewer.is_visible()
    assert viewer.locator(".scores tbody tr").count() == 9
    text = viewer.locator(".source").inner_text()
    assert "</script><script>window.__pwned = 1</script>" in text
    assert "⟦U+202E⟧gnp.exe" in text
    assert viewer.locator("img, script").count() == 0
    link = viewer.locator("a")
    assert link.get_attribute("href") == "https://huggingface.co/alpha/poor"
    assert link.get_attribute("rel") == "noopener noreferrer"
    viewer.locator(".facts button").click()
    assert viewer.locator(".source li.marked").count() == 2
    page.keyboard.press("Escape")
    assert not viewer.is_visible()
    assert page.evaluate("document.activeElement.textContent") == "alpha/poor"


def test_every_hostile_card_opens_harmlessly(visit: Visit) -> None:
    page = visit.page
    page.locator("#rows button").first.click()
    for _ in range(6):
        page.locator("#viewer .tools button", has_text="Next").click()
    page.wait_for_timeout(100)
    assert page.locator("#viewer .tools button", has_text="Previous").is_enabled()


def test_a_cut_text_says_so(visit: Visit) -> None:
    visit.page.locator("#rows button", has_text="gamma/long").click()
    assert "the card has 1,048,583 bytes" in visit.page.locator("#viewer").inner_text()


def test_toggles_dark_mode(visit: Visit) -> None:
    page = visit.page
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.locator("#theme").click()
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"
    assert page.evaluate(colour) != light
    page.locator("#theme").click()
    assert page.evaluate(colour) == light


def test_fits_a_narrow_screen(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 400, "height": 800})
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 400


def test_reads_without_javascript(browser: sync_api.Browser, report: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(report.as_uri())
    assert page.locator("#rows tr").count() == 37
    assert not page.locator(".controls").is_visible()
    assert page.locator("noscript").is_visible()
    page.close()
