"""The report and the app in a real browser: nothing hostile runs, everything works.

The viewer is the same in both; what depends on where its data come from is tested in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Visit, needs_chromium, settle, sync_api, visiting
from running_app import running_app

from cardiogram.report.page.html import write_report
from cardiogram.store import Study
from hostile import NAMES, PAYLOADS
from studies import HOSTILE_ROWS, Row, make_study

pytestmark = [pytest.mark.browser, needs_chromium]
MORE = 430


def rows() -> list[Row]:
    more = [
        Row(f"more/{i:03}", 3, 400 - i, text=f"# {i}\n", place=(i % 20, i // 20), segment="grid")
        for i in range(MORE)
    ]
    attacks = [
        Row(
            f"attack/{i:02}",
            1 + i % 5,
            5,
            text=f"# Attack\n\n{text}\n",
            task=text[:60],
            place=(30.0, float(i)),
            segment=text[:80] if i < 12 else None,
        )
        for i, text in enumerate(PAYLOADS)
    ]
    odd = [Row(f"{name}/{name}", 2, 4, task=name, place=(40, 40), segment=name) for name in NAMES]
    return [*HOSTILE_ROWS, *more, *attacks, *odd]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("study"), rows())


@pytest.fixture(scope="module")
def report(study: Study) -> Path:
    return write_report(study)


@pytest.fixture(scope="module")
def app(study: Study) -> Iterator[str]:
    with running_app(study.root) as address:
        yield f"{address}studies/{study.root.name}/"


IN_BOTH = pytest.mark.parametrize("visit", ["file", "app"], indirect=True)


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, browser: sync_api.Browser, report: Path, app: str
) -> Iterator[Visit]:
    home = getattr(request, "param", "file")
    with visiting(browser, report.as_uri() if home == "file" else app) as made:
        yield made


@pytest.fixture
def page(visit: Visit) -> sync_api.Page:
    return visit.page


def first_ids(page: sync_api.Page) -> list[str]:
    return page.locator(".grid-row .id").all_inner_texts()[:3]


def head(page: sync_api.Page, key: str) -> sync_api.Locator:
    return page.locator(f".grid-head [data-key={key}]")


# The table -----------------------------------------------------------------------------------


@IN_BOTH
def test_sorts_by_click_and_by_keyboard(page: sync_api.Page) -> None:
    page.locator("#search").fill("a/")
    rating = head(page, "overall")
    rating.locator("button").click()
    assert rating.get_attribute("aria-sort") == "descending"
    assert first_ids(page)[0] == "beta/good"
    rating.locator("button").press("Enter")
    assert rating.get_attribute("aria-sort") == "ascending"
    assert first_ids(page)[0] == "alpha/poor"
    head(page, "id").locator("button").click()
    assert rating.get_attribute("aria-sort") is None
    assert first_ids(page)[0] == "alpha/poor"


def test_models_without_a_value_go_last_in_both_directions(page: sync_api.Page) -> None:
    for _ in range(2):
        head(page, "overall").locator("button").click()
        head(page, "overall").locator("button").press("Control+End")
        page.wait_for_function("document.activeElement.closest('[aria-rowindex]').ariaRowIndex > 2")
        row = page.evaluate("document.activeElement.closest('.grid-row').textContent")
        assert row.startswith("eta/none")


def test_filters_by_text_rating_task_and_segment(page: sync_api.Page) -> None:
    total = f"of {len(rows())} models"
    page.locator("#search").fill("more/01 TRANSFORMERS")
    assert page.locator("#count").inner_text() == f"10 {total}"
    page.get_by_role("button", name="Show all", exact=True).first.click()
    assert page.locator("#count").inner_text() == f"{len(rows())} models"
    page.locator("#lowest").select_option("4")
    page.locator("#search").fill("eta")
    assert first_ids(page) == ["beta/good"]
    page.locator("#search").fill("")
    page.locator("#task").select_option("fill-mask")
    assert first_ids(page) == ["beta/good"]
    page.locator("#highest").select_option("4")
    assert page.locator("#count").inner_text() == f"0 {total}"
    page.locator("#highest").select_option("")
    page.locator("#lowest").select_option("")
    page.locator("#task").select_option("__proto__")
    assert first_ids(page) == ["__proto__/__proto__"]


def test_only_the_rows_in_view_are_in_the_document(page: sync_api.Page) -> None:
    grid = page.locator(".grid")
    assert grid.get_attribute("aria-rowcount") == str(len(rows()) + 1)
    assert page.locator(".grid-row").count() < 60
    grid.evaluate("grid => { grid.scrollTop = grid.scrollHeight; }")
    page.locator(f'.grid-row[aria-rowindex="{len(rows()) + 1}"]').wait_for()
    assert page.locator(".grid-row").count() < 60


def test_the_keyboard_reaches_every_cell_by_one_stop(page: sync_api.Page) -> None:
    assert page.locator('.grid [tabindex="0"]').count() == 1
    head(page, "id").locator("button").focus()
    for key, at in (
        ("ArrowDown", "0.0"),
        ("ArrowRight", "0.1"),
        ("Control+End", None),
        ("Control+Home", "-1.0"),
        ("PageDown", "11.0"),
        ("End", None),
        ("Home", "11.0"),
        ("ArrowUp", "10.0"),
    ):
        page.keyboard.press(key)
        page.wait_for_function("document.activeElement.dataset.at")
        if at is not None:
            page.wait_for_function("at => document.activeElement.dataset.at === at", arg=at)
    assert page.locator('.grid [tabindex="0"]').count() == 1


def test_columns_are_chosen(page: sync_api.Page) -> None:
    assert head(page, "license").count() == 0
    page.locator(".menu summary").click()
    page.get_by_role("checkbox", name="Licence").check()
    page.get_by_role("checkbox", name="Downloads").uncheck()
    assert head(page, "license").count() == 1
    assert head(page, "downloads").count() == 0
    page.keyboard.press("Escape")
    assert page.locator(".menu fieldset").is_hidden()


@IN_BOTH
def test_saves_csv_without_formulas(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as CSV").click()
    path = tmp_path / "models.csv"
    waiting.value.save_as(path)
    lines = path.read_bytes().decode().split("\r\n")
    assert lines[0].startswith("id,overall,")
    cells = [cell for line in lines for cell in re.findall(r'"(?:[^"]|"")*"|[^,]+', line)]
    assert "'=1+1/=1+1" in cells
    assert not [cell for cell in cells if re.match(r'"?[=+@]', cell)]


def test_prints_the_rows_as_a_table(page: sync_api.Page) -> None:
    page.locator("#search").fill("attack")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(".paper tbody tr").count() == len(PAYLOADS)
    assert page.locator(".paper").is_visible()
    assert not page.locator(".grid").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".paper").count() == 0


# The card viewer -----------------------------------------------------------------------------


@IN_BOTH
def test_opens_a_card_by_keyboard_beside_the_table_and_closes_it(page: sync_api.Page) -> None:
    button = page.locator(".grid-row button", has_text="alpha/poor")
    button.focus()
    page.keyboard.press("Enter")
    viewer = page.locator("#viewer")
    assert viewer.is_visible()
    assert page.evaluate("document.activeElement.id") == "viewer-title"
    assert viewer.locator(".scores tbody tr").count() == 9
    text = viewer.locator(".source").inner_text()
    assert "</script><script>window.__pwned = 1</script>" in text
    assert "⟦U+202E⟧gnp.exe" in text
    link = viewer.locator("a")
    assert link.get_attribute("href") == "https://huggingface.co/alpha/poor"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert viewer.locator(".source li.noted").count() == 2
    viewer.locator(".facts button").click()
    assert viewer.locator(".source li.marked").count() == 2
    grid, panel = page.locator(".grid").bounding_box(), viewer.bounding_box()
    assert grid is not None
    assert panel is not None
    assert grid["x"] + grid["width"] <= panel["x"]
    page.keyboard.press("Escape")
    assert not viewer.is_visible()
    assert page.evaluate("document.activeElement.textContent") == "alpha/poor"


def test_the_open_card_follows_the_arrow_keys(page: sync_api.Page) -> None:
    page.locator(".grid-row button").first.click()
    page.locator(".grid-row button").first.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.querySelector('#viewer h2').textContent === 'alpha/poor'")
    assert page.evaluate("document.activeElement.textContent") == "alpha/poor"


@IN_BOTH
def test_a_cut_text_says_so(page: sync_api.Page) -> None:
    page.locator("#search").fill("gamma")
    page.locator(".grid-row button", has_text="gamma/long").click()
    page.get_by_text("the card has 1,048,583 bytes").wait_for()


@IN_BOTH
def test_no_card_of_forty_runs(visit: Visit) -> None:
    page = visit.page
    before = page.evaluate("document.querySelectorAll('body *').length")
    page.locator("#search").fill("attack")
    page.locator(".grid-row button").first.click()
    for number in range(1, len(PAYLOADS) + 1):
        page.locator("#viewer .source").wait_for()
        assert page.locator("#viewer .source").inner_text().strip()
        assert page.locator("#viewer .source li span *").count() == 0
        following = page.locator("#viewer .tools button", has_text="Next")
        if number < len(PAYLOADS):
            following.click()
            page.wait_for_function(
                "id => document.querySelector('#viewer h2').textContent !== id",
                arg=f"attack/{number - 1:02}",
            )
        else:
            assert following.is_disabled()
    strange = "img, iframe, object, embed, base, math, video, audio, marquee, form[action]"
    assert page.locator(f"body :is({strange})").count() == 0
    page.locator("#viewer .close").click()
    page.locator("#search").fill("")
    assert abs(page.evaluate("document.querySelectorAll('body *').length") - before) < 40


def test_the_payloads_would_be_noticed(browser: sync_api.Browser) -> None:
    """Without this, that the forty do nothing in the report would say nothing."""
    page = browser.new_page()
    asked: list[str] = []
    page.route("http://127.0.0.1:9/**", lambda route: route.abort())
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialog.dismiss())
    ran = 0
    for payload in PAYLOADS:
        page.goto("about:blank")
        asked.clear()
        page.set_content(f"<!doctype html><body>{payload}", wait_until="commit")
        page.wait_for_timeout(30)
        ran += page.evaluate("window.__pwned !== undefined") or any("127" in url for url in asked)
    page.close()
    assert ran >= 20


# The map -------------------------------------------------------------------------------------


def at(page: sync_api.Page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the made-up map is on the screen: it reaches from 0 to 40 both ways."""
    box = page.locator("#map-canvas").bounding_box()
    assert box is not None
    scale = min(box["width"] - 56, box["height"] - 56) / 40
    left, top = (box[side] / 2 - 20 * scale for side in ("width", "height"))
    return box["x"] + left + x * scale, box["y"] + top + y * scale


