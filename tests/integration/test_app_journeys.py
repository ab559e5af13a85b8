"""What goes across the views of the app: by keyboard alone, over a slow line, and over its end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from chromium import needs_chromium, sync_api, visiting
from running_app import running_server, work_here
from stand_in import StandIn
from test_app_improve import CARD, CONFIG
from test_app_studies import ROWS

from cardiogram.app import App
from cardiogram.app.worker import KillableWorkers
from cardiogram.hub import HubSession
from made_tracks import make_ledger
from studies import make_study

expect = sync_api.expect
pytestmark = [pytest.mark.browser, needs_chromium]
ANSWER = "It takes egrets for herons at dusk."
PATIENCE = 60_000.0
"""Milliseconds, on a machine that has much else to do."""
expect.set_options(timeout=PATIENCE)
TYPED = "# Otter\n\nIt swims."
CARD_AT_HAND = "JSON.parse(sessionStorage['cardiogram-card']).text"
NAME_OF_FOCUS = """() => {
  const place = document.activeElement;
  return place.ariaLabel || place.labels?.[0]?.innerText || place.innerText || "";
}"""


@dataclass
class Served:
    """The app, which may end and be started again where it was."""

    folder: Path
    address: str = ""
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        port = int(self.address.rstrip("/").rpartition(":")[2] or "0")
        server = self._running.enter_context(running_server(self.folder, port=port))
        self.address = server.address

    def end(self) -> None:
        self._running.close()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("workspace")
    make_study(root / "mapped", ROWS)
    make_study(root / "earlier", ROWS[:40])
    make_ledger(root / "ledger")
    (root / "heron").mkdir()
    (root / "heron" / "config.json").write_text(json.dumps(CONFIG))
    return root


@pytest.fixture(scope="module")
def started(workspace: Path, stand_in: StandIn) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KillableWorkers, "run", work_here)
        patch.setattr(App, "session", lambda self: HubSession(stand_in.url))
        app = Served(workspace)
        app.start()
        yield app
        app.end()


@pytest.fixture
def app(started: Served, workspace: Path, hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> Served:
    """Give the app with the model as it was, in the folder and on the Hub."""
    monkeypatch.setenv("HF_TOKEN", "hf_test_token")
    monkeypatch.setenv("XDG_STATE_HOME", str(workspace.parent))
    (workspace / "heron" / "README.md").write_text(CARD)
    hub.add({"id": "tester/heron", "readme": CARD, "files": {"config.json": json.dumps(CONFIG)}})
    return started


def tab(page: sync_api.Page, name: str, key: str = "Enter") -> None:
    """Go to a control with the tabulator, see that it is in sight, and press a key."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if re.fullmatch(name, page.evaluate(NAME_OF_FOCUS).strip()):
            expect(page.locator("*:focus").first).to_be_in_viewport()
            break
    else:
        raise AssertionError(f"no {name!r} by keyboard")
    if key:
        page.keyboard.press(key)


def write(page: sync_api.Page, name: str, text: str) -> None:
    tab(page, name, "Control+a")
    page.keyboard.type(text)


