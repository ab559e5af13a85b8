"""Parquet dumps into a study: joined, cut into buckets, gone on with, and every fault of a file."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cardiogram.collect import Source, collect
from cardiogram.collect.bulk import collect_dumps, dump_plan, scatter
from cardiogram.collect.bulk.gather import BucketFiles
from cardiogram.collect.bulk.scatter import Incoming, bucket_of
from cardiogram.collect.sample import Sample, choose
from cardiogram.collect.sources import read_source
from cardiogram.engine import Workers
from cardiogram.errors import DataError
from cardiogram.hub import Query
from cardiogram.store import Study
from cardiogram.text import sha256
from support import SHARED, needs_shared

ALONE = Workers(count=1)
MARCH = dt.datetime(2026, 3, 1, tzinfo=dt.timezone.utc)
SERIES = SHARED / "stats" / "series"
CARDS_DUMP = SERIES / "cards" / "new"
HUB_STATS = SERIES / "hub-stats" / "resolve" / "818743b967a1fdbff52bbeef8fb9d62fb9b4e7bb"

MIT = ["license:mit"]

Row = dict[str, Any]


@pytest.fixture(autouse=True)
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buckets of 8 rows in 4 groups, and shards of 16 rows, of which 5 are done at once."""
    monkeypatch.setattr(scatter, "_GROUPS", 4)
    monkeypatch.setattr(scatter, "_AT_ONCE", 5)
    monkeypatch.setattr(sys.modules[collect_dumps.__module__], "_ROWS", 8)
    monkeypatch.setattr(dump_plan, "_ROWS", 16)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path / "study")


def rows_of(count: int, **more: Any) -> list[Row]:
    """Models, every third with the text of the one before it."""
    return [
        {
            "modelId": f"o{n % 5}/m{n}",
            "card": f"# {n - (n % 3 == 2)}",
            "downloads": n,
            "last_modified": MARCH + dt.timedelta(n),
            **more,
        }
        for n in range(count)
    ]


def write(path: Path, rows: Sequence[Row], groups: int = 10, **how: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=groups, **how)
    return path


def run(study: Study, *paths: Path, sample: Sample | None = None, **asked: Any) -> int:
    source = Source(paths[0], Query(**asked), sample or Sample(), also=paths[1:])
    return collect(study, source, executor=ALONE)


def models(study: Study) -> dict[str, Row]:
    rows = list(study.models.rows())
    assert len({row["id"] for row in rows}) == len(rows)
    wanted = {row["card_sha256"] for row in rows} - {None}
    for path in study.models.shards():
        of_bucket = {row["card_sha256"] for row in study.models.read_shard(path.stem)} - {None}
        texts = [row["card_sha256"] for row in study.cards.read_shard(path.stem)]
        assert sorted(texts) == sorted(of_bucket)  # each that is needed, once
    assert wanted == {row["card_sha256"] for row in study.cards.rows()}
    return {row["id"]: row for row in rows}


def files(study: Study) -> dict[str, bytes]:
    paths = (path for path in study.root.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(study.root)): path.read_bytes() for path in paths}


def test_a_dump_becomes_the_rows_that_it_became_before(study: Study, tmp_path: Path) -> None:
    dump = write(tmp_path / "dump.parquet", rows_of(50))
    assert run(study, dump) == 50
    found = models(study)
    before = {row["id"]: row for row in read_source(dump)}
    assert set(found) == set(before)
    for id, row in found.items():
        expected = before[id]
        assert row["card_sha256"] == sha256(expected.pop("data"))
        assert {name: row[name] for name in expected} == expected
    assert len(study.models.shards()) == 7
    assert study.manifest()["buckets"] == 7
    for number, path in enumerate(study.models.shards()):
        assert {bucket_of(row["id"], 7) for row in study.models.read_shard(path.stem)} == {number}
    assert not (study.root / "incoming").exists()


def test_one_bucket_keeps_the_order_of_the_dump(study: Study, tmp_path: Path) -> None:
    run(study, write(tmp_path / "dump.parquet", rows_of(8), groups=3))
    assert list(models(study)) == [row["modelId"] for row in rows_of(8)]


