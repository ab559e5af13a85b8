import gzip
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cardiogram.collect.sources import kind_of, read_ids, read_source
from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import model_row
from cardiogram.store import LISTING

SAMPLE = Path(__file__).parents[3] / "examples" / "sample"


def rows(path: Path) -> list[dict[str, Any]]:
    return list(read_source(path))


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    return tmp_path / "cards.jsonl"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jsonl", "jsonl"),
        ("a.jsonl.gz", "jsonl"),
        ("a.ndjson", "jsonl"),
        ("a.parquet", "parquet"),
        ("a.txt", "ids"),
        ("folder.txt/", "folder"),
    ],
)
def test_kind_of(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / name
    if name.endswith("/"):
        path.mkdir()
    else:
        path.touch()
    assert kind_of(path) == kind


@pytest.mark.parametrize("name", ["nothing", "nothing.jsonl", "x" * 300])
def test_no_such_source(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="no file or folder") as caught:
        kind_of(tmp_path / name)
    assert caught.value.hint


def test_a_source_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    path.touch()
    with pytest.raises(ConfigError, match=r"cards\.csv") as caught:
        kind_of(path)
    assert ".jsonl" in caught.value.hint


def test_json_lines_with_the_names_of_the_dumps(cards: Path) -> None:
    cards.write_text(
        json.dumps(
            {
                "modelId": "me/m",
                "card": "# M",
                "downloadsAllTime": 7,
                "likes": "3",
                "tags": "['license:mit', \"base_model:a/b\", 'en']",
                "downloads": 2.0,
                "createdAt": "2024-01-02T03:04:05Z",
                "last_modified": "2024-01-02",
                "task": "fill-mask",
                "gated": False,
            }
        )
    )
    (row,) = rows(cards)
    assert (
        row.items()
        >= {
            "id": "me/m",
            "author": "me",
            "data": "# M",
            "downloads": 2,
            "downloads_all_time": 7,
            "likes": 3,
            "tags": ["license:mit", "base_model:a/b", "en"],
            "license": "mit",
            "base_model": ["a/b"],
            "pipeline_tag": "fill-mask",
            "gated": "false",
            "problems": [],
            "created_at": datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
            "last_modified": datetime(2024, 1, 2, tzinfo=timezone.utc),
        }.items()
    )


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("{", ["no_id: not a JSON object"]),
        ("[1]", ["no_id: not a JSON object"]),
        ("[" * 100_000, ["no_id: not a JSON object"]),
        ("9" * 5000, ["no_id: not a JSON object"]),
        (b"\xff\xfe", ["no_id: not a JSON object"]),
        ("{}", ["no_id"]),
        ('{"id": 3, "text": "a"}', ["no_id"]),
        ('{"id": "  "}', ["no_id"]),
        ('{"id": "a/b", "likes": -1}', ["bad_count: -1"]),
        ('{"id": "a/b", "likes": 1e300}', ["bad_count: 1e+300"]),
        ('{"id": "a/b", "likes": true}', ["bad_count: True"]),
        ('{"id": "a/b", "likes": [1]}', ["bad_count: [1]"]),
        ('{"id": "a/b", "likes": Infinity}', ["bad_count: inf"]),
        ('{"id": "a/b", "likes": NaN}', []),
        ('{"id": "a/b", "likes": "many"}', ["bad_count: many"]),
        ('{"id": "a/b", "created_at": "yesterday"}', ["bad_date: yesterday"]),
        (
            '{"id": "a/b", "created_at": "0001-01-01T00:00:00+14:00"}',
            ["bad_date: 0001-01-01T00:00:00+14:00"],
        ),
        ('{"id": "a/b", "created_at": 12}', ["bad_date: 12"]),
        (r'{"id": "a/\ud800", "tags": ["\udfff"], "likes": "\ud800"}', ["bad_count: ?"]),
        ('{"id": "a/b", "tags": {"a": 1}, "text": 3}', []),
    ],
)
def test_a_bad_line_is_a_row_that_can_be_stored(
    cards: Path, line: str | bytes, problems: list[str]
) -> None:
    data = line if isinstance(line, bytes) else line.encode()
    cards.write_bytes(b'{"id": "good/one"}\n\n' + data + b'\n{"id": "good/two"}')
    one, row, two = rows(cards)
    assert (one["id"], two["id"]) == ("good/one", "good/two")
    assert row["problems"] == problems
    assert row["id"]
    assert row["data"] in (None, "a")
    light = {key: value for key, value in row.items() if key != "data"}
    assert pa.Table.from_pylist([light], schema=LISTING).num_rows == 1


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cards.jsonl.gz"
    whole = gzip.compress(b'{"id": "a/b", "text": "words"}\n' * 500, mtime=0)
    broken = bytearray(whole)
    broken[30:60] = b"\xff" * 30
    for data in (b"no archive", whole[:-30], bytes(broken)):
        path.write_bytes(data)
        with pytest.raises(DataError, match=r"cannot read .*cards\.jsonl\.gz"):
            rows(path)
    path.write_bytes(whole)
    assert len(rows(path)) == 500


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "dump.parquet"
    moment = pa.array([1_700_000_000_123_456_789, None], pa.timestamp("ns"))
    text = pa.array([b"# M\xff", None], pa.binary()).view(pa.string())
    tags = pa.array([["license:mit"], None], pa.list_(pa.string()))
    pq.write_table(
        pa.table({"id": ["a/b", "c/d"], "card": text, "createdAt": moment, "tags": tags}),
        path,
    )
    first, second = rows(path)
    assert (first["id"], first["data"], first["license"]) == ("a/b", b"# M\xff", "mit")
    assert first["created_at"].isoformat() == "2023-11-14T22:13:20.123000+00:00"
    assert first["problems"] == second["problems"] == []
    assert (second["data"], second["created_at"], second["tags"]) == (None, None, [])


