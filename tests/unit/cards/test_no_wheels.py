"""Cards are read in Python alone as by the compiled packages, and hostile ones in their time."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from cardiogram.cards import Card, parse_card
from cardiogram.cards.features import literals, name_search, read_features
from cardiogram.cards.lint import lint
from cardiogram.cards.parser import markdown_events, name_parser, read_events
from cardiogram.cards.visibility import show_source, view_page
from cardiogram.collect.sources import read_source
from cardiogram.judge.embedded.judge import load_weights
from cardiogram.names import DATA
from support import SHARED, needs_shared

DIFFERENT = {
    # a table below a line of words, whose first row does not begin with a pipe
    "stabilityai/stable-diffusion-2-inpainting",
    # a last row that is a pipe alone
    "azminetoushikwasi/Drug-Classification-NLP",
}
TEXT = """# Häd `x` #

A **bold *it* x** ~~s~~ [l](u "t") [a][b] ***c*** <i hidden>no</i> &amp; \\*
> q <b>x</b>
> <m@x.de> <http://a.b> [b]

<div style="display:none">
  gone ä
</div>

- a
  - ![al *t*](p "t")

| a | b |
|---|---|
| x\\|y ![i](j) [r][b] | <br>`k` |

```py x
code
```

[b]: http://b 'tt'
Set [^1]
===

[^1]: note
[^2]: never named, <b>so not seen</b>
"""


@pytest.fixture
def in_python(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A way to ask both: compiled until it is told to be plain."""
    with monkeypatch.context() as context:
        yield context


def without_wheels(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(markdown_events, "pyromark", None)
    patch.setattr(literals, "BytesAhoCorasick", None)


def marks(footnotes: bool) -> list[tuple[str, int, int]]:
    """Everything but words and blocks' insides, with the bytes where it stands."""
    return [
        (str(event), place["start"], place["end"])
        for event, place in read_events(TEXT, footnotes)
        if isinstance(event, dict)
        and not {"Text", "Table"} & event.keys()
        and "Table" not in str(event)
        and "List" not in str(event)
    ]


@pytest.mark.parametrize("footnotes", [False, True])
def test_every_mark_has_its_bytes(in_python: pytest.MonkeyPatch, footnotes: bool) -> None:
    compiled = marks(footnotes)
    without_wheels(in_python)
    assert marks(footnotes) == compiled


def answers(text: str) -> tuple[Any, ...]:
    card = parse_card(text, id="me/model")
    return card, lint(card, text.encode()), show_source(card.body), view_page(card.body).undrawn


def test_findings_fixes_and_what_is_shown(in_python: pytest.MonkeyPatch) -> None:
    compiled = answers(TEXT)
    assert compiled[3]
    without_wheels(in_python)
    assert answers(TEXT) == compiled


@pytest.mark.usefixtures("no_wheels")
def test_who_reads_is_said() -> None:
    assert name_parser().startswith("markdown-it-py ")
    assert name_search() == "plain search"


def cards() -> list[Card]:
    rows = (
        row
        for name in ("cards-dev.jsonl.gz", "wild-dev-cards.jsonl.gz")
        for row in read_source(SHARED / "corpus" / name)
    )
    return [
        parse_card(row["data"], id=row["id"], tags=row["tags"] or ())
        for number, row in enumerate(rows)
        if number % 4 == 0 or row["id"] in DIFFERENT
    ]


@needs_shared
def test_which_cards_differ(in_python: pytest.MonkeyPatch) -> None:
    """Of every fourth card, and of all that differ among 1,287."""
    compiled = cards()
    before = [read.vector for read in read_features(compiled)]
    without_wheels(in_python)
    plain = cards()
    pairs = [(a, b) for a, b in zip(compiled, plain, strict=True) if a.document != b.document]
    assert {card.id for card, _ in pairs} == DIFFERENT
    assert [read.vector for read in read_features(compiled)] == before
    evaluator = load_weights(DATA / "judge").evaluator
    rows = [[read.vector for read in read_features(side)] for side in zip(*pairs, strict=True)]
    scores = zip(*(evaluator.decide(side) for side in rows), strict=True)
    for mine, other in (pair for card in scores for pair in zip(*card, strict=True)):
        assert mine.value == other.value
        assert abs(mine.expected - other.expected) <= 0.02


@pytest.mark.parametrize("marker", ["> ", "- ", "1. "])
def test_what_is_nested_deeper_stays_as_words(in_python: pytest.MonkeyPatch, marker: str) -> None:
    """Beyond 20 quotes or 10 lists in each other, where no card was seen, the two differ."""
    near, far = (f"{marker * depth}An osprey" for depth in (9, 30))
    assert parse_card(far).document.blocks[-1].text == "An osprey"
    compiled = parse_card(near).document
    without_wheels(in_python)
    assert parse_card(near).document == compiled
    assert parse_card(far).document.blocks[-1].text.endswith(f"{marker}An osprey")


UNITS = (
    *(
        ">",
        "[",
        "![",
        "*a **b ",
        "`a ``b ",
        '[a](b "',
        "<a ",
        "<!-- ",
        "|a",
        "# a\n",
        "- a\n",
        "[a\n",
    ),
    *("[a]: b\n", "[^a]: b\n", "> a\n", "- a\n  - b\n", "<p>\n", "a\n", "1. a\n\n", "|a|\n|-|\n"),
)


@pytest.mark.usefixtures("no_wheels")
@pytest.mark.parametrize("unit", [*UNITS, pytest.param(None, id="lazy")])
def test_four_times_the_text_takes_four_times_the_steps(unit: str | None) -> None:
    less, more = (
        steps_of(unit * count if unit else "> " * 20 + "a\n" * count) for count in (25, 100)
    )
    assert more < 5 * less


def steps_of(text: str) -> int:
    """How many functions are called, those in C as well, until a text is read."""
    steps = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal steps
        steps += event.endswith("call")

    sys.setprofile(count)
    try:
        list(read_events(text, footnotes=True))
    finally:
        sys.setprofile(None)
    return steps


HOSTILE = {
    "quotes": ">" * 8_000,
    "quotes in lines": ("> " * 50 + "a\n") * 100,
    "brackets": "[" * 4_000 + "]" * 4_000,
    "pictures in pictures": "![" * 2_000 + "](x)" * 2_000,
    "definitions": "[a]: b\n" * 1_000,
    "no definitions": "[a\n" * 2_000,
    "titles": '[a](b "' * 1_000,
    "one line": "a" * 200_000,
    "one list": "- a\n" * 2_000,
    "lists in lists": "".join(" " * (2 * depth) + "- a\n" for depth in range(150)),
    "stars": "*a **b _c " * 500,
    "comments": "<!-- " * 2_000,
    "line separators in HTML": "<div>\n" + "\u2028\x0c\x1c" * 500,
    "cells": "|a" * 200 + "\n" + "|-" * 200 + "\n" + "a\n" * 40,
    "notes in notes": "[^a]: " * 1_000,
    "blanks": " \t" * 4_000,
}


@pytest.mark.usefixtures("no_wheels")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_read(name: str) -> None:
    card = parse_card(HOSTILE[name])
    assert show_source(card.body).count("\n") == card.body.count("\n")


@pytest.mark.usefixtures("no_wheels")
def test_any_bytes_are_read() -> None:
    assert parse_card(bytes(range(256)) * 40).text
