"""The work list and Over time in a browser: by keyboard, hostile, and with the server away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from chromium import faults, needs_chromium, sync_api, visiting
from running_app import running_app

from cardiogram.track.history import write_events
from hostile import PAYLOADS
from made_tracks import HISTORY, make_ledger

expect = sync_api.expect
pytestmark = [pytest.mark.browser, needs_chromium]
HOSTILE = "<img src=x onerror='window.__pwned = 1'>"
SMALL = {"color_scheme": "dark", "viewport": {"width": 360, "height": 800}}
DONE = "() => document.querySelector('.to-mend tbody tr') !== null"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("workspace")
    texts = {"heron": "# Heron\n\n" + "\n\n".join(PAYLOADS), HOSTILE: "# X\n", "tern": "# Tern\n"}
    for name, text in texts.items():
        (root / "models" / name).mkdir(parents=True)
        (root / "models" / name / "README.md").write_text(f"---\nlicense: mit\n---\n{text}")
        (root / "models" / name / "config.json").write_text('{"model_type": "bert"}')
    make_ledger(root / "ledger")
    titled = tuple(replace(event, title=HOSTILE) for event in HISTORY.events)
    write_events(root / "ledger", replace(HISTORY, events=titled, problems=(HOSTILE,)))
    with running_app(root) as address:
        yield address


def test_cards_are_read_and_their_drafts_leafed_through_by_keyboard(
    browser: sync_api.Browser, address: str
) -> None:
    with visiting(browser, f"{address}#work", **SMALL) as visit:
        page = visit.page
        page.get_by_label("A name on the Hub, or a folder here").focus()
        page.keyboard.type("./models")
        page.keyboard.press("Enter")
        page.wait_for_function(DONE)
        assert page.inner_text("h1").startswith("./models: 3 models, ")
        assert page.locator(".to-mend tbody tr").count() == 3
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.locator(".missing .more").first.focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="limitations").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".to-mend h2")).to_have_text("3 cards without limitations")
        page.get_by_role("link", name="Leaf through the drafts").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".overall")
        seen = [page.inner_text("h1")]
        assert faults(page) == []
        for place in ("2 of 3", "3 of 3"):
            page.keyboard.press("ArrowRight")
            expect(page.locator(".leaf-bar .number")).to_have_text(place)
            page.wait_for_selector(".overall")
            assert page.evaluate("document.activeElement.tagName") == "H1"
            seen.append(page.inner_text("h1"))
        page.keyboard.press("ArrowRight")  # there is no other
        page.keyboard.press("ArrowLeft")
        expect(page.locator(".leaf-bar .number")).to_have_text("2 of 3")
        assert sorted(seen) == sorted([HOSTILE, "heron", "tern"])
        page.keyboard.press("Escape")
        page.wait_for_function(DONE)


def test_a_server_that_is_away_is_named_and_comes_back(
    browser: sync_api.Browser, address: str
) -> None:
    with visiting(browser, f"{address}#work") as visit:
        page = visit.page
        page.wait_for_selector(".about-form")
        page.route("**/api/work/**", lambda route: route.abort())
        page.get_by_label("A name on the Hub, or a folder here").fill("./models")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("The app does not answer")
        page.unroute("**/api/work/**")
        page.keyboard.press("Enter")
        page.wait_for_function(DONE)
        page.route("**/api/improve", lambda route: route.abort())
        page.get_by_role("link", name="Leaf through the drafts").click()
        expect(page.get_by_role("alert")).to_contain_text("The app does not answer")
        page.unroute("**/api/improve")
        page.locator(".overall").wait_for()  # by itself
        visit.messages[:] = [words for words in visit.messages if "ERR_FAILED" not in words]


def test_a_ledger_and_a_model_of_it_by_keyboard(browser: sync_api.Browser, address: str) -> None:
    with visiting(browser, f"{address}#time", **SMALL) as visit:
        page = visit.page
        page.wait_for_selector(".watched")
        assert page.inner_text("h1") == "2 models watched since 1 Mar 2026"
        assert faults(page) == []
        page.locator(".watched a").last.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".changes")
        assert page.locator(".figures svg").count() == 2
        assert page.get_by_text(HOSTILE).count() == 5  # words, and no element
        page.get_by_text("2 days of 9 not known").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("14 new downloads together (no snapshot)")).to_be_visible()
        page.get_by_role("button", name="Compare with models like it").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".answer")).to_contain_text("Nothing can be compared")
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 360
