"""Studies in the app: by keyboard to what a choice of models shows, and to where a card lies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chromium import needs_chromium, sync_api, visiting
from running_app import running_app

from cardiogram.maps.place import REFERENCE_FILE
from cardiogram.store import write_atomically
from studies import HOSTILE_ROWS, Row, make_study

pytestmark = [pytest.mark.browser, needs_chromium]
ROWS = [
    Row(
        f"org{i % 9}/m{i}",
        1 + i % 5,
        10 * (i % 7),
        i % 4,
        f"# Card {i}\n\nWords.\n",
        "fill-mask" if i % 2 else "text-generation",
        place=(0.1 * (i % 8) - 0.4, 0.1 * (i // 8)),
        segment="some",
    )
    for i in range(48)
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("w")
    study = make_study(root / "mapped", ROWS)
    write_atomically(study.map.folder / "fitted.npy", REFERENCE_FILE.read_bytes())
    make_study(root / "hostile", HOSTILE_ROWS)
    with running_app(root) as address:
        yield address


def test_from_the_list_to_a_comparison_by_keyboard(browser: sync_api.Browser, app: str) -> None:
    with visiting(browser, f"{app}#studies") as visit:
        page = visit.page
        page.get_by_role("link", name="mapped").wait_for()
        assert page.get_by_role("img", name="10 rated 1, 10 rated 2").count() == 1
        page.get_by_label("Study").focus()
        page.keyboard.type("mapped")
        page.get_by_label("with the earlier one").focus()
        page.keyboard.type("hostile")
        page.get_by_role("button", name="Compare").press("Enter")
        page.get_by_text("The two studies have no model in common.").first.wait_for()
        assert page.evaluate("document.activeElement.tagName") == "H1"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visit.assert_clean()


def test_a_choice_of_models_is_explored_and_another_one_asked_anew(
    browser: sync_api.Browser, app: str
) -> None:
    with visiting(browser, f"{app}studies/mapped/") as visit:
        page = visit.page
        exploring = page.locator(".exploring")
        exploring.get_by_text("For all models the study itself says it.").wait_for()
        assert exploring.get_by_role("button").count() == 0
        page.locator("#task").select_option("fill-mask")
        exploring.get_by_role("button", name="Relate them for these 24 models").press("Enter")
        exploring.get_by_text("Exploration, no finding: 24 rated models by 9 authors").wait_for()
        assert "This is your first look." in exploring.inner_text()
        assert exploring.get_by_role("row").count() >= 3
        page.locator("#search").fill("org1/")
        exploring.get_by_role("row").first.wait_for(state="detached")
        exploring.get_by_role("button").press("Enter")
        exploring.get_by_text("You have looked at 2 choices").wait_for()
        assert "models have both numbers" in exploring.inner_text()
        visit.assert_clean()


def test_a_card_is_found_on_the_map_or_placed_there(browser: sync_api.Browser, app: str) -> None:
    with visiting(browser, f"{app}studies/mapped/") as visit:
        page = visit.page
        page.locator(".whereabouts summary").press("Enter")
        field = page.get_by_label("Id, address or folder")
        field.fill("ORG1/M1")
        field.press("Enter")
        page.get_by_text("org1/m1 is in the study: it has the ring.").wait_for()
        page.evaluate(
            "sessionStorage.setItem('cardiogram-card', JSON.stringify("
            "{text: '# Sentiment\\n\\nFine-tuned from bert for text classification.'}))"
        )
        page.reload()
        page.locator(".whereabouts summary").press("Enter")
        page.get_by_role("button", name="Show the card at hand").press("Enter")
        page.get_by_text("cards here are rated lower").wait_for()
        visit.assert_clean()
