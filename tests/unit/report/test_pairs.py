"""The compared cards: pages of our own elements only, choices that need no script."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from cardiogram.report.data.payload import build_payload
from cardiogram.report.document import draw_card
from cardiogram.report.page.pairs import compared
from hostile import PAYLOADS
from studies import Row, make_study

OURS = {"div", "p", "blockquote", "pre", "ul", "li", "table", "tr", "td"}
OURS |= {"em", "strong", "s", "span", "code"}


def drawn(text: str) -> ElementTree.Element:
    page = draw_card(text)
    assert page is not None
    return ElementTree.fromstring(page.replace("&nbsp;", " "))


def test_a_card_is_drawn_as_a_visitor_sees_it() -> None:
    page = drawn(
        "---\nlicense: mit\n---\n# Parrot\n\nIt *talks* to [you](https://x.test/) and `runs`.\n\n"
        "- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint(1)\n```\n\n"
        "<!-- hidden --><div>shown <b>too</b></div>\n\n![words](a.png)\n"
    )
    text = " ".join("".join(page.itertext()).split())
    for words in ("Parrot", "talks", "you", "runs", "one", "print(1)", "shown", "too", "picture"):
        assert words in text
    for words in ("license", "hidden", "x.test", "a.png", "words", "```", "|", "#"):
        assert words not in text
    assert [len(page.findall(f".//{tag}")) for tag in ("em", "li", "tr", "pre")] == [1, 2, 2, 1]
    assert page.findall("p")[0].get("class") == "large heading"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_of_a_card_is_markup(payload: str) -> None:
    page = draw_card(f"# Attack\n\n{payload}\n\n> {payload}\n\n| {payload} |\n|---|\n| {payload} |")
    assert page is not None
    for element in ElementTree.fromstring(page).iter():
        assert element.tag in OURS
        assert set(element.attrib) <= {"class"}


def test_a_card_is_cut_and_says_so() -> None:
    page = drawn("\n\n".join(f"Paragraph {i} of very many words." for i in range(500)))
    text = "".join(page.itertext())
    assert "Paragraph 50 " in text
    assert text.endswith("…")
    assert len(text) < 4_000
    assert "…" not in "".join(drawn("short").itertext())


def test_what_nests_without_end_is_drawn_flat() -> None:
    page = drawn(">" * 5_000 + " deep")
    assert "deep" in "".join(page.itertext())
    assert draw_card("---\nlicense: mit\n---\n") is None
    assert draw_card("<!-- nothing -->") is None


def test_each_pair_has_a_choice_and_the_first_is_chosen(tmp_path: Path) -> None:
    rows = [Row(f"p{i}/m", 1, 10 * i) for i in range(1, 4)]
    rows += [Row(f"g{i}/m", 5, 10 * i) for i in range(1, 4)]
    page = compared(build_payload(make_study(tmp_path, rows)))
    assert page is not None
    assert page.count('type="radio"') == 3
    assert page.count("checked") == 1
    assert page.index("checked") < page.index('id="pick-2"')
    assert page.count('class="leaf"') == 3
    assert page.count('class="card"') == 6


def test_one_pair_needs_no_choice(tmp_path: Path) -> None:
    page = compared(build_payload(make_study(tmp_path, [Row("a/p", 1, 5), Row("b/g", 5, 5)])))
    assert page is not None
    assert 'type="radio"' not in page
    assert page.count('class="leaf"') == 1
