import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest

from cardiogram.names import SCORES
from cardiogram.report.data import data_blocks as module
from cardiogram.report.data.data_blocks import make_blocks
from cardiogram.report.data.payload import build_payload
from studies import HOSTILE, HOSTILE_ROWS, Row, make_study


def read(root: Path, rows: list[Row]) -> dict[str, Any]:
    blocks = make_blocks(build_payload(make_study(root, rows)))
    return {block.name: json.loads(gzip.decompress(block.data)) for block in blocks}


def test_columns_hold_what_the_models_hold(tmp_path: Path) -> None:
    table = read(tmp_path, list(HOSTILE_ROWS))["table"]
    assert table["rows"] == len(HOSTILE_ROWS)
    assert table["id"][:2] == ["beta/good", "alpha/poor"]
    names, codes = table["task"]
    tasks = [names[code] if code >= 0 else None for code in codes]
    assert {("beta/good", "fill-mask"), ("eta/none", None)} <= set(
        zip(table["id"], tasks, strict=True)
    )
    assert [name for name, *_ in table["scores"]] == list(SCORES)
    _, score, expected, low, high = table["scores"][0]
    poor, unrated = table["id"].index("alpha/poor"), table["id"].index("eta/none")
    assert (score[poor], expected[poor], low[poor], high[poor]) == (1, 100, 100, 150)
    assert (score[unrated], expected[unrated]) == (None, None)
    assert table["created"][poor] == 19783  # days from 1970 to 2024-03-01
    assert table["gated"] == [[], [-1] * len(HOSTILE_ROWS)]
    assert table["map"] is None
    assert (table["names"]["1"], table["names"]["5"]) == ("Empty", "Excellent")


def test_each_text_is_in_the_block_that_its_start_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TEXT_IN_BLOCK", 20)
    monkeypatch.setattr(module, "FACTS_IN_BLOCK", 4)
    rows = [Row(f"a/{i}", 3, 99 - i, text=f"text {i} of them") for i in range(9)]
    found = read(tmp_path, rows)
    table = found["table"]
    assert table["textStarts"] == [0, 2, 4, 6, 8]
    for row, index in enumerate(table["text"]):
        block = max(i for i, start in enumerate(table["textStarts"]) if start <= index)
        text, size, cut = found[f"texts-{block}"][index - table["textStarts"][block]]
        assert (text, size, cut) == (f"text {row} of them", 14, False)
    assert [len(found[f"facts-{i}"]) for i in range(3)] == [4, 4, 1]
    problems, facts = found["facts-0"][0]
    assert problems == []
    assert facts == [[SCORES.index("usage"), "a heading <b>&\u202e", 4, 5, 0.4]]


def test_texts_come_back_as_they_were(tmp_path: Path) -> None:
    found = read(tmp_path, list(HOSTILE_ROWS))
    assert [HOSTILE, len(HOSTILE.encode()), False] in found["texts-0"]


def test_the_same_payload_gives_the_same_bytes(tmp_path: Path) -> None:
    payload = build_payload(make_study(tmp_path, list(HOSTILE_ROWS)))
    assert list(make_blocks(payload)) == list(make_blocks(payload))


def test_places_keep_their_proportions(tmp_path: Path) -> None:
    rows = [
        Row("a/a", 3, 9, place=(-2.0, 0.0), segment="one"),
        Row("b/b", 3, 8, place=(2.0, 1.0)),
        Row("c/c", 3, 7),
        Row("d/d", 3, 6, place=(math.nan, 1.0)),
    ]
    table = read(tmp_path, rows)["table"]["map"]
    assert table["x"] == [0, 65535, None, None]
    assert table["y"] == [0, 16384, None, None]
    assert table["segment"] == [0, -1, -1, -1]
    assert table["segments"] == [{"name": "One", "x": 0, "y": 0}]


def test_a_map_of_one_place(tmp_path: Path) -> None:
    table = read(tmp_path, [Row("a/a", 3, place=(7.0, 7.0), segment="one")])["table"]["map"]
    assert (table["x"], table["y"]) == ([0], [0])