def test_a_damaged_parquet_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "dump.parquet"
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(DataError, match=r"cannot read .*dump\.parquet"):
        rows(path)


def test_a_folder_of_cards() -> None:
    found = rows(SAMPLE)
    assert len(found) == 50
    assert sum(bool(row["data"]) for row in found) >= 45
    assert all("/" in row["id"] for row in found)
    assert any(row["likes"] for row in found)
    assert [row["id"] for row in rows(SAMPLE)] == [row["id"] for row in found]


def test_cards_whose_folders_name_no_owner_are_of_one(tmp_path: Path) -> None:
    for name in ("heron", "wren", "acme/tern"):
        (tmp_path / "cards" / name).mkdir(parents=True)
        (tmp_path / "cards" / name / "README.md").write_text("# A model\n")
    rows = read_source(tmp_path / "cards")
    owners = {"acme/tern": "acme", "heron": "./cards", "wren": "./cards"}
    assert {row["id"]: row["author"] for row in rows} == owners


def test_a_folder_that_is_one_card(tmp_path: Path) -> None:
    folder = tmp_path / "my-model"
    (folder / "sub").mkdir(parents=True)
    (folder / "README.md").write_bytes(b"\xff")
    (folder / "sub" / "README.md").mkdir()
    found = {row["id"]: row for row in rows(folder)}
    assert found["my-model"]["data"] == b"\xff"
    assert found["sub"]["problems"] == ["unreachable: Is a directory"]


def test_ids(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_bytes(b"\xef\xbb\xbfa/b\r\n# no\r\n\r\n c/d # yes\r\na/b\r\n\xff/x\r\n")
    assert read_ids(path) == ["a/b", "c/d", "\ufffd/x"]
    path.write_text("https://huggingface.co/a/b/blob/main/README.md\nhf.co/c/d  # pasted\na/b\n")
    assert read_ids(path) == ["a/b", "c/d"]


def test_a_row_of_a_dump_is_the_row_that_the_hub_lists(tmp_path: Path) -> None:
    raws: list[dict[str, Any]] = [
        {
            "id": "river/otter-lora",
            "tags": ["base_model:adapter:river/otter", "license:mit"],
            "safetensors": {"parameters": {"BF16": 110106428}, "total": 110106428},
            "trendingScore": 2,
            "gated": False,
            "likes": 3,
            "downloads": 40,
        },
        {
            "id": "river/otter-beaver",
            "tags": [
                *("base_model:river/otter", "base_model:merge:river/otter"),
                *("base_model:river/beaver", "base_model:merge:river/beaver"),
            ],
            "gated": "auto",
        },
        {"id": "otter", "tags": [], "disabled": True, "likes": -1},
    ]
    path = tmp_path / "dump.jsonl"
    path.write_text("".join(json.dumps({**raw, "card": "# Otter"}) + "\n" for raw in raws))
    for raw, row in zip(raws, read_source(path), strict=True):
        listed = model_row(raw)
        codes = [problem.partition(":")[0] for problem in row["problems"]]
        assert sorted(codes) == sorted(listed["problems"])
        same = [key for key in listed if key not in ("problems",)]
        assert {key: row.get(key) for key in same} == {key: listed[key] for key in same}
