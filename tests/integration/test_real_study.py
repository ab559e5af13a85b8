"""The report of the 473 models of the stand-in, as a file and in the app, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import (
    difference,
    faults,
    needs_chromium,
    settle,
    sync_api,
    visiting,
)
from running_app import running_app
from stand_in import running_stand_in

from cardiogram.analysis.analyze import analyze
from cardiogram.collect.collect import Source, collect
from cardiogram.hub import HubSession, Query
from cardiogram.judge.load import load_judge
from cardiogram.judge.rate import rate_study
from cardiogram.report.page.html import write_report
from cardiogram.store import Study
from studies import place_by_task
from support import needs_shared

pytestmark = [pytest.mark.browser, needs_chromium, needs_shared, pytest.mark.slow]

MODELS = 473
PICTURES = Path(__file__).parent / "pictures"
TOLERANCE = 0.06
"""Part of a picture that may differ: half a pixel up or down moves the edges of every letter."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    found = Study(tmp_path_factory.mktemp("real") / "study")
    with running_stand_in() as hub:
        collect(found, Source(query=Query(limit=MODELS)), session=HubSession(hub.url))
    rate_study(found, [load_judge("embedded")])
    analyze(found, draws=200)
    place_by_task(found)
    return found


@pytest.fixture(scope="module")
def report(study: Study) -> Path:
    return write_report(study)


@pytest.fixture(scope="module")
def app(study: Study) -> Iterator[str]:
    with running_app(study.root) as address:
        yield f"{address}studies/{study.root.name}/"


@pytest.fixture(params=["file", "app"])
def address(request: pytest.FixtureRequest, report: Path, app: str) -> str:
    return report.as_uri() if request.param == "file" else app


def test_the_report_is_small(report: Path) -> None:
    assert report.stat().st_size < 5_000_000


def test_it_is_looked_at_from_end_to_end(browser: sync_api.Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        page = visit.page
        assert page.locator("#count").inner_text() == f"{MODELS} models"
        page.locator(".grid-head [data-key=likes] button").click()
        page.locator("#search").fill("llama")
        page.locator("#lowest").select_option("4")
        assert 0 < int(page.locator("#count").inner_text().split()[0]) < 100
        page.locator(".grid-row button").first.click()
        page.locator("#viewer .source li.noted").first.wait_for()
        page.locator("#viewer .close").click()
        page.get_by_role("button", name="Show all", exact=True).first.click()
        canvas = page.locator("#map-canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        for step in range(100):  # somewhere on a diagonal there is a point
            x, y = box["x"] + box["width"] * step / 100, box["y"] + box["height"] * step / 100
            page.mouse.move(x, y)
            if page.locator("#tip").is_visible():
                break
        assert "rated" in page.locator("#tip").inner_text()
        page.locator("#theme").click()
        page.locator("#colour-by").select_option("rating")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_it_looks_as_it_did(
    browser: sync_api.Browser, report: Path, scheme: str, width: int
) -> None:
    """`CARDIOGRAM_KEEP_PICTURES=1` keeps new ones: look at them before they are committed."""
    options = {"viewport": {"width": width, "height": 900}, "device_scale_factor": 0.5}
    with visiting(browser, report.as_uri(), color_scheme=scheme, **options) as visit:
        page = visit.page
        settle(page)
        taken = {"map": page.locator(".map-frame").screenshot()}
        page.locator(".grid-row button").nth(3).click()
        page.locator("#viewer .source").wait_for()
        page.evaluate("document.activeElement.blur()")
        settle(page)
        taken["card"] = page.screenshot()
    for name, picture in taken.items():
        path = PICTURES / f"{name}-{scheme}-{width}.png"
        if os.environ.get("CARDIOGRAM_KEEP_PICTURES"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(picture)
        found = difference(browser, path.read_bytes(), picture)
        assert isinstance(found, (int, float)), f"{path.name}: other sizes, {found}"
        assert found < TOLERANCE, f"{path.name}: {found:.1%} of it differs"


def test_another_picture_would_be_noticed(browser: sync_api.Browser) -> None:
    light, dark = (PICTURES / f"map-{scheme}-1280.png" for scheme in ("light", "dark"))
    assert difference(browser, light.read_bytes(), dark.read_bytes()) > 0.5
    narrow = (PICTURES / "map-light-400.png").read_bytes()
    assert isinstance(difference(browser, light.read_bytes(), narrow), list)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(browser: sync_api.Browser, report: Path, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme, bypass_csp=True)  # axe is a foreign script
    page.goto(report.as_uri())
    page.wait_for_selector(".ready")
    page.locator(".menu summary").click()
    page.locator(".grid-row button").first.click()
    page.locator("#viewer .source").wait_for()
    assert faults(page) == []
    if scheme == "light":  # a fault would be noticed
        page.evaluate("document.querySelector('h1').append(new Image())")
        assert [fault.partition(":")[0] for fault in faults(page)] == ["image-alt"]
    page.close()