@IN_BOTH
def test_hovering_the_map_names_the_model_and_a_click_opens_it(page: sync_api.Page) -> None:
    page.locator("#map-canvas").scroll_into_view_if_needed()
    page.mouse.move(*at(page, 3.05, 0.05))
    tip = page.locator("#tip")
    tip.wait_for()
    assert tip.inner_text().startswith("more/003 · rated 3 · 397 downloads")
    page.mouse.click(*at(page, 3.05, 0.05))
    assert page.locator("#viewer h2").inner_text() == "more/003"


def test_a_lasso_chooses_rows_of_the_table(page: sync_api.Page) -> None:
    page.locator("#map-canvas").scroll_into_view_if_needed()
    page.get_by_role("button", name="Lasso").click()
    corners = [(-0.5, -0.5), (4.5, -0.5), (4.5, 1.5), (-0.5, 1.5)]
    page.mouse.move(*at(page, *corners[0]))
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*at(page, *corner), steps=4)
    page.mouse.up()
    assert page.locator("#count").inner_text() == f"10 of {len(rows())} models"
    assert sorted(first_ids(page)) == ["more/000", "more/001", "more/002"]
    page.get_by_role("button", name="Choose none").click()
    assert page.locator("#count").inner_text() == f"{len(rows())} models"


