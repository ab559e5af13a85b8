import gzip
import json
import math
from pathlib import Path
from typing import Any, Literal

import pytest

from cardiogram.names import SCORES
from cardiogram.report.data import asked_blocks, data_blocks as module
from cardiogram.report.data.asked_blocks import AskedBlocks
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


@pytest.mark.parametrize("texts", ["all", "licensed"])
def test_what_a_page_asks_for_is_what_a_file_carries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: Literal["all", "licensed"]
) -> None:
    monkeypatch.setattr(asked_blocks, "_FACTS", 2)
    rows = [*HOSTILE_ROWS, *(Row(f"a/m{i}", 3, i, text=f"# Card {i}\n") for i in range(9))]
    study = make_study(tmp_path, rows)
    for row in (models := study.models.read_shard("0")):
        row["license"] = "mit" if row["id"] < "d" else None
    study.models.write("0", models[:6])
    study.models.write("1", models[6:])
    ratings = study.ratings.read_shard("0")
    study.ratings.write("0", ratings[:6])
    study.ratings.write("embedded-1", [{**row, "evidence": None} for row in ratings[6:]])
    carried = build_payload(study, texts=texts)
    file = {b.name: json.loads(gzip.decompress(b.data)) for b in make_blocks(carried)}
    asked = AskedBlocks(study, build_payload(study, texts=texts, carried="compared"))

    def find(name: str) -> Any:
        data = asked.find(name)
        return None if data is None else json.loads(gzip.decompress(data))

    table = find("table")
    assert {key: table[key] for key in table if key not in ("factsInBlock", "textStarts")} == {
        key: file["table"][key] for key in table if key not in ("factsInBlock", "textStarts")
    }
    facts = [fact for number in range(len(rows) // 2) for fact in find(f"facts-{number}")]
    assert facts == file["facts-0"]
    assert any(found for _, found in facts[len(ratings) // 2 :])
    numbers = range(len(table["textStarts"]))
    given = [text for number in numbers for text in find(f"texts-{number}")]
    assert given == file.get("texts-0", [])
    assert len(given) > 0
    assert (len(given) < len({row.text for row in rows}) - 1) == (texts != "all")
    for name in ("facts-99", f"texts-{len(numbers)}", "texts-00", "facts--1", "texts-0/..", "x"):
        assert asked.find(name) is None


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
