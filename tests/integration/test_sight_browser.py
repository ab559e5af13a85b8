"""What counts as seen is what a real Chromium draws: every trick both ways, and real cards."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections import Counter

import pyromark
import pytest
from chromium import needs_chromium, sync_api

from cardiogram.cards.card import parse_card
from cardiogram.cards.markdown import Document, parse_document
from sight import SEEN, TABLES_DRAWN, UNREADABLE, UNSEEN
from support import SHARED, needs_shared

pytestmark = [pytest.mark.browser, needs_chromium]

OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
CARDS = 60
"""Cards of the corpus that are drawn; `CARDS = 300` takes a minute."""

HIDE = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (const details of document.querySelectorAll("details")) details.open = true;
  while (walker.nextNode() && !/Quokka/.test(walker.currentNode.data));
  const node = walker.currentNode;
  if (!/Quokka/.test(node.data ?? "")) return;
  const span = document.createElement("span");
  span.style.visibility = "hidden";
  node.replaceWith(span);
  span.append(node);
}
"""
COUNT = """
async (pictures) => {
  const [one, other] = await Promise.all(pictures.map(async (data) => {
    const answer = await fetch("data:image/png;base64," + data);
    const image = await createImageBitmap(await answer.blob());
    const brush = new OffscreenCanvas(image.width, image.height).getContext("2d");
    brush.drawImage(image, 0, 0);
    return brush.getImageData(0, 0, image.width, image.height).data;
  }));
  return one.filter((value, place) => Math.abs(value - other[place]) > 11).length;
}
"""
WORDS = """
() => {
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const x = part / 255;
      return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const stands = (element) => {
    let behind = [255, 255, 255];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none") return true;
      const [r, g, b, a = 1] = numbers(style.backgroundColor);
      if (a > 0) { behind = [r, g, b]; break; }
    }
    const [r, g, b, a = 1] = numbers(getComputedStyle(element).webkitTextFillColor);
    const front = [r, g, b].map((part, place) => part * a + behind[place] * (1 - a));
    const [low, high] = [luminance(front), luminance(behind)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05) > 1.1;
  };
  for (const details of document.querySelectorAll("details")) details.open = true;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  let last = null;
  const block = (element) => {
    while (getComputedStyle(element).display === "inline") element = element.parentElement;
    return element;
  };
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim()) {
      texts.push(node.data);
      continue;
    }
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const inside = box.right > 0 && box.bottom > 0 && box.height >= 6;
    const asked = { opacityProperty: true, visibilityProperty: true };
    if (inside && node.parentElement.checkVisibility(asked) && stands(node.parentElement)) {
      if (last !== (last = block(node.parentElement))) texts.push("\\n");
      texts.push(node.data);
    }
  }
  return texts.join("");
}
"""


@pytest.fixture(scope="module")
def page(browser: sync_api.Browser) -> sync_api.Page:
    found = browser.new_page(viewport={"width": 400, "height": 300})
    found.set_content("<!doctype html><meta charset=utf-8><body>")
    return found


def show(page: sync_api.Page, body: str) -> None:
    page.evaluate("html => { document.body.innerHTML = html }", render(body))


def render(body: str) -> str:
    """The HTML of a card; footnotes to which nothing refers are left out, as the Hub does."""
    return pyromark.html(body, options=OPTIONS)


def is_drawn(page: sync_api.Page, body: str) -> bool:
    """Whether the picture changes when the text that says Quokka is hidden."""
    show(page, body)
    pictures = [page.screenshot()]
    page.evaluate(HIDE)
    pictures.append(page.screenshot())
    if pictures[0] == pictures[1]:
        return False
    given = [base64.b64encode(picture).decode() for picture in pictures]
    return bool(page.evaluate(COUNT, given) > 20)


def is_seen(body: str) -> bool:
    return "Quokka" in "\n".join(block.text for block in parse_document(body).blocks)


def test_every_form_is_as_chromium_draws_it(page: sync_api.Page) -> None:
    wrong = {}
    for name, form in {**UNSEEN, **SEEN}.items():
        body = f"Intro.\n\n{form.replace('{}', 'Quokka paragraph.')}\n"
        if name in UNREADABLE:
            continue
        seen, drawn = is_seen(body), is_drawn(page, body)
        if seen != drawn:  # a page that was still moving is looked at once more
            page.wait_for_timeout(500)
            drawn = is_drawn(page, body)
        if seen != drawn:
            wrong[name] = (seen, drawn)
    assert wrong == {}


@pytest.mark.parametrize("name", sorted(TABLES_DRAWN))
@pytest.mark.parametrize(
    "table", ["| Quokka | b |\n|---|---|\n| 1 | 2 |", "<table><tr><td>Quokka</td></tr></table>"]
)
def test_tables_are_drawn_in_some_forms(page: sync_api.Page, name: str, table: str) -> None:
    body = f"Intro.\n\n{UNSEEN[name].replace('{}', table)}\n"
    assert is_seen(body)
    assert is_drawn(page, body)


def words_of(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def seen_words(document: Document) -> Counter[str]:
    return words_of("\n".join(block.text for block in document.blocks))


def compare_cards(browser: sync_api.Browser, count: int) -> dict[str, tuple[int, int]]:
    """Cards whose words differ: how many are drawn and not seen, and seen and not drawn."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_content("<!doctype html><meta charset=utf-8><body>")
    with gzip.open(SHARED / "corpus" / "cards-dev.jsonl.gz") as file:
        rows = [json.loads(line) for line in file]
    differ = {}
    for row in rows[:: len(rows) // count][:count]:
        card = parse_card(row["text"], id=row["id"])
        show(page, card.body)
        drawn, seen = words_of(page.evaluate(WORDS)), seen_words(card.document)
        if drawn != seen:
            differ[row["id"]] = ((drawn - seen).total(), (seen - drawn).total())
    return differ


@needs_shared
def test_of_real_cards_the_words_that_are_drawn_count(browser: sync_api.Browser) -> None:
    differ = compare_cards(browser, CARDS)
    assert len(differ) <= CARDS // 10, differ
