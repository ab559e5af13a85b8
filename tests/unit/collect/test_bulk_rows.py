"""A row of a Parquet dump is the same by Arrow as one by one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from hypothesis import given, settings, strategies as st

from cardiogram.collect.bulk.dump_rows import NUMBER
from cardiogram.collect.bulk.joined_models import Bucket, Join, join_bucket
from cardiogram.collect.bulk.scatter import Scatter
from cardiogram.collect.collect import _card_row
from cardiogram.collect.sources import _plain, _row
from cardiogram.hub import Query
from cardiogram.store import CARDS, MODELS
from cardiogram.text import sha256

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.timezone.utc)

TEXT = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["", " ", "\x1f", "\x85", "\u2003x", "a/b", "/b", "a/", "me/m\n", "TRUE", "ﬀ" * 50]
    ),
)
TAG = st.one_of(
    TEXT,
    st.sampled_from(
        [
            "license:",
            "license:mit",
            "base_model:",
            "base_model:a/b",
            "base_model:quantized:a/b",
            " en ",
        ]
    ),
)
COUNT = st.one_of(
    st.integers(-2, 3), st.sampled_from([10**15 - 1, 10**15, -(2**63), 2**63 - 1, 2**31])
)
MOMENTS = st.datetimes(dt.datetime(1999, 12, 31), dt.datetime(2101, 1, 2))
COLUMNS: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.string(): TEXT,
    pa.large_string(): TEXT,
    pa.dictionary(pa.int32(), pa.string()): TEXT,
    pa.null(): st.none(),
    pa.bool_(): st.booleans(),
    pa.int8(): st.integers(-128, 127),
    pa.int64(): COUNT,
    pa.uint64(): st.sampled_from([0, 10**15, 2**64 - 1]),
    pa.float32(): st.floats(width=32),
    pa.float64(): st.one_of(st.floats(), st.sampled_from([-0.5, 0.5, 1e15, 1e15 - 1])),
    pa.decimal128(9, 2): st.decimals(0, 9, places=2),
    pa.date32(): st.dates(dt.date(1999, 12, 30), dt.date(2101, 1, 2)),
    pa.timestamp("us"): MOMENTS,
    pa.timestamp("ns"): MOMENTS,
    pa.timestamp("us", tz="UTC"): MOMENTS,
    pa.timestamp("s", tz="+05:30"): MOMENTS,
    pa.binary(): st.binary(max_size=3),
    pa.list_(pa.string()): st.lists(st.one_of(st.none(), TAG), max_size=4),
    pa.large_list(pa.large_string()): st.lists(TAG, max_size=4),
    pa.list_(pa.int64()): st.lists(st.integers(0, 9), max_size=2),
    pa.struct([("total", pa.int64())]): st.fixed_dictionaries({"total": st.none() | COUNT}),
    pa.struct([("part", pa.string())]): st.fixed_dictionaries({"part": TEXT}),
}
USUAL = {
    "id": [pa.string(), pa.large_string()],
    "tags": [pa.list_(pa.string()), pa.large_list(pa.large_string()), pa.string()],
    "text": [pa.binary(), pa.string()],
    "readme": [pa.binary()],
}
"""Types that a column has now and then; else it has any."""
CARDS_AS_BYTES = [
    *(
        b"",
        b"# A",
        b"---\nlicense: mit\n---\n# A",
        b"---\na: 1\n---",
        b"---\n---\n",
        b"---\nno end",
    ),
    *(
        b"\n---\na: b\n---\nx",
        b"--- \n---\n",
        b"# A\r\n",
        b"a\0",
        b"\xef\xbb\xbf# A",
        b"\xff\xfea\0",
    ),
    *(b"# \xff", b"---\na: \xe9\n---\nx", b"# \xed\xa0\x80", b"# \xf4\x90\x80\x80", b"# \xc0\x80"),
    *(
        b"version https://git-lfs.github.com/spec/v1\noid",
        "# \u00e9\u4e2d".encode(),
        b"\x1c---\n---",
    ),
]
NAMED = [
    *("id", "modelId", "author", "downloads", "downloadsAllTime", "likes", "tags", "task", "sha"),
    *("created_at", "createdAt", "lastModified", "gated", "safetensors", "trendingScore"),
    *("disabled", "library_name", "text", "readme"),
]
HOSTILE_DATES = [
    "2024-01-02T03:04:05Z",
    "2024-01-02",
    "yesterday",
    "0001-01-01T00:00:00+14:00",
    "12",
    " ",
]


@st.composite
def dumps(draw: st.DrawFn) -> pa.RecordBatch:
    size = draw(st.integers(1, 5))
    columns = {}
    for name in draw(st.lists(st.sampled_from(NAMED), min_size=1, max_size=7, unique=True)):
        kinds = USUAL.get(name, []) if draw(st.booleans()) else []
        kind = draw(st.sampled_from(kinds or list(COLUMNS)))
        values = st.none() | COLUMNS[kind]
        if kind == pa.string() and name in ("created_at", "createdAt", "lastModified"):
            values = st.none() | st.sampled_from(HOSTILE_DATES)
        if kind == pa.binary() and name in ("text", "readme"):
            values = st.none() | st.sampled_from(CARDS_AS_BYTES)
        columns[name] = pa.array(draw(st.lists(values, min_size=size, max_size=size)), kind)
    return pa.RecordBatch.from_pydict(columns)


def one_by_one(raw: pa.RecordBatch) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    models, cards = [], {}
    for number, values in enumerate(_plain(raw).to_pylist()):
        row = _row(values, f"row-{number + 1}")
        data = row.pop("data")
        sha = None if data is None else sha256(data)
        if sha is not None:
            cards.setdefault(sha, _card_row(data, sha, None))
        problems = row["problems"] or ([] if sha else ["no_readme"])
        models.append(
            {**row, "stratum": "all", "weight": 1.0, "problems": problems, "card_sha256": sha}
        )
    first = {row["id"]: row for row in reversed(models)}
    kept = [row for row in models if first[row["id"]] is row]
    wanted = {row["card_sha256"] for row in kept}
    return kept, {sha: card for sha, card in cards.items() if sha in wanted}


def by_arrow(raw: pa.RecordBatch) -> Bucket:
    numbered = raw.append_column(NUMBER, pa.array(range(raw.num_rows), pa.int64()))
    rows = Scatter(Query())(numbered.replace_schema_metadata({"source": "0"}))
    return join_bucket(Join((0,), (), NOW), rows)


def same(raw: pa.RecordBatch) -> None:
    models, cards = one_by_one(raw)
    bucket = by_arrow(raw)
    expected = pa.Table.from_pylist([{**row, "fetched_at": NOW} for row in models], schema=MODELS)
    assert pa.Table.from_batches([bucket.models]).to_pylist() == expected.to_pylist()
    assert (
        bucket.cards.to_pylist()
        == pa.Table.from_pylist(list(cards.values()), schema=CARDS).to_pylist()
    )
    assert bucket.doubled == raw.num_rows - len(models)


@settings(max_examples=60, deadline=None)
@given(dumps())
def test_rows_are_the_same_by_arrow_as_one_by_one(raw: pa.RecordBatch) -> None:
    same(raw)


def test_cards_are_the_same_as_bytes_as_by_their_texts() -> None:
    ids = [f"a/{n}" for n in range(len(CARDS_AS_BYTES))]
    same(pa.RecordBatch.from_pydict({"id": ids, "text": CARDS_AS_BYTES}))
    utf8 = [card for card in CARDS_AS_BYTES if card.decode("utf-8", "replace").encode() == card]
    assert len(utf8) > 10  # where all of a batch is UTF-8, no texts are made
    same(pa.RecordBatch.from_pydict({"id": ids[: len(utf8)], "text": utf8}))


def test_a_row_that_no_worker_survives_is_known_by_its_id() -> None:
    raw = pa.RecordBatch.from_pylist([{"modelId": "a/b", "card": "# B", "likes": 3, NUMBER: 7}])
    raw = raw.replace_schema_metadata({"source": "0"})
    scatter = Scatter(Query())
    (row,) = scatter.poisoned(raw).to_pylist()
    assert (row["id"], row["problems"], row["likes"]) == ("a/b", ["poisoned"], None)
    assert scatter.poisoned(raw).schema.equals(scatter(raw).schema)
