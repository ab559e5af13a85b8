"""The card view in a real browser: a number that moves while one types, fixes, drops, refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import faults, needs_chromium, sync_api, visiting
from running_app import running_app

from hostile import PAYLOADS

pytestmark = needs_chromium
CARD = """---
license: apache-2.0
pipeline_tag: text-generation
---
# Parrot

Parrot repeats what it hears. It was made by Ada.

```
from transformers import pipeline

pipeline("text-generation", "acme/parrot")("Hello")
```
"""
PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  document.querySelector(".editor").shadowRoot.querySelector(".cm-content")
    .dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""
LIMITS = (
    "## Limitations\n\nIt fails on texts of over 512 tokens, and repeats the biases of its data.\n"
)


FALSE = "Its context length is 4096 tokens."


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "parrot").mkdir()
    (folder / "parrot" / "README.md").write_text(CARD, "utf-8")
    (folder / "parrot" / "config.json").write_text(
        '{"model_type": "gpt2", "n_positions": 1024}', "utf-8"
    )
    with running_app(folder) as address:
        yield address


def opened(page: sync_api.Page) -> sync_api.Locator:
    """Open the card of the workspace; gives the text that is written in."""
    page.get_by_role("button", name="parrot").click()
    page.locator(".criteria").wait_for()
    return page.get_by_label("The card’s text")


def write_limits(page: sync_api.Page) -> None:
    page.get_by_label("The card’s text").press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(LIMITS)


def shown(page: sync_api.Page) -> str:
    return page.locator(".overall-number .chip").inner_text()


def test_number_moves_while_one_types_and_a_reload_loses_nothing(browser: Any, app: str) -> None:
    with visiting(browser, app) as visit:
        page = visit.page
        opened(page)
        before = float(shown(page))
        write_limits(page)
        page.locator(".criteria tr", has_text="Limitations").locator(".up").wait_for()
        assert float(shown(page)) > before
        page.reload()
        page.locator(".criteria tr", has_text="Limitations").locator(".up").wait_for()
        page.get_by_role("button", name="What I changed").click()
        page.locator(".cm-changedLine").first.wait_for()
        assert "Limitations" in "".join(page.locator(".cm-changedLine").all_inner_texts())
        page.get_by_role("button", name="Back to writing").click()
        page.get_by_role("button", name="Count what moves from here").click()
        page.locator(".up").first.wait_for(state="detached")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        assert Path(download.value.path()).read_text("utf-8") == f"{CARD}\n{LIMITS}"


def test_what_the_files_contradict_is_said_until_it_is_mended(browser: Any, app: str) -> None:
    with visiting(browser, app) as visit:
        page = visit.page
        text = opened(page)
        text.press("Control+End")
        page.keyboard.type(FALSE)
        said = page.locator(".advice section", has_text="The files say something else")
        why, line = said.locator("li").inner_text().split("\n")
        assert why == "The card says 4096 tokens of input; config.json says 1024."
        said.get_by_role("button", name=line).click()
        for key in ("Shift+Home", "Backspace"):
            page.keyboard.press(key)
        page.keyboard.type(FALSE.replace("4096", "1024"))
        said.wait_for(state="detached")


def test_a_fault_is_found_fixed_and_taken_back_by_keyboard(browser: Any, app: str) -> None:
    with visiting(browser, app) as visit:
        page = visit.page
        opened(page).press("Control+Home")
        for _ in range(5):
            page.keyboard.press("F8")
            if page.locator(".line-notes").get_by_role("button", name="Fix").count():
                break
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Fix"
        page.keyboard.press("Enter")
        page.get_by_label("The card’s text").get_by_text("```python").wait_for()
        page.locator(".line-notes button").wait_for(state="detached")
        page.get_by_label("The card’s text").press("Control+z")
        page.locator(".line-notes button").wait_for()
        for key in ("Control+Home", *["ArrowDown"] * 4, "Shift+End"):
            page.keyboard.press(key)
        page.keyboard.type("# Otter")  # by itself Chromium would write a style attribute
        page.get_by_label("The card’s text").get_by_text("# Otter").wait_for()


def test_pasted_text_stays_text(browser: Any, app: str) -> None:
    hostile = "---\nlicense: mit\n---\n# A \u202e\u200b\n\n" + "\n\n".join(PAYLOADS)
    with visiting(browser, app) as visit:
        page = visit.page
        page.get_by_label("The card’s text").click()
        page.keyboard.insert_text(hostile)
        page.locator(".criteria").wait_for()
        assert page.locator(".cm-specialChar").all_inner_texts()[:2] == ["⟦U+202E⟧", "⟦U+200B⟧"]
        page.locator(".advice summary").click()
        page.get_by_label("Its id on the Hub").fill("<img src=x onerror=window.__pwned=1>")
        page.keyboard.press("Enter")
        page.locator("h1", has_text="<img").wait_for()
        page.evaluate(PASTE, "x" * 200_001)
        page.get_by_text("longer than 200,000 bytes").wait_for()
        assert page.get_by_text("xxxxxxxx").count() == 0


def test_a_folder_is_read_in_the_browser(browser: Any, app: str, tmp_path: Path) -> None:
    (tmp_path / "otter" / "deep").mkdir(parents=True)
    (tmp_path / "otter" / "README.md").write_text("# Otter\n\nIt swims.", "utf-8")
    (tmp_path / "otter" / "model.safetensors").write_bytes(b"\x02" + bytes(7) + b"{}" + bytes(90))
    with visiting(browser, app) as visit:
        page = visit.page
        page.get_by_label("The card’s text").click()
        page.keyboard.insert_text("./parrot")  # where a card should be
        page.get_by_role("button", name="Open ./parrot").click()
        page.get_by_role("heading", name="parrot").wait_for()
        page.get_by_label("Folder", exact=True).set_input_files(tmp_path / "otter")
        page.get_by_role("heading", name="A model folder").wait_for()
        assert "2 files" in page.locator(".whence").inner_text()
        page.get_by_role("button", name="Back to parrot").click()
        page.get_by_role("heading", name="parrot").wait_for()
        refusal = {"error": "no repository 'ada'", "hint": ""}
        page.route("**/api/open", lambda route: route.fulfill(status=404, json=refusal), times=1)
        page.get_by_label("Open a model").fill("ada")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="All cards of ada").wait_for()
        page.get_by_label("Open a model").fill("../outside")
        page.keyboard.press("Enter")
        assert "parrot" in page.get_by_role("heading", level=1).inner_text()
        page.get_by_role("link", name="All cards of ada").wait_for(state="detached")
        page.get_by_role("alert").wait_for()
        visit.messages.clear()  # Chromium's own line on the refusal


def test_an_app_that_is_gone_loses_no_word_and_is_asked_again(browser: Any, app: str) -> None:
    with visiting(browser, app) as visit:
        page = visit.page
        opened(page)
        page.route("**/api/rate", lambda route: route.abort())
        write_limits(page)
        page.get_by_text("The numbers are of an earlier text").wait_for()
        page.unroute("**/api/rate")
        page.locator(".criteria tr", has_text="Limitations").locator(".up").wait_for()
        assert page.get_by_text("The numbers are of an earlier text").count() == 0
        visit.messages.clear()


def test_an_answer_that_comes_late_shows_no_other_card(browser: Any, app: str) -> None:
    with visiting(browser, app) as visit:
        page = visit.page
        late: list[Any] = []
        goes_on: list[Any] = []
        page.route(
            "**/api/rate",
            lambda route: route.continue_() if goes_on else late.append(route),
        )
        page.get_by_label("The card’s text").click()
        page.keyboard.insert_text("# Nothing")
        page.wait_for_timeout(100)
        page.get_by_label("Open a model").fill("parrot")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="parrot").wait_for()
        goes_on.append(True)
        scores = [{"name": "overall", "score": 5, "expected": 4.9, "low": None, "high": None}]
        answer = {"scores": scores, "evidence": [], "gaps": [], "findings": [], "problems": []}
        for route in late:
            about = json.loads(route.request.post_data)["text"]
            route.fulfill(json=answer) if about == "# Nothing" else route.continue_()
        page.locator(".criteria tr").first.wait_for()
        assert re.fullmatch("[1-3][.][0-9]", shown(page))


def test_axe_finds_no_serious_fault_at_any_width(browser: Any, app: str) -> None:
    page = browser.new_page(bypass_csp=True)  # axe is a foreign script
    page.goto(app)
    opened(page)
    write_limits(page)
    page.locator(".up").first.wait_for()
    for width, scheme in ((1440, "light"), (360, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