def test_the_map_moves_by_wheel_and_keys(page: sync_api.Page) -> None:
    canvas = page.locator("#map-canvas")
    canvas.scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    canvas.focus()
    for key in ("+", "+", "ArrowLeft", "ArrowDown", "-"):
        page.keyboard.press(key)
    page.mouse.move(*at(page, 20, 20))
    page.mouse.wheel(0, -400)
    settle(page)
    assert page.evaluate("scrollY") == scrolled
    page.mouse.move(*at(page, 3.05, 0.05))
    assert "more/003" not in (page.locator("#tip").text_content() or "")
    page.keyboard.press("0")
    page.mouse.move(*at(page, 3.05, 0.1))
    page.locator("#tip", has_text="more/003").wait_for()


def test_the_keyboard_opens_the_model_in_the_middle(page: sync_api.Page) -> None:
    page.locator("#map-canvas").focus()
    for key in ("+", "+", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Choose what is in view").click()
    assert "chosen on the map" in page.locator(".count").inner_text()


def test_the_legend_hides_a_class(page: sync_api.Page) -> None:
    page.locator("#map-canvas").scroll_into_view_if_needed()
    page.locator("#colour-by").select_option("segment")
    page.locator(".map-legend button", has_text="Grid").click()
    page.mouse.move(*at(page, 3.05, 0.05))
    settle(page)
    assert not page.locator("#tip").is_visible()
    for colour, least in (("rating", 5), ("downloads", 3), ("likes", 1), ("task", 3)):
        page.locator("#colour-by").select_option(colour)
        assert page.locator(".map-legend button").count() >= least


def test_a_bar_of_the_histogram_filters_map_and_table(page: sync_api.Page) -> None:
    bar = page.locator("header .rated").nth(2)
    lowest = bar.get_attribute("data-lowest")
    bar.click()
    assert bar.get_attribute("aria-pressed") == "true"
    assert page.locator("#lowest").input_value() == lowest
    assert page.locator("#count").inner_text() != f"{len(rows())} models"
    bar.press("Enter")
    assert page.locator("#count").inner_text() == f"{len(rows())} models"


def test_the_map_searches_fills_the_page_and_shows_where_it_is_dense(page: sync_api.Page) -> None:
    page.get_by_label("Find models on the map").fill("more/00")
    assert page.locator("#count").inner_text() == f"10 of {len(rows())} models"
    page.get_by_role("button", name="Large").click()
    box = page.locator(".map-frame").bounding_box()
    assert box is not None
    assert box["height"] > 500
    page.get_by_role("button", name="Density").click()
    settle(page)


def test_two_fingers_zoom_and_one_moves_the_page(browser: sync_api.Browser, report: Path) -> None:
    with visiting(browser, report.as_uri(), has_touch=True) as visit:
        page = visit.page
        canvas = page.locator("#map-canvas")
        canvas.scroll_into_view_if_needed()
        touch_action = "node => getComputedStyle(node).touchAction"
        assert canvas.evaluate(touch_action) == "pan-y"
        before = marks_in_view(page)
        x, y = at(page, 20, 20)
        touch = page.context.new_cdp_session(page)
        for kind, spread in (("Start", 40), ("Move", 80), ("Move", 160), ("End", None)):
            ends = () if spread is None else (x - spread, x + spread)
            points = [{"x": end, "y": y} for end in ends]
            event = {"type": f"touch{kind}", "touchPoints": points}
            touch.send("Input.dispatchTouchEvent", event)
        assert marks_in_view(page) < before
        page.touchscreen.tap(x, y)
        assert canvas.evaluate(touch_action) == "none"


def marks_in_view(page: sync_api.Page) -> int:
    """How many models the map shows now: the number that a choice of them all gives."""
    page.get_by_role("button", name="Choose what is in view").click()
    shown = int(page.locator("#count").inner_text().split()[0])
    page.get_by_role("button", name="Choose none").click()
    return shown


# The page ------------------------------------------------------------------------------------


PIXEL = """(async () => {
  const corner = await createImageBitmap(document.querySelector(".map-frame canvas"), 2, 2, 1, 1);
  const brush = new OffscreenCanvas(1, 1).getContext("2d");
  brush.drawImage(corner, 0, 0);
  return brush.getImageData(0, 0, 1, 1).data[0];
})()"""
"""How red the map's paper is."""


def test_toggles_dark_mode(page: sync_api.Page) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    pixel = PIXEL
    light, paper = page.evaluate(colour), page.evaluate(pixel)
    page.locator("#theme").click()
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"
    assert page.evaluate(colour) != light
    page.wait_for_function(f"async () => (await {pixel}) < 80")
    page.locator("#theme").click()
    assert page.evaluate(colour) == light
    page.wait_for_function(f"async () => (await {pixel}) === {paper}")


def test_fits_a_narrow_screen_and_opens_cards_over_it(page: sync_api.Page) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    page.locator(".grid-row button").first.click()
    panel = page.locator("#viewer").bounding_box()
    assert panel is not None
    assert (panel["x"], panel["width"]) == (0, 400)
    assert page.evaluate("document.querySelector('#viewer').matches(':modal')")


def test_reads_without_javascript(browser: sync_api.Browser, report: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(report.as_uri())
    assert page.locator("#rows tr").count() == 100
    assert page.locator("#models noscript").is_visible()
    assert page.locator("#segments table tbody tr").count() == 1 + 12 + len(NAMES)
    page.close()


def test_a_broken_block_leaves_the_page_as_it_is(
    browser: sync_api.Browser, report: Path, tmp_path: Path
) -> None:
    text = re.sub(r'(id="block-table">).{40}', r"\1", report.read_text("utf-8"))
    broken = tmp_path / "broken.html"
    broken.write_text(text, "utf-8")
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(broken.as_uri())
    page.wait_for_function("!document.documentElement.classList.contains('js-on')")
    assert page.locator("#rows tr").count() == 100
    assert len(said) == 1
    page.close()
