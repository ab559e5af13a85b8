"""What stands alone, in a real browser: badges, figures and the page of two studies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import AXE, faults

from cardiogram.analysis.compare import compare_studies
from cardiogram.check import check
from cardiogram.report.data.payload import build_payload
from cardiogram.report.document import render_checked_page
from cardiogram.report.figures.badge import make_badge, render_badge
from cardiogram.report.figures.figures import make_figures, write_drawings
from cardiogram.report.page.compare import render_comparison_page
from cardiogram.report.page.html import write_report
from cardiogram.report.page.look_back import draw_look_back, render_look_back
from hostile import PAYLOADS
from made_findings import add_findings
from made_tracks import BACK, make_single, make_watched
from studies import HOSTILE_ROWS, Row, make_study

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium"),
]
ROWS = [*HOSTILE_ROWS, *(Row(f"a{i % 9}/m{i}", 1 + i % 4, 10 ** (i % 5), i) for i in range(40))]
_FITS = """() => [...document.querySelectorAll('text')].every(text => {
    const box = text.getBoundingClientRect();
    const all = document.documentElement.getBoundingClientRect();
    return box.left >= all.left - 1 && box.right <= all.right + 1
        && box.top >= all.top - 1 && box.bottom <= all.bottom + 1;
})"""


_OVERLAP = """() => [...document.querySelectorAll('svg.chart')].flatMap(chart => {
    const boxes = [...chart.querySelectorAll('text')].filter(t => t.checkVisibility())
        .map(t => [t.textContent, t.getBoundingClientRect()]);
    return boxes.flatMap(([one, a], i) => boxes.slice(i + 1).filter(([, b]) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
        .map(([two]) => `${one} / ${two}`));
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


@pytest.fixture
def page(browser: sync_api.Browser) -> Iterator[sync_api.Page]:
    """Give a page that must say nothing, ask for nothing else, and run nothing of a card."""
    messages: list[str] = []
    requests: list[str] = []
    found = browser.new_page()
    found.on("console", lambda message: messages.append(message.text))
    found.on("pageerror", lambda error: messages.append(str(error)))
    found.on("request", lambda request: requests.append(request.url))
    yield found
    assert messages == []
    assert all(url.startswith("file:") for url in requests)
    found.close()


def test_the_page_of_two_studies_is_quiet_and_whole(page: sync_api.Page, tmp_path: Path) -> None:
    first, second = make_study(tmp_path / "<b>", ROWS), make_study(tmp_path / "b", ROWS[:-9])
    path = tmp_path / "compare.html"
    path.write_text(render_comparison_page(compare_studies(first, second, draws=200)), "utf-8")
    page.goto(path.as_uri())
    assert page.evaluate("window.__pwned") is None
    assert page.locator("section").count() == 5
    assert page.locator("h1 bdi").first.inner_text() == "<b>"
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


def test_every_figure_is_drawn_and_its_words_fit(page: sync_api.Page, tmp_path: Path) -> None:
    figures = make_figures(build_payload(make_study(tmp_path / "s", ROWS)))
    assert len(figures) >= 5
    for figure in figures:
        path = tmp_path / f"{figure.name}.svg"
        path.write_text(figure.svg, "utf-8")
        page.goto(path.as_uri())
        assert page.evaluate(_FITS), figure.name


@pytest.mark.parametrize("width", [400, 1280])
def test_no_words_of_a_reports_charts_overlap(
    page: sync_api.Page, tmp_path: Path, width: int
) -> None:
    study = make_study(tmp_path / "s", ROWS)
    add_findings(study)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(write_report(study).as_uri())
    assert page.locator("svg.chart-curve, svg.chart-within, svg.chart-traits").count() == 12
    assert page.evaluate(_OVERLAP) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_look_back_can_be_read_at_any_width_and_by_everybody(
    browser: sync_api.Browser, tmp_path: Path
) -> None:
    alone = [make_watched(), make_watched(make_single(200.0))]
    path = tmp_path / "back.html"
    path.write_text(render_look_back(BACK, alone, "cardiogram track study s"), "utf-8")
    page = browser.new_page(bypass_csp=True)
    page.goto(path.as_uri())
    assert page.locator("svg.chart").count() == 8
    page.locator("#alone summary").click()
    for width, scheme in ((400, "dark"), (1440, "light")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(_OVERLAP) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if AXE.exists():
            assert faults(page) == []
    drawn = [d for d in draw_look_back(BACK, alone) if d.key in ("event-study", "history-1")]
    for figure in write_drawings(drawn, "made", tmp_path, ["svg"]):
        page.goto(figure.as_uri())
        assert page.evaluate(_FITS), figure.name
    page.close()


def test_a_checked_card_is_read_at_any_width_and_printed(
    browser: sync_api.Browser, tmp_path: Path
) -> None:
    text = "# Parrot\n\n" + "\n\n".join(["Repeats.", "x" * 400, *PAYLOADS])
    path = tmp_path / "card.html"
    path.write_text(render_checked_page([check("-", data=text.encode(), id="me/parrot")]), "utf-8")
    page = browser.new_page(bypass_csp=True)
    page.goto(path.as_uri())
    assert page.evaluate("window.__pwned") is None
    for width, scheme in ((380, "dark"), (1280, "light")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if AXE.exists():
            assert faults(page) == []
    page.emulate_media(media="print")
    whole = page.locator(".whole")
    assert whole.evaluate("part => getComputedStyle(part).breakBefore") == "page"
    drawn = whole.locator(".card")
    assert drawn.evaluate("card => card.scrollHeight <= card.clientHeight")
    page.close()


@pytest.mark.parametrize("score", ["overall", "limitations"])
def test_a_badges_words_fit(page: sync_api.Page, tmp_path: Path, score: str) -> None:
    badge = make_badge(check("-", data=b"# Parrot\n\nRepeats.\n", id="me/parrot"), score)
    path = tmp_path / "badge.svg"
    path.write_text(render_badge(badge), "utf-8")
    page.goto(path.as_uri())
    assert page.evaluate(_FITS)
    widths = page.evaluate(
        "() => [...document.querySelectorAll('text')].map(text => text.getComputedTextLength())"
    )
    told = [float(text.get_attribute("textLength") or 0) for text in page.locator("text").all()]
    assert widths == pytest.approx(told, rel=0.15)  # fonts differ by machine
