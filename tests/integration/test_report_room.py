"""How much room the report takes: the first screen answers, and all fits a telephone."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import needs_chromium, running_browser, settle, visiting

from cardiogram.report.page.html import write_report
from made_findings import add_findings
from studies import Row, make_study

pytestmark = [pytest.mark.browser, needs_chromium]

TALL = """() => [...document.querySelectorAll("main tr")].filter(row => {
  const seen = [...row.cells].filter(cell => cell.getBoundingClientRect().left < innerWidth);
  const text = Math.max(0, ...seen.map(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return range.getBoundingClientRect().height;
  }));
  return row.checkVisibility() && row.getBoundingClientRect().height > text + 48;
}).map(row => row.innerText)"""
"""Rows that what stands outside the window makes taller than their text."""


def test_the_first_screen_answers_and_the_page_is_short(tmp_path: Path) -> None:
    made = [
        Row(f"org{i % 30}/model{i}", 1 + i % 5, 10 ** (i % 4), i, place=(i % 9, i % 8), segment="s")
        for i in range(120)
    ]
    study = make_study(tmp_path, made)
    add_findings(study)
    report = write_report(study).as_uri()
    with running_browser() as browser, visiting(browser, report) as visit:
        page = visit.page
        page.set_viewport_size({"width": 1440, "height": 900})
        settle(page)
        for part in ("h1", "header .chart", "#map-canvas", "header .columns"):
            box = page.locator(part).first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 900, part
        assert page.evaluate("document.documentElement.scrollHeight") < 7_000
        page.set_viewport_size({"width": 400, "height": 800})
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 400
        assert page.evaluate(TALL) == []
