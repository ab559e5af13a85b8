import base64
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cardiogram.report.data.payload import build_payload
from cardiogram.report.markup.markup import el, visible
from cardiogram.report.page.html import ServedPage, render_html, write_report
from cardiogram.report.tables import result_chapters
from made_findings import add_findings
from studies import HOSTILE_ROWS, Row, make_study


class Page(HTMLParser):
    """Elements with their attributes, the text of scripts and styles, and the cells of tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[tuple[str, dict[str, str | None], str]] = []
        self.text = ""
        self.rows: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        tag, attributes = self.elements[-1] if self.elements else ("", {})
        if tag in ("script", "style") and self.cdata_elem:
            self.blocks.append((tag, attributes, data))
        else:
            self.text += data
            if self.rows and self.rows[-1]:
                self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    return render_html(build_payload(make_study(tmp_path_factory.mktemp("s"), HOSTILE_ROWS)))


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_policy_holds_the_hashes_of_the_inline_blocks(page: Page) -> None:
    policy = next(a["content"] or "" for _, a in page.elements if a.get("http-equiv"))
    for tag in ("script", "style"):
        blocks = [text for name, a, text in page.blocks if name == tag and not a.get("type")]
        assert len(blocks) == 1
        digest = base64.b64encode(hashlib.sha256(blocks[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_no_event_handlers_no_style_attributes_no_images(page: Page) -> None:
    allowed = {"script", "style", "meta", "link", "svg"}
    names = {name for _, attributes in page.elements for name in attributes}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert {"img", "iframe", "object", "embed", "base"}.isdisjoint(t for t, _ in page.elements)
    assert allowed <= {tag for tag, _ in page.elements}


def test_the_only_outside_addresses_are_links_to_models(page: Page) -> None:
    for tag, attributes in page.elements:
        assert "src" not in attributes
        href = attributes.get("href") or ""
        if href.startswith("http"):
            assert tag == "a"
            assert re.fullmatch(r"https://huggingface\.co/[\w.-]+/[\w.-]+", href)
            assert attributes["rel"] == "noopener noreferrer"
        else:
            assert href == "" or href.startswith(("#", "data:image/svg+xml,"))
    styles = [text for tag, _, text in page.blocks if tag == "style"]
    assert not re.search(r"url\(|@import", "".join(styles))


def test_blocks_cannot_leave_their_scripts_and_come_back_whole(html: str, page: Page) -> None:
    blocks = {a["id"]: text for _, a, text in page.blocks if a.get("type")}
    assert set(blocks) == {"block-table", "block-facts-0", "block-texts-0"}
    assert all(re.fullmatch("[A-Za-z0-9+/=]+", text) for text in blocks.values())
    assert html.count("</script>") == len(blocks) + 1
    texts = json.loads(gzip.decompress(base64.b64decode(blocks["block-texts-0"])))
    assert "</script><script>window.__pwned" in "".join(text[0] for text in texts)


SERVED = ServedPage("/static/app.js", ("/static/app.css",), {"/#card": "Card"}, "data/1/")


def test_the_page_of_the_app_holds_no_blocks_and_may_ask_the_app_only(tmp_path: Path) -> None:
    page = Page(render_html(build_payload(make_study(tmp_path, HOSTILE_ROWS)), SERVED))
    assert not [a for _, a, _ in page.blocks if a.get("type")]
    policy = next(a["content"] or "" for _, a in page.elements if a.get("http-equiv"))
    assert "connect-src 'self'" in policy
    assert page.elements[0] == ("html", {"lang": "en", "data-blocks": "data/1/"})
    assert "/#card" in [a.get("href") for tag, a in page.elements if tag == "a"]


def test_the_map_has_a_text_and_is_absent_without_one(tmp_path: Path, page: Page) -> None:
    rows = [Row(f"a/{i}", 3, place=(i, 1.0), segment="parrots") for i in range(3)]
    study = make_study(tmp_path, [*rows, Row("b/c", 3, place=(9, 9))])
    found = Page(render_html(build_payload(study)))
    assert "4 cards fall into one segment; the largest has 75" in found.text
    assert "1 models are in none of them" in found.text
    assert "parrot </script>" in found.text
    assert "#segments" in [a.get("href") for tag, a in found.elements]
    assert "#segments" not in [a.get("href") for tag, a in page.elements]
    assert [a for _, a in page.elements if a.get("data-island") == "map"] == []


def test_bidi_controls_are_shown_and_never_sent(html: str, page: Page) -> None:
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\u2029]", html)
    assert "safe ⟦U+202E⟧gnp.exe⟦U+202C⟧" in page.text
    assert "zeta/⟦U+202E⟧edoc" in page.text


def test_page_can_be_read_without_its_script(page: Page) -> None:
    for words in (
        "How well are these 7 models documented?",
        "6 of 7 models have a rating",
        "the repository has no README.md",
        "downloads: one card is rated 1, the other 5",
        "<img src=x onerror=",
        "gamma/long",
        "cardiogram study",
        "A made-up study </script>.",
    ):
        assert words in page.text
    charts = [a for tag, a in page.elements if tag == "svg" and a.get("aria-labelledby")]
    assert len(charts) == 5  # ratings, two scatter plots, two pairs


def test_what_was_found_comes_first_word_for_word_and_every_table_behind_a_line(
    tmp_path: Path,
) -> None:
    study = make_study(tmp_path, HOSTILE_ROWS)
    results = add_findings(study)
    html = render_html(build_payload(study))
    page = Page(html)
    lines = [visible(conclusion.words) for conclusion in results.conclusions]
    chapters = list(result_chapters(results))
    order = [
        "Two of three cards are rated 1 or 2",  # the title
        "144,015",  # the dose
        *lines,
        "Does it depend on how one computes it?",
        "The same within tasks",
        "Traits that a writer can add",
        "Every number",
        *(chapter.title for chapter in chapters),
    ]
    text, at = page.text.replace("\u00a0", " "), 0
    for words in order:
        at = text.index(words, at)
    assert all(conclusion.rule in page.text for conclusion in results.conclusions)
    assert "<script>x" not in html


def test_study_without_ratings_is_readable(tmp_path: Path) -> None:
    rows = [Row("a/b", None, text=None, problems=("no_readme",))]
    page = Page(render_html(build_payload(make_study(tmp_path, rows))))
    for words in ("How well is this model documented?", "No card was rated", "not rated"):
        assert words in page.text


def test_study_without_models_is_readable(tmp_path: Path) -> None:
    page = Page(render_html(build_payload(make_study(tmp_path, []))))
    assert "0 of 0 models have a rating" in page.text


def test_report_is_written_and_is_a_function_of_the_study(tmp_path: Path) -> None:
    study = make_study(tmp_path / "study", HOSTILE_ROWS)
    first = write_report(study)
    second = write_report(study, tmp_path / "other.html")
    assert first == study.report_path
    assert first.read_bytes() == second.read_bytes()


def test_elements_escape() -> None:
    assert el("a", "<b>", title='"&') == '<a title="&quot;&amp;">&lt;b&gt;</a>'
    assert visible("a\x00\tb") == "a⟦U+0000⟧\tb"
