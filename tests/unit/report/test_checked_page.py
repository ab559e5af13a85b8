"""Checked cards as a page: what is on it, in which order, and nothing of a card as markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from cardiogram.check import Checked, check
from cardiogram.report.document import render_checked_page
from hostile import PAYLOADS

POOR = b"# Parrot\n\nRepeats what it hears.\n"
GOOD = b"---\nlicense: mit\n---\n# Owl\n\n```python\nimport owl\nowl.load('a/owl')\n```\n"


def rated(text: bytes, id: str) -> Checked:
    return check("-", data=text, id=id)


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())


def test_one_card_has_its_rating_what_would_help_and_its_text() -> None:
    card = rated(GOOD, "a/owl")
    page = render_checked_page([card], minimum=4)
    assert page == render_checked_page([card], minimum=4)
    said = words(page)
    overall = card.rating.scores["overall"].expected
    assert said.index("a/ owl") < said.index(f"{overall:.1f} of 5") < said.index("Limitations")
    assert f"Under 4.0 by {4 - overall:.1f}" in said
    for gap in card.gaps:
        assert f"{gap.missing[1:]}." in said
    assert "<code>language:</code>" in page
    assert "What its visitors read" in said
    assert "owl.load(&#x27;a/owl&#x27;)" in page.rpartition("What its visitors read")[2]


def test_several_cards_are_a_list_the_worst_first_and_a_sheet_each_without_its_text() -> None:
    page = render_checked_page([rated(GOOD, "a/owl"), rated(POOR, "a/parrot")])
    assert re.findall(r'<th scope="row"><bdi>a/<wbr>(\w+)', page) == ["parrot", "owl"]
    assert re.findall(r"<h1><bdi>a/<wbr>(\w+)", page) == ["parrot", "owl"]
    assert "What its visitors read" not in page
    assert len(page) - len(render_checked_page([])) < 20_000


def test_nothing_of_a_card_is_markup_and_nothing_is_asked_for() -> None:
    text = "# <b>x</b>\n\n" + "\n\n".join(PAYLOADS)
    card = rated(text.encode(), "a/b")
    page = render_checked_page([card, rated(text.encode(), "<i>&/b")])
    page += render_checked_page([card])
    tags: set[str] = set()
    attributes: set[tuple[str, str | None]] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            attributes.update(attrs)

    Reader().feed(page)
    assert not tags & {"script", "img", "link", "iframe", "object", "embed", "form", "i"}
    assert {value for name, value in attributes if name in ("src", "href")} == {"#report"}
    assert not {name for name, _ in attributes if name.startswith("on") or name == "style"}
    (policy,) = {
        value for name, value in attributes if name == "content" and "'none'" in str(value)
    }
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-\S+'; base-uri 'none'; form-action 'none'",
        str(policy),
    )


def test_what_is_wrong_stands_in_groups() -> None:
    card = rated(b"---\nlicense: free beer\n---\n# Parrot\n\nMore information needed\n", "a/b")
    said = words(render_checked_page([card]))
    refused, other = said.index("The Hub refuses this card"), said.index("Also to mend")
    assert refused < said.index("CG111") < other < said.index("CG201")


def test_a_login_stays_out_and_a_problem_of_the_card_is_told() -> None:
    token = "hf_" + "AbCdEfGhIjKlMnOpQr" * 2
    said = words(render_checked_page([rated(f"# P\n\nlogin {token}\n".encode() + b"\xff", "a/b")]))
    assert token not in said
    assert "Also to mend" in said
    assert "UTF-8" in said.partition("Also to mend")[2]


def test_a_long_card_is_cut_and_an_empty_one_has_no_text() -> None:
    long = render_checked_page([rated(b"# Long\n\n" + b"word and word\n\n" * 20_000, "a/b")])
    assert 60_000 < len(long) < 160_000
    assert "…" in long
    assert "What its visitors read" not in render_checked_page([rated(b"---\na: 1\n---\n", "a/b")])