def test_a_row_group_of_any_size_is_read_in_parts(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write_one = Incoming.write

    def spy(self: Incoming, shard: Any, rows: pa.RecordBatch) -> Any:
        sizes.append(rows.num_rows)
        return write_one(self, shard, rows)

    monkeypatch.setattr(Incoming, "write", spy)
    rows = [*rows_of(150), {"card": "# nameless"}]
    run(study, write(tmp_path / "dump.parquet", rows, groups=1000))
    assert len(models(study)) == 151
    assert "row-151" in models(study)
    assert (len(sizes), max(sizes)) == (3, 51)


def test_again_writes_nothing_and_reads_no_row(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = write(tmp_path / "dump.parquet", rows_of(30))
    run(study, dump)
    before = {path: path.stat().st_mtime_ns for path in study.root.rglob("*")}
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", None)
    assert run(study, dump) == 30
    dump.unlink()  # what a study has needs no dump
    assert collect(study, Source.of(study.manifest()), executor=ALONE) == 30
    assert {path: path.stat().st_mtime_ns for path in study.root.rglob("*")} == before


def test_what_changed_in_the_dump_changes_in_the_study(study: Study, tmp_path: Path) -> None:
    rows = rows_of(30)
    dump = write(tmp_path / "dump.parquet", rows, compression="none", write_statistics=False)
    run(study, dump)
    data = dump.read_bytes()
    assert data.count(b"# 12") == 1
    dump.write_bytes(data.replace(b"# 12", b"# !2"))  # nothing at the end of the file says so
    run(study, dump)
    assert models(study)["o2/m12"]["card_sha256"] == sha256("# !2")
    rows[3]["card"] = "# changed"
    run(study, write(tmp_path / "dump.parquet", rows[2:]))
    found = models(study)
    assert len(found) == 28
    assert found["o3/m3"]["card_sha256"] == sha256("# changed")


def test_dumps_are_joined_by_id(study: Study, tmp_path: Path) -> None:
    cards = [{"modelId": f"a/{n}", "card": f"# {n}", "likes": 1} for n in range(20)]
    listed: list[Row] = [
        {
            "id": f"a/{n}",
            "likes": n,
            "downloads": None if n == 3 else 10 * n,
            "tags": ["license:mit"],
        }
        for n in range(10, -1, -1)
    ]
    listed += [{"id": "a/0", "likes": 99}, {"id": "b/no-card", "likes": 5}]
    run(study, write(tmp_path / "m.parquet", listed), write(tmp_path / "c" / "c.parquet", cards))
    found = models(study)
    assert set(found) == {f"a/{n}" for n in range(20)}
    assert [found[f"a/{n}"]["likes"] for n in (0, 5, 15)] == [0, 5, 1]  # the first that says it
    assert [found[f"a/{n}"]["downloads"] for n in (2, 3, 15)] == [20, None, None]
    assert found["a/5"]["license"] == "mit"
    assert study.manifest()["collected"][0]["doubled"] == 1


@needs_shared
def test_the_public_dumps_as_they_are(study: Study, tmp_path: Path) -> None:
    assert run(study, HUB_STATS, CARDS_DUMP) == 12
    found = models(study)
    stats = {row["id"]: row for row in pq.read_table(HUB_STATS / "models.parquet").to_pylist()}
    both = set(found) & set(stats)
    assert len(both) == 10
    for id in both:
        assert found[id]["downloads_all_time"] == stats[id]["downloadsAllTime"]
        assert found[id]["parameters"] == (stats[id]["safetensors"] or {}).get("total")
        assert found[id]["card_sha256"]
    other = Study(tmp_path / "other")
    characterised = SERIES / "hf-hub-characterization" / "models.parquet"
    run(other, SERIES / "cards" / "old", characterised)
    assert {row["created_at"] is None for row in models(other).values()} == {False}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"author": "o3"}, lambda n: n % 5 == 3),
        ({"since": dt.date(2026, 3, 25)}, lambda n: n >= 24),
        ({"task": "fill-mask"}, lambda n: n < 20),
        ({"search": "M1"}, lambda n: n == 1 or 10 <= n < 20),
        ({"limit": 17}, lambda n: n < 17),
        ({"author": "o3", "limit": 4}, lambda n: n % 5 == 3 and n < 19),
    ],
)
def test_filters(study: Study, tmp_path: Path, asked: Row, kept: Any) -> None:
    rows = [
        {**row, "task": "fill-mask" if n < 20 else "other"} for n, row in enumerate(rows_of(40))
    ]
    run(study, write(tmp_path / "dump.parquet", rows), **asked)
    assert set(models(study)) == {row["modelId"] for n, row in enumerate(rows) if kept(n)}