def title(page: sync_api.Page, words: str, *, has_focus: bool = False) -> None:
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(words, timeout=PATIENCE)
    if has_focus:
        expect(heading).to_be_focused(timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


LOOKS = [(360, "dark", "heron"), (1440, "light", "tester/heron")]


@pytest.mark.parametrize(("width", "scheme", "card"), LOOKS)
def test_a_card_by_keyboard_alone(
    browser: sync_api.Browser,
    app: Served,
    hub: StandIn,
    workspace: Path,
    width: int,
    scheme: str,
    card: str,
) -> None:
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    with visiting(browser, app.address, **look) as visit:
        page, press = visit.page, visit.page.keyboard.press
        page.set_default_timeout(PATIENCE)
        write(page, "Open a model.*", card)
        press("Enter")
        page.locator(".criteria").wait_for()
        title(page, card)
        press("Control+End")  # the editor has the focus
        page.keyboard.type("It is quick.")
        page.get_by_role("button", name="What I changed").wait_for()
        tab(page, "Improve this card")
        _improve(page, card)
        if card == "heron":
            tab(page, "Write into the folder")
            page.get_by_text("Written: heron/README.md").wait_for()
            text = (workspace / "heron" / "README.md").read_text()
        else:
            tab(page, "Show the pull request")
            tab(page, f"Send it to {card} as tester")
            page.get_by_text("Sent: pull request 1.").wait_for()
            text = hub.inside(card)["files"]["refs/pr/1"]["README.md"]
        assert ANSWER in text
        assert "It is quick." in text
        tab(page, "Card")
        title(page, card)
        page.get_by_label("The card’s text").get_by_text("It is quick.").wait_for()


def test_from_view_to_view_and_back_the_focus_is_never_lost(
    browser: sync_api.Browser, app: Served
) -> None:
    look = {"color_scheme": "dark", "viewport": {"width": 768, "height": 800}}
    with visiting(browser, f"{app.address}#studies", **look) as visit:
        page = visit.page
        page.set_default_timeout(PATIENCE)
        page.locator(".bars").first.wait_for()
        tab(page, "Compare")
        title(page, "earlier", has_focus=True)
        page.go_back()
        title(page, "Studies", has_focus=True)
        tab(page, "Over time")
        title(page, "2 models watched", has_focus=True)
        tab(page, "wildspire/heron")
        title(page, "wildspire/heron", has_focus=True)
        page.go_back()
        title(page, "2 models watched", has_focus=True)
        for view, words in (("Read", "Rate cards"), ("Jobs", "Jobs"), ("Work list", "Which of")):
            tab(page, view)
            title(page, words, has_focus=True)
        write(page, "A name on the Hub.*", "./")
        page.keyboard.press("Enter")
        page.locator(".to-mend tbody tr").wait_for()
        tab(page, "Leaf through the drafts")
        title(page, "heron", has_focus=True)
        page.locator(".overall").wait_for()
        tab(page, "Take it up in Improve")
        page.locator(".draft").wait_for()
        title(page, "heron", has_focus=True)
        page.go_back()
        page.locator(".overall").wait_for()
        page.keyboard.press("Escape")
        title(page, "./: 1 model", has_focus=True)


def _improve(page: sync_api.Page, card: str) -> None:
    page.locator(".draft").wait_for()
    title(page, card)
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator(".proof").first).to_contain_text("config.json")
    page.locator("#ask-limitations").focus()
    page.keyboard.type(ANSWER)
    page.get_by_text("In the draft.").wait_for()


def test_a_slow_line_and_a_slow_processor_mix_nothing_up(
    browser: sync_api.Browser, app: Served
) -> None:
    with visiting(browser, app.address) as visit:
        page = visit.page
        page.set_default_timeout(PATIENCE)
        page.locator(".cm-content").wait_for()
        line = page.context.new_cdp_session(page)
        speed = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
        line.send("Network.emulateNetworkConditions", {"offline": False, **speed})
        line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.get_by_label("The card’s text").focus()
        page.keyboard.type(TYPED)
        page.locator(".criteria").wait_for()
        line.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        # Who goes elsewhere while a card is opened is not fetched back, and keeps what is written.
        with page.expect_response("**/api/open"):
            with page.expect_request("**/api/open"):
                page.evaluate("location.hash = '#improve/tester/heron'")
            page.evaluate("location.hash = '#work'")
        title(page, "Which of your cards")
        assert page.evaluate(CARD_AT_HAND) == TYPED
        # Of two cards that are asked for, the later one is shown; the text before can be had back.
        page.evaluate("location.hash = '#card'")
        held: list[sync_api.Route] = []
        page.route("**/api/open", lambda route: route.fallback() if held else held.append(route))
        for target in ("tester/heron", "heron"):
            page.get_by_label("Open a model").fill(target)
            page.get_by_role("button", name="Open", exact=True).click()
        title(page, "heron")
        with page.expect_response("**/api/open"):
            held[0].continue_()
        page.get_by_role("button", name="Back to A pasted card").click()
        title(page, "A pasted card")
        page.get_by_label("The card’s text").get_by_text("It swims").wait_for()


def test_the_end_of_the_server_costs_no_word_and_no_reload(
    browser: sync_api.Browser, app: Served
) -> None:
    with visiting(browser, f"{app.address}#improve/heron") as visit:
        page = visit.page
        page.set_default_timeout(PATIENCE)
        page.locator("#ask-limitations").wait_for()
        app.end()
        page.locator("#ask-limitations").fill(ANSWER)
        page.get_by_role("alert").get_by_text("The app does not answer").wait_for()
        assert page.get_by_text("In the card already.").count() == 0
        page.get_by_role("link", name="Card", exact=True).click()
        page.get_by_role("alert").get_by_text("The editor could not be loaded").wait_for()
        page.get_by_role("link", name="Work list").click()
        page.get_by_text("This view could not be loaded").wait_for()
        app.start()
        title(page, "Which of your cards")  # by itself
        page.get_by_role("link", name="Improve").click()
        page.locator("ins", has_text=ANSWER).wait_for()
        visit.messages.clear()  # Chromium's own lines on what did not answer
