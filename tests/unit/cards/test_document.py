import pytest

from cardiogram.cards.markdown import Block, parse_document
from cardiogram.cards.parser import markdown_events


def blocks(body: str) -> tuple[Block, ...]:
    return parse_document(body).blocks


def shown(body: str) -> str:
    return " ".join(" ".join(block.text for block in blocks(body)).split())


def test_every_kind_of_block() -> None:
    body = (
        "# Title\n\nA *paragraph* of `words`.\n\n- one\n- two\n\n```Python\nx = 1\ny = 2\n```\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n"
    )
    found = blocks(body)
    assert [block.kind for block in found] == [
        "heading",
        "paragraph",
        "item",
        "item",
        "code",
        "table",
    ]
    assert [block.line for block in found] == [1, 3, 5, 6, 8, 13]
    heading, words, _, _, code, table = found
    assert (heading.text, heading.level, heading.style) == ("Title", 1, "markdown")
    assert words.text == "A paragraph of words."
    assert (code.text, code.info, code.last_line) == ("x = 1\ny = 2", "python", 11)
    assert (table.columns, table.rows, table.last_line) == (2, 2, 16)
    for cell in "ab1234":
        assert cell in table.text


@pytest.mark.parametrize(
    ("body", "style", "level"),
    [
        ("## Usage", "markdown", 2),
        ("Usage\n-----", "markdown", 2),
        ("<h3>Usage</h3>", "html", 3),
        ('<h2 align="center"><b>Usage</b></h2>', "html", 2),
        ("**Usage**", "bold", 7),
        ("__Usage__", "bold", 7),
    ],
)
def test_headings_of_every_style(body: str, style: str, level: int) -> None:
    (heading,) = blocks(body)
    assert (heading.kind, heading.text.strip(), heading.style, heading.level) == (
        "heading",
        "Usage",
        style,
        level,
    )


def test_a_bold_start_is_a_label() -> None:
    assert [block.label for block in blocks("**Licence:** MIT\n\n- **Language**: en\n\nplain")] == [
        "Licence",
        "Language",
        "",
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- secret -->",
        "<!-- secret\n\nsecret\n-->",
        "<!-- secret",
        '<div style="display:none">secret</div>',
        '<div style="display: none">\nsecret\n</div>',
        "<p hidden>secret</p>",
        '<span style="font-size:0">secret</span>',
        '<div style="visibility:hidden"><b>secret</b> secret</div>',
    ],
)
def test_hidden_text_adds_no_words(hidden: str) -> None:
    open_html = "# Title\n\nBefore.\n\n{}\n"
    assert shown(open_html.format(hidden)) == "Title Before."
    assert "secret" in parse_document(open_html.format(hidden)).hidden


def test_text_after_a_hidden_element_is_seen() -> None:
    body = 'Before <span hidden>secret</span> after.\n\n<p style="display:none">x</p>\n\nLast.\n'
    assert shown(body) == "Before after. Last."


def test_html_is_read_as_a_visitor_sees_it() -> None:
    document = parse_document(
        '<p align="center"><a href="https://x.y/z"><img src="i.png" alt="A plot"></a><br>\n'
        "Tom &amp; Jerry</p>\n<table><tr><td>1</td><td>2</td></tr></table>\n"
    )
    assert document.html_tables == 1
    assert document.html_tags >= 10
    assert [(link.target, link.image) for link in document.links] == [
        ("https://x.y/z", False),
        ("i.png", True),
    ]
    text = " ".join(block.text for block in document.blocks)
    assert "Tom & Jerry" in text
    assert "A plot" not in text


def test_links_and_images() -> None:
    document = parse_document("See [the *paper*](https://a.b) and ![plot](c.png).\n", 10)
    link, image = document.links
    assert (link.target, link.text, link.line, link.image) == (
        "https://a.b",
        "the paper",
        11,
        False,
    )
    assert (image.target, image.text, image.image) == ("c.png", "plot", True)
    assert document.blocks[0].text == "See the paper and ."


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("```\nx\n```\n", 0),
        ("words\n\n```\nx\n", 3),
        ("~~~\nx\n```\n", 1),
        ("```\nx\n```\n\n```\ny", 5),
        ("    indented\n", 0),
    ],
)
def test_a_fence_that_is_never_closed(body: str, line: int) -> None:
    assert parse_document(body).unclosed_fence == line


def test_events_come_as_they_like(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser for Python 3.10 gives its events in a tuple, newer ones in an iterator."""
    body = "# T\n\n| a | b |\n|---|---|\n| 1 | [2](x) |\n\nafter\n\n| c |\n|---|\n| 3 |"
    found = parse_document(body)
    assert [block.kind for block in found.blocks] == ["heading", "table", "paragraph", "table"]
    given = markdown_events.pyromark.events_with_range
    for form in (tuple, iter):
        monkeypatch.setattr(
            markdown_events.pyromark,
            "events_with_range",
            lambda *text, form=form, **options: form(tuple(given(*text, **options))),
        )
        assert parse_document(body) == found


def test_nothing() -> None:
    document = parse_document("")
    assert (document.blocks, document.links, document.hidden) == ((), (), "")


@pytest.mark.parametrize("word", ["Table", "TableRow", "TableCell", "Paragraph", "Item"])
def test_words_that_the_parser_has_for_elements(word: str) -> None:
    text = f"| a |\n|---|\n| `{word}` |\n| [b](c) |\n\n- `{word}` **{word}** end"
    document = parse_document(text)
    assert [block.kind for block in document.blocks] == ["table", "item"]
    assert (document.blocks[0].rows, document.blocks[0].last_line) == (2, 4)
    assert document.blocks[1].text == f"{word} {word} end"
    assert [link.target for link in document.links] == ["c"]
