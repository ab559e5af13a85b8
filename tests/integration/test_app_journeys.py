"""What goes across the views of the app: by keyboard alone, over a slow line, and over its end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import pytest
from chromium import needs_chromium, sync_api, visiting
from commands import CommandLine
from stand_in import StandIn
from test_app_improve import CARD, CONFIG
from test_app_studies import ROWS

from made_tracks import make_ledger
from studies import make_study

expect = sync_api.expect
pytestmark = [pytest.mark.browser, needs_chromium]
ANSWER = "It takes egrets for herons at dusk."
PATIENCE = 60_000.0
"""Milliseconds, on a machine that has much else to do."""
TYPED = "# Otter\n\nIt swims, and was typed by hand."
CARD_AT_HAND = "JSON.parse(sessionStorage['cardiogram-card']).text"
NAME_OF_FOCUS = """() => {
  const place = document.activeElement;
  return place.ariaLabel || place.labels?.[0]?.innerText || place.innerText || "";
}"""


@dataclass
class Served:
    """The app in a process of its own, which may be killed and started again."""

    line: CommandLine
    address: str = ""
    process: Popen[str] | None = None

    def start(self) -> None:
        """Start it, at the port where it was."""
        port = self.address.rstrip("/").rpartition(":")[2] or "0"
        self.process = self.line.start("serve", ".", "--port", port, "--json")
        assert self.process.stdout is not None
        self.address = json.loads(self.process.stdout.readline())["address"]

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("workspace")
    make_study(root / "mapped", ROWS)
    make_study(root / "earlier", ROWS[:40])
    make_ledger(root / "ledger")
    rows = [{"id": f"maker/gadget-{n}", "text": f"# Gadget {n}\n\nIt ticks.\n"} for n in range(3)]
    (root / "cards.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (root / "heron").mkdir()
    (root / "heron" / "config.json").write_text(json.dumps(CONFIG))
    return root


@pytest.fixture(scope="module")
def started(workspace: Path, stand_in: StandIn) -> Iterator[Served]:
    state = {"XDG_STATE_HOME": str(workspace.parent)}
    app = Served(CommandLine(workspace, stand_in.url, "hf_test_token", extra=state))
    app.start()
    yield app
    app.kill()


@pytest.fixture
def app(started: Served, workspace: Path, hub: StandIn) -> Served:
    """Give the app with the model as it was, in the folder and on the Hub."""
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


def title(page: sync_api.Page, *words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(*words, timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


LOOKS = [(360, "dark", "heron"), (768, "light", "tester/heron"), (1440, "light", "heron")]


@pytest.mark.parametrize(("width", "scheme", "card"), LOOKS)
def test_every_view_by_keyboard_alone(
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
        tab(page, "Studies")
        page.locator(".bars").first.wait_for()
        tab(page, "Compare")
        title(page, "earlier")
        page.go_back()
        page.locator(".bars").first.wait_for()
        tab(page, "mapped")
        page.locator(".exploring").wait_for()
        page.go_back()
        title(page, "Studies")
        tab(page, "Over time")
        title(page, "2 models watched")
        tab(page, "wildspire/heron")
        title(page, "wildspire/heron")
        tab(page, "Read")
        _read(page, str(width))
        tab(page, "Jobs")
        title(page, "Jobs")
        tab(page, "Card")
        title(page, card)
        page.get_by_label("The card’s text").get_by_text("It is quick.").wait_for()


def _improve(page: sync_api.Page, card: str) -> None:
    page.locator(".draft").wait_for()
    title(page, card)
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator(".proof").first).to_contain_text("config.json")
    page.locator("#ask-limitations").focus()
    page.keyboard.type(ANSWER)
    page.get_by_text("In the draft.").wait_for()


def _read(page: sync_api.Page, name: str) -> None:
    page.locator(".begin").wait_for()
    title(page, "Rate cards")
    for label, value in (
        ("Name", name),
        ("Cards of.*", "cards.jsonl"),
        ("How many", "3"),
        ("Of these.*", "0"),
    ):
        write(page, label, value)
    page.keyboard.press("Enter")
    page.locator(".row", has_text=name).wait_for()
    write(page, "Your name", "ann")
    tab(page, "Begin to read")
    for card in ("Card 1", "Card 2", "Card 3"):
        title(page, card)
        page.keyboard.type("432123451")
        page.keyboard.press("Enter")
    title(page, "All 3 cards are read")
    tab(page, "Back to the readings")
    tab(page, "Agreement")
    title(page, "judge agrees")


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
        # Who goes elsewhere while a card is opened is not fetched back, and keeps what is written.
        with page.expect_response("**/api/open"):
            page.evaluate("location.hash = '#improve/tester/heron'")
            page.get_by_text("Opening it").wait_for()
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
        app.kill()
        page.locator("#ask-limitations").fill(ANSWER)
        page.get_by_role("alert").get_by_text("The app does not answer").wait_for()
        assert page.get_by_text("In the card already.").count() == 0
        page.get_by_role("link", name="Card", exact=True).click()
        page.get_by_label("Open a model").wait_for()
        page.get_by_role("link", name="Work list").click()
        page.get_by_text("This view could not be loaded").wait_for()
        app.start()
        title(page, "Which of your cards")  # by itself
        page.get_by_role("link", name="Studies").click()
        page.locator(".bars").first.wait_for()
        app.kill()
        page.get_by_role("link", name="Card", exact=True).click()
        page.get_by_role("alert").get_by_text("The editor could not be loaded").wait_for()
        page.get_by_role("link", name="Studies").click()
        page.get_by_role("alert").get_by_text("The app does not answer").wait_for()
        app.start()
        page.locator(".bars").first.wait_for()
        page.get_by_role("link", name="Improve").click()
        page.locator("ins", has_text=ANSWER).wait_for()
        visit.messages.clear()  # Chromium's own lines on what did not answer
