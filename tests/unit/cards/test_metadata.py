from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from cardiogram.cards import yaml_reader
from cardiogram.cards.front_matter import parse_metadata
from cardiogram.cards.metadata import Metadata, metadata_from_tags
from cardiogram.cards.plain_yaml import read_plain_yaml
from limits import takes_under


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("# a comment\n", {}),
        ("language: no\n", {"language": "no"}),
        ("language: [no, yes, on]", {"language": ["no", "yes", "on"]}),
        ("ok: true\nnot: False", {"ok": True, "not": False}),
        ("n: 3\nx: 2.5\ne: 1e-3", {"n": 3, "x": 2.5, "e": "1e-3"}),
        ("date: 2024-01-31", {"date": "2024-01-31"}),
        ("none: ~\nempty:\n", {"none": None, "empty": None}),
        ("quoted: '3'", {"quoted": "3"}),
        (
            "time: 1:30\nhex: 0x1F\nbig: 123456789012345678901234567890",
            {
                "time": "1:30",
                "hex": "0x1F",
                "big": "123456789012345678901234567890",
            },
        ),
        ("a: &x [1, 2]\nb: *x", {"a": [1, 2], "b": [1, 2]}),
        ("a: {b: {c: [d]}}", {"a": {"b": {"c": ["d"]}}}),
        ("3: three\ntrue: yes", {"3": "three", "true": "yes"}),
        ("? [a, b]\n: c", {"list": "c"}),
    ],
)
def test_values_stay_as_their_author_wrote_them(text: str, values: dict[str, Any]) -> None:
    found = parse_metadata(text)
    assert found.values == values
    assert found.problems == ()
    assert found.source == "front_matter"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1\n", "yaml_malformed: line 2, a comma or ] is missing after its ["),
        ("a: b: c\n", "yaml_malformed: line 2, it has a second colon: put the value in quotes"),
        ("ok: 1\n\tb: 2", "yaml_malformed: line 3, a tab indents it: YAML takes blanks"),
        ("a: *nowhere", "yaml_malformed: line 2, the alias 'nowhere' is not defined"),
        ("a: \x01", "yaml_malformed"),
        ("- a\n- b", "yaml_not_a_map"),
        ("just words", "yaml_not_a_map"),
        ("a: " + "[" * 100_000, "yaml_too_large"),
        ("a: " + "{b: " * 50 + "}" * 50, "yaml_too_large"),
    ],
)
def test_a_block_that_cannot_be_used_is_empty_and_named(text: str, problem: str) -> None:
    found = parse_metadata(text)
    assert found.values == {}
    (named,) = found.problems
    assert named.startswith(problem)


def test_a_duplicate_key_is_named_and_the_last_one_counts() -> None:
    found = parse_metadata("license: mit\ntags: [a]\nlicense: gpl\n")
    assert found.values == {"license": "gpl", "tags": ["a"]}
    assert found.problems == ("yaml_duplicate_key: license",)
    assert found.lines == {"license": 4, "tags": 3}


_BOMB = "a0: &a0 [lol, lol]\n" + "".join(
    f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 30)
)


@pytest.mark.parametrize(
    "text",
    [
        _BOMB,
        f"a: &a {'x' * 400_000}\nb: [{'*a,' * 40_000}]\n",
        f"a: &a {'x' * 400_000}\n? [{'*a,' * 40_000}]\n: c\n",
        "a: &a [*a, *a]\n",
        "tags: [" + "a," * 60_000 + "]",
    ],
    ids=["billion laughs", "one long text", "in a key", "itself", "long list"],
)
def test_an_alias_bomb_is_named_soon(text: str) -> None:
    assert parse_metadata(text).problems == ("yaml_too_large",)
    assert takes_under(2, lambda: parse_metadata(text))


def test_a_long_but_honest_block_is_read() -> None:
    text = f"widget:\n- text: {'word ' * 50_000}\nlicense: mit\n"
    assert parse_metadata(text).values["license"] == "mit"


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (None, []),
        ("mit", ["mit"]),
        (["en", "", None, 3, {"a": 1}, ["b"]], ["en", "3"]),
        ({"a": "b"}, []),
        (12.5, ["12.5"]),
        ("", []),
    ],
)
def test_texts(value: Any, texts: list[str]) -> None:
    assert Metadata({"key": value}).texts("key") == texts
    assert Metadata().texts("key") == []


def test_tags_become_metadata() -> None:
    tags = [
        "transformers",
        "text-classification",
        "en",
        "fr",
        "license:mit",
        "license:other",
        "dataset:imdb",
        "dataset:sst2",
        "base_model:a/b",
        "base_model:quantized:a/b",
        "model-index",
        "region:us",
        "custom",
        "arxiv:1234.5678",
        "",
    ]
    found = metadata_from_tags(tags)
    assert found.source == "tags"
    assert found.lines == {}
    assert found.values == {
        "library_name": "transformers",
        "pipeline_tag": "text-classification",
        "language": ["en", "fr"],
        "license": "mit",
        "datasets": ["imdb", "sst2"],
        "base_model": ["a/b"],
        "model-index": [],
        "tags": ["custom", "arxiv:1234.5678", ""],
    }
    named = metadata_from_tags(tags, "fill-mask", "flair")
    assert (named.values["pipeline_tag"], named.values["library_name"]) == ("fill-mask", "flair")
    assert metadata_from_tags([]).source == "none"


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "", "", "  ", "    ", "- ", "- ", "  - ", "-   ", "# ", "\t"]),
        st.sampled_from(["", "", "a: ", "b:", "c:  ", "no: ", "null: ", "a b: ", "'0': ", "- "]),
        st.sampled_from(
            [
                *(
                    "",
                    "",
                    "x",
                    "mit",
                    "a b",
                    "x: y",
                    "x:y",
                    "x #y",
                    "x#y",
                    "x ",
                    "x:",
                    "#",
                    "é",
                    "日本",
                ),
                *("1", "-1.5", "+2", ".5", "1_0", "0x1f", "1:30", "2020-01-01", "1e3", ".inf", "-"),
                *(
                    "true",
                    "No",
                    "null",
                    "~",
                    "[]",
                    "[a]",
                    "{}",
                    "'x'",
                    '"x"',
                    '"x',
                    "'x' y",
                    '"\\n"',
                ),
                *(
                    "|",
                    ">-",
                    "&x y",
                    "*x",
                    "!!str x",
                    "<<: x",
                    "? x",
                    "---",
                    "...",
                    "\x85",
                    "\u2028",
                ),
            ]
        ),
    ).map("".join),
    max_size=7,
).map("\n".join)


@settings(max_examples=300)
@given(LINES)
def test_plain_front_matter_is_what_the_parser_reads(text: str) -> None:
    plain = read_plain_yaml(text)
    if plain is not None:
        reader = yaml_reader._read(text)
        assert (repr(plain.root), plain.lines) == (repr(reader.root), reader.lines)
        assert not reader.duplicates


def test_most_front_matter_is_plain() -> None:
    text = """license: mit
language:
- en
- 'fr'
tags: []
widget:
  - text: "Hello"
    score: 1.5
model-index:
- name: out
  results:
  - task:
      type: text-generation
    metrics:
    - {}
"""
    assert read_plain_yaml(text) is None
    plain = read_plain_yaml(text.replace("{}", "type: loss"))
    assert plain is not None
    assert plain.lines == {"license": 0, "language": 1, "tags": 4, "widget": 5, "model-index": 8}
    assert plain.root["widget"] == [{"text": "Hello", "score": 1.5}]