@pytest.mark.parametrize("limit", [None, 3])
def test_a_filter_on_a_column_that_another_file_has(
    study: Study, tmp_path: Path, limit: int | None
) -> None:
    cards = [{"id": f"a/{n}", "card": f"# {n}"} for n in range(20)]
    listed = [{"id": f"a/{n}", "library": "peft" if n % 2 else "other"} for n in range(15)]
    paths = write(tmp_path / "c.parquet", cards), write(tmp_path / "m.parquet", listed)
    run(study, *paths, library="peft", limit=limit)
    assert set(models(study)) == {f"a/{n}" for n in (1, 3, 5, 7, 9, 11, 13)[:limit]}


def test_row_groups_without_a_wanted_row_are_not_read(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = write(tmp_path / "dump.parquet", rows_of(60))
    read: list[int] = []
    iter_batches = pq.ParquetFile.iter_batches

    def spy(file: pq.ParquetFile, size: int, groups: list[int], columns: list[str]) -> Any:
        read.extend(group for group in groups if "card" in columns)
        return iter_batches(file, size, groups, columns)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", spy)
    run(study, dump, since=dt.date(2026, 4, 15))
    assert read == [4, 5]


def test_a_stratified_sample_is_the_one_that_was_drawn_before(study: Study, tmp_path: Path) -> None:
    dump = write(tmp_path / "dump.parquet", rows_of(60))
    sample = Sample("stratified", 3)
    run(study, dump, sample=sample, limit=20)
    listed = [
        {"id": r["id"], "downloads": r["downloads"], "pipeline_tag": None}
        for r in read_source(dump)
    ]
    expected = {row["id"]: row for row in choose(listed, sample, 20)}
    found = models(study)
    assert {id: (row["stratum"], row["weight"]) for id, row in found.items()} == {
        id: (row["stratum"], row["weight"]) for id, row in expected.items()
    }


def test_a_newer_dump_replaces_and_adds(
    study: Study, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = rows_of(40), rows_of(41, likes=1)
    run(study, write(tmp_path / "old.parquet", old))
    before, files_before = models(study), files(study)
    for row in new[:20]:
        row["card"] = "# not read: it was not modified"
    new[39]["card"] = "# better"
    since = dt.date(2026, 4, 9)
    dump = write(tmp_path / "new.parquet", new)
    assert run(study, dump, since=since) == 41
    found = models(study)
    assert found["o4/m39"]["card_sha256"] == sha256("# better")
    assert [found[f"o{n % 5}/m{n}"]["likes"] for n in (38, 39, 40)] == [None, 1, 1]
    for n in range(39):
        assert found[f"o{n % 5}/m{n}"] == before[f"o{n % 5}/m{n}"]
    assert "it has likes, too" in caplog.text
    after = files(study)
    touched = {Path(name).stem for name in after if after[name] != files_before.get(name)}
    assert touched == {"study", *(f"{bucket_of(id, 5):05}" for id in ("o4/m39", "o0/m40"))}
    assert run(study, dump, since=since) == 41
    assert run(study, tmp_path / "old.parquet") == 41  # the study's own question
    assert files(study) == after
    with pytest.raises(DataError, match="holds another study"):
        run(study, dump)
    study.models.shards()[2].unlink()  # lost files are made again of both dumps
    study.cards.shards()[0].unlink()
    run(study, tmp_path / "old.parquet")
    assert models(study) == found


def test_of_doubled_ids_the_first_counts_and_it_is_said(
    study: Study, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = rows_of(30)
    run(
        study, write(tmp_path / "dump.parquet", [*rows, {**rows[4], "card": "# second"}, *rows[:2]])
    )
    assert models(study)["o4/m4"]["card_sha256"] == sha256("# 4")
    assert "3 rows left out: another with their id came first" in caplog.text


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ([{"id": "a/b", "likes": 1}], r"no column text or card.*it has id, likes"),
        (
            [{"id": "a/b", "card": "x"}, {"name": "a/b"}],
            r"b\.parquet' has no column id or.*name",
        ),
        ([{"id": "a/b", "card": "x"}], r"no column pipeline_tag or task; it has card, id"),
    ],
)
def test_a_column_that_is_missing(
    study: Study, tmp_path: Path, tables: list[Row], words: str
) -> None:
    paths = [
        write(tmp_path / f"{name}.parquet", [row]) for name, row in zip("ab", tables, strict=False)
    ]
    with pytest.raises(DataError, match=words):
        run(study, *paths, task="fill-mask")


def test_files_of_a_dump_that_differ(
    study: Study, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "dump"
    write(folder / "data" / "0.parquet", rows_of(5))
    write(folder / "data" / "1.parquet", [{"id": "x/y", "card": "# Y", "downloads": "7"}])
    (folder / "data" / "2.parquet").write_bytes(b"PAR1, and no more")
    run(study, folder)
    assert models(study)["x/y"]["downloads"] == 7
    for words in (
        "its downloads is string instead of int64",
        "it has no last_modified",
        "2.parquet",
    ):
        assert words in caplog.text
    write(folder / "data" / "3.parquet", [{"id": "x/y", "likes": 3}])
    with pytest.raises(DataError, match=r"3\.parquet' has no column text"):
        run(study, folder)


def test_a_damaged_row_group_is_named_and_set_aside(
    study: Study, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dump = write(tmp_path / "dump.parquet", rows_of(40))
    column = pq.read_metadata(dump).row_group(2).column(1)
    data = bytearray(dump.read_bytes())
    start = column.dictionary_page_offset or column.data_page_offset
    data[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    dump.write_bytes(data)
    assert run(study, dump) == 30
    assert "o0/m20" not in models(study)
    assert f"set aside, it cannot be read: row group 2 of {dump}: 10 rows" in caplog.text
    assert study.manifest()["collected"][0]["set_aside"]
    dump.write_bytes(data[:-60])
    with pytest.raises(DataError, match=r"cannot read .*dump\.parquet"):
        run(Study(tmp_path / "cut"), dump)


def test_a_card_of_any_size_is_cut_and_said(study: Study, tmp_path: Path) -> None:
    large = "# long\n" + "x" * (5 << 20)
    run(study, write(tmp_path / "dump.parquet", [*rows_of(3), {"modelId": "a/b", "card": large}]))
    row = next(row for row in study.cards.rows() if row["problems"])
    assert (row["card_sha256"], row["bytes"]) == (sha256(large), len(large))
    assert (row["problems"], len(row["body"])) == (["oversized"], 1 << 20)


@pytest.mark.parametrize("kind", [Incoming, BucketFiles])
@pytest.mark.parametrize("died_at", [1, 2])
def test_a_run_that_died_is_continued_to_the_same_bytes(
    study: Study,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Incoming | BucketFiles],
    died_at: int,
) -> None:
    dump = write(tmp_path / "dump.parquet", [*rows_of(40), rows_of(1)[0]])
    whole = Study(tmp_path / "whole")
    run(whole, dump)
    shutil.copytree(whole.root, study.root)
    for folder in (study.models.folder, study.cards.folder):
        shutil.rmtree(folder)
    manifest = study.manifest()
    study.write_manifest({k: v for k, v in manifest.items() if k not in ("collected", "format")})
    written: list[object] = []
    write_one = kind.write

    def die(self: Any, shard: Any, rows: pa.RecordBatch) -> Any:
        if len(written) == died_at:
            raise KeyboardInterrupt
        written.append(shard)
        return write_one(self, shard, rows)

    with monkeypatch.context() as patch:
        patch.setattr(kind, "write", die)
        with pytest.raises(KeyboardInterrupt):
            run(study, dump)
    assert (study.root / "incoming").is_dir()
    study.models.folder.mkdir(exist_ok=True)
    (study.models.folder / ".00000.parquet.1.tmp").touch()  # what a worker that is killed leaves
    run(study, dump)
    assert files(study) == files(whole)


def test_a_full_disk_stops_the_run_which_goes_on_later(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = write(tmp_path / "dump.parquet", rows_of(40))

    def full(path: Path, data: bytes) -> None:
        raise DataError(f"cannot write {str(path)!r}: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(scatter, "write_atomically", full)
        with pytest.raises(DataError, match="No space left"):
            run(study, dump)
    assert run(study, dump) == 40


def test_a_study_that_is_no_dump_does_not_go_on_with_one(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "cards.jsonl"
    path.write_text('{"id": "a/b", "text": "# B"}')
    collect(study, Source(path))
    dump = write(tmp_path / "dump.parquet", rows_of(3))
    with pytest.raises(DataError, match="holds another study"):
        run(study, dump, since=dt.date(2026, 3, 1))
