"""Every byte that no edit names stays, and what would change more is refused."""

from __future__ import annotations

from functools import partial

import pytest

from cardiogram.cards import parse_card
from cardiogram.improve.editing import (
    EditRefused,
    ReadmeText,
    add_items,
    insert_lines,
    kept_words,
    remove_key,
    rename_key,
    replace_lines,
    replace_words,
    set_value,
    with_block,
)
from limits import takes_under

HAND_WRITTEN = """---
# what people may do
license: "Apache-2.0"   # asked on the forum
language: [en,  'no']
tags:
  - a     # first

  - b
  # the end of the tags
pretty: >-
   folded

   text
model-index: [{name: x, results: []}]
---
# A card
"""


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"# A\xff\n", "not UTF-8 at byte 3"),
        ("# A\n".encode("utf-16"), "not UTF-8 at byte 0"),
        (b"# A\0\n", "NUL bytes"),
        (b"a" * ((1 << 20) + 1), "1,048,577 bytes"),
    ],
)
def test_what_is_no_text_or_too_long_is_not_edited(raw: bytes, why: str) -> None:
    with pytest.raises(EditRefused, match=why):
        ReadmeText.of(raw)


def _set(key: str, value: str, text: str) -> str:
    return set_value(ReadmeText(text), key, value).text


def test_a_value_is_replaced_where_it_stands() -> None:
    after = _set("license", "apache-2.0", HAND_WRITTEN)
    assert after == HAND_WRITTEN.replace('"Apache-2.0"', "apache-2.0")


def test_a_new_key_stands_behind_those_that_come_before_it() -> None:
    after = _set("library_name", "transformers", HAND_WRITTEN)
    assert after == HAND_WRITTEN.replace("'no']\n", "'no']\nlibrary_name: transformers\n")


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("language", "[en,  'no']", "[en,  'no', de]"),
        ("tags", "  - b\n", "  - b\n  - de\n"),
    ],
)
def test_an_item_joins_its_list_in_the_lists_own_style(key: str, old: str, new: str) -> None:
    after = add_items(ReadmeText(HAND_WRITTEN), key, ["de"]).text
    assert after == HAND_WRITTEN.replace(old, new)


def test_words_that_yaml_takes_for_something_else_are_quoted() -> None:
    assert _set("language", "no", "---\n---\n") == "---\nlanguage: 'no'\n---\n"
    assert _set("model_name", "1e5", "---\n---\n") == "---\nmodel_name: '1e5'\n---\n"
    assert _set("model_name", "a: 'b'", "---\n---\n") == "---\nmodel_name: 'a: ''b'''\n---\n"


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    raw = b"\xef\xbb\xbf---\r\nlicense: mit\r\n---\r\n# A\r\n\r\nb"
    edit = partial(set_value, key="library_name", value="peft")
    after = insert_lines(edit(ReadmeText.of(raw)), 5, ["c"]).encode()
    assert after == (
        b"\xef\xbb\xbf---\r\nlicense: mit\r\nlibrary_name: peft\r\n---\r\n# A\r\n\r\nc\r\n\r\nb"
    )


@pytest.mark.parametrize(
    "front_matter",
    [
        "license: mit\nlicense: mit\n",
        "{license: mit}\n",
        "license: &a mit\nother: *a\n",
        "license: *a\n",
        "license: |\n  mit\n",
        "license: [mit\n",
        "license:\n- mit\n",
        "- a\n",
    ],
)
def test_what_cannot_be_edited_safely_is_refused(front_matter: str) -> None:
    with pytest.raises(EditRefused):
        _set("license", "apache-2.0", f"---\n{front_matter}---\n")


def test_a_comment_never_goes_with_a_key() -> None:
    with pytest.raises(EditRefused, match="comment"):
        remove_key(ReadmeText("---\na: 1 # why\n---\n"), "a")
    assert remove_key(ReadmeText("---\na: 1\nb: 2\n---\n"), "a").text == "---\nb: 2\n---\n"


def test_a_key_is_renamed_in_its_place() -> None:
    text = "---\nlicence: mit  # c\n---\n"
    after = rename_key(ReadmeText(text), "licence", "license").text
    assert after == text.replace("licence", "license")
    with pytest.raises(EditRefused):
        rename_key(ReadmeText("---\nlicence: mit\nlicense: mit\n---\n"), "licence", "license")


def test_a_readme_without_metadata_gets_a_block() -> None:
    assert with_block(ReadmeText("# A\n")).text == "---\n---\n\n# A\n"
    with pytest.raises(EditRefused):
        with_block(ReadmeText("---\na: 1\n# never closed\n"))


def test_lines_are_replaced_only_where_they_are_what_they_were() -> None:
    readme = ReadmeText("a\n\nb\n\nc\n")
    assert replace_lines(readme, 3, 3, ["d"], ["b"]).text == "a\n\nd\n\nc\n"
    assert replace_lines(readme, 3, 3, [], ["b"]).text == "a\n\nc\n"
    with pytest.raises(EditRefused):
        replace_lines(readme, 3, 3, ["d"], ["x"])


def test_words_are_replaced_only_where_they_stand_once() -> None:
    assert replace_words(ReadmeText("7B is 7B\n8B"), 2, "8B", "9B").text == "7B is 7B\n9B"
    with pytest.raises(EditRefused):
        replace_words(ReadmeText("7B is 7B"), 1, "7B", "8B")


def test_words_kept_are_counted_in_their_order() -> None:
    assert kept_words("one two three", "zero one two and three") == 1.0
    assert kept_words("one two", "two one") == 0.5
    assert kept_words("TODO: more\none", "one", {"TODO: more"}) == 1.0


def test_hostile_metadata_are_refused_at_once() -> None:
    deep = "a: " + "[" * 5_000 + "]" * 5_000
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\n" + "".join(
        f"{chr(c)}: &{chr(c)} [*{chr(c - 1)}, *{chr(c - 1)}]\n" for c in range(99, 123)
    )
    for text in (deep, bomb):
        with pytest.raises(EditRefused):
            _set("license", "mit", f"---\n{text}\n---\n")


def test_edited_metadata_read_as_the_hub_reads_them() -> None:
    readme = ReadmeText(HAND_WRITTEN)
    for key, value in (
        ("license", "mit"),
        ("base_model", "a/b"),
        ("pipeline_tag", "text-generation"),
    ):
        readme = set_value(readme, key, value)
    values = parse_card(readme.encode()).metadata.values
    assert values["license"] == "mit"
    assert values["base_model"] == "a/b"
    assert values["language"] == ["en", "no"]


def test_words_of_a_long_text_are_counted_in_a_moment() -> None:
    text = "ab 1\n" * 40_000
    assert kept_words(text, f"New.\n{text}") == 1.0
    assert takes_under(2, lambda: kept_words(text, f"New.\n{text[:100_000]}"))
    assert kept_words(text, f"New.\n{text[:100_000]}") == 0.5
