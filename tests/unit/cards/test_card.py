import pytest
from hypothesis import given, strategies as st

from cardiogram.cards.card import MAX_BLOCKS, Card, parse_card
from cardiogram.cards.problems import PROBLEMS, explain_problem, problem_code, problem_codes
from cardiogram.text import sha256

MARKDOWN = "#*_`~[](){}<>!|-+.=:\\/\"'& \n\t019aZé日\u202e\ufeff\0\r"
PIECES = [
    "# ",
    "## Usage\n",
    "---\n",
    "\n",
    "\n\n",
    "```",
    "```python\n",
    "~~~\n",
    "<!--",
    "-->",
    "<div>",
    "</div>",
    '<p style="display:none">',
    "<h1>",
    "</h1>",
    "<b>",
    "</b>",
    "<br>",
    "**",
    "__",
    "[a](",
    "![",
    "](b)",
    "| a | b |\n|---|---|\n",
    "| c |\n",
    "- ",
    "1. ",
    "> ",
    "    ",
    "\t",
    "&amp;",
    "$$",
    "license: mit\n",
    "tags:\n- a\n",
    "&x [*x]\n",
    "*x",
    "? ",
    "{a: [",
    "!!int ",
    "words ",
    "日本語 ",
    "<table><tr><td>",
    "</table>",
    "<details>",
    "<a href=x>",
    "<img src=y hidden>",
    "==\n",
]
markdownish = st.text(MARKDOWN, max_size=200) | st.lists(st.sampled_from(PIECES)).map("".join)
yamlish = st.text("-: \n[]{}&*!|>'\"#?,%@`a1~.\t<", max_size=80).map("---\n{}\n---\n# T\n".format)
anything = st.binary() | st.text() | markdownish | yamlish


def problems(text: str | bytes) -> list[str]:
    return [problem_code(problem) for problem in parse_card(text).problems]


@given(anything)
def test_no_card_is_too_odd_to_parse(data: bytes | str) -> None:
    card = parse_card(data, id="me/model")
    assert {problem_code(problem) for problem in card.problems} <= set(PROBLEMS)
    assert all(explain_problem(problem) != problem for problem in card.problems)
    _assert_lines(card)


def _assert_lines(card: Card) -> None:
    last = card.text.count("\n") + 1
    before = 1
    for block in card.document.blocks:
        assert block.line >= before
        assert block.line <= block.last_line <= last
        before = block.line
    assert all(1 <= link.line <= last for link in card.document.links)
    assert all(1 <= line <= last for line in card.metadata.lines.values())
    assert 0 <= card.document.unclosed_fence <= last


@given(anything)
def test_parsing_what_was_parsed_changes_nothing(data: bytes | str) -> None:
    once = parse_card(data, id="me/model")
    again = parse_card(once.text, id="me/model")
    assert (again.text, again.document, again.metadata) == (
        once.text,
        once.document,
        once.metadata,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["empty"]),
        ("\n \n", ["empty"]),
        ("<!-- only a comment -->", ["empty"]),
        ("---\nlicense: mit\n---\n", ["front_matter_only"]),
        ("---\nlicense: mit\n---", ["front_matter_only"]),
        ("---\nlicense: mit\n# T\n", ["front_matter_unclosed"]),
        ("<div><h1>T</h1><p>Words</p></div>", ["html_only"]),
        ("# T\n```python\nx = 1\n", ["unclosed_fence"]),
        ("---\na: [\n---\n# T", ["yaml_malformed"]),
        ("---\n- a\n---\n# T", ["yaml_not_a_map"]),
        ("---\na: 1\na: 2\n---\n# T", ["yaml_duplicate_key"]),
        ("# T\n\nWords, <b>and</b> a tag.", []),
        (b"\xef\xbb\xbf# T\r\n\0", ["bom", "crlf", "nul_bytes"]),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", ["lfs_pointer"]),
    ],
)
def test_each_fault_has_its_name(text: str | bytes, expected: list[str]) -> None:
    assert problems(text) == expected


def test_a_problem_says_where() -> None:
    assert parse_card("\n---\nok: 1\na: [\n---\n\n# T\n```\nx\n").problems == (
        "yaml_malformed: line 5, a [ or { above it is not closed",
        "unclosed_fence: line 8",
    )


def test_lines_are_those_of_the_file() -> None:
    card = parse_card("\n---\nlicense: mit\ntags:\n- a\n---\n\n# Title\n\nwords\nwords\n")
    assert card.metadata.lines == {"license": 3, "tags": 4}
    title, words = card.document.blocks
    assert (title.line, words.line, words.last_line) == (8, 10, 11)
    assert parse_card("---\nlicense: mit\n---").metadata.lines == {"license": 2}


def test_hashes() -> None:
    text = "# T\r\n"
    card = parse_card(text)
    assert card.sha256 == card.input_sha256 == sha256(text)
    assert parse_card("# T\n", sha=sha256(text)).sha256 == sha256(text)
    tagged = parse_card(text, tags=["license:mit", "en"])
    assert tagged.sha256 == card.sha256
    assert tagged.input_sha256 != card.input_sha256
    same = parse_card(text, tags=["en", "license:mit"])
    assert same.input_sha256 == tagged.input_sha256


def test_tags_stand_in_only_for_missing_metadata() -> None:
    tags = ["license:mit", "transformers", "fr"]
    assert parse_card("# T", tags=tags).metadata.source == "tags"
    assert parse_card("---\nlicense: gpl-3.0\n---\n# T", tags=tags).metadata.values == {
        "license": "gpl-3.0"
    }
    assert parse_card("---\n---\n# T", tags=tags).metadata.source == "front_matter"
    assert parse_card("# T").metadata.source == "none"


@pytest.mark.parametrize("text", ["# a\n", "a\n-\n", "- a\n", "[a](b)\n\n"])
def test_of_a_card_of_ever_so_many_blocks_the_first_are_read(text: str) -> None:
    card = parse_card(text * (MAX_BLOCKS + 1000))
    assert len(card.document.blocks) == MAX_BLOCKS
    assert len(card.document.links) <= MAX_BLOCKS
    assert problem_codes(card.problems) == {"too_many_blocks"}
    assert parse_card(text * 1000).problems == ()
